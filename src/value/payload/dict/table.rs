//! The table of a dict: entries in the order they came, and an index into them.
//!
//! ```text
//! entries │ hash key value │ hash key value │ (deleted) │ hash key value │      order of insertion
//! index   │ 3 │ – │ 0 │ – │ – │ 1 │ …      a power of two of entry numbers; none for small tables
//! ```
//!
//! A table of up to ten entries has no index: its hashes are scanned. Deleting leaves a hole (an
//! unbound key) so that positions stay; growing squeezes the holes out. `keys_version` changes
//! whenever a key comes, goes or moves, and not when a value is replaced.
//!
//! Nothing in here runs script code: a question that only `__eq__` can answer comes back as
//! [`Probe::Ask`], and old values are handed out for the caller to drop outside of the lock (D-14, D-15).

use crate::memory::{self, OutOfMemory};
use crate::object::{TAKEN_AT_ONCE, TypeFlags};
use crate::value::equal_fast::{equal_fast, same_bytes};
use crate::value::object::Object;
pub use crate::value::payload::dict::search::{Probe, Search};
use crate::value::payload::str::Str;
use crate::value::trace::{Trace, make_room_for};
use crate::value::value::Value;
use crate::value::word::Word;

/// An index slot no key was ever put into.
const EMPTY: u32 = u32::MAX;
/// An index slot whose key was deleted.
const DELETED: u32 = u32::MAX - 1;
/// The smallest table: five entries.
const MIN_SIZE: usize = 8;
/// Tables up to this size have no index.
const MAX_SCANNED_SIZE: usize = 16;

/// One key and its value.
struct Entry {
    hash: i64,
    /// Unbound when the entry was deleted.
    key: Value,
    value: Value,
}

impl Entry {
    fn copy(&self) -> Entry {
        Entry { hash: self.hash, key: self.key.clone(), value: self.value.clone() }
    }
}

/// The entries of a dict.
#[derive(Default)]
pub struct DictTable {
    entries: Vec<Entry>,
    index: Box<[u32]>,
    used: u32,
    /// How many more entries fit before the table grows.
    usable: u32,
    keys_version: u32,
    /// A number that changes whenever the entries are moved to other storage.
    /// Positions of searches are then invalid.
    layout: u32,
    /// Whether the dict ever had a key or value that can be part of a cycle.
    has_held_container: bool,
}

/// Tells whether the collector may have to traverse a value.
#[inline]
fn is_container(value: &Value) -> bool {
    value.as_raw().is_some_and(|object| object.type_info().has(TypeFlags::HAS_GC))
}

impl DictTable {
    /// The bytes of the table's buffers.
    pub fn buffer_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + size_of_val(&*self.index)
    }

    /// Tells whether the dict ever had a key or value that can be part of a cycle: such a dict is tracked
    /// (B-81).
    #[inline(always)]
    pub fn has_held_container(&self) -> bool {
        self.has_held_container
    }

    /// Makes an empty table with room for `count` keys. Fails if there is no memory for it.
    pub fn with_capacity(count: usize) -> Result<DictTable, OutOfMemory> {
        let mut table = DictTable::default();
        if count > 0 {
            table.rebuild(size_for(count))?;
        }
        Ok(table)
    }

    /// How many keys.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used as usize
    }

    /// Whether there is no key.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// A number that changes whenever a key comes, goes or moves to another position.
    #[inline(always)]
    pub fn keys_version(&self) -> u32 {
        self.keys_version
    }

    /// Returns a number that changes whenever the entries are moved to other storage.
    /// Positions of searches are then invalid. It does not change while the smallest table is emptied and filled
    /// again (CPython: the address of the keys).
    #[inline(always)]
    pub fn layout(&self) -> u32 {
        self.layout
    }

    /// Returns the number of positions; some of them may be holes.
    #[inline(always)]
    pub fn position_end(&self) -> usize {
        self.entries.len()
    }

    /// Key and value at a position, unless it is a hole.
    #[inline(always)]
    pub fn entry_at(&self, position: usize) -> Option<(&Value, &Value)> {
        match self.entries.get(position) {
            Some(entry) if !entry.key.is_unbound() => Some((&entry.key, &entry.value)),
            _ => None,
        }
    }

    /// Returns the word of the value at a position if the key there is exactly this word; for inline caches.
    #[inline(always)]
    pub fn value_word_at(&self, position: usize, key: Word) -> Option<Word> {
        match self.entries.get(position) {
            Some(entry) if entry.key.word() == key => Some(entry.value.word()),
            _ => None,
        }
    }

    /// Searches for a key that is this very word. `Ask` means that another key with the same hash may be equal.
    #[inline(always)]
    pub fn find_word(&self, hash: i64, key: Word) -> Probe {
        let mut search = self.start(hash);
        match self.next_candidate(hash, &mut search) {
            None => Probe::Missing,
            Some(position) if self.entries[position].key.word() == key => Probe::Found(position),
            Some(position) => Probe::Ask(position),
        }
    }

    /// The word of the value at a position that was found.
    #[inline(always)]
    pub fn value_word(&self, position: usize) -> Word {
        self.entries[position].value.word()
    }

    /// Replaces the value at a position that was found; the count of the old word passes to the caller.
    ///
    /// # Safety
    /// `word` owns a count if it is a pointer, which passes to the table; so does that of the old word to the
    /// caller, who has read it. The value is no container unless the table has held one.
    #[inline(always)]
    pub unsafe fn set_value_word(&mut self, position: usize, word: Word) {
        let value = &mut self.entries[position].value;
        // SAFETY: the caller promises that the word owns its count and gives it to the table.
        std::mem::forget(std::mem::replace(value, unsafe { Value::from_word(word) }));
    }

    /// The hash of the key at a position.
    #[inline(always)]
    pub fn hash_at(&self, position: usize) -> i64 {
        self.entries[position].hash
    }

    /// The first position from `from` on that is not a hole.
    #[inline]
    pub fn next_position(&self, from: usize) -> Option<usize> {
        (from..self.entries.len()).find(|&position| !self.entries[position].key.is_unbound())
    }

    /// The last position below `end` that is not a hole.
    pub fn previous_position(&self, end: usize) -> Option<usize> {
        (0..end.min(self.entries.len())).rev().find(|&position| !self.entries[position].key.is_unbound())
    }

    /// Keys and values in order, with their hashes.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i64, &Value, &Value)> {
        self.entries
            .iter()
            .filter(|entry| !entry.key.is_unbound())
            .map(|entry| (entry.hash, &entry.key, &entry.value))
    }

    /// Where a search for `hash` begins.
    #[inline(always)]
    pub fn start(&self, hash: i64) -> Search {
        if self.index.is_empty() {
            Search { slot: 0, perturb: 0 }
        } else {
            Search { slot: hash as usize & (self.index.len() - 1), perturb: hash as u64 }
        }
    }

    /// Looks for a key of any type.
    #[inline]
    pub fn find(&self, hash: i64, key: &Value) -> Probe {
        match key.downcast_exact::<Str>() {
            Some(text) => self.find_text(hash, text),
            None => self.resume(hash, key, &mut self.start(hash)),
        }
    }

    /// Looks for a text whose class is `str` itself.
    #[inline]
    pub fn find_text(&self, hash: i64, key: &Object<Str>) -> Probe {
        let mut search = self.start(hash);
        while let Some(position) = self.next_candidate(hash, &mut search) {
            let known = &self.entries[position].key;
            if key.is(known) {
                return Probe::Found(position);
            }
            match known.downcast_exact::<Str>() {
                Some(known) if same_bytes(known.as_str().as_bytes(), key.as_str().as_bytes()) => {
                    return Probe::Found(position);
                }
                Some(_) => {}
                None => return Probe::Ask(position),
            }
        }
        Probe::Missing
    }

    /// Resumes a search behind the entry that was asked about last.
    #[inline(never)]
    pub fn resume(&self, hash: i64, key: &Value, search: &mut Search) -> Probe {
        while let Some(position) = self.next_candidate(hash, search) {
            match equal_fast(&self.entries[position].key, key) {
                Some(true) => return Probe::Found(position),
                Some(false) => {}
                None => return Probe::Ask(position),
            }
        }
        Probe::Missing
    }

    /// The next entry with this hash.
    #[inline(always)]
    fn next_candidate(&self, hash: i64, search: &mut Search) -> Option<usize> {
        if self.index.is_empty() {
            while let Some(entry) = self.entries.get(search.slot) {
                search.slot += 1;
                if entry.hash == hash && !entry.key.is_unbound() {
                    return Some(search.slot - 1);
                }
            }
            return None;
        }
        let mask = self.index.len() - 1;
        loop {
            let number = self.index[search.slot & mask];
            if number == EMPTY {
                return None;
            }
            search.advance(mask);
            // A deleted number lies past every entry.
            if let Some(entry) = self.entries.get(number as usize)
                && entry.hash == hash
            {
                return Some(number as usize);
            }
        }
    }

    /// Returns the position of a `str` key, by identity or text. Keys of other types are not compared.
    #[inline(always)]
    pub fn find_str_index(&self, key: &Object<Str>) -> Option<usize> {
        let hash = key.known_hash() as i64;
        if hash == 0 {
            return self.find_unhashed(key);
        }
        let mut search = self.start(hash);
        while let Some(position) = self.next_candidate(hash, &mut search) {
            if is_text(&self.entries[position].key, key) {
                return Some(position);
            }
        }
        None
    }

    /// Searches by comparing texts, without a hash.
    /// Computing the hash of `key` would need the hash keys of the runtime.
    #[cold]
    fn find_unhashed(&self, key: &Object<Str>) -> Option<usize> {
        self.entries.iter().position(|entry| is_text(&entry.key, key))
    }

    /// Makes room for one key more.
    #[inline]
    pub fn make_room(&mut self) -> Result<(), OutOfMemory> {
        if self.usable == 0 { self.grow() } else { Ok(()) }
    }

    /// Makes room for `count` keys in all.
    pub fn make_room_for(&mut self, count: usize) -> Result<(), OutOfMemory> {
        if count > self.len() + self.usable as usize { self.rebuild(size_for(count)) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), OutOfMemory> {
        self.rebuild(size_at_least(self.len() * 3))
    }

    /// Inserts a key that is not in the table and returns its position.
    ///
    /// Aborts if there is no memory: callers whose number of keys is up to a program call `make_room` first.
    #[inline]
    pub fn insert_new(&mut self, hash: i64, key: Value, value: Value) -> usize {
        if self.usable == 0 {
            self.grow().expect("a table of a few names finds memory");
        }
        let position = self.entries.len();
        if !self.index.is_empty() {
            self.enter(hash, position as u32);
        }
        self.has_held_container = self.has_held_container || is_container(&value) || is_container(&key);
        self.entries.push(Entry { hash, key, value });
        self.usable -= 1;
        self.used += 1;
        self.keys_version = self.keys_version.wrapping_add(1);
        position
    }

    /// Replaces the value at a position and gives the old one back. Panics at a hole.
    #[inline(always)]
    pub fn replace_value_at(&mut self, position: usize, value: Value) -> Value {
        self.has_held_container = self.has_held_container || is_container(&value);
        let entry = &mut self.entries[position];
        debug_assert!(!entry.key.is_unbound(), "only an entry in use has a value");
        std::mem::replace(&mut entry.value, value)
    }

    /// Removes the entry at a position and returns it. Panics at a hole.
    pub fn remove_at(&mut self, position: usize) -> (Value, Value) {
        if !self.index.is_empty() {
            let slot = self.slot_of(position);
            self.index[slot] = DELETED;
        }
        let entry = &mut self.entries[position];
        assert!(!entry.key.is_unbound(), "only an entry in use is removed");
        let taken = (entry.key.take(), entry.value.take());
        self.used -= 1;
        self.keys_version = self.keys_version.wrapping_add(1);
        taken
    }

    /// Removes the last entry (`popitem`), and the holes behind it.
    pub fn remove_last(&mut self) -> Option<(Value, Value)> {
        let position = self.previous_position(self.entries.len())?;
        let taken = self.remove_at(position);
        // The index has slots of deleted keys, so the room they took is not handed out again.
        self.entries.truncate(position);
        Some(taken)
    }

    /// Empties the table and returns its content, which the caller drops outside of the lock.
    #[must_use]
    pub fn clear(&mut self) -> DictTable {
        let keys_version = self.keys_version.wrapping_add(1);
        let is_smallest = self.entries.capacity() <= usable_of(MIN_SIZE);
        let layout = if is_smallest { self.layout } else { self.layout.wrapping_add(1) };
        std::mem::replace(self, DictTable { keys_version, layout, ..DictTable::default() })
    }

    /// Takes over another table's entries if this one has none, and returns the old buffers to drop; otherwise
    /// gives `table` back.
    pub fn replace_if_empty(&mut self, mut table: DictTable) -> Result<DictTable, DictTable> {
        if !self.is_empty() {
            return Err(table);
        }
        table.keys_version = self.keys_version.wrapping_add(1);
        table.layout = self.layout.wrapping_add(1);
        Ok(std::mem::replace(self, table))
    }

    /// Returns a copy of the table, without holes.
    pub fn copy(&self) -> Result<DictTable, OutOfMemory> {
        if self.len() == self.entries.len() {
            // No holes: positions stay, and so does the index.
            let index = memory::copy(&self.index)?.into_boxed_slice();
            let mut entries = memory::with_room(self.entries.len() + self.usable as usize)?;
            entries.extend(self.entries.iter().map(Entry::copy));
            return Ok(DictTable { entries, index, keys_version: 0, layout: 0, ..*self });
        }
        let mut copy = DictTable::with_capacity(self.len())?;
        for (hash, key, value) in self.iter() {
            copy.insert_new(hash, key.clone(), value.clone());
        }
        Ok(copy)
    }

    /// Moves the entries to a table of `size`, without holes. Nothing has changed if there is no memory.
    fn rebuild(&mut self, size: usize) -> Result<(), OutOfMemory> {
        // Entry numbers are 32 bits.
        if size >= DELETED as usize {
            return Err(OutOfMemory);
        }
        let capacity = usable_of(size);
        let is_indexed = size > MAX_SCANNED_SIZE;
        let index =
            if is_indexed { memory::repeated(EMPTY, size)?.into_boxed_slice() } else { Box::default() };
        if self.entries.capacity() > 0 || size > MIN_SIZE {
            self.layout = self.layout.wrapping_add(1);
        }
        self.entries.try_reserve_exact(capacity.saturating_sub(self.entries.len()))?;
        if self.len() != self.entries.len() {
            self.entries.retain(|entry| !entry.key.is_unbound());
        }
        self.usable = (capacity - self.entries.len()) as u32;
        self.keys_version = self.keys_version.wrapping_add(1);
        self.index = index;
        if is_indexed {
            for position in 0..self.entries.len() {
                self.enter(self.entries[position].hash, position as u32);
            }
        }
        Ok(())
    }

    /// Writes the number of an entry into the first free index slot for its hash.
    #[inline]
    fn enter(&mut self, hash: i64, number: u32) {
        let mask = self.index.len() - 1;
        let mut search = self.start(hash);
        while self.index[search.slot & mask] < DELETED {
            search.advance(mask);
        }
        self.index[search.slot & mask] = number;
    }

    /// The index slot that holds an entry's number.
    fn slot_of(&self, position: usize) -> usize {
        let mask = self.index.len() - 1;
        let mut search = self.start(self.entries[position].hash);
        while self.index[search.slot & mask] != position as u32 {
            search.advance(mask);
        }
        search.slot & mask
    }
}

/// Whether an entry's key is this text.
#[inline(always)]
fn is_text(known: &Value, key: &Object<Str>) -> bool {
    if key.is(known) {
        return true;
    }
    match known.downcast_exact::<Str>() {
        Some(known) if known.is_interned() && key.is_interned() => false,
        Some(known) => same_bytes(known.as_str().as_bytes(), key.as_str().as_bytes()),
        None => false,
    }
}

/// How many entries a table of `size` takes: two thirds, so that searches end.
const fn usable_of(size: usize) -> usize {
    size * 2 / 3
}

/// The smallest size that is at least `size`.
const fn size_at_least(size: usize) -> usize {
    if size <= MIN_SIZE { MIN_SIZE } else { size.next_power_of_two() }
}

/// The smallest size that takes `count` entries.
const fn size_for(count: usize) -> usize {
    size_at_least((count * 3).div_ceil(2))
}

impl Trace for DictTable {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        for entry in &self.entries {
            entry.key.show::<ALL>(visit);
            entry.value.show::<ALL>(visit);
        }
    }

    /// Moves the keys and values out, those of the first entries first; a long table gives up about
    /// `TAKEN_AT_ONCE` words in each call. A table whose entries are being moved out is not used otherwise, so
    /// `usable` records where the next call continues.
    fn take(&mut self, taken: &mut Vec<Word>) {
        if self.entries.len() <= TAKEN_AT_ONCE / 2 {
            make_room_for(taken, 2 * self.entries.len());
            for entry in &mut self.clear().entries {
                Trace::take(&mut entry.key, taken);
                Trace::take(&mut entry.value, taken);
            }
            return;
        }
        let start = if self.used == 0 { self.usable as usize } else { 0 };
        let full = taken.len() + TAKEN_AT_ONCE;
        make_room_for(taken, TAKEN_AT_ONCE + 1);
        self.used = 0;
        for (at, entry) in self.entries.iter_mut().enumerate().skip(start) {
            if taken.len() >= full {
                self.usable = at as u32;
                return;
            }
            Trace::take(&mut entry.key, taken);
            Trace::take(&mut entry.value, taken);
        }
        drop(self.clear());
    }
}

const _: () = assert!(size_of::<Entry>() == 24);

#[cfg(test)]
mod tests;
