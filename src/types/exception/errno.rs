//! `OSError`: the error number selects the class and is printed in front of the message.

use crate::memory;
use crate::protocol::{self, call};
use crate::thread::Thread;
use crate::types::exception::places::os_error::{errno, filename, filename2, strerror};
use crate::types::exception::{self, Exception, payload};
use crate::value::{Args, Class, ErrorKind, Object, Raised, Run, Signature, Value};

/// The class of an error number, as on Linux.
pub const fn class_of_number(number: i64) -> Option<ErrorKind> {
    Some(match number {
        1 | 13 => ErrorKind::PermissionError,
        2 => ErrorKind::FileNotFoundError,
        3 => ErrorKind::ProcessLookupError,
        4 => ErrorKind::InterruptedError,
        10 => ErrorKind::ChildProcessError,
        11 | 114 | 115 => ErrorKind::BlockingIOError,
        17 => ErrorKind::FileExistsError,
        20 => ErrorKind::NotADirectoryError,
        21 => ErrorKind::IsADirectoryError,
        32 | 108 => ErrorKind::BrokenPipeError,
        103 => ErrorKind::ConnectionAbortedError,
        104 => ErrorKind::ConnectionResetError,
        110 => ErrorKind::TimeoutError,
        111 => ErrorKind::ConnectionRefusedError,
        _ => return None,
    })
}

/// Tells whether `__init__` interprets the arguments: that is so for a class with an `__init__` but no
/// `__new__` of its own (CPython: oserror_use_init). Otherwise `__new__` does.
fn uses_init(thread: &Thread, class: &Object<Class>) -> bool {
    let (own, usual) = (&class.slots().origins, &thread.known().error(ErrorKind::OSError).slots().origins);
    own.init != usual.init && own.new == usual.new
}

/// `OSError.__new__`: `OSError(2, …)` makes a `FileNotFoundError`.
pub fn new(thread: &mut Thread, class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    let known = thread.known();
    let Some(base_new) = known.error(ErrorKind::BaseException).slots().new else {
        return Err(Raised::type_error("cannot create exceptions"));
    };
    if uses_init(thread, class) {
        return base_new(thread, class, Args::positional(&[]));
    }
    Signature::new("*args").check(&class.name_text(), arguments)?;
    let has_fields = (2..=5).contains(&arguments.count());
    let mut class = class.to_ref();
    if class.raw() == known.error(ErrorKind::OSError).raw()
        && has_fields
        && let Some(kind) = arguments.positionals()[0].as_i64().and_then(class_of_number)
    {
        class = known.error(kind).to_ref();
    }
    let made = base_new(thread, &class, arguments)?;
    if has_fields {
        fill(thread, payload(&made), arguments.positionals());
    }
    Ok(made)
}

/// `OSError.__init__`.
pub fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    if !uses_init(thread, &protocol::class_of(thread, value)) {
        return Ok(());
    }
    exception::init(thread, value, arguments)?;
    if (2..=5).contains(&arguments.count()) {
        fill(thread, payload(value), arguments.positionals());
    }
    Ok(())
}

/// Fills the fields from at least two arguments; only the first two stay in `args`.
pub fn fill(thread: &Thread, exception: &Object<Exception>, arguments: &[Value]) {
    let places = [errno::PLACE, strerror::PLACE, filename::PLACE, filename2::PLACE];
    // The argument between the two file names is the error of another system.
    for (place, position) in places.into_iter().zip([0, 1, 2, 4]) {
        if let Some(argument) = arguments.get(position) {
            exception.set_field(place, argument.clone());
        }
    }
    if arguments.len() > 2 {
        drop(exception.args.set(thread.new_tuple(arguments[..2].to_vec())));
    }
}

/// Returns the text of an `OSError`: `[Errno 2] No such file or directory: 'x'`. Raises what `str` of the
/// fields raises.
pub fn str(thread: &mut Thread, value: &Value) -> Run<Value> {
    let places = [errno::PLACE, strerror::PLACE, filename::PLACE, filename2::PLACE];
    let [number, text, file, other_file] = places.map(|place| payload(value).field(place));
    if number.is_none() && text.is_none() {
        return exception::str(thread, value);
    }
    let (number, text) = (protocol::str(thread, &number)?, protocol::str(thread, &text)?);
    let mut message = memory::formatted(format_args!("[Errno {}] {}", number.as_str(), text.as_str()))?;
    if !file.is_none() {
        memory::push_str(&mut message, ": ")?;
        memory::push_str(&mut message, protocol::repr(thread, &file)?.as_str())?;
        if !other_file.is_none() {
            memory::push_str(&mut message, " -> ")?;
            memory::push_str(&mut message, protocol::repr(thread, &other_file)?.as_str())?;
        }
    }
    Ok(thread.new_string(message))
}

/// Makes the error of a failed system call, with the name of the file.
pub fn raise(thread: &mut Thread, error: &std::io::Error, file: Option<&Value>) -> Raised {
    make(thread, error, file.into_iter().cloned())
}

/// Makes the error of a failed system call about two files.
pub fn raise_between(thread: &mut Thread, error: &std::io::Error, file: &Value, other: &Value) -> Raised {
    // The argument between the two names is the error of another system.
    make(thread, error, [file.clone(), Value::NONE, other.clone()].into_iter())
}

fn make(thread: &mut Thread, error: &std::io::Error, files: impl Iterator<Item = Value>) -> Raised {
    if error.raw_os_error().is_none() && error.kind() == std::io::ErrorKind::OutOfMemory {
        // No call of the system: a buffer for it found no memory.
        return Raised::memory_error();
    }
    let number = error.raw_os_error().map_or(0, i64::from);
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default().to_owned();
    let mut arguments = vec![thread.new_int(number), thread.new_string(text)];
    arguments.extend(files);
    let class = thread.known().error(class_of_number(number).unwrap_or(ErrorKind::OSError)).to_value();
    match call(thread, &class, Args::positional(&arguments)) {
        Ok(exception) => Raised::instance(exception),
        Err(raised) => raised,
    }
}
