//! The methods of `set` and `frozenset`.

use crate::protocol;
use crate::thread::Thread;
use crate::types::object::method_arguments::split_self;
use crate::types::object::reduced;
use crate::types::set::any;
use crate::types::set::ops;
use crate::value::{AnySet, Args, ErrorKind, FrozenSet, List, Raised, Ref, Run, Set, SetTable, Value};

/// Returns `self`, which may be of either type, and the arguments that follow it.
fn split_any_set<'a>(args: Args<'a>) -> (AnySet<'a>, Args<'a>) {
    (any(args.get(0).expect("a method gets `self`")), args.skip_first())
}

/// `add(key)`. Raises what `ops::add` raises.
pub fn add(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_self::<Set>(args);
    let [key] = args.exactly();
    ops::add(thread, AnySet::Set(set), key)?;
    Ok(Value::NONE)
}

/// `clear()`. Raises nothing.
pub fn clear(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, _) = split_self::<Set>(args);
    ops::replace(AnySet::Set(set), SetTable::default());
    Ok(Value::NONE)
}

/// `copy()`. Raises `MemoryError`.
pub fn copy(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, _) = split_any_set(args);
    let this = &args.positionals()[0];
    if this.downcast_exact::<FrozenSet>().is_some() {
        return Ok(this.clone());
    }
    let result = ops::copy(thread, set)?;
    Ok(ops::finish(thread, result, set))
}

/// `discard(key)`. Raises what `ops::discard` raises.
pub fn discard(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_self::<Set>(args);
    let [key] = args.exactly();
    discard_key(thread, set, key)?;
    Ok(Value::NONE)
}

/// `remove(key)`. Raises `KeyError` if the key is missing, and what `ops::discard` raises.
pub fn remove(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_self::<Set>(args);
    let [key] = args.exactly();
    if discard_key(thread, set, key)? { Ok(Value::NONE) } else { Err(Raised::key_error(key.clone())) }
}

fn discard_key(thread: &mut Thread, set: &crate::value::Object<Set>, key: &Value) -> Run<bool> {
    match ops::as_key(thread, key)? {
        Some(frozen) => ops::discard(thread, AnySet::Set(set), &frozen),
        None => ops::discard(thread, AnySet::Set(set), key),
    }
}

/// `pop()`. Raises `KeyError` if the set is empty.
pub fn pop(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, _) = split_self::<Set>(args);
    match AnySet::Set(set).with(|table| table.pop()) {
        Some(key) => Ok(key),
        None => {
            let text = thread.new_str("pop from an empty set");
            Err(Raised::with(ErrorKind::KeyError, vec![text]))
        }
    }
}

/// `update(*iterables)`. Raises what `ops::update` raises.
pub fn update(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    for iterable in args.positionals() {
        ops::update(thread, set, iterable)?;
    }
    Ok(Value::NONE)
}

/// `union(*iterables)`. Raises what `ops::update` raises.
pub fn union(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let others = args.positionals();
    let result = ops::copy(thread, set)?;
    for iterable in others.iter().filter(|other| !AnySet::of(other).is_some_and(|other| other.is(set))) {
        ops::update(thread, AnySet::Set(&result), iterable)?;
    }
    Ok(ops::finish(thread, result, set))
}

/// `intersection(*iterables)`. Raises what `ops::intersection` raises.
pub fn intersection(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let result = intersection_of_all(thread, set, args.positionals())?;
    Ok(ops::finish(thread, result, set))
}

fn intersection_of_all(thread: &mut Thread, set: AnySet<'_>, others: &[Value]) -> Run<Ref<Set>> {
    let Some((first, others)) = others.split_first() else { return ops::copy(thread, set) };
    let mut result = ops::intersection(thread, set, first)?;
    for iterable in others {
        result = ops::intersection(thread, AnySet::Set(&result), iterable)?;
    }
    Ok(result)
}

/// `intersection_update(*iterables)`. Raises what `ops::intersection` raises.
pub fn intersection_update(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let result = intersection_of_all(thread, set, args.positionals())?;
    ops::replace(set, AnySet::Set(&result).with(|table| table.clear()));
    Ok(Value::NONE)
}

/// `difference(*iterables)`. Raises what `ops::difference` raises.
pub fn difference(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let others = args.positionals();
    let Some((first, others)) = others.split_first() else {
        let result = ops::copy(thread, set)?;
        return Ok(ops::finish(thread, result, set));
    };
    let result = ops::difference(thread, set, first)?;
    for iterable in others {
        ops::difference_update(thread, AnySet::Set(&result), iterable)?;
    }
    Ok(ops::finish(thread, result, set))
}

/// `difference_update(*iterables)`. Raises what `ops::difference_update` raises.
pub fn difference_update(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    for iterable in args.positionals() {
        ops::difference_update(thread, set, iterable)?;
    }
    Ok(Value::NONE)
}

/// `symmetric_difference(iterable)`. Raises what `ops::symmetric_difference_update` raises.
pub fn symmetric_difference(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, rest) = split_any_set(args);
    let [iterable] = rest.exactly();
    let result = ops::set_of(thread, iterable)?;
    ops::symmetric_difference_update(thread, AnySet::Set(&result), &args.positionals()[0])?;
    Ok(ops::finish(thread, result, set))
}

/// `symmetric_difference_update(iterable)`. Raises what `ops::symmetric_difference_update` raises.
pub fn symmetric_difference_update(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let [iterable] = args.exactly();
    ops::symmetric_difference_update(thread, set, iterable)?;
    Ok(Value::NONE)
}

/// `issubset(iterable)`. Raises what iterating, hashing and `__eq__` raise, and `MemoryError`.
pub fn is_subset(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let [iterable] = args.exactly();
    let answer = match AnySet::of(iterable) {
        Some(other) => ops::is_subset(thread, set, other)?,
        None => {
            let common = ops::intersection(thread, set, iterable)?;
            AnySet::Set(&common).len() == set.len()
        }
    };
    Ok(Value::bool(answer))
}

/// `issuperset(iterable)`. Raises what iterating, hashing and `__eq__` raise.
pub fn is_superset(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let [iterable] = args.exactly();
    if let Some(other) = AnySet::of(iterable) {
        return ops::is_subset(thread, other, set).map(Value::bool);
    }
    all_keys(thread, iterable, |thread, key| ops::contains(thread, set, key)).map(Value::bool)
}

/// `isdisjoint(iterable)`. Raises what iterating, hashing and `__eq__` raise.
pub fn is_disjoint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (set, args) = split_any_set(args);
    let [iterable] = args.exactly();
    let is_exact =
        iterable.downcast_exact::<Set>().is_some() || iterable.downcast_exact::<FrozenSet>().is_some();
    let Some(other) = AnySet::of(iterable).filter(|_| is_exact) else {
        let absent = |thread: &mut Thread, key: &Value| Ok(!ops::contains(thread, set, key)?);
        return all_keys(thread, iterable, absent).map(Value::bool);
    };
    if set.is(other) {
        return Ok(Value::bool(set.is_empty()));
    }
    let (large, small) = if other.len() > set.len() { (other, set) } else { (set, other) };
    let is_absent =
        |thread: &mut Thread, hash: i64, key: &Value| Ok(!ops::contains_hashed(thread, large, hash, key)?);
    ops::walk(thread, small, is_absent).map(Value::bool)
}

/// Tells whether `holds` answers true for all keys of an iterable; stops at the first other one.
fn all_keys(
    thread: &mut Thread,
    iterable: &Value,
    holds: impl Fn(&mut Thread, &Value) -> Run<bool>,
) -> Run<bool> {
    let iterator = protocol::iter(thread, iterable)?;
    while let Some(key) = protocol::next(thread, &iterator)? {
        if !holds(thread, &key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `__reduce__`: `(class, ([keys],), state)`. Raises what `__getstate__` raises, and `MemoryError`.
pub fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [set] = args.exactly();
    let keys = protocol::collect_list(thread, set)?;
    let keys = thread.alloc(List::new(keys)).into_value();
    let state = reduced::state_of(thread, set)?;
    let (class, arguments) = (protocol::class_of(thread, set), thread.new_tuple(vec![keys]));
    Ok(thread.new_tuple(vec![class.into_value(), arguments, state]))
}
