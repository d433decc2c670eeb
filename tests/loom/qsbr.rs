//! Grace periods: memory is not freed while a reader that found it may still look.

use crate::qsbr::Qsbr;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};
use loom::thread;

/// One piece of memory that is linked, unlinked, and freed after its grace period.
struct Model {
    qsbr: Qsbr,
    linked: AtomicBool,
    memory: UnsafeCell<u32>,
}

// SAFETY: `memory` is read while linked and written after the grace period; the model checks just that.
unsafe impl Send for Model {}
// SAFETY: as for `Send`.
unsafe impl Sync for Model {}

impl Model {
    fn read(&self) {
        if self.linked.load(Acquire) {
            // SAFETY: the grace period has not ended: we found the memory linked and have not reported since.
            self.memory.with(|memory| assert_eq!(unsafe { *memory }, 1));
        }
    }
}

fn check(reader: impl Fn(&Model) + Sync + Send + 'static + Copy) {
    loom::model(move || {
        let model = Arc::new(Model {
            qsbr: Qsbr::default(),
            linked: AtomicBool::new(true),
            memory: UnsafeCell::new(1),
        });
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || reader(&model))
        };
        model.linked.store(false, Release);
        let goal = model.qsbr.advance();
        if model.qsbr.poll(goal) {
            // SAFETY: the grace period is over, so nobody reads any more.
            model.memory.with_mut(|memory| unsafe { *memory = 0 });
        }
        other.join().expect("no panic");
    });
}

/// D-37, B-39: a reader that attaches while the memory is being retired.
#[test]
fn attaching_readers_hold_the_memory_back() {
    check(|model| {
        let slot = model.qsbr.register(0);
        model.qsbr.attach(&slot);
        model.read();
        model.qsbr.detach(&slot);
    });
}

/// B-39, B-40: a reader that reports between two reads.
#[test]
fn reporting_readers_hold_the_memory_back() {
    check(|model| {
        let slot = model.qsbr.register(0);
        model.qsbr.attach(&slot);
        model.read();
        model.qsbr.quiescent(&slot);
        model.read();
        model.qsbr.detach(&slot);
    });
}
