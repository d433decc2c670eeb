//! The type `str`: its table, construction, indexing, comparison.
//!
//! One file for each family of methods: `search.rs`, `split.rs`, `case.rs`, `classify.rs`, `trim.rs`, `replace.rs`,
//! `codec.rs`, `format.rs`, `concat.rs`, and `percent.rs` for `%`, which is that of `bytes` as well
//! (`percent_bytes.rs`). What methods begin with is in `text_args.rs`. Begin with `search.rs`.

pub mod case;
pub mod classify;
pub mod codec;
pub mod codec_registry;
pub mod concat;
pub mod error_handler;
pub mod format;
pub mod iterator;
pub mod percent;
pub mod percent_bytes;
pub mod replace;
pub mod search;
pub mod split;
pub mod text_args;
pub mod trim;

use crate::memory;
use crate::protocol;
use crate::text::repr::repr_text;
use crate::text::stored;
use crate::thread::{Thread, ThreadState};
use crate::types::format_value;
use crate::types::object::method_arguments::{instantiate, own, too_many_by_position};
use crate::types::sequence::{Selection, position_of};
use crate::types::str::text_args::unchanged;
use crate::value::INLINE_BYTES;
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Comparison, Kind, NativeMethod, Object, Raised, Run, Signature, Slots,
    Str, TypeSpec, Value,
};

/// The table of `str`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Str,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Str>,
    slots: Slots {
        repr: Some(repr),
        str: Some(|thread, value| Ok(unchanged(thread, own(value)))),
        hash: Some(|thread, value| Ok(own::<Str>(value).hash(thread))),
        len: Some(|_, value| Ok(own::<Str>(value).char_count())),
        compare: Some(compare),
        binary: Slots::operators([(BinaryOp::Remainder, percent::format)]),
        concat: Some(concat::concat),
        repeat: Some(concat::repeat),
        get_item: Some(get_item),
        contains: Some(contains),
        iter: Some(iterator::iter),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &METHODS,
    attributes: &[],
    doc: "",
};

const GROUPS: [&[NativeMethod]; 8] = [
    &search::METHODS,
    &split::METHODS,
    &case::METHODS,
    &classify::METHODS,
    &trim::METHODS,
    &replace::METHODS,
    &format::METHODS,
    &[
        NativeMethod::new("encode", "encoding='utf-8', errors='strict'", codec::encode_method),
        NativeMethod::new("__format__", "format_spec, /", format_value::format_str),
        NativeMethod::new("__getnewargs__", "", |thread, args| {
            let [text] = args.exactly();
            // A new text, so that copying an instance of a derived class does not copy it again and again.
            let copy = thread.try_str(own::<Str>(text).as_str())?;
            Ok(thread.new_tuple(vec![copy]))
        }),
    ],
];

const METHODS: [NativeMethod; count(&GROUPS)] = gather(&GROUPS);

/// How many methods several tables have together.
pub const fn count(groups: &[&[NativeMethod]]) -> usize {
    let (mut total, mut group) = (0, 0);
    while group < groups.len() {
        total += groups[group].len();
        group += 1;
    }
    total
}

/// Joins several tables of methods into one.
pub const fn gather<const N: usize>(groups: &[&[NativeMethod]]) -> [NativeMethod; N] {
    let mut all = [groups[0][0]; N];
    let (mut group, mut filled) = (0, 0);
    while group < groups.len() {
        let mut index = 0;
        while index < groups[group].len() {
            all[filled] = groups[group][index];
            (index, filled) = (index + 1, filled + 1);
        }
        group += 1;
    }
    all
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let shown = repr_text(own::<Str>(value).as_str())?;
    Ok(thread.new_string(shown))
}

/// Compares two texts by code points; declines other types. Raises nothing.
pub fn compare(_thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<Str>(), right.downcast_ref::<Str>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    // The order of the stored bytes is that of code points.
    let (left, right) = (left.as_str(), right.as_str());
    Ok(Value::bool(match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        _ => comparison.holds(left.cmp(right)),
    }))
}

fn contains(thread: &mut Thread, value: &Value, needle: &Value) -> Run<bool> {
    match needle.downcast_ref::<Str>() {
        Some(needle) => Ok(search::contains(own::<Str>(value).as_str(), needle.as_str())),
        None => Err(Raised::type_error(format_args!(
            "'in <string>' requires string as left operand, not {}",
            protocol::type_name(thread, needle)
        ))),
    }
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    let text = own::<Str>(value);
    if let Some(index) = key.as_small_int() {
        return char_at(thread, text, index as isize);
    }
    if key.kind() == Kind::Slice {
        return slice(thread, text, key);
    }
    if protocol::slots_of(thread, key).index.is_none() {
        let given = protocol::type_name(thread, key);
        return Err(Raised::type_error(format_args!("string indices must be integers, not '{given}'")));
    }
    let index = protocol::index_isize(thread, key)?;
    char_at(thread, text, index)
}

/// The result of a slice with a step is put together on the native stack if it has at most so many bytes.
const SHORT_SLICE: usize = 64;

/// Computes `text[index]`, a text of one code point. Raises `IndexError`.
#[inline]
pub fn char_at(thread: &mut Thread, text: &Object<Str>, index: isize) -> Run<Value> {
    if text.is_ascii() {
        let bytes = text.as_str().as_bytes();
        if let Some(position) = position_of(index, bytes.len()) {
            return Ok(thread.known().ascii(bytes[position]));
        }
    } else if let Some(char) =
        position_of(index, text.char_count()).and_then(|position| text.char_at(position))
    {
        return Ok(thread.new_char(char));
    }
    Err(Raised::index_error("string index out of range"))
}

fn slice(thread: &mut Thread, text: &Object<Str>, key: &Value) -> Run<Value> {
    let selection = Selection::of(thread, key, text.char_count())?;
    select(thread, text, selection)
}

/// Makes a text of the code points that a slice selects. Raises `MemoryError`.
pub fn select(thread: &ThreadState, text: &Object<Str>, selection: Selection) -> Run<Value> {
    if selection.count == 0 {
        return Ok(thread.new_str(""));
    }
    let start = selection.start as usize;
    if selection.step == 1 {
        if selection.count == text.char_count() {
            return Ok(unchanged(thread, text));
        }
        if text.is_ascii() && selection.count <= INLINE_BYTES {
            return Ok(thread.new_ascii_part(text, start, start + selection.count));
        }
        return thread.try_str(text.slice(start, start + selection.count));
    }
    if text.is_ascii() {
        let bytes = text.as_str().as_bytes();
        let mut buffer = [0; SHORT_SLICE];
        if selection.count <= buffer.len() {
            let buffer = &mut buffer[..selection.count];
            if selection.step == -1 {
                let from = &bytes[start + 1 - selection.count..=start];
                buffer.iter_mut().zip(from.iter().rev()).for_each(|(to, from)| *to = *from);
            } else {
                buffer.iter_mut().zip(selection.positions()).for_each(|(to, position)| *to = bytes[position]);
            }
            return Ok(thread.new_ascii(buffer));
        }
        let mut chosen = memory::with_room(selection.count)?;
        chosen.extend(selection.positions().map(|position| bytes[position]));
        let chosen = String::from_utf8(chosen).expect("ASCII stays ASCII in any order");
        return Ok(thread.new_string(chosen));
    }
    let mut chars = memory::with_room(text.char_count())?;
    chars.extend(stored::code_points(text.as_str()));
    let mut chosen = memory::text_with_room(selection.count)?;
    for position in selection.positions() {
        chosen.try_reserve(stored::MOST_BYTES)?;
        stored::push(chars[position], &mut chosen);
    }
    Ok(thread.new_string(chosen))
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("object='', encoding='utf-8', errors='strict'");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    if class.root_shape().is_builtin()
        && !args.has_keywords()
        && let [object] = args.positionals()
    {
        return Ok(match object.as_small_int() {
            Some(word) => thread.new_decimal(word),
            None => protocol::str(thread, object)?.into_value(),
        });
    }
    if class.root_shape().is_builtin() && !args.has_keywords() && args.count() > 3 {
        return Err(too_many_by_position("str", 3, args));
    }
    let value = match SIGNATURE.bind("str", args)? {
        [None, None, None] => thread.new_str(""),
        [Some(object), None, None] => protocol::str(thread, object)?.into_value(),
        [object, encoding, errors] => {
            let encoding = codec::option(thread, encoding, "str", "encoding", "utf-8")?;
            let errors = codec::option(thread, errors, "str", "errors", "strict")?;
            match object {
                None => thread.new_str(""),
                Some(object) => {
                    match crate::types::object::bytes_like::own_contents_if_shown(thread, object)? {
                        Some(bytes) => {
                            let text = codec::decode(thread, &bytes, encoding, errors)?;
                            thread.new_string(text)
                        }
                        None if object.kind() == Kind::Str => {
                            return Err(Raised::type_error("decoding str is not supported"));
                        }
                        None => {
                            let given = protocol::type_name(thread, object);
                            let complaint =
                                format_args!("decoding to str: need a bytes-like object, {given} found");
                            return Err(Raised::type_error(complaint));
                        }
                    }
                }
            }
        }
    };
    if class.root_shape().is_builtin() {
        return Ok(value);
    }
    let text = value.downcast_ref::<Str>().map_or("", |text| text.as_str());
    Ok(instantiate(thread, class, Str::external(text.to_owned())).into_value())
}
