//! Assigning and deleting slices of a `bytearray`, in steps of one and of more.

use std::borrow::Cow;

use crate::protocol;
use crate::thread::Thread;
use crate::types::bytearray::change::assign;
use crate::types::object::buffer;
use crate::types::object::bytes_like::{items_of, shown_bytes};
use crate::types::sequence::Selection;
use crate::value::{ByteArray, Bytes, Kind, Object, Raised, Run, Value};

/// Sets `array[slice] = item`.
/// Raises `TypeError` if the item is neither bytes-like nor an iterable of integers, `ValueError` for integers that
/// are no byte, and for a wrong number of bytes if the step is not one. Raises `BufferError` if the number of bytes
/// changes while there are views, what reading the slice and the item raises, and `MemoryError`.
pub fn set(thread: &mut Thread, array: &Object<ByteArray>, slice: &Value, item: &Value) -> Run<()> {
    let parts = protocol::slice_parts(thread, slice)?;
    let by = assigned(thread, item)?;
    // Whatever gave the bytes may have changed the array.
    let selection = Selection::cut(parts, array.len());
    let start = selection.start as usize;
    if selection.step == 1 {
        return assign(array, start..start + selection.count, &by);
    }
    if by.is_empty() {
        return delete_selection(array, selection);
    }
    if by.len() != selection.count {
        return Err(Raised::value_error(format_args!(
            "attempt to assign bytes of size {} to extended slice of size {}",
            by.len(),
            selection.count
        )));
    }
    array.with_bytes_mut(|bytes| {
        for (position, &byte) in selection.positions().zip(by.iter()) {
            if let Some(place) = bytes.get_mut(position) {
                *place = byte;
            }
        }
    });
    Ok(())
}

/// Returns the bytes that an assigned item stands for.
fn assigned<'a>(thread: &mut Thread, item: &'a Value) -> Run<Cow<'a, [u8]>> {
    if let Some(bytes) = item.downcast_exact::<Bytes>() {
        return Ok(Cow::Borrowed(bytes.as_slice()));
    }
    if let Some(bytes) = shown_bytes(thread, item, buffer::FULL_RO)? {
        return Ok(Cow::Owned(bytes));
    }
    let slots = protocol::slots_of(thread, item);
    let is_number = slots.int.is_some() || slots.index.is_some() || slots.float.is_some();
    if item.kind() == Kind::Str || is_number {
        return Err(Raised::type_error(
            "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
        ));
    }
    Ok(Cow::Owned(items_of(thread, item, Kind::ByteArray)?))
}

/// Deletes `array[slice]`. Raises what `protocol::slice_parts` raises, `BufferError` if there are views.
pub fn delete(thread: &mut Thread, array: &Object<ByteArray>, slice: &Value) -> Run<()> {
    let parts = protocol::slice_parts(thread, slice)?;
    delete_selection(array, Selection::cut(parts, array.len()))
}

fn delete_selection(array: &Object<ByteArray>, selection: Selection) -> Run<()> {
    let selection = selection.ascending();
    let start = selection.start.max(0) as usize;
    if selection.count == 0 {
        return Ok(());
    }
    if selection.step == 1 {
        return assign(array, start..start + selection.count, &[]);
    }
    array.resize_with(|store| {
        let bytes = store.as_mut_slice();
        let mut doomed = selection.positions().peekable();
        let mut kept = 0;
        for position in 0..bytes.len() {
            if doomed.next_if_eq(&position).is_none() {
                bytes[kept] = bytes[position];
                kept += 1;
            }
        }
        Ok(store.resize(kept)?)
    })
}
