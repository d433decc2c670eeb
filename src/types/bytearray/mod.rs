//! The type `bytearray`: its table, construction, indexing, comparison.
//!
//! Most methods are those of `bytes`; what changes the array is in `change.rs`, slices are in `slice.rs`, the
//! iterator is in `iterator.rs`. As long as there is a view of the bytes, their number cannot be changed: whoever
//! would change it goes through `Object::<ByteArray>::resize_with`, which raises `BufferError`. Begin with
//! `change.rs`.

pub mod change;
pub mod iterator;
pub mod slice;

use crate::memory;
use crate::text::codec::Codec;
use crate::text::repr::repr_byte_array;
use crate::thread::Thread;
use crate::types::bytearray::change::{assign, emptied};
use crate::types::bytes::{self, methods, parts, selected, table};
use crate::types::object::buffer;
use crate::types::object::bytes_like::{ByteSelf, byte_value, contents_if_shown, new_bytes};
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::types::reduce::state;
use crate::types::sequence::{Selection, Subscript, position_of, subscript};
use crate::types::str::concat::{repeated_bytes, repetitions};
use crate::types::str::{codec, count, gather, percent};
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, ByteArray, ClassFlags, Comparison, Kind, NativeMethod, Raised, Run, Slots, TypeSpec,
    Value,
};

/// The table of `bytearray`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::ByteArray,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<ByteArray>,
    slots: Slots {
        repr: Some(repr),
        str: Some(repr),
        len: Some(|_, value| Ok(own::<ByteArray>(value).len())),
        compare: Some(compare),
        binary: Slots::operators([(BinaryOp::Remainder, percent::format_byte_array)]),
        concat: Some(bytes::concat),
        repeat: Some(bytes::repeat),
        concat_in_place: Some(concat_in_place),
        repeat_in_place: Some(repeat_in_place),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(bytes::contains),
        iter: Some(iterator::iter),
        new: Some(|thread, class, _| Ok(instantiate(thread, class, ByteArray::default()).into_value())),
        init: Some(init),
        buffer: Some(buffer::of_byte_array),
        release_buffer: Some(buffer::release_native),
        ..Slots::EMPTY
    },
    methods: &ALL_METHODS,
    attributes: &[],
    doc: "",
};

const OWN_METHODS: [NativeMethod; 4] = [
    NativeMethod::new("__reduce__", "", |thread, args| {
        let [array] = args.exactly();
        reduce(thread, array, 2)
    }),
    NativeMethod::new("__reduce_ex__", "proto=0, /", |thread, args| {
        let [array, protocol] = args.options();
        let protocol = match protocol {
            Some(protocol) => crate::protocol::index_isize(thread, protocol)?,
            None => 0,
        };
        reduce(thread, array.expect("a method gets `self`"), protocol)
    }),
    NativeMethod::new("__alloc__", "", |thread, args| {
        let (array, _) = split_self::<ByteArray>(args);
        Ok(thread.new_usize(array.allocated()))
    }),
    NativeMethod::new("__sizeof__", "", |thread, args| {
        let (array, _) = split_self::<ByteArray>(args);
        Ok(thread.new_usize(HEADER_BYTES + array.allocated()))
    }),
];

/// 56, the size of an empty `bytearray` of CPython, to which `__sizeof__` adds.
const HEADER_BYTES: usize = 56;

/// What an array is made of again: its bytes, for old protocols a text of them in Latin-1, and its attributes. Raises what
/// `__getstate__` raises, and `MemoryError`.
fn reduce(thread: &mut Thread, value: &Value, protocol: isize) -> Run<Value> {
    let state = state::of(thread, value, false)?;
    let bytes = own::<ByteArray>(value).with_bytes(memory::copy)?;
    let arguments = match protocol {
        _ if bytes.is_empty() => Vec::new(),
        3.. => vec![new_bytes(thread, bytes)],
        _ => {
            let text = codec::decode_native(thread, &bytes, Codec::Latin1, "strict")?;
            vec![thread.new_string(text), thread.new_str("latin-1")]
        }
    };
    let arguments = thread.new_tuple(arguments);
    let class = crate::protocol::class_of(thread, value).into_value();
    Ok(thread.new_tuple(vec![class, arguments, state]))
}

const GROUPS: [&[NativeMethod]; 5] =
    [methods::METHODS, &parts::METHODS, &table::METHODS, &change::METHODS, &OWN_METHODS];

const ALL_METHODS: [NativeMethod; count(&GROUPS)] = gather(&GROUPS);

/// Empties the array, then fills it with the bytes that the arguments of the constructor give.
fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<()> {
    let array = own::<ByteArray>(value);
    array.resize_with(emptied)?;
    let made = bytes::constructed(thread, Kind::ByteArray, args)?;
    // What made the bytes may have filled the array as well.
    assign(array, 0..array.len(), &made)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = crate::protocol::type_name(thread, value);
    let shown = own::<ByteArray>(value).with_bytes(|bytes| repr_byte_array(&name, bytes))?;
    Ok(thread.new_string(shown))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let array = own::<ByteArray>(left);
    // A derived class may show other bytes than it has.
    let shown = if array.shape().is_builtin() { None } else { contents_if_shown(thread, left)? };
    let pinned = ByteSelf::of(left).pin();
    // An object that does not show its bytes is compared as one that has none.
    let right = contents_if_shown(thread, right)?;
    drop(pinned);
    let Some(right) = right else { return Ok(Value::NOT_IMPLEMENTED) };
    let order = match shown {
        Some(left) => left.cmp(&right),
        None => array.with_bytes(|left| left.cmp(&right)),
    };
    Ok(Value::bool(comparison.holds(order)))
}

fn concat_in_place(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let array = own::<ByteArray>(left);
    if array.is(right) && !array.is_empty() {
        // The right operand shows its bytes meanwhile, so their number cannot change.
        return Err(change::has_views());
    }
    let Some(added) = contents_if_shown(thread, right)? else { return Ok(Value::NOT_IMPLEMENTED) };
    change::append_all(array, &added)?;
    Ok(left.clone())
}

fn repeat_in_place(thread: &mut Thread, value: &Value, count: &Value) -> Run<Value> {
    let Some(count) = repetitions(thread, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let array = own::<ByteArray>(value);
    let repeated = array.with_bytes(|bytes| -> Run<_> {
        // Repeating it once is no change.
        if count == 1 {
            return Ok(None);
        }
        repeated_bytes(bytes.len(), count)?;
        Ok(Some(memory::repeated_bytes(bytes, count)?))
    })?;
    if let Some(repeated) = repeated {
        assign(array, 0..array.len(), &repeated)?;
    }
    Ok(value.clone())
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    let array = own::<ByteArray>(value);
    match subscript(thread, key, "bytearray")? {
        Subscript::At(index) => {
            let byte = array.with_bytes(|bytes| position_of(index, bytes.len()).map(|at| bytes[at]));
            let byte = byte.ok_or_else(|| Raised::index_error("bytearray index out of range"))?;
            Ok(thread.new_int(i64::from(byte)))
        }
        Subscript::Slice => {
            let parts = crate::protocol::slice_parts(thread, key)?;
            let chosen = array.with_bytes(|bytes| selected(bytes, Selection::cut(parts, bytes.len())))?;
            Ok(thread.alloc(ByteArray::new(chosen)).into_value())
        }
    }
}

fn set_item(thread: &mut Thread, value: &Value, key: &Value, item: Option<&Value>) -> Run<()> {
    let array = own::<ByteArray>(value);
    let index = match (subscript(thread, key, "bytearray")?, item) {
        (Subscript::At(index), _) => index,
        (Subscript::Slice, Some(item)) => return slice::set(thread, array, key, item),
        (Subscript::Slice, None) => return slice::delete(thread, array, key),
    };
    let out_of_range = || Raised::index_error("bytearray index out of range");
    let Some(item) = item else {
        let position = position_of(index, array.len()).ok_or_else(out_of_range)?;
        return assign(array, position..position + 1, &[]);
    };
    position_of(index, array.len()).ok_or_else(out_of_range)?;
    let byte = byte_value(thread, item)?;
    // `__index__` of the item may have shortened the array.
    array.with_bytes_mut(|bytes| {
        let position = position_of(index, bytes.len()).ok_or_else(out_of_range)?;
        bytes[position] = byte;
        Ok(())
    })
}
