//! The payloads of `set` and `frozenset`: the same table, under the object's lock.
//!
//! What may be done with them is in `types/set/` and `types/set/frozenset.rs`.
//!
//! Begin with `table.rs`.

pub mod table;

use crate::memory::{self, OutOfMemory};
use crate::object::TypeFlags;
use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::value::class::kind::Kind;
use crate::value::guarded::Guarded;
use crate::value::object::{Object, Payload};
use crate::value::payload::set::table::SetTable;
use crate::value::raised::Run;
use crate::value::value::Value;

/// The payload of a set.
#[derive(Default)]
pub struct Set {
    /// The keys.
    pub table: Guarded<SetTable>,
}

references!(Set { table });

impl Payload for Set {
    const KIND: Kind = Kind::Set;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::TAKEN_WHOLE);
    const HAS_ATTRIBUTES: bool = false;
}

/// The payload of a frozenset. The table is never changed once the object is made.
#[derive(Default)]
pub struct FrozenSet {
    /// The keys.
    pub table: Guarded<SetTable>,
    /// The hash, `NO_HASH` while it is not known.
    hash: AtomicI64,
}

references!(FrozenSet { table });

impl Payload for FrozenSet {
    const KIND: Kind = Kind::FrozenSet;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::IMMUTABLE);
}

impl Set {
    /// A set of these keys.
    pub fn new(table: SetTable) -> Set {
        Set { table: Guarded::new(table) }
    }
}

impl FrozenSet {
    const NO_HASH: i64 = 0;

    /// A frozenset of these keys.
    pub fn new(table: SetTable) -> FrozenSet {
        FrozenSet { table: Guarded::new(table), hash: AtomicI64::new(FrozenSet::NO_HASH) }
    }

    /// The hash, if it was computed before.
    pub fn known_hash(&self) -> Option<i64> {
        // Relaxed: a function of keys that never change.
        Some(self.hash.load(Ordering::Relaxed)).filter(|&hash| hash != FrozenSet::NO_HASH)
    }

    /// Remembers the hash. A hash of 0 means "not known", so it is computed each time.
    pub fn remember_hash(&self, hash: i64) {
        self.hash.store(hash, Ordering::Relaxed);
    }
}

/// A set or a frozenset.
#[derive(Clone, Copy)]
pub enum AnySet<'a> {
    /// A set.
    Set(&'a Object<Set>),
    /// A frozenset.
    Frozen(&'a Object<FrozenSet>),
}

impl<'a> AnySet<'a> {
    /// The set, if it is one.
    #[inline]
    pub fn of(value: &'a Value) -> Option<AnySet<'a>> {
        match value.kind() {
            Kind::Set => value.downcast_ref().map(AnySet::Set),
            Kind::FrozenSet => value.downcast_ref().map(AnySet::Frozen),
            _ => None,
        }
    }

    /// Runs `action` on the table under the object's lock; it must not run script code.
    #[inline]
    pub fn with<R>(self, action: impl FnOnce(&mut SetTable) -> R) -> R {
        match self {
            AnySet::Set(set) => set.with(|set| &set.table, action),
            AnySet::Frozen(set) => set.with(|set| &set.table, action),
        }
    }

    /// How many keys.
    pub fn len(self) -> usize {
        self.with(|table| table.len())
    }

    /// Whether there is no key.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Returns a copy of all hashes and keys, in the order programs see. Raises `MemoryError` if there is no
    /// memory for it.
    pub fn snapshot(self) -> Run<Vec<(i64, Value)>> {
        Ok(self.with(|table| -> Result<_, OutOfMemory> {
            let mut keys = memory::with_room(table.len())?;
            keys.extend(table.iter().map(|(hash, key)| (hash, key.clone())));
            Ok(keys)
        })?)
    }

    /// Whether both are the same object.
    pub fn is(self, other: AnySet<'_>) -> bool {
        match (self, other) {
            (AnySet::Set(left), AnySet::Set(right)) => left.raw() == right.raw(),
            (AnySet::Frozen(left), AnySet::Frozen(right)) => left.raw() == right.raw(),
            _ => false,
        }
    }
}
