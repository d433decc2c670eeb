//! `types.UnionType`: the result of `int | str`, a choice of classes for `isinstance` and annotations.

use crate::protocol::{self, class_of};
use crate::references;
use crate::thread::Thread;
use crate::types::typing::type_text::type_text;
use crate::value::{
    Args, BinaryOp, ClassFlags, Comparison, Kind, NativeAttribute, NativeMethod, Object, Payload, Run, Slots,
    Tuple, TypeSpec, Value, alloc,
};

/// The payload of a union.
pub struct UnionType {
    /// `__args__`, a tuple of at least two.
    pub choices: Value,
}

references!(UnionType { choices });

impl Payload for UnionType {
    const KIND: Kind = Kind::UnionType;
}

fn choices(value: &Value) -> &[Value] {
    let union: &Object<UnionType> = value.downcast_ref().expect("the slot belongs to unions");
    union.choices.downcast_ref::<Tuple>().map_or(&[], |tuple| tuple.items())
}

/// Computes `left | right` of classes, aliases, unions and `None`; declines other types. Raises what comparing
/// aliases raises.
pub fn or(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let mut found: Vec<Value> = Vec::new();
    for side in [left, right] {
        let parts = match side.kind() {
            Kind::Class | Kind::GenericAlias => vec![side.clone()],
            Kind::NoneType => vec![class_of(thread, side).into_value()],
            Kind::UnionType => choices(side).to_vec(),
            _ => return Ok(Value::NOT_IMPLEMENTED),
        };
        for part in parts {
            if !contains(thread, &found, &part)? {
                found.push(part);
            }
        }
    }
    if let [one] = &found[..] {
        return Ok(one.clone());
    }
    let choices = thread.new_tuple(found);
    Ok(thread.alloc(UnionType { choices }).into_value())
}

/// Tells whether a choice is among the known ones: the same class, or an equal alias.
fn contains(thread: &mut Thread, known: &[Value], wanted: &Value) -> Run<bool> {
    for choice in known {
        let both_aliases = choice.kind() == Kind::GenericAlias && wanted.kind() == Kind::GenericAlias;
        if choice.is(wanted) || (both_aliases && protocol::equal(thread, choice, wanted)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let mut parts = Vec::new();
    for choice in choices(value) {
        let is_none = thread.known().class(Kind::NoneType).is(choice);
        parts.push(if is_none { "None".to_owned() } else { type_text(thread, choice)? });
    }
    Ok(thread.new_string(parts.join(" | ")))
}

/// Returns the choices as a `frozenset`, whose equality and hash do not depend on their order.
fn as_set(thread: &mut Thread, value: &Value) -> Run<Value> {
    let items = thread.new_tuple(choices(value).to_vec());
    let class = thread.known().class(Kind::FrozenSet).to_value();
    protocol::call(thread, &class, Args::positional(&[items]))
}

fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    let set = as_set(thread, value)?;
    protocol::hash(thread, &set)
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    if !is_equality || left.kind() != Kind::UnionType || right.kind() != Kind::UnionType {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (left, right) = (as_set(thread, left)?, as_set(thread, right)?);
    protocol::compare(thread, &left, &right, comparison)
}

fn instance_check(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, instance] = args.exactly();
    for choice in choices(value) {
        if protocol::instance_check(thread, instance, choice)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn subclass_check(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, class] = args.exactly();
    for choice in choices(value) {
        if protocol::subclass_check(thread, class, choice)? {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn get_choices(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let union: &Object<UnionType> = value.downcast_ref().expect("the attribute belongs to unions");
    Ok(union.choices.clone())
}

/// `types.UnionType`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::UnionType,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<UnionType>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        binary: Slots::operators([(BinaryOp::Or, or)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__instancecheck__", "instance, /", instance_check),
        NativeMethod::new("__subclasscheck__", "subclass, /", subclass_check),
    ],
    attributes: &[
        NativeAttribute::read_only("__args__", get_choices),
        NativeAttribute::read_only("__parameters__", |thread, _| Ok(thread.new_tuple(Vec::new()))),
    ],
    doc: "Represent a PEP 604 union type\n\nE.g. for int | str",
};
