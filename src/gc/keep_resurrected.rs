//! Phase: whoever came back leaves the trash, with all it reaches (B-103).
//!
//! A finalizer may have stored its object anywhere, and another thread may hold it by now, so nothing
//! of the first pause is trusted: outside references are counted again, over the trash alone (D-20).

use super::cycle::Cycle;
use super::edges::for_each_edge;
use super::subtract_internal::outside_limit;
use crate::life;
use crate::object::{GcBits, RawObject};
use crate::thread::WorldStopped;

/// Splits the trash into what stays trash and what is let off.
///
/// Where no finalizer ran nobody can have got hold of trash: nothing outside of it leads there, and its
/// weak references were dead before the world ran.
pub(super) fn run(_stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    if cycle.finalized == 0 {
        return;
    }
    for object in cycle.trash_objects() {
        // One count is the list's own.
        object.set_scratch(outside_limit(life::count_of(object) - 1));
    }
    for object in cycle.trash_objects() {
        for_each_edge(object, |child| {
            if child.has(GcBits::UNREACHABLE) {
                let left =
                    child.scratch().checked_sub(1).expect("trash is referred to as often as it is counted");
                child.set_scratch(left);
            }
        });
    }
    let mut back: Vec<RawObject> = cycle.trash_objects().filter(|object| object.scratch() > 0).collect();
    for object in &back {
        object.clear_bits(GcBits::UNREACHABLE);
    }
    while let Some(object) = back.pop() {
        for_each_edge(object, |child| {
            if child.clear_bits(GcBits::UNREACHABLE).contains(GcBits::UNREACHABLE) {
                back.push(child);
            }
        });
    }
    let (trash, resurrected) = std::mem::take(&mut cycle.trash)
        .into_iter()
        .partition(|value| value.as_raw().is_some_and(|object| object.has(GcBits::UNREACHABLE)));
    cycle.trash = trash;
    cycle.resurrected = resurrected;
}

/// Takes the mark of trash away, last in the pause: what stays trash is no longer the collector's, and a
/// destructor that runs while cycles are broken may list or freeze it.
pub(super) fn hand_over(_stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    for object in cycle.trash_objects() {
        // A plain store: nobody else runs.
        object.store_bits(object.bits() - GcBits::UNREACHABLE);
    }
}
