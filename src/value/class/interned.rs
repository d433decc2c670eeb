//! The table of interned texts: a hash table cut into shards, so that it grows by short requests only.
//!
//! Names are interned where no error could be passed on, and as many as a program makes up, so a table that has to
//! be moved as a whole will not do. The shards grow in number one by one: each time they have become too full, the
//! next in turn is split in two (linear hashing).

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::memory::Chunks;
use crate::thread::ThreadState;
use crate::value::class::known::Known;
use crate::value::object::{Object, Ref};
use crate::value::payload::str::{IS_INTERNED, Str};
use crate::value::value::Value;

/// When the shards have this many texts on average, one of them is split.
const FULL: usize = 256;
/// How many bits of a hash the tables of the shards use themselves.
const TABLE_BITS: u32 = 20;

type Shard = FxHashMap<Box<str>, Ref<Str>>;

/// The table.
pub struct Interned {
    shards: Chunks<Shard>,
    /// How many shards there were when the first one was split last; a power of two.
    base: usize,
    len: usize,
}

impl Default for Interned {
    fn default() -> Self {
        Interned { shards: std::iter::once(Shard::default()).collect(), base: 1, len: 0 }
    }
}

impl Interned {
    /// The object that stands for a text.
    pub fn get(&self, text: &str) -> Option<&Ref<Str>> {
        self.shards.get(self.shard_of(text))?.get(text)
    }

    /// Enters a text that is not there.
    pub fn insert(&mut self, text: &str, object: Ref<Str>) {
        self.len += 1;
        if self.len > self.shards.len() * FULL {
            self.split();
        }
        let shard = self.shard_of(text);
        self.shard(shard).insert(text.into(), object);
    }

    /// Splits the next shard in turn.
    fn split(&mut self) {
        let turn = self.shards.len() - self.base;
        let texts = std::mem::take(self.shard(turn));
        self.shards.push(Shard::default());
        if self.shards.len() == 2 * self.base {
            self.base *= 2;
        }
        for (text, object) in texts {
            let shard = self.shard_of(&text);
            self.shard(shard).insert(text, object);
        }
    }

    fn shard(&mut self, index: usize) -> &mut Shard {
        self.shards.get_mut(index).expect("there are as many shards")
    }

    fn shard_of(&self, text: &str) -> usize {
        let hash = (FxBuildHasher.hash_one(text) >> TABLE_BITS) as usize;
        let index = hash & (2 * self.base - 1);
        // Those not split in this turn have the texts of both halves.
        if index < self.shards.len() { index } else { hash & (self.base - 1) }
    }
}

impl Known {
    /// Returns the one `str` with this text that is interned, made if there is none; it is immortal.
    pub fn intern(&self, thread: &ThreadState, text: &str) -> Ref<Str> {
        if let Some(known) = self.interned.lock().get(text) {
            return known.clone();
        }
        // Allocated outside of the lock; the loser of a race is dropped after it.
        let made = thread.allocate_str(text);
        let mut interned = self.interned.lock();
        if let Some(known) = interned.get(text).cloned() {
            drop(interned);
            return known;
        }
        made.as_value().make_immortal();
        made.remember_hash(crate::value::hash::hash_text(self.hash_keys, text) as u64);
        made.mark_interned();
        interned.insert(text, made.clone());
        made
    }

    /// Returns the interned `str` with the same text.
    pub fn intern_str(&self, thread: &ThreadState, text: &Object<Str>) -> Ref<Str> {
        if text.is_interned() { text.to_ref() } else { self.intern(thread, text.as_str()) }
    }

    /// Returns the interned `str` with the same text, or the object itself if nobody interned its text; used
    /// for lookups.
    ///
    /// Interned texts are never freed, so names that are made up while the program runs and found nowhere must
    /// not be interned.
    pub fn interned_if_known(&self, text: &Object<Str>) -> Ref<Str> {
        if text.is_interned() {
            return text.to_ref();
        }
        self.interned.lock().get(text.as_str()).cloned().unwrap_or_else(|| text.to_ref())
    }

    /// The interned one-character string of an ASCII byte.
    #[inline(always)]
    pub fn ascii(&self, byte: u8) -> Value {
        self.ascii.get().expect("constants are made before the first script")[byte as usize].clone()
    }
}

impl Object<Str> {
    /// Tells whether this is the interned `str` of its text, so that comparing addresses is enough.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.raw().extra() & IS_INTERNED != 0
    }

    fn mark_interned(&self) {
        self.raw().set_extra(self.raw().extra() | IS_INTERNED);
    }
}
