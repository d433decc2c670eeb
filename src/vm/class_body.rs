//! `__build_class__`: what a `class` statement calls. The body runs as a function with a namespace of
//! its own; everything else is in `types/class_make.rs`.

use crate::thread::Thread;
use crate::types::class_make;
use crate::value::{Args, Raised, Run, Str, Value};
use crate::vm::enter;
use crate::vm::function::Function;

/// `__build_class__(function, name, *bases, metaclass=None, **keywords)`
pub fn build_class(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [body, name, bases @ ..] = arguments.positionals() else {
        return Err(Raised::type_error("__build_class__: not enough arguments"));
    };
    let Some(body) = body.downcast_ref::<Function>() else {
        return Err(Raised::type_error("__build_class__: func must be a function"));
    };
    if name.downcast_ref::<Str>().is_none() {
        return Err(Raised::type_error("__build_class__: name is not a string"));
    }
    let keywords = Args::with_keywords(&arguments.all_values()[arguments.count()..], arguments.names());
    class_make::build(thread, name, bases, keywords, |thread, namespace| {
        enter::call_bound(thread, body, std::iter::empty(), Some(namespace.clone()))
    })
}
