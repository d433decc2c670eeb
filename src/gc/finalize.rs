//! Phase: the finalizers of the trash run, oldest object first, each at most once in its object's life.
//!
//! The world runs: a finalizer may block, start a thread or store its object somewhere. All finalizers finish
//! before anything is cleared, so each finds its cycle intact (B-100).

use super::cycle::Cycle;
use crate::life;
use crate::object::{GcBits, TypeFlags};
use crate::thread::Thread;

/// Calls the finalizer of every object of the trash that has one which has not run.
pub(super) fn run(_thread: &mut Thread, cycle: &mut Cycle) {
    let mut called = false;
    cycle.for_each_watched(|object| {
        if object.type_info().has(TypeFlags::HAS_FINALIZER) && !object.has(GcBits::FINALIZED) {
            life::run_finalizer(object);
            called = true;
        }
    });
    cycle.ran_script |= called;
}
