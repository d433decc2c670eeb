//! Phase: whoever has outside references saves all it reaches.

use super::cycle::{Candidate, Cycle};
use crate::thread::WorldStopped;

/// Marks every candidate with references from outside, and everything reachable from it.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    for &Candidate { object, .. } in &cycle.candidates {
        if object.scratch() > 0 {
            cycle.marker.push(object);
        }
    }
    cycle.marker.drain(stopped);
}
