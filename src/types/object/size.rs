//! How much memory an object takes: its block, and the buffers outside of it.

use crate::heap::Page;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{AnySet, Args, Dict, List, Raised, Run, Value};

/// Returns the bytes that an object takes, without those of the objects that it refers to; a word for what is inline.
pub fn size_of_object(value: &Value) -> usize {
    let Some(object) = value.as_raw() else { return size_of::<u64>() };
    let outside = if let Some(list) = value.downcast_ref::<List>() {
        list.with_items(|items| items.capacity() * size_of::<Value>())
    } else if let Some(dict) = value.downcast_ref::<Dict>() {
        dict.with_table(|table| table.buffer_bytes())
    } else {
        AnySet::of(value).map_or(0, |set| set.with(|table| table.buffer_bytes()))
    };
    Page::of(object).block_bytes() + outside
}

/// `object.__sizeof__()`: what `size_of_object` returns. Raises nothing.
pub fn size_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    Ok(thread.new_usize(size_of_object(value)))
}

/// Computes `sys.getsizeof(value)`, by calling the `__sizeof__` of its class.
/// Raises `TypeError` if that is missing or returns no integer, `ValueError` for a negative one, `OverflowError` for
/// one that does not fit a machine word, and what `__sizeof__` raises.
pub fn asked_size(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = &thread.known().names().sizeof;
    let Some(size) = protocol::call_special_method(thread, value, name, Args::positional(&[])) else {
        let class = protocol::type_name(thread, value);
        return Err(Raised::type_error(format_args!("Type {class} doesn't define __sizeof__")));
    };
    let size = size?;
    if size.as_integer().is_none() {
        return Err(Raised::type_error("an integer is required"));
    }
    match size.as_i64() {
        Some(0..) => Ok(size),
        Some(_) => Err(Raised::value_error("__sizeof__() should return >= 0")),
        None => Err(Raised::overflow_error("Python int too large to convert to C ssize_t")),
    }
}
