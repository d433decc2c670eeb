//! What `dict(…)`, `update` and `|=` take: a dict, a mapping, pairs, keyword arguments.

use crate::protocol::{self, dict_set, dict_set_hashed};
use crate::thread::Thread;
use crate::value::{Args, Dict, ErrorKind, Object, Raised, Run, Value};

/// Adds what the arguments of `dict` or `update` say.
pub fn update_from_arguments(thread: &mut Thread, dict: &Object<Dict>, args: Args<'_>) -> Run<()> {
    if let Some(source) = args.get(0) {
        update(thread, dict, source)?;
    }
    for (name, value) in args.keywords() {
        dict_set(thread, dict, name, value.clone())?;
    }
    Ok(())
}

/// Adds the entries of a dict, of another mapping (it has `keys`), or of an iterable of pairs.
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

/// All keys of a mapping, before the first value is asked for.
fn collect_keys(thread: &mut Thread, source: &Value, keys: &Value) -> Run<Vec<Value>> {
    let iterator = match protocol::iter(thread, keys) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            let (source, keys) = (protocol::type_name(thread, source), protocol::type_name(thread, keys));
            return Err(Raised::type_error(format!("{source}.keys() returned a non-iterable (type {keys})")));
        }
        iterator => iterator?,
    };
    protocol::collect(thread, &iterator)
}

/// Whether a class derived from `dict` defines its own `__iter__`.
fn overrides_iteration(thread: &Thread, source: &Value) -> bool {
    let own = protocol::slots_of(thread, source).iter;
    let plain = super::dict::SPEC.slots.iter;
    !matches!((own, plain), (Some(own), Some(plain)) if std::ptr::fn_addr_eq(own, plain))
}

/// Adds the entries of another dict. Hashes are known, so only `__eq__` may run.
pub fn update_from_dict(thread: &mut Thread, dict: &Object<Dict>, other: &Object<Dict>) -> Run<()> {
    if dict.raw() == other.raw() {
        return Ok(());
    }
    if dict.is_empty() {
        // Nothing to compare with: the whole table is copied. Two locks are never held together.
        let copy = other.with_table(|table| table.copy());
        let old = dict.with_table(|table| table.replace_if_empty(copy));
        match old {
            Ok(old) => drop(old),
            Err(copy) => return update_from_entries(thread, dict, entries_of(&copy)),
        }
        return Ok(());
    }
    let entries = other.with_table(|table| entries_of(table));
    update_from_entries(thread, dict, entries)
}

type Entry = (i64, Value, Value);

fn entries_of(table: &crate::value::DictTable) -> Vec<Entry> {
    table.iter().map(|(hash, key, value)| (hash, key.clone(), value.clone())).collect()
}

fn update_from_entries(thread: &mut Thread, dict: &Object<Dict>, entries: Vec<Entry>) -> Run<()> {
    for (hash, key, value) in entries {
        dict_set_hashed(thread, dict, &key, hash, value)?;
    }
    Ok(())
}

fn update_from_pairs(thread: &mut Thread, dict: &Object<Dict>, pairs: &Value) -> Run<()> {
    let mut number = 0;
    protocol::for_each(thread, pairs, |thread, pair| {
        let items = match protocol::collect(thread, &pair) {
            Ok(items) => items,
            Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
                return Err(Raised::type_error(format!(
                    "cannot convert dictionary update sequence element #{number} to a sequence"
                )));
            }
            Err(raised) => return Err(raised),
        };
        let [key, value] = &items[..] else {
            return Err(Raised::value_error(format!(
                "dictionary update sequence element #{number} has length {}; 2 is required",
                items.len()
            )));
        };
        number += 1;
        dict_set(thread, dict, key, value.clone())
    })
}
