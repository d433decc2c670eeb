//! The values of literals: as objects, and as the tree has them.

use std::sync::Arc;

use dashu_int::IBig;

use crate::memory;
use crate::protocol;
use crate::syntax::depth::MAX_DEPTH;
use crate::syntax::tree::Constant;
use crate::thread::Thread;
use crate::value::{
    AnySet, Bytes, Complex, ErrorKind, FrozenSet, Integer, Kind, Raised, Run, Str, Tuple, Value,
};

/// Makes the object of a literal. Raises `MemoryError`.
pub(super) fn to_value(thread: &mut Thread, constant: &Constant) -> Run<Value> {
    Ok(match constant {
        Constant::None => Value::NONE,
        Constant::True => Value::TRUE,
        Constant::False => Value::FALSE,
        Constant::Ellipsis => Value::ELLIPSIS,
        Constant::Int(number) => thread.new_int(*number),
        Constant::BigInt { digits, radix } => {
            let number = IBig::from_str_radix(digits, *radix);
            thread.new_big(number.expect("the tokenizer lets only digits of the base through"))
        }
        Constant::Float(number) => thread.new_float(*number),
        Constant::Imaginary(imag) => thread.alloc(Complex { real: 0.0, imag: *imag }).into_value(),
        Constant::Complex(real, imag) => thread.alloc(Complex { real: *real, imag: *imag }).into_value(),
        Constant::Str(text) => thread.try_str(text)?,
        Constant::Bytes(bytes) => thread.alloc(Bytes::new(memory::copy(bytes)?)).into_value(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => {
            let values = items.iter().map(|item| to_value(thread, item)).collect::<Run<Vec<Value>>>()?;
            let tuple = thread.try_tuple(values)?;
            if matches!(constant, Constant::Tuple(_)) {
                return Ok(tuple);
            }
            let class = thread.known().class(Kind::FrozenSet).to_value();
            protocol::call(thread, &class, crate::value::Args::positional(&[tuple]))?
        }
    })
}

/// Returns the literal of an object. Raises `TypeError` for what no literal can be, and `RecursionError` for containers that
/// are nested too deep.
pub(super) fn of_value(thread: &mut Thread, value: &Value) -> Run<Constant> {
    nested(thread, value, MAX_DEPTH)
}

/// Returns the literal of an object that may be nested this deep.
fn nested(thread: &mut Thread, value: &Value, depth: u32) -> Run<Constant> {
    let invalid = |thread: &Thread| {
        let given = protocol::class_of(thread, value).name_text();
        Raised::type_error(format_args!("got an invalid type in Constant: {given}"))
    };
    if value.is_none() {
        return Ok(Constant::None);
    }
    let is_exact = protocol::class_of(thread, value).raw() == thread.known().class(value.kind()).raw();
    if !is_exact {
        return Err(invalid(thread));
    }
    Ok(match value.kind() {
        Kind::EllipsisType => Constant::Ellipsis,
        Kind::Bool if value.is(&Value::TRUE) => Constant::True,
        Kind::Bool => Constant::False,
        Kind::Int => match value.as_integer() {
            Some(Integer::Small(number)) => Constant::Int(number),
            Some(Integer::Big(number)) => match i64::try_from(number) {
                Ok(number) => Constant::Int(number),
                Err(_) => Constant::BigInt { digits: number.in_radix(16).to_string().into(), radix: 16 },
            },
            None => return Err(invalid(thread)),
        },
        Kind::Float => Constant::Float(value.as_float_exact().unwrap_or_default()),
        Kind::Complex => match value.downcast_ref::<Complex>() {
            Some(complex) if complex.real.to_bits() == 0 => Constant::Imaginary(complex.imag),
            Some(complex) => Constant::Complex(complex.real, complex.imag),
            None => return Err(invalid(thread)),
        },
        Kind::Str => Constant::Str(value.downcast_ref::<Str>().map_or("", |text| text.as_str()).into()),
        Kind::Bytes => {
            Constant::Bytes(value.downcast_ref::<Bytes>().map_or(&[][..], |bytes| bytes.as_slice()).into())
        }
        Kind::Tuple => {
            let items = value.downcast_ref::<Tuple>().map_or(&[][..], |tuple| tuple.items());
            Constant::Tuple(all(thread, items.iter(), depth)?)
        }
        Kind::FrozenSet => {
            let set = value.downcast_ref::<FrozenSet>().ok_or_else(|| invalid(thread))?;
            let members = AnySet::Frozen(set).snapshot()?;
            Constant::FrozenSet(all(thread, members.iter().map(|(_, member)| member), depth)?)
        }
        _ => return Err(invalid(thread)),
    })
}

fn all<'a>(thread: &mut Thread, items: impl Iterator<Item = &'a Value>, depth: u32) -> Run<Arc<[Constant]>> {
    if depth == 0 {
        return Err(too_deep());
    }
    items.map(|item| nested(thread, item, depth - 1)).collect::<Run<Vec<Constant>>>().map(Into::into)
}

/// Makes the error of constants that are nested too deep: all that is done with them goes down as deep.
fn too_deep() -> Raised {
    Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded during compilation")
}
