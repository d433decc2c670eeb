//! loom's types under the names of `src/sync`, with the shapes of `parking_lot`.

pub use loom::sync::Arc;
pub use loom::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering, fence};
use std::time::Duration;

pub struct Mutex<T>(loom::sync::Mutex<T>);
pub struct MutexGuard<'m, T>(Option<loom::sync::MutexGuard<'m, T>>);
pub struct Condvar(loom::sync::Condvar);
pub struct WaitResult;

impl<T> Mutex<T> {
    pub fn new(value: T) -> Self {
        Mutex(loom::sync::Mutex::new(value))
    }
    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard(Some(self.0.lock().expect("no model panics under a lock")))
    }
}

impl<T> std::ops::Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.as_ref().expect("taken only while waiting")
    }
}

impl<T> std::ops::DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("taken only while waiting")
    }
}

impl Condvar {
    pub fn new() -> Self {
        Condvar(loom::sync::Condvar::new())
    }
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let inner = guard.0.take().expect("taken only while waiting");
        guard.0 = Some(self.0.wait(inner).expect("no model panics under a lock"));
    }
    /// Waits without a limit: a protocol that needs its time-outs shows up as a deadlock.
    pub fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, _limit: Duration) -> WaitResult {
        self.wait(guard);
        WaitResult
    }
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

impl WaitResult {
    pub fn timed_out(&self) -> bool {
        false
    }
}
