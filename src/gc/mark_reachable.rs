//! Phase: whoever has outside references saves all it reaches.

use super::cycle::Cycle;
use super::work_count::left;
use crate::heap;
use crate::thread::WorldStopped;

/// Marks every listed object with references from outside, and everything reachable from it.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    heap::for_each_listed(stopped, |_, object| {
        if left(object) > 0 {
            cycle.marker.push(object);
        }
    });
    cycle.marker.drain(stopped);
}
