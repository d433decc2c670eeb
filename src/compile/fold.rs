//! Operations on constants, done at compile time.
//!
//! Only what cannot fail and whose result is small is folded, within CPython's bounds; an
//! operation that raises stays in the code and raises when it is reached.

use std::sync::Arc;

use dashu_int::IBig;

use crate::bytecode::{BinaryOp, Const, Folds, Op};

/// 128, as in CPython: `10**10**10` must not hang the compiler.
const MAX_INT_BITS: usize = 128;
/// 4,096, as in CPython: the longest string or bytes made by folding.
const MAX_TEXT_BYTES: usize = 4096;
/// 256, as in CPython: the longest tuple made by repetition.
const MAX_TUPLE_ITEMS: usize = 256;

/// Applies an operation to constants, if that is harmless.
pub(super) fn apply<'a>(op: Op, mut operands: impl Iterator<Item = &'a Const>) -> Option<Const> {
    match op.folds() {
        Folds::No => None,
        Folds::Tuple => Some(Const::Tuple(operands.cloned().collect())),
        Folds::Not => truth(operands.next()?).map(|truth| Const::bool(!truth)),
        Folds::Negate => negate(operands.next()?),
        Folds::Positive => positive(operands.next()?),
        Folds::Invert => Some(int(-as_int(operands.next()?)? - IBig::ONE)),
        Folds::Binary(op) => binary(op, operands.next()?, operands.next()?),
    }
}

/// Returns whether a constant is true.
pub(super) fn truth(value: &Const) -> Option<bool> {
    Some(match value {
        Const::None | Const::False => false,
        Const::True | Const::Ellipsis | Const::BigInt(_) => true,
        Const::Int(value) => *value != 0,
        Const::Float(value) => *value != 0.0,
        Const::Complex(real, imag) => *real != 0.0 || *imag != 0.0,
        Const::Str(text) => !text.is_empty(),
        Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::Code(_) => return None,
    })
}

/// Makes the constant of an integer.
pub(super) fn int(value: IBig) -> Const {
    match i64::try_from(&value) {
        Ok(value) => Const::Int(value),
        Err(_) => Const::BigInt(Arc::new(value)),
    }
}

fn negate(value: &Const) -> Option<Const> {
    match value {
        Const::Float(value) => Some(Const::Float(-value)),
        _ => Some(int(-as_int(value)?)),
    }
}

fn positive(value: &Const) -> Option<Const> {
    match value {
        Const::Float(_) | Const::Int(_) | Const::BigInt(_) => Some(value.clone()),
        _ => None,
    }
}

fn binary(op: BinaryOp, left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Float(_), _) | (_, Const::Float(_)) => floats(op, as_float(left)?, as_float(right)?),
        (Const::Int(a), Const::Int(b)) => small_ints(op, *a, *b).or_else(|| ints(op, left, right)),
        (Const::BigInt(_) | Const::Int(_), Const::BigInt(_) | Const::Int(_)) => ints(op, left, right),
        (sequence, Const::Int(times)) | (Const::Int(times), sequence) if op == BinaryOp::Multiply => {
            repeat(sequence, usize::try_from(*times).ok()?)
        }
        _ if op == BinaryOp::Add => concatenate(left, right),
        _ => None,
    }
}

/// Arithmetic of 64 bits, where it does not overflow.
fn small_ints(op: BinaryOp, a: i64, b: i64) -> Option<Const> {
    let value = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Subtract => a.checked_sub(b),
        BinaryOp::Multiply => a.checked_mul(b),
        BinaryOp::And => Some(a & b),
        BinaryOp::Or => Some(a | b),
        BinaryOp::Xor => Some(a ^ b),
        BinaryOp::RightShift if b >= 0 => Some(a >> b.min(63)),
        BinaryOp::FloorDivide if b != 0 => {
            let quotient = a.checked_div(b)?;
            Some(quotient - i64::from(a % b != 0 && (a < 0) != (b < 0)))
        }
        BinaryOp::Remainder if b != 0 => {
            let rest = a.checked_rem(b)?;
            Some(if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        BinaryOp::TrueDivide if b != 0 => return Some(Const::Float(exact_float(a)? / exact_float(b)?)),
        // Division by zero raises; the rest may become large.
        BinaryOp::RightShift | BinaryOp::FloorDivide | BinaryOp::Remainder | BinaryOp::TrueDivide => None,
        BinaryOp::LeftShift | BinaryOp::Power | BinaryOp::MatrixMultiply => None,
    };
    value.map(Const::Int)
}

/// Arithmetic of any size, where the result stays small.
fn ints(op: BinaryOp, left: &Const, right: &Const) -> Option<Const> {
    let (a, b) = (as_int(left)?, as_int(right)?);
    let is_small = |bits: usize| bits <= MAX_INT_BITS;
    match op {
        BinaryOp::Add => Some(int(a + b)),
        BinaryOp::Subtract => Some(int(a - b)),
        BinaryOp::Multiply => is_small(bits(&a) + bits(&b)).then(|| int(a * b)),
        BinaryOp::LeftShift => {
            let by = usize::try_from(&b).ok()?;
            (by <= MAX_INT_BITS && is_small(bits(&a) + by)).then(|| int(a << by))
        }
        BinaryOp::Power => {
            let by = usize::try_from(&b).ok()?;
            is_small(bits(&a).checked_mul(by)?).then(|| int(a.pow(by)))
        }
        // Those of large integers are left to the program.
        BinaryOp::TrueDivide | BinaryOp::FloorDivide | BinaryOp::Remainder | BinaryOp::RightShift => None,
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::MatrixMultiply => None,
    }
}

fn bits(value: &IBig) -> usize {
    use dashu_int::ops::BitTest;
    value.bit_len()
}

fn floats(op: BinaryOp, a: f64, b: f64) -> Option<Const> {
    let value = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::TrueDivide if b != 0.0 => a / b,
        // A power of a negative number may be complex, one of zero may raise, a large one overflow.
        BinaryOp::Power if a > 0.0 => Some(a.powf(b)).filter(|value| value.is_finite())?,
        BinaryOp::TrueDivide | BinaryOp::Power | BinaryOp::FloorDivide | BinaryOp::Remainder => return None,
        // Raise.
        BinaryOp::LeftShift | BinaryOp::RightShift | BinaryOp::MatrixMultiply => return None,
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => return None,
    };
    Some(Const::Float(value))
}

fn as_int(value: &Const) -> Option<IBig> {
    match value {
        Const::Int(value) => Some(IBig::from(*value)),
        Const::BigInt(value) => Some(IBig::clone(value)),
        _ => None,
    }
}

fn as_float(value: &Const) -> Option<f64> {
    match value {
        Const::Float(value) => Some(*value),
        Const::Int(value) => exact_float(*value),
        _ => None,
    }
}

/// Converts an integer that a float holds exactly.
fn exact_float(value: i64) -> Option<f64> {
    (value.unsigned_abs() <= 1 << 53).then_some(value as f64)
}

fn repeat(sequence: &Const, times: usize) -> Option<Const> {
    let fits = |length: usize, limit: usize| length.checked_mul(times).is_some_and(|total| total <= limit);
    match sequence {
        Const::Str(text) if fits(text.len(), MAX_TEXT_BYTES) => Some(Const::str(text.repeat(times))),
        Const::Bytes(bytes) if fits(bytes.len(), MAX_TEXT_BYTES) => {
            Some(Const::Bytes(bytes.repeat(times).into()))
        }
        Const::Tuple(items) if fits(items.len(), MAX_TUPLE_ITEMS) => {
            let all = items.iter().cycle().take(items.len() * times);
            Some(Const::Tuple(all.cloned().collect()))
        }
        _ => None,
    }
}

fn concatenate(left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Str(a), Const::Str(b)) if a.len() + b.len() <= MAX_TEXT_BYTES => {
            Some(Const::str([&**a, &**b].concat()))
        }
        (Const::Bytes(a), Const::Bytes(b)) if a.len() + b.len() <= MAX_TEXT_BYTES => {
            Some(Const::Bytes([&**a, &**b].concat().into()))
        }
        (Const::Tuple(a), Const::Tuple(b)) if a.len() + b.len() <= MAX_TUPLE_ITEMS => {
            Some(Const::Tuple([&**a, &**b].concat().into()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(op: Op, a: Const, b: Const) -> Option<Const> {
        apply(op, [&a, &b].into_iter())
    }

    #[test]
    fn integers_fold_as_python_computes_them() {
        let ints = |op, a, b| folded(op, Const::Int(a), Const::Int(b));
        assert_eq!(ints(Op::FloorDivide, -7, 2), Some(Const::Int(-4)));
        assert_eq!(ints(Op::Remainder, -7, 2), Some(Const::Int(1)));
        assert_eq!(ints(Op::Remainder, 7, -2), Some(Const::Int(-1)));
        assert_eq!(ints(Op::Divide, 1, 0), None);
        assert_eq!(ints(Op::Divide, 1, 4), Some(Const::Float(0.25)));
        assert_eq!(ints(Op::Power, 2, 10), Some(Const::Int(1024)));
        assert_eq!(ints(Op::Power, 2, -1), None);
        assert_eq!(ints(Op::ShiftLeft, 1, 62), Some(Const::Int(1 << 62)));
        assert!(matches!(ints(Op::Add, i64::MAX, 1), Some(Const::BigInt(_))));
    }

    #[test]
    fn what_would_be_large_stays_code() {
        assert_eq!(folded(Op::Power, Const::Int(10), Const::Int(10_000_000_000)), None);
        assert_eq!(folded(Op::ShiftLeft, Const::Int(1), Const::Int(1 << 40)), None);
        assert_eq!(folded(Op::Multiply, Const::str("a"), Const::Int(1_000_000_000)), None);
        assert_eq!(folded(Op::Multiply, Const::str("ab"), Const::Int(2)), Some(Const::str("abab")));
    }
}
