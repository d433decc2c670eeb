//! The payload of `complex`: two floats that never change. What can be computed with them is in
//! `types/complex/arithmetic.rs`.

use crate::object::TypeFlags;
use crate::references;
use crate::value::class::kind::Kind;
use crate::value::object::Payload;

/// The payload of a `complex`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    /// `real`.
    pub real: f64,
    /// `imag`.
    pub imag: f64,
}

references!(Complex {});

impl Payload for Complex {
    const KIND: Kind = Kind::Complex;
    const FLAGS: TypeFlags = TypeFlags::empty();
    const HAS_ATTRIBUTES: bool = false;
}
