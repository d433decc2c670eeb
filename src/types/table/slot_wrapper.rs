//! Special methods of built-in types as objects: `list.__len__`, `int.__add__`, `object.__setattr__`.
//!
//! A wrapper remembers its class and which special method it is, and calls the entry in *that*
//! class's table, so `super().__init__()` reaches the base's operation whatever the instance's is.

use crate::memory;
use crate::protocol::{self, full_class_name, index_isize, is_instance_of, type_name};
use crate::references;
use crate::thread::Thread;
use crate::types::int;
use crate::types::object::{self, buffer, expect_name, reduced};
use crate::types::table::documentation::{self, First};
use crate::types::table::receiver::check_self;
use crate::types::table::special_method::SpecialMethod;
use crate::value::{
    Args, BinaryFn, BinaryOp, Class, ClassFlags, Comparison, Container, ErrorKind, Kind, NativeAttribute,
    NativeMethod, Object, Payload, Raised, Ref, Run, Signature, Slots, Style, TypeSpec, UnaryFn, Value,
    alloc,
};

/// The payload of a `wrapper_descriptor`.
pub struct SlotWrapper {
    /// The class whose slot table is used.
    pub owner: Ref<Class>,
    /// The special method that it stands for.
    pub special: SpecialMethod,
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

/// Makes the error of a special method of a class that is called without arguments.
pub fn needs_argument(owner: &Object<Class>, name: &str) -> Raised {
    let owner = full_class_name(owner);
    Raised::type_error(format_args!("descriptor '{name}' of '{owner}' object needs an argument"))
}

/// Makes the error of a special method of a class that is called on an instance of another class.
pub fn wrong_self(thread: &Thread, owner: &Object<Class>, name: &str, this: &Value) -> Raised {
    let (owner, given) = (full_class_name(owner), type_name(thread, this));
    Raised::type_error(format_args!(
        "descriptor '{name}' requires a '{owner}' object but received a '{given}'"
    ))
}

fn call_wrapper(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    let wrapper = wrapper(callable);
    let name = wrapper.special.name();
    let Some(this) = arguments.get(0) else {
        return Err(needs_argument(&wrapper.owner, name));
    };
    if !is_instance_of(thread, this, &wrapper.owner) {
        return Err(wrong_self(thread, &wrapper.owner, name, this));
    }
    call_special_method(thread, wrapper, this, arguments.skip_first())
}

fn call_bound(thread: &mut Thread, callable: &Value, arguments: Args<'_>) -> Run<Value> {
    let bound = bound_wrapper(callable);
    call_special_method(thread, &bound.wrapper, &bound.bound, arguments)
}

/// The parameters of the repetition of a sequence.
const REPETITION: Signature = Signature::new("value, /").styled(Style::Wrapper);

/// Tells whether a wrapper is `__mul__` of a sequence, whose operand is a number.
fn is_repetition(wrapper: &SlotWrapper) -> bool {
    use BinaryOp::Multiply;
    let special = wrapper.special;
    matches!(
        special,
        SpecialMethod::Binary(Multiply)
            | SpecialMethod::Reflected(Multiply)
            | SpecialMethod::InPlace(Multiply)
    ) && matches!(wrapper.owner.kind.container(), Container::Text | Container::Items)
}

/// Tells whether a call of a wrapper refuses keywords whatever they are, so that their names need not be texts.
pub fn refuses_names(special: SpecialMethod) -> bool {
    !matches!(special, SpecialMethod::Call | SpecialMethod::Init | SpecialMethod::New)
}

/// Calls the operation that the wrapper stands for, in the slot table of the wrapper's class.
fn call_special_method(
    thread: &mut Thread,
    wrapper: &SlotWrapper,
    this: &Value,
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
        SpecialMethod::Repr => unary(thread, slots.repr, this, given),
        SpecialMethod::Str => unary(thread, slots.str, this, given),
        SpecialMethod::Negative => unary(thread, slots.negative, this, given),
        SpecialMethod::Positive => unary(thread, slots.positive, this, given),
        SpecialMethod::Invert => unary(thread, slots.invert, this, given),
        SpecialMethod::Absolute => unary(thread, slots.absolute, this, given),
        SpecialMethod::Int => unary(thread, slots.int, this, given),
        SpecialMethod::Float => unary(thread, slots.float, this, given),
        SpecialMethod::Index => unary(thread, slots.index, this, given),
        SpecialMethod::Iter => unary(thread, slots.iter, this, given),
        SpecialMethod::Hash => {
            let hash = filled(slots.hash, special)?(thread, this)?;
            Ok(thread.new_int(hash))
        }
        SpecialMethod::Bool => Ok(Value::bool(filled(slots.is_true, special)?(thread, this)?)),
        SpecialMethod::Len => {
            let len = filled(slots.len, special)?(thread, this)?;
            Ok(thread.new_int(len as i64))
        }
        SpecialMethod::Next => filled(slots.next, special)?(thread, this)?
            .ok_or_else(|| Raised::with(ErrorKind::StopIteration, Vec::new())),
        SpecialMethod::Compare(comparison) => compare(thread, slots, this, comparison, given),
        SpecialMethod::Binary(op) => binary(thread, slots, op, this, given, false),
        SpecialMethod::Reflected(op) => binary(thread, slots, op, this, given, true),
        SpecialMethod::InPlace(op) => {
            let [Some(other), _] = arguments.options() else { unreachable!("one argument at least") };
            match slots.sequence_in_place(op) {
                Some(operation) => sequence(thread, op, operation, this, other),
                None => filled(slots.in_place[op as usize], special)?(thread, this, other),
            }
        }
        SpecialMethod::GetItem => {
            let [key] = arguments.exactly();
            filled(slots.get_item, special)?(thread, this, key)
        }
        SpecialMethod::SetItem => {
            let [key, value] = arguments.exactly();
            filled(slots.set_item, special)?(thread, this, key, Some(value)).map(none)
        }
        SpecialMethod::DelItem => {
            let [key] = arguments.exactly();
            filled(slots.set_item, special)?(thread, this, key, None).map(none)
        }
        SpecialMethod::Contains => {
            let [item] = arguments.exactly();
            filled(slots.contains, special)?(thread, this, item).map(Value::bool)
        }
        SpecialMethod::Call => filled(slots.call, special)?(thread, this, arguments),
        SpecialMethod::GetAttribute | SpecialMethod::GetAttr => {
            let [name] = arguments.exactly();
            let name = expect_name(thread, name)?;
            filled(slots.get_attr, special)?(thread, this, &name)
        }
        SpecialMethod::SetAttr | SpecialMethod::DelAttr
            if this.kind() == Kind::Class && wrapper.owner.kind != Kind::Class =>
        {
            // A class minds its caches when it is changed, which another type's operation does not know.
            let (name, given) = (special.name(), type_name(thread, this));
            Err(Raised::type_error(format_args!("can't apply this {name} to {given} object")))
        }
        SpecialMethod::SetAttr => {
            let [name, value] = arguments.exactly();
            let name = expect_name(thread, name)?;
            filled(slots.set_attr, special)?(thread, this, &name, Some(value)).map(none)
        }
        SpecialMethod::DelAttr => {
            let [name] = arguments.exactly();
            let name = expect_name(thread, name)?;
            filled(slots.set_attr, special)?(thread, this, &name, None).map(none)
        }
        SpecialMethod::Get => descriptor_get(thread, slots, this, given),
        SpecialMethod::Set => {
            let [instance, value] = arguments.exactly();
            filled(slots.descriptor_set, special)?(thread, this, instance, Some(value)).map(none)
        }
        SpecialMethod::Delete => {
            let [instance] = arguments.exactly();
            filled(slots.descriptor_set, special)?(thread, this, instance, None).map(none)
        }
        SpecialMethod::Init => filled(slots.init, special)?(thread, this, arguments).map(none),
        SpecialMethod::Buffer => {
            let [flags] = arguments.exactly();
            let flags = buffer::flags_of(thread, flags)?;
            filled(slots.buffer, special)?(thread, this, flags)
        }
        SpecialMethod::ReleaseBuffer => {
            let [view] = arguments.exactly();
            filled(slots.release_buffer, special)?(thread, this, view).map(none)
        }
        SpecialMethod::Del => filled(slots.finalize, special)?(thread, this).map(none),
        SpecialMethod::New => Err(empty(special)),
    }
}

/// The arguments after `self`.
#[derive(Clone, Copy)]
struct Given<'a> {
    arguments: Args<'a>,
    special: SpecialMethod,
}

fn none((): ()) -> Value {
    Value::NONE
}

fn filled<F>(entry: Option<F>, special: SpecialMethod) -> Run<F> {
    entry.ok_or_else(|| empty(special))
}

#[cold]
fn empty(special: SpecialMethod) -> Raised {
    Raised::type_error(format_args!("{} is not supported", special.name()))
}

fn unary(thread: &mut Thread, entry: Option<UnaryFn>, this: &Value, given: Given<'_>) -> Run<Value> {
    filled(entry, given.special)?(thread, this)
}

fn compare(
    thread: &mut Thread,
    slots: &Slots,
    this: &Value,
    comparison: Comparison,
    given: Given<'_>,
) -> Run<Value> {
    let [other] = given.arguments.exactly();
    filled(slots.compare, given.special)?(thread, this, other, comparison)
}

fn binary(
    thread: &mut Thread,
    slots: &Slots,
    op: BinaryOp,
    this: &Value,
    given: Given<'_>,
    reflected: bool,
) -> Run<Value> {
    if let Some(operation) = slots.sequence(op) {
        let [Some(other), _] = given.arguments.options() else { unreachable!("one argument at least") };
        return sequence(thread, op, operation, this, other);
    }
    let operation = filled(slots.binary[op as usize], given.special)?;
    let [Some(other), modulus] = given.arguments.options() else { unreachable!("one argument at least") };
    let (left, right) = if reflected { (other, this) } else { (this, other) };
    if let Some(modulus) = modulus.filter(|modulus| !modulus.is_none()) {
        return int::power::power_of_three(thread, this, [left, right, modulus]);
    }
    operation(thread, left, right)
}

/// Calls `+` or `*` of a sequence, which raises for a wrong operand instead of declining.
fn sequence(
    thread: &mut Thread,
    op: BinaryOp,
    operation: BinaryFn,
    this: &Value,
    other: &Value,
) -> Run<Value> {
    let result = operation(thread, this, other)?;
    if !result.is_not_implemented() {
        return Ok(result);
    }
    if op == BinaryOp::Multiply {
        index_isize(thread, other)?;
    }
    Err(protocol::unsupported(thread, op, this, other, ""))
}

fn descriptor_get(thread: &mut Thread, slots: &Slots, this: &Value, given: Given<'_>) -> Run<Value> {
    let [Some(instance), owner] = given.arguments.options() else { unreachable!("one argument at least") };
    let none = Value::NONE;
    let owner = owner.unwrap_or(&none);
    if instance.is_none() && owner.is_none() {
        return Err(Raised::type_error("__get__(None, None) is invalid"));
    }
    let instance = if instance.is_none() { None } else { Some(instance) };
    filled(slots.descriptor_get, given.special)?(thread, this, instance, owner)
}

fn bind(thread: &mut Thread, descriptor: &Value, instance: Option<&Value>, _owner: &Value) -> Run<Value> {
    let Some(instance) = instance else { return Ok(descriptor.clone()) };
    let wrapper = wrapper(descriptor).to_ref();
    check_self(thread, &wrapper.owner, wrapper.special.name(), instance)?;
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

/// Bound wrappers are equal if the same wrapper is bound to the same object.
fn compare_bound(_thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (one, Some(other)) = (bound_wrapper(left), right.downcast_ref::<MethodWrapper>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let equal = one.wrapper.as_value().is(other.wrapper.as_value()) && one.bound.is(&other.bound);
    Ok(match comparison {
        Comparison::Equal => Value::bool(equal),
        Comparison::NotEqual => Value::bool(!equal),
        _ => Value::NOT_IMPLEMENTED,
    })
}

fn hash_bound(_thread: &mut Thread, value: &Value) -> Run<i64> {
    let MethodWrapper { wrapper, bound } = &**bound_wrapper(value);
    Ok(object::identity_hash(bound) ^ object::identity_hash(wrapper.as_value()))
}

fn special_of(value: &Value) -> (SpecialMethod, Ref<Class>) {
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
    Ok(thread.new_string(memory::formatted(format_args!("{}.{}", owner.name_text(), special.name()))?))
}

fn get_owner(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(special_of(value).1.into_value())
}

fn get_doc(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (special, owner) = special_of(value);
    Ok(documentation::of_member(thread, &owner, special.name()))
}

fn get_text_signature(thread: &mut Thread, value: &Value) -> Run<Value> {
    let special = special_of(value).0;
    documentation::signature(thread, special.name(), special.signature(), First::Instance)
}

/// Makes `(getattr, (object, name))`: the class of a wrapper, or what it is bound to.
fn reduce(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let name = thread.new_str(special_of(value).0.name());
    let home = match value.downcast_ref::<MethodWrapper>() {
        Some(bound) => bound.bound.clone(),
        None => special_of(value).1.into_value(),
    };
    reduced::builtin_call(thread, "getattr", vec![home, name])
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
    methods: &[NativeMethod::new("__reduce__", "", reduce)],
    attributes: &[
        NativeAttribute::read_only("__name__", get_name),
        NativeAttribute::read_only("__qualname__", get_qualname),
        NativeAttribute::read_only("__objclass__", get_owner),
        NativeAttribute::read_only("__doc__", get_doc),
        NativeAttribute::read_only("__text_signature__", get_text_signature),
    ],
    doc: "",
};

/// `method-wrapper`.
pub const BOUND_SPEC: TypeSpec = TypeSpec {
    kind: Kind::MethodWrapper,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<MethodWrapper>,
    slots: Slots {
        call: Some(call_bound),
        repr: Some(repr_bound),
        compare: Some(compare_bound),
        hash: Some(hash_bound),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", reduce)],
    attributes: &[
        NativeAttribute::read_only("__name__", get_name),
        NativeAttribute::read_only("__qualname__", get_qualname),
        NativeAttribute::read_only("__objclass__", get_owner),
        NativeAttribute::field("__self__", get_self),
        NativeAttribute::read_only("__doc__", get_doc),
        NativeAttribute::read_only("__text_signature__", get_text_signature),
    ],
    doc: "",
};
