//! The type `int`: its table, construction and comparison.
//!
//! Arithmetic is in `arithmetic.rs`, `divide.rs` and `power.rs`, that of very long integers in `long.rs` and
//! `common_divisor.rs`, text in `text.rs`, methods in `methods.rs`, the format mini-language in `format.rs`. Begin with
//! `arithmetic.rs`.

pub mod arithmetic;
pub mod common_divisor;
pub mod divide;
pub mod format;
pub mod long;
pub mod methods;
pub mod power;
pub mod text;

use crate::memory::Room;
use crate::protocol;
use crate::text::repr::repr_bytes;
use crate::thread::Thread;
use crate::types::object::method_arguments::instantiate;
use crate::types::object::method_arguments::too_many_by_position;
use crate::value::alloc::type_info;
use crate::value::hash::hash_integer;
use crate::value::{
    Args, BigInt, BinaryOp, Class, ClassFlags, Comparison, Integer, Kind, Object, Raised, Run, Signature,
    Slots, Str, TypeSpec, Value,
};

/// The table of `int`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Int,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<BigInt>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(|_, value| Ok(hash_integer(own(value)))),
        is_true: Some(|_, value| Ok(!own(value).is_zero())),
        compare: Some(compare),
        binary: Slots::operators([
            (BinaryOp::Add, arithmetic::add),
            (BinaryOp::Subtract, arithmetic::sub),
            (BinaryOp::Multiply, arithmetic::mul),
            (BinaryOp::TrueDivide, divide::true_div),
            (BinaryOp::FloorDivide, divide::floor_div),
            (BinaryOp::Remainder, divide::modulo),
            (BinaryOp::Power, power::power),
            (BinaryOp::LeftShift, arithmetic::shift_left),
            (BinaryOp::RightShift, arithmetic::shift_right),
            (BinaryOp::And, arithmetic::and),
            (BinaryOp::Or, arithmetic::or),
            (BinaryOp::Xor, arithmetic::xor),
        ]),
        negative: Some(arithmetic::negative),
        positive: Some(arithmetic::positive),
        invert: Some(arithmetic::invert),
        absolute: Some(arithmetic::absolute),
        int: Some(arithmetic::positive),
        float: Some(to_float),
        index: Some(arithmetic::positive),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: methods::METHODS,
    attributes: methods::ATTRIBUTES,
    doc: "",
};

/// Returns the integer of an instance of this type.
pub fn own(value: &Value) -> Integer<'_> {
    value.as_integer().expect("a slot is called with an instance of its type")
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let integer = own(value);
    if let Integer::Small(word) = integer {
        return Ok(thread.new_decimal(word));
    }
    let text = text::to_decimal(thread, integer)?;
    Ok(thread.new_string(text))
}

fn to_float(thread: &mut Thread, value: &Value) -> Run<Value> {
    let float = crate::types::float::arithmetic::from_integer(own(value))?;
    Ok(thread.new_float(float))
}

/// Compares two integers; declines other types. Raises nothing.
pub fn compare(_thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    match arithmetic::operands(left, right) {
        Some((left, right)) => Ok(Value::bool(comparison.holds(left.cmp(&right)))),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("x=0, /, base=10");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    if !args.has_keywords()
        && let [value] = args.positionals()
    {
        let value = convert(thread, value)?;
        return wrap(thread, class, value);
    }
    if args.count() == 0 && !args.has_keywords() {
        return wrap(thread, class, Value::small_int(0).expect("zero is inline"));
    }
    if class.root_shape().is_builtin() && !args.has_keywords() && args.count() > 2 {
        return Err(too_many_by_position("int", 2, args));
    }
    let value = match SIGNATURE.bind("int", args)? {
        [Some(value), None] => convert(thread, value)?,
        [Some(value), Some(base)] => convert_with_base(thread, value, base)?,
        [None, _] => return Err(Raised::type_error("int() missing string argument")),
    };
    wrap(thread, class, value)
}

/// Makes an instance of `class` with the same integer.
fn wrap(thread: &mut Thread, class: &Object<Class>, value: Value) -> Run<Value> {
    if class.root_shape().is_builtin() {
        return Ok(value);
    }
    let value = own(&value).to_big();
    Ok(instantiate(thread, class, BigInt { value }).into_value())
}

/// Computes `int(value)`.
/// Raises `TypeError` if the value is no number or text, `ValueError` for a text that is no integer or for NaN,
/// `OverflowError` for infinities, and what `__int__` and `__index__` raise.
pub fn convert(thread: &mut Thread, value: &Value) -> Run<Value> {
    if value.as_small_int().is_some() {
        return Ok(value.clone());
    }
    if let Some(float) = value.as_small_float() {
        return crate::types::float::arithmetic::truncate(thread, float);
    }
    if let Some(text) = value.downcast_exact::<Str>() {
        return text::parse(thread, text.as_str(), 10, None);
    }
    let slots = protocol::slots_of(thread, value);
    if let Some(operation) = slots.int {
        let result = operation(thread, value)?;
        protocol::check_converted(thread, &result, Kind::Int, "__int__ returned non-int")?;
        return arithmetic::positive(thread, &result);
    }
    if slots.index.is_some() {
        let result = protocol::index(thread, value)?;
        return arithmetic::positive(thread, &result);
    }
    if let Some(text) = value.downcast_ref::<Str>() {
        return parse_text(thread, text, 10);
    }
    // What the object itself has counts, even if its class shows other bytes.
    let bytes = match value.kind() {
        Kind::Bytes | Kind::ByteArray => {
            Some(crate::types::object::bytes_like::ByteSelf::of(value).contents()?)
        }
        _ => crate::types::object::bytes_like::contents_if_shown(thread, value)?,
    };
    if let Some(bytes) = bytes {
        return parse_bytes(thread, &bytes, 10);
    }
    Err(Raised::type_error(format_args!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        protocol::type_name(thread, value)
    )))
}

fn convert_with_base(thread: &mut Thread, value: &Value, base: &Value) -> Run<Value> {
    let base = protocol::index(thread, base)?;
    let Some(base) = base.as_i64().filter(|base| *base == 0 || (2..=36).contains(base)) else {
        return Err(Raised::value_error("int() base must be >= 2 and <= 36, or 0"));
    };
    if let Some(text) = value.downcast_ref::<Str>() {
        return parse_text(thread, text, base as u32);
    }
    // Only these two, as with a base CPython asks for no buffer.
    if matches!(value.kind(), Kind::Bytes | Kind::ByteArray) {
        let bytes = crate::types::object::bytes_like::ByteSelf::of(value).contents()?;
        return parse_bytes(thread, &bytes, base as u32);
    }
    Err(Raised::type_error("int() can't convert non-string with explicit base"))
}

/// Reads an integer from a text; for an instance of a subclass the message shows the object's own `repr`.
fn parse_text(thread: &mut Thread, text: &Object<Str>, base: u32) -> Run<Value> {
    match text::parse(thread, text.as_str(), base, None) {
        Err(_) if !text.shape().is_builtin() => {
            let shown = protocol::repr(thread, &text.to_value())?;
            text::parse(thread, text.as_str(), base, Some(shown.as_str()))
        }
        parsed => parsed,
    }
}

fn parse_bytes(thread: &mut Thread, bytes: &[u8], base: u32) -> Run<Value> {
    let _room = Room::of(bytes.len() * 8)?;
    // What is not ASCII cannot be a digit, so replacing it loses nothing.
    let text = String::from_utf8_lossy(bytes).replace(|char: char| !char.is_ascii(), "?");
    text::parse(thread, &text, base, Some(&repr_bytes(bytes)?))
}
