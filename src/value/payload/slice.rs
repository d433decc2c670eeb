//! The slice payload: three values, which are converted to numbers only when the slice is used
//! (`protocol::slice_bounds`).
//!
//! The type itself is in `types/slice.rs`.

use crate::object::TypeFlags;
use crate::references;
use crate::value::class::kind::Kind;
use crate::value::object::Payload;
use crate::value::value::Value;

/// The payload of a `slice`.
pub struct Slice {
    /// Where it begins, or `None`.
    pub start: Value,
    /// Where it ends, or `None`.
    pub stop: Value,
    /// The distance between two positions, or `None`.
    pub step: Value,
}

// In the order in which CPython lets go of them.
references!(Slice { step, start, stop });

impl Payload for Slice {
    const KIND: Kind = Kind::Slice;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::IMMUTABLE);
    const HAS_ATTRIBUTES: bool = false;
}
