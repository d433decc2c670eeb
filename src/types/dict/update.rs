//! What `dict(…)`, `update` and `|=` take: a dict, a mapping, pairs, keyword arguments.

use crate::protocol::{self, dict_set, dict_set_hashed};
use crate::thread::Thread;
use crate::types::exception;
use crate::value::{Args, Dict, ErrorKind, Kind, List, Object, Origin, Raised, Run, Tuple, Value};

/// Adds the entries that the arguments of `dict` or `update` give. Raises what `update` raises.
pub fn update_from_arguments(thread: &mut Thread, dict: &Object<Dict>, args: Args<'_>) -> Run<()> {
    if let Some(source) = args.get(0) {
        update(thread, dict, source)?;
    }
    for (name, value) in args.keywords() {
        dict_set(thread, dict, name, value.clone())?;
    }
    Ok(())
}

/// Adds the entries of a dict, of another mapping (an object with `keys`), or of an iterable of pairs. Raises
/// `TypeError` or `ValueError` for items that are no pairs, what iterating and hashing raise, and
/// `MemoryError`.
pub fn update(thread: &mut Thread, dict: &Object<Dict>, source: &Value) -> Run<()> {
    if let Some(other) = source.downcast_ref::<Dict>()
        && (source.downcast_exact::<Dict>().is_some() || !overrides_iteration(thread, source))
    {
        return update_from_dict(thread, dict, other);
    }
    let name = &thread.known().names().keys;
    match protocol::find_attr(thread, source, name)? {
        Some(keys) => {
            let keys = protocol::call(thread, &keys, Args::positional(&[]))?;
            for key in collect_keys(thread, source, &keys)? {
                let value = protocol::get_item(thread, source, &key)?;
                dict_set(thread, dict, &key, value)?;
            }
            Ok(())
        }
        None => update_from_pairs(thread, dict, source),
    }
}

/// Collects all keys of a mapping, before the first value is read.
fn collect_keys(thread: &mut Thread, source: &Value, keys: &Value) -> Run<Vec<Value>> {
    let iterator = match protocol::iter(thread, keys) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            let (source, keys) = (protocol::type_name(thread, source), protocol::type_name(thread, keys));
            return Err(Raised::type_error(format_args!(
                "{source}.keys() returned a non-iterable (type {keys})"
            )));
        }
        iterator => iterator?,
    };
    protocol::collect(thread, &iterator)
}

/// Whether a class derived from `dict` defines its own `__iter__`.
pub fn overrides_iteration(thread: &Thread, source: &Value) -> bool {
    protocol::slots_of(thread, source).origins.iter != Origin::Type(Kind::Dict)
}

/// Adds the entries of another dict. Their hashes are known, so only `__eq__` may run. Raises `RuntimeError` if
/// the other dict changes meanwhile, what `__eq__` raises, and `MemoryError`.
pub fn update_from_dict(thread: &mut Thread, dict: &Object<Dict>, other: &Object<Dict>) -> Run<()> {
    if dict.raw() == other.raw() {
        return Ok(());
    }
    if dict.is_empty() {
        // Nothing to compare with: the whole table is copied. Two locks are never held together.
        let copy = other.with_table(|table| table.copy())?;
        if dict.with_table(|table| table.replace_if_empty(copy)).is_ok() {
            return Ok(());
        }
    }
    let end = other.with_table(|table| table.position_end());
    let mut position = 0;
    while let Some((at, hash, key, value)) = other.with_table(|table| {
        let at = table.next_position(position)?;
        table.entry_at(at).map(|(key, value)| (at, table.hash_at(at), key.clone(), value.clone()))
    }) {
        position = at + 1;
        protocol::check_interrupt(thread)?;
        dict_set_hashed(thread, dict, &key, hash, value)?;
        if other.with_table(|table| table.position_end()) != end {
            return Err(Raised::runtime_error("dict mutated during update"));
        }
    }
    Ok(())
}

/// Collects the items of what should be a pair. Raises what iterating raises, but `TypeError` in other words.
fn items_of(thread: &mut Thread, pair: &Value) -> Run<Vec<Value>> {
    if pair.downcast_ref::<Tuple>().is_some() || pair.downcast_ref::<List>().is_some() {
        return protocol::collect_sequence(thread, pair);
    }
    match protocol::iter(thread, pair) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            Err(Raised::type_error("object is not iterable"))
        }
        iterator => protocol::collect_list(thread, &iterator?),
    }
}

fn update_from_pairs(thread: &mut Thread, dict: &Object<Dict>, pairs: &Value) -> Run<()> {
    let mut number = 0;
    protocol::for_each(thread, pairs, |thread, pair| {
        let items = match items_of(thread, &pair) {
            Ok(items) => items,
            Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
                let note =
                    format!("Cannot convert dictionary update sequence element #{number} to a sequence");
                return Err(exception::with_note(thread, raised, &note));
            }
            Err(raised) => return Err(raised),
        };
        let [key, value] = &items[..] else {
            return Err(Raised::value_error(format_args!(
                "dictionary update sequence element #{number} has length {}; 2 is required",
                items.len()
            )));
        };
        number += 1;
        dict_set(thread, dict, key, value.clone())
    })
}
