//! Phase: the references inside the trash are taken out; counting frees the rest.
//!
//! The world runs. Each object's references are moved out first and released afterwards, so that a
//! destructor that looks at the object finds it empty and whole (D-13).
//!
//! Moving references out is native code that cannot fail, and what destructors raise is reported where they
//! are called: no text for a clear slot that fails (B-137), none for an error left over at the end (B-138).

use super::cycle::{Cycle, DebugFlags};
use super::edges::{adopt, clear_attributes, clear_edges, is_weak_reference, retain};
use crate::heap::ListedPages;
use crate::object::{GcBits, TypeFlags};
use crate::thread::{Thread, WorldStopped};
use crate::value::{Value, WeakRef};

/// Takes the trash that script code may hear of off the list, and finds the pages that list the rest, in the last pause.
pub(super) fn line_up(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    cycle.watched.unlist(stopped);
    cycle.pages = ListedPages::of(stopped);
}

/// Clears every trash object, or saves it in `gc.garbage` under `DEBUG_SAVEALL` (B-115).
///
/// What script code may hear of goes first, the oldest before the others. What is cleared keeps its mark, so no
/// listing shows it to the destructors that run meanwhile, and an audit sees whether it is really gone afterwards.
pub(super) fn run(thread: &mut Thread, cycle: &mut Cycle) {
    let watched = std::mem::take(&mut cycle.watched);
    if cycle.debug.contains(DebugFlags::COLLECTABLE) {
        watched.trash().for_each(|object| cycle.note(thread, "collectable", &retain(object)));
    }
    let mut found = 0;
    if cycle.debug.contains(DebugFlags::SAVEALL) {
        for object in watched.trash() {
            found += 1;
            object.clear_bits(GcBits::TRASH);
            // A list without memory to grow cannot save it.
            let _ = thread.known().gc_garbage().push(retain(object));
        }
    }
    // A weak reference that is trash is not to be called for what dies below (B-93).
    for weakref in watched.trash().filter(|object| is_weak_reference(*object)) {
        WeakRef::unlink(thread, WeakRef::of(weakref));
        WeakRef::kill(weakref);
    }
    let mut taken = Vec::new();
    let mut clear = |listed: Value| {
        let object = listed.as_raw().expect("what is listed is objects");
        if !object.has(GcBits::UNREACHABLE) {
            return;
        }
        found += 1;
        if object.type_info().has(TypeFlags::IMMUTABLE) {
            clear_attributes(object, &mut taken);
        } else {
            clear_edges(&listed, &mut taken);
        }
    };
    watched.into_values().for_each(&mut clear);
    std::mem::take(&mut cycle.pages).take_each(|object| clear(adopt(object)));
    cycle.collected = found - cycle.freed;
}
