//! Requests for memory that fail on purpose, for tests: the Nth from a given moment on, once.
//!
//! A short request that fails is served all the same, as it would be from the reserve, and its thread is told.
//! The count is that of the whole process, so tests use it in programs of one thread.

use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// How many more requests succeed before one fails on purpose. 0: none is to fail. `FAILED` or a little less:
/// the failure has happened.
static LEFT: AtomicU64 = AtomicU64::new(0);

/// The longest request, in bytes, that is served although it was chosen to fail: short ones never fail.
static SERVED: AtomicUsize = AtomicUsize::new(super::SERVED_BYTES);

/// Sets the longest request that is served although it was chosen to fail. Tests set less than usual, so that
/// small programs see long requests fail.
pub fn set_served(bytes: usize) {
    SERVED.store(bytes, Relaxed);
}

/// Tells whether a request of this length is served although it was chosen to fail.
pub(super) fn serves(bytes: usize) -> bool {
    bytes <= SERVED.load(Relaxed)
}

/// The value of `LEFT` once the request has failed.
const FAILED: u64 = u64::MAX;

/// Makes the `nth` request from here on fail (0: none). Returns whether the failure that was armed before has
/// happened.
pub fn arm(nth: u64) -> bool {
    LEFT.swap(nth, Relaxed) == FAILED
}

/// Tells whether the request that `arm` chose has failed.
pub fn has_failed() -> bool {
    LEFT.load(Relaxed) == FAILED
}

/// Whether a short request was chosen to fail. It was served all the same, without the reserve, but the thread must
/// raise `MemoryError` as if the reserve had been used.
static IS_OWED: AtomicBool = AtomicBool::new(false);

/// Notes that a short request was chosen to fail and was served, so that its thread raises `MemoryError`.
pub(super) fn owe() {
    IS_OWED.store(true, Relaxed);
}

/// Tells whether `MemoryError` must be raised for a short request that was chosen to fail; answers true once for
/// each.
pub fn takes_owed() -> bool {
    IS_OWED.load(Relaxed) && IS_OWED.swap(false, Relaxed)
}

/// Runs `watch`, which only observes the program: its requests are not counted, and none of them fails on
/// purpose.
pub fn without_faults<R>(watch: impl FnOnce() -> R) -> R {
    let left = LEFT.swap(0, Relaxed);
    let answer = watch();
    LEFT.store(left, Relaxed);
    answer
}

/// Counts a request and tells whether it is the one that must fail.
#[inline(always)]
pub fn fails_here() -> bool {
    LEFT.load(Relaxed) != 0 && counts_down()
}

#[cold]
#[inline(never)]
fn counts_down() -> bool {
    let left = LEFT.load(Relaxed);
    if left == FAILED {
        return false;
    }
    LEFT.store(if left == 1 { FAILED } else { left - 1 }, Relaxed);
    left == 1
}
