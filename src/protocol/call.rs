//! Calls, and the special methods that are found on the class.
//!
//! `call_special_method` is how the runtime calls a special method: looked up on the class only, never on
//! the instance, and without a bound method in between when the method is an ordinary function.

use crate::protocol::class::{class_lookup, shape_of, slots_of, type_name};
use crate::thread::Thread;
use crate::value::{Args, Kind, Object, Raised, Run, StackRef, Str, Value};

/// Computes `callable(arguments)`. Raises `TypeError` if it is not callable, `RecursionError` if native calls
/// are nested too deeply, and whatever the call raises.
#[inline]
pub fn call(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    thread.enter_recursion()?;
    match slots_of(thread, callable).call {
        Some(operation) => operation(thread, callable, arguments),
        None => {
            Err(Raised::type_error(format_args!("'{}' object is not callable", type_name(thread, callable))))
        }
    }
}

/// Makes views of values for the arguments of one call. The values outlive the call, so they are not counted.
#[inline]
pub fn lend<const N: usize>(values: [&Value; N]) -> [StackRef; N] {
    values.map(|value| StackRef::from_word(value.word()).defer())
}

/// Up to so many arguments are placed on the native stack by `with_first`; more are placed in a vector.
const MOST_LENT: usize = 7;

/// Calls `action` with the arguments of a call and one more value in front of them.
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

/// Calls with one more positional argument in front. Raises what `call` raises.
pub fn call_with_self(thread: &mut Thread, callable: &Value, first: &Value, rest: Args<'_>) -> Run<Value> {
    with_first(first, rest, |arguments| call(thread, callable, arguments))
}

/// Computes `object.name(arguments)`. Raises what `get_attr` and `call` raise.
pub fn call_method(
    thread: &mut Thread,
    object: &Value,
    name: &Object<Str>,
    arguments: &[Value],
) -> Run<Value> {
    let method = crate::protocol::get_attr(thread, object, name)?;
    call(thread, &method, Args::positional(arguments))
}

/// Binds an attribute of a class to an instance, by `__get__` if the attribute has that method. Raises what
/// `__get__` raises.
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

/// Returns the special method of an object, bound; `None` if its class has none. Raises what binding raises.
pub fn lookup_special_method(thread: &mut Thread, object: &Value, name: &Object<Str>) -> Run<Option<Value>> {
    match class_lookup(shape_of(thread, object).class(), name) {
        Some(found) => bind(thread, found, object).map(Some),
        None => Ok(None),
    }
}

/// Calls the special method of an object; `None` if its class has none. Raises what binding and the call raise.
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

/// Calls a special method that the class had when its table was made. Raises what the method raises, and
/// `AttributeError` if the class has lost it since.
pub fn call_required_method(
    thread: &mut Thread,
    object: &Value,
    name: &Object<Str>,
    arguments: Args<'_>,
) -> Run<Value> {
    match call_special_method(thread, object, name, arguments) {
        Some(result) => result,
        None => Err(Raised::attribute_error(name.as_str())),
    }
}
