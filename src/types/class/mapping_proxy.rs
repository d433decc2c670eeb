//! `mappingproxy`: a read-only view of a mapping, such as a class's `__dict__`.

use crate::memory;
use crate::protocol::{self, call_method, type_name};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Comparison, Container, Kind, NativeMethod, Object, Payload, Raised,
    Run, Signature, Slots, TypeSpec, Value, alloc,
};

/// The payload of a `mappingproxy`.
pub struct MappingProxy {
    /// The mapping behind it.
    pub mapping: Value,
}

references!(MappingProxy { mapping });

impl Payload for MappingProxy {
    const KIND: Kind = Kind::MappingProxy;
}

/// Makes a view of a mapping.
pub fn new(thread: &ThreadState, mapping: Value) -> Value {
    thread.alloc(MappingProxy { mapping }).into_value()
}

fn mapping(value: &Value) -> &Value {
    let proxy: &Object<MappingProxy> = value.downcast_ref().expect("the slot belongs to mapping proxies");
    &proxy.mapping
}

/// The parameters of `mappingproxy(…)`.
const SIGNATURE: Signature = Signature::new("mapping");

fn make(thread: &mut Thread, _class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    let [mapping] = SIGNATURE.bind("mappingproxy", arguments)?;
    let mapping = mapping.expect("the parameter is required");
    // A text has subscripts and is no list or tuple, which is all that CPython asks.
    let is_mapping = mapping.kind().container() != Container::Items;
    if !is_mapping || protocol::slots_of(thread, mapping).get_item.is_none() {
        let given = type_name(thread, mapping);
        return Err(Raised::type_error(format_args!(
            "mappingproxy() argument must be a mapping, not {given}"
        )));
    }
    Ok(new(thread, mapping.clone()))
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let shown = protocol::repr(thread, mapping(value))?;
    Ok(thread.new_string(memory::formatted(format_args!("mappingproxy({})", shown.as_str()))?))
}

fn str(thread: &mut Thread, value: &Value) -> Run<Value> {
    protocol::str(thread, mapping(value)).map(Value::from)
}

fn len(thread: &mut Thread, value: &Value) -> Run<usize> {
    protocol::len(thread, mapping(value))
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    protocol::get_item(thread, mapping(value), key)
}

fn contains(thread: &mut Thread, value: &Value, key: &Value) -> Run<bool> {
    protocol::contains(thread, mapping(value), key)
}

fn iter(thread: &mut Thread, value: &Value) -> Run<Value> {
    protocol::iter(thread, mapping(value))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let inner = |value: &Value| {
        if value.kind() == Kind::MappingProxy { mapping(value).clone() } else { value.clone() }
    };
    protocol::compare(thread, &inner(left), &inner(right), comparison)
}

fn union(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let inner = |value: &Value| {
        if value.kind() == Kind::MappingProxy { mapping(value).clone() } else { value.clone() }
    };
    protocol::binary_op(thread, BinaryOp::Or, &inner(left), &inner(right))
}

/// Refuses `|=`, which would change the mapping.
fn update(thread: &mut Thread, left: &Value, _right: &Value) -> Run<Value> {
    let class = protocol::full_class_name(&protocol::class_of(thread, left));
    Err(Raised::type_error(format_args!("'|=' is not supported by {class}; use '|' instead")))
}

/// Calls the method of the same name on the mapping.
fn forward(thread: &mut Thread, arguments: Args<'_>, name: &str) -> Run<Value> {
    let [value, rest @ ..] = arguments.positionals() else { unreachable!("a method gets `self`") };
    let name = thread.known().intern(thread, name);
    call_method(thread, mapping(value), &name, rest)
}

/// `mappingproxy`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::MappingProxy,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<MappingProxy>,
    slots: Slots {
        new: Some(make),
        repr: Some(repr),
        str: Some(str),
        len: Some(len),
        get_item: Some(get_item),
        contains: Some(contains),
        iter: Some(iter),
        compare: Some(compare),
        hash: Some(|thread, value| protocol::hash(thread, mapping(value))),
        binary: Slots::operators([(BinaryOp::Or, union)]),
        in_place: Slots::operators([(BinaryOp::Or, update)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("get", "key, default=None, /", |thread, arguments| {
            forward(thread, arguments, "get")
        }),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
        NativeMethod::new("keys", "", |thread, arguments| forward(thread, arguments, "keys")),
        NativeMethod::new("values", "", |thread, arguments| forward(thread, arguments, "values")),
        NativeMethod::new("items", "", |thread, arguments| forward(thread, arguments, "items")),
        NativeMethod::new("copy", "", |thread, arguments| forward(thread, arguments, "copy")),
        NativeMethod::new("__reversed__", "", |thread, arguments| forward(thread, arguments, "__reversed__")),
    ],
    attributes: &[],
    doc: "",
};
