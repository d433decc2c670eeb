//! `staticmethod` and `classmethod`: functions in a class that do not get the instance.

use crate::memory;
use crate::protocol::{self, call, class_of};
use crate::references;
use crate::thread::Thread;
use crate::types::function::bound_method::BoundMethod;
use crate::types::object::{self, instance};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Run, Signature,
    Slot, Slots, Str, Style, TypeSpec, Value, alloc,
};

/// The payload of a `staticmethod`.
pub struct StaticMethod {
    /// `__func__`.
    pub function: Slot,
}

references!(StaticMethod { function });

impl Payload for StaticMethod {
    const KIND: Kind = Kind::StaticMethod;
}

impl StaticMethod {
    /// Wraps a function.
    pub fn new(function: Value) -> StaticMethod {
        StaticMethod { function: Slot::new(function) }
    }
}

/// The payload of a `classmethod`.
pub struct ClassMethod {
    /// `__func__`.
    pub function: Slot,
}

references!(ClassMethod { function });

impl Payload for ClassMethod {
    const KIND: Kind = Kind::ClassMethod;
}

fn slot(value: &Value) -> &Slot {
    match value.downcast_ref::<StaticMethod>() {
        Some(method) => &method.function,
        None => &value.downcast_ref::<ClassMethod>().expect("the slot belongs to these two types").function,
    }
}

fn function(value: &Value) -> Value {
    slot(value).get()
}

fn new_static(thread: &mut Thread, class: &Object<Class>, _arguments: Args<'_>) -> Run<Value> {
    Ok(instance::allocate(thread, class, StaticMethod::new(Value::NONE)).into_value())
}

fn new_class(thread: &mut Thread, class: &Object<Class>, _arguments: Args<'_>) -> Run<Value> {
    Ok(instance::allocate(thread, class, ClassMethod { function: Slot::new(Value::NONE) }).into_value())
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("function, /").styled(Style::Unpacked);

fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    let name = if value.kind() == Kind::StaticMethod { "staticmethod" } else { "classmethod" };
    SIGNATURE.check(name, arguments)?;
    let [function] = arguments.exactly();
    drop(slot(value).set(function.clone()));
    take_names(thread, value, function)
}

/// Gives the wrapper the module, names and docstring of its function, as attributes of its own.
fn take_names(thread: &mut Thread, value: &Value, function: &Value) -> Run<()> {
    let names = thread.known().names();
    for name in [&names.module, &names.name, &names.qualname, &names.doc] {
        if let Some(found) = protocol::find_attr(thread, function, name)? {
            protocol::set_attr(thread, value, name, &found)?;
        }
    }
    Ok(())
}

fn call_static(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<Value> {
    call(thread, &function(value), arguments)
}

fn bind_static(_thread: &mut Thread, value: &Value, _instance: Option<&Value>, _owner: &Value) -> Run<Value> {
    Ok(function(value))
}

/// Binds the class to what is wrapped, which is not asked for a `__get__` of its own (since Python 3.13).
fn bind_class(thread: &mut Thread, value: &Value, instance: Option<&Value>, owner: &Value) -> Run<Value> {
    let function = function(value);
    let owner = match instance {
        Some(instance) if owner.is_none() => class_of(thread, instance).into_value(),
        _ => owner.clone(),
    };
    Ok(thread.alloc(BoundMethod { function, self_object: owner }).into_value())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let shown = protocol::repr(thread, &function(value))?;
    let name = if value.kind() == Kind::StaticMethod { "staticmethod" } else { "classmethod" };
    Ok(thread.new_string(memory::formatted(format_args!("<{name}({})>", shown.as_str()))?))
}

fn get_function(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(function(value))
}

fn get_abstract(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = thread.known().intern(thread, "__isabstractmethod__");
    Ok(protocol::find_attr(thread, &function(value), &name)?.unwrap_or(Value::FALSE))
}

/// Returns an attribute of the function, kept as one of the wrapper's own from then on. Raises what the function raises.
fn get_kept(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    if let Some(own) = instance::find(value, name) {
        return Ok(own);
    }
    let found = protocol::get_attr(thread, &function(value), name)?;
    instance::store(thread, value, name, found.clone())?;
    Ok(found)
}

/// Sets the wrapper's own attribute, or removes it. Raises `AttributeError` if there is none to remove.
fn set_kept(thread: &mut Thread, value: &Value, name: &Object<Str>, new: Option<&Value>) -> Run<()> {
    if let Some(new) = new {
        return instance::store(thread, value, name, new.clone());
    }
    match instance::delete(thread, value, name)? {
        Some(old) => {
            drop(old);
            Ok(())
        }
        None => Err(Raised::no_attribute(name.to_value(), value.clone())),
    }
}

const ATTRIBUTES: &[NativeAttribute] = &[
    NativeAttribute::new(
        "__annotations__",
        |thread, value| get_kept(thread, value, &thread.known().names().annotations),
        |thread, value, new| set_kept(thread, value, &thread.known().names().annotations, new),
    ),
    NativeAttribute::new(
        "__annotate__",
        |thread, value| get_kept(thread, value, &thread.known().names().annotate),
        |thread, value, new| set_kept(thread, value, &thread.known().names().annotate, new),
    ),
    NativeAttribute::field("__func__", get_function),
    NativeAttribute::field("__wrapped__", get_function),
    NativeAttribute::read_only("__isabstractmethod__", get_abstract),
    NativeAttribute::new("__dict__", object::get_dict, object::set_dict),
];

/// `staticmethod`.
pub const STATIC_SPEC: TypeSpec = TypeSpec {
    kind: Kind::StaticMethod,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT),
    info: alloc::type_info::<StaticMethod>,
    slots: Slots {
        new: Some(new_static),
        init: Some(init),
        call: Some(call_static),
        repr: Some(repr),
        descriptor_get: Some(bind_static),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::class("__class_getitem__", "object, /", class_getitem)],
    attributes: ATTRIBUTES,
    doc: "",
};

/// `classmethod`.
pub const CLASS_SPEC: TypeSpec = TypeSpec {
    kind: Kind::ClassMethod,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT),
    info: alloc::type_info::<ClassMethod>,
    slots: Slots {
        new: Some(new_class),
        init: Some(init),
        repr: Some(repr),
        descriptor_get: Some(bind_class),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::class("__class_getitem__", "object, /", class_getitem)],
    attributes: ATTRIBUTES,
    doc: "",
};
