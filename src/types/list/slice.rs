//! Slices of lists: reading, assigning and deleting, in steps of one and of more.

use crate::memory;
use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::types::list::drop_backwards;
use crate::types::sequence::Selection;
use crate::value::{List, Object, Raised, Run, Value};

/// Returns the positions that a slice selects. The bounds are converted once, before the length is read,
/// because their `__index__` may change the list.
fn select(thread: &mut Thread, list: &Object<List>, slice: &Value) -> Run<Selection> {
    let parts = protocol::slice_parts(thread, slice)?;
    Ok(Selection::cut(parts, list.len()))
}

/// Computes `list[slice]`. Raises what `protocol::slice_parts` raises, and `MemoryError`.
pub fn get(thread: &mut Thread, list: &Object<List>, slice: &Value) -> Run<Value> {
    let selection = select(thread, list, slice)?;
    copy(thread, list, selection)
}

/// Makes a list of the selected items, as far as the list has them. Raises `MemoryError`.
pub fn copy(thread: &ThreadState, list: &Object<List>, selection: Selection) -> Run<Value> {
    let items = list.with_items(|items| match selection.step {
        1 => {
            let start = (selection.start as usize).min(items.len());
            memory::copy(&items[start..(start + selection.count).min(items.len())])
        }
        _ => {
            let mut picked = memory::with_room(selection.count)?;
            picked.extend(selection.positions().filter_map(|at| items.get(at).cloned()));
            Ok(picked)
        }
    })?;
    Ok(thread.alloc(List::new(items)).into_value())
}

/// Sets `list[slice] = iterable`. Raises `TypeError` if the value is not iterable, `ValueError` if the numbers
/// of items differ for a step other than one, what iterating raises, and `MemoryError`.
pub fn set(thread: &mut Thread, list: &Object<List>, slice: &Value, value: &Value) -> Run<()> {
    let parts = protocol::slice_parts(thread, slice)?;
    if protocol::slots_of(thread, value).iter.is_none()
        && protocol::slots_of(thread, value).get_item.is_none()
    {
        return Err(Raised::type_error("must assign iterable to extended slice"));
    }
    // Collecting may change the list: the slice is one of the list as it is then.
    let mut fresh = protocol::collect_sequence(thread, value)?;
    let selection = Selection::cut(parts, list.len());
    if selection.step == 1 {
        let old = list.with_items(|items| -> Run<Vec<Value>> {
            let start = (selection.start as usize).min(items.len());
            let end = (start + selection.count).min(items.len());
            let mut old = memory::with_room(end - start)?;
            items.try_reserve(fresh.len().saturating_sub(end - start))?;
            // As long as its own length says, so the list grows once at most, into the room it has.
            old.extend(items.splice(start..end, fresh.drain(..)));
            Ok(old)
        })?;
        drop_backwards(old);
        return Ok(());
    }
    if fresh.len() != selection.count {
        return Err(Raised::value_error(format_args!(
            "attempt to assign sequence of size {} to extended slice of size {}",
            fresh.len(),
            selection.count
        )));
    }
    list.with_items(|items| {
        for (position, item) in selection.positions().zip(&mut fresh) {
            if let Some(place) = items.get_mut(position) {
                std::mem::swap(place, item);
            }
        }
    });
    drop(fresh);
    Ok(())
}

/// Deletes `list[slice]`. Raises what `protocol::slice_parts` raises, and `MemoryError`.
pub fn delete(thread: &mut Thread, list: &Object<List>, slice: &Value) -> Run<()> {
    let selection = select(thread, list, slice)?.ascending();
    let old = list.with_items(|items| -> Run<Vec<Value>> {
        let mut taken = memory::with_room(selection.count.min(items.len()))?;
        if selection.step == 1 || selection.count <= 1 {
            let start = (selection.start.max(0) as usize).min(items.len());
            let end = (start + selection.count).min(items.len());
            taken.extend(items.drain(start..end));
            return Ok(taken);
        }
        let mut doomed = selection.positions().peekable();
        let mut position = 0;
        let kept = items.extract_if(.., |_| {
            position += 1;
            doomed.next_if_eq(&(position - 1)).is_some()
        });
        taken.extend(kept);
        Ok(taken)
    })?;
    if selection.step == 1 {
        drop_backwards(old)
    } else {
        drop(old)
    }
    Ok(())
}
