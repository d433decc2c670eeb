//! `attrgetter`, `itemgetter` and `methodcaller`: functions that read attributes or items of their argument, or call
//! a method of it.

use crate::memory;
use crate::protocol::{self, class_of, repr_enter, repr_leave};
use crate::references;
use crate::thread::Thread;
use crate::types::object::class_names::module_text;
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Raised, Run, Signature, Slots, Str, Style,
    TypeSpec, Value,
};

/// What a getter is called with.
const CALL: Signature = Signature::new("obj, /").styled(Style::Unpacked);

/// `itemgetter(item, *items)`.
pub struct ItemGetter {
    keys: Box<[Value]>,
}

references!(ItemGetter { keys });

impl Payload for ItemGetter {
    const KIND: Kind = Kind::ItemGetter;
}

/// The type `itemgetter`.
pub const ITEM_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ItemGetter,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<ItemGetter>,
    slots: Slots {
        new: Some(|thread, class, args| {
            let keys = several(args, "itemgetter")?;
            Ok(instantiate(thread, class, ItemGetter { keys }).into_value())
        }),
        call: Some(call_item),
        repr: Some(|thread, getter| shown(thread, getter, &own::<ItemGetter>(getter).keys, &[])),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", |thread, args| {
        let (getter, _) = split_self::<ItemGetter>(args);
        Ok(reduced::class_call(thread, &getter.to_value(), getter.keys.to_vec()))
    })],
    attributes: &[],
    doc: "",
};

/// Returns the arguments of a constructor that takes one or more.
fn several(args: Args<'_>, name: &str) -> Run<Box<[Value]>> {
    if args.has_keywords() {
        return Err(Raised::type_error(format_args!("{name}() takes no keyword arguments")));
    }
    match args.positionals() {
        [] => Err(Raised::type_error(format_args!("{name} expected 1 argument, got 0"))),
        given => Ok(memory::copy(given)?.into_boxed_slice()),
    }
}

fn call_item(thread: &mut Thread, getter: &Value, args: Args<'_>) -> Run<Value> {
    CALL.check("itemgetter", args)?;
    let (keys, object) = (&own::<ItemGetter>(getter).keys, &args.positionals()[0]);
    if let [key] = &**keys {
        return protocol::get_item(thread, object, key);
    }
    let items: Run<Vec<Value>> = keys.iter().map(|key| protocol::get_item(thread, object, key)).collect();
    thread.try_tuple(items?)
}

/// `attrgetter(attr, *attrs)`.
pub struct AttributeGetter {
    /// The names as they were given.
    names: Box<[Value]>,
    /// The parts of each, which dots separate.
    paths: Box<[Box<[Value]>]>,
}

references!(AttributeGetter { names, paths });

impl Payload for AttributeGetter {
    const KIND: Kind = Kind::AttributeGetter;
}

/// The type `attrgetter`.
pub const ATTRIBUTE_SPEC: TypeSpec = TypeSpec {
    kind: Kind::AttributeGetter,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<AttributeGetter>,
    slots: Slots {
        new: Some(new_attribute),
        call: Some(call_attribute),
        repr: Some(|thread, getter| shown(thread, getter, &own::<AttributeGetter>(getter).names, &[])),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", |thread, args| {
        let (getter, _) = split_self::<AttributeGetter>(args);
        Ok(reduced::class_call(thread, &getter.to_value(), getter.names.to_vec()))
    })],
    attributes: &[],
    doc: "",
};

fn new_attribute(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let names = several(args, "attrgetter")?;
    let mut paths = Vec::new();
    for name in &names {
        let Some(name) = name.downcast_ref::<Str>() else {
            return Err(Raised::type_error("attribute name must be a string"));
        };
        let parts = name.as_str().split('.').map(|part| thread.known().intern(thread, part).into_value());
        paths.push(parts.collect());
    }
    Ok(instantiate(thread, class, AttributeGetter { names, paths: paths.into() }).into_value())
}

fn call_attribute(thread: &mut Thread, getter: &Value, args: Args<'_>) -> Run<Value> {
    CALL.check("attrgetter", args)?;
    let (paths, object) = (&own::<AttributeGetter>(getter).paths, &args.positionals()[0]);
    if let [path] = &**paths {
        return follow(thread, object, path);
    }
    let values: Run<Vec<Value>> = paths.iter().map(|path| follow(thread, object, path)).collect();
    thread.try_tuple(values?)
}

/// Reads an attribute of an attribute, and so on.
fn follow(thread: &mut Thread, object: &Value, path: &[Value]) -> Run<Value> {
    let mut value = object.clone();
    for name in path {
        let name = name.downcast_ref::<Str>().expect("the constructor has checked it");
        value = protocol::get_attr(thread, &value, name)?;
    }
    Ok(value)
}

/// `methodcaller(name, /, *args, **kwargs)`.
pub struct MethodCaller {
    /// The name, the arguments, and behind these the values of keyword arguments.
    parts: Box<[Value]>,
    /// The names of keyword arguments.
    names: Box<[Value]>,
}

references!(MethodCaller { parts, names });

impl Payload for MethodCaller {
    const KIND: Kind = Kind::MethodCaller;
}

/// The type `methodcaller`.
pub const METHOD_SPEC: TypeSpec = TypeSpec {
    kind: Kind::MethodCaller,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<MethodCaller>,
    slots: Slots {
        new: Some(new_method),
        call: Some(call_method),
        repr: Some(|thread, caller| {
            let payload = own::<MethodCaller>(caller);
            shown(thread, caller, &payload.parts, &payload.names)
        }),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", reduce_method)],
    attributes: &[],
    doc: "",
};

fn new_method(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let Some(name) = args.get(0) else {
        return Err(Raised::type_error("methodcaller needs at least one argument, the method name"));
    };
    let Some(name) = name.downcast_ref::<Str>() else {
        return Err(Raised::type_error("method name must be a string"));
    };
    let mut parts = memory::copy(args.all_values())?;
    parts[0] = thread.known().intern_str(thread, name).into_value();
    let names = memory::copy(args.names())?.into_boxed_slice();
    Ok(instantiate(thread, class, MethodCaller { parts: parts.into(), names }).into_value())
}

fn call_method(thread: &mut Thread, caller: &Value, args: Args<'_>) -> Run<Value> {
    CALL.check("methodcaller", args)?;
    let caller = own::<MethodCaller>(caller);
    let name = caller.parts[0].downcast_ref::<Str>().expect("the constructor has checked it");
    let method = protocol::get_attr(thread, &args.positionals()[0], name)?;
    protocol::call(thread, &method, Args::with_keywords(&caller.parts[1..], &caller.names))
}

fn reduce_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (caller, _) = split_self::<MethodCaller>(args);
    let value = caller.to_value();
    if caller.names.is_empty() {
        return Ok(reduced::class_call(thread, &value, caller.parts.to_vec()));
    }
    let name = thread.known().intern(thread, "functools").into_value();
    let module = (thread.known().upper_floors.import)(thread, Args::positional(&[name]))?;
    let name = thread.known().intern(thread, "partial");
    let partial = protocol::get_attr(thread, &module, &name)?;
    let first = [class_of(thread, &value).into_value(), caller.parts[0].clone()];
    let positional = caller.parts.len() - caller.names.len();
    let keywords = &caller.parts[positional..];
    let values: Vec<Value> = first.iter().chain(keywords).cloned().collect();
    let constructor = protocol::call(thread, &partial, Args::with_keywords(&values, &caller.names))?;
    let arguments = caller.parts[1..positional].to_vec();
    Ok(reduced::call_of(thread, constructor, arguments))
}

/// Makes the text `operator.name(values…)`; the last values have names.
fn shown(thread: &mut Thread, value: &Value, values: &[Value], names: &[Value]) -> Run<Value> {
    if !repr_enter(thread, value) {
        let name = protocol::type_name(thread, value);
        return Ok(thread.new_string(memory::formatted(format_args!("{name}(...)"))?));
    }
    let text = protocol::nest_repr(thread, |thread| text_of(thread, value, values, names));
    repr_leave(thread, value);
    Ok(thread.new_string(text?))
}

fn text_of(thread: &mut Thread, value: &Value, values: &[Value], names: &[Value]) -> Run<String> {
    let class = class_of(thread, value);
    let mut text = match module_text(thread, &class) {
        Some(module) => memory::formatted(format_args!("{module}.{}(", class.name_text()))?,
        None => memory::formatted(format_args!("{}(", class.name_text()))?,
    };
    let positional = values.len() - names.len();
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            memory::push_str(&mut text, ", ")?;
        }
        if let Some(name) = at.checked_sub(positional).and_then(|at| names[at].downcast_ref::<Str>()) {
            memory::push_str(&mut text, name.as_str())?;
            memory::push_str(&mut text, "=")?;
        }
        memory::push_str(&mut text, protocol::repr(thread, value)?.as_str())?;
    }
    memory::push_str(&mut text, ")")?;
    Ok(text)
}
