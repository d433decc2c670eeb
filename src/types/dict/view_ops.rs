//! Views of keys and items as sets: comparison and algebra with any set or iterable.

use crate::protocol;
use crate::thread::Thread;
use crate::types::dict::iterators::Part;
use crate::types::dict::view::view_of;
use crate::types::sequence::same_or_equal;
use crate::types::set;
use crate::value::{AnySet, Args, Comparison, Dict, FrozenSet, Object, Ref, Run, Set, Value};

/// Whether a value is a view with the operations of a set.
fn is_set_view(value: &Value) -> bool {
    view_of(value).is_some_and(|(_, part)| part != Part::Values)
}

/// The number of elements of a set or of a view that is one.
fn len_of(value: &Value) -> Option<usize> {
    match AnySet::of(value) {
        Some(set) => Some(set.len()),
        None if is_set_view(value) => view_of(value).map(|(dict, _)| dict.len()),
        None => None,
    }
}

/// Compares views of keys or items as sets: `<` and `<=` test inclusion. Raises what `in` raises.
pub fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left_len), Some(right_len)) = (len_of(left), len_of(right)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let answer = match comparison {
        Comparison::Equal => left_len == right_len && all_in(thread, left, right)?,
        Comparison::NotEqual => left_len != right_len || !all_in(thread, left, right)?,
        Comparison::Less => left_len < right_len && all_in(thread, left, right)?,
        Comparison::LessEqual => left_len <= right_len && all_in(thread, left, right)?,
        Comparison::Greater => left_len > right_len && all_in(thread, right, left)?,
        Comparison::GreaterEqual => left_len >= right_len && all_in(thread, right, left)?,
    };
    Ok(Value::bool(answer))
}

/// Tells whether every element of `part` is in `whole`.
fn all_in(thread: &mut Thread, part: &Value, whole: &Value) -> Run<bool> {
    let iterator = protocol::iter(thread, part)?;
    while let Some(element) = protocol::next(thread, &iterator)? {
        if !protocol::contains(thread, whole, &element)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn as_set(set: &Ref<Set>) -> AnySet<'_> {
    AnySet::Set(set)
}

/// Makes a set of the left operand. For a view of keys CPython iterates over the dict itself, and so does this.
fn set_of(thread: &mut Thread, left: &Value) -> Run<Ref<Set>> {
    match view_of(left) {
        Some((dict, Part::Keys)) => {
            let dict = dict.to_value();
            let source = if dict.downcast_exact::<Dict>().is_some() { &dict } else { left };
            set::ops::set_of(thread, source)
        }
        _ => set::ops::set_of(thread, left),
    }
}

/// Computes `view | iterable`. Raises what iterating, hashing and comparing raise, and `MemoryError`.
pub fn or(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let result = set_of(thread, left)?;
    set::ops::update(thread, as_set(&result), right)?;
    Ok(result.into_value())
}

/// Computes `view - iterable`. Raises what iterating, hashing and comparing raise, and `MemoryError`.
pub fn subtract(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let result = set_of(thread, left)?;
    set::ops::difference_update(thread, as_set(&result), right)?;
    Ok(result.into_value())
}

/// Computes `view ^ iterable`. Raises what iterating, hashing and comparing raise, and `MemoryError`.
pub fn xor(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if let (Some((left, Part::Items)), Some((right, Part::Items))) = (view_of(left), view_of(right)) {
        return xor_items(thread, left, right);
    }
    let result = set_of(thread, left)?;
    set::ops::symmetric_difference_update(thread, as_set(&result), right)?;
    Ok(result.into_value())
}

/// Computes the items that exactly one of two dicts has (CPython: dictitems_xor).
fn xor_items(thread: &mut Thread, left: &Object<Dict>, right: &Object<Dict>) -> Run<Value> {
    let copy = thread.alloc(Dict::new(left.with_table(|table| table.copy())?));
    let result = set::ops::scratch(thread);
    let mut position = 0;
    while let Some((at, hash, key, value)) = right.with_table(|table| {
        let at = table.next_position(position)?;
        table.entry_at(at).map(|(key, value)| (at, table.hash_at(at), key.clone(), value.clone()))
    }) {
        position = at + 1;
        let known = protocol::dict_get_hashed(thread, &copy, &key, hash)?;
        let differs = match &known {
            Some(known) => !same_or_equal(thread, known, &value)?,
            None => true,
        };
        if differs {
            let pair = thread.new_tuple(vec![key, value]);
            set::ops::add(thread, as_set(&result), &pair)?;
        } else {
            protocol::dict_remove(thread, &copy, &key)?;
        }
    }
    for (key, value) in copy.snapshot()? {
        let pair = thread.new_tuple(vec![key, value]);
        set::ops::add(thread, as_set(&result), &pair)?;
    }
    Ok(result.into_value())
}

/// Computes `view & iterable`, in CPython's order: of two views the smaller one is iterated over.
/// Raises what iterating, hashing and comparing raise, and `MemoryError`.
pub fn and(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (mut view, mut other) = if is_set_view(left) { (left, right) } else { (right, left) };
    let view_len = len_of(view).unwrap_or(0);
    let exact_set = other.downcast_exact::<Set>().is_some() || other.downcast_exact::<FrozenSet>().is_some();
    if exact_set
        && let Some(set) = AnySet::of(other)
        && view_len <= set.len()
    {
        let result = set::ops::intersection(thread, set, view)?;
        return Ok(set::ops::finish(thread, result, set));
    }
    if is_set_view(other) && len_of(other).unwrap_or(0) > view_len {
        (view, other) = (other, view);
    }
    let result = set::ops::scratch(thread);
    let iterator = protocol::iter(thread, other)?;
    while let Some(element) = protocol::next(thread, &iterator)? {
        if protocol::contains(thread, view, &element)? {
            set::ops::add(thread, as_set(&result), &element)?;
        }
    }
    Ok(result.into_value())
}

/// `view.isdisjoint(iterable)`. Raises what iterating and `in` raise.
pub fn is_disjoint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let mut view = args.get(0).expect("a method gets `self`");
    let [other] = args.skip_first().exactly();
    let mut other = other;
    if view.is(other) {
        return Ok(Value::bool(len_of(view) == Some(0)));
    }
    if len_of(other).is_some_and(|len| len > len_of(view).unwrap_or(0)) {
        (view, other) = (other, view);
    }
    let iterator = protocol::iter(thread, other)?;
    while let Some(element) = protocol::next(thread, &iterator)? {
        if protocol::contains(thread, view, &element)? {
            return Ok(Value::FALSE);
        }
    }
    Ok(Value::TRUE)
}
