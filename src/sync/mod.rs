//! The only source of atomics and locks, so that the model checker can replace them.
//!
//! Every floor takes its atomics, mutexes and condition variables from here. The loom models under `tests/`
//! compile the protocol files once more beside a `sync` of their own, which provides loom's types under the
//! same names. So the very text that runs is checked.

pub use parking_lot::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use std::sync::atomic::{
    AtomicBool, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
    Ordering, fence,
};
pub use std::sync::{Arc, OnceLock, Weak};
