//! Phase: what got no mark is trash, and is lined up in order of birth.
//!
//! Each object gets one count from the list, so that nothing dies before its turn, and loses its
//! deferral, so that it can die of counting at all (B-27). A class loses its id with it: whatever script code
//! counts on it from here on is in its own words, where the second pause looks (D-44). Suspended generators
//! own what their slots hold, so bringing one back to life needs no more than that (B-28).

use super::cycle::{Candidate, Cycle, Reason, Trash};
use super::edges::{hold_trash, retain};
use crate::heap::{self, Page};
use crate::life;
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::thread::WorldStopped;
use crate::value::{Class, Value};

/// Moves unmarked candidates to the list of trash.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    let mut is_order_seen = !cycle.debug.is_empty();
    let trash =
        std::mem::take(&mut cycle.candidates).into_iter().filter_map(|Candidate { object, birth }| {
            object.set_scratch(birth);
            if Page::of(object).is_marked(object) {
                return None;
            }
            let bits = object.bits();
            is_order_seen |=
                bits.contains(GcBits::HAS_WEAKREFS) || object.type_info().has(TypeFlags::HAS_FINALIZER);
            // A plain store: nobody else runs.
            object.store_bits(bits | GcBits::UNREACHABLE);
            let unreferenced = life::count_without_bias(object) == 0;
            let value = hold_trash(stopped.thread(), object);
            if bits.contains(GcBits::DEFERRED) {
                count_normally(stopped, object, &value);
            }
            Some(Trash { value, birth, unreferenced })
        });
    // Both are as long, so the standard library makes one list of the other where it lies.
    cycle.trash = trash.collect();
    if is_order_seen {
        // The youngest was born last; numbers wrap, ages are right up to 4 billion containers.
        let births = cycle.births;
        cycle.trash.sort_unstable_by_key(|trash| std::cmp::Reverse(births.wrapping_sub(trash.birth)));
    }
    if cycle.reason == Reason::Shutdown {
        end_deferral(stopped);
    }
}

/// Counts everything normally from here on: the program ends, so functions and classes may die (B-29).
fn end_deferral(stopped: &WorldStopped<'_>) {
    heap::for_each_page(stopped, |page| {
        for object in page.blocks() {
            if object.has(GcBits::DEFERRED) && life::count_without_bias(object) > 0 {
                count_normally(stopped, object, &retain(object));
            }
        }
    });
}

/// Ends the deferral of an object, of which the caller holds a count, and the per-thread counts of a class.
fn count_normally(stopped: &WorldStopped<'_>, object: RawObject, value: &Value) {
    life::stop_deferring(stopped.thread(), object);
    if let Some(class) = value.downcast_ref::<Class>() {
        class.give_up_id();
    }
}

const _: () =
    assert!(size_of::<Candidate>() == size_of::<Trash>() && align_of::<Candidate>() == align_of::<Trash>());

#[cfg(test)]
mod tests {
    use super::super::cycle::{Candidate, Trash};
    use crate::object::{Header, RawObject};
    use crate::value::Value;
    use std::ptr::NonNull;

    /// A pause has no memory for a second list.
    #[test]
    fn candidates_become_trash_where_they_lie() {
        let object = RawObject::from_header(NonNull::<Header>::dangling());
        let candidates: Vec<Candidate> = (0..100).map(|birth| Candidate { object, birth }).collect();
        let place = candidates.as_ptr().addr();
        let trash = candidates
            .into_iter()
            .filter(|candidate| candidate.birth % 3 == 0)
            .map(|candidate| Trash { value: Value::NONE, birth: candidate.birth, unreferenced: false });
        let trash: Vec<Trash> = trash.collect();
        assert_eq!((trash.as_ptr().addr(), trash.len()), (place, 34));
    }
}
