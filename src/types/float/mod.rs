//! The type `float`: its table, construction, comparison and methods.
//!
//! Arithmetic is in `arithmetic.rs` (and `complex_power.rs`), rounding in `round.rs`, text in `text/number/float.rs`,
//! the format mini-language in `text/format/float.rs`. Begin with `arithmetic.rs`.

pub mod arithmetic;
pub mod complex_power;
pub mod format;
pub mod half;
pub mod round;

use crate::memory::Room;
use crate::protocol;
use crate::text::number;
use crate::thread::Thread;
use crate::types::object;
use crate::types::object::method_arguments::{instantiate, new_arguments};
use crate::value::alloc::type_info;
use crate::value::hash::hash_float;
use crate::value::{
    Args, BinaryOp, BoxedFloat, Class, ClassFlags, Comparison, Kind, NativeAttribute, NativeMethod, Object,
    Raised, Run, Signature, Slots, Str, Style, TypeSpec, Value,
};

/// The table of `float`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Float,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<BoxedFloat>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        is_true: Some(|_, value| Ok(own(value) != 0.0)),
        compare: Some(compare),
        binary: Slots::operators([
            (BinaryOp::Add, arithmetic::add),
            (BinaryOp::Subtract, arithmetic::sub),
            (BinaryOp::Multiply, arithmetic::mul),
            (BinaryOp::TrueDivide, arithmetic::true_div),
            (BinaryOp::FloorDivide, arithmetic::floor_div),
            (BinaryOp::Remainder, arithmetic::modulo),
            (BinaryOp::Power, arithmetic::power),
        ]),
        negative: Some(arithmetic::negative),
        positive: Some(arithmetic::positive),
        absolute: Some(arithmetic::absolute),
        int: Some(|thread, value| arithmetic::truncate(thread, own(value))),
        float: Some(arithmetic::positive),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("is_integer", "", is_integer),
        NativeMethod::new("as_integer_ratio", "", as_integer_ratio),
        NativeMethod::new("__getnewargs__", "", |thread, args| {
            let number = thread.new_float(only(args));
            Ok(thread.new_tuple(vec![number]))
        }),
        NativeMethod::class("from_number", "number, /", from_number),
        NativeMethod::class("__getformat__", "typestr, /", getformat),
        NativeMethod::new("hex", "", hex),
        NativeMethod::class("fromhex", "string, /", fromhex),
        NativeMethod::new("conjugate", "", conjugate),
        NativeMethod::new("__round__", "ndigits=None, /", round),
        NativeMethod::new("__trunc__", "", trunc),
        NativeMethod::new("__floor__", "", floor),
        NativeMethod::new("__ceil__", "", ceil),
        NativeMethod::new("__divmod__", "value, /", divmod).styled(Style::Wrapper),
        NativeMethod::new("__rdivmod__", "value, /", reflected_divmod).styled(Style::Wrapper),
        NativeMethod::new("__format__", "format_spec, /", format::format_method),
    ],
    attributes: &[
        NativeAttribute::read_only("real", arithmetic::positive),
        NativeAttribute::read_only("imag", |thread, _| Ok(thread.new_float(0.0))),
    ],
    doc: "",
};

/// Returns the number of an instance of this type.
pub fn own(value: &Value) -> f64 {
    value.as_float_exact().expect("a slot is called with an instance of its type")
}

/// The `self` of a method that takes no other argument.
fn only(args: Args<'_>) -> f64 {
    let [value] = args.exactly();
    own(value)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(thread.new_string(number::float::repr(own(value))))
}

/// Compares a float with a float or an integer, exactly. Raises nothing.
pub fn compare(_thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let order = match (left.as_float_exact(), right.as_float_exact()) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        (Some(left), None) => match right.as_integer() {
            Some(right) => arithmetic::compare_integer(right, left).map(std::cmp::Ordering::reverse),
            None => return Ok(Value::NOT_IMPLEMENTED),
        },
        (None, Some(right)) => match left.as_integer() {
            Some(left) => arithmetic::compare_integer(left, right),
            None => return Ok(Value::NOT_IMPLEMENTED),
        },
        (None, None) => return Ok(Value::NOT_IMPLEMENTED),
    };
    // NaN is unequal to everything, and neither less nor greater.
    Ok(Value::bool(order.map_or(comparison == Comparison::NotEqual, |order| comparison.holds(order))))
}

/// Returns the hash of a float. For NaN it is the hash of the object, because a NaN equals only itself.
fn hash(_thread: &mut Thread, value: &Value) -> Run<i64> {
    let float = own(value);
    if float.is_nan() && value.as_raw().is_some() {
        return Ok(object::identity_hash(value));
    }
    Ok(hash_float(float))
}

/// `float.from_number(number)`: as the constructor, but takes no texts. Raises `TypeError` for what is no number.
fn from_number(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, number] = args.exactly();
    let class = class.downcast_ref::<Class>().expect("a class method gets its class");
    let float = thread.known().class(Kind::Float);
    let is_float = class.raw() == float.raw();
    if is_float && protocol::class_of(thread, number).raw() == float.raw() {
        return Ok(number.clone());
    }
    let value = protocol::to_float(thread, number)?;
    let value = thread.new_float(value);
    if is_float {
        return Ok(value);
    }
    protocol::call(thread, &class.to_value(), Args::positional(&[value]))
}

/// `float.__getformat__(typestr)`: how floats lie in memory. Raises `ValueError` for any other type.
fn getformat(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [_, name] = args.exactly();
    let Some(text) = name.downcast_ref::<Str>() else {
        let given = protocol::argument_kind(thread, name);
        return Err(Raised::type_error(format_args!("__getformat__() argument must be str, not {given}")));
    };
    if !matches!(text.as_str(), "double" | "float") {
        return Err(Raised::value_error("__getformat__() argument 1 must be 'double' or 'float'"));
    }
    let order = if cfg!(target_endian = "little") { "IEEE, little-endian" } else { "IEEE, big-endian" };
    Ok(thread.new_str(order))
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("x=0, /");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let value = match new_arguments(thread, class, &SIGNATURE, args)? {
        [value] => convert(thread, value)?,
        _ => 0.0,
    };
    if class.root_shape().is_builtin() {
        return Ok(thread.new_float(value));
    }
    Ok(instantiate(thread, class, BoxedFloat { value }).into_value())
}

/// Computes `float(value)`.
/// Raises `TypeError` if the value is no number or text, `ValueError` for a text that is no number, `OverflowError`
/// for an integer too large, and what `__float__` and `__index__` raise.
pub fn convert(thread: &mut Thread, value: &Value) -> Run<f64> {
    if let Some(float) = value.as_small_float() {
        return Ok(float);
    }
    // A class derived from a text or from `float` itself may know better what its number is.
    if let Some(float) = protocol::asked_for_float(thread, value)? {
        return Ok(float);
    }
    let text = value.downcast_ref::<Str>();
    let bytes = match text {
        Some(_) => None,
        None => crate::types::object::bytes_like::contents_if_shown(thread, value)?,
    };
    // The text in ASCII digits, then without underscores.
    let length =
        text.map_or(0, |text| text.as_str().len()).max(bytes.as_ref().map_or(0, |bytes| bytes.len()));
    let _room = Room::of(length.saturating_mul(4))?;
    let parsed = match (text, &bytes) {
        (Some(text), _) => number::float::parse(text.as_str()),
        (None, Some(bytes)) => std::str::from_utf8(bytes).ok().and_then(number::float::parse),
        (None, None) => {
            return Err(Raised::type_error(format_args!(
                "float() argument must be a string or a real number, not '{}'",
                protocol::type_name(thread, value)
            )));
        }
    };
    match parsed {
        Some(float) => Ok(float),
        None => {
            let shown = protocol::repr(thread, value)?;
            Err(Raised::value_error(format_args!("could not convert string to float: {}", shown.as_str())))
        }
    }
}

fn is_integer(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    Ok(Value::bool(value.is_finite() && value.fract() == 0.0))
}

fn as_integer_ratio(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    if value.is_nan() {
        return Err(Raised::value_error("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(Raised::overflow_error("cannot convert Infinity to integer ratio"));
    }
    let (numerator, denominator) = round::integer_ratio(value);
    let pair = vec![thread.new_big(numerator), thread.new_big(denominator)];
    Ok(thread.new_tuple(pair))
}

fn hex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    Ok(thread.new_string(round::to_hex(value)))
}

fn fromhex(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, text] = match args.positionals() {
        [class, text] => [class, text],
        _ => {
            args.skip_first().exactly::<1>();
            return Err(Raised::type_error("float.fromhex() takes exactly one argument"));
        }
    };
    let Some(text) = text.downcast_ref::<Str>() else {
        return Err(Raised::type_error("bad argument type for built-in operation"));
    };
    let value = thread.new_float(round::from_hex(text.as_str())?);
    match class.downcast_ref::<Class>() {
        Some(class) if !class.root_shape().is_builtin() => {
            protocol::call(thread, &class.to_value(), Args::positional(&[value]))
        }
        _ => Ok(value),
    }
}

fn conjugate(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    Ok(thread.new_float(value))
}

fn round(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = own(args.positionals().first().expect("a method gets `self`"));
    match args.skip_first().positionals() {
        [digits] if !digits.is_none() => {
            let digits = protocol::index(thread, digits)?;
            let digits = match digits.as_integer() {
                Some(digits) => {
                    digits.to_i64().unwrap_or(if digits.is_negative() { i64::MIN } else { i64::MAX })
                }
                None => 0,
            };
            Ok(thread.new_float(round::round_to(value, digits)?))
        }
        _ => arithmetic::truncate(thread, value.round_ties_even()),
    }
}

fn trunc(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    arithmetic::truncate(thread, value)
}

fn floor(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    arithmetic::truncate(thread, value.floor())
}

fn ceil(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    arithmetic::truncate(thread, value.ceil())
}

fn divmod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [left, right] = args.exactly();
    arithmetic::divmod(thread, left, right)
}

fn reflected_divmod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [right, left] = args.exactly();
    arithmetic::divmod(thread, left, right)
}
