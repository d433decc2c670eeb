//! Phase: objects with references from outside the heap are marked, with all they reach.

use super::cycle::Cycle;
use super::work_count::left;
use crate::heap;
use crate::thread::WorldStopped;

/// Marks every listed object that has references from outside, and everything reachable from it.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    heap::for_each_listed(stopped, |_, object| {
        if left(object) > 0 {
            cycle.marker.push(stopped, object);
        }
    });
    cycle.marker.drain(stopped);
}
