//! How exceptions are copied and pickled: by class and arguments, with added attributes as the state.

use crate::protocol::{self, class_of};
use crate::thread::Thread;
use crate::types::exception::payload;
use crate::types::exception::places::{attribute_error, import_error, os_error};
use crate::types::object::instance;
use crate::value::{Args, Dict, Raised, Ref, Run, Tuple, Value};

/// Returns the attributes that a program has added, as a dict; `None` if there are none.
fn added(thread: &Thread, value: &Value) -> Run<Option<Ref<Dict>>> {
    if instance::has_any(value) { instance::dict_of(thread, value) } else { Ok(None) }
}

/// Makes `(class, arguments)`, with the state as third part unless there is none.
fn reduced(thread: &Thread, value: &Value, arguments: Value, state: Option<Value>) -> Value {
    let mut parts = vec![class_of(thread, value).into_value(), arguments];
    parts.extend(state);
    thread.new_tuple(parts)
}

/// `BaseException.__reduce__`. Raises `MemoryError`.
pub fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let state = added(thread, value)?.map(Ref::into_value);
    Ok(reduced(thread, value, payload(value).args.get(), state))
}

/// `BaseException.__setstate__(state)`: sets an attribute for each item of a dict; `None` sets none.
/// Raises `TypeError` if the state is neither, or a name is no `str`, and what setting an attribute raises.
pub fn set_state(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, state] = args.exactly();
    if state.is_none() {
        return Ok(Value::NONE);
    }
    let Some(state) = state.downcast_ref::<Dict>() else {
        return Err(Raised::type_error("state is not a dictionary"));
    };
    for (name, new) in state.snapshot()? {
        let name = crate::types::object::expect_name(thread, &name)?;
        protocol::set_attr(thread, value, &name, &new)?;
    }
    Ok(Value::NONE)
}

/// Adds fields that are set to a copy of the added attributes; `None` if there is neither.
fn with_fields(thread: &Thread, value: &Value, fields: &[(&str, Value)]) -> Run<Option<Value>> {
    let own = added(thread, value)?;
    if fields.iter().all(|(_, field)| field.is_none()) {
        return Ok(own.map(Ref::into_value));
    }
    let state = match own {
        Some(own) => thread.alloc(Dict::new(own.with_table(|table| table.copy())?)),
        None => thread.alloc(Dict::default()),
    };
    for (name, field) in fields {
        if !field.is_none() {
            let name = thread.known().intern(thread, name);
            drop(state.try_set_str(thread, &name, field.clone())?);
        }
    }
    Ok(Some(state.into_value()))
}

/// `ImportError.__reduce__()`: `name`, `path` and `name_from` are part of the state.
/// Raises `MemoryError`.
pub fn reduce_import(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let error = payload(value);
    let fields = [
        ("name", error.field(import_error::name::PLACE)),
        ("path", error.field(import_error::path::PLACE)),
        ("name_from", error.field(import_error::name_from::PLACE)),
    ];
    let state = with_fields(thread, value, &fields)?;
    Ok(reduced(thread, value, error.args.get(), state))
}

/// `OSError.__reduce__()`: the arguments contain the file names again. Raises `MemoryError`.
pub fn reduce_os(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let error = payload(value);
    let file = error.field(os_error::filename::PLACE);
    let mut arguments = error.args.get();
    if !file.is_none()
        && let Some([number, text]) = arguments.downcast_ref::<Tuple>().map(|args| args.items())
    {
        let mut all = vec![number.clone(), text.clone(), file];
        let other = error.field(os_error::filename2::PLACE);
        if !other.is_none() {
            all.extend([Value::NONE, other]);
        }
        arguments = thread.new_tuple(all);
    }
    let state = added(thread, value)?.map(Ref::into_value);
    Ok(reduced(thread, value, arguments, state))
}

fn state_of_attribute(thread: &Thread, value: &Value) -> Run<Value> {
    let error = payload(value);
    // Without the object, which may be anything.
    let fields = [("name", error.field(attribute_error::name::PLACE)), ("args", error.args.get())];
    Ok(with_fields(thread, value, &fields)?.unwrap_or(Value::NONE))
}

/// `AttributeError.__getstate__()`: the added attributes, with `name` and `args`. Raises `MemoryError`.
/// The field `obj` is left out: it may be of a type that cannot be pickled.
pub fn get_state_of_attribute(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    state_of_attribute(thread, value)
}

/// `AttributeError.__reduce__`. Raises `MemoryError`.
pub fn reduce_attribute(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let state = state_of_attribute(thread, value)?;
    Ok(reduced(thread, value, payload(value).args.get(), Some(state)))
}
