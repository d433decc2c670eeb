//! Bound methods: a callable and the object that is put in front of its arguments.

use crate::memory;
use crate::protocol::{self, call_with_self};
use crate::references;
use crate::thread::Thread;
use crate::types::object::{self, reduced};
use crate::value::{
    Args, Class, ClassFlags, Comparison, Kind, Name, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Run, Signature, Slots, Str, Style, TypeSpec, Value, alloc,
};

/// The payload of a `method`.
pub struct BoundMethod {
    /// `__func__`.
    pub function: Value,
    /// `__self__`.
    pub self_object: Value,
}

references!(BoundMethod { function, self_object });

impl Payload for BoundMethod {
    const KIND: Kind = Kind::BoundMethod;
    const HAS_ATTRIBUTES: bool = false;
}

fn method(value: &Value) -> &Object<BoundMethod> {
    value.downcast_ref().expect("the slot belongs to bound methods")
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("function, instance, /");

fn new(thread: &mut Thread, _class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    SIGNATURE.check("method", arguments)?;
    let [function, self_object] = arguments.exactly();
    if protocol::slots_of(thread, function).call.is_none() {
        return Err(Raised::type_error("first argument must be callable"));
    }
    if self_object.is_none() {
        return Err(Raised::type_error("instance must not be None"));
    }
    Ok(thread
        .alloc(BoundMethod { function: function.clone(), self_object: self_object.clone() })
        .into_value())
}

fn call(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<Value> {
    let method = method(value);
    call_with_self(thread, &method.function, &method.self_object, arguments)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let method = method(value);
    let names = thread.known().names();
    let mut name = protocol::find_attr(thread, &method.function, &names.qualname)?;
    if name.is_none() {
        name = protocol::find_attr(thread, &method.function, &names.name)?;
    }
    let name = name.and_then(Name::of).unwrap_or(Name::Own("?"));
    let self_object = protocol::repr(thread, &method.self_object)?;
    Ok(thread
        .new_string(memory::formatted(format_args!("<bound method {name} of {}>", self_object.as_str()))?))
}

fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    let method = method(value);
    let function = protocol::hash(thread, &method.function)?;
    let hash = object::identity_hash(&method.self_object) ^ function;
    Ok(if hash == -1 { -2 } else { hash })
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (left, Some(right)) = (method(left), right.downcast_ref::<BoundMethod>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let wanted = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let same =
        left.self_object.is(&right.self_object) && protocol::equal(thread, &left.function, &right.function)?;
    Ok(Value::bool(same == wanted))
}

/// Reads an attribute: one that the method does not have is read from its function.
fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    match object::find_attribute(thread, value, name)? {
        Some(found) => Ok(found),
        None => protocol::get_attr(thread, &method(value).function, name),
    }
}

/// Makes `(getattr, (self, name))`.
fn reduce(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let BoundMethod { function, self_object } = &**method(value);
    let name = protocol::get_attr(thread, function, &thread.known().names().name)?;
    reduced::builtin_call(thread, "getattr", vec![self_object.clone(), name])
}

fn get_function(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(method(value).function.clone())
}

fn get_self(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(method(value).self_object.clone())
}

fn get_doc(thread: &mut Thread, value: &Value) -> Run<Value> {
    protocol::get_attr(thread, &method(value).function, &thread.known().names().doc)
}

/// `method`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::BoundMethod,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: alloc::type_info::<BoundMethod>,
    slots: Slots {
        new: Some(new),
        call: Some(call),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        get_attr: Some(get_attr),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__get__", "instance, owner=None, /", |_, arguments| {
            Ok(arguments.positionals()[0].clone())
        })
        .styled(Style::Wrapper),
    ],
    attributes: &[
        NativeAttribute::field("__func__", get_function),
        NativeAttribute::field("__self__", get_self),
        NativeAttribute::read_only("__doc__", get_doc),
    ],
    doc: "",
};
