//! Phase: what got no mark is trash, and is all that the pages list from here on.
//!
//! Each object gets one count from the list, so that nothing dies before its turn, and loses its
//! deferral, so that it can die of counting at all (B-27). A class loses its id with it: whatever script code
//! counts on it from here on is in its own words, where the second pause looks (D-44). Suspended generators
//! own what their slots hold, so bringing one back to life needs no more than that (B-28).

use super::cycle::{Cycle, Reason};
use super::edges::{as_class, hold_trash, retain};
use super::work_count::give_back;
use crate::heap;
use crate::life;
use crate::object::{GcBits, RawObject};
use crate::thread::WorldStopped;

/// Takes what is marked off the list, and gives all others the mark of trash.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let mut heard_of = 0;
    heap::for_each_listed(stopped, |page, object| {
        let references = give_back(object);
        if page.is_marked(object) {
            page.unlist(object);
            return;
        }
        let bits = object.bits();
        let found = if references == 0 { GcBits::TRASH } else { GcBits::UNREACHABLE };
        // A plain store: nobody else runs.
        object.store_bits(bits | found);
        hold_trash(stopped.thread(), object);
        if bits.contains(GcBits::DEFERRED) {
            count_normally(stopped, object);
        }
        heard_of += usize::from(cycle.is_heard_of(object));
    });
    cycle.watch(stopped, heard_of);
    if cycle.reason == Reason::Shutdown {
        end_deferral(stopped);
    }
}

/// Counts everything normally from here on: the program ends, so functions and classes may die (B-29).
fn end_deferral(stopped: &WorldStopped<'_>) {
    heap::for_each_page(stopped, |page| {
        for object in page.blocks() {
            if object.has(GcBits::DEFERRED) && life::count_without_bias(object) > 0 {
                let _held = retain(object);
                count_normally(stopped, object);
            }
        }
    });
}

/// Ends the deferral of an object, of which the caller holds a count, and the per-thread counts of a class.
fn count_normally(stopped: &WorldStopped<'_>, object: RawObject) {
    life::stop_deferring(stopped.thread(), object);
    if let Some(class) = as_class(object) {
        class.give_up_id();
    }
}
