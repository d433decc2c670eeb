//! The methods of `dict`, without those that make views.

use crate::protocol::{self, dict_get, dict_remove, dict_set, dict_set_default, dict_set_hashed};
use crate::thread::Thread;
use crate::types::dict::update::update_from_arguments;
use crate::types::object::method_arguments::split_self;
use crate::types::set;
use crate::value::{AnySet, Args, Dict, ErrorKind, FrozenSet, Raised, Run, Set, Value};

/// `clear()`. Raises nothing.
pub fn clear(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, _) = split_self::<Dict>(args);
    dict.clear();
    Ok(Value::NONE)
}

/// `copy()`. Raises `MemoryError`.
pub fn copy(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, _) = split_self::<Dict>(args);
    let copy = dict.with_table(|table| table.copy())?;
    Ok(thread.alloc(Dict::new(copy)).into_value())
}

/// `dict.fromkeys(iterable[, value])`. Raises what the class, iterating and hashing raise, and `MemoryError`.
pub fn from_keys(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let class = args.get(0).expect("a class method gets its class");
    let values = args.skip_first().positionals();
    let value = values.get(1).cloned().unwrap_or(Value::NONE);
    let made = protocol::call(thread, class, Args::positional(&[]))?;
    if let Some(dict) = made.downcast_exact::<Dict>() {
        // Keys whose hashes are known are taken as they come, whatever their comparison does meanwhile.
        if let Some(keys) = values[0].downcast_exact::<Dict>() {
            set::ops::walk_dict(thread, keys, |thread, hash, key| {
                dict_set_hashed(thread, dict, key, hash, value.clone())
            })?;
            return Ok(made);
        }
        let is_set =
            values[0].downcast_exact::<Set>().is_some() || values[0].downcast_exact::<FrozenSet>().is_some();
        if let Some(keys) = AnySet::of(&values[0]).filter(|_| is_set) {
            set::ops::walk(thread, keys, |thread, hash, key| {
                dict_set_hashed(thread, dict, key, hash, value.clone()).map(|()| true)
            })?;
            return Ok(made);
        }
    }
    protocol::for_each(thread, &values[0], |thread, key| match made.downcast_exact::<Dict>() {
        Some(dict) => dict_set(thread, dict, &key, value.clone()),
        None => protocol::set_item(thread, &made, &key, &value),
    })?;
    Ok(made)
}

/// `get(key[, default])`. Raises what `protocol::dict_get` raises.
pub fn get(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, args) = split_self::<Dict>(args);
    let values = args.positionals();
    match dict_get(thread, dict, &values[0])? {
        Some(value) => Ok(value),
        None => Ok(values.get(1).cloned().unwrap_or(Value::NONE)),
    }
}

/// `pop(key[, default])`. Raises `KeyError` if the key is missing and there is no default, and what
/// `protocol::dict_remove` raises.
pub fn pop(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, args) = split_self::<Dict>(args);
    let values = args.positionals();
    // As in CPython the key of an empty dict is not even hashed.
    let removed = if dict.is_empty() { None } else { dict_remove(thread, dict, &values[0])? };
    match (removed, values.get(1)) {
        (Some(value), _) => Ok(value),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(Raised::key_error(values[0].clone())),
    }
}

/// `popitem()`. Raises `KeyError` if the dict is empty.
pub fn pop_item(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, _) = split_self::<Dict>(args);
    match dict.with_table(|table| table.remove_last()) {
        Some((key, value)) => Ok(thread.new_tuple(vec![key, value])),
        None => {
            let text = thread.new_str("popitem(): dictionary is empty");
            Err(Raised::with(ErrorKind::KeyError, vec![text]))
        }
    }
}

/// `setdefault(key[, default])`. Raises what `protocol::dict_set_default` raises.
pub fn set_default(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, args) = split_self::<Dict>(args);
    let values = args.positionals();
    dict_set_default(thread, dict, &values[0], values.get(1).unwrap_or(&Value::NONE))
}

/// `update([source], **entries)`. Raises what `dict::update::update` raises.
pub fn update_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (dict, args) = split_self::<Dict>(args);
    update_from_arguments(thread, dict, args)?;
    Ok(Value::NONE)
}
