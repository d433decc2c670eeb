//! The type `bytes`: its table, construction, indexing, comparison.
//!
//! Methods are in `methods.rs`, `parts.rs` and `table.rs`, the iterator in `iterator.rs`; `%` is that of texts
//! (`types/str/percent_bytes.rs`). Begin with `methods.rs`.

pub mod iterator;
pub mod methods;
pub mod parts;
pub mod table;

use crate::memory;
use crate::protocol;
use crate::text::repr::repr_bytes;
use crate::thread::Thread;
use crate::types::bytes::methods::METHODS;
use crate::types::object::bytes_like::{as_bytes, asked_for_bytes, expect_bytes, items_of, new_bytes};
use crate::types::object::method_arguments::{instantiate, own};
use crate::types::sequence::{Selection, Subscript, position_of, subscript};
use crate::types::str::codec;
use crate::types::str::concat::{repeated_bytes, repetitions};
use crate::types::str::percent;
use crate::types::str::{count, gather};
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, Bytes, Class, ClassFlags, Comparison, ErrorKind, Kind, NativeMethod, Object, Raised, Run,
    Signature, Slots, Str, TypeSpec, Value,
};

/// The table of `bytes`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Bytes,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Bytes>,
    slots: Slots {
        repr: Some(repr),
        str: Some(repr),
        hash: Some(|thread, value| Ok(own::<Bytes>(value).hash(thread))),
        len: Some(|_, value| Ok(slice_of(value).len())),
        compare: Some(compare),
        binary: Slots::operators([(BinaryOp::Remainder, percent::format_bytes)]),
        concat: Some(concat),
        repeat: Some(repeat),
        get_item: Some(get_item),
        contains: Some(contains),
        iter: Some(crate::types::bytes::iterator::iter),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &ALL_METHODS,
    attributes: &[],
    doc: "bytes(iterable_of_ints) -> bytes\n\
          bytes(string, encoding[, errors]) -> bytes\n\
          bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\n\
          bytes(int) -> bytes object of size given by the parameter initialized with null bytes\n\
          bytes() -> empty bytes object\n\n\
          Construct an immutable array of bytes from:\n  \
          - an iterable yielding integers in range(256)\n  \
          - a text string encoded using the specified encoding\n  \
          - any object implementing the buffer API.\n  \
          - an integer",
};

const GROUPS: [&[NativeMethod]; 3] = [METHODS, &parts::METHODS, &table::METHODS];

const ALL_METHODS: [NativeMethod; count(&GROUPS)] = gather(&GROUPS);

fn slice_of(value: &Value) -> &[u8] {
    own::<Bytes>(value).as_slice()
}

/// The parameters of `bytes(…)`.
const SIGNATURE: Signature = Signature::new("source=b'', encoding='utf-8', errors='strict'");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let bytes = match SIGNATURE.bind("bytes", args)? {
        [None, None, None] => Vec::new(),
        [Some(source), None, None] => from_source(thread, source)?,
        [source, encoding, errors] => {
            let name = if encoding.is_some() { "encoding" } else { "errors" };
            let encoding = codec::option(thread, encoding, "bytes", "encoding", "utf-8")?;
            let errors = codec::option(thread, errors, "bytes", "errors", "strict")?;
            let Some(text) = source.and_then(|source| source.downcast_ref::<Str>()) else {
                return Err(Raised::type_error(format_args!("{name} without a string argument")));
            };
            codec::encode(thread, text.as_str(), encoding, errors)?
        }
    };
    if class.root_shape().is_builtin() {
        return Ok(new_bytes(thread, bytes));
    }
    Ok(instantiate(thread, class, Bytes::new(bytes)).into_value())
}

fn from_source(thread: &mut Thread, source: &Value) -> Run<Vec<u8>> {
    if let Some(bytes) = asked_for_bytes(thread, source)? {
        return Ok(bytes);
    }
    if source.downcast_ref::<Str>().is_some() {
        return Err(Raised::type_error("string argument without an encoding"));
    }
    if protocol::slots_of(thread, source).index.is_none() {
        return items_of(thread, source);
    }
    let count = match protocol::index(thread, source) {
        Ok(count) => count,
        // What is no number after all may still be an iterable.
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => return items_of(thread, source),
        Err(raised) => return Err(raised),
    };
    let Some(count) = count.as_i64() else {
        let given = protocol::type_name(thread, source);
        return Err(Raised::overflow_error(format_args!("cannot fit '{given}' into an index-sized integer")));
    };
    let Ok(count) = usize::try_from(count) else {
        return Err(Raised::value_error("negative count"));
    };
    Ok(memory::repeated(0, repeated_bytes(1, count)?)?)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_string(repr_bytes(slice_of(value))?))
}

fn compare(_thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    match (as_bytes(left), as_bytes(right)) {
        (Some(left), Some(right)) => Ok(Value::bool(comparison.holds(left.cmp(right)))),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn concat(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    match (as_bytes(left), as_bytes(right)) {
        (Some(left), Some(right)) => Ok(new_bytes(thread, joined(&[left, right])?)),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Joins several pieces. Raises `MemoryError`.
pub(super) fn joined(pieces: &[&[u8]]) -> Run<Vec<u8>> {
    let mut all = memory::with_room(pieces.iter().map(|piece| piece.len()).sum())?;
    pieces.iter().for_each(|piece| all.extend_from_slice(piece));
    Ok(all)
}

fn repeat(thread: &mut Thread, value: &Value, count: &Value) -> Run<Value> {
    let bytes = slice_of(value);
    let Some(count) = repetitions(thread, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    repeated_bytes(bytes.len(), count)?;
    Ok(new_bytes(thread, memory::repeated_bytes(bytes, count)?))
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    let bytes = slice_of(value);
    match subscript(thread, key, "byte")? {
        Subscript::At(index) => match position_of(index, bytes.len()) {
            Some(position) => Ok(thread.new_int(i64::from(bytes[position]))),
            None => Err(Raised::index_error("index out of range")),
        },
        Subscript::Slice => {
            let selection = Selection::of(thread, key, bytes.len())?;
            let mut chosen = memory::with_room(selection.count)?;
            chosen.extend(selection.positions().map(|position| bytes[position]));
            Ok(new_bytes(thread, chosen))
        }
    }
}

fn contains(thread: &mut Thread, value: &Value, wanted: &Value) -> Run<bool> {
    let bytes = slice_of(value);
    if protocol::slots_of(thread, wanted).index.is_some()
        && let Ok(byte) = protocol::index(thread, wanted)
    {
        let byte = byte.as_i64().and_then(|byte| u8::try_from(byte).ok());
        let byte = byte.ok_or_else(|| Raised::value_error("byte must be in range(0, 256)"))?;
        return Ok(bytes.contains(&byte));
    }
    let needle = expect_bytes(thread, wanted)?;
    Ok(memchr::memmem::find(bytes, needle).is_some())
}
