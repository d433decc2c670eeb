//! Phase: the references inside the trash are taken out; counting frees the rest.
//!
//! The world runs. Each object's references are moved out first and released afterwards, so that a
//! destructor that looks at the object finds it empty and whole (D-13).
//!
//! Moving references out is native code that cannot fail, and what destructors raise is reported where they
//! are called: no text for a clear slot that fails (B-137), none for an error left over at the end (B-138).

use super::cycle::{Cycle, DebugFlags};
use super::edges::clear_edges;
use crate::life;
use crate::object::TypeFlags;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::value::Class;

/// Clears every trash object, or saves it in `gc.garbage` under `DEBUG_SAVEALL` (B-115).
pub(super) fn run(thread: &mut Thread, cycle: &mut Cycle) {
    cycle.resurrected.clear();
    let mut taken = Vec::new();
    let trash = std::mem::take(&mut cycle.trash);
    cycle.collected = trash.len();
    if cycle.debug.contains(DebugFlags::COLLECTABLE) {
        trash.iter().for_each(|value| cycle.note(thread, "collectable", value));
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
            clear_edges(object, &mut taken);
        }
        if let Some(class) = value.downcast_ref::<Class>() {
            classes.push(class.to_ref());
        }
    }
    for class in &classes {
        life::settle_counts(thread, class.raw(), class.unique_id.load(Relaxed));
    }
}
