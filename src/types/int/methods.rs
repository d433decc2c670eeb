//! The methods of `int` and their bytes.

use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign};

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::int::format;
use crate::types::int::own;
use crate::types::int::{arithmetic, divide};
use crate::types::sequence;
use crate::value::{
    Args, Class, Integer, Kind, NativeAttribute, NativeMethod, Object, Raised, Run, Str, Style, Value,
};

/// The methods that are not operators.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("bit_length", "", bit_length),
    NativeMethod::new("bit_count", "", bit_count),
    NativeMethod::new("to_bytes", "length=1, byteorder='big', *, signed=False", to_bytes),
    NativeMethod::class("from_bytes", "bytes, byteorder='big', *, signed=False", from_bytes),
    NativeMethod::new("as_integer_ratio", "", as_integer_ratio),
    NativeMethod::new("is_integer", "", |_, _| Ok(Value::TRUE)),
    NativeMethod::new("__getnewargs__", "", new_args),
    NativeMethod::new("conjugate", "", exact),
    NativeMethod::new("__trunc__", "", exact).also_named("conjugate"),
    NativeMethod::new("__floor__", "", exact).also_named("conjugate"),
    NativeMethod::new("__ceil__", "", exact).also_named("conjugate"),
    NativeMethod::new("__round__", "ndigits=None, /", round),
    NativeMethod::new("__divmod__", "value, /", divmod).styled(Style::Wrapper),
    NativeMethod::new("__rdivmod__", "value, /", reflected_divmod).styled(Style::Wrapper),
    NativeMethod::new("__format__", "format_spec, /", format::format_method),
];

/// The computed attributes.
pub const ATTRIBUTES: &[NativeAttribute] = &[
    NativeAttribute::read_only("real", arithmetic::positive),
    NativeAttribute::read_only("imag", |thread, _| Ok(thread.new_int(0))),
    NativeAttribute::read_only("numerator", arithmetic::positive),
    NativeAttribute::read_only("denominator", |thread, _| Ok(thread.new_int(1))),
];

/// The `self` of a method that takes no other argument.
fn only<'a>(args: Args<'a>) -> Integer<'a> {
    own(first(args))
}

fn first(args: Args<'_>) -> &Value {
    args.positionals().first().expect("a method gets `self`")
}

fn new_args(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let number = exact(thread, args)?;
    Ok(thread.new_tuple(vec![number]))
}

fn bit_length(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let value = only(args);
    Ok(thread.new_usize(value.bit_length()))
}

fn bit_count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let ones = match only(args) {
        Integer::Small(value) => value.unsigned_abs().count_ones() as usize,
        Integer::Big(value) => value.as_sign_words().1.iter().map(|word| word.count_ones() as usize).sum(),
    };
    Ok(thread.new_usize(ones))
}

fn as_integer_ratio(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let pair = vec![arithmetic::positive(thread, first(args))?, thread.new_int(1)];
    Ok(thread.new_tuple(pair))
}

fn exact(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    only(args);
    arithmetic::positive(thread, first(args))
}

fn round(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let digits = match args.skip_first().positionals() {
        [digits] if !digits.is_none() => protocol::index(thread, digits)?,
        _ => return arithmetic::positive(thread, first(args)),
    };
    let digits = digits.as_integer().expect("an index is an integer");
    if !digits.is_negative() {
        return arithmetic::positive(thread, first(args));
    }
    let value = own(first(args));
    let _room = arithmetic::room_for(value.bit_length(), arithmetic::LINEAR)?;
    let value = value.to_big();
    // Past all digits of the value nothing is left, however far.
    let places = digits.to_i64().map_or(u64::MAX, i64::unsigned_abs);
    if places > BitTest::bit_len(&value) as u64 / 3 + 2 {
        return Ok(thread.new_int(0));
    }
    let _room = arithmetic::room_for(BitTest::bit_len(&value), 2 * arithmetic::PRODUCT)?;
    Ok(thread.new_big(round_to_multiple(&value, &IBig::from(10).pow(places as usize))))
}

/// The multiple of `unit` nearest to `value`; of two the even one.
fn round_to_multiple(value: &IBig, unit: &IBig) -> IBig {
    let (quotient, remainder) = divide::floor_div_rem(value, unit);
    let double = &remainder + &remainder;
    let up = match double.cmp(unit) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient.bit(0),
        std::cmp::Ordering::Greater => true,
    };
    let below = value - remainder;
    if up { below + unit } else { below }
}

fn divmod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [left, right] = args.exactly();
    divide::divmod(thread, left, right)
}

fn reflected_divmod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [right, left] = args.exactly();
    divide::divmod(thread, left, right)
}

/// Whether a byte order is `'little'`.
fn is_little(thread: &Thread, order: Option<&Value>, function: &str) -> Run<bool> {
    let Some(order) = order else { return Ok(false) };
    match order.downcast_ref::<Str>().map(|order| order.as_str()) {
        Some("little") => Ok(true),
        Some("big") => Ok(false),
        Some(_) => Err(Raised::value_error("byteorder must be either 'little' or 'big'")),
        None => Err(Raised::type_error(format_args!(
            "{function}() argument 'byteorder' must be str, not {}",
            protocol::argument_kind(thread, order)
        ))),
    }
}

fn to_bytes(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [length, order, signed] = args.skip_first().options();
    let length = match length {
        Some(length) => sequence::whole_index(thread, length)?,
        None => 1,
    };
    let little = is_little(thread, order, "to_bytes")?;
    let signed = match signed {
        Some(signed) => protocol::is_true(thread, signed)?,
        None => false,
    };
    let length =
        usize::try_from(length).map_err(|_| Raised::value_error("length argument must be non-negative"))?;
    let value = own(first(args));
    if value.is_negative() && !signed {
        return Err(Raised::overflow_error("can't convert negative int to unsigned"));
    }
    let _room = arithmetic::room_for(value.bit_length(), 2 * arithmetic::LINEAR)?;
    let big = value.to_big();
    // In two's complement -2^n needs no more bits than 2^n - 1; the sign takes one more.
    let magnitude = if value.is_negative() { -(big.clone() + IBig::ONE) } else { big.clone() };
    let bits = magnitude.bit_len() + usize::from(signed);
    if length.saturating_mul(8) < bits && !(value.is_zero() && length == 0) {
        return Err(Raised::overflow_error("int too big to convert"));
    }
    let mut buffer = memory::with_room(length)?;
    let fill = if value.is_negative() { 0xff } else { 0 };
    // The bits of a negative number are those of `magnitude`, all inverted.
    let unsigned = magnitude.into_parts().1.to_le_bytes();
    buffer.extend(unsigned.iter().take(length).map(|byte| byte ^ fill));
    buffer.resize(length, fill);
    if !little {
        buffer.reverse();
    }
    Ok(crate::types::object::bytes_like::new_bytes(thread, buffer))
}

fn from_bytes(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [source, order, signed] = args.skip_first().options();
    let little = is_little(thread, order, "from_bytes")?;
    let signed = match signed {
        Some(signed) => protocol::is_true(thread, signed)?,
        None => false,
    };
    let source = source.expect("a required argument is there");
    let mut buffer = crate::types::object::bytes_like::bytes_of(thread, source)?;
    let _room = arithmetic::room_for(buffer.len() * 8, arithmetic::LINEAR)?;
    if !little {
        buffer.reverse();
    }
    let negative = signed && buffer.last().is_some_and(|byte| byte & 0x80 != 0);
    if negative {
        buffer.iter_mut().for_each(|byte| *byte ^= 0xff);
    }
    let magnitude = IBig::from_parts(Sign::Positive, dashu_int::UBig::from_le_bytes(&buffer));
    let value = thread.new_big(if negative { -magnitude - IBig::ONE } else { magnitude });
    // On a class derived from `int` the result is one of its instances.
    let class = first(args);
    let derived = |class: &Object<Class>| class.kind == Kind::Bool || !class.root_shape().is_builtin();
    if class.downcast_ref::<Class>().is_some_and(derived) {
        return protocol::call(thread, class, Args::positional(&[value]));
    }
    Ok(value)
}
