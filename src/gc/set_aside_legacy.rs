//! Phase: legacy finalizers and all they reach leave the trash (B-111).
//!
//! A class with `__tp_del__` wants its objects destroyed one at a time, with everything they refer to
//! still whole; the collector cannot promise that inside a cycle, so it keeps its hands off.

use super::cycle::Cycle;
use super::edges::for_each_edge_of_whole;
use super::waiting::Waiting;
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::thread::WorldStopped;

/// Moves objects with a legacy finalizer, and what they reach, from the trash to the uncollectable.
pub(super) fn run(_stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let mut waiting = Waiting::default();
    let mut is_any = false;
    for object in cycle.trash_objects() {
        if object.type_info().has(TypeFlags::LEGACY_FINALIZER) {
            object.clear_bits(GcBits::UNREACHABLE);
            waiting.push(object);
            is_any = true;
        }
    }
    if is_any {
        let_off(cycle, &mut waiting);
        cycle.uncollectable = cycle.take_unmarked();
    }
}

/// Takes the mark of trash from all that the waiting objects reach; theirs they have lost already.
pub(super) fn let_off(cycle: &Cycle, waiting: &mut Waiting) {
    fn look(object: RawObject, waiting: &mut Waiting) {
        for_each_edge_of_whole(object, |child| {
            if child.clear_bits(GcBits::UNREACHABLE).contains(GcBits::UNREACHABLE) {
                waiting.push(child);
            }
        });
    }
    while let Some(object) = waiting.pop() {
        look(object, waiting);
    }
    while waiting.takes_missed() {
        for object in cycle.trash_objects().filter(|object| !object.has(GcBits::UNREACHABLE)) {
            look(object, waiting);
            while let Some(object) = waiting.pop() {
                look(object, waiting);
            }
        }
    }
}
