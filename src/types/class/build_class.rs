//! `__build_class__`: what a `class` statement calls. The body runs as a function with a namespace of its
//! own, which is the interpreter's business; everything else is in `make.rs`.

use crate::thread::Thread;
use crate::types::class::make;
use crate::value::{Args, Kind, Raised, Run, Value};

/// `__build_class__(function, name, *bases, metaclass=None, **keywords)`. Raises `TypeError` for wrong
/// arguments, and what the body and the metaclass raise.
pub fn build_class(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [function, name, bases @ ..] = args.positionals() else {
        return Err(Raised::type_error("__build_class__: not enough arguments"));
    };
    if function.kind() != Kind::Function {
        return Err(Raised::type_error("__build_class__: func must be a function"));
    }
    if name.kind() != Kind::Str {
        return Err(Raised::type_error("__build_class__: name is not a string"));
    }
    let body = thread.known().upper_floors.class_body;
    make::build(thread, name, bases, args, |thread, namespace| body(thread, function, namespace))
}
