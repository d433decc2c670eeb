//! The types `set` and `frozenset` (`frozenset.rs`), and the operators they share.
//!
//! Methods are in `methods.rs`, the algebra in `ops.rs`, the iterator in `iterator.rs`. Begin with `ops.rs`.

pub mod fast_methods;
pub mod frozenset;
pub mod iterator;
pub mod methods;
pub mod ops;

use crate::memory;
use crate::protocol::{self, repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::object::method_arguments::{instantiate, own};
use crate::types::sequence::push_repr;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    AnySet, Args, BinaryOp, ClassFlags, Comparison, Kind, Name, NativeMethod, Run, Set, SetTable, Signature,
    Slots, TypeSpec, Value,
};

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Set,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::WEAKREFABLE),
    info: type_info::<Set>,
    slots: Slots {
        repr: Some(repr),
        len: Some(|_, set| Ok(any(set).len())),
        compare: Some(compare),
        binary: OPERATORS,
        in_place: Slots::operators([
            (BinaryOp::Or, or_in_place),
            (BinaryOp::And, and_in_place),
            (BinaryOp::Subtract, subtract_in_place),
            (BinaryOp::Xor, xor_in_place),
        ]),
        contains: Some(contains),
        iter: Some(iterator::iter),
        new: Some(|thread, class, _| Ok(instantiate(thread, class, Set::default()).into_value())),
        init: Some(init),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__contains__", "object, /", contains_method),
        NativeMethod::new("add", "object, /", methods::add).with_fast_path(fast_methods::set_add),
        NativeMethod::new("clear", "", methods::clear),
        NativeMethod::new("copy", "", methods::copy),
        NativeMethod::new("difference", "*others", methods::difference),
        NativeMethod::new("difference_update", "*others", methods::difference_update),
        NativeMethod::new("discard", "object, /", methods::discard),
        NativeMethod::new("intersection", "*others", methods::intersection),
        NativeMethod::new("intersection_update", "*others", methods::intersection_update),
        NativeMethod::new("isdisjoint", "other, /", methods::is_disjoint),
        NativeMethod::new("issubset", "other, /", methods::is_subset),
        NativeMethod::new("issuperset", "other, /", methods::is_superset),
        NativeMethod::new("pop", "", methods::pop),
        NativeMethod::new("remove", "object, /", methods::remove),
        NativeMethod::new("symmetric_difference", "other, /", methods::symmetric_difference),
        NativeMethod::new("symmetric_difference_update", "other, /", methods::symmetric_difference_update),
        NativeMethod::new("union", "*others", methods::union),
        NativeMethod::new("update", "*others", methods::update),
        NativeMethod::new("__reduce__", "", methods::reduce),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[],
    doc: "",
};

/// The operators of both types of set.
pub const OPERATORS: [Option<crate::value::BinaryFn>; BinaryOp::COUNT] = Slots::operators([
    (BinaryOp::Or, or),
    (BinaryOp::And, and),
    (BinaryOp::Subtract, subtract),
    (BinaryOp::Xor, xor),
]);

/// Returns the set that a slot function of one of the two types is called with.
pub fn any(value: &Value) -> AnySet<'_> {
    AnySet::of(value).expect("a slot is called with an instance of its type")
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("iterable=(), /");

fn init(thread: &mut Thread, set: &Value, args: Args<'_>) -> Run<()> {
    if !SIGNATURE.takes(args) {
        let name = if args.has_keywords() { Name::Own("set") } else { protocol::type_name(thread, set) };
        SIGNATURE.check(&name, args)?;
    }
    let set = AnySet::Set(own(set));
    if !set.is_empty() {
        ops::replace(set, SetTable::default());
    }
    match args.positionals() {
        [] => Ok(()),
        [iterable, ..] => ops::update(thread, set, iterable),
    }
}

/// Returns the `repr`: `{1, 2}`, `frozenset({1, 2})`, `Subclass({1, 2})`. Raises what the `repr` of the keys
/// raises.
pub fn repr(thread: &mut Thread, set: &Value) -> Run<Value> {
    let name = protocol::type_name(thread, set);
    if any(set).is_empty() {
        return Ok(thread.new_string(memory::formatted(format_args!("{name}()"))?));
    }
    if !repr_enter(thread, set) {
        return Ok(thread.new_string(memory::formatted(format_args!("{name}(...)"))?));
    }
    let is_set = set.downcast_exact::<Set>().is_some();
    let open = if is_set { "{".to_owned() } else { format!("{name}({{") };
    let keys = repr_keys(thread, set, &open);
    repr_leave(thread, set);
    let mut text = keys?;
    memory::push_str(&mut text, if is_set { "}" } else { "})" })?;
    Ok(thread.new_string(text))
}

fn repr_keys(thread: &mut Thread, set: &Value, open: &str) -> Run<String> {
    let mut text = String::from(open);
    for (nth, key) in protocol::collect_list(thread, set)?.into_iter().enumerate() {
        if nth > 0 {
            memory::push_str(&mut text, ", ")?;
        }
        push_repr(thread, &mut text, &key)?;
    }
    Ok(text)
}

/// Compares two sets: `<` and `<=` test inclusion. Raises what `__eq__` raises.
pub fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (AnySet::of(left), AnySet::of(right)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let answer = match comparison {
        Comparison::Equal => left.len() == right.len() && ops::is_subset(thread, left, right)?,
        Comparison::NotEqual => left.len() != right.len() || !ops::is_subset(thread, left, right)?,
        Comparison::LessEqual => ops::is_subset(thread, left, right)?,
        Comparison::GreaterEqual => ops::is_subset(thread, right, left)?,
        Comparison::Less => left.len() < right.len() && ops::is_subset(thread, left, right)?,
        Comparison::Greater => right.len() < left.len() && ops::is_subset(thread, right, left)?,
    };
    Ok(Value::bool(answer))
}

/// `__contains__`: `key in set`, where a set as key stands for a frozenset. Raises as `contains` does.
pub fn contains_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [set, key] = args.exactly();
    contains(thread, set, key).map(Value::bool)
}

/// Computes `key in set`; a key that is a set stands for a frozenset of the same keys. Raises `TypeError` for
/// an unhashable key, and what `__hash__` and `__eq__` raise.
pub fn contains(thread: &mut Thread, set: &Value, key: &Value) -> Run<bool> {
    match ops::as_key(thread, key)? {
        Some(frozen) => ops::contains(thread, any(set), &frozen),
        None => ops::contains(thread, any(set), key),
    }
}

fn or(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(set), Some(_)) = (AnySet::of(left), AnySet::of(right)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let result = ops::copy(thread, set)?;
    if !left.is(right) {
        ops::update(thread, AnySet::Set(&result), right)?;
    }
    Ok(ops::finish(thread, result, set))
}

fn and(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(set), Some(_)) = (AnySet::of(left), AnySet::of(right)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let result = ops::intersection(thread, set, right)?;
    Ok(ops::finish(thread, result, set))
}

fn subtract(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(set), Some(_)) = (AnySet::of(left), AnySet::of(right)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let result = ops::difference(thread, set, right)?;
    Ok(ops::finish(thread, result, set))
}

fn xor(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(set), Some(other)) = (AnySet::of(left), AnySet::of(right)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let result = ops::copy(thread, other)?;
    ops::symmetric_difference_update(thread, AnySet::Set(&result), left)?;
    Ok(ops::finish(thread, result, set))
}

fn or_in_place(thread: &mut Thread, set: &Value, other: &Value) -> Run<Value> {
    if AnySet::of(other).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    ops::update(thread, any(set), other)?;
    Ok(set.clone())
}

fn and_in_place(thread: &mut Thread, set: &Value, other: &Value) -> Run<Value> {
    if AnySet::of(other).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let result = ops::intersection(thread, any(set), other)?;
    ops::replace(any(set), AnySet::Set(&result).with(|table| table.clear()));
    Ok(set.clone())
}

fn subtract_in_place(thread: &mut Thread, set: &Value, other: &Value) -> Run<Value> {
    if AnySet::of(other).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    ops::difference_update(thread, any(set), other)?;
    Ok(set.clone())
}

fn xor_in_place(thread: &mut Thread, set: &Value, other: &Value) -> Run<Value> {
    if AnySet::of(other).is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    ops::symmetric_difference_update(thread, any(set), other)?;
    Ok(set.clone())
}
