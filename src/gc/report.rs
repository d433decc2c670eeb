//! Phase: debug text is printed, uncollectable objects go to `gc.garbage`, the heap is verified on demand.

use std::io::Write as _;

use super::cycle::{Cycle, DebugFlags, Reason, note};
use super::verify::{Extent, audit};
use crate::object::TypeFlags;
use crate::protocol;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;

/// Prints the debug text and moves the uncollectable objects to `gc.garbage` (B-112, B-117, B-118).
pub(super) fn run(thread: &mut Thread, cycle: &mut Cycle) {
    let uncollectable = std::mem::take(&mut cycle.uncollectable);
    for value in &uncollectable {
        let object = value.as_raw().expect("trash is objects");
        if cycle.debug.contains(DebugFlags::UNCOLLECTABLE) {
            note(&mut cycle.text, thread, "uncollectable", value);
        }
        let is_legacy = object.type_info().has(TypeFlags::LEGACY_FINALIZER);
        if is_legacy || cycle.debug.contains(DebugFlags::SAVEALL) {
            // A list without memory to grow cannot show it.
            let _ = thread.known().gc_garbage().push(value.clone());
        }
    }
    cycle.uncollectable = uncollectable;
    if cycle.debug.contains(DebugFlags::STATS) {
        use std::fmt::Write;
        let unreachable = cycle.collected + cycle.uncollectable.len();
        let seconds = cycle.seconds();
        let _ = writeln!(
            cycle.text,
            "gc: done, {unreachable} unreachable, {} uncollectable, {seconds:.4}s elapsed",
            cycle.uncollectable.len()
        );
    }
    if !cycle.text.is_empty() {
        write_error(thread, &std::mem::take(&mut cycle.text));
    }
}

/// Writes to the program's `sys.stderr`, or to the standard error stream if that fails.
fn write_error(thread: &mut Thread, text: &str) {
    let names = thread.known().names();
    let stream = thread.known().sys_namespace().get_str(&names.stderr);
    let written = stream.filter(|stream| !stream.is_none()).map(|stream| {
        let argument = thread.new_str(text);
        protocol::call_method(thread, &stream, &names.write, &[argument])
    });
    if !matches!(written, Some(Ok(_))) {
        // Where even that fails there is nobody left to tell.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
    }
}

/// Checks every count of the heap, if `--gc-verify` is on. A fault is a bug of this program and ends it. If
/// there is no memory for the check, a message says so.
///
/// The last collection checks the sealed objects too.
pub(super) fn verify_heap(thread: &mut Thread, cycle: &Cycle, when: &str) {
    if !thread.runtime().gc.verify.load(Relaxed) {
        return;
    }
    let extent = if cycle.reason == Reason::Shutdown { Extent::Whole } else { Extent::Unsealed };
    let Ok(faults) = audit(thread, true, extent) else {
        let _ =
            writeln!(std::io::stderr(), "minivm: too little memory to audit the heap {when} a collection");
        return;
    };
    assert!(faults.is_empty(), "the heap is sound {when} a collection, but: {faults:#?}");
}
