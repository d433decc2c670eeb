//! `gc.callbacks`: script functions that are called at the start and end of each collection (B-120…B-124).
//!
//! The list is walked by index, so a callback may change it; all callbacks get the same dict of facts.

use super::cycle::{Cycle, Outcome, Reason};
use crate::thread::Thread;
use crate::value::{Args, Dict, Known, Raised, Shape};

/// Tells the callbacks that a collection begins.
pub(super) fn start(thread: &mut Thread, cycle: &Cycle) {
    invoke(thread, cycle, "start", Outcome::default());
}

/// Tells the callbacks what a collection did.
pub(super) fn stop(thread: &mut Thread, cycle: &Cycle, outcome: Outcome) {
    invoke(thread, cycle, "stop", outcome);
}

fn invoke(thread: &mut Thread, cycle: &Cycle, phase: &str, outcome: Outcome) {
    let callbacks = thread.known().gc_callbacks();
    if cycle.reason == Reason::Shutdown || callbacks.is_empty() {
        return;
    }
    let info = thread.alloc(Dict::default());
    let facts = [
        ("generation", cycle.generation),
        ("collected", outcome.collected),
        ("uncollectable", outcome.uncollectable),
    ];
    for (name, number) in facts {
        let name = thread.known().intern(thread, name);
        let number = thread.new_int(number as i64);
        drop(info.set_str(thread, &name, number));
    }
    let arguments = [thread.new_str(phase), info.into_value()];
    let mut index = 0;
    while let Some(callback) = callbacks.get(index) {
        let class = Shape::of_value(thread, &callback).class();
        let called = match class.slots().call {
            Some(call) => call(thread, &callback, Args::positional(&arguments)),
            None => Err(Raised::type_error(format_args!("'{}' object is not callable", class.name_text()))),
        };
        if let Err(raised) = called {
            let what = "Exception ignored while calling GC callback";
            Known::report_unraisable(thread, raised, Some(what), Some(&callback));
        }
        index += 1;
    }
}
