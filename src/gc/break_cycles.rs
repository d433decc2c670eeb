//! Phase: the references inside the trash are taken out; counting frees the rest.
//!
//! The world runs. Each object's references are moved out first and released afterwards, so that a
//! destructor that looks at the object finds it empty and whole (D-13).

use super::cycle::{Cycle, DebugFlags};
use super::edges::{release_word, take_edges};
use crate::life;
use crate::object::{GcBits, TypeFlags};
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::value::Class;

/// Clears every trash object, or saves it in `gc.garbage` under `DEBUG_SAVEALL` (B-115).
pub(super) fn run(thread: &mut Thread, cycle: &mut Cycle) {
    cycle.resurrected.clear();
    let mut taken = Vec::new();
    let trash = std::mem::take(&mut cycle.trash);
    cycle.collected = trash.len();
    // The objects are no longer the collector's: a destructor that runs below may list or freeze them.
    for value in &trash {
        value.as_raw().expect("trash is objects").clear_bits(GcBits::UNREACHABLE);
        if cycle.debug.contains(DebugFlags::COLLECTABLE) {
            cycle.note(thread, "collectable", value);
        }
    }
    // Classes wait for their instances, which refer to them through this thread's private counts.
    let mut classes = Vec::new();
    for value in trash {
        let object = value.as_raw().expect("trash is objects");
        if cycle.debug.contains(DebugFlags::SAVEALL) {
            thread.known().gc_garbage().push(value);
            continue;
        }
        if !object.type_info().has(TypeFlags::IMMUTABLE) {
            take_edges(object, &mut taken);
            taken.drain(..).for_each(release_word);
        }
        if let Some(class) = value.downcast_ref::<Class>() {
            classes.push(class.to_ref());
        }
    }
    for class in &classes {
        life::settle_counts(thread, class.raw(), class.unique_id.load(Relaxed));
    }
}
