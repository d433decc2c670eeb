//! What only a host can see of the collector: the switch, the pauses, other threads.

use super::*;
use crate::gc::Outcome;
use crate::life;
use crate::sync::{Arc, AtomicBool, AtomicUsize, Ordering::SeqCst};
use crate::types::table::native_function::new_function;
use crate::value::{Args, NativeMethod, Raised};
use std::cell::RefCell;

thread_local! {
    /// What the native function `block` of this thread waits for.
    static STEPS: RefCell<Arc<AtomicUsize>> = RefCell::default();
}

/// Waits, attached, until the other thread has made a hundred more steps; false if it does not.
fn block(_thread: &mut Thread, _arguments: Args<'_>) -> Run<Value> {
    let steps = STEPS.with_borrow(Arc::clone);
    let (before, begun) = (steps.load(SeqCst), std::time::Instant::now());
    while steps.load(SeqCst) < before + 100 {
        if begun.elapsed().as_secs() > 20 {
            return Ok(Value::bool(false));
        }
        std::thread::yield_now();
    }
    Ok(Value::bool(true))
}

/// Whether a name of `__main__` stands for a true value.
fn is_true(vm: &mut Vm, name: &str) -> bool {
    let name = vm.thread().known().intern(vm.thread(), name);
    vm.main().get_str(&name).is_some_and(|value| value.as_bool() == Some(true))
}

/// A machine in which one cycle is garbage and nothing collects by itself.
fn with_garbage() -> Vm {
    let mut vm = Vm::new(Settings::default());
    let script = "import gc\ngc.collect()\ngc.disable()\nx = []\nx.append(x)\ndel x\n";
    assert_eq!(vm.run_text("garbage", script), 0);
    vm
}

/// B-75: the host's call respects the switch, the script's does not; an error the host holds stays as it is.
#[test]
fn the_host_collects_only_while_collection_is_on() {
    let mut vm = with_garbage();
    let pending = Raised::value_error("held by the host");
    assert_eq!(vm.collect(), 0);
    assert_eq!(vm.run_text("again", "gc.enable()\n"), 0);
    assert_eq!((vm.collect(), vm.collect()), (1, 0));
    assert!(pending.is_kind(vm.thread(), ErrorKind::ValueError));
    let script = "gc.disable()\ny = []\ny.append(y)\ndel y\nfound = gc.collect() == 1\n";
    assert_eq!(vm.run_text("script", script), 0);
    assert!(is_true(&mut vm, "found"));
}

/// B-54: two pauses a collection, whether or not anything is found.
#[test]
fn a_collection_makes_two_pauses() {
    let mut vm = with_garbage();
    let thread = vm.thread();
    let pauses = |thread: &Thread| thread.runtime().gc.pauses.load(SeqCst);
    let before = pauses(thread);
    assert_eq!(gc::collect(thread, 2, Reason::Manual).collected, 1);
    assert_eq!(pauses(thread), before + 2);
    assert_eq!(gc::collect(thread, 2, Reason::Manual).collected, 0);
    assert_eq!(pauses(thread), before + 4);
}

/// B-64: an automatic collection asks again whether it is due, and does nothing if it is not.
#[test]
fn an_automatic_collection_that_is_not_due_does_nothing() {
    let mut vm = with_garbage();
    let thread = vm.thread();
    thread.runtime().gc.counts[0].store(1 << 20, SeqCst);
    assert_eq!(gc::collect(thread, 0, Reason::Heap), Outcome::default());
    assert!(!thread.runtime().gc.collecting.load(SeqCst));
    thread.runtime().gc.enabled.store(true, SeqCst);
    thread.runtime().gc.long_lived_total.store(0, SeqCst);
    assert_eq!(gc::collect(thread, 0, Reason::Heap).collected, 1);
}

/// B-146: the collection at the end does nothing if one is marked as running.
#[test]
fn the_last_collection_gives_way() {
    let mut vm = with_garbage();
    let thread = vm.thread();
    thread.runtime().gc.collecting.store(true, SeqCst);
    assert_eq!(gc::shutdown(thread), Outcome::default());
    thread.runtime().gc.collecting.store(false, SeqCst);
    assert_eq!(gc::shutdown(thread).collected, 1);
}

/// B-110: a finalizer that blocks does not stop other threads, for it runs between the two pauses.
#[test]
fn other_threads_run_during_a_finalizer() {
    let mut vm = Vm::new(Settings::default());
    let runtime = vm.booted.runtime();
    let (steps, end) = (Arc::new(AtomicUsize::new(0)), AtomicBool::new(false));
    STEPS.set(Arc::clone(&steps));
    const BLOCK: NativeMethod = NativeMethod::function("block", "", block);
    let function = new_function(vm.thread(), const { &BLOCK }, "host");
    let main = vm.main();
    crate::modules::define(vm.thread(), &main, "block", function);
    drop(main);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut there = runtime.register();
            while !end.load(SeqCst) {
                life::poll(there.thread());
                steps.fetch_add(1, SeqCst);
            }
            life::leave(there);
        });
        // Entering takes a pause, which `block` would hold up: the thread has to be in before.
        vm.thread().detached(|| {
            while steps.load(SeqCst) == 0 {
                std::thread::yield_now();
            }
        });
        let script = "import gc\nran = False\nclass C:\n    def __del__(self):\n        global ran\n        ran = block()\n\
                      c = C()\nc.me = c\ndel c\ngc.collect()\n";
        let status = vm.run_text("finalizer", script);
        end.store(true, SeqCst);
        assert_eq!(status, 0);
        assert!(is_true(&mut vm, "ran"));
        vm.thread().detached(|| ());
    });
}

/// B-145: what only another thread holds when the program ends is not finalized by the last collections.
#[test]
fn what_another_thread_holds_at_the_end_is_not_finalized() {
    let mut vm = Vm::new(Settings::default());
    let runtime = vm.booted.runtime();
    let (is_held, end) = (AtomicBool::new(false), AtomicBool::new(false));
    let script = "class C:\n    def __del__(self): pass\nc = C()\nc.me = c\n";
    assert_eq!(vm.run_text("held", script), 0);
    let name = vm.thread().known().intern(vm.thread(), "c");
    let object = vm.main().get_str(&name).expect("made by the script");
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut there = runtime.register();
            // A count of its own, as a native function of a thread that nobody waits for would have.
            let held = object;
            there.thread().detached(|| {
                is_held.store(true, SeqCst);
                while !end.load(SeqCst) {
                    std::thread::yield_now();
                }
            });
            life::leave(there);
            held
        });
        vm.thread().detached(|| {
            while !is_held.load(SeqCst) {
                std::thread::yield_now();
            }
        });
        vm.main().clear();
        gc::shutdown(vm.thread());
        end.store(true, SeqCst);
        let held = vm.thread().detached(|| other.join().expect("the other thread does not panic"));
        assert!(!gc::is_finalized(&held));
        drop(held);
        gc::shutdown(vm.thread());
    });
}
