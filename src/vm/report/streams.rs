//! Flushes the standard streams when a program has run, and when it ends.

use crate::protocol;
use crate::thread::Thread;
use crate::types::file::stream::Stream;
use crate::value::{Object, Run, Str, Value};
use crate::vm::machine::Machine;
use crate::vm::report::ignored::unraisable;

/// What is said of output that cannot be written.
const UNFLUSHED: &str = "Exception ignored while flushing sys.stdout";

/// Returns a stream of the `sys` module that can be flushed: neither deleted nor `None` nor closed.
fn open_stream(thread: &mut Thread, name: &Object<Str>) -> Option<Value> {
    let stream = thread.known().sys_namespace().get_str(name).filter(|stream| !stream.is_none())?;
    let closed = thread.known().intern(thread, "closed");
    let is_closed = match protocol::get_attr(thread, &stream, &closed) {
        Ok(closed) => protocol::is_true(thread, &closed).unwrap_or(false),
        Err(_) => false,
    };
    (!is_closed).then_some(stream)
}

fn flush_stream(thread: &mut Thread, stream: &Value) -> Run<()> {
    let flush = &thread.known().names().flush;
    protocol::call_method(thread, stream, flush, &[]).map(drop)
}

/// Calls `flush` of `sys.stderr` and `sys.stdout` after a program has run; errors show up again at the end
/// (CPython: flush_io).
pub fn flush_after_run(thread: &mut Thread) {
    let names = thread.known().names();
    for name in [&names.stderr, &names.stdout] {
        if let Some(stream) = thread.known().sys_namespace().get_str(name).filter(|stream| !stream.is_none())
        {
            let _ = flush_stream(thread, &stream);
        }
    }
}

/// Calls `flush` of `sys.stdout` and `sys.stderr` when the program ends, and reports what cannot be written.
/// Returns whether everything was written (CPython: flush_std_files).
pub fn flush_at_end(thread: &mut Thread) -> bool {
    let names = thread.known().names();
    let mut all = true;
    if let Some(stream) = open_stream(thread, &names.stdout)
        && let Err(raised) = flush_stream(thread, &stream)
    {
        unraisable(thread, raised, Some(UNFLUSHED), None);
        if let Some(stream) = stream.downcast_ref::<Stream>() {
            stream.give_up();
        }
        all = false;
    }
    if let Some(stream) = open_stream(thread, &names.stderr)
        && flush_stream(thread, &stream).is_err()
    {
        all = false;
    }
    all & write_out_streams(thread)
}

/// Writes what is left in the buffers of the process's standard streams, whatever the program stored in `sys`.
/// Returns whether everything was written; a failure is reported once.
pub fn write_out_streams(thread: &mut Thread) -> bool {
    let mut all = true;
    for number in 1..=2 {
        let Some(stream) = Machine::of(thread).streams[number].clone() else { continue };
        let Err(raised) = stream.write_out(thread) else { continue };
        stream.give_up();
        if number == 1 {
            unraisable(thread, raised, Some(UNFLUSHED), None);
        }
        all = false;
    }
    all
}
