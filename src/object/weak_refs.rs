//! The weak references to one object, in the order they are listed and called.

use super::RawObject;
use crate::memory::OutOfMemory;
use std::collections::BTreeMap;

/// Up to so many weak references are searched one by one; more are kept in a tree.
const FEW: usize = 32;

/// Where a weak reference stands among those to the same object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// First of all: the weak reference without callback that is shared by all who ask for one.
    First,
    /// After the shared reference: the proxy without callback that is shared.
    LastShared,
    /// After the shared ones and before all older ones.
    Newest,
}

/// The weak references to one object, in order; it owns none of them.
///
/// Adding one, and finding one to remove it, takes O(log n) steps, and each request for memory is short:
/// programs may hang 100,000 callbacks on one object. (CPython: a doubly linked list through the weak
/// references)
#[derive(Debug, Default)]
pub struct WeakRefs {
    /// The shared weak references, at most one of each type.
    shared: Vec<RawObject>,
    others: Others,
}

#[derive(Debug)]
enum Others {
    /// Oldest first.
    Few(Vec<RawObject>),
    Many(Many),
}

/// The weak references by the number of their turn, and the turn of each.
#[derive(Debug, Default)]
struct Many {
    listed: BTreeMap<u64, RawObject>,
    turns: BTreeMap<usize, u64>,
    next: u64,
}

impl Default for Others {
    fn default() -> Self {
        Others::Few(Vec::new())
    }
}

impl Many {
    fn push(&mut self, weakref: RawObject) {
        self.turns.insert(weakref.address(), self.next);
        self.listed.insert(self.next, weakref);
        self.next += 1;
    }

    fn remove(&mut self, weakref: RawObject) -> bool {
        let turn = self.turns.remove(&weakref.address());
        turn.is_some_and(|turn| self.listed.remove(&turn).is_some())
    }
}

impl WeakRefs {
    /// Returns how many weak references there are.
    pub fn len(&self) -> usize {
        self.shared.len()
            + match &self.others {
                Others::Few(few) => few.len(),
                Others::Many(many) => many.listed.len(),
            }
    }

    /// Tells whether there is no weak reference.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Iterates over the shared weak references first, then over the others, newest first (B-85).
    pub fn iter(&self) -> impl Iterator<Item = RawObject> {
        let (few, many) = match &self.others {
            Others::Few(few) => (few.as_slice(), None),
            Others::Many(many) => (&[][..], Some(many.listed.values().rev())),
        };
        self.shared.iter().chain(few.iter().rev()).chain(many.into_iter().flatten()).copied()
    }

    /// Adds a weak reference. If there is no memory for it nothing has changed.
    pub(super) fn insert(&mut self, place: Place, weakref: RawObject) -> Result<(), OutOfMemory> {
        match place {
            Place::First | Place::LastShared => {
                self.shared.try_reserve(1).map_err(|_| OutOfMemory)?;
                let position = if place == Place::First { 0 } else { self.shared.len() };
                self.shared.insert(position, weakref);
            }
            Place::Newest => match &mut self.others {
                Others::Few(few) if few.len() < FEW => {
                    few.try_reserve(1).map_err(|_| OutOfMemory)?;
                    few.push(weakref);
                }
                Others::Few(few) => {
                    let mut many = Many::default();
                    few.drain(..).for_each(|old| many.push(old));
                    many.push(weakref);
                    self.others = Others::Many(many);
                }
                Others::Many(many) => many.push(weakref),
            },
        }
        Ok(())
    }

    /// Removes a weak reference; true if it was in the list.
    pub(super) fn remove(&mut self, weakref: RawObject) -> bool {
        fn remove(list: &mut Vec<RawObject>, weakref: RawObject) -> bool {
            let position = list.iter().position(|&known| known == weakref);
            position.map(|position| list.remove(position)).is_some()
        }
        remove(&mut self.shared, weakref)
            || match &mut self.others {
                Others::Few(few) => remove(few, weakref),
                Others::Many(many) => many.remove(weakref),
            }
    }

    /// Keeps the weak references for which `keep` answers true; it is asked in the order of the list.
    pub fn retain(&mut self, mut keep: impl FnMut(RawObject) -> bool) {
        self.shared.retain(|&weakref| keep(weakref));
        match &mut self.others {
            Others::Few(few) => {
                few.reverse();
                few.retain(|&weakref| keep(weakref));
                few.reverse();
            }
            Others::Many(many) => {
                let Many { listed, turns, .. } = many;
                for (_, weakref) in listed.iter().rev() {
                    if !keep(*weakref) {
                        turns.remove(&weakref.address());
                    }
                }
                listed.retain(|_, weakref| turns.contains_key(&weakref.address()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Header;
    use std::ptr::NonNull;

    /// Objects that are addresses only.
    fn objects(count: usize) -> Vec<RawObject> {
        let at = |number: usize| {
            NonNull::<Header>::without_provenance(std::num::NonZeroUsize::new(16 * number).expect("no zero"))
        };
        (1..=count).map(|number| RawObject::from_header(at(number))).collect()
    }

    #[test]
    fn shared_ones_come_first_and_the_others_newest_first() {
        let all = objects(5);
        let mut list = WeakRefs::default();
        for (place, object) in [Place::Newest, Place::LastShared, Place::Newest, Place::First, Place::Newest]
            .into_iter()
            .zip(&all)
        {
            list.insert(place, *object).expect("memory");
        }
        assert!(list.iter().eq([3, 1, 4, 2, 0].map(|number: usize| all[number])));
        assert!(list.remove(all[2]) && !list.remove(all[2]));
        assert!(list.iter().eq([3, 1, 4, 0].map(|number: usize| all[number])));
    }

    #[test]
    fn many_keep_the_order_of_few() {
        let all = objects(10 * FEW);
        let mut list = WeakRefs::default();
        all.iter().for_each(|object| list.insert(Place::Newest, *object).expect("memory"));
        assert_eq!(list.len(), all.len());
        assert!(list.iter().eq(all.iter().rev().copied()));
        all.iter().step_by(2).for_each(|object| assert!(list.remove(*object)));
        assert!(list.iter().eq(all.iter().skip(1).step_by(2).rev().copied()));
        let mut asked = Vec::new();
        list.retain(|object| {
            asked.push(object);
            asked.len() % 2 == 0
        });
        assert!(asked.iter().copied().eq(all.iter().skip(1).step_by(2).rev().copied()));
        assert!(list.iter().eq(asked.iter().skip(1).step_by(2).copied()));
        assert!(!list.remove(all[0]) && list.remove(asked[1]));
    }
}
