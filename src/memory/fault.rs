//! Requests that fail on purpose: the Nth from now on, once.
//!
//! A short request that fails is served all the same, as it would be from the reserve, and its thread is
//! told. The count is the process's: tests arm it in a program of one thread.

use crate::sync::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

/// How many requests are left until one fails; 0 is never. Far above it, the failure has happened.
static LEFT: AtomicU64 = AtomicU64::new(0);

/// The longest request that is served all the same.
static SERVED: AtomicUsize = AtomicUsize::new(super::SERVED_BYTES);

/// The longest request that is served although it was failed on purpose: less than usual where small programs are to
/// see long requests fail.
pub fn set_served(bytes: usize) {
    SERVED.store(bytes, Relaxed);
}

/// Whether a request that is failed on purpose is served.
pub(super) fn serves(bytes: usize) -> bool {
    bytes <= SERVED.load(Relaxed)
}

/// What is left once the request has failed.
const FAILED: u64 = u64::MAX;

/// Makes the `nth` request from now on fail, none for 0; tells whether the one armed before has failed.
pub fn arm(nth: u64) -> bool {
    LEFT.swap(nth, Relaxed) == FAILED
}

/// Whether the request that was armed has failed.
pub fn has_failed() -> bool {
    LEFT.load(Relaxed) == FAILED
}

/// Whether a request was failed on purpose and served: nothing was taken, but the error is due all the same.
static IS_OWED: AtomicBool = AtomicBool::new(false);

/// Notes that the request which was failed on purpose is served.
pub(super) fn owe() {
    IS_OWED.store(true, Relaxed);
}

/// Whether an error is due for a request that was failed on purpose; once.
pub fn takes_owed() -> bool {
    IS_OWED.load(Relaxed) && IS_OWED.swap(false, Relaxed)
}

/// Runs what only watches the program: its requests are not counted, and none of them fails on purpose.
pub fn without_faults<R>(watch: impl FnOnce() -> R) -> R {
    let left = LEFT.swap(0, Relaxed);
    let answer = watch();
    LEFT.store(left, Relaxed);
    answer
}

/// Counts a request; tells whether it is the one to fail.
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
