//! Subscripts of memory views: items by one or more indices, and slices of one dimension.

use crate::protocol::{self, slots_of};
use crate::thread::Thread;
use crate::types::memoryview::item::{pack, unpack};
use crate::types::memoryview::{another, shown};
use crate::types::object::buffer::FULL_RO;
use crate::types::object::bytes_like::no_bytes;
use crate::types::object::{buffer, method_arguments::own};
use crate::types::sequence::{Selection, position_of};
use crate::value::payload::memory_view::Layout;
use crate::value::{ErrorKind, Kind, MemoryView, Object, Raised, Run, Tuple, Value};

/// What a subscript selects.
enum Key<'a> {
    /// An item of the first dimension.
    Index,
    /// A slice of the first dimension.
    Slice,
    /// An index for each of some dimensions.
    Indices(&'a [Value]),
    /// A slice for each of some dimensions.
    Slices,
    /// Anything else, which is an error.
    Wrong,
}

impl<'a> Key<'a> {
    fn of(thread: &Thread, key: &'a Value) -> Key<'a> {
        if is_index(thread, key) {
            return Key::Index;
        }
        if key.kind() == Kind::Slice {
            return Key::Slice;
        }
        match key.downcast_ref::<Tuple>().map(|keys| keys.items()) {
            Some(keys) if keys.iter().all(|key| is_index(thread, key)) => Key::Indices(keys),
            Some(keys) if keys.iter().all(|key| key.kind() == Kind::Slice) => Key::Slices,
            _ => Key::Wrong,
        }
    }
}

fn is_index(thread: &Thread, key: &Value) -> bool {
    slots_of(thread, key).index.is_some()
}

fn is_whole(key: &Value) -> bool {
    key.kind() == Kind::EllipsisType || key.downcast_ref::<Tuple>().is_some_and(|keys| keys.is_empty())
}

fn not_implemented<R>(message: &str) -> Run<R> {
    Err(Raised::new(ErrorKind::NotImplementedError, message))
}

/// Computes `view[key]`.
/// Raises `TypeError` for a key that is no subscript, `IndexError` for an index out of range, `NotImplementedError`
/// for a part of a view of several dimensions, `ValueError` if the view was released, and what `__index__` raises.
pub fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    let view = shown(value)?;
    let layout = &view.layout;
    if layout.dimensions() == 0 {
        return match key.downcast_ref::<Tuple>() {
            Some(keys) if keys.is_empty() => item_at(thread, view, layout.offset),
            None if key.kind() == Kind::EllipsisType => Ok(value.clone()),
            _ => Err(no_dimensions()),
        };
    }
    match Key::of(thread, key) {
        Key::Index => {
            let index = protocol::index_isize(thread, key)?;
            item(thread, view, index)
        }
        Key::Slice => slice(thread, view, key),
        Key::Indices(keys) => {
            let offset = offset_of(thread, layout, keys)?;
            item_at(thread, view, offset)
        }
        Key::Slices => not_implemented("multi-dimensional slicing is not implemented"),
        Key::Wrong => Err(Raised::type_error("memoryview: invalid slice key")),
    }
}

#[cold]
fn no_dimensions() -> Raised {
    Raised::type_error("invalid indexing of 0-dim memory")
}

/// Returns an item of a view of one dimension. Raises `NotImplementedError` for views of more, `IndexError`, and
/// `ValueError` if the view was released.
pub fn item(thread: &Thread, view: &Object<MemoryView>, index: isize) -> Run<Value> {
    match view.layout.dimensions() {
        0 => Err(no_dimensions()),
        1 => item_at(thread, view, step(&view.layout, 0, index)?),
        _ => not_implemented("multi-dimensional sub-views are not implemented"),
    }
}

/// Returns the item at an offset of the storage. Raises `ValueError` if the view was released.
pub fn item_at(thread: &Thread, view: &Object<MemoryView>, offset: isize) -> Run<Value> {
    let format = view.layout.format;
    let held = view.held()?;
    let mut bytes = [0; super::item::MOST_BYTES];
    let bytes = &mut bytes[..format.item_bytes()];
    held.with_storage(|storage| {
        let start = offset as usize;
        if let Some(item) = storage.get(start..start + bytes.len()) {
            bytes.copy_from_slice(item);
        }
    });
    Ok(unpack(thread, format, bytes))
}

/// Returns the offset of the item with this index in one dimension, and 0 in all others.
/// Raises `IndexError`.
fn step(layout: &Layout, dimension: usize, index: isize) -> Run<isize> {
    match position_of(index, layout.shape[dimension]) {
        Some(position) => Ok(layout.offset + position as isize * layout.strides[dimension]),
        None => {
            let dimension = dimension + 1;
            Err(Raised::index_error(format_args!("index out of bounds on dimension {dimension}")))
        }
    }
}

/// Returns the offset of the item that an index for each dimension selects.
/// Raises `NotImplementedError` for fewer indices than dimensions, `TypeError` for more, `IndexError`, and what
/// `__index__` raises.
fn offset_of(thread: &mut Thread, layout: &Layout, keys: &[Value]) -> Run<isize> {
    let (dimensions, given) = (layout.dimensions(), keys.len());
    if given < dimensions {
        return not_implemented("sub-views are not implemented");
    }
    if given > dimensions {
        return Err(Raised::type_error(format_args!(
            "cannot index {dimensions}-dimension view with {given}-element tuple"
        )));
    }
    let mut offset = layout.offset;
    for (dimension, key) in keys.iter().enumerate() {
        let index = protocol::index_isize(thread, key)?;
        offset += step(layout, dimension, index)? - layout.offset;
    }
    Ok(offset)
}

/// Returns the layout of the view that a slice of the first dimension selects.
fn part(layout: &Layout, selection: Selection) -> Layout {
    let mut part = layout.clone();
    part.offset += selection.start * layout.strides[0];
    part.shape[0] = selection.count;
    part.strides[0] = layout.strides[0].wrapping_mul(selection.step);
    part
}

fn slice(thread: &mut Thread, view: &Object<MemoryView>, key: &Value) -> Run<Value> {
    // Held before the bounds are converted, which may release the view.
    let held = view.held()?;
    let selection = Selection::of(thread, key, view.layout.shape[0])?;
    another(thread, view, held, part(&view.layout, selection))
}

/// Computes `view[key] = item`. Deleting (`item` is `None`) is an error.
/// Raises `TypeError` if the memory is read-only, for deleting, for a key that is no subscript, and for an item of
/// the wrong type; `ValueError` for an item that does not fit, and if the view was released; `IndexError`;
/// `NotImplementedError` for a part of a view of several dimensions; and what the item raises when it is converted.
pub fn set_item(thread: &mut Thread, value: &Value, key: &Value, item: Option<&Value>) -> Run<()> {
    let view = shown(value)?;
    let layout = &view.layout;
    if layout.is_readonly {
        return Err(Raised::type_error("cannot modify read-only memory"));
    }
    let Some(item) = item else { return Err(Raised::type_error("cannot delete memory")) };
    if layout.dimensions() == 0 {
        return if is_whole(key) { store(thread, view, layout.offset, item) } else { Err(no_dimensions()) };
    }
    match Key::of(thread, key) {
        Key::Index if layout.dimensions() > 1 => not_implemented("sub-views are not implemented"),
        Key::Index => {
            let index = protocol::index_isize(thread, key)?;
            let offset = step(layout, 0, index)?;
            store(thread, view, offset, item)
        }
        Key::Slice if layout.dimensions() == 1 => set_slice(thread, view, key, item),
        Key::Indices(keys) => {
            let offset = offset_of(thread, layout, keys)?;
            store(thread, view, offset, item)
        }
        Key::Slice | Key::Slices => {
            not_implemented("memoryview slice assignments are currently restricted to ndim = 1")
        }
        Key::Wrong => Err(Raised::type_error("memoryview: invalid slice key")),
    }
}

/// Stores an item at an offset of the storage.
/// Raises as `pack` does, and `ValueError` if the view was released.
fn store(thread: &mut Thread, view: &Object<MemoryView>, offset: isize, item: &Value) -> Run<()> {
    let (bytes, size) = pack(thread, view.layout.format, item)?;
    // Converting the item may have released the view.
    let held = view.held()?;
    held.with_storage_mut(|storage| {
        let start = offset as usize;
        if let Some(place) = storage.get_mut(start..start + size) {
            place.copy_from_slice(&bytes[..size]);
        }
    });
    Ok(())
}

fn set_slice(thread: &mut Thread, view: &Object<MemoryView>, key: &Value, source: &Value) -> Run<()> {
    let (from, temporary) = match source.downcast_ref::<MemoryView>() {
        Some(from) => (from.to_ref(), false),
        None => match buffer::acquire(thread, source, FULL_RO)? {
            Some(from) => (from, true),
            None => return Err(no_bytes(thread, source)),
        },
    };
    let result = copy_into(thread, view, key, &from);
    if temporary {
        buffer::release(&from);
    }
    result
}

/// Copies the items of the view `from` into the part of `view` that the slice `key` selects.
/// The items are copied out first, as the two may overlap. Raises `ValueError` if format or shape differ or a view
/// was released, what reading the slice raises, and `MemoryError`.
fn copy_into(
    thread: &mut Thread,
    view: &Object<MemoryView>,
    key: &Value,
    from: &Object<MemoryView>,
) -> Run<()> {
    let source = from.held()?;
    let selection = Selection::of(thread, key, view.layout.shape[0])?;
    let held = view.held()?;
    let part = part(&view.layout, selection);
    if part.format.code != from.layout.format.code || part.shape != from.layout.shape {
        return Err(Raised::value_error(
            "memoryview assignment: lvalue and rvalue have different structures",
        ));
    }
    let items = source.with_storage(|bytes| from.layout.gather(bytes, false))?;
    let size = part.format.item_bytes();
    held.with_storage_mut(|storage| {
        let mut items = items.chunks_exact(size);
        part.for_each_offset(false, &mut |at| {
            if let (Some(place), Some(item)) = (storage.get_mut(at..at + size), items.next()) {
                place.copy_from_slice(item);
            }
        });
    });
    Ok(())
}

/// Returns the items as nested lists, one level for each dimension. Raises `ValueError` if the view was released,
/// `MemoryError`, `KeyboardInterrupt`.
pub fn to_list(thread: &mut Thread, value: &Value) -> Run<Value> {
    let view = own::<MemoryView>(value);
    view.held()?;
    nested(thread, view, 0, view.layout.offset)
}

fn nested(thread: &mut Thread, view: &Object<MemoryView>, dimension: usize, offset: isize) -> Run<Value> {
    let Some(&count) = view.layout.shape.get(dimension) else { return item_at(thread, view, offset) };
    let stride = view.layout.strides[dimension];
    let mut items = crate::memory::with_room(count)?;
    for index in 0..count {
        protocol::check_interrupt(thread)?;
        items.push(nested(thread, view, dimension + 1, offset + index as isize * stride)?);
    }
    Ok(thread.alloc(crate::value::List::new(items)).into_value())
}
