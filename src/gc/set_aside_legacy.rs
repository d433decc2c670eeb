//! Phase: legacy finalizers and all they reach leave the trash (B-111).
//!
//! A class with `__tp_del__` wants its objects destroyed one at a time, with everything they refer to
//! still whole; the collector cannot promise that inside a cycle, so it keeps its hands off.

use super::cycle::Cycle;
use super::edges::for_each_edge_of_whole;
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::thread::WorldStopped;

/// Moves objects with a legacy finalizer, and what they reach, from the trash to the uncollectable.
pub(super) fn run(_stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let mut stack: Vec<RawObject> = Vec::new();
    for object in cycle.trash_objects() {
        if object.type_info().has(TypeFlags::LEGACY_FINALIZER) {
            object.clear_bits(GcBits::UNREACHABLE);
            stack.push(object);
        }
    }
    if stack.is_empty() {
        return;
    }
    while let Some(object) = stack.pop() {
        for_each_edge_of_whole(object, |child| {
            if child.clear_bits(GcBits::UNREACHABLE).contains(GcBits::UNREACHABLE) {
                stack.push(child);
            }
        });
    }
    cycle.uncollectable = cycle.take_unmarked();
}
