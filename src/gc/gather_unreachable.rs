//! Phase: what got no mark is trash, and is lined up.
//!
//! Each object gets one count from the list, so that nothing dies before its turn, and loses its
//! deferral, so that it can die of counting at all (B-27). Deferred slots of suspended generators in
//! the trash become owning (B-28).

use super::cycle::Cycle;
use super::edges::{hold_trash, own_deferred_slots};
use crate::heap::Page;
use crate::life;
use crate::object::GcBits;
use crate::thread::WorldStopped;

/// Moves unmarked candidates to the list of trash.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    for object in std::mem::take(&mut cycle.candidates) {
        if !Page::of(object).is_marked(object) {
            object.set_bits(GcBits::UNREACHABLE);
            cycle.trash.push(hold_trash(object));
        }
    }
    for object in cycle.trash_objects() {
        life::stop_deferring(stopped.thread(), object);
        own_deferred_slots(object);
    }
}
