//! The byte lock with its parking place, as `thread::section` uses it.

use crate::byte_lock::ByteLock;
use crate::sync::{Condvar, Mutex};
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

struct Model {
    lock: ByteLock,
    mutex: Mutex<()>,
    condvar: Condvar,
    guarded: UnsafeCell<usize>,
}

// SAFETY: `guarded` is touched under `lock`; that this holds is what the model checks.
unsafe impl Send for Model {}
// SAFETY: as for `Send`.
unsafe impl Sync for Model {}

impl Model {
    fn add_one(&self) {
        while !self.lock.try_lock() {
            let mut waiting = self.mutex.lock();
            while self.lock.announce_waiter() {
                self.condvar.wait(&mut waiting);
            }
        }
        // SAFETY: the lock is held.
        self.guarded.with_mut(|value| unsafe { *value += 1 });
        if self.lock.unlock() {
            let _waiting = self.mutex.lock();
            self.condvar.notify_all();
        }
    }
}

/// Three threads exclude each other, and no wake-up is lost.
#[test]
fn the_byte_lock_excludes_and_wakes() {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(|| {
        let model = Arc::new(Model {
            lock: ByteLock::new(),
            mutex: Mutex::new(()),
            condvar: Condvar::new(),
            guarded: UnsafeCell::new(0),
        });
        let others = [(); 2].map(|()| {
            let model = Arc::clone(&model);
            thread::spawn(move || model.add_one())
        });
        model.add_one();
        for other in others {
            other.join().expect("no panic");
        }
        // SAFETY: the other threads have ended.
        model.guarded.with(|value| assert_eq!(unsafe { *value }, 3));
    });
}
