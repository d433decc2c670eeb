//! The methods of `list`.
//!
//! Items that leave the list die after its lock is released, because their destructors may be script
//! code that uses the same list (D-14).

use crate::protocol;
use crate::thread::Thread;
use crate::types::list::{find, replace_items};
use crate::types::object::method_arguments::split_self;
use crate::types::sequence::{self, position_of};
use crate::value::{Args, List, Object, Raised, Run, Tuple, Value};

/// `append(object)`. Raises `MemoryError`.
pub fn append(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let [item] = args.exactly();
    list.push(item.clone())?;
    Ok(Value::NONE)
}

/// `clear()`. Raises nothing.
pub fn clear(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, _) = split_self::<List>(args);
    replace_items(list, Vec::new());
    Ok(Value::NONE)
}

/// `copy()`. Raises `MemoryError`.
pub fn copy(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, _) = split_self::<List>(args);
    Ok(thread.alloc(List::new(list.to_vec()?)).into_value())
}

/// `count(value)`. Raises what `__eq__` raises.
pub fn count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let [wanted] = args.exactly();
    let count = sequence::count_item(
        thread,
        |from| list.with_items(|items| sequence::scan(items, wanted, from, usize::MAX)),
        wanted,
    )?;
    Ok(thread.new_usize(count))
}

/// `extend(iterable)`. Raises what `extend` raises.
pub fn extend_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let [iterable] = args.exactly();
    extend(thread, list, iterable)?;
    Ok(Value::NONE)
}

/// Adds the items of an iterable at the end. Raises what iterating raises, and `MemoryError`.
pub fn extend(thread: &mut Thread, list: &Object<List>, iterable: &Value) -> Run<()> {
    if list.is(iterable) {
        let items = list.to_vec()?;
        return append_all(list, items);
    }
    if iterable.downcast_exact::<List>().is_some() || iterable.downcast_exact::<Tuple>().is_some() {
        let items = protocol::collect(thread, iterable)?;
        return append_all(list, items);
    }
    let iterator = protocol::iter(thread, iterable)?;
    if let Some(count) = protocol::length_hint(thread, iterable)? {
        // A hint beyond all lengths is not believed.
        list.with_items(|items| match isize::try_from(items.len().saturating_add(count)) {
            Ok(_) => items.try_reserve(count),
            Err(_) => Ok(()),
        })?;
    }
    // One by one, as what the iterable runs may look at the list meanwhile.
    while let Some(item) = protocol::next(thread, &iterator)? {
        list.push(item)?;
    }
    Ok(())
}

fn append_all(list: &Object<List>, mut items: Vec<Value>) -> Run<()> {
    list.with_items(|place| {
        place.try_reserve(items.len())?;
        place.append(&mut items);
        Ok(())
    })
}

/// `index(value[, start[, stop]])`. Raises `ValueError` if the value is not found, `TypeError` for positions
/// that are no integers, and what `__eq__` raises.
pub fn index(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let values = args.positionals();
    let (start, stop) = sequence::search_bounds(thread, &values[1..], || list.len())?;
    match find(thread, list, &values[0], start, stop)? {
        Some(position) => Ok(thread.new_usize(position)),
        None => Err(Raised::value_error("list.index(x): x not in list")),
    }
}

/// `insert(index, object)`. Raises `TypeError` or `OverflowError` for a wrong index, `MemoryError`.
pub fn insert(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let [index, item] = args.exactly();
    let index = sequence::whole_index(thread, index)?;
    let item = item.clone();
    list.with_items(|items| -> Run<()> {
        items.try_reserve(1)?;
        let len = items.len() as isize;
        let position = if index < 0 { (index + len).max(0) } else { index.min(len) };
        items.insert(position as usize, item);
        Ok(())
    })?;
    Ok(Value::NONE)
}

/// `pop([index])`. Raises `IndexError` if there is no such item, `TypeError` or `OverflowError` for a wrong
/// index.
pub fn pop(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let index = match args.positionals() {
        [] => -1,
        [index, ..] => sequence::whole_index(thread, index)?,
    };
    let taken = list.with_items(|items| {
        if items.is_empty() {
            return Err("pop from empty list");
        }
        match position_of(index, items.len()) {
            Some(position) if position + 1 == items.len() => Ok(items.pop().expect("not empty")),
            Some(position) => Ok(items.remove(position)),
            None => Err("pop index out of range"),
        }
    });
    taken.map_err(Raised::index_error)
}

/// `remove(value)`. Raises `ValueError` if the value is not found, and what `__eq__` raises.
pub fn remove(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, args) = split_self::<List>(args);
    let [wanted] = args.exactly();
    let Some(position) = find(thread, list, wanted, 0, usize::MAX)? else {
        return Err(Raised::value_error("list.remove(x): x not in list"));
    };
    // `__eq__` may have shortened the list.
    let taken = list.with_items(|items| (position < items.len()).then(|| items.remove(position)));
    drop(taken);
    Ok(Value::NONE)
}

/// `reverse()`. Raises nothing.
pub fn reverse(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (list, _) = split_self::<List>(args);
    list.with_items(|items| items.reverse());
    Ok(Value::NONE)
}
