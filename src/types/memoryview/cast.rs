//! `memoryview.cast`: the same bytes as items of another format, in other dimensions.

use crate::memory;
use crate::thread::Thread;
use crate::types::memoryview::another;
use crate::types::object::method_arguments::split_self;
use crate::types::str::codec;
use crate::types::str::text_args::expect_text;
use crate::value::payload::memory_view::{Format, Layout};
use crate::value::{Args, Kind, List, MemoryView, Raised, Run, Tuple, Value};

/// The most dimensions of a view.
const MOST_DIMENSIONS: usize = 64;

/// `cast(format, shape=…)`: a view of the same bytes as items of another format and shape.
/// Raises `TypeError` or `ValueError` if the format is unknown, or does not fit the bytes together with the shape,
/// `ValueError` if the view was released, `OverflowError` if a number in the shape is too large, `MemoryError`.
pub fn cast(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (view, rest) = split_self::<MemoryView>(args);
    let [format, shape] = rest.options();
    let format = format.expect("a required argument is there");
    let format = expect_text(thread, format, "cast() argument 'format' must be str")?;
    if !format.is_ascii() {
        codec::encode(thread, format, "ascii", "strict")?;
    }
    let held = view.held()?;
    crate::types::object::buffer::check_restricted(view)?;
    let layout = &view.layout;
    if !layout.is_contiguous(false) {
        return Err(Raised::type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || layout.dimensions() != 1) && layout.shape.contains(&0) {
        return Err(Raised::type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let shape = match shape {
        Some(shape) => Some(items_of_shape(shape)?),
        None => None,
    };
    if let Some(shape) = &shape {
        if shape.len() > MOST_DIMENSIONS {
            return Err(Raised::value_error("memoryview: number of dimensions must not exceed 64"));
        }
        if layout.dimensions() != 1 && shape.len() != 1 {
            return Err(Raised::type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
    }
    let format = Format::parse(format.as_str()).ok_or_else(|| {
        Raised::value_error(
            "memoryview: destination format must be a native single character format prefixed with an optional '@'",
        )
    })?;
    if !layout.format.is_bytes() && !format.is_bytes() {
        return Err(Raised::type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let (bytes, item) = (layout.byte_count(), format.item_bytes());
    if !bytes.is_multiple_of(item) {
        return Err(Raised::type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        Some(shape) => dimensions(&shape, bytes, item)?,
        None => Box::new([bytes / item]),
    };
    let strides = strides_of(&shape, item);
    let cast = Layout { offset: layout.offset, format, shape, strides, is_readonly: layout.is_readonly };
    another(thread, view, held, cast)
}

fn items_of_shape(shape: &Value) -> Run<Vec<Value>> {
    if let Some(list) = shape.downcast_ref::<List>() {
        return list.to_vec();
    }
    match shape.downcast_ref::<Tuple>() {
        Some(tuple) => Ok(memory::copy(tuple.items())?),
        None => Err(Raised::type_error("shape must be a list or a tuple")),
    }
}

/// Reads a shape: the number of items in each dimension.
/// Raises `TypeError`, `OverflowError` or `ValueError` unless these are positive integers whose product is the number
/// of items of `item` bytes in `bytes`, `MemoryError`.
fn dimensions(shape: &[Value], bytes: usize, item: usize) -> Run<Box<[usize]>> {
    let mut counts = memory::with_room(shape.len())?;
    let mut product: usize = 1;
    for count in shape {
        if !matches!(count.kind(), Kind::Int | Kind::Bool) {
            return Err(Raised::type_error("memoryview.cast(): elements of shape must be integers"));
        }
        let Some(count) = count.as_i64() else {
            return Err(Raised::overflow_error("Python int too large to convert to C ssize_t"));
        };
        if count <= 0 {
            return Err(Raised::value_error("memoryview.cast(): elements of shape must be integers > 0"));
        }
        product = product
            .checked_mul(count as usize)
            .filter(|&product| product <= isize::MAX as usize)
            .ok_or_else(|| Raised::value_error("memoryview.cast(): product(shape) > SSIZE_MAX"))?;
        counts.push(count as usize);
    }
    if product.checked_mul(item) != Some(bytes) {
        return Err(Raised::type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    Ok(counts.into())
}

/// Returns the strides of items in C order: the bytes from one item to the next, by dimension.
fn strides_of(shape: &[usize], item: usize) -> Box<[isize]> {
    let mut strides = vec![0; shape.len()];
    let mut stride = item as isize;
    for (place, &count) in strides.iter_mut().zip(shape).rev() {
        *place = stride;
        stride *= count as isize;
    }
    strides.into()
}
