//! `object.__getstate__`: the attributes of an object, in the form that `__setstate__` takes.
//!
//! The state is `__dict__`, or a pair of it and a dict of the attributes of `__slots__` if any of those is bound, or
//! `None`.

use crate::memory;
use crate::protocol::{self, call, class_of, full_class_name, type_name};
use crate::thread::Thread;
use crate::types::object::class_names::namespace;
use crate::types::object::instance;
use crate::types::reduce::cannot_pickle;
use crate::types::table::native_function::NativeFunction;
use crate::value::{Args, Class, Dict, Kind, List, Object, Raised, Ref, Run, Str, Value};

/// `object.__getstate__()`: returns the state.
/// Raises `TypeError` if `__slots__` or `__slotnames__` of the class has a wrong type, `RuntimeError` if the latter
/// changes meanwhile, what reading the attributes raises, and `MemoryError`.
pub fn get_state(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    usual(thread, value, false)
}

/// Returns the state of an object, by calling its `__getstate__`.
/// With `is_required` the object is made again of its class and state alone: `object.__getstate__` then raises
/// `TypeError` if the type holds anything but attributes. Raises also what `__getstate__` raises.
pub fn of(thread: &mut Thread, value: &Value, is_required: bool) -> Run<Value> {
    let name = thread.known().intern(thread, "__getstate__");
    let method = protocol::get_attr(thread, value, &name)?;
    let object = thread.known().class(Kind::Object);
    let is_usual = method
        .downcast_ref::<NativeFunction>()
        .is_some_and(|native| native.bound.is(value) && object.is(&native.home));
    match is_usual {
        true => usual(thread, value, is_required),
        false => call(thread, &method, Args::positional(&[])),
    }
}

fn usual(thread: &mut Thread, value: &Value, is_required: bool) -> Run<Value> {
    let class = class_of(thread, value);
    if is_required && matches!(class.kind, Kind::Int | Kind::Bytes | Kind::Tuple | Kind::Class) {
        return Err(Raised::type_error(format_args!("cannot pickle {} objects", full_class_name(&class))));
    }
    let dict = match instance::has_any(value) {
        true => instance::dict_of(thread, value)?,
        false => None,
    };
    let state = dict.map_or(Value::NONE, Ref::into_value);
    let names = slot_names(thread, &class)?;
    // Anything but attributes would be lost.
    if is_required && keeps_more(class.kind) {
        return Err(cannot_pickle(&class));
    }
    let Some(names) = names else { return Ok(state) };
    let slots = thread.alloc(Dict::default());
    let count = names.len();
    for name in names.to_vec()? {
        let name = crate::types::object::expect_name(thread, &name)?;
        if let Some(found) = protocol::find_attr(thread, value, &name)? {
            drop(slots.try_set_str(thread, &name, found)?);
        }
        if names.len() != count {
            return Err(Raised::runtime_error("__slotnames__ changed size during iteration"));
        }
    }
    match slots.len() {
        0 => Ok(state),
        _ => Ok(thread.new_tuple(vec![state, slots.into_value()])),
    }
}

/// Tells whether instances of a built-in type hold anything but attributes.
fn keeps_more(kind: Kind) -> bool {
    let is_constant = matches!(kind, Kind::NoneType | Kind::NotImplementedType | Kind::EllipsisType);
    !is_constant && kind != Kind::Object
}

/// Returns the names in `__slots__` of a class and of all above it.
/// They are kept in the class as `__slotnames__`. If that is there already, it is what counts: a list, or `None` for
/// no names. Raises `TypeError` if it is anything else or a name is no `str`, what reading `__slots__` raises, and
/// `MemoryError`.
fn slot_names(thread: &mut Thread, class: &Object<Class>) -> Run<Option<Ref<List>>> {
    let name = thread.known().intern(thread, "__slotnames__");
    if let Some(known) = namespace(class).get_str(&name) {
        return match known.downcast_ref::<List>() {
            Some(names) => Ok(Some(names.to_ref())),
            None if known.is_none() => Ok(None),
            None => Err(Raised::type_error(format_args!(
                "{}.__slotnames__ should be a list or None, not {}",
                class.name_text(),
                type_name(thread, &known)
            ))),
        };
    }
    let slots = thread.known().names().slots.clone();
    let mut names = Vec::new();
    if protocol::find_attr(thread, &class.to_value(), &slots)?.is_some() {
        for base in class.order() {
            let Some(own) = namespace(&base).get_str(&slots) else { continue };
            let own = if own.kind() == Kind::Str { vec![own] } else { protocol::collect(thread, &own)? };
            for name in own {
                let Some(text) = name.downcast_ref::<Str>() else {
                    return Err(Raised::type_error("__slots__ items must be strings"));
                };
                if !matches!(text.as_str(), "__dict__" | "__weakref__") {
                    let name = mangled(thread, &base, text)?;
                    memory::push(&mut names, name).map_err(|_name| Raised::memory_error())?;
                }
            }
        }
    }
    let names = thread.alloc(List::new(names));
    // A class that takes no attributes is asked again the next time.
    match protocol::set_attr(thread, &class.to_value(), &name, names.as_value()) {
        Err(raised) if !raised.is_kind(thread, crate::value::ErrorKind::Exception) => Err(raised),
        _ => Ok(Some(names)),
    }
}

/// Returns the attribute that a name in `__slots__` makes: a private name is mangled.
/// Raises `MemoryError`.
fn mangled(thread: &Thread, class: &Object<Class>, name: &Object<Str>) -> Run<Value> {
    let (text, class) = (name.as_str(), class.name_text());
    let class = class.trim_start_matches('_');
    if !text.starts_with("__") || text.ends_with("__") || class.is_empty() {
        return Ok(name.to_value());
    }
    Ok(thread.new_string(memory::formatted(format_args!("_{class}{text}"))?))
}
