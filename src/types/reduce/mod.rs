//! How objects are copied and pickled: `object.__reduce_ex__`, `__reduce__` and `__getstate__`.
//!
//! An object is reduced to `(callable, arguments, state, list items, dict items)`. From protocol 2 on the callable is
//! `copyreg.__newobj__`, which calls `__new__` with what `__getnewargs__` returns; before, it is
//! `copyreg._reconstructor`. Both are in `copyreg.rs`. `state.rs` collects the attributes.

mod copyreg;
pub mod state;

use crate::protocol::{self, call, class_lookup, class_of, full_class_name};
use crate::thread::Thread;
use crate::types::object::class_names::namespace;
use crate::value::{Args, Class, Dict, Kind, List, NativeMethod, Object, Raised, Run, Tuple, Value};

/// The methods of `object` for copying and pickling.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("__reduce_ex__", "protocol, /", reduce_ex),
    NativeMethod::new("__reduce__", "", reduce),
    NativeMethod::new("__getstate__", "", state::get_state),
];

/// `object.__reduce_ex__(protocol)`: calls `__reduce__` if the class has another than `object`'s.
/// Otherwise it reduces the object as the protocol asks.
fn reduce_ex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, protocol] = args.exactly();
    let protocol = c_int(thread, protocol)?;
    let name = thread.known().intern(thread, "__reduce__");
    let Some(method) = protocol::find_attr(thread, value, &name)? else {
        return common(thread, value, protocol);
    };
    let class = class_of(thread, value);
    let of_class = protocol::get_attr(thread, class.as_value(), &name)?;
    let usual = namespace(thread.known().class(Kind::Object)).get_str(&name);
    if usual.is_some_and(|usual| usual.is(&of_class)) {
        return common(thread, value, protocol);
    }
    call(thread, &method, Args::positional(&[]))
}

/// Returns an integer argument that must fit a C `int`, as in CPython.
/// Raises `TypeError` if it is no integer, `OverflowError` if it does not fit, and what `__index__` raises.
fn c_int(thread: &mut Thread, value: &Value) -> Run<i64> {
    let index = protocol::index(thread, value)?;
    match index.as_i64() {
        Some(number) if i32::try_from(number).is_ok() => Ok(number),
        _ => Err(Raised::overflow_error("Python int too large to convert to C int")),
    }
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    common(thread, value, 0)
}

fn common(thread: &mut Thread, value: &Value, protocol: i64) -> Run<Value> {
    match protocol {
        2.. => reduce_to_new(thread, value),
        _ => copyreg::reduce_to_reconstructor(thread, value),
    }
}

/// Reduces an object to a call of `__new__` of its class, as pickle protocols from 2 on do.
/// Raises `TypeError` if the object cannot be made so again, and what the methods that it calls raise.
fn reduce_to_new(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class_of(thread, value);
    if class.slots().new.is_none() {
        return Err(cannot_pickle(&class));
    }
    let (arguments, keywords) = new_arguments(thread, value)?;
    let has_arguments = arguments.is_some();
    let class = class.into_value();
    let (callable, arguments) = match (arguments, keywords) {
        (Some(arguments), Some(keywords)) if !keywords.is_empty() => {
            let arguments = vec![class, arguments, keywords.as_value().clone()];
            (copyreg::new_object_with_keywords(thread)?, arguments)
        }
        (arguments, _) => {
            let mut all = vec![class];
            if let Some(arguments) = arguments.as_ref().and_then(Value::downcast_ref::<Tuple>) {
                all.extend(arguments.items().iter().cloned());
            }
            (copyreg::new_object(thread)?, all)
        }
    };
    let (is_list, is_dict) = (value.downcast_ref::<List>().is_some(), value.downcast_ref::<Dict>().is_some());
    let state = state::of(thread, value, !(has_arguments || is_list || is_dict))?;
    let list_items = if is_list { protocol::iter(thread, value)? } else { Value::NONE };
    let mut dict_items = Value::NONE;
    if is_dict {
        let pairs = protocol::call_method(thread, value, &thread.known().names().items, &[])?;
        dict_items = protocol::iter(thread, &pairs)?;
    }
    let arguments = thread.try_tuple(arguments)?;
    Ok(thread.new_tuple(vec![callable, arguments, state, list_items, dict_items]))
}

/// Makes the error for an object whose content cannot be pickled.
fn cannot_pickle(class: &Object<Class>) -> Raised {
    Raised::type_error(format_args!("cannot pickle '{}' object", full_class_name(class)))
}

/// Returns the arguments for `__new__`, from `__getnewargs_ex__` or else `__getnewargs__`.
/// The first part is a tuple of the positional arguments, the second a dict of those by name, which only
/// `__getnewargs_ex__` can have. Both are `None` if the class has neither method. Raises `TypeError` or `ValueError`
/// if the method returns anything else, and what it raises.
fn new_arguments(
    thread: &mut Thread,
    value: &Value,
) -> Run<(Option<Value>, Option<crate::value::Ref<Dict>>)> {
    let no_tuple = |thread: &Thread, what: &str, wanted: &str, given: &Value| {
        let given = protocol::type_name(thread, given);
        Raised::type_error(format_args!("{what} {wanted}, not '{given}'"))
    };
    let name = thread.known().intern(thread, "__getnewargs_ex__");
    if let Some(method) = protocol::lookup_special_method(thread, value, &name)? {
        let both = call(thread, &method, Args::positional(&[]))?;
        let Some(parts) = both.downcast_ref::<Tuple>() else {
            return Err(no_tuple(thread, "__getnewargs_ex__", "should return a tuple", &both));
        };
        let [arguments, keywords] = parts.items() else {
            let given = parts.len();
            return Err(Raised::value_error(format_args!(
                "__getnewargs_ex__ should return a tuple of length 2, not {given}"
            )));
        };
        if arguments.downcast_ref::<Tuple>().is_none() {
            let what = "first item of the tuple returned by __getnewargs_ex__";
            return Err(no_tuple(thread, what, "must be a tuple", arguments));
        }
        let Some(keywords) = keywords.downcast_ref::<Dict>() else {
            let what = "second item of the tuple returned by __getnewargs_ex__";
            return Err(no_tuple(thread, what, "must be a dict", keywords));
        };
        return Ok((Some(arguments.clone()), Some(keywords.to_ref())));
    }
    let name = thread.known().intern(thread, "__getnewargs__");
    let Some(method) = protocol::lookup_special_method(thread, value, &name)? else {
        return Ok((None, None));
    };
    let arguments = call(thread, &method, Args::positional(&[]))?;
    match arguments.downcast_ref::<Tuple>() {
        Some(_) => Ok((Some(arguments), None)),
        None => Err(no_tuple(thread, "__getnewargs__", "should return a tuple", &arguments)),
    }
}

/// Tells whether a class defines or inherits another method of this name than `object`'s.
fn overrides(thread: &Thread, class: &Object<Class>, name: &str) -> bool {
    let name = thread.known().intern(thread, name);
    let usual = namespace(thread.known().class(Kind::Object)).get_str(&name);
    match (class_lookup(class, &name), usual) {
        (Some(found), Some(usual)) => !found.is(&usual),
        (found, _) => found.is_some(),
    }
}
