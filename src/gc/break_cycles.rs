//! Phase: the references inside the trash are taken out; counting frees the rest.
//!
//! The world runs. Each object's references are moved out first and released afterwards, so that a
//! destructor that looks at the object finds it empty and whole (D-13).
//!
//! Moving references out is native code that cannot fail, and what destructors raise is reported where they
//! are called: no text for a clear slot that fails (B-137), none for an error left over at the end (B-138).

use super::cycle::{Cycle, DebugFlags};
use super::edges::{clear_attributes, clear_edges};
use crate::object::{GcBits, TypeFlags};
use crate::thread::Thread;
use crate::value::WeakRef;

/// Clears every trash object, or saves it in `gc.garbage` under `DEBUG_SAVEALL` (B-115).
///
/// What is cleared keeps its mark, so no listing shows it to the destructors that run meanwhile, and an audit
/// sees whether it is really gone afterwards.
pub(super) fn run(thread: &mut Thread, cycle: &mut Cycle) {
    // What was let off may die here, when the list no longer holds it.
    cycle.trash.retain(|trash| trash.object().has(GcBits::UNREACHABLE));
    let trash = std::mem::take(&mut cycle.trash);
    cycle.collected = trash.len() - cycle.freed;
    if cycle.debug.contains(DebugFlags::COLLECTABLE) {
        trash.iter().for_each(|trash| cycle.note(thread, "collectable", &trash.value));
    }
    if cycle.debug.contains(DebugFlags::SAVEALL) {
        for trash in trash {
            trash.object().clear_bits(GcBits::UNREACHABLE);
            // A list without memory to grow cannot save it.
            let _ = thread.known().gc_garbage().push(trash.value);
        }
        return;
    }
    // A weak reference that is trash is not to be called for what dies below (B-93).
    for trash in trash.iter().filter(|trash| WeakRef::behind(&trash.value).is_some()) {
        WeakRef::unlink(thread, WeakRef::of(trash.object()));
        WeakRef::kill(trash.object());
    }
    let mut taken = Vec::new();
    for trash in trash {
        if trash.object().type_info().has(TypeFlags::IMMUTABLE) {
            clear_attributes(trash.object(), &mut taken);
        } else {
            clear_edges(&trash.value, &mut taken);
        }
    }
}
