//! Attributes that belong to a class and are computed or stored for its instances.
//!
//! A `getset_descriptor` runs native code. A `member_descriptor` stands for one name of `__slots__`, whose
//! value is in a word of the instance and not in `__dict__`. What CPython reads directly from a built-in object
//! is a `member_descriptor` too, though native code runs here: it has the payload of the former and the class
//! of the latter.

use crate::memory;
use crate::protocol::{class_of, full_class_name, fully_qualified_name};
use crate::references;
use crate::thread::Thread;
use crate::types::object::{instance, reduced};
use crate::types::table::documentation;
use crate::types::table::receiver::check_self;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised, Ref, Run, Shape,
    Slots, Str, TypeSpec, Value, alloc,
};

/// The payload of a `getset_descriptor`.
pub struct GetSet {
    /// The class that has it.
    pub owner: Ref<Class>,
    /// The functions behind it.
    pub attribute: &'static NativeAttribute,
}

references!(GetSet { owner });

impl Payload for GetSet {
    const KIND: Kind = Kind::GetSet;
}

/// The payload of a `member_descriptor`.
pub struct Member {
    /// The class that has it.
    pub owner: Ref<Class>,
    /// The name, interned.
    pub name: Ref<Str>,
    /// The position of the value among the words of `__slots__`.
    pub position: usize,
}

references!(Member { owner, name });

impl Payload for Member {
    const KIND: Kind = Kind::Member;
}

/// Makes the descriptor of a computed attribute.
pub fn make(thread: &Thread, owner: &Ref<Class>, attribute: &'static NativeAttribute) -> Value {
    let payload = GetSet { owner: owner.clone(), attribute };
    if !attribute.is_field {
        return thread.alloc(payload).into_value();
    }
    let class = thread.known().class(Kind::Member);
    let owned = class.owned.lock();
    let shape = owned.shapes.iter().find(|shape| shape.kind == Kind::GetSet);
    thread.alloc_shaped(shape.expect("made when the types were"), payload, 0).into_value()
}

/// Adds to the class `member_descriptor` the shape of those descriptors that run native code.
pub fn add_field_shape(thread: &Thread) {
    let class = thread.known().class(Kind::Member);
    let info = alloc::type_info::<GetSet>(Kind::Member.name());
    let shape = Shape::new(info, Kind::GetSet, true, thread.known().fresh_shape_id());
    shape.set_class(class);
    class.own_shape(shape);
}

fn get_set(value: &Value) -> &Object<GetSet> {
    value.downcast_ref().expect("the slot belongs to getset descriptors")
}

fn member(value: &Value) -> &Object<Member> {
    value.downcast_ref().expect("the slot belongs to member descriptors")
}

fn parts(value: &Value) -> (&Object<Class>, &str) {
    match value.downcast_ref::<GetSet>() {
        Some(found) => (&found.owner, found.attribute.name),
        None => {
            let found = member(value);
            (&found.owner, found.name.as_str())
        }
    }
}

fn check(thread: &Thread, descriptor: &Value, instance: &Value) -> Run<()> {
    let (owner, name) = parts(descriptor);
    check_self(thread, owner, name, instance)
}

fn get_computed(
    thread: &mut Thread,
    descriptor: &Value,
    instance: Option<&Value>,
    _owner: &Value,
) -> Run<Value> {
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    check(thread, descriptor, instance)?;
    let found = (get_set(descriptor).attribute.get)(thread, instance)?;
    // The field of an object that was cleared holds no value, and none is handed out (D-47).
    if found.is_unbound() {
        let (owner, name) = parts(descriptor);
        let message = format_args!("'{}' object has no attribute '{name}'", owner.name_text());
        return Err(Raised::attribute_error(message));
    }
    Ok(found)
}

fn set_computed(thread: &mut Thread, descriptor: &Value, instance: &Value, value: Option<&Value>) -> Run<()> {
    check(thread, descriptor, instance)?;
    let found = get_set(descriptor);
    match found.attribute.set {
        Some(set) => set(thread, instance, value),
        None if found.attribute.is_field => Err(Raised::attribute_error("readonly attribute")),
        None => Err(Raised::attribute_error(format_args!(
            "attribute '{}' of '{}' objects is not writable",
            found.attribute.name,
            full_class_name(&found.owner)
        ))),
    }
}

fn get_member(
    thread: &mut Thread,
    descriptor: &Value,
    instance: Option<&Value>,
    owner: &Value,
) -> Run<Value> {
    if descriptor.kind() == Kind::GetSet {
        return get_computed(thread, descriptor, instance, owner);
    }
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    check(thread, descriptor, instance)?;
    let member = member(descriptor);
    match instance::slot(instance, member.position) {
        Some(value) => Ok(value),
        None => {
            let class = fully_qualified_name(thread, &class_of(thread, instance))?;
            let text = format_args!("'{class}' object has no attribute '{}'", member.name.as_str());
            Err(Raised::missing_attribute(text, member.name.to_value(), instance.clone()))
        }
    }
}

fn set_member(thread: &mut Thread, descriptor: &Value, instance: &Value, value: Option<&Value>) -> Run<()> {
    if descriptor.kind() == Kind::GetSet {
        return set_computed(thread, descriptor, instance, value);
    }
    check(thread, descriptor, instance)?;
    let member = member(descriptor);
    let old = instance::set_slot(instance, member.position, value);
    if value.is_none() && old.is_none() {
        return Err(Raised::attribute_error(member.name.as_str()));
    }
    drop(old);
    Ok(())
}

fn repr_computed(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (owner, name) = parts(value);
    let text = memory::formatted(format_args!("<attribute '{name}' of '{}' objects>", owner.name_text()))?;
    Ok(thread.new_string(text))
}

fn repr_member(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (owner, name) = parts(value);
    let text = memory::formatted(format_args!("<member '{name}' of '{}' objects>", owner.name_text()))?;
    Ok(thread.new_string(text))
}

fn get_name(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_str(parts(value).1))
}

fn get_qualname(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (owner, name) = parts(value);
    let owner = crate::types::object::class_names::qualname_text(owner);
    Ok(thread.new_string(memory::formatted(format_args!("{owner}.{name}"))?))
}

fn get_owner(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(parts(value).0.to_value())
}

fn get_doc(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (owner, name) = parts(value);
    Ok(documentation::of_member(thread, owner, name))
}

/// Makes `(getattr, (class, name))`.
fn reduce(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let (owner, name) = parts(value);
    let (owner, name) = (owner.to_value(), thread.new_str(name));
    reduced::builtin_call(thread, "getattr", vec![owner, name])
}

const ATTRIBUTES: &[NativeAttribute] = &[
    NativeAttribute::read_only("__name__", get_name),
    NativeAttribute::read_only("__qualname__", get_qualname),
    NativeAttribute::field("__objclass__", get_owner),
    NativeAttribute::read_only("__doc__", get_doc),
];

/// `getset_descriptor`.
pub const GET_SET_SPEC: TypeSpec = TypeSpec {
    kind: Kind::GetSet,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<GetSet>,
    slots: Slots {
        repr: Some(repr_computed),
        descriptor_get: Some(get_computed),
        descriptor_set: Some(set_computed),
        ..Slots::EMPTY
    },
    methods: &[],
    attributes: ATTRIBUTES,
    doc: "",
};

/// `member_descriptor`.
pub const MEMBER_SPEC: TypeSpec = TypeSpec {
    kind: Kind::Member,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<Member>,
    slots: Slots {
        repr: Some(repr_member),
        descriptor_get: Some(get_member),
        descriptor_set: Some(set_member),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", reduce)],
    attributes: ATTRIBUTES,
    doc: "",
};
