//! Phase: each object's count, minus the references that come from inside the heap.
//!
//! Only objects without a mark take part. What remains above zero is held from outside: by native
//! code, by a handle of the embedding program, by an object that is not tracked.
//!
//! Any unmarked objects will do: whatever is left out is taken for alive, with all it reaches. So where there is no
//! memory for a list of them all, the oldest are lined up, and those of their cycles that are whole are found.

use super::cycle::{Candidate, Cycle};
use super::edges::for_each_edge_of_whole;
use crate::heap::{self, Page};
use crate::life;
use crate::object::{GcBits, RawObject};
use crate::thread::WorldStopped;

/// Lines up the unmarked objects and computes their outside counts in their scratch words.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let mut is_full = false;
    heap::for_each_page(stopped, |page| {
        // A page whose objects are all marked has nothing for us, and need not be touched.
        if page.marked_count() == page.used() {
            return;
        }
        for object in page.unsealed_blocks() {
            if object.has(GcBits::TRACKED) && !page.is_marked(object) {
                is_full = is_full || !has_place(&mut cycle.candidates);
                if is_full {
                    cycle.marker.push(object);
                    continue;
                }
                cycle.candidates.push(Candidate { object, birth: object.scratch() });
                object.set_scratch(outside_limit(life::count_without_bias(object)));
            }
        }
    });
    cycle.marker.drain(stopped);
    for candidate in &cycle.candidates {
        for_each_edge_of_whole(candidate.object, |child| {
            if is_candidate(child) {
                let left = child
                    .scratch()
                    .checked_sub(1)
                    .expect("an object is referred to as often as it is counted");
                child.set_scratch(left);
            }
        });
    }
}

/// Whether the list has room for one more: twice as many, or an eighth more if that is all there is.
fn has_place(candidates: &mut Vec<Candidate>) -> bool {
    candidates.len() < candidates.capacity()
        || candidates.try_reserve(1).is_ok()
        || candidates.try_reserve_exact(candidates.len() / 8 + 1).is_ok()
}

/// Whether an object takes part: tracked and not marked alive.
#[inline(always)]
pub(super) fn is_candidate(object: RawObject) -> bool {
    !Page::of(object).is_marked(object) && object.has(GcBits::TRACKED)
}

/// A count as the scratch word holds it: one too large for it stays too large (D-32).
pub(super) fn outside_limit(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}
