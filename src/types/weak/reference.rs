//! `weakref.ref`: making, calling and comparing weak references.
//!
//! The payload and its protocol with the collector are in `value/payload/weak_ref.rs`; proxies are in
//! `proxy.rs`.

use crate::memory;
use crate::object::TypeInfo;
use crate::protocol;
use crate::thread::Thread;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Comparison, Kind, Name, NativeAttribute, Object, Raised, Run, Signature, Slots,
    Style, TypeSpec, Value, WeakRef,
};

/// The type `weakref.ref`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::WeakRef,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: memory_table,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        call: Some(call),
        hash: Some(hash),
        compare: Some(compare),
        repr: Some(repr),
        ..Slots::EMPTY
    },
    methods: &[],
    attributes: &[NativeAttribute::read_only("__callback__", callback)],
    doc: "",
};

/// Returns the memory-management table of weak references.
/// It is the ordinary one, extended so that a dying reference is removed from the list of its referent.
fn memory_table(name: &'static str) -> TypeInfo {
    WeakRef::unlink_when_dropped(type_info::<WeakRef>(name))
}

/// Returns the referent and the callback of a call to `ref` or `proxy`. Raises `TypeError` if the object cannot
/// be referenced weakly.
pub(super) fn parts<'a>(thread: &mut Thread, args: Args<'a>) -> Run<(&'a Value, Option<&'a Value>)> {
    let values = args.positionals();
    let referent = &values[0];
    let class = protocol::class_of(thread, referent);
    if referent.as_raw().is_none() || !class.flags().contains(ClassFlags::WEAKREFABLE) {
        let name = protocol::type_name(thread, referent);
        return Err(Raised::type_error(format_args!("cannot create weak reference to '{name}' object")));
    }
    Ok((referent, values.get(1).filter(|callback| !callback.is_none())))
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("object, callback=None, /");

/// The parameters of a call of a weak reference.
const CALL_SIGNATURE: Signature = Signature::NONE.styled(Style::Unpacked);

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let args = args.without_keywords();
    SIGNATURE.check("__new__", args)?;
    let (referent, callback) = parts(thread, args)?;
    let object = referent.as_raw().expect("a weakly referable value is an object");
    let capacity = crate::types::object::method_arguments::attribute_capacity(class);
    WeakRef::make(thread, class.root_shape(), object, callback.cloned(), capacity)
}

fn init(_thread: &mut Thread, _value: &Value, args: Args<'_>) -> Run<()> {
    SIGNATURE.check("__init__", args.without_keywords())?;
    // The type itself is what refuses names.
    SIGNATURE.check("ref", args)
}

fn payload(value: &Value) -> &Object<WeakRef> {
    value.downcast_ref::<WeakRef>().expect("slots are called with an instance of their type")
}

fn call(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<Value> {
    CALL_SIGNATURE.check("weakref", args)?;
    Ok(payload(value).upgrade(thread).unwrap_or(Value::NONE))
}

fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    let reference = payload(value);
    if let Some(hash) = reference.known_hash() {
        return Ok(hash);
    }
    let Some(referent) = reference.upgrade(thread) else {
        return Err(Raised::type_error("weak object has gone away"));
    };
    let hash = protocol::hash(thread, &referent)?;
    reference.remember_hash(hash);
    Ok(hash)
}

/// Live references compare by referent, dead ones by identity (B-87).
fn compare(thread: &mut Thread, left: &Value, right: &Value, how: Comparison) -> Run<Value> {
    if !matches!(how, Comparison::Equal | Comparison::NotEqual) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let Some(other) = right.downcast_ref::<WeakRef>() else { return Ok(Value::NOT_IMPLEMENTED) };
    match (payload(left).upgrade(thread), other.upgrade(thread)) {
        (Some(left), Some(right)) => protocol::compare(thread, &left, &right, how),
        _ => Ok(Value::bool(left.is(right) == (how == Comparison::Equal))),
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let address = value.as_raw().map_or(0, |object| object.address());
    let Some(referent) = payload(value).upgrade(thread) else {
        return Ok(thread.new_string(memory::formatted(format_args!("<weakref at {address:#x}; dead>"))?));
    };
    let name = protocol::type_name(thread, &referent);
    let target = referent.as_raw().map_or(0, |object| object.address());
    // As CPython does: whatever the look-up raises, the referent is shown without its name.
    let label = protocol::find_attr(thread, &referent, &thread.known().names().name).ok().flatten();
    let label = label.and_then(Name::of).unwrap_or_default();
    let (open, close) = if label.is_empty() { ("", "") } else { (" (", ")") };
    Ok(thread.new_string(memory::formatted(format_args!(
        "<weakref at {address:#x}; to '{name}' at {target:#x}{open}{label}{close}>"
    ))?))
}

fn callback(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(payload(value).callback())
}

/// Returns the weak references to an object: the shared one, the shared proxy, then the others, newest first.
/// Raises `MemoryError`.
pub fn list(thread: &mut Thread, object: &Value) -> Run<Vec<Value>> {
    match object.as_raw() {
        Some(object) => WeakRef::all_to(thread, object),
        None => Ok(Vec::new()),
    }
}
