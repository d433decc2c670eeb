//! Phase: what got no mark is trash, and is lined up.
//!
//! Each object gets one count from the list, so that nothing dies before its turn, and loses its
//! deferral, so that it can die of counting at all (B-27). Suspended generators own what their slots
//! hold, so bringing one back to life needs no more than that (B-28).

use super::cycle::{Cycle, Reason};
use super::edges::hold_trash;
use crate::heap::{self, Page};
use crate::life;
use crate::object::GcBits;
use crate::thread::WorldStopped;

/// Moves unmarked candidates to the list of trash.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let candidates = std::mem::take(&mut cycle.candidates);
    let trash = candidates.into_iter().filter(|&object| !Page::of(object).is_marked(object)).map(|object| {
        let bits = object.bits();
        // A plain store: nobody else runs.
        object.store_bits(bits | GcBits::UNREACHABLE);
        let held = hold_trash(stopped.thread(), object);
        if bits.contains(GcBits::DEFERRED) {
            life::stop_deferring(stopped.thread(), object);
        }
        held
    });
    cycle.trash = trash.collect();
    if cycle.reason == Reason::Shutdown {
        end_deferral(stopped);
    }
}

/// Counts everything normally from here on: the program ends, so functions and classes may die (B-29).
fn end_deferral(stopped: &WorldStopped<'_>) {
    heap::for_each_page(stopped, |page| {
        for object in page.blocks() {
            if object.has(GcBits::DEFERRED) && life::count_without_bias(object) > 0 {
                life::stop_deferring(stopped.thread(), object);
            }
        }
    });
}
