//! `type(f)(code, globals, …)`: functions that programs make from code objects.

use crate::protocol::{argument_kind, type_name};
use crate::thread::Thread;
use crate::value::{Args, Class, Dict, Kind, Object, Raised, Ref, Run, Signature, Str, Tuple, Value};
use crate::vm::code::Code;
use crate::vm::frame::Interpreter;
use crate::vm::frame::interpreter::builtins_of;
use crate::vm::function;
use crate::vm::machine::Machine;

/// The parameters of the constructor.
const SIGNATURE: Signature =
    Signature::new("code, globals, name=None, argdefs=None, closure=None, kwdefaults=None");

/// `function(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)`. Raises `TypeError` or `ValueError` for
/// arguments that do not fit the code.
pub fn new(thread: &mut Thread, _class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    let [code, globals, name, defaults, closure, by_name] = SIGNATURE.bind("function", arguments)?;
    let code = argument::<Code>(thread, code, "code", "code")?;
    let globals = argument::<Dict>(thread, globals, "globals", "dict")?;
    let given = |value: Option<&Value>| value.filter(|value| !value.is_none()).cloned();
    let (name, defaults, closure) = (given(name), given(defaults), given(closure));
    let by_name = given(by_name);
    if name.as_ref().is_some_and(|name| name.downcast_ref::<Str>().is_none()) {
        return Err(Raised::type_error("arg 3 (name) must be None or string"));
    }
    if defaults.as_ref().is_some_and(|defaults| defaults.downcast_ref::<Tuple>().is_none()) {
        return Err(Raised::type_error("arg 4 (defaults) must be None or tuple"));
    }
    if by_name.as_ref().is_some_and(|by_name| by_name.downcast_ref::<Dict>().is_none()) {
        return Err(Raised::type_error("arg 6 (kwdefaults) must be None or dict"));
    }
    let wanted = code.unit.free_names.len();
    let cells = match &closure {
        Some(closure) => match closure.downcast_ref::<Tuple>() {
            Some(cells) => cells.items(),
            None => return Err(Raised::type_error("arg 5 (closure) must be None or tuple")),
        },
        None if wanted > 0 => return Err(Raised::type_error("arg 5 (closure) must be tuple")),
        None => &[],
    };
    if cells.len() != wanted {
        let (name, given) = (&code.unit.name, cells.len());
        let complaint = format_args!("{name} requires closure of length {wanted}, not {given}");
        return Err(Raised::value_error(complaint));
    }
    if let Some(other) = cells.iter().find(|cell| cell.kind() != Kind::Cell) {
        let found = type_name(thread, other);
        return Err(Raised::type_error(format_args!("arg 5 (closure) expected cell, found {found}")));
    }
    let closure = closure.filter(|_| wanted > 0).unwrap_or(Value::NONE);
    let builtins = match globals.get_str(&thread.known().names().builtins) {
        Some(_) => builtins_of(thread, &globals),
        None => running_builtins(thread),
    };
    let made = function::with_closure(thread, code, globals, builtins, closure);
    if let Some(name) = name {
        drop(made.name.set(name));
    }
    if let Some(defaults) = defaults {
        drop(made.defaults.set(defaults));
    }
    if let Some(by_name) = by_name {
        drop(made.keyword_defaults.set(by_name));
    }
    Ok(made.into_value())
}

/// Returns the built-in names of the code that runs: a function whose globals name none has the same.
fn running_builtins(thread: &Thread) -> Ref<Dict> {
    match Interpreter::of(thread).frames(thread).next() {
        // SAFETY: a record of this thread's running frames.
        Some(frame) => unsafe { (*frame).function().builtins.to_ref() },
        None => Machine::of(thread).builtins.clone(),
    }
}

/// Returns a required argument that must be of a given type.
fn argument<T: crate::value::Payload>(
    thread: &Thread,
    value: Option<&Value>,
    name: &str,
    wanted: &str,
) -> Run<Ref<T>> {
    let value = value.expect("the signature promises it");
    value.clone().downcast::<T>().map_err(|value| {
        let given = argument_kind(thread, &value);
        Raised::type_error(format_args!("function() argument '{name}' must be {wanted}, not {given}"))
    })
}
