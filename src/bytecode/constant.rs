//! Constants of code, as Rust data without objects.
//!
//! Two constants are equal when a program could not tell them apart: the type counts, the sign of
//! zero counts, and every NaN is itself. The interpreter turns them into values when it loads a
//! `CodeUnit`.

use std::hash::{Hash, Hasher};
use std::mem::discriminant;
use std::sync::Arc;

use dashu_int::IBig;

use super::CodeUnit;

/// One constant.
#[derive(Clone, Debug)]
pub enum Const {
    /// `None`.
    None,
    /// `True`.
    True,
    /// `False`.
    False,
    /// `...`.
    Ellipsis,
    /// An integer of 64 bits.
    Int(i64),
    /// An integer that does not fit 64 bits.
    BigInt(Arc<IBig>),
    /// A float.
    Float(f64),
    /// A complex number: its real and its imaginary part.
    Complex(f64, f64),
    /// A string.
    Str(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A tuple.
    Tuple(Arc<[Const]>),
    /// A frozen set; the items in the order they were written, equal ones may repeat.
    FrozenSet(Arc<[Const]>),
    /// The code of a function or class body.
    Code(Arc<CodeUnit>),
}

impl Const {
    /// Makes a string constant.
    pub fn str(text: impl Into<Arc<str>>) -> Const {
        Const::Str(text.into())
    }

    /// Makes `True` or `False`.
    pub fn bool(value: bool) -> Const {
        if value { Const::True } else { Const::False }
    }
}

impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        match (self, other) {
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::BigInt(a), Const::BigInt(b)) => a == b,
            (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
            (Const::Complex(a, b), Const::Complex(c, d)) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Const::Str(a), Const::Str(b)) => a == b,
            (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) | (Const::FrozenSet(a), Const::FrozenSet(b)) => a == b,
            (Const::Code(a), Const::Code(b)) => Arc::ptr_eq(a, b),
            _ => discriminant(self) == discriminant(other),
        }
    }
}

impl Eq for Const {}

impl Hash for Const {
    fn hash<H: Hasher>(&self, state: &mut H) {
        discriminant(self).hash(state);
        match self {
            Const::None | Const::True | Const::False | Const::Ellipsis => {}
            Const::Int(value) => value.hash(state),
            Const::BigInt(value) => value.hash(state),
            Const::Float(value) => value.to_bits().hash(state),
            Const::Complex(real, imag) => (real.to_bits(), imag.to_bits()).hash(state),
            Const::Str(value) => value.hash(state),
            Const::Bytes(value) => value.hash(state),
            Const::Tuple(items) | Const::FrozenSet(items) => items.hash(state),
            Const::Code(unit) => Arc::as_ptr(unit).hash(state),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_can_tell_apart_differs() {
        assert_ne!(Const::Float(0.0), Const::Float(-0.0));
        assert_ne!(Const::Int(1), Const::True);
        assert_ne!(Const::Int(1), Const::Float(1.0));
        assert_eq!(Const::Float(f64::NAN), Const::Float(f64::NAN));
        assert_eq!(Const::Tuple([Const::None].into()), Const::Tuple([Const::None].into()));
    }
}
