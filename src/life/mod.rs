//! Birth and death: allocate, count, release, merge, destroy, delayed free.
//!
//! `birth` makes objects, `count` retains and releases them, `destroy` destroys them in the order of B-101 and calls
//! the callbacks of their weak references, `nesting` keeps the destruction of a long chain of objects from
//! overflowing the native stack, `merge` handles references that other threads dropped, `delayed` frees memory when a
//! grace period has ended, and `safepoint` calls these when a bit of the breaker asks for it.
//!
//! Begin with `birth.rs`.

mod account;
mod birth;
mod count;
mod delayed;
mod destroy;
mod dissolve;
mod leave;
mod merge;
mod nesting;
mod safepoint;
#[cfg(test)]
mod tests;

pub use account::{flush_balance, record_allocation, record_deallocation, settle_balance};
pub use birth::{
    allocate, allocate_fixed, allocate_leaf, make_immortal, retain_type, set_deferred, stop_deferring, track,
    try_allocate, untrack,
};
pub use count::{
    count_of, count_without_bias, explicit_merge, release, release_later, release_with, release_word, retain,
    retain_with, retain_word, try_retain, try_retain_with,
};
pub use delayed::{drain_all_delayed, free_later, process_all, process_delayed, release_after_grace};
pub use destroy::{destroy, run_finalizer};
pub use dissolve::dissolve;
pub use leave::leave;
pub use merge::{drain_all_merge_queues, merge_queue, release_orphans};
pub use safepoint::{poll, takes_shortage};
