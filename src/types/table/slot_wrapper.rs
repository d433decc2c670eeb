//! Special methods of built-in types as objects: `list.__len__`, `int.__add__`, `object.__setattr__`.
//!
//! A wrapper remembers its class and which special method it is, and calls the entry in *that*
//! class's table, so `super().__init__()` reaches the base's operation whatever the instance's is.

use crate::protocol::{self, full_class_name, index_isize, is_instance_of, type_name};
use crate::references;
use crate::thread::Thread;
use crate::types::int;
use crate::types::object::{self, expect_name};
use crate::types::table::special::Special;
use crate::value::{
    Args, BinaryFn, BinaryOp, Class, ClassFlags, Comparison, Container, ErrorKind, Kind, NativeAttribute,
    Object, Payload, Raised, Ref, Run, Signature, Slots, Style, TypeSpec, UnaryFn, Value, alloc,
};

/// The payload of a `wrapper_descriptor`.
pub struct SlotWrapper {
    /// The class whose table is asked.
    pub owner: Ref<Class>,
    /// What it is asked for.
    pub special: Special,
}

references!(SlotWrapper { owner });

impl Payload for SlotWrapper {
    const KIND: Kind = Kind::SlotWrapper;
}

/// The payload of a `method-wrapper`: a wrapper bound to an object.
pub struct MethodWrapper {
    /// The wrapper.
    pub wrapper: Ref<SlotWrapper>,
    /// `__self__`.
    pub bound: Value,
}

references!(MethodWrapper { wrapper, bound });

impl Payload for MethodWrapper {
    const KIND: Kind = Kind::MethodWrapper;
}

fn wrapper(value: &Value) -> &Object<SlotWrapper> {
    value.downcast_ref().expect("the slot belongs to slot wrappers")
}

fn bound_wrapper(value: &Value) -> &Object<MethodWrapper> {
    value.downcast_ref().expect("the slot belongs to method wrappers")
}

/// The error of a special method of a class, called with nothing.
pub fn needs_argument(owner: &Object<Class>, name: &str) -> Raised {
    let owner = full_class_name(owner);
    Raised::type_error(format!("descriptor '{name}' of '{owner}' object needs an argument"))
}

/// The error of a special method of a class, called on something else.
pub fn wrong_receiver(thread: &Thread, owner: &Object<Class>, name: &str, receiver: &Value) -> Raised {
    let (owner, given) = (full_class_name(owner), type_name(thread, receiver));
    Raised::type_error(format!("descriptor '{name}' requires a '{owner}' object but received a '{given}'"))
}

fn call_wrapper(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    let wrapper = wrapper(callable);
    let name = wrapper.special.name();
    let Some(receiver) = arguments.get(0) else {
        return Err(needs_argument(&wrapper.owner, name));
    };
    if !is_instance_of(thread, receiver, &wrapper.owner) {
        return Err(wrong_receiver(thread, &wrapper.owner, name, receiver));
    }
    call_special(thread, wrapper, receiver, arguments.skip_first())
}

fn call_bound(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    let bound = bound_wrapper(callable);
    call_special(thread, &bound.wrapper, &bound.bound, arguments)
}

/// What the repetition of a sequence takes.
const REPETITION: Signature = Signature::ONE.styled(Style::UnpackedWrapper);

/// Whether a wrapper is `__mul__` of a sequence, which has a number as operand and no other sequence.
fn is_repetition(wrapper: &SlotWrapper) -> bool {
    use BinaryOp::Multiply;
    let special = wrapper.special;
    matches!(special, Special::Binary(Multiply) | Special::Reflected(Multiply) | Special::InPlace(Multiply))
        && matches!(wrapper.owner.kind.container(), Container::Text | Container::Items)
}

/// Whether a call of a wrapper raises whatever it gets by name, so that no name need be a text.
pub fn refuses_names(special: Special) -> bool {
    !matches!(special, Special::Call | Special::Init | Special::New)
}

/// Calls the operation of the wrapper's class.
fn call_special(
    thread: &mut Thread,
    wrapper: &SlotWrapper,
    receiver: &Value,
    arguments: Args<'_>,
) -> Run<Value> {
    let slots = wrapper.owner.slots();
    let special = wrapper.special;
    let signature = match is_repetition(wrapper) {
        true => &REPETITION,
        false => special.signature(),
    };
    if !signature.takes(arguments) {
        signature.check(special.name(), arguments)?;
    }
    let given = Given { arguments, special };
    match special {
        Special::Repr => unary(thread, slots.repr, receiver, given),
        Special::Str => unary(thread, slots.str, receiver, given),
        Special::Negative => unary(thread, slots.negative, receiver, given),
        Special::Positive => unary(thread, slots.positive, receiver, given),
        Special::Invert => unary(thread, slots.invert, receiver, given),
        Special::Absolute => unary(thread, slots.absolute, receiver, given),
        Special::Int => unary(thread, slots.int, receiver, given),
        Special::Float => unary(thread, slots.float, receiver, given),
        Special::Index => unary(thread, slots.index, receiver, given),
        Special::Iter => unary(thread, slots.iter, receiver, given),
        Special::Hash => {
            let hash = filled(slots.hash, special)?(thread, receiver)?;
            Ok(thread.new_int(hash))
        }
        Special::Bool => Ok(Value::bool(filled(slots.is_true, special)?(thread, receiver)?)),
        Special::Len => {
            let len = filled(slots.len, special)?(thread, receiver)?;
            Ok(thread.new_int(len as i64))
        }
        Special::Next => filled(slots.next, special)?(thread, receiver)?
            .ok_or_else(|| Raised::with(ErrorKind::StopIteration, Vec::new())),
        Special::Compare(comparison) => compare(thread, slots, receiver, comparison, given),
        Special::Binary(op) => binary(thread, slots, op, receiver, given, false),
        Special::Reflected(op) => binary(thread, slots, op, receiver, given, true),
        Special::InPlace(op) => {
            let [Some(other), _] = arguments.options() else { unreachable!("one argument at least") };
            match slots.sequence_in_place(op) {
                Some(operation) => sequence(thread, op, operation, receiver, other),
                None => filled(slots.in_place[op as usize], special)?(thread, receiver, other),
            }
        }
        Special::GetItem => {
            let [key] = arguments.exactly();
            filled(slots.get_item, special)?(thread, receiver, key)
        }
        Special::SetItem => {
            let [key, value] = arguments.exactly();
            filled(slots.set_item, special)?(thread, receiver, key, Some(value)).map(none)
        }
        Special::DelItem => {
            let [key] = arguments.exactly();
            filled(slots.set_item, special)?(thread, receiver, key, None).map(none)
        }
        Special::Contains => {
            let [item] = arguments.exactly();
            filled(slots.contains, special)?(thread, receiver, item).map(Value::bool)
        }
        Special::Call => filled(slots.call, special)?(thread, receiver, arguments),
        Special::GetAttribute | Special::GetAttr => {
            let [name] = arguments.exactly();
            let name = expect_name(thread, name)?;
            filled(slots.get_attr, special)?(thread, receiver, &name)
        }
        Special::SetAttr | Special::DelAttr
            if receiver.kind() == Kind::Class && wrapper.owner.kind != Kind::Class =>
        {
            // A class minds its caches when it is changed, which another type's operation does not know.
            let (name, given) = (special.name(), type_name(thread, receiver));
            Err(Raised::type_error(format!("can't apply this {name} to {given} object")))
        }
        Special::SetAttr => {
            let [name, value] = arguments.exactly();
            let name = expect_name(thread, name)?;
            filled(slots.set_attr, special)?(thread, receiver, &name, Some(value)).map(none)
        }
        Special::DelAttr => {
            let [name] = arguments.exactly();
            let name = expect_name(thread, name)?;
            filled(slots.set_attr, special)?(thread, receiver, &name, None).map(none)
        }
        Special::Get => descriptor_get(thread, slots, receiver, given),
        Special::Set => {
            let [instance, value] = arguments.exactly();
            filled(slots.descriptor_set, special)?(thread, receiver, instance, Some(value)).map(none)
        }
        Special::Delete => {
            let [instance] = arguments.exactly();
            filled(slots.descriptor_set, special)?(thread, receiver, instance, None).map(none)
        }
        Special::Init => filled(slots.init, special)?(thread, receiver, arguments).map(none),
        Special::Del => filled(slots.finalize, special)?(thread, receiver).map(none),
        Special::New => Err(empty(special)),
    }
}

/// The arguments after `self`.
#[derive(Clone, Copy)]
struct Given<'a> {
    arguments: Args<'a>,
    special: Special,
}

fn none((): ()) -> Value {
    Value::NONE
}

fn filled<F>(entry: Option<F>, special: Special) -> Run<F> {
    entry.ok_or_else(|| empty(special))
}

#[cold]
fn empty(special: Special) -> Raised {
    Raised::type_error(format!("{} is not supported", special.name()))
}

fn unary(thread: &mut Thread, entry: Option<UnaryFn>, receiver: &Value, given: Given<'_>) -> Run<Value> {
    filled(entry, given.special)?(thread, receiver)
}

fn compare(
    thread: &mut Thread,
    slots: &Slots,
    receiver: &Value,
    comparison: Comparison,
    given: Given<'_>,
) -> Run<Value> {
    let [other] = given.arguments.exactly();
    filled(slots.compare, given.special)?(thread, receiver, other, comparison)
}

fn binary(
    thread: &mut Thread,
    slots: &Slots,
    op: BinaryOp,
    receiver: &Value,
    given: Given<'_>,
    reflected: bool,
) -> Run<Value> {
    if let Some(operation) = slots.sequence(op) {
        let [Some(other), _] = given.arguments.options() else { unreachable!("one argument at least") };
        return sequence(thread, op, operation, receiver, other);
    }
    let operation = filled(slots.binary[op as usize], given.special)?;
    let [Some(other), modulus] = given.arguments.options() else { unreachable!("one argument at least") };
    let (left, right) = if reflected { (other, receiver) } else { (receiver, other) };
    if let Some(modulus) = modulus.filter(|modulus| !modulus.is_none()) {
        return int::power::power_of_three(thread, receiver, [left, right, modulus]);
    }
    operation(thread, left, right)
}

/// Calls an operation of a sequence, which says what it wants instead of declining.
fn sequence(
    thread: &mut Thread,
    op: BinaryOp,
    operation: BinaryFn,
    receiver: &Value,
    other: &Value,
) -> Run<Value> {
    let result = operation(thread, receiver, other)?;
    if !result.is_not_implemented() {
        return Ok(result);
    }
    if op == BinaryOp::Multiply {
        index_isize(thread, other)?;
    }
    Err(protocol::unsupported(thread, op, receiver, other, ""))
}

fn descriptor_get(thread: &mut Thread, slots: &Slots, receiver: &Value, given: Given<'_>) -> Run<Value> {
    let [Some(instance), owner] = given.arguments.options() else { unreachable!("one argument at least") };
    let none = Value::NONE;
    let owner = owner.unwrap_or(&none);
    if instance.is_none() && owner.is_none() {
        return Err(Raised::type_error("__get__(None, None) is invalid"));
    }
    let instance = if instance.is_none() { None } else { Some(instance) };
    filled(slots.descriptor_get, given.special)?(thread, receiver, instance, owner)
}

fn bind(thread: &mut Thread, descriptor: &Value, instance: Option<&Value>, _owner: &Value) -> Run<Value> {
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    let wrapper = wrapper(descriptor).to_ref();
    Ok(thread.alloc(MethodWrapper { wrapper, bound: instance.clone() }).into_value())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let wrapper = wrapper(value);
    let text =
        format!("<slot wrapper '{}' of '{}' objects>", wrapper.special.name(), wrapper.owner.name_text());
    Ok(thread.new_string(text))
}

fn repr_bound(thread: &mut Thread, value: &Value) -> Run<Value> {
    let bound = bound_wrapper(value);
    let text = format!(
        "<method-wrapper '{}' of {} object at {}>",
        bound.wrapper.special.name(),
        type_name(thread, &bound.bound),
        object::address(&bound.bound)
    );
    Ok(thread.new_string(text))
}

fn special_of(value: &Value) -> (Special, Ref<Class>) {
    match value.downcast_ref::<SlotWrapper>() {
        Some(wrapper) => (wrapper.special, wrapper.owner.clone()),
        None => {
            let bound = bound_wrapper(value);
            (bound.wrapper.special, bound.wrapper.owner.clone())
        }
    }
}

fn get_name(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_str(special_of(value).0.name()))
}

fn get_qualname(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (special, owner) = special_of(value);
    Ok(thread.new_string(format!("{}.{}", owner.name_text(), special.name())))
}

fn get_owner(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(special_of(value).1.into_value())
}

fn get_doc(_thread: &mut Thread, _value: &Value) -> Run<Value> {
    Ok(Value::NONE)
}

fn get_self(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(bound_wrapper(value).bound.clone())
}

/// `wrapper_descriptor`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::SlotWrapper,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<SlotWrapper>,
    slots: Slots { call: Some(call_wrapper), repr: Some(repr), descriptor_get: Some(bind), ..Slots::EMPTY },
    methods: &[],
    attributes: &[
        NativeAttribute::read_only("__name__", get_name),
        NativeAttribute::read_only("__qualname__", get_qualname),
        NativeAttribute::read_only("__objclass__", get_owner),
        NativeAttribute::read_only("__doc__", get_doc),
    ],
    doc: "",
};

/// `method-wrapper`.
pub const BOUND_SPEC: TypeSpec = TypeSpec {
    kind: Kind::MethodWrapper,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<MethodWrapper>,
    slots: Slots { call: Some(call_bound), repr: Some(repr_bound), ..Slots::EMPTY },
    methods: &[],
    attributes: &[
        NativeAttribute::read_only("__name__", get_name),
        NativeAttribute::read_only("__qualname__", get_qualname),
        NativeAttribute::read_only("__objclass__", get_owner),
        NativeAttribute::field("__self__", get_self),
        NativeAttribute::read_only("__doc__", get_doc),
    ],
    doc: "",
};
