//! Functions of the interpreter that the types and the built-in functions call: namespaces, compiling, running,
//! importing.

use crate::protocol;
use crate::thread::Thread;
use crate::types::function::cell::Cell;
use crate::value::{Dict, ErrorKind, Kind, Object, Raised, Ref, Run, StackRef, Tuple, UpperFloors, Value};
use crate::vm::call::{bind, enter};
use crate::vm::code::Code;
use crate::vm::frame::interpreter::builtins_of;
use crate::vm::frame::{self, FrameFlags, current};
use crate::vm::function::{self, Function};
use crate::vm::machine::Machine;
use crate::vm::report;
use crate::vm::run::missing;
use crate::vm::start::{compile, import};

/// Makes the table of these functions.
/// The functions for the namespace of the `builtins` module and for a native module of a given name are handed in.
pub const fn upper_floors(
    builtins: fn(&mut Thread) -> Ref<Dict>,
    native_module: fn(&mut Thread, &str) -> Option<Run<Value>>,
    has_native_module: fn(&str) -> bool,
) -> UpperFloors {
    UpperFloors {
        globals,
        locals,
        compile: compile::compile,
        execute: run,
        import: import::import_function,
        class_body,
        super_arguments,
        report_unraisable: report::unraisable,
        builtin,
        warn: report::warn::warn,
        warn_unawaited: report::warning::unawaited,
        warn_unawaited_method: report::warning::unawaited_method,
        builtins,
        native_module,
        has_native_module,
        complete_module: import::frozen::complete,
        no_module_attribute: missing::attribute,
    }
}

fn globals(thread: &mut Thread) -> Run<Value> {
    let frame = current(thread);
    // SAFETY: the innermost record is complete while native code runs.
    let frame = unsafe { &*frame };
    if frame.is_bottom() {
        return Err(Raised::new(ErrorKind::SystemError, "frame does not exist"));
    }
    Ok(frame.function().globals.as_value().clone())
}

fn locals(thread: &mut Thread) -> Run<Value> {
    let record = current(thread);
    // SAFETY: the innermost record is complete while native code runs.
    let frame = unsafe { &*record };
    if frame.is_bottom() {
        return Err(Raised::new(ErrorKind::SystemError, "frame does not exist"));
    }
    let unit = &frame.code().unit;
    if unit.flags.contains(crate::bytecode::CodeFlags::OPTIMIZED) || !unit.inner_variables.is_empty() {
        let object = frame::object::of(thread, record);
        return object.locals(thread);
    }
    if frame.flags.contains(FrameFlags::NAMESPACE) {
        return Ok(frame.namespace().as_value().clone());
    }
    globals(thread)
}

/// Returns the class in the `__class__` cell, and the first argument of the running frame.
fn super_arguments(thread: &mut Thread) -> Run<(Value, Value)> {
    let wrong = |text: &str| Err(Raised::new(ErrorKind::RuntimeError, text));
    // SAFETY: the innermost record is complete while native code runs.
    let frame = unsafe { &*current(thread) };
    if frame.is_bottom() {
        return wrong("super(): no current frame");
    }
    let unit = &frame.code().unit;
    if unit.arg_count == 0 {
        return wrong("super(): no arguments");
    }
    let locals = unit.local_names.len();
    // SAFETY: variable slots of a running frame always hold a word.
    let variable = |slot: usize| unsafe { StackRef::from_word(frame::get(frame.fp, slot)) }.retain(thread);
    let receiver = match unit.cell_names.iter().position(|cell| cell.parameter == Some(0)) {
        Some(cell) => content(variable(locals + cell)),
        None => variable(0),
    };
    if receiver.is_unbound() {
        return wrong("super(): arg[0] deleted");
    }
    let Some(free) = unit.free_names.iter().position(|name| &**name == "__class__") else {
        return wrong("super(): __class__ cell not found");
    };
    let class = content(variable(locals + unit.cell_names.len() + free));
    if class.is_unbound() {
        return wrong("super(): empty __class__ cell");
    }
    if class.kind() != Kind::Class {
        let given = protocol::type_name(thread, &class);
        return wrong(&format!("super(): __class__ is not a type ({given})"));
    }
    Ok((class, receiver))
}

/// Returns what the innermost frame finds under a name among the built-in names. Raises `AttributeError` if there is
/// nothing.
fn builtin(thread: &mut Thread, name: &str) -> Run<Value> {
    // SAFETY: the innermost record is complete while native code runs.
    let frame = unsafe { &*current(thread) };
    let builtins = match frame.is_bottom() {
        true => Machine::of(thread).builtins.clone(),
        false => frame.function().builtins.clone(),
    };
    let name = thread.known().intern(thread, name);
    builtins.get_str(&name).ok_or_else(|| Raised::attribute_error(name.as_str()))
}

/// Returns the content of a cell; any other value unchanged.
fn content(value: Value) -> Value {
    match value.downcast_ref::<Cell>() {
        Some(cell) => cell.content.get(),
        None => value,
    }
}

fn run(
    thread: &mut Thread,
    code: &Value,
    globals: &Value,
    locals: &Value,
    closure: Option<&Value>,
    function: &str,
) -> Run<Value> {
    let (Ok(code), Ok(dict)) = (code.clone().downcast::<Code>(), globals.clone().downcast::<Dict>()) else {
        return Err(Raised::type_error("exec() arg 1 must be a string, bytes or code object"));
    };
    check_closure(&code, closure, function)?;
    let names = thread.known().names();
    if !dict.contains_str(&names.builtins) {
        let builtins = Machine::of(thread).builtins.as_value().clone();
        drop(dict.try_set_str(thread, &names.builtins, builtins)?);
    }
    let builtins = builtins_of(thread, &dict);
    // Names are asked of what was given, so that the special methods of a class derived from `dict` are used.
    let is_plain = locals.is(globals) && locals.downcast_exact::<Dict>().is_some();
    let namespace = (!is_plain).then_some(locals);
    let closure = closure.cloned().unwrap_or(Value::NONE);
    let body = function::with_closure(thread, code, dict, builtins, closure);
    run_body(thread, &body, namespace.cloned())
}

/// Runs a function that need not be a body: one that takes arguments misses them. Raises `TypeError` then, and what the
/// function raises.
fn run_body(thread: &mut Thread, body: &Object<Function>, namespace: Option<Value>) -> Run<Value> {
    let arguments = bind::bind(thread, body, Vec::new(), &[])?;
    enter::call_bound(thread, body, arguments.into_iter().map(StackRef::from_value), namespace)
}

/// Raises `TypeError` unless the closure has one cell for each free variable of the code.
fn check_closure(code: &Object<Code>, closure: Option<&Value>, function: &str) -> Run<()> {
    let wanted = code.unit.free_names.len();
    if wanted == 0 {
        return match closure {
            Some(_) => Err(Raised::type_error("cannot use a closure with this code object")),
            None => Ok(()),
        };
    }
    if function != "exec" {
        return Err(Raised::type_error(format_args!(
            "code object passed to {function}() may not contain free variables"
        )));
    }
    let cells = closure.and_then(Value::downcast_exact::<Tuple>).map_or(&[][..], |cells| cells.items());
    if cells.len() == wanted && cells.iter().all(|cell| cell.kind() == Kind::Cell) {
        return Ok(());
    }
    Err(Raised::type_error(format_args!("code object requires a closure of exactly length {wanted}")))
}

/// Runs the body of a class, which is a function, in a namespace; returns the `__class__` cell or `None`.
fn class_body(thread: &mut Thread, body: &Value, namespace: &Value) -> Run<Value> {
    let Some(body) = body.downcast_ref::<Function>() else {
        return Err(Raised::type_error("__build_class__: func must be a function"));
    };
    run_body(thread, body, Some(namespace.clone()))
}
