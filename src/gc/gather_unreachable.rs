//! Phase: unmarked objects are trash, and the pages list nothing else from here on.
//!
//! The list holds one reference to each, so that none dies before its turn. Deferral ends for each, so that it
//! can die by counting (B-27). A class loses its id for the same reason: references that script code adds from
//! here on are in its own counts, where the second pause looks (D-44). Suspended generators own what their
//! slots hold, so nothing else is needed to revive one (B-28).

use super::cycle::{Cycle, Reason};
use super::edges::{as_class, hold_trash, retain};
use super::work_count::give_back;
use crate::heap;
use crate::life;
use crate::object::{GcBits, RawObject};
use crate::thread::WorldStopped;

/// Removes marked objects from the list, and gives all others the mark of trash.
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
        hold_trash(stopped, object);
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

/// Ends deferred counting for all objects: from here on each counts all its references.
/// The program ends, and functions and classes may die (B-29).
fn end_deferral(stopped: &WorldStopped<'_>) {
    heap::for_each_page(stopped, |page| {
        for object in page.blocks() {
            if object.has(GcBits::DEFERRED) && life::count_without_bias(object) > 0 {
                let _held = retain(stopped, object);
                count_normally(stopped, object);
            }
        }
    });
}

/// Ends deferred counting for one object, and the per-thread counting of a class.
/// The caller holds a reference to the object.
fn count_normally(stopped: &WorldStopped<'_>, object: RawObject) {
    life::stop_deferring(stopped.thread(), object);
    if let Some(class) = as_class(object) {
        class.give_up_id();
    }
}
