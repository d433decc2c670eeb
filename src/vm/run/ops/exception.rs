//! Raising and handling; `with`.

use crate::bytecode::{Word, raised_class};
use crate::protocol;
use crate::types::exception;
use crate::value::{Args, Class, ErrorKind, Kind, Object, Raised, Run, Tuple, Value};
use crate::vm::run::dispatch::Flow;
use crate::vm::run::step::Step;
use crate::vm::run::unwind;

/// `raise`, `raise exception`, `raise exception from cause`
pub fn raise(step: &mut Step, word: Word) -> Run<Flow> {
    if word.b() == 0 {
        let handled = unwind::handled(step);
        if handled.is_none() {
            return Err(Raised::runtime_error("No active exception to reraise"));
        }
        return Err(Raised::instance(handled));
    }
    let first = step.view(word.a());
    let error = exception::make(step, first)?;
    if word.b() == 2 {
        let cause = step.view(word.a() + 1);
        let cause = if cause.is_none() { Value::NONE } else { cause_of(step, cause)? };
        unwind::set_cause(&error, cause);
    }
    Err(Raised::instance(error))
}

fn cause_of(step: &mut Step, cause: &Value) -> Run<Value> {
    if exception::is_class(cause) || cause.kind() == Kind::Exception {
        return exception::make(step, cause);
    }
    Err(Raised::type_error("exception causes must derive from BaseException"))
}

/// Raises an exception again without adding this frame to its traceback.
pub fn reraise(step: &mut Step, word: Word) -> Run<Flow> {
    let error = step.take(word.a());
    Err(Raised::instance(error))
}

/// Makes the exception the one that is being handled. Raises nothing.
pub fn push_exc_info(step: &mut Step, word: Word) -> Run<Flow> {
    let error = step.take(word.a());
    let previous = unwind::replace_handled(step, error.clone());
    step.put(word.a(), previous);
    step.put(word.a() + 1, error);
    Ok(Flow::Next)
}

/// Makes the exception from before the one that is being handled. Raises nothing.
pub fn pop_except(step: &mut Step, word: Word) -> Run<Flow> {
    let previous = step.take(word.a());
    drop(unwind::replace_handled(step, previous));
    Ok(Flow::Next)
}

/// Tells whether a class, or one of a tuple of classes, catches the exception. Raises `TypeError` for anything but
/// classes of exceptions.
pub fn check_exc_match(step: &mut Step, word: Word) -> Run<Flow> {
    let (error, types) = (step.view(word.a()), step.view(word.a() + 1));
    let caught = match types.downcast_ref::<Class>() {
        Some(class) => {
            check_catchable(types)?;
            protocol::is_instance_of(step, error, class)
        }
        None => {
            choices(types).iter().try_for_each(check_catchable)?;
            is_caught(step, error, types)
        }
    };
    Ok(step.finish_unary(word.a() + 1, word.a() + 1, Value::bool(caught)))
}

/// Returns the classes among which a clause chooses.
pub fn choices(types: &Value) -> &[Value] {
    types.downcast_ref::<Tuple>().map_or(std::slice::from_ref(types), |types| types.items())
}

/// Tells whether one of the classes of a clause catches an exception.
pub fn is_caught(step: &Step, error: &Value, types: &Value) -> bool {
    let mut classes = choices(types).iter().filter_map(Value::downcast_ref::<Class>);
    classes.any(|class| protocol::is_instance_of(step, error, class))
}

/// Raises `TypeError` for anything but a class of exceptions.
pub fn check_catchable(class: &Value) -> Run<()> {
    if exception::is_class(class) {
        return Ok(());
    }
    Err(Raised::type_error("catching classes that do not inherit from BaseException is not allowed"))
}

/// Returns a bound method of a context manager. Raises `TypeError` if its class has none, and what binding raises.
pub fn special_of_manager(step: &mut Step, manager: &Value, name: &str) -> Run<Value> {
    let interned = step.known().intern(step, name);
    if let Some(method) = protocol::lookup_special_method(step, manager, &interned)? {
        return Ok(method);
    }
    let (article, others, other, with) = match name.starts_with("__a") {
        true => ("asynchronous ", ["__enter__", "__exit__"], "", "with"),
        false => ("", ["__aenter__", "__aexit__"], "asynchronous ", "async with"),
    };
    let class = protocol::type_name(step, manager);
    let mut message = format!(
        "'{class}' object does not support the {article}context manager protocol (missed {name} method)"
    );
    let mut has = |name: &str| {
        let name = step.known().intern(step, name);
        protocol::lookup_special_method(step, manager, &name).is_ok_and(|method| method.is_some())
    };
    if others.into_iter().all(&mut has) {
        message.push_str(&format!(
            " but it supports the {other}context manager protocol. Did you mean to use '{with}'?"
        ));
    }
    Err(Raised::type_error(message))
}

/// Enters a `with`: leaves the bound `__exit__` and the result of `__enter__` on the stack. Raises `TypeError` if a
/// method is missing, and what `__enter__` raises.
pub fn before_with(step: &mut Step, word: Word) -> Run<Flow> {
    let manager = step.view(word.a());
    let exit = special_of_manager(step, manager, "__exit__")?;
    let enter = special_of_manager(step, manager, "__enter__")?;
    let entered = protocol::call(step, &enter, Args::positional(&[]))?;
    let held = step.take(word.a());
    step.put(word.a(), exit);
    step.put(word.a() + 1, entered);
    drop(held);
    Ok(Flow::Next)
}

/// Calls `__exit__` with the exception. Raises what `__exit__` raises.
pub fn with_except_start(step: &mut Step, word: Word) -> Run<Flow> {
    let (exit, error) = (step.view(word.a()), step.view(word.a() + 2).clone());
    let class = protocol::class_of(step, &error).into_value();
    let traceback = exception::payload(&error).traceback.get();
    let traceback = if traceback.is_unbound() { Value::NONE } else { traceback };
    let arguments = [class, error, traceback];
    let result = protocol::call(step, exit, Args::positional(&arguments))?;
    step.put(word.a() + 3, result);
    Ok(Flow::Next)
}

/// Pushes a built-in exception class. Raises nothing.
pub fn load_error_class(step: &mut Step, word: Word) -> Run<Flow> {
    let kind = match word.b() as u32 {
        raised_class::ASSERTION => ErrorKind::AssertionError,
        _ => ErrorKind::NotImplementedError,
    };
    let class: &Object<Class> = step.known().error(kind);
    let class = class.to_value();
    step.put(word.a(), class);
    Ok(Flow::Next)
}
