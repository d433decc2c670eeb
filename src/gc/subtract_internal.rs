//! Phase: each object's count, minus the references that come from inside the heap.
//!
//! Only objects without a mark take part: the pages list them. What remains above zero is held from outside: by
//! native code, by a handle of the embedding program, by an object that is not tracked.

use super::cycle::Cycle;
use super::edges::for_each_edge_of_whole;
use super::work_count::{bias, lend, take_one};
use crate::heap;
use crate::object::GcBits;
use crate::thread::WorldStopped;

/// Lists the unmarked objects and computes their outside counts.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    heap::for_each_page(stopped, |page| {
        // A page whose objects are all marked has nothing for us, and need not be touched.
        if page.marked_count() == page.used() {
            return;
        }
        for object in page.unsealed_blocks() {
            if !object.has(GcBits::TRACKED) || page.is_marked(object) {
                continue;
            }
            if object.is_immortal() {
                // Its local count says so, and cannot be lent.
                cycle.marker.push(stopped, object);
            } else {
                page.list(object);
                lend(object, bias(object));
            }
        }
    });
    heap::for_each_listed(stopped, |_, object| {
        for_each_edge_of_whole(stopped, object, |child| {
            take_one(child);
        });
    });
}
