//! Calls, and the special methods that are found on the class.
//!
//! `call_special_method` is how the runtime calls a special method: looked up on the class only, never on
//! the instance, and without a bound method in between when the method is an ordinary function.

use crate::protocol::class::{class_lookup, shape_of, slots_of, type_name};
use crate::thread::Thread;
use crate::value::{Args, Kind, Object, Raised, Run, StackRef, Str, Value};

/// `callable(arguments)`.
#[inline]
pub fn call(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    thread.enter_recursion()?;
    match slots_of(thread, callable).call {
        Some(operation) => operation(thread, callable, arguments),
        None => Err(Raised::type_error(format!("'{}' object is not callable", type_name(thread, callable)))),
    }
}

/// Borrows values as the arguments of one call: they outlive it, so no count changes.
#[inline]
pub fn lend<const N: usize>(values: [&Value; N]) -> [StackRef; N] {
    values.map(|value| StackRef::from_word(value.word()).defer())
}

/// Arguments with one more in front that are lent on the stack; more are lent in a vector.
const MOST_LENT: usize = 7;

/// Puts a value in front of the arguments of one call.
#[inline]
pub fn with_first<R>(first: &Value, rest: Args<'_>, action: impl FnOnce(Args<'_>) -> R) -> R {
    let values = rest.all_values();
    if values.len() < MOST_LENT {
        let mut lent = [StackRef::UNBOUND; MOST_LENT];
        [lent[0]] = lend([first]);
        for (slot, value) in lent[1..].iter_mut().zip(values) {
            [*slot] = lend([value]);
        }
        let lent = StackRef::as_values(&lent[..values.len() + 1]);
        return action(Args::with_keywords(lent, rest.names()));
    }
    let lent: Vec<StackRef> = std::iter::once(first).chain(values).map(|value| lend([value])[0]).collect();
    action(Args::with_keywords(StackRef::as_values(&lent), rest.names()))
}

/// Calls with one positional argument more in front.
pub fn call_with_self(thread: &mut Thread, callable: &Value, first: &Value, rest: Args<'_>) -> Run<Value> {
    with_first(first, rest, |arguments| call(thread, callable, arguments))
}

/// `object.name(arguments)`.
pub fn call_method(
    thread: &mut Thread,
    object: &Value,
    name: &Object<Str>,
    arguments: &[Value],
) -> Run<Value> {
    let method = crate::protocol::get_attr(thread, object, name)?;
    call(thread, &method, Args::positional(arguments))
}

/// Binds what a class has to an instance: calls `__get__` if there is one.
#[inline]
pub fn bind(thread: &mut Thread, found: Value, instance: &Value) -> Run<Value> {
    match slots_of(thread, &found).descriptor_get {
        Some(operation) => {
            let class = shape_of(thread, instance).class().to_value();
            operation(thread, &found, Some(instance), &class)
        }
        None => Ok(found),
    }
}

/// The special method of an object, bound; `None` if its class has none.
pub fn lookup_special_method(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<Option<Value>> {
    match class_lookup(shape_of(thread, object).class(), name) {
        Some(found) => bind(thread, found, object).map(Some),
        None => Ok(None),
    }
}

/// Calls the special method of an object; `None` if its class has none.
pub fn call_special_method(
    thread: &mut Thread,
    object: &Value,
    name: &Object<Str>,
    arguments: Args<'_>,
) -> Option<Run<Value>> {
    let found = class_lookup(shape_of(thread, object).class(), name)?;
    if matches!(found.kind(), Kind::Function | Kind::MethodDescriptor | Kind::SlotWrapper) {
        return Some(call_with_self(thread, &found, object, arguments));
    }
    let bound = match bind(thread, found, object) {
        Ok(bound) => bound,
        Err(raised) => return Some(Err(raised)),
    };
    Some(call(thread, &bound, arguments))
}
