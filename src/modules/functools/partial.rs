//! `partial`: a function with some of its arguments.

use super::placeholder::is_placeholder;
use crate::memory;
use crate::protocol::{self, class_of, repr_enter, repr_leave};
use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::dict::update;
use crate::types::function::bound_method::BoundMethod;
use crate::types::object;
use crate::types::object::class_names::{module_text, qualname_text};
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Dict, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run, Slot,
    Slots, Tuple, TypeSpec, Value,
};

/// The function and the arguments that are there already.
pub struct Partial {
    function: Slot,
    /// A tuple.
    arguments: Slot,
    /// A dict.
    keywords: Slot,
    /// How many placeholders are among the arguments.
    placeholders: AtomicUsize,
}

references!(Partial { function, arguments, keywords });

impl Payload for Partial {
    const KIND: Kind = Kind::Partial;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Partial,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT).union(ClassFlags::WEAKREFABLE),
    info: type_info::<Partial>,
    slots: Slots {
        repr: Some(repr),
        call: Some(call),
        descriptor_get: Some(get),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::field("func", |_, value| Ok(own::<Partial>(value).function.get())),
        NativeAttribute::field("args", |_, value| Ok(own::<Partial>(value).arguments.get())),
        NativeAttribute::field("keywords", |_, value| Ok(own::<Partial>(value).keywords.get())),
        NativeAttribute::new("__dict__", object::get_dict, object::set_dict),
    ],
    doc: "",
};

/// The items of a tuple, of which there is nothing else here.
fn items(arguments: &Value) -> &[Value] {
    arguments.downcast_ref::<Tuple>().map_or(&[], |arguments| arguments.items())
}

/// Returns the attributes that a program has given to a partial, a dict; `None` if there are none.
fn attributes_of(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    if !protocol::shape_of(thread, value).class().flags().contains(ClassFlags::HAS_DICT) {
        return Ok(None);
    }
    let dict = object::get_dict(thread, value)?;
    Ok(Some(dict).filter(|dict| dict.downcast_ref::<Dict>().is_some_and(|dict| !dict.is_empty())))
}

/// Counts placeholders. Raises `TypeError` if the last argument is one.
fn count_placeholders(arguments: &[Value]) -> Run<usize> {
    if arguments.last().is_some_and(is_placeholder) {
        return Err(Raised::type_error("trailing Placeholders are not allowed"));
    }
    Ok(arguments.iter().filter(|argument| is_placeholder(argument)).count())
}

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let Some((function, given)) = args.positionals().split_first() else {
        return Err(Raised::type_error("type 'partial' takes at least one argument"));
    };
    if protocol::slots_of(thread, function).call.is_none() {
        return Err(Raised::type_error("the first argument must be callable"));
    }
    if args.keywords().any(|(_, value)| is_placeholder(value)) {
        return Err(Raised::type_error("Placeholder cannot be passed as a keyword argument"));
    }
    count_placeholders(given)?;
    let keywords = thread.alloc(Dict::default());
    let (mut function, mut arguments) = (function.clone(), Vec::new());
    // One of a partial that nobody has given attributes is one of its function.
    if let Some(inner) = function.clone().downcast_ref::<Partial>()
        && attributes_of(thread, &function)?.is_none()
    {
        function = inner.function.get();
        let old = inner.keywords.get();
        if let Some(old) = old.downcast_ref::<Dict>() {
            update::update_from_dict(thread, &keywords, old)?;
        }
        arguments = memory::copy(items(&inner.arguments.get()))?;
    }
    let mut rest = given.iter();
    for argument in arguments.iter_mut().filter(|argument| is_placeholder(argument)) {
        match rest.next() {
            Some(given) => *argument = given.clone(),
            None => break,
        }
    }
    arguments.try_reserve(rest.len())?;
    arguments.extend(rest.cloned());
    for (name, value) in args.keywords() {
        protocol::dict_set(thread, &keywords, name, value.clone())?;
    }
    let placeholders = AtomicUsize::new(arguments.iter().filter(|argument| is_placeholder(argument)).count());
    let partial = Partial {
        function: Slot::new(function),
        arguments: Slot::new(thread.try_tuple(arguments)?),
        keywords: Slot::new(keywords.into_value()),
        placeholders,
    };
    Ok(instantiate(thread, class, partial).into_value())
}

fn call(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    let partial = own::<Partial>(value);
    let (function, arguments, keywords) =
        (partial.function.get(), partial.arguments.get(), partial.keywords.get());
    let (own, given) = (items(&arguments), args.positionals());
    // Relaxed: the number goes with the arguments, which only `__setstate__` changes.
    let missing = partial.placeholders.load(Ordering::Relaxed);
    if missing > given.len() {
        return Err(Raised::type_error(format_args!(
            "missing positional arguments in 'partial' call; expected at least {missing}, got {}",
            given.len()
        )));
    }
    let mut values = Vec::new();
    values.try_reserve_exact(own.len() + args.all_values().len())?;
    let mut rest = given.iter();
    for argument in own {
        let filled = if is_placeholder(argument) { rest.next() } else { None };
        values.push(filled.unwrap_or(argument).clone());
    }
    values.extend(rest.cloned());
    let keywords = keywords.downcast_ref::<Dict>().map_or(Ok(Vec::new()), |dict| dict.snapshot())?;
    if keywords.is_empty() {
        values.extend(args.keywords().map(|(_, value)| value.clone()));
        return protocol::call(thread, &function, Args::with_keywords(&values, args.names()));
    }
    let mut names: Vec<Value> = Vec::new();
    names.try_reserve_exact(keywords.len() + args.names().len())?;
    values.try_reserve(keywords.len())?;
    let first = values.len();
    for (name, value) in keywords {
        names.push(name);
        values.push(value);
    }
    for (name, value) in args.keywords() {
        let mut place = None;
        for (at, known) in names.iter().enumerate() {
            if protocol::equal(thread, known, name)? {
                place = Some(at);
                break;
            }
        }
        match place {
            Some(place) => values[first + place] = value.clone(),
            None => {
                names.push(name.clone());
                values.push(value.clone());
            }
        }
    }
    if names.iter().any(|name| name.kind() != Kind::Str) {
        return Err(Raised::type_error("keywords must be strings"));
    }
    protocol::call(thread, &function, Args::with_keywords(&values, &names))
}

fn get(thread: &mut Thread, value: &Value, instance: Option<&Value>, _class: &Value) -> Run<Value> {
    match instance.filter(|instance| !instance.is_none()) {
        None => Ok(value.clone()),
        Some(instance) => {
            let method = BoundMethod { function: value.clone(), self_object: instance.clone() };
            Ok(thread.alloc(method).into_value())
        }
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    if !repr_enter(thread, value) {
        return Ok(thread.new_str("..."));
    }
    let text = protocol::nest_repr(thread, |thread| text_of(thread, value));
    repr_leave(thread, value);
    Ok(thread.new_string(text?))
}

fn text_of(thread: &mut Thread, value: &Value) -> Run<String> {
    let partial = own::<Partial>(value);
    let class = class_of(thread, value);
    let mut text = match module_text(thread, &class) {
        Some(module) => memory::formatted(format_args!("{module}.{}(", qualname_text(&class)))?,
        None => memory::formatted(format_args!("{}(", qualname_text(&class)))?,
    };
    let function = partial.function.get();
    memory::push_str(&mut text, protocol::repr(thread, &function)?.as_str())?;
    for argument in items(&partial.arguments.get()) {
        memory::push_str(&mut text, ", ")?;
        memory::push_str(&mut text, protocol::repr(thread, argument)?.as_str())?;
    }
    let keywords = partial.keywords.get();
    let keywords = keywords.downcast_ref::<Dict>().map_or(Ok(Vec::new()), |dict| dict.snapshot())?;
    for (name, value) in keywords {
        let (name, value) = (protocol::str(thread, &name)?, protocol::repr(thread, &value)?);
        memory::push_str(&mut text, ", ")?;
        memory::push_str(&mut text, name.as_str())?;
        memory::push_str(&mut text, "=")?;
        memory::push_str(&mut text, value.as_str())?;
    }
    memory::push_str(&mut text, ")")?;
    Ok(text)
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (partial, _) = split_self::<Partial>(args);
    let value = partial.to_value();
    let function = partial.function.get();
    let attributes = attributes_of(thread, &value)?.unwrap_or(Value::NONE);
    let state = vec![function.clone(), partial.arguments.get(), partial.keywords.get(), attributes];
    let state = thread.new_tuple(state);
    let arguments = thread.new_tuple(vec![function]);
    let class = class_of(thread, &value).into_value();
    Ok(thread.new_tuple(vec![class, arguments, state]))
}

fn set_state(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (partial, args) = split_self::<Partial>(args);
    let [state] = args.exactly();
    let invalid = || Raised::type_error("invalid partial state");
    let Some([function, arguments, keywords, attributes]) =
        state.downcast_ref::<Tuple>().map(|state| state.items())
    else {
        return Err(invalid());
    };
    if protocol::slots_of(thread, function).call.is_none()
        || arguments.downcast_ref::<Tuple>().is_none()
        || !(keywords.is_none() || keywords.downcast_ref::<Dict>().is_some())
    {
        return Err(invalid());
    }
    let placeholders = count_placeholders(items(arguments))?;
    // Classes derived from these types might show other items and keywords than they have.
    let arguments = thread.try_tuple(memory::copy(items(arguments))?)?;
    let keywords = match keywords.downcast_ref::<Dict>() {
        None => thread.alloc(Dict::default()).into_value(),
        Some(_) if keywords.downcast_exact::<Dict>().is_some() => keywords.clone(),
        Some(dict) => {
            let copy = thread.alloc(Dict::default());
            update::update_from_dict(thread, &copy, dict)?;
            copy.into_value()
        }
    };
    let value = partial.to_value();
    if attributes.is_none() {
        if attributes_of(thread, &value)?.is_some() {
            let none = thread.alloc(Dict::default()).into_value();
            object::set_dict(thread, &value, Some(&none))?;
        }
    } else {
        object::set_dict(thread, &value, Some(attributes))?;
    }
    partial.placeholders.store(placeholders, Ordering::Relaxed);
    drop((
        partial.function.set(function.clone()),
        partial.arguments.set(arguments),
        partial.keywords.set(keywords),
    ));
    Ok(Value::NONE)
}
