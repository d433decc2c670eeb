//! The count words: an object dies exactly once, whoever drops it and whenever the owner merges.

use crate::counts::{AfterRelease, Counts, SharedState};
use crate::sync::Mutex;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::thread;

/// An object, the owner's merge queue, and how often it was destroyed.
struct Model {
    counts: Counts,
    queue: Mutex<usize>,
    destroyed: AtomicUsize,
}

const OWNER: u32 = 1;

impl Model {
    fn new() -> Arc<Model> {
        Arc::new(Model { counts: Counts::fresh(OWNER), queue: Mutex::new(0), destroyed: AtomicUsize::new(0) })
    }

    /// As `life::release`, with the owner present.
    fn release(&self, me: u32) {
        match self.counts.release(me) {
            AfterRelease::Alive => {}
            AfterRelease::Destroy => self.destroy(),
            AfterRelease::Queue(0) => match self.counts.release(me) {
                AfterRelease::Destroy => self.destroy(),
                AfterRelease::Alive => {}
                AfterRelease::Queue(_) => panic!("a merging object is not queued again"),
            },
            AfterRelease::Queue(_) => *self.queue.lock() += 1,
        }
    }

    /// As `life::merge_queue`.
    fn drain(&self) {
        let queued = std::mem::take(&mut *self.queue.lock());
        for _ in 0..queued {
            if self.counts.merge(-1) == 0 {
                self.destroy();
            }
        }
    }

    fn destroy(&self) {
        assert_eq!(self.destroyed.fetch_add(1, SeqCst), 0, "destroyed twice");
    }

    fn is_destroyed(&self) -> bool {
        self.destroyed.load(SeqCst) == 1
    }
}

/// B-3, B-4, B-6, B-7: two foreign drops race with the owner's.
#[test]
fn three_drops_destroy_once() {
    loom::model(|| {
        let model = Model::new();
        model.counts.retain(OWNER);
        model.counts.retain(OWNER);
        let others = [2, 3].map(|me| {
            let model = Arc::clone(&model);
            thread::spawn(move || model.release(me))
        });
        model.release(OWNER);
        model.drain();
        for other in others {
            other.join().expect("no panic");
        }
        model.drain();
        assert!(model.is_destroyed());
    });
}

/// A foreign thread retains and releases while the owner drops and merges.
#[test]
fn foreign_references_outlive_the_owners() {
    loom::model(|| {
        let model = Model::new();
        model.counts.retain(OWNER);
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                model.counts.retain(2);
                model.release(2);
                assert!(!model.is_destroyed());
                model.release(2);
            })
        };
        model.release(OWNER);
        model.drain();
        other.join().expect("no panic");
        model.drain();
        assert!(model.is_destroyed());
    });
}

/// B-8, B-97: an upgrade that races with the last drop gets a living object or nothing.
#[test]
fn upgrades_never_catch_a_dying_object() {
    loom::model(|| {
        let model = Model::new();
        model.counts.publish();
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                if model.counts.try_retain(2) {
                    assert!(!model.is_destroyed());
                    model.release(2);
                }
            })
        };
        model.release(OWNER);
        other.join().expect("no panic");
        model.drain();
        assert!(model.is_destroyed());
    });
}

/// B-19: the dropper merges while the owner cannot run, and another thread upgrades.
#[test]
fn merging_for_the_owner_races_with_an_upgrade() {
    loom::model(|| {
        let model = Model::new();
        model.counts.publish();
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                if model.counts.try_retain(2) {
                    model.release(2);
                }
            })
        };
        // The owner is detached, so thread 3 does its work.
        match model.counts.release(3) {
            AfterRelease::Queue(OWNER) => {
                if model.counts.merge(-1) == 0 {
                    model.destroy();
                }
            }
            AfterRelease::Destroy => model.destroy(),
            AfterRelease::Alive => {}
            AfterRelease::Queue(_) => panic!("nobody else merges"),
        }
        other.join().expect("no panic");
        if *model.queue.lock() > 0 {
            model.drain();
        }
        assert!(model.is_destroyed());
    });
}

/// B-10, B-11: publishing races with a foreign drop; the state only grows.
#[test]
fn publishing_never_undoes_a_queued_state() {
    loom::model(|| {
        let model = Model::new();
        model.counts.retain(OWNER);
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || model.release(2))
        };
        model.counts.publish();
        other.join().expect("no panic");
        assert_eq!(model.counts.shared().state(), SharedState::Queued);
        model.drain();
        assert_eq!(model.counts.total(), 1);
        model.release(OWNER);
        assert!(model.is_destroyed());
    });
}

/// B-11, B-102: a finalizer publishes its object while another thread upgrades and drops.
#[test]
fn resurrection_races_with_an_upgrade() {
    loom::model(|| {
        let model = Model::new();
        model.counts.publish();
        let AfterRelease::Destroy = model.counts.release(OWNER) else { panic!("the last reference") };
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                if model.counts.try_retain(2) {
                    assert!(!model.is_destroyed());
                    model.release(2);
                }
            })
        };
        model.counts.revive(OWNER, true);
        if !model.counts.end_revival(OWNER) {
            model.destroy();
        }
        other.join().expect("no panic");
        model.drain();
        assert!(model.is_destroyed());
    });
}
