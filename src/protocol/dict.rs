//! Dict operations for keys of any type, whose `__hash__` and `__eq__` may be script code.
//!
//! Under the dict's lock only equality that needs no script code is decided. For any other candidate
//! the key is cloned, the lock left, `__eq__` asked, and the search goes on where it stood; from the start only if
//! that entry has another key by then, or the table other storage (D-15): keys that `__eq__` adds do not keep
//! a search from ending. Old keys and values die after the lock (D-14).

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Dict, DictTable, Object, Probe, Raised, Run, Search, Value};

/// The result of one search under the lock.
enum Step<R> {
    Done(R),
    Ask { known: Value, position: usize, search: Search, layout: u32 },
}

/// Finds a key and runs `action` on the table and the key's position, under the lock. Raises what `__eq__` of
/// the keys raises.
#[inline]
pub fn with_entry<R>(
    thread: &mut Thread,
    dict: &Object<Dict>,
    key: &Value,
    hash: i64,
    action: impl FnOnce(&mut DictTable, Option<usize>) -> R,
) -> Run<R> {
    let mut action = Some(action);
    let mut run = move |table: &mut DictTable, position| {
        let action = action.take().expect("a search ends once");
        Step::Done(action(table, position))
    };
    let mut step = dict.with_table(|table| match table.find(hash, key) {
        Probe::Found(position) => run(table, Some(position)),
        Probe::Missing => run(table, None),
        Probe::Ask(_) => look(table, key, hash, table.start(hash), &mut run),
    });
    loop {
        match step {
            Step::Done(result) => return Ok(result),
            Step::Ask { known, position, search, layout } => {
                let same = protocol::equal(thread, &known, key)?;
                step = dict.with_table(|table| match is_there(table, layout, position, &known) {
                    true if same => run(table, Some(position)),
                    true => look(table, key, hash, search, &mut run),
                    false => look(table, key, hash, table.start(hash), &mut run),
                });
            }
        }
    }
}

/// Tells whether the entry that was compared is still at its place.
fn is_there(table: &DictTable, layout: u32, position: usize, known: &Value) -> bool {
    table.layout() == layout && table.entry_at(position).is_some_and(|(key, _)| key.is(known))
}

#[inline]
fn look<R>(
    table: &mut DictTable,
    key: &Value,
    hash: i64,
    mut search: Search,
    run: &mut impl FnMut(&mut DictTable, Option<usize>) -> Step<R>,
) -> Step<R> {
    match table.resume(hash, key, &mut search) {
        Probe::Found(position) => run(table, Some(position)),
        Probe::Missing => run(table, None),
        Probe::Ask(position) => {
            let known = table.entry_at(position).expect("a candidate is in use").0.clone();
            Step::Ask { known, position, search, layout: table.layout() }
        }
    }
}

/// Returns the value of a key. Raises `TypeError` for an unhashable key, and what `__hash__` and `__eq__`
/// raise.
#[inline]
pub fn dict_get(thread: &mut Thread, dict: &Object<Dict>, key: &Value) -> Run<Option<Value>> {
    let hash = protocol::hash_key(thread, key)?;
    dict_get_hashed(thread, dict, key, hash)
}

/// Returns the value of a key whose hash is known. Raises what `__eq__` raises.
#[inline]
pub fn dict_get_hashed(
    thread: &mut Thread,
    dict: &Object<Dict>,
    key: &Value,
    hash: i64,
) -> Run<Option<Value>> {
    with_entry(thread, dict, key, hash, |table, position| {
        position.and_then(|position| table.entry_at(position)).map(|(_, value)| value.clone())
    })
}

/// Tells whether a key is in the dict. Raises `TypeError` for an unhashable key, and what `__hash__` and
/// `__eq__` raise.
#[inline]
pub fn dict_contains(thread: &mut Thread, dict: &Object<Dict>, key: &Value) -> Run<bool> {
    let hash = protocol::hash_key(thread, key)?;
    with_entry(thread, dict, key, hash, |_, position| position.is_some())
}

/// Sets the value of a key; if an equal key is there, it stays. Raises `TypeError` for an unhashable key,
/// `MemoryError`, and what `__hash__` and `__eq__` raise.
#[inline]
pub fn dict_set(thread: &mut Thread, dict: &Object<Dict>, key: &Value, value: Value) -> Run<()> {
    let hash = protocol::hash_key(thread, key)?;
    dict_set_hashed(thread, dict, key, hash, value)
}

/// Sets the value of a key whose hash is known. Raises `MemoryError`, and what `__eq__` raises.
#[inline]
pub fn dict_set_hashed(
    thread: &mut Thread,
    dict: &Object<Dict>,
    key: &Value,
    hash: i64,
    value: Value,
) -> Run<()> {
    // The old value, or the one that found no room, dies outside of the lock.
    with_entry(thread, dict, key, hash, |table, position| match position {
        Some(position) => Ok(table.replace_value_at(position, value)),
        None if table.make_room().is_err() => Err(value),
        None => {
            table.insert_new(hash, key.clone(), value);
            Ok(Value::UNBOUND)
        }
    })?
    .map(drop)
    .map_err(|_value| Raised::memory_error())
}

/// Returns the value of a key, after setting it to `default` if the key is missing. Raises as `dict_set` does.
pub fn dict_set_default(
    thread: &mut Thread,
    dict: &Object<Dict>,
    key: &Value,
    default: &Value,
) -> Run<Value> {
    let hash = protocol::hash_key(thread, key)?;
    with_entry(thread, dict, key, hash, |table, position| {
        match position.and_then(|position| table.entry_at(position)) {
            Some((_, value)) => Ok(value.clone()),
            None => {
                table.make_room()?;
                table.insert_new(hash, key.clone(), default.clone());
                Ok(default.clone())
            }
        }
    })?
}

/// Removes a key and returns its value, if it is there. Raises `TypeError` for an unhashable key, and what
/// `__hash__` and `__eq__` raise.
pub fn dict_remove(thread: &mut Thread, dict: &Object<Dict>, key: &Value) -> Run<Option<Value>> {
    let hash = protocol::hash_key(thread, key)?;
    let taken =
        with_entry(thread, dict, key, hash, |table, position| position.map(|at| table.remove_at(at)))?;
    // The key may be the last reference to an object with a destructor: it dies here, outside.
    Ok(taken.map(|(_key, value)| value))
}

/// Removes a key, or raises `KeyError` with it.
pub fn dict_delete(thread: &mut Thread, dict: &Object<Dict>, key: &Value) -> Run<()> {
    match dict_remove(thread, dict, key)? {
        Some(_value) => Ok(()),
        None => Err(Raised::key_error(key.clone())),
    }
}
