//! Interprets the arguments of `throw`: an exception, given as a class or an instance, a value and a traceback.

use crate::protocol;
use crate::thread::Thread;
use crate::types::exception;
use crate::value::{Args, Class, ErrorKind, Kind, Raised, Run, Tuple, Value};

/// Tells whether the first argument of `throw` is an exception of this kind, as a class or an instance.
pub fn is_given_kind(thread: &Thread, given: &Value, kind: ErrorKind) -> bool {
    match given.downcast_ref::<Class>() {
        Some(class) => class.is_subclass_of(thread.known().error(kind)),
        None => protocol::is_instance_of(thread, given, thread.known().error(kind)),
    }
}

/// Makes the exception that the arguments of `throw` stand for; if making it raises, that error is thrown in
/// its place. Raises `TypeError` if the arguments are no exception.
pub fn thrown(thread: &mut Thread, arguments: &[Value]) -> Run<Value> {
    let given = &arguments[0];
    let value = arguments.get(1).filter(|value| !value.is_none());
    let traceback = arguments.get(2).filter(|traceback| !traceback.is_none());
    if traceback.is_some_and(|traceback| traceback.kind() != Kind::Traceback) {
        return Err(Raised::type_error("throw() third argument must be a traceback object"));
    }
    if exception::is_class(given) {
        let made = match made_of(thread, given, value) {
            Ok(made) => made,
            Err(error) => return Ok(exception::instance(thread, error)),
        };
        if let Some(traceback) = traceback {
            set_traceback(&made, traceback);
        }
        return Ok(made);
    }
    if given.kind() != Kind::Exception {
        let kind = protocol::type_name(thread, given);
        return Err(Raised::type_error(format_args!(
            "exceptions must be classes or instances deriving from BaseException, not {kind}"
        )));
    }
    if value.is_some() {
        return Err(Raised::type_error("instance exception may not have a separate value"));
    }
    if let Some(traceback) = traceback {
        set_traceback(given, traceback);
    }
    Ok(given.clone())
}

fn set_traceback(exception: &Value, traceback: &Value) {
    drop(exception::payload(exception).traceback.set(traceback.clone()));
}

/// Makes an instance of a class of exceptions with a value.
fn made_of(thread: &mut Thread, given: &Value, value: Option<&Value>) -> Run<Value> {
    let Some(value) = value else { return exception::make(thread, given) };
    let class = given.downcast_ref::<Class>().expect("an exception class is a class");
    if value.kind() == Kind::Exception && protocol::is_instance_of(thread, value, class) {
        return Ok(value.clone());
    }
    let made = match value.downcast_ref::<Tuple>() {
        Some(arguments) => protocol::call(thread, given, Args::positional(arguments.items()))?,
        None => protocol::call(thread, given, Args::positional(std::slice::from_ref(value)))?,
    };
    if made.kind() == Kind::Exception {
        return Ok(made);
    }
    let (class, kind) = (protocol::repr(thread, given)?, protocol::type_name(thread, &made));
    Err(Raised::type_error(format_args!(
        "calling {} should have returned an instance of BaseException, not {kind}",
        class.as_str()
    )))
}
