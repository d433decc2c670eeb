//! Set algebra on tables, with keys whose `__eq__` may be script code.
//!
//! The order of every loop and every resize is CPython's, because it determines the order of the result. Keys
//! are searched under the lock as far as no script code is needed; otherwise the key is cloned, the lock is
//! left, `__eq__` is called, and the search continues, or starts again if that slot has another key by then or
//! the set other storage (D-15). Operands are walked by position, so a key that a comparison removes is not
//! visited.

use crate::protocol::{self, with_entry};
use crate::thread::Thread;
use crate::value::{AnySet, Dict, FrozenSet, Kind, Object, Probe, Ref, Run, Set, SetSearch, SetTable, Value};

/// The slot of a key, or the slot where it belongs.
pub enum Place {
    /// The key is in this slot.
    At(usize),
    /// The key is missing; it belongs where the search ended.
    Free(SetSearch),
}

enum Step<R> {
    Done(R),
    Ask { known: Value, position: usize, search: SetSearch, layout: u32 },
}

/// Finds a key and runs `action` on the table and the key's place, under the lock.
///
/// With `ADDS`, a key that was found equal counts as present, even if `__eq__` changed the set (CPython's
/// `set_add_entry`).
#[inline]
fn with_place<R, const ADDS: bool>(
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
            Step::Ask { known, position, search, layout } => {
                let same = protocol::equal(thread, &known, key)?;
                step = set.with(|table| match is_there(table, layout, position, &known) {
                    there if same && (there || ADDS) => run(table, Place::At(position)),
                    true => look(table, hash, key, search, &mut run),
                    false => look(table, hash, key, table.start(hash), &mut run),
                });
            }
        }
    }
}

/// Tells whether the key that was compared is still in its slot.
fn is_there(table: &SetTable, layout: u32, position: usize, known: &Value) -> bool {
    table.layout() == layout && table.key_at(position).is_some_and(|(_, key)| key.is(known))
}

/// Calls `visit` with each key of a set, in the order of its slots, until it returns false.
/// Returns false if `visit` did. Raises what `visit` raises, and `KeyboardInterrupt`.
pub fn walk(
    thread: &mut Thread,
    set: AnySet<'_>,
    mut visit: impl FnMut(&mut Thread, i64, &Value) -> Run<bool>,
) -> Run<bool> {
    let mut position = 0;
    while let Some((at, hash, key)) = set.with(|table| {
        let at = table.next_position(position)?;
        table.key_at(at).map(|(hash, key)| (at, hash, key.clone()))
    }) {
        protocol::check_interrupt(thread)?;
        if !visit(thread, hash, &key)? {
            return Ok(false);
        }
        position = at + 1;
    }
    Ok(true)
}

/// Calls `visit` with the hash and the key of each entry of a dict, in order.
/// The dict may change meanwhile: entries are found by position. Raises what `visit` raises, and `KeyboardInterrupt`.
pub fn walk_dict(
    thread: &mut Thread,
    dict: &Object<Dict>,
    mut visit: impl FnMut(&mut Thread, i64, &Value) -> Run<()>,
) -> Run<()> {
    let mut position = 0;
    while let Some((at, hash, key)) = dict.with_table(|table| {
        let at = table.next_position(position)?;
        table.entry_at(at).map(|(key, _)| (at, table.hash_at(at), key.clone()))
    }) {
        protocol::check_interrupt(thread)?;
        visit(thread, hash, &key)?;
        position = at + 1;
    }
    Ok(())
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
            Step::Ask { known, position, search, layout: table.layout() }
        }
    }
}

/// Adds a key. Raises `TypeError` for an unhashable key, what `__hash__` and `__eq__` raise, and `MemoryError`.
#[inline]
pub fn add(thread: &mut Thread, set: AnySet<'_>, key: &Value) -> Run<()> {
    let hash = protocol::hash_element(thread, key)?;
    add_hashed(thread, set, hash, key)
}

/// Adds a key whose hash is known. Raises what `__eq__` raises, and `MemoryError`.
#[inline]
pub fn add_hashed(thread: &mut Thread, set: AnySet<'_>, hash: i64, key: &Value) -> Run<()> {
    let added = with_place::<_, true>(thread, set, hash, key, |table, place| match place {
        Place::Free(search) => table.insert_missing(&search, hash, key.clone()),
        Place::At(_) => Ok(()),
    })?;
    Ok(added?)
}

/// Tells whether a key is in the set. Raises `TypeError` for an unhashable key, and what `__hash__` and
/// `__eq__` raise.
#[inline]
pub fn contains(thread: &mut Thread, set: AnySet<'_>, key: &Value) -> Run<bool> {
    let hash = protocol::hash_element(thread, key)?;
    contains_hashed(thread, set, hash, key)
}

/// Tells whether a key whose hash is known is in the set. Raises what `__eq__` raises.
#[inline]
pub fn contains_hashed(thread: &mut Thread, set: AnySet<'_>, hash: i64, key: &Value) -> Run<bool> {
    with_place::<_, false>(thread, set, hash, key, |_, place| matches!(place, Place::At(_)))
}

/// Removes a key and tells whether it was there. Raises `TypeError` for an unhashable key, and what `__hash__`
/// and `__eq__` raise.
pub fn discard(thread: &mut Thread, set: AnySet<'_>, key: &Value) -> Run<bool> {
    let hash = protocol::hash_element(thread, key)?;
    discard_hashed(thread, set, hash, key)
}

/// Removes a key whose hash is known and tells whether it was there. Raises what `__eq__` raises.
pub fn discard_hashed(thread: &mut Thread, set: AnySet<'_>, hash: i64, key: &Value) -> Run<bool> {
    let taken = with_place::<_, false>(thread, set, hash, key, |table, place| match place {
        Place::At(position) => Some(table.remove_at(position)),
        Place::Free(_) => None,
    })?;
    // The key dies here, outside of the lock.
    Ok(taken.is_some())
}

/// Replaces all keys; the old ones are dropped outside of the lock.
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

/// Makes a set of the keys of any iterable. Raises what `update` raises.
pub fn set_of(thread: &mut Thread, iterable: &Value) -> Run<Ref<Set>> {
    let set = scratch(thread);
    update(thread, AnySet::Set(&set), iterable)?;
    Ok(set)
}

/// Makes a copy, to build a result in. Raises `MemoryError`.
pub fn copy(thread: &mut Thread, set: AnySet<'_>) -> Run<Ref<Set>> {
    Ok(thread.alloc(Set::new(copy_table(set)?)))
}

/// Copies the keys to a table of their own.
fn copy_table(set: AnySet<'_>) -> Run<SetTable> {
    let mut table = SetTable::default();
    let has_taken = table.take_over(&mut set.with(|table| table.duplicate())?)?;
    debug_assert!(has_taken, "a fresh table has no keys");
    Ok(table)
}

/// Adds every key of an iterable. Raises what iterating, hashing and `__eq__` raise, and `MemoryError`.
pub fn update(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<()> {
    if let Some(other) = AnySet::of(iterable) {
        return merge(thread, set, other);
    }
    if let Some(dict) = iterable.downcast_exact::<Dict>() {
        let count = dict.len();
        set.with(|table| table.prepare_for(count))?;
        return walk_dict(thread, dict, |thread, hash, key| add_hashed(thread, set, hash, key));
    }
    protocol::for_each(thread, iterable, |thread, key| add(thread, set, &key))
}

fn merge(thread: &mut Thread, set: AnySet<'_>, other: AnySet<'_>) -> Run<()> {
    if set.is(other) || other.is_empty() {
        return Ok(());
    }
    let count = other.len();
    let is_clean = set.with(|table| table.prepare_for(count).map(|()| table.is_clean()))?;
    if is_clean {
        // A table of its own in between, because two locks are never held together.
        let mut keys = other.with(|table| table.duplicate())?;
        if set.with(|table| table.take_over(&mut keys))? {
            return Ok(());
        }
    }
    walk(thread, other, |thread, hash, key| add_hashed(thread, set, hash, key).map(|()| true)).map(drop)
}

/// Makes a set of the keys of `set` that are in an iterable too. Raises as `update` does.
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
        return copy(thread, set);
    }
    let result = scratch(thread);
    let (large, small) = if other.len() > set.len() { (other, set) } else { (set, other) };
    walk(thread, small, |thread, hash, key| {
        if contains_hashed(thread, large, hash, key)? {
            add_hashed(thread, AnySet::Set(&result), hash, key)?;
        }
        Ok(true)
    })?;
    Ok(result)
}

/// Makes a set of the keys of `set` that are not in an iterable. Raises as `update` does.
pub fn difference(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<Ref<Set>> {
    let (other, dict) = (AnySet::of(iterable), iterable.downcast_exact::<Dict>());
    let other_len = match (other, dict) {
        (Some(other), _) => Some(other.len()),
        (None, Some(dict)) => Some(dict.len()),
        (None, None) => None,
    };
    if other_len.is_none_or(|len| set.len() >> 2 > len) {
        let result = copy(thread, set)?;
        difference_update(thread, AnySet::Set(&result), iterable)?;
        return Ok(result);
    }
    let result = scratch(thread);
    walk(thread, set, |thread, hash, key| {
        let there = match (other, dict) {
            (Some(other), _) => contains_hashed(thread, other, hash, key)?,
            (None, Some(dict)) => with_entry(thread, dict, key, hash, |_, position| position.is_some())?,
            (None, None) => false,
        };
        if !there {
            add_hashed(thread, AnySet::Set(&result), hash, key)?;
        }
        Ok(true)
    })?;
    Ok(result)
}

/// Removes every key of an iterable. Raises as `update` does.
pub fn difference_update(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<()> {
    match AnySet::of(iterable) {
        Some(other) if set.is(other) => {
            replace(set, SetTable::default());
            return Ok(());
        }
        Some(other) => {
            // Of a much larger set only what both have is of interest.
            let common = match other.len() >> 3 > set.len() {
                true => Some(intersection(thread, set, iterable)?),
                false => None,
            };
            let other = common.as_ref().map_or(other, |common| AnySet::Set(common));
            walk(thread, other, |thread, hash, key| {
                discard_hashed(thread, set, hash, key)?;
                Ok(true)
            })?;
        }
        None => protocol::for_each(thread, iterable, |thread, key| discard(thread, set, &key).map(drop))?,
    }
    Ok(set.with(|table| table.sweep_if_sparse())?)
}

/// Keeps the keys that are in either `set` or an iterable, but not in both. Raises as `update` does.
pub fn symmetric_difference_update(thread: &mut Thread, set: AnySet<'_>, iterable: &Value) -> Run<()> {
    let toggle = |thread: &mut Thread, hash: i64, key: &Value| {
        if discard_hashed(thread, set, hash, key)? { Ok(()) } else { add_hashed(thread, set, hash, key) }
    };
    if let Some(dict) = iterable.downcast_exact::<Dict>() {
        return walk_dict(thread, dict, toggle);
    }
    let made;
    let other = match AnySet::of(iterable) {
        Some(other) if set.is(other) => {
            replace(set, SetTable::default());
            return Ok(());
        }
        Some(other) => other,
        None => {
            made = set_of(thread, iterable)?;
            AnySet::Set(&made)
        }
    };
    walk(thread, other, |thread, hash, key| toggle(thread, hash, key).map(|()| true)).map(drop)
}

/// Tells whether every key of `set` is in `other`. Raises what `__eq__` raises.
pub fn is_subset(thread: &mut Thread, set: AnySet<'_>, other: AnySet<'_>) -> Run<bool> {
    if set.len() > other.len() {
        return Ok(false);
    }
    walk(thread, set, |thread, hash, key| contains_hashed(thread, other, hash, key))
}

/// Returns a frozenset of the same keys for a key that is an unhashable set; `None` for any other key. Raises
/// `MemoryError`.
pub fn as_key(thread: &mut Thread, key: &Value) -> Run<Option<Value>> {
    if key.kind() != Kind::Set || protocol::slots_of(thread, key).hash.is_some() {
        return Ok(None);
    }
    let table = match AnySet::of(key) {
        Some(set) => copy_table(set)?,
        None => SetTable::default(),
    };
    Ok(Some(thread.alloc(FrozenSet::new(table)).into_value()))
}
