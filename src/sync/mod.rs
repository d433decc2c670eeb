//! The one door to atomics and locks; the model checker swaps it.
//!
//! Every floor takes its atomics, mutexes and condition variables from here. The loom models under
//! `tests/` compile the protocol files once more beside a `sync` of their own that hands out loom's
//! types under the same names, so what is checked is the very text that runs.

pub use parking_lot::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use std::sync::atomic::{
    AtomicBool, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
    Ordering, fence,
};
pub use std::sync::{Arc, OnceLock, Weak};
