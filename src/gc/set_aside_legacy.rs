//! Phase: objects with legacy finalizers, and all they reach, leave the trash (B-111).
//!
//! A class with `__tp_del__` expects its objects to be destroyed one at a time, while everything they refer to
//! is intact. The collector cannot promise that inside a cycle, so it does not free them.

use super::cycle::Cycle;
use super::edges::for_each_edge_of_whole;
use super::waiting::Waiting;
use crate::heap;
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::thread::WorldStopped;

/// Moves objects with a legacy finalizer, and what they reach, from the trash to the uncollectable.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let is_legacy = |object: RawObject| object.type_info().has(TypeFlags::LEGACY_FINALIZER);
    let mut is_any = false;
    cycle.for_each_watched(|object| is_any |= is_legacy(object));
    if is_any {
        let_off(stopped, is_legacy);
        cycle.uncollectable = cycle.take_unmarked(stopped);
    }
}

/// Removes the mark of trash from those objects for which `is_safe` answers true, and from all that they reach.
pub(super) fn let_off(stopped: &WorldStopped<'_>, is_safe: impl Fn(RawObject) -> bool) {
    let is_trash = |object: RawObject| object.has(GcBits::UNREACHABLE);
    let mut waiting = Waiting::default();
    let let_off_children =
        |object: RawObject, waiting: &mut Waiting| let_off_children(stopped, object, waiting);
    heap::for_each_listed(stopped, |_, object| {
        if is_trash(object) && is_safe(object) {
            object.clear_bits(GcBits::TRASH);
            waiting.follow(object, let_off_children);
        }
    });
    while waiting.takes_missed() {
        heap::for_each_listed(stopped, |_, object| {
            if !is_trash(object) {
                waiting.follow(object, let_off_children);
            }
        });
    }
}

fn let_off_children(stopped: &WorldStopped<'_>, object: RawObject, waiting: &mut Waiting) {
    for_each_edge_of_whole(stopped, object, |child| {
        if child.clear_bits(GcBits::TRASH).contains(GcBits::UNREACHABLE) {
            waiting.push(child);
        }
    });
}
