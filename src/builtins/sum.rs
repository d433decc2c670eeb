//! `sum`: exact for machine integers, compensated for floats, and by `+` for everything else.
//!
//! ```text
//! Integers ──▶ Floats ──▶ Complexes ──▶ Others
//! ```
//!
//! A total only ever moves to the right, as in CPython: an item that does not fit is added by `+`, and the type of the
//! result says how to go on. So `sum([2**62, 2**62, 0.1])` adds the float by `+`, and `sum([0.1] * 10)` is 1.0.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{
    Args, BigInt, BinaryOp, BoxedFloat, Complex, Integer, Kind, NativeMethod, Raised, Run, Value,
};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[NativeMethod::function("sum", "iterable, /, start=0", sum)];

/// Returns the sum of the items of an iterable. Raises `TypeError` for a start that is a text or bytes, and what
/// iterating and `+` raise.
fn sum(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [iterable, start] = args.options();
    let iterable = iterable.expect("the first argument is required");
    let start = start.cloned().unwrap_or_else(|| thread.new_int(0));
    let what = match start.kind() {
        Kind::Str => Some("strings [use ''.join(seq) instead]"),
        Kind::Bytes => Some("bytes [use b''.join(seq) instead]"),
        Kind::ByteArray => Some("bytearray [use b''.join(seq) instead]"),
        _ => None,
    };
    if let Some(what) = what {
        drop(protocol::iter(thread, iterable)?);
        return Err(Raised::type_error(format_args!("sum() can't sum {what}")));
    }
    let mut total = Total::of(start, Stage::Integers);
    protocol::for_each(thread, iterable, |thread, item| total.add(thread, item))?;
    Ok(total.value(thread))
}

/// What has been added up so far.
enum Total {
    /// An `int` of 64 bits.
    Integers(i64),
    /// A `float`.
    Floats(Compensated),
    /// A `complex`: its real and imaginary part.
    Complexes(Compensated, Compensated),
    /// Anything.
    Others(Value),
}

/// Which kinds of totals may still follow.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Stage {
    Integers,
    Floats,
    Complexes,
    Others,
}

impl Total {
    /// Chooses how to go on from a value, at the given stage or a later one.
    fn of(value: Value, stage: Stage) -> Total {
        if stage <= Stage::Integers
            && value.kind() != Kind::Bool
            && let Some(total) = exact_integer(&value)
        {
            return Total::Integers(total);
        }
        if stage <= Stage::Floats
            && let Some(total) = exact_float(&value)
        {
            return Total::Floats(Compensated::new(total));
        }
        if stage <= Stage::Complexes
            && let Some(total) = value.downcast_exact::<Complex>()
        {
            return Total::Complexes(Compensated::new(total.real), Compensated::new(total.imag));
        }
        Total::Others(value)
    }

    /// Adds an item. Raises what `+` raises.
    #[inline]
    fn add(&mut self, thread: &mut Thread, item: Value) -> Run<()> {
        match self {
            Total::Integers(total) => {
                if let Some(sum) = exact_integer(&item).and_then(|item| total.checked_add(item)) {
                    *total = sum;
                    return Ok(());
                }
            }
            Total::Floats(total) => {
                if let Some(item) = exact_float(&item) {
                    total.add(item);
                    return Ok(());
                }
                if let Some(item) = item.as_integer() {
                    total.add(as_float(item)?);
                    return Ok(());
                }
            }
            Total::Complexes(real, imag) => {
                if let Some(item) = item.downcast_exact::<Complex>() {
                    real.add(item.real);
                    imag.add(item.imag);
                    return Ok(());
                }
                if let Some(item) = item.as_integer() {
                    real.add(as_float(item)?);
                    return Ok(());
                }
                if let Some(item) = item.as_float_exact() {
                    real.add(item);
                    return Ok(());
                }
            }
            Total::Others(_) => {}
        }
        self.add_by_operator(thread, &item)
    }

    /// Adds an item by `+`, and goes on as the result is. Raises what `+` raises.
    fn add_by_operator(&mut self, thread: &mut Thread, item: &Value) -> Run<()> {
        let next = match self {
            Total::Integers(_) => Stage::Floats,
            Total::Floats(_) => Stage::Complexes,
            Total::Complexes(..) | Total::Others(_) => Stage::Others,
        };
        let total = std::mem::replace(self, Total::Integers(0)).value(thread);
        *self = Total::of(protocol::binary_op(thread, BinaryOp::Add, &total, item)?, next);
        Ok(())
    }

    /// Makes the total a value.
    fn value(self, thread: &Thread) -> Value {
        match self {
            Total::Integers(total) => thread.new_int(total),
            Total::Floats(total) => thread.new_float(total.value()),
            Total::Complexes(real, imag) => {
                thread.alloc(Complex { real: real.value(), imag: imag.value() }).into_value()
            }
            Total::Others(total) => total,
        }
    }
}

/// The number of an `int` or `bool` of 64 bits; no instance of a class derived from them.
#[inline]
fn exact_integer(value: &Value) -> Option<i64> {
    if let Some(small) = value.as_small_int() {
        return Some(small);
    }
    let is_exact = value.as_bool().is_some() || value.downcast_exact::<BigInt>().is_some();
    if is_exact { value.as_i64() } else { None }
}

/// The float nearest to an integer. Raises `OverflowError` if it is too large.
fn as_float(integer: Integer<'_>) -> Run<f64> {
    integer.to_float().ok_or_else(|| Raised::overflow_error("int too large to convert to float"))
}

/// The number of a `float`; no instance of a class derived from it.
#[inline]
fn exact_float(value: &Value) -> Option<f64> {
    value.as_small_float().or_else(|| Some(value.downcast_exact::<BoxedFloat>()?.value))
}

/// A sum of floats with what was lost in rounding, by Neumaier's variant of Kahan's summation.
#[derive(Clone, Copy)]
struct Compensated {
    sum: f64,
    lost: f64,
}

impl Compensated {
    fn new(sum: f64) -> Compensated {
        Compensated { sum, lost: 0.0 }
    }

    #[inline]
    fn add(&mut self, item: f64) {
        let sum = self.sum + item;
        // What the smaller of the two has lost.
        self.lost +=
            if self.sum.abs() >= item.abs() { (self.sum - sum) + item } else { (item - sum) + self.sum };
        self.sum = sum;
    }

    /// The total. The compensation of an infinite sum is no number, and leaves the sum as it is.
    fn value(self) -> f64 {
        if self.lost != 0.0 && self.lost.is_finite() { self.sum + self.lost } else { self.sum }
    }
}
