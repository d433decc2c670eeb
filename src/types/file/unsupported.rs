//! `io.UnsupportedOperation`, which is an `OSError` and a `ValueError`: raised by a file that cannot do what it
//! is asked.

use crate::protocol;
use crate::thread::Thread;
use crate::types::class::with_parents::with_parents;
use crate::value::{Args, Class, ErrorKind, Raised, Ref, Run};

fn class(thread: &mut Thread) -> Run<Ref<Class>> {
    if let Some(known) = thread.known().unsupported_operation.get() {
        return Ok(known.clone());
    }
    let parents = [ErrorKind::OSError, ErrorKind::ValueError];
    let made = with_parents(thread, "io", "UnsupportedOperation", parents)?;
    // Of two threads the first one's class stays.
    Ok(thread.known().unsupported_operation.get_or_init(|| made).clone())
}

/// Makes the error `io.UnsupportedOperation`.
pub fn unsupported(thread: &mut Thread, message: &str) -> Raised {
    let class = match class(thread) {
        Ok(class) => class.into_value(),
        Err(raised) => return raised,
    };
    let message = thread.new_str(message);
    match protocol::call(thread, &class, Args::positional(&[message])) {
        Ok(exception) => Raised::instance(exception),
        Err(raised) => raised,
    }
}
