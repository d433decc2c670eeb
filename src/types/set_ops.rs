//! Set algebra over tables, with keys whose `__eq__` may be script code.
//!
//! The order of every loop and every resize is CPython's, since the order of a result shows it. Keys
//! are looked up under the lock as far as no script code is needed; otherwise the key is cloned, the
//! lock left, `__eq__` asked, and the search goes on, or starts again if the set has changed (D-15).

use crate::protocol::{self, dict_contains};
use crate::thread::Thread;
use crate::value::{AnySet, Dict, FrozenSet, Kind, Object, Probe, Ref, Run, Set, SetSearch, SetTable, Value};

/// Where a key is, or where it belongs.
pub enum Place {
    /// In this slot.
    At(usize),
    /// Nowhere; it would go where the search stands.
    Free(SetSearch),
}

enum Step<R> {
    Done(R),
    Ask { known: Value, position: usize, search: SetSearch, version: u32 },
}

/// Finds a key and runs `action` on the table and the key's place, under the lock.
#[inline]
pub fn with_place<R>(
    thread: &mut Thread,
    set: AnySet<'_>,
    hash: i64,
    key: &Value,
    action: impl FnOnce(&mut SetTable, Place) -> R,
) -> Run<R> {
    let mut action = Some(action);
    let mut run = move |table: &mut SetTable, place| {
        let action = action.take().expect("a search ends once");
        Step::Done(action(table, place))
    };
    let mut step = set.with(|table| look(table, hash, key, table.start(hash), &mut run));
    loop {
        match step {
            Step::Done(result) => return Ok(result),
            Step::Ask { known, position, search, version } => {
                let same = protocol::equal(thread, &known, key)?;
                step = set.with(|table| match table.version() == version {
                    true if same => run(table, Place::At(position)),
                    true => look(table, hash, key, search, &mut run),
                    false => look(table, hash, key, table.start(hash), &mut run),
                });
            }
        }
    }
}

#[inline]
fn look<R>(
    table: &mut SetTable,
    hash: i64,
    key: &Value,
    mut search: SetSearch,
    run: &mut impl FnMut(&mut SetTable, Place) -> Step<R>,
) -> Step<R> {
    match table.resume(hash, key, &mut search) {
        Probe::Found(position) => run(table, Place::At(position)),
        Probe::Missing => run(table, Place::Free(search)),
        Probe::Ask(position) => {
            let known = table.key_at(position).expect("a candidate is in use").1.clone();
            Step::Ask { known, position, search, version: table.version() }
        }
    }
}

/// Adds a key.
#[inline]
pub fn add(thread: &mut Thread, set: AnySet<'_>, key: &Value) -> Run<()> {
    let hash = protocol::hash(thread, key)?;
    add_hashed(thread, set, hash, key)
}

/// Adds a key whose hash is known.
#[inline]
pub fn add_hashed(thread: &mut Thread, set: AnySet<'_>, hash: i64, key: &Value) -> Run<()> {
    with_place(thread, set, hash, key, |table, place| {
        if let Place::Free(search) = place {
            table.insert_missing(&search, hash, key.clone());
        }
    })
}

/// Whether a key is there.
#[inline]
pub fn contains(thread: &mut Thread, set: AnySet<'_>, key: &Value) -> Run<bool> {
    let hash = protocol::hash(thread, key)?;
    contains_hashed(thread, set, hash, key)
}

/// Whether a key whose hash is known is there.
#[inline]
pub fn contains_hashed(thread: &mut Thread, set: AnySet<'_>, hash: i64, key: &Value) -> Run<bool> {
    with_place(thread, set, hash, key, |_, place| matches!(place, Place::At(_)))
}

/// Removes a key and tells whether it was there.
pub fn discard(thread: &mut Thread, set: AnySet<'_>, key: &Value) -> Run<bool> {
    let hash = protocol::hash(thread, key)?;
    discard_hashed(thread, set, hash, key)
}

/// Removes a key whose hash is known and tells whether it was there.
pub fn discard_hashed(thread: &mut Thread, set: AnySet<'_>, hash: i64, key: &Value) -> Run<bool> {
    let taken = with_place(thread, set, hash, key, |table, place| match place {
        Place::At(position) => Some(table.remove_at(position)),
        Place::Free(_) => None,
    })?;
    // The key dies here, outside of the lock.
    Ok(taken.is_some())
}

/// Puts other keys in; the old ones die outside of the lock.
pub fn replace(set: AnySet<'_>, table: SetTable) {
    let old = set.with(|place| place.replace(table));
    drop(old);
}

/// Makes an empty set to build a result in.
pub fn scratch(thread: &Thread) -> Ref<Set> {
    thread.alloc(Set::default())
}

/// Turns a result into a set or a frozenset, as `like` is one.
pub fn finish(thread: &Thread, result: Ref<Set>, like: AnySet<'_>) -> Value {
    match like {
        AnySet::Set(_) => result.into_value(),
        AnySet::Frozen(_) => {
            let table = result.with(|set| &set.table, |table| table.clear());
            thread.alloc(FrozenSet::new(table)).into_value()
        }
    }
}

/// The keys of any iterable as a set of its own.
pub fn set_of(thread: &mut Thread, iterable: &Value) -> Run<Ref<Set>> {
    let set = scratch(thread);
    update(thread, AnySet::Set(&set), iterable)?;
    Ok(set)
}

/// A copy, to build a result in.
pub fn copy(thread: &mut Thread, set: AnySet<'_>) -> Ref<Set> {
    let mut table = SetTable::default();
    let taken = table.take_over(set.with(|table| table.duplicate()));
    debug_assert!(taken.is_ok(), "a fresh table has no keys");
    thread.alloc(Set::new(table))
}

/// Adds every key of an iterable.
pub fn update(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<()> {
    if let Some(other) = AnySet::of(iterable) {
        return merge(thread, set, other);
    }
    if let Some(dict) = iterable.downcast_exact::<Dict>() {
        let keys = dict_keys(dict);
        set.with(|table| table.prepare_for(keys.len()));
        return keys.iter().try_for_each(|(hash, key)| add_hashed(thread, set, *hash, key));
    }
    protocol::for_each(thread, iterable, |thread, key| add(thread, set, &key))
}

fn dict_keys(dict: &Object<Dict>) -> Vec<(i64, Value)> {
    dict.with_table(|table| table.iter().map(|(hash, key, _)| (hash, key.clone())).collect())
}

fn merge(thread: &mut Thread, set: AnySet<'_>, other: AnySet<'_>) -> Run<()> {
    if set.is(other) || other.is_empty() {
        return Ok(());
    }
    // A table of its own in between, because two locks are never held together.
    let keys = other.with(|table| table.duplicate());
    let Err(keys) = set.with(|table| table.take_over(keys)) else { return Ok(()) };
    keys.iter().try_for_each(|(hash, key)| add_hashed(thread, set, hash, key))
}

/// The keys of `set` that an iterable has too.
pub fn intersection(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<Ref<Set>> {
    let Some(other) = AnySet::of(iterable) else {
        let result = scratch(thread);
        protocol::for_each(thread, iterable, |thread, key| {
            let hash = protocol::hash(thread, &key)?;
            if contains_hashed(thread, set, hash, &key)? {
                add_hashed(thread, AnySet::Set(&result), hash, &key)?;
            }
            Ok(())
        })?;
        return Ok(result);
    };
    if set.is(other) {
        return Ok(copy(thread, set));
    }
    let result = scratch(thread);
    let (large, small) = if other.len() > set.len() { (other, set) } else { (set, other) };
    for (hash, key) in small.snapshot() {
        if contains_hashed(thread, large, hash, &key)? {
            add_hashed(thread, AnySet::Set(&result), hash, &key)?;
        }
    }
    Ok(result)
}

/// The keys of `set` that an iterable has not.
pub fn difference(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<Ref<Set>> {
    let (other, dict) = (AnySet::of(iterable), iterable.downcast_exact::<Dict>());
    let other_len = match (other, dict) {
        (Some(other), _) => Some(other.len()),
        (None, Some(dict)) => Some(dict.len()),
        (None, None) => None,
    };
    if other_len.is_none_or(|len| set.len() >> 2 > len) {
        let result = copy(thread, set);
        difference_update(thread, AnySet::Set(&result), iterable)?;
        return Ok(result);
    }
    let result = scratch(thread);
    for (hash, key) in set.snapshot() {
        let there = match (other, dict) {
            (Some(other), _) => contains_hashed(thread, other, hash, &key)?,
            (None, Some(dict)) => dict_contains(thread, dict, &key)?,
            (None, None) => false,
        };
        if !there {
            add_hashed(thread, AnySet::Set(&result), hash, &key)?;
        }
    }
    Ok(result)
}

/// Removes every key of an iterable.
pub fn difference_update(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<()> {
    match AnySet::of(iterable) {
        Some(other) if set.is(other) => {
            replace(set, SetTable::default());
            return Ok(());
        }
        Some(other) => {
            // Of a much larger set only what both have is of interest.
            let keys = if other.len() >> 3 > set.len() {
                let common = intersection(thread, set, iterable)?;
                AnySet::Set(&common).snapshot()
            } else {
                other.snapshot()
            };
            for (hash, key) in keys {
                discard_hashed(thread, set, hash, &key)?;
            }
        }
        None => protocol::for_each(thread, iterable, |thread, key| discard(thread, set, &key).map(drop))?,
    }
    set.with(|table| table.sweep_if_sparse());
    Ok(())
}

/// Keeps the keys that either `set` or an iterable has, but not both.
pub fn symmetric_difference_update(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<()> {
    let keys = match (AnySet::of(iterable), iterable.downcast_exact::<Dict>()) {
        (Some(other), _) if set.is(other) => {
            replace(set, SetTable::default());
            return Ok(());
        }
        (Some(other), _) => other.snapshot(),
        (None, Some(dict)) => dict_keys(dict),
        (None, None) => {
            let other = set_of(thread, iterable)?;
            AnySet::Set(&other).snapshot()
        }
    };
    for (hash, key) in keys {
        if !discard_hashed(thread, set, hash, &key)? {
            add_hashed(thread, set, hash, &key)?;
        }
    }
    Ok(())
}

/// Whether every key of `set` is in `other`.
pub fn is_subset(thread: &mut Thread, set: AnySet<'_>, other: AnySet<'_>) -> Run<bool> {
    if set.len() > other.len() {
        return Ok(false);
    }
    for (hash, key) in set.snapshot() {
        if !contains_hashed(thread, other, hash, &key)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A set as a key: it is looked up as the frozenset with the same keys. Other values stay as they are.
pub fn as_key(thread: &mut Thread, key: &Value) -> Run<Option<Value>> {
    if key.kind() != Kind::Set || protocol::slots_of(thread, key).hash.is_some() {
        return Ok(None);
    }
    let mut table = SetTable::default();
    if let Some(set) = AnySet::of(key) {
        let taken = table.take_over(set.with(|keys| keys.duplicate()));
        debug_assert!(taken.is_ok(), "a fresh table has no keys");
    }
    Ok(Some(thread.alloc(FrozenSet::new(table)).into_value()))
}
