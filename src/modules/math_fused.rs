//! `math.fma` and `math.sumprod`: products and sums that are rounded once.

use crate::modules::math_real::real;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, BigInt, BinaryOp, BoxedFloat, Raised, Run, Value};

/// `math.fma(x, y, z)`. Raises `ValueError` for an invalid operation, `OverflowError` if the result is too large, and what
/// `real` raises.
pub(super) fn fma(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [x, y, z] = args.exactly();
    let (x, y, z) = (real(thread, x)?, real(thread, y)?, real(thread, z)?);
    let result = x.mul_add(y, z);
    if result.is_nan() && ![x, y, z].iter().any(|operand| operand.is_nan()) {
        return Err(Raised::value_error("invalid operation in fma"));
    }
    if result.is_infinite() && [x, y, z].iter().all(|operand| operand.is_finite()) {
        return Err(Raised::overflow_error("overflow in fma"));
    }
    Ok(thread.new_float(result))
}

/// `math.sumprod(p, q)`. Raises `ValueError` if one of the iterables is shorter, and what iterating, `*` and `+` raise.
pub(super) fn sumprod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [p, q] = args.exactly();
    let (p, q) = (protocol::iter(thread, p)?, protocol::iter(thread, q)?);
    let mut total =
        Products { rest: thread.new_int(0), integers: Some(0), floats: Some(TripleFloat::default()) };
    loop {
        match (protocol::next(thread, &p)?, protocol::next(thread, &q)?) {
            (Some(left), Some(right)) => total.add(thread, &left, &right)?,
            (None, None) => {
                total.end_integers(thread)?;
                total.end_floats(thread)?;
                return Ok(total.rest);
            }
            _ => return Err(Raised::value_error("Inputs are not the same length")),
        }
    }
}

/// A sum of products: of machine integers as long as all fit, then of floats, then by `*` and `+`.
struct Products {
    /// What neither of the others has.
    rest: Value,
    /// The sum of the first products, while all are of integers.
    integers: Option<i64>,
    /// The sum of the products after them, while all are of floats.
    floats: Option<TripleFloat>,
}

impl Products {
    /// Adds a product. Raises what `*` and `+` raise.
    fn add(&mut self, thread: &mut Thread, left: &Value, right: &Value) -> Run<()> {
        if let Some(total) = &mut self.integers {
            let product = exact_integer(left).zip(exact_integer(right));
            let product = product.and_then(|(left, right)| left.checked_mul(right));
            if let Some(sum) = product.and_then(|product| total.checked_add(product)) {
                *total = sum;
                return Ok(());
            }
            self.end_integers(thread)?;
        }
        if let Some(total) = &mut self.floats {
            let sum = float_operands(left, right).map(|(left, right)| total.plus_product(left, right));
            if let Some(sum) = sum.filter(|sum| sum.high.is_finite()) {
                *total = sum;
                return Ok(());
            }
            self.end_floats(thread)?;
        }
        let product = protocol::binary_op(thread, BinaryOp::Multiply, left, right)?;
        self.add_to_rest(thread, &product)
    }

    /// Adds the integers to the rest. Raises what `+` raises.
    fn end_integers(&mut self, thread: &mut Thread) -> Run<()> {
        match self.integers.take() {
            None | Some(0) => Ok(()),
            Some(total) => self.add_to_rest(thread, &thread.new_int(total)),
        }
    }

    /// Adds the floats to the rest. Raises what `+` raises.
    fn end_floats(&mut self, thread: &mut Thread) -> Run<()> {
        match self.floats.take() {
            Some(total) if total.is_used => self.add_to_rest(thread, &thread.new_float(total.value())),
            _ => Ok(()),
        }
    }

    fn add_to_rest(&mut self, thread: &mut Thread, term: &Value) -> Run<()> {
        self.rest = protocol::binary_op(thread, BinaryOp::Add, &self.rest, term)?;
        Ok(())
    }
}

/// The number of an `int` of 64 bits; no `bool`, no instance of a class derived from `int`.
fn exact_integer(value: &Value) -> Option<i64> {
    match value.as_small_int() {
        Some(small) => Some(small),
        None => value.downcast_exact::<BigInt>().and_then(|_| value.as_i64()),
    }
}

/// The operands of a product of which one at least is a `float`; the other may be an `int` or `bool`.
fn float_operands(left: &Value, right: &Value) -> Option<(f64, f64)> {
    let float =
        |value: &Value| value.as_small_float().or_else(|| Some(value.downcast_exact::<BoxedFloat>()?.value));
    let integer = |value: &Value| match exact_integer(value) {
        Some(integer) => Some(integer as f64),
        None => value.as_bool().map(|truth| f64::from(u8::from(truth))),
    };
    match (float(left), float(right)) {
        (Some(left), Some(right)) => Some((left, right)),
        (Some(left), None) => Some((left, integer(right)?)),
        (None, Some(right)) => Some((integer(left)?, right)),
        (None, None) => None,
    }
}

/// A number as the sum of three floats, each much smaller than the one before.
#[derive(Clone, Copy, Default)]
struct TripleFloat {
    high: f64,
    low: f64,
    tiny: f64,
    is_used: bool,
}

impl TripleFloat {
    /// Adds a product, all of whose bits are kept (Ogita, Rump and Oishi: `Dot3`).
    fn plus_product(self, left: f64, right: f64) -> TripleFloat {
        let product = left * right;
        let product_error = left.mul_add(right, -product);
        let (high, high_error) = two_sum(self.high, product);
        let (low, low_error) = two_sum(self.low, product_error);
        let (low, last_error) = two_sum(low, high_error);
        TripleFloat { high, low, tiny: self.tiny + low_error + last_error, is_used: true }
    }

    fn value(self) -> f64 {
        let (high, low) = two_sum(self.low, self.high);
        self.tiny + low + high
    }
}

/// Returns the rounded sum of two floats, and what rounding lost (Knuth).
fn two_sum(left: f64, right: f64) -> (f64, f64) {
    let sum = left + right;
    let from_right = sum - left;
    (sum, (left - (sum - from_right)) + (right - from_right))
}
