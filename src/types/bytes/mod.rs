//! The type `bytes`: its table, construction, indexing, comparison.
//!
//! Methods, which `bytearray` has as well, are in `methods.rs`, `parts.rs` and `table.rs`, the iterator in
//! `iterator.rs`; `%` is that of texts (`types/str/percent_bytes.rs`). Begin with `methods.rs`.

pub mod iterator;
pub mod methods;
pub mod parts;
pub mod table;

use crate::memory;
use crate::protocol;
use crate::text::repr::repr_bytes;
use crate::thread::Thread;
use crate::types::bytes::methods::METHODS;
use crate::types::object::buffer;
use crate::types::object::bytes_like::{
    ByteSelf, asked_for_bytes, byte_value, bytes_by_method, contents_if_shown, copied_bytes, expect_bytes,
    items_of, new_bytes,
};
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::types::sequence::{Selection, Subscript, position_of, subscript};
use crate::types::str::codec;
use crate::types::str::concat::{check_repeated, repeated_bytes, repetitions};
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
        buffer: Some(buffer::of_bytes),
        ..Slots::EMPTY
    },
    methods: &ALL_METHODS,
    attributes: &[],
    doc: "",
};

const OWN_METHODS: [NativeMethod; 2] = [
    NativeMethod::new("__bytes__", "", |thread, args| {
        let (bytes, _) = split_self::<Bytes>(args);
        copied_bytes(thread, bytes.as_slice())
    }),
    NativeMethod::new("__getnewargs__", "", |thread, args| {
        let [bytes] = args.exactly();
        let bytes = match bytes.downcast_exact::<Bytes>() {
            Some(_) => bytes.clone(),
            None => copied_bytes(thread, slice_of(bytes))?,
        };
        Ok(thread.new_tuple(vec![bytes]))
    }),
];

const GROUPS: [&[NativeMethod]; 4] = [METHODS, &parts::METHODS, &table::METHODS, &OWN_METHODS];

const ALL_METHODS: [NativeMethod; count(&GROUPS)] = gather(&GROUPS);

fn slice_of(value: &Value) -> &[u8] {
    own::<Bytes>(value).as_slice()
}

/// The parameters of `bytes(…)`.
const SIGNATURE: Signature = Signature::new("source=b'', encoding='utf-8', errors='strict'");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    // What `__bytes__` returns is the result, even if its class is derived.
    if class.root_shape().is_builtin()
        && !args.has_keywords()
        && let [source] = args.positionals()
        && let Some(made) = bytes_by_method(thread, source)?
    {
        return Ok(made);
    }
    let bytes = constructed(thread, Kind::Bytes, args)?;
    if class.root_shape().is_builtin() {
        return Ok(new_bytes(thread, bytes));
    }
    Ok(instantiate(thread, class, Bytes::new(bytes)).into_value())
}

/// Returns the bytes that the arguments of `bytes(…)` or `bytearray(…)`, as `kind` says, stand for. Raises `TypeError`,
/// `ValueError` or `OverflowError` if they stand for none, `MemoryError`, and what asking the source raises.
pub fn constructed(thread: &mut Thread, kind: Kind, args: Args<'_>) -> Run<Vec<u8>> {
    let function = kind.name();
    match SIGNATURE.bind(function, args)? {
        [None, None, None] => Ok(Vec::new()),
        [Some(source), None, None] => from_source(thread, source, kind),
        [source, encoding, errors] => {
            let name = if encoding.is_some() { "encoding" } else { "errors" };
            let encoding = codec::option(thread, encoding, function, "encoding", "utf-8")?;
            let errors = codec::option(thread, errors, function, "errors", "strict")?;
            let Some(text) = source.and_then(|source| source.downcast_ref::<Str>()) else {
                return Err(Raised::type_error(format_args!("{name} without a string argument")));
            };
            if name == "errors" {
                return Err(Raised::type_error("string argument without an encoding"));
            }
            codec::encode(thread, text, encoding, errors)
        }
    }
}

fn from_source(thread: &mut Thread, source: &Value, kind: Kind) -> Run<Vec<u8>> {
    if kind == Kind::Bytes
        && let Some(bytes) = asked_for_bytes(thread, source)?
    {
        return Ok(bytes);
    }
    if source.downcast_ref::<Str>().is_some() {
        return Err(Raised::type_error("string argument without an encoding"));
    }
    if protocol::slots_of(thread, source).index.is_none() {
        return items_of(thread, source, kind);
    }
    let count = match protocol::index(thread, source) {
        Ok(count) => count,
        // What is no number after all may still be an iterable.
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            return items_of(thread, source, kind);
        }
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
    match (left.downcast_ref::<Bytes>(), right.downcast_ref::<Bytes>()) {
        (Some(left), Some(right)) => Ok(Value::bool(comparison.holds(left.as_slice().cmp(right.as_slice())))),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// Computes `left + right` of a `bytes` or `bytearray` and a bytes-like object; declines any other. Raises
/// `MemoryError`, and what the right operand raises when it is asked for its bytes.
pub fn concat(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let this = ByteSelf::of(left);
    let pinned = this.pin();
    let Some(right) = contents_if_shown(thread, right)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let all = this.with(|left| -> Run<Vec<u8>> {
        let mut all = memory::with_room(left.len() + right.len())?;
        all.extend_from_slice(left);
        all.extend_from_slice(&right);
        Ok(all)
    })?;
    drop(pinned);
    Ok(this.make(thread, all))
}

/// Computes `bytes * count`; declines a count that is no integer. Raises `OverflowError` or `MemoryError` if the result
/// is too long.
pub fn repeat(thread: &mut Thread, value: &Value, count: &Value) -> Run<Value> {
    let this = ByteSelf::of(value);
    let Some(count) = repetitions(thread, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let is_mutable = value.kind() == Kind::ByteArray;
    if count == 1 && value.downcast_exact::<Bytes>().is_some() {
        return Ok(value.clone());
    }
    let repeated = this.with(|bytes| -> Run<Vec<u8>> {
        if !is_mutable {
            check_repeated(bytes.len(), count, "repeated bytes are too long")?;
        }
        repeated_bytes(bytes.len(), count)?;
        Ok(memory::repeated_bytes(bytes, count)?)
    })?;
    Ok(this.make(thread, repeated))
}

/// Returns the bytes of an exactly selected part. Raises `MemoryError`.
pub fn selected(bytes: &[u8], selection: Selection) -> Run<Vec<u8>> {
    let mut chosen = memory::with_room(selection.count)?;
    match selection.step {
        1 => {
            let start = (selection.start as usize).min(bytes.len());
            chosen.extend_from_slice(&bytes[start..(start + selection.count).min(bytes.len())]);
        }
        _ => chosen.extend(selection.positions().filter_map(|position| bytes.get(position))),
    }
    Ok(chosen)
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
            Ok(new_bytes(thread, selected(bytes, selection)?))
        }
    }
}

/// Computes `wanted in bytes`, of a `bytes` or `bytearray`. Raises `TypeError` if `wanted` is neither an integer nor
/// bytes-like, `ValueError` if the integer is no byte.
pub fn contains(thread: &mut Thread, value: &Value, wanted: &Value) -> Run<bool> {
    let this = ByteSelf::of(value);
    let _pinned = this.pin();
    // What is no number after all may still be bytes-like.
    if protocol::slots_of(thread, wanted).index.is_some()
        && let Ok(index) = protocol::index(thread, wanted)
    {
        let byte = byte_value(thread, &index)?;
        return Ok(this.with(|bytes| memchr::memchr(byte, bytes).is_some()));
    }
    let needle = expect_bytes(thread, wanted)?;
    Ok(this.with(|bytes| memchr::memmem::find(bytes, &needle).is_some()))
}
