//! `typing.Union`: the result of `int | str`, a choice of types for `isinstance` and annotations.

use crate::memory;
use crate::protocol::{self, class_of};
use crate::sync::{AtomicI64, Ordering};
use crate::thread::Thread;
use crate::types::object;
use crate::types::object::method_arguments::own;
use crate::types::typing::library::type_check;
use crate::types::typing::type_text::type_text;
use crate::value::{
    Args, BinaryOp, ClassFlags, Comparison, ErrorKind, Kind, NativeAttribute, NativeMethod, Object, Raised,
    Run, Slots, Str, Tuple, TypeSpec, Union, Value, alloc,
};

fn union(value: &Value) -> &Object<Union> {
    value.downcast_ref().expect("the slot belongs to unions")
}

/// Tells whether a value is a type that may stand in a union, other than `None`.
fn is_choice(value: &Value) -> bool {
    matches!(value.kind(), Kind::Class | Kind::GenericAlias | Kind::Union | Kind::TypeAliasType)
}

/// Computes `left | right` of classes, aliases, unions and `None`; declines other types.
/// Raises what comparing the choices raises, and `MemoryError`.
pub fn or(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if [left, right].into_iter().any(|side| !is_choice(side) && !side.is_none()) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let mut found = Vec::new();
    for side in [left, right] {
        add(thread, &mut found, side)?;
    }
    make(thread, found)
}

/// Adds a type to the choices of a union, or those of another union.
fn add(thread: &mut Thread, found: &mut Vec<Value>, side: &Value) -> Run<()> {
    let none;
    let parts = match side.downcast_ref::<Union>() {
        Some(inner) => inner.items(),
        None if side.is_none() => {
            none = class_of(thread, side).into_value();
            std::slice::from_ref(&none)
        }
        None => std::slice::from_ref(side),
    };
    for part in parts {
        if !contains(thread, found, part)? {
            memory::push(found, part.clone()).map_err(|_part| Raised::memory_error())?;
        }
    }
    Ok(())
}

/// Makes a union of different types; of a single one, that type.
fn make(thread: &mut Thread, found: Vec<Value>) -> Run<Value> {
    if let [one] = &found[..] {
        return Ok(one.clone());
    }
    let choices = thread.try_tuple(found)?;
    Ok(thread.alloc(Union { choices, hash: AtomicI64::new(0) }).into_value())
}

/// Tells whether a choice is among the known ones: the same class, or an equal alias. As in a set, only those of the
/// same hash are compared.
fn contains(thread: &mut Thread, known: &[Value], wanted: &Value) -> Run<bool> {
    if known.iter().any(|choice| choice.is(wanted)) {
        return Ok(true);
    }
    let hash = hash_if_any(thread, wanted)?;
    for choice in known {
        if hash_if_any(thread, choice)? == hash && protocol::equal(thread, choice, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the hash of a choice; `None` if it cannot be hashed. Raises what its `__hash__` raises besides `TypeError`.
fn hash_if_any(thread: &mut Thread, choice: &Value) -> Run<Option<i64>> {
    match protocol::hash(thread, choice) {
        Ok(hash) => Ok(Some(hash)),
        Err(error) if error.is_kind(thread, ErrorKind::TypeError) => Ok(None),
        Err(error) => Err(error),
    }
}

/// `Union[types]`. Raises `TypeError` for what is no type, and for no types.
fn class_getitem(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [_, given] = args.exactly();
    let given = match given.downcast_exact::<Tuple>() {
        Some(given) => given.items(),
        None => std::slice::from_ref(given),
    };
    of(thread, given)
}

/// Makes a union of any choices. Raises `TypeError` for what is no type, and for no types; `ImportError` if `typing` is
/// missing and has to look at one.
pub fn of(thread: &mut Thread, given: &[Value]) -> Run<Value> {
    if given.is_empty() {
        return Err(Raised::type_error("Cannot take a Union of no types."));
    }
    let mut found = Vec::new();
    for choice in given {
        if is_choice(choice) || choice.is_none() {
            add(thread, &mut found, choice)?;
        } else {
            let checked = type_check(thread, choice, "Union[arg, ...]: each arg must be a type.")?;
            add(thread, &mut found, &checked)?;
        }
    }
    make(thread, found)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    object::guard_repr(thread, value, "...", |thread| {
        let mut text = String::new();
        for (position, choice) in union(value).items().iter().enumerate() {
            let is_none = thread.known().class(Kind::NoneType).is(choice);
            let shown = if is_none { "None".to_owned() } else { type_text(thread, choice)? };
            memory::push_str(&mut text, if position > 0 { " | " } else { "" })?;
            memory::push_str(&mut text, &shown)?;
        }
        Ok(text)
    })
}

/// Returns the choices as a `frozenset`, whose equality and hash do not depend on their order.
fn as_set(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = thread.known().class(Kind::FrozenSet).to_value();
    protocol::call(thread, &class, Args::positional(std::slice::from_ref(&union(value).choices)))
}

fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    let union = own::<Union>(value);
    // Relaxed: the choices never change, so every thread computes the same.
    match union.hash.load(Ordering::Relaxed) {
        0 => {}
        known => return Ok(known),
    }
    let set = as_set(thread, value)?;
    let hash = protocol::hash(thread, &set)?;
    union.hash.store(hash, Ordering::Relaxed);
    Ok(hash)
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let is_equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    if !is_equality || left.kind() != Kind::Union || right.kind() != Kind::Union {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (left, right) = (as_set(thread, left)?, as_set(thread, right)?);
    protocol::compare(thread, &left, &right, comparison)
}

/// Reads an attribute. The module is that of the class, as for any class that is written out.
fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    if name.as_str() == "__module__" {
        let class = class_of(thread, value).into_value();
        return protocol::get_attr(thread, &class, name);
    }
    object::get_attribute(thread, value, name)
}

fn mro_entries(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value, _] = args.exactly();
    let shown = protocol::repr(thread, value)?;
    Err(Raised::type_error(format_args!("Cannot subclass {}", shown.as_str())))
}

fn get_item(thread: &mut Thread, value: &Value, _key: &Value) -> Run<Value> {
    let shown = protocol::repr(thread, value)?;
    Err(Raised::type_error(format_args!("{} is not a generic class", shown.as_str())))
}

/// `typing.Union`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Union,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: alloc::type_info::<Union>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        get_attr: Some(get_attr),
        get_item: Some(get_item),
        binary: Slots::operators([(BinaryOp::Or, or)]),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__mro_entries__", "object, /", mro_entries),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::field("__args__", |_, value| Ok(union(value).choices.clone())),
        NativeAttribute::read_only("__name__", |thread, _| Ok(thread.new_str("Union"))),
        NativeAttribute::read_only("__qualname__", |thread, _| Ok(thread.new_str("Union"))),
        NativeAttribute::read_only("__origin__", |thread, value| Ok(class_of(thread, value).into_value())),
        NativeAttribute::read_only("__parameters__", |thread, _| Ok(thread.new_tuple(Vec::new()))),
    ],
    doc: "",
};
