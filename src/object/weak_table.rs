//! The weak side table: which weak reference objects point at an object.
//!
//! Striped by address; consulted only for objects with `HAS_WEAKREFS`. A list holds raw weak reference
//! objects and owns none of them: a weak reference removes itself before it dies. Invariant: no script code
//! runs, and nothing is released, while a stripe is locked (D-17, D-18).

use super::{GcBits, Place, RawObject, WeakRefs};
use crate::memory::OutOfMemory;
use crate::sync::{Mutex, MutexGuard};
use std::collections::HashMap;

/// How many locks the table has. A prime, so that addresses at a fixed distance spread over all of them.
const STRIPES: usize = 127;

type Stripe = HashMap<RawObject, WeakRefs>;

/// All weak references of one runtime, by referent.
pub struct WeakTable {
    stripes: Box<[Mutex<Stripe>]>,
}

impl Default for WeakTable {
    fn default() -> Self {
        WeakTable { stripes: (0..STRIPES).map(|_| Mutex::new(Stripe::default())).collect() }
    }
}

impl WeakTable {
    /// Locks the list of an object. Lists of other objects that share the lock are locked too.
    pub fn lock(&self, referent: RawObject) -> WeakList<'_> {
        let stripe = &self.stripes[(referent.address() >> 4) % STRIPES];
        WeakList { stripe: stripe.lock(), referent }
    }

    /// Calls `see` with every referent and its list; for the verifier, with the world stopped.
    pub fn for_each(&self, mut see: impl FnMut(RawObject, &WeakRefs)) {
        for stripe in &self.stripes {
            for (&referent, list) in stripe.lock().iter() {
                see(referent, list);
            }
        }
    }
}

/// The locked weak list of one object, in the order `getweakrefs` lists it.
pub struct WeakList<'table> {
    stripe: MutexGuard<'table, Stripe>,
    referent: RawObject,
}

impl WeakList<'_> {
    /// Iterates over the weak references to the object: shared ones first, then the others, newest first
    /// (B-85).
    pub fn iter(&self) -> impl Iterator<Item = RawObject> {
        self.stripe.get(&self.referent).into_iter().flat_map(WeakRefs::iter)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.stripe.get(&self.referent).map_or(0, WeakRefs::len)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a weak reference and publishes both objects (B-10).
    /// A thread that holds no reference may find either. If there is no memory for it nothing has changed.
    pub fn insert(&mut self, place: Place, weakref: RawObject) -> Result<(), OutOfMemory> {
        self.stripe.try_reserve(1).map_err(|_| OutOfMemory)?;
        let list = self.stripe.entry(self.referent).or_default();
        let inserted = list.insert(place, weakref);
        if inserted.is_err() && list.is_empty() {
            self.stripe.remove(&self.referent);
        }
        inserted?;
        self.referent.counts().publish();
        weakref.counts().publish();
        self.referent.set_bits(GcBits::HAS_WEAKREFS);
        Ok(())
    }

    /// Removes a weak reference that dies before its referent; true if it was there.
    pub fn remove(&mut self, weakref: RawObject) -> bool {
        let Some(list) = self.stripe.get_mut(&self.referent) else { return false };
        let was_there = list.remove(weakref);
        if list.is_empty() {
            self.stripe.remove(&self.referent);
            self.referent.clear_bits(GcBits::HAS_WEAKREFS);
        }
        was_there
    }

    /// Empties the list and returns what was in it.
    pub fn take_all(&mut self) -> WeakRefs {
        self.referent.clear_bits(GcBits::HAS_WEAKREFS);
        self.stripe.remove(&self.referent).unwrap_or_default()
    }
}
