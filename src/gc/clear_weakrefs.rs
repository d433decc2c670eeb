//! Phase: weak references to the trash become dead; those whose callbacks are to be called are kept for later.
//!
//! All weak references to all trash die before the first callback or finalizer runs (B-92), in order of their
//! referents' birth, and trash classes leave the `__subclasses__` of their bases. The callback of a weak
//! reference that is trash itself is never called (B-93).

use super::cycle::Cycle;
use super::edges::{adopt, as_class};
use super::noted::Noted;
use crate::life;
use crate::object::{GcBits, RawObject};
use crate::thread::{Thread, WorldStopped};
use crate::value::{ClassFlags, WeakRef};

/// Makes the weak references to the trash dead and keeps those whose callback is to be called.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let mut noted = Noted::default();
    kill_all(stopped, cycle, |weakref| {
        let is_reachable = !weakref.has(GcBits::UNREACHABLE);
        if is_reachable
            && WeakRef::of(weakref).has_callback()
            && life::try_retain_with(stopped.thread(), weakref)
        {
            // SAFETY: the count was added right above.
            noted.push(unsafe { adopt(weakref) });
        }
    });
    cycle.callbacks = noted;
}

/// Does the same in the second pause, for weak references that finalizers made to objects which stayed trash.
/// Their callbacks are not called (B-94).
pub(super) fn run_again(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    kill_all(stopped, cycle, |_| {});
}

/// Makes the weak references to the trash dead, and calls `see` with each.
fn kill_all(stopped: &WorldStopped<'_>, cycle: &mut Cycle, mut see: impl FnMut(RawObject)) {
    cycle.for_each_watched(|object| {
        // What a class is listed by is no weak reference to the program, but it leads there all the same (D-45).
        if let Some(class) = as_class(object) {
            class.set_flags(ClassFlags::UNLISTED, true);
        }
        if object.has(GcBits::HAS_WEAKREFS) {
            for weakref in stopped.runtime().weak.lock(object).take_all().iter() {
                WeakRef::kill(weakref);
                see(weakref);
            }
        }
    });
}

/// Calls the callbacks that were kept, with the world running.
pub(super) fn run_callbacks(thread: &mut Thread, cycle: &mut Cycle) {
    while let Some(weakref) = cycle.callbacks.pop() {
        cycle.ran_script = true;
        WeakRef::call_back(thread, WeakRef::of(weakref.as_raw().expect("a weak reference is an object")));
    }
}
