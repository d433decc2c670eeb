//! `types.GenericAlias`: the result of `list[int]`, a class with the arguments of a subscript.
//!
//! Calls and attributes go to the class; type variables do not exist, so nothing is substituted.

use crate::protocol::{self, call};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object;
use crate::types::typing::type_text::type_text;
use crate::types::typing::union_type;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Comparison, ErrorKind, Kind, NativeAttribute, NativeMethod, Object,
    Payload, Raised, Run, Signature, Slots, Str, Tuple, TypeSpec, Value, alloc,
};

/// The payload of a generic alias.
pub struct GenericAlias {
    /// `__origin__`.
    pub origin: Value,
    /// `__args__`, a tuple.
    pub arguments: Value,
}

references!(GenericAlias { origin, arguments });

impl Payload for GenericAlias {
    const KIND: Kind = Kind::GenericAlias;
}

/// `__class_getitem__` of the built-in containers: `list[int]`. Raises nothing.
pub fn class_getitem(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, arguments] = args.exactly();
    Ok(new(thread, class, arguments))
}

/// Makes `origin[arguments]`; a tuple stands for several arguments.
pub fn new(thread: &ThreadState, origin: &Value, arguments: &Value) -> Value {
    let arguments = match arguments.downcast_exact::<Tuple>() {
        Some(_) => arguments.clone(),
        None => thread.new_tuple(vec![arguments.clone()]),
    };
    thread.alloc(GenericAlias { origin: origin.clone(), arguments }).into_value()
}

fn alias(value: &Value) -> &Object<GenericAlias> {
    value.downcast_ref().expect("the slot belongs to generic aliases")
}

/// Returns the arguments of an alias.
fn arguments(value: &Value) -> &[Value] {
    alias(value).arguments.downcast_ref::<Tuple>().map_or(&[], |tuple| tuple.items())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    object::guard_repr(thread, value, "...", |thread| {
        let origin = type_text(thread, &alias(value).origin)?;
        let mut parts = Vec::new();
        for argument in arguments(value) {
            parts.push(type_text(thread, argument)?);
        }
        let parts = if parts.is_empty() { "()".to_owned() } else { parts.join(", ") };
        Ok(format!("{origin}[{parts}]"))
    })
}

fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    Ok(protocol::hash(thread, &alias(value).origin)? ^ protocol::hash(thread, &alias(value).arguments)?)
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let wanted = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    let (Some(left), Some(right)) =
        (left.downcast_ref::<GenericAlias>(), right.downcast_ref::<GenericAlias>())
    else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = protocol::equal(thread, &left.origin, &right.origin)?
        && protocol::equal(thread, &left.arguments, &right.arguments)?;
    Ok(Value::bool(same == wanted))
}

/// Makes an instance of the class of an alias and sets its `__orig_class__`.
fn call_alias(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    let made = call(thread, &alias(value).origin, args)?;
    let name = thread.known().intern(thread, "__orig_class__");
    match protocol::set_attr(thread, &made, &name, value) {
        Err(raised)
            if !raised.is_kind(thread, ErrorKind::AttributeError)
                && !raised.is_kind(thread, ErrorKind::TypeError) =>
        {
            Err(raised)
        }
        _ => Ok(made),
    }
}

/// The attributes that an alias has itself; all others are read from the class.
const OWN: &[&str] =
    &["__class__", "__bases__", "__origin__", "__args__", "__parameters__", "__mro_entries__"];

fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    if OWN.contains(&name.as_str()) {
        return object::get_attribute(thread, value, name);
    }
    protocol::get_attr(thread, &alias(value).origin, name)
}

fn get_item(thread: &mut Thread, value: &Value, _key: &Value) -> Run<Value> {
    let shown = protocol::repr(thread, value)?;
    Err(Raised::type_error(format_args!("{} is not a generic class", shown.as_str())))
}

fn mro_entries(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, _] = args.exactly();
    Ok(thread.new_tuple(vec![alias(value).origin.clone()]))
}

fn instance_check(_thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Err(Raised::type_error("isinstance() argument 2 cannot be a parameterized generic"))
}

fn subclass_check(_thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Err(Raised::type_error("issubclass() argument 2 cannot be a parameterized generic"))
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("origin, args, /");

fn make(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    SIGNATURE.check("GenericAlias", args)?;
    let [origin, arguments] = args.exactly();
    Ok(new(thread, origin, arguments))
}

/// `types.GenericAlias`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::GenericAlias,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::WEAKREFABLE),
    info: alloc::type_info::<GenericAlias>,
    slots: Slots {
        new: Some(make),
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        call: Some(call_alias),
        get_attr: Some(get_attr),
        get_item: Some(get_item),
        binary: Slots::operators([(BinaryOp::Or, union_type::or)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__mro_entries__", "bases, /", mro_entries),
        NativeMethod::new("__instancecheck__", "instance, /", instance_check),
        NativeMethod::new("__subclasscheck__", "subclass, /", subclass_check),
    ],
    attributes: &[
        NativeAttribute::read_only("__origin__", |_, value| Ok(alias(value).origin.clone())),
        NativeAttribute::read_only("__args__", |_, value| Ok(alias(value).arguments.clone())),
        NativeAttribute::read_only("__parameters__", |thread, _| Ok(thread.new_tuple(Vec::new()))),
    ],
    doc: "Represent a PEP 585 generic type\n\nE.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).",
};
