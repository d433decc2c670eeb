//! The pause protocol: nobody touches anything while the world is stopped, and everybody gets going again.
//!
//! Waits have no limit here, so a lost wake-up that a time-out would hide is a deadlock.

use crate::pause::{Member, Pause, RunCell};
use crate::sync::{AtomicU32, Ordering};
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

struct Body {
    id: u32,
    run: RunCell,
    asked: AtomicU32,
    /// What the member itself writes when it has left, and a stopper reads.
    left: UnsafeCell<bool>,
}

// SAFETY: that `left` is not read when it is written is what the model checks.
unsafe impl Send for Body {}
// SAFETY: as for `Send`.
unsafe impl Sync for Body {}

#[derive(Clone)]
struct Worker(Arc<Body>);

impl Worker {
    fn new(id: u32) -> Worker {
        Worker(Arc::new(Body {
            id,
            run: RunCell::default(),
            asked: AtomicU32::new(0),
            left: UnsafeCell::new(false),
        }))
    }
}

impl Member for Worker {
    fn run(&self) -> &RunCell {
        &self.0.run
    }
    fn id(&self) -> u32 {
        self.0.id
    }
    fn ask_to_stop(&self) {
        self.0.asked.fetch_or(1, Ordering::AcqRel);
    }
    fn stop_asking(&self) {
        self.0.asked.fetch_and(0, Ordering::AcqRel);
    }
    fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Acquire) != 0
    }
}

/// A world and a heap that only attached workers read and only a stopper writes.
struct Model {
    pause: Pause<Worker>,
    heap: UnsafeCell<u32>,
}

// SAFETY: that `heap` is written only in a pause is what the model checks.
unsafe impl Send for Model {}
// SAFETY: as for `Send`.
unsafe impl Sync for Model {}

impl Model {
    fn new() -> Arc<Model> {
        Arc::new(Model { pause: Pause::default(), heap: UnsafeCell::new(0) })
    }
    fn touch(&self) {
        // SAFETY: the caller is attached.
        self.heap.with(|heap| unsafe { *heap });
    }
    fn poll(&self, worker: &Worker) {
        if worker.is_asked() {
            self.pause.park(worker);
        }
    }
    fn collect(&self, worker: &Worker) {
        let members = loop {
            match self.pause.try_stop(worker) {
                Some(members) => break members,
                None => self.pause.park(worker),
            }
        };
        for member in &members {
            // SAFETY: the member cannot leave during a pause.
            member.0.left.with(|left| assert!(!unsafe { *left }));
        }
        // SAFETY: the world is stopped.
        self.heap.with_mut(|heap| unsafe { *heap += 1 });
        self.pause.resume(members);
    }
}

fn bounded() -> loom::model::Builder {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder
}

/// B-48, B-49, B-50: a worker attaches, works, polls and ends while another stops the world.
#[test]
fn a_pause_excludes_a_running_worker() {
    bounded().check(|| {
        let model = Model::new();
        let me = Worker::new(1);
        model.pause.add(me.clone());
        model.pause.attach(&me);
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                let worker = Worker::new(2);
                model.pause.add(worker.clone());
                model.pause.attach(&worker);
                model.touch();
                model.poll(&worker);
                model.touch();
                model.pause.detach(&worker);
                model.pause.remove(2);
                // SAFETY: nobody can find the member any more.
                worker.0.left.with_mut(|left| unsafe { *left = true });
            })
        };
        model.collect(&me);
        model.touch();
        model.pause.detach(&me);
        other.join().expect("no panic");
    });
}

/// B-51: a worker that detaches and attaches again does not lose the stopper, nor the stopper it.
#[test]
fn a_pause_excludes_a_worker_that_comes_back() {
    bounded().check(|| {
        let model = Model::new();
        let (me, worker) = (Worker::new(1), Worker::new(2));
        model.pause.add(me.clone());
        model.pause.add(worker.clone());
        model.pause.attach(&me);
        model.pause.attach(&worker);
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                model.pause.detach(&worker);
                model.pause.attach(&worker);
                model.touch();
                model.pause.detach(&worker);
            })
        };
        model.collect(&me);
        model.pause.detach(&me);
        other.join().expect("no panic");
    });
}

/// B-53, B-55: two stoppers take turns.
#[test]
fn two_stoppers_take_turns() {
    bounded().check(|| {
        let model = Model::new();
        let workers = [Worker::new(1), Worker::new(2)];
        for worker in &workers {
            model.pause.add(worker.clone());
            model.pause.attach(worker);
        }
        let [me, worker] = workers;
        let other = {
            let model = Arc::clone(&model);
            thread::spawn(move || {
                model.collect(&worker);
                model.pause.detach(&worker);
            })
        };
        model.collect(&me);
        model.pause.detach(&me);
        other.join().expect("no panic");
        // SAFETY: the other thread has ended.
        model.heap.with(|heap| assert_eq!(unsafe { *heap }, 2));
    });
}

/// B-19: a thread that works for a detached owner excludes the owner.
#[test]
fn holding_a_detached_worker_excludes_it() {
    bounded().check(|| {
        let model = Model::new();
        let worker = Worker::new(1);
        model.pause.add(worker.clone());
        let other = {
            let (model, worker) = (Arc::clone(&model), worker.clone());
            thread::spawn(move || {
                model.pause.attach(&worker);
                // SAFETY: the worker is attached, and only it or whoever holds it writes.
                model.heap.with_mut(|heap| unsafe { *heap += 1 });
                model.pause.detach(&worker);
            })
        };
        if let Some(held) = model.pause.hold_detached(&worker) {
            // SAFETY: as above.
            model.heap.with_mut(|heap| unsafe { *heap += 1 });
            drop(held);
        }
        other.join().expect("no panic");
    });
}
