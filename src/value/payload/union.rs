//! The payload of a union of types: its choices. The type is in `types/typing/union_type.rs`.

use crate::references;
use crate::value::class::kind::Kind;
use crate::value::object::Payload;
use crate::value::payload::tuple::Tuple;
use crate::value::value::Value;

/// A union of types.
pub struct Union {
    /// `__args__`, a tuple of at least two.
    pub choices: Value,
}

references!(Union { choices });

impl Payload for Union {
    const KIND: Kind = Kind::Union;
}

impl Union {
    /// The choices.
    pub fn items(&self) -> &[Value] {
        self.choices.downcast_ref::<Tuple>().map_or(&[], |tuple| tuple.items())
    }
}
