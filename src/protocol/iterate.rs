//! Iteration: `iter`, `next`, and collecting all items of an iterable.

use crate::memory::{self, OutOfMemory};
use crate::protocol::call::call_special_method;
use crate::protocol::class::{shape_of, slots_of, type_name};
use crate::protocol::interrupt::check_interrupt;
use crate::thread::Thread;
use crate::value::{AnySet, Args, Dict, ErrorKind, List, Raised, Range, Run, Tuple, Value};

/// Computes `iter(value)`.
/// Raises `TypeError` if the value is not iterable or `__iter__` returns no iterator, and what `__iter__` raises.
#[inline]
pub fn iter(thread: &mut Thread, value: &Value) -> Run<Value> {
    let Some(operation) = slots_of(thread, value).iter else {
        return Err(Raised::type_error(format_args!(
            "'{}' object is not iterable",
            type_name(thread, value)
        )));
    };
    let iterator = operation(thread, value)?;
    if slots_of(thread, &iterator).next.is_none() {
        let given = type_name(thread, &iterator);
        return Err(Raised::type_error(format_args!("iter() returned non-iterator of type '{given}'")));
    }
    Ok(iterator)
}

/// Computes `next(iterator)`; `None` at the end, so that a value carried by `StopIteration` is lost. Raises
/// `TypeError` if it is no iterator, and what `__next__` raises.
#[inline]
pub fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    check_interrupt(thread)?;
    match slots_of(thread, iterator).next {
        Some(operation) => match operation(thread, iterator) {
            Err(raised) if raised.is_kind(thread, ErrorKind::StopIteration) => Ok(None),
            result => result,
        },
        None => Err(Raised::type_error(format_args!(
            "'{}' object is not an iterator",
            type_name(thread, iterator)
        ))),
    }
}

/// Computes `next(iterator[, default])`. Raises `TypeError` if it is no iterator, `StopIteration` at the end
/// without a default, and what `__next__` raises.
///
/// It is in this file because the interpreter has a handler for it (`Intrinsic::Next`).
pub fn next_of_arguments(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.positionals();
    let Some(operation) = slots_of(thread, &given[0]).next else {
        return Err(Raised::type_error(format_args!(
            "'{}' object is not an iterator",
            type_name(thread, &given[0])
        )));
    };
    // The slot itself, since an end that carries a value must stay an exception here.
    match (operation(thread, &given[0]), given.get(1)) {
        (Ok(Some(item)), _) => Ok(item),
        (Ok(None), Some(default)) => Ok(default.clone()),
        (Ok(None), None) => Err(Raised::with(ErrorKind::StopIteration, Vec::new())),
        (Err(raised), Some(default)) if raised.is_kind(thread, ErrorKind::StopIteration) => {
            Ok(default.clone())
        }
        (Err(raised), _) => Err(raised),
    }
}

/// Calls `action` with each item of an iterable. Raises what iterating raises, and what `action` raises.
pub fn for_each(
    thread: &mut Thread,
    iterable: &Value,
    mut action: impl FnMut(&mut Thread, Value) -> Run<()>,
) -> Run<()> {
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        let tuple = tuple.to_ref();
        return tuple.items().iter().try_for_each(|item| {
            check_interrupt(thread)?;
            action(thread, item.clone())
        });
    }
    if let Some(list) = iterable.downcast_exact::<List>() {
        // By index, as a list iterator does: the action may change the list.
        let list = list.to_ref();
        let mut index = 0;
        while let Some(item) = list.get(index) {
            check_interrupt(thread)?;
            action(thread, item)?;
            index += 1;
        }
        return Ok(());
    }
    let iterator = iter(thread, iterable)?;
    while let Some(item) = next(thread, &iterator)? {
        action(thread, item)?;
    }
    Ok(())
}

/// Returns how many items an object says it has or will yield (CPython: PyObject_LengthHint). Raises
/// `TypeError`, `ValueError` or `OverflowError` if `__length_hint__` returns no proper length, and what it
/// raises itself.
pub fn length_hint(thread: &mut Thread, value: &Value) -> Run<Option<usize>> {
    if let Some(operation) = slots_of(thread, value).len {
        match operation(thread, value) {
            Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {}
            len => return len.map(Some),
        }
    }
    let name = &thread.known().names().length_hint;
    let hint = match call_special_method(thread, value, name, Args::positional(&[])) {
        None => return Ok(None),
        Some(Err(raised)) if raised.is_kind(thread, ErrorKind::TypeError) => return Ok(None),
        Some(hint) => hint?,
    };
    if hint.is_not_implemented() {
        return Ok(None);
    }
    if hint.as_integer().is_none() {
        let given = type_name(thread, &hint);
        return Err(Raised::type_error(format_args!("__length_hint__ must be an integer, not {given}")));
    }
    let Some(hint) = hint.as_i64() else {
        return Err(Raised::overflow_error("Python int too large to convert to C ssize_t"));
    };
    let hint = usize::try_from(hint);
    hint.map(Some).map_err(|_| Raised::value_error("__length_hint__() should return >= 0"))
}

/// Makes room for as many items as an object says it will yield. Raises what `length_hint` raises, and
/// `MemoryError`.
pub fn reserve_hinted<T>(thread: &mut Thread, value: &Value, items: &mut Vec<T>) -> Run<()> {
    match length_hint(thread, value)? {
        Some(count) => Ok(items.try_reserve_exact(count)?),
        None => Ok(()),
    }
}

/// Collects the items of an iterable for a list: the length hint of the iterable is asked (CPython:
/// PySequence_List). Raises what iterating raises, and `MemoryError`.
pub fn collect_list(thread: &mut Thread, iterable: &Value) -> Run<Vec<Value>> {
    if let Some(items) = collect_at_once(thread, iterable)? {
        return Ok(items);
    }
    let iterator = iter(thread, iterable)?;
    collect_hinted(thread, iterable, &iterator)
}

/// Collects the items of a list or tuple, or of an iterator, whose own length hint is asked (CPython:
/// PySequence_Fast). Raises what iterating raises, and `MemoryError`.
pub fn collect_sequence(thread: &mut Thread, iterable: &Value) -> Run<Vec<Value>> {
    if iterable.downcast_exact::<List>().is_some() || iterable.downcast_exact::<Tuple>().is_some() {
        return collect(thread, iterable);
    }
    let iterator = iter(thread, iterable)?;
    collect_list(thread, &iterator)
}

/// Collects the items that an iterator still has; the length hint of the iterable is asked.
fn collect_hinted(thread: &mut Thread, iterable: &Value, iterator: &Value) -> Run<Vec<Value>> {
    let mut items = Vec::new();
    reserve_hinted(thread, iterable, &mut items)?;
    while let Some(item) = next(thread, iterator)? {
        memory::push(&mut items, item).map_err(|_item| Raised::memory_error())?;
    }
    if items.capacity() > 2 * items.len() {
        items.shrink_to_fit();
    }
    Ok(items)
}

/// Collects the items of an iterable without asking its length hint. Raises what iterating raises, and
/// `MemoryError`.
pub fn collect(thread: &mut Thread, iterable: &Value) -> Run<Vec<Value>> {
    if let Some(items) = collect_at_once(thread, iterable)? {
        return Ok(items);
    }
    let mut items = Vec::new();
    for_each(thread, iterable, |_, item| {
        memory::push(&mut items, item).map_err(|_item| Raised::memory_error())
    })?;
    Ok(items)
}

/// Collects the items of a built-in container, which runs no script code; `None` for any other iterable.
fn collect_at_once(thread: &mut Thread, iterable: &Value) -> Run<Option<Vec<Value>>> {
    if let Some(tuple) = iterable.downcast_exact::<Tuple>() {
        return Ok(Some(memory::copy(tuple.items())?));
    }
    if let Some(list) = iterable.downcast_exact::<List>() {
        return Ok(Some(list.to_vec()?));
    }
    if let Some(range) = iterable.downcast_exact::<Range>()
        && let Some(words) = range.words
    {
        let mut items = Vec::new();
        // A range is as long as it says, so one that is too long is known before it fills the memory.
        items.try_reserve_exact(words.count as usize)?;
        for position in 0..words.count {
            // Numbers past 62 bits are objects.
            check_interrupt(thread)?;
            items.push(thread.new_int(words.at(position)));
        }
        return Ok(Some(items));
    }
    if let Some(dict) = iterable.downcast_exact::<Dict>() {
        return Ok(Some(dict.keys()?));
    }
    if let Some(set) = AnySet::of(iterable)
        && shape_of(thread, iterable).is_builtin()
    {
        let keys = set.with(|table| -> Result<_, OutOfMemory> {
            let mut keys = memory::with_room(table.len())?;
            keys.extend(table.iter().map(|(_, key)| key.clone()));
            Ok(keys)
        })?;
        return Ok(Some(keys));
    }
    if iterable.downcast_exact::<Range>().is_some() {
        // One past machine words has a length all the same, which may not be one.
        super::len(thread, iterable)?;
    }
    Ok(None)
}
