//! The conductor: one collection, start to end.
//!
//! ```text
//! world stopped   merge_refcounts … clear_weakrefs     nobody runs, nothing is allocated
//! world running   run_callbacks, finalize              script code runs, other threads too
//! world stopped   merge_refcounts … clear_weakrefs     whoever came back is let off
//! world running   break_cycles, report                 counting frees what is left
//! ```
//! Exactly two pauses (B-54). No script code in a pause. What they find is listed by bits in the pages; what they line
//! up besides may find no memory: they then look at objects again, as often as it takes (D-49).

use super::cycle::{Cycle, Outcome, Reason};
use super::{
    break_cycles, callbacks, clear_weakrefs, drain_delayed, finalize, gather_unreachable, keep_resurrected,
    mark_alive, mark_reachable, merge_refcounts, release_merged, report, set_aside_legacy, subtract_internal,
};
use crate::thread::{Thread, world};

/// Runs one collection. Returns an empty outcome if a collection is running already (B-73), or an automatic one
/// is no longer due (B-64).
///
/// Read this first; each phase is a file of its own.
pub fn collect(thread: &mut Thread, generation: usize, reason: Reason) -> Outcome {
    let Some(mut cycle) = Cycle::begin(thread, generation, reason) else { return Outcome::default() };
    callbacks::start(thread, &cycle);
    report::verify_heap(thread, &cycle, "before");

    let stopped = world::stop(thread);
    merge_refcounts::run(&stopped, &mut cycle);
    drain_delayed::run(&stopped);
    mark_alive::run(&stopped, &mut cycle);
    subtract_internal::run(&stopped, &mut cycle);
    mark_reachable::run(&stopped, &mut cycle);
    gather_unreachable::run(&stopped, &mut cycle);
    set_aside_legacy::run(&stopped, &mut cycle);
    clear_weakrefs::run(&stopped, &mut cycle);
    stopped.resume();

    release_merged::run(thread, &mut cycle);
    clear_weakrefs::run_callbacks(thread, &mut cycle);
    finalize::run(thread, &mut cycle);

    let stopped = world::stop(thread);
    merge_refcounts::run_again(&stopped);
    keep_resurrected::run(&stopped, &mut cycle);
    clear_weakrefs::run_again(&stopped, &mut cycle);
    break_cycles::line_up(&stopped, &mut cycle);
    stopped.resume();

    release_merged::run(thread, &mut cycle);
    break_cycles::run(thread, &mut cycle);
    report::run(thread, &mut cycle);
    report::verify_heap(thread, &cycle, "after");
    let outcome = cycle.finish(thread);
    callbacks::stop(thread, &cycle, outcome);
    cycle.end(thread);
    outcome
}
