//! Methods of dicts, lists and sets for keys that need no script code (see [`FastFn`](crate::value::FastFn)).

use crate::thread::ThreadState;
use crate::value::{Dict, List, Probe, Value, hash_fast};

/// The default of `get` and `setdefault`.
const NONE: &Value = &Value::NONE;

/// `dict.get(key[, default])`
pub fn dict_get(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let (dict, key, default) = with_default(arguments)?;
    let (dict, hash) = (dict.downcast_ref::<Dict>()?, hash_fast(thread, key)?);
    dict.with_table(|table| match table.find(hash, key) {
        Probe::Found(position) => table.entry_at(position).map(|(_, value)| value.clone()),
        Probe::Missing => Some(default.clone()),
        Probe::Ask(_) => None,
    })
}

/// `dict.setdefault(key[, default])`
pub fn dict_set_default(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let (dict, key, default) = with_default(arguments)?;
    let (dict, hash) = (dict.downcast_ref::<Dict>()?, hash_fast(thread, key)?);
    dict.with_table(|table| match table.find(hash, key) {
        Probe::Found(position) => table.entry_at(position).map(|(_, value)| value.clone()),
        Probe::Missing => {
            // The other half of the method raises.
            table.make_room().ok()?;
            table.insert_new(hash, key.clone(), default.clone());
            Some(default.clone())
        }
        Probe::Ask(_) => None,
    })
}

/// `dict.pop(key, default)`
pub fn dict_pop(thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [dict, key, default] = arguments else { return None };
    let (dict, hash) = (dict.downcast_ref::<Dict>()?, hash_fast(thread, key)?);
    let taken = dict.with_table(|table| match table.find(hash, key) {
        Probe::Found(position) => Some(Some(table.remove_at(position))),
        Probe::Missing => Some(None),
        Probe::Ask(_) => None,
    })?;
    // The key is a number or a text, or the very object asked for: nothing runs when it goes.
    Some(taken.map_or_else(|| default.clone(), |(_key, value)| value))
}

fn with_default(arguments: &[Value]) -> Option<(&Value, &Value, &Value)> {
    match arguments {
        [dict, key] => Some((dict, key, NONE)),
        [dict, key, default] => Some((dict, key, default)),
        _ => None,
    }
}

/// `list.pop()`
pub fn list_pop(_thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
    let [list] = arguments else { return None };
    list.downcast_ref::<List>()?.with_items(Vec::pop)
}
