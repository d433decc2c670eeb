//! The payload of a union of types: its choices. The type is in `types/typing/union_type.rs`.

use crate::references;
use crate::sync::AtomicI64;
use crate::value::class::kind::Kind;
use crate::value::object::Payload;
use crate::value::payload::tuple::Tuple;
use crate::value::value::Value;

/// A union of types.
pub struct Union {
    /// `__args__`, a tuple of at least two.
    pub choices: Value,
    /// The hash of the choices as a set, once it was asked for; 0 before. Unions that hold each other several times
    /// would else be hashed as often as there are ways to them.
    pub hash: AtomicI64,
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
