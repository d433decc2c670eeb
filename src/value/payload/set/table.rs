//! The table of a set: open addressing, slot for slot as CPython lays its sets out.
//!
//! Programs see the order of a set's slots, so sizes, growth and probing are CPython's: a power of two
//! of slots, runs of ten neighbours before the hash is shifted in, and growth when three fifths are
//! filled. A slot is empty (unbound, hash 0), deleted (unbound, hash -1) or holds a key.
//!
//! Nothing in here runs script code: a question that only `__eq__` can answer comes back as
//! [`Probe::Ask`], and removed keys are handed out for the caller to drop outside of the lock.

use crate::memory::{self, OutOfMemory};
use crate::object::TAKEN_AT_ONCE;
use crate::value::equal_fast::equal_fast;
use crate::value::payload::dict::table::Probe;
use crate::value::trace::{Trace, make_room_for, push_field};
use crate::value::value::Value;
use crate::value::word::{self, Word};

/// The smallest table.
const MIN_SIZE: usize = 8;
/// How many neighbours are looked at behind the first slot, as far as the table has them.
const LINEAR_PROBES: usize = 9;
/// How much of the hash each further probe shifts in.
const PERTURB_SHIFT: u32 = 5;
/// The hash in a deleted slot; no key hashes to it.
const DELETED: i64 = -1;
/// Sets past this many keys only double when they grow.
const LARGE: usize = 50_000;

struct Slot {
    hash: i64,
    key: Value,
}

impl Slot {
    const EMPTY: Slot = Slot { hash: 0, key: Value::UNBOUND };

    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.key.is_unbound() && self.hash != DELETED
    }
}

/// The position of a search. Invalid once the table's `layout` has changed.
#[derive(Clone, Copy)]
pub struct SetSearch {
    base: usize,
    offset: usize,
    probes: usize,
    perturb: u64,
    /// The last deleted slot met, or `NO_SLOT`.
    deleted: usize,
}

const NO_SLOT: usize = usize::MAX;

/// The keys of a set.
#[derive(Default)]
pub struct SetTable {
    /// No buffer at all while no key was ever put in; it counts as `MIN_SIZE` empty slots.
    slots: Box<[Slot]>,
    /// Slots that are not empty, deleted ones included.
    fill: usize,
    used: usize,
    /// Where `pop` continues to search.
    finger: usize,
    /// A number that changes whenever the keys are moved to other storage.
    /// Positions of searches are then invalid.
    layout: u32,
}

impl SetTable {
    /// The bytes of the table's buffer.
    pub fn buffer_bytes(&self) -> usize {
        size_of_val(&*self.slots)
    }

    /// How many keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used
    }

    /// Whether there is no key.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// Returns a number that changes whenever the keys are moved to other storage.
    /// Positions of searches are then invalid. It does not change while the smallest table is emptied, swept or
    /// filled again (CPython: the address of the table).
    #[inline(always)]
    pub fn layout(&self) -> u32 {
        self.layout
    }

    /// Returns the next value of `layout`, for storage of `size` slots.
    fn next_layout(&self, size: usize) -> u32 {
        let stays = self.mask() + 1 == MIN_SIZE && size <= MIN_SIZE;
        if stays { self.layout } else { self.layout.wrapping_add(1) }
    }

    /// Tells whether no slot was ever used, so that an inserted key need not be compared with any.
    pub fn is_clean(&self) -> bool {
        self.fill == 0
    }

    /// The index of the last slot (CPython: mask).
    #[inline(always)]
    fn mask(&self) -> usize {
        self.slots.len().max(MIN_SIZE) - 1
    }

    /// Where a search for `hash` begins.
    #[inline(always)]
    pub fn start(&self, hash: i64) -> SetSearch {
        SetSearch::at(hash as usize & self.mask(), hash as u64, self.mask(), NO_SLOT)
    }

    /// Looks for a key.
    #[inline]
    pub fn find(&self, hash: i64, key: &Value) -> Probe {
        self.resume(hash, key, &mut self.start(hash))
    }

    /// Searches for a key that is this very word. `Ask` means that another key with the same hash may be equal.
    #[inline(always)]
    pub fn find_word(&self, hash: i64, key: Word) -> Probe {
        let mut search = self.start(hash);
        let mask = self.mask();
        while let Some(slot) = self.slots.get(search.position()) {
            if slot.is_empty() {
                break;
            }
            if slot.hash == hash {
                let position = search.position();
                return if slot.key.word() == key { Probe::Found(position) } else { Probe::Ask(position) };
            }
            search.advance(mask);
        }
        Probe::Missing
    }

    /// Returns the first slot from `from` on that holds a key, and the key's word; the word is `UNBOUND` if
    /// there is none.
    #[inline(always)]
    pub fn key_word_from(&self, from: usize) -> (usize, Word) {
        let mut position = from;
        while let Some(slot) = self.slots.get(position) {
            if !slot.key.is_unbound() {
                return (position, slot.key.word());
            }
            position += 1;
        }
        (position, word::UNBOUND)
    }

    /// Resumes a search behind the key that was asked about last.
    ///
    /// After `Missing` the search stands at the slot where the key belongs.
    #[inline]
    pub fn resume(&self, hash: i64, key: &Value, search: &mut SetSearch) -> Probe {
        if self.slots.is_empty() {
            return Probe::Missing;
        }
        let mask = self.mask();
        loop {
            let position = search.position();
            let slot = &self.slots[position];
            if slot.is_empty() {
                return Probe::Missing;
            }
            if slot.hash == hash {
                match equal_fast(&slot.key, key) {
                    Some(true) => return Probe::Found(position),
                    Some(false) => {}
                    None => {
                        search.advance(mask);
                        return Probe::Ask(position);
                    }
                }
            } else if slot.hash == DELETED {
                search.deleted = position;
            }
            search.advance(mask);
        }
    }

    /// Inserts a key after a search for it ended with `Missing`.
    ///
    /// If there is no memory to grow, the key is inserted all the same unless the table would become full.
    #[inline]
    pub fn insert_missing(&mut self, search: &SetSearch, hash: i64, key: Value) -> Result<(), OutOfMemory> {
        if self.slots.is_empty() {
            self.slots = empty_slots(MIN_SIZE)?;
        }
        self.used += 1;
        // A key that was added while `__eq__` was asked may have taken the deleted slot.
        if self.slots.get(search.deleted).is_some_and(|slot| slot.key.is_unbound() && slot.hash == DELETED) {
            self.slots[search.deleted] = Slot { hash, key };
            return Ok(());
        }
        self.slots[search.position()] = Slot { hash, key };
        self.fill += 1;
        if self.fill * 5 >= self.mask() * 3 { self.grow(search) } else { Ok(()) }
    }

    /// Grows the table. If there is no memory, the slot of the key that was just inserted is emptied again,
    /// because a search must end at an empty slot.
    #[cold]
    fn grow(&mut self, search: &SetSearch) -> Result<(), OutOfMemory> {
        let grown = self.resize(self.growth());
        if grown.is_err() && self.fill >= self.mask() {
            self.slots[search.position()] = Slot::EMPTY;
            self.fill -= 1;
            self.used -= 1;
        }
        grown
    }

    fn growth(&self) -> usize {
        if self.used > LARGE { self.used * 2 } else { self.used * 4 }
    }

    /// Makes room, as CPython does, before `more` keys are taken over at once.
    pub fn prepare_for(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if (self.fill + more) * 5 >= self.mask() * 3 {
            self.resize((self.used + more) * 2)?;
        }
        Ok(())
    }

    /// Sweeps deleted slots out when they are more than a quarter.
    pub fn sweep_if_sparse(&mut self) -> Result<(), OutOfMemory> {
        if self.fill - self.used > self.mask() / 4 {
            self.resize(self.growth())?;
        }
        Ok(())
    }

    /// Moves the keys to a table of more than `least` slots, without deleted ones.
    fn resize(&mut self, least: usize) -> Result<(), OutOfMemory> {
        let mut size = MIN_SIZE;
        while size <= least {
            size *= 2;
        }
        if size == MIN_SIZE && self.mask() + 1 == MIN_SIZE && self.fill == self.used {
            return Ok(());
        }
        let slots = empty_slots(size)?;
        self.layout = self.next_layout(size);
        let old = std::mem::replace(&mut self.slots, slots);
        self.fill = self.used;
        for slot in old {
            if !slot.key.is_unbound() {
                self.insert_clean(slot);
            }
        }
        Ok(())
    }

    /// Puts a key that is not there into a table without deleted slots.
    fn insert_clean(&mut self, slot: Slot) {
        let mask = self.mask();
        let mut search = self.start(slot.hash);
        while !self.slots[search.position()].key.is_unbound() {
            search.advance(mask);
        }
        self.slots[search.position()] = slot;
    }

    /// The same keys in the same slots.
    pub fn duplicate(&self) -> Result<SetTable, OutOfMemory> {
        let mut slots = memory::with_room(self.slots.len())?;
        slots.extend(self.slots.iter().map(|slot| Slot { hash: slot.hash, key: slot.key.clone() }));
        Ok(SetTable { slots: slots.into_boxed_slice(), finger: 0, layout: 0, ..*self })
    }

    /// Takes over all keys of another table, if this one has no key to compare them with.
    ///
    /// Makes room for them in any case and returns whether it took them. The caller drops what is left in
    /// `other` outside of the lock.
    pub fn take_over(&mut self, other: &mut SetTable) -> Result<bool, OutOfMemory> {
        if other.is_empty() {
            return Ok(true);
        }
        self.prepare_for(other.len())?;
        if self.fill != 0 {
            return Ok(false);
        }
        if self.slots.is_empty() {
            self.slots = empty_slots(MIN_SIZE)?;
        }
        self.fill = other.used;
        self.used = other.used;
        if self.mask() == other.mask() && other.fill == other.used {
            self.slots = std::mem::take(&mut other.slots);
            return Ok(true);
        }
        for slot in std::mem::take(&mut other.slots) {
            if !slot.key.is_unbound() {
                self.insert_clean(slot);
            }
        }
        Ok(true)
    }

    /// Takes the key in a slot out. Panics if there is none.
    pub fn remove_at(&mut self, position: usize) -> Value {
        let slot = &mut self.slots[position];
        assert!(!slot.key.is_unbound(), "only a key that is there is removed");
        slot.hash = DELETED;
        self.used -= 1;
        slot.key.take()
    }

    /// Removes any key: the first one from `finger` on.
    pub fn pop(&mut self) -> Option<Value> {
        if self.used == 0 {
            return None;
        }
        let mut position = self.finger & self.mask();
        while self.slots[position].key.is_unbound() {
            position = (position + 1) & self.mask();
        }
        self.finger = position + 1;
        Some(self.remove_at(position))
    }

    /// Empties the table and returns its content, which the caller drops outside of the lock.
    #[must_use]
    pub fn clear(&mut self) -> SetTable {
        let layout = self.next_layout(0);
        std::mem::replace(self, SetTable { layout, ..SetTable::default() })
    }

    /// Replaces the keys by those of another table and returns the old ones.
    /// The caller drops these outside of the lock.
    #[must_use]
    pub fn replace(&mut self, mut table: SetTable) -> SetTable {
        table.layout = self.next_layout(table.slots.len());
        std::mem::replace(self, table)
    }

    /// The first slot from `from` on that holds a key.
    #[inline]
    pub fn next_position(&self, from: usize) -> Option<usize> {
        (from..self.slots.len()).find(|&position| !self.slots[position].key.is_unbound())
    }

    /// The hash and key in a slot.
    #[inline]
    pub fn key_at(&self, position: usize) -> Option<(i64, &Value)> {
        self.slots.get(position).filter(|slot| !slot.key.is_unbound()).map(|slot| (slot.hash, &slot.key))
    }

    /// Hashes and keys, in the order programs see.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &Value)> {
        self.slots.iter().filter(|slot| !slot.key.is_unbound()).map(|slot| (slot.hash, &slot.key))
    }
}

impl SetSearch {
    #[inline(always)]
    fn at(base: usize, perturb: u64, mask: usize, deleted: usize) -> SetSearch {
        let probes = if base + LINEAR_PROBES <= mask { LINEAR_PROBES } else { 0 };
        SetSearch { base, offset: 0, probes, perturb, deleted }
    }

    #[inline(always)]
    fn position(&self) -> usize {
        self.base + self.offset
    }

    #[inline(always)]
    fn advance(&mut self, mask: usize) {
        if self.offset < self.probes {
            self.offset += 1;
            return;
        }
        let perturb = self.perturb >> PERTURB_SHIFT;
        let base = self.base.wrapping_mul(5).wrapping_add(1).wrapping_add(perturb as usize) & mask;
        *self = SetSearch::at(base, perturb, mask, self.deleted);
    }
}

fn empty_slots(size: usize) -> Result<Box<[Slot]>, OutOfMemory> {
    let mut slots = memory::with_room(size)?;
    slots.extend(std::iter::repeat_with(|| Slot::EMPTY).take(size));
    Ok(slots.into_boxed_slice())
}

/// Up to how many slots a table gives up its keys in one call: the next power of two behind `TAKEN_AT_ONCE`, most of
/// whose slots hold no key.
const SLOTS_AT_ONCE: usize = TAKEN_AT_ONCE.next_power_of_two();

impl Trace for SetTable {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.slots.iter().for_each(|slot| slot.key.show::<ALL>(visit));
    }

    /// Moves the keys out; a long table gives up about `TAKEN_AT_ONCE` keys in each call. A table whose keys
    /// are being moved out is not used otherwise, so `finger` records where the next call continues.
    #[inline]
    fn take(&mut self, taken: &mut Vec<Word>) {
        if self.slots.len() <= SLOTS_AT_ONCE {
            make_room_for(taken, self.slots.len());
            for slot in self.clear().slots {
                if word::is_pointer(slot.key.word()) {
                    push_field(taken, slot.key.into_word());
                }
            }
            return;
        }
        let start = if self.used == 0 { self.finger } else { 0 };
        let full = taken.len() + TAKEN_AT_ONCE;
        make_room_for(taken, TAKEN_AT_ONCE);
        self.used = 0;
        for (at, slot) in self.slots.iter_mut().enumerate().skip(start) {
            if taken.len() >= full {
                self.finger = at;
                return;
            }
            Trace::take(&mut slot.key, taken);
        }
        drop(self.clear());
    }
}

#[cfg(test)]
mod tests;
