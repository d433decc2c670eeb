//! Phase: weak references to the trash go dead; callbacks worth calling are noted, and later called.
//!
//! All weak references to all trash die before the first callback or finalizer runs (B-92), in order of their
//! referents' birth, and trash classes leave the `__subclasses__` of their bases. A weak
//! reference that is trash itself never has its callback called (B-93).

use super::cycle::Cycle;
use super::edges::{adopt, as_class};
use crate::life;
use crate::memory::{self, OutOfMemory};
use crate::object::GcBits;
use crate::thread::{Thread, WorldStopped};
use crate::value::{ClassFlags, Value, WeakRef};

/// Kills the weak references to the trash and keeps those whose callback is to be called.
///
/// Runs in both pauses: the second time for what finalizers made to objects that stayed trash (B-94).
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let Ok(mut noted) = room_for_callbacks(stopped, cycle) else { return cycle.let_all_off(stopped) };
    for object in cycle.watched.trash() {
        // What a class is listed by is no weak reference to the program, but it leads there all the same (D-45).
        if let Some(class) = as_class(object) {
            class.set_flags(ClassFlags::UNLISTED, true);
        }
        if !object.has(GcBits::HAS_WEAKREFS) {
            continue;
        }
        for weakref in stopped.runtime().weak.lock(object).take_all().iter() {
            WeakRef::kill(weakref);
            let reachable = !weakref.has(GcBits::UNREACHABLE);
            if reachable
                && WeakRef::of(weakref).has_callback()
                && life::try_retain_with(stopped.thread(), weakref)
            {
                noted.push(adopt(weakref));
            }
        }
    }
    cycle.callbacks = noted;
}

/// A list with room for every callback there may be.
fn room_for_callbacks(stopped: &WorldStopped<'_>, cycle: &Cycle) -> Result<Vec<Value>, OutOfMemory> {
    let referents = cycle.watched.trash().filter(|object| object.has(GcBits::HAS_WEAKREFS));
    memory::with_room(referents.map(|object| stopped.runtime().weak.lock(object).len()).sum())
}

/// Calls the noted callbacks, with the world running.
pub(super) fn run_callbacks(thread: &mut Thread, cycle: &mut Cycle) {
    let callbacks = std::mem::take(&mut cycle.callbacks);
    cycle.ran_script |= !callbacks.is_empty();
    for weakref in callbacks {
        let weakref = weakref.as_raw().expect("noted references are objects");
        WeakRef::call_back(thread, WeakRef::of(weakref));
    }
}
