//! The dict payload, and its operations for `str` keys, which never run script code.
//!
//! Keys of any type go through `protocol/dict.rs`; the methods scripts call are in `types/dict/`.
//!
//! Begin with `table.rs`, the entries and their index; `search.rs` is how tables are searched.

pub(in crate::value) mod search;
pub mod table;

use crate::memory::{self, OutOfMemory};
use crate::object::{GcBits, TypeFlags};
use crate::references;
use crate::value::class::kind::Kind;
use crate::value::guarded::Guarded;
use crate::value::hash::hash_str;
use crate::value::object::{Object, Payload};
use crate::value::payload::dict::table::DictTable;
use crate::value::payload::str::Str;
use crate::value::raised::Run;
use crate::value::value::Value;

/// The value of `extra` in the header of a dict that holds the attributes of an instance.
/// It means that no program has asked for the dict.
const HIDDEN: u16 = 1;

/// The payload of a dict.
#[derive(Default)]
pub struct Dict {
    /// The entries.
    pub table: Guarded<DictTable>,
}

references!(Dict { table });

impl Payload for Dict {
    const KIND: Kind = Kind::Dict;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::MAY_UNTRACK).union(TypeFlags::TAKEN_WHOLE);
    const HAS_ATTRIBUTES: bool = false;

    fn is_born_tracked(&mut self) -> bool {
        self.table.get_mut().has_held_container()
    }
}

impl Dict {
    /// A dict with these entries.
    pub fn new(table: DictTable) -> Dict {
        Dict { table: Guarded::new(table) }
    }
}

impl Object<Dict> {
    /// Runs `action` on the table under the lock of the dict; it must not run script code.
    #[inline]
    pub fn with_table<R>(&self, action: impl FnOnce(&mut DictTable) -> R) -> R {
        let (result, is_container) = self.with(
            |dict| &dict.table,
            |table| {
                let result = action(table);
                (result, table.has_held_container())
            },
        );
        if is_container && !self.raw().is_tracked() {
            self.track_again();
        }
        result
    }

    /// Makes the collector track the dict; called when it first gets a container (B-81).
    #[cold]
    fn track_again(&self) {
        // A dict that is being destroyed, or made, is nobody else's to track.
        if crate::life::count_of(self.raw()) > 0 && !self.is_hidden() {
            self.raw().set_bits(GcBits::TRACKED);
        }
    }

    /// Makes a fresh, empty dict the hidden place of an instance's attributes.
    ///
    /// To programs it is a part of the instance, as attribute words are: it is in no list of objects, a
    /// collection does not count it, and the collector traverses it with the instance, the only object that
    /// refers to it.
    pub fn hide(&self) {
        debug_assert!(self.shape().is_builtin() && self.is_empty() && !self.raw().is_tracked());
        self.raw().set_extra(HIDDEN);
    }

    /// Whether the dict is a part of an instance.
    pub fn is_hidden(&self) -> bool {
        // In a subclass `extra` counts attribute words.
        self.raw().extra() == HIDDEN && self.shape().is_builtin()
    }

    /// Ends the hiding: the dict becomes an object of its own, because a program is about to see it.
    pub fn reveal(&self) {
        if self.is_hidden() {
            self.raw().set_extra(0);
            // Looking is enough: whoever holds a container gets tracked.
            self.with_table(|_| ());
        }
    }

    /// How many keys.
    pub fn len(&self) -> usize {
        self.with_table(|table| table.len())
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a `str` key.
    #[inline]
    pub fn get_str(&self, key: &Object<Str>) -> Option<Value> {
        self.with_table(|table| {
            let position = table.find_str_index(key)?;
            table.entry_at(position).map(|(_, value)| value.clone())
        })
    }

    /// Whether a `str` key is there.
    pub fn contains_str(&self, key: &Object<Str>) -> bool {
        self.with_table(|table| table.find_str_index(key).is_some())
    }

    /// Sets the value of a `str` key and returns the old value, which the caller drops outside of any lock.
    pub fn set_str(
        &self,
        thread: &crate::thread::ThreadState,
        key: &Object<Str>,
        value: Value,
    ) -> Option<Value> {
        let hash = hash_str(thread.known().hash_keys, key);
        self.with_table(|table| match table.find_str_index(key) {
            Some(position) => Some(table.replace_value_at(position, value)),
            None => {
                table.insert_new(hash, key.to_value(), value);
                None
            }
        })
    }

    /// Like `set_str`, for any number of keys. Raises `MemoryError` if there is no memory to grow.
    pub fn try_set_str(
        &self,
        thread: &crate::thread::ThreadState,
        key: &Object<Str>,
        value: Value,
    ) -> Run<Option<Value>> {
        // Room for one key more, whether or not this is a new one.
        self.with_table(|table| table.make_room())?;
        Ok(self.set_str(thread, key, value))
    }

    /// Removes a `str` key and returns its value, which the caller drops outside of any lock.
    pub fn remove_str(&self, key: &Object<Str>) -> Option<Value> {
        let (key, value) =
            self.with_table(|table| table.find_str_index(key).map(|at| table.remove_at(at)))?;
        drop(key);
        Some(value)
    }

    /// Returns a copy of all keys and values, in order. Raises `MemoryError` if there is no memory for it.
    pub fn snapshot(&self) -> Run<Vec<(Value, Value)>> {
        let pair = |(_, key, value): (i64, &Value, &Value)| (key.clone(), value.clone());
        Ok(self.with_table(|table| -> Result<_, OutOfMemory> {
            let mut pairs = memory::with_room(table.len())?;
            pairs.extend(table.iter().map(pair));
            Ok(pairs)
        })?)
    }

    /// Returns a copy of all keys, in order. Raises `MemoryError` if there is no memory for it.
    pub fn keys(&self) -> Run<Vec<Value>> {
        Ok(self.with_table(|table| -> Result<_, OutOfMemory> {
            let mut keys = memory::with_room(table.len())?;
            keys.extend(table.iter().map(|(_, key, _)| key.clone()));
            Ok(keys)
        })?)
    }

    /// Removes every entry.
    pub fn clear(&self) {
        // Bound first, so that the entries die after the lock is released.
        let old = self.with_table(DictTable::clear);
        drop(old);
    }
}
