//! `re.Pattern`: a compiled pattern.

use super::compiled::Pattern;
use super::find;
use super::scan::Scan;
use super::substitute;
use crate::memory;
use crate::protocol;
use crate::text::regex::How;
use crate::thread::Thread;
use crate::types::class::mapping_proxy;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Comparison, Kind, NativeAttribute, NativeMethod, Run, Slots, TypeSpec, Value, hash,
};

/// The flags by their values, as `repr` shows them.
const FLAGS: [(i64, &str); 8] = [
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (UNICODE, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];
/// The flag that every pattern for texts has unless it has another that excludes it.
const UNICODE: i64 = 32;
/// The flags of which it is one.
const KINDS: i64 = 4 | UNICODE | 256;
/// How much of a pattern `repr` shows.
const SHOWN: usize = 200;

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let this = own::<Pattern>(value);
    let mut flags = this.flags;
    if this.is_bytes == Some(false) && flags & KINDS == UNICODE {
        flags &= !UNICODE;
    }
    let text = protocol::repr(thread, &this.text)?;
    let end = if text.char_count() > SHOWN { text.byte_offset(SHOWN) } else { text.as_str().len() };
    let mut shown = String::new();
    memory::push_str(&mut shown, "re.compile(")?;
    memory::push_str(&mut shown, &text.as_str()[..end])?;
    let mut separator = ", ";
    for (flag, name) in FLAGS {
        if flags & flag != 0 {
            memory::push_str(&mut shown, separator)?;
            memory::push_str(&mut shown, name)?;
            flags &= !flag;
            separator = "|";
        }
    }
    if flags != 0 {
        memory::push_str(&mut shown, &format!("{separator}0x{:x}", flags as u32))?;
    }
    memory::push_str(&mut shown, ")")?;
    Ok(thread.new_string(shown))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (Some(one), Some(other)) = (left.downcast_ref::<Pattern>(), right.downcast_ref::<Pattern>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let is_equal = left.is(right)
        || one.flags == other.flags
            && one.is_bytes == other.is_bytes
            && one.code == other.code
            && protocol::equal(thread, &one.text, &other.text)?;
    Ok(Value::bool(is_equal == (comparison == Comparison::Equal)))
}

fn hash_of(thread: &mut Thread, value: &Value) -> Run<i64> {
    let this = own::<Pattern>(value);
    let keys = thread.known().hash_keys;
    // The numbers are few compared with what is done with a pattern.
    let mut mixed = 0_i64;
    for chunk in this.code.chunks(64) {
        let mut bytes = [0; 256];
        for (number, place) in chunk.iter().zip(bytes.chunks_exact_mut(4)) {
            place.copy_from_slice(&number.to_ne_bytes());
        }
        mixed = mixed.rotate_left(5) ^ hash::hash_bytes(keys, &bytes[..chunk.len() * 4]);
    }
    let text = protocol::hash(thread, &this.text)?;
    let hash = mixed ^ text ^ this.flags ^ this.is_bytes.map_or(-1, i64::from) ^ 4;
    Ok(if hash == -1 { -2 } else { hash })
}

/// Looks for one match.
fn one(thread: &mut Thread, args: Args<'_>, how: How) -> Run<Value> {
    let (this, args) = split_self::<Pattern>(args);
    let [string, from, to] = args.options();
    let mut scan = Scan::new(thread, this, string.expect("it is required"), [from, to])?;
    match scan.next(thread, how)? {
        Some(span) => scan.matched(thread, span),
        None => Ok(Value::NONE),
    }
}

fn itself(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    Ok(args.get(0).expect("a method gets `self`").clone())
}

/// The parameters of most methods.
const PART: &str = "string, pos=0, endpos=sys.maxsize";

/// `re.Pattern`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Pattern,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<Pattern>,
    slots: Slots { repr: Some(repr), compare: Some(compare), hash: Some(hash_of), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("match", PART, |thread, args| one(thread, args, How::Match)),
        NativeMethod::new("fullmatch", PART, |thread, args| one(thread, args, How::Full)),
        NativeMethod::new("search", PART, |thread, args| one(thread, args, How::Search)),
        NativeMethod::new("sub", "repl, string, count=0", |thread, args| {
            Ok(substitute::substitute(thread, args)?.0)
        }),
        NativeMethod::new("subn", "repl, string, count=0", |thread, args| {
            let (made, count) = substitute::substitute(thread, args)?;
            let count = thread.new_usize(count);
            Ok(thread.new_tuple(vec![made, count]))
        }),
        NativeMethod::new("findall", PART, find::find_all),
        NativeMethod::new("split", "string, maxsplit=0", find::split),
        NativeMethod::new("finditer", PART, find::find_iter),
        NativeMethod::new("scanner", PART, super::scanner::new),
        NativeMethod::new("__copy__", "", itself),
        NativeMethod::new("__deepcopy__", "memo, /", itself),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::field("pattern", |_, value| Ok(own::<Pattern>(value).text.clone())),
        NativeAttribute::field("flags", |thread, value| Ok(thread.new_int(own::<Pattern>(value).flags))),
        NativeAttribute::field("groups", |thread, value| {
            Ok(thread.new_int(i64::from(own::<Pattern>(value).program.groups)))
        }),
        NativeAttribute::read_only("groupindex", |thread, value| {
            Ok(mapping_proxy::new(thread, own::<Pattern>(value).group_index.clone()))
        }),
    ],
    doc: "Compiled regular expression object.",
};
