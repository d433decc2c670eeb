//! When a collection runs: at a safepoint after enough was allocated, when asked, and at the end.
//!
//! Allocation only sets a bit of the breaker (B-63); the safepoint comes here.

use super::collect::collect;
use super::cycle::{Outcome, Reason};
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;

/// Runs the collection that allocation has scheduled, or that `--gc-stress` asks for.
///
/// Stress respects `gc.disable()`, so that a program can count its garbage undisturbed.
pub fn automatic(thread: &mut Thread) {
    let settings = &thread.runtime().gc;
    if settings.stress.load(Relaxed) == 0 {
        collect(thread, 0, Reason::Heap);
    } else if settings.is_stress_due() {
        collect(thread, 0, Reason::Manual);
    }
}

/// The forced collection at the end of the program: ignores `gc.disable()`, tells no callback (B-143).
pub fn shutdown(thread: &mut Thread) -> Outcome {
    collect(thread, 2, Reason::Shutdown)
}
