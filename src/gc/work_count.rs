//! The collector's work counts. In a pause each listed object lends its local count, so that references can be
//! subtracted from it without memory for a second number.
//!
//! Invariant: exactly the objects that their pages list have lent theirs, from `lend` to `give_back`; nobody asks one
//! of them meanwhile how often it is referred to.

use crate::heap::Page;
use crate::object::{DEFERRED_BIAS, GcBits, RawObject};

/// Starts the work count of an object: the number of its references, minus `known` ones.
#[inline(always)]
pub(super) fn lend(object: RawObject, known: i64) {
    object.counts().lend_local(known);
}

/// Returns the bias that deferral adds to the count of an object.
#[inline(always)]
pub(super) fn bias(object: RawObject) -> i64 {
    if object.has(GcBits::DEFERRED) { DEFERRED_BIAS } else { 0 }
}

/// Returns the work count of a listed object.
#[inline(always)]
pub(super) fn left(object: RawObject) -> u32 {
    object.counts().lent()
}

/// Subtracts one reference from the work count, if the object is listed; tells whether it was the last one.
#[inline(always)]
pub(super) fn take_one(object: RawObject) -> bool {
    if !Page::of(object).is_listed(object) {
        return false;
    }
    let left = left(object).checked_sub(1).expect("an object is referred to as often as it is counted");
    object.counts().set_lent(left);
    left == 0
}

/// Ends the work count and returns how many references there are, without the bias of deferral.
#[inline(always)]
pub(super) fn give_back(object: RawObject) -> i64 {
    object.counts().end_loan(bias(object))
}
