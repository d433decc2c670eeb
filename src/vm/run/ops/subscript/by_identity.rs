//! Keys of dicts and sets that are found by identity: no lock, no protocol, no call.
//!
//! A key that is an inline integer, or a text whose hash is known, is looked for by hash and by its word.
//! Nearly every lookup ends there, since the texts of a program's source are interned. Where an equal key
//! may hide behind another word, and with several threads, `by_equality.rs` goes on, and then the protocol.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Access, Form, Word};
use crate::object::RawObject;
use crate::sync::{AtomicU64, Ordering};
use crate::thread::ThreadState;
use crate::types::set::iterator::SetIterator;
use crate::value::class::shape::Shape;
use crate::value::hash;
use crate::value::word;
use crate::value::{Dict, DictTable, Kind, Object, Probe, Set, SetTable, StackRef, Str};
use crate::vm::frame::{current, get, put};
use crate::vm::run::dispatch::{Exit, next};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{block, object, release_next, result_next, retained, store_next};
use crate::vm::run::ops::iterate;
use crate::vm::run::ops::subscript::by_equality::{
    contains_by_equality, store_by_equality, subscript_by_equality,
};
use crate::vm::run::ops::subscript::{store_subscript_slow, subscript_slow};

/// Stands for "no hash": neither an inline integer nor a text has this hash.
const NO_HASH: i64 = -1;

/// Returns the hash of a key that can be searched for by its word, else `NO_HASH`.
///
/// # Safety
/// If the word is a pointer, its object is alive.
#[inline(always)]
unsafe fn hash_of(key: u64) -> i64 {
    if word::is_int(key) {
        return hash::hash_int(word::to_int(key));
    }
    // SAFETY: the caller promises that the object of a pointer word is alive.
    unsafe {
        if !word::is_pointer(key) {
            return NO_HASH;
        }
        let shape = Shape::of(object(key));
        if shape.kind != Kind::Str || !shape.is_builtin() {
            return NO_HASH;
        }
        match (&*object(key).at::<Object<Str>>(0)).known_hash() {
            0 => NO_HASH,
            hash => hash as i64,
        }
    }
}

/// Returns the table of an exact dict, while the program has one thread.
///
/// # Safety
/// The object is alive, and the table is used at once.
#[inline(always)]
unsafe fn dict_table<'a>(raw: RawObject) -> &'a mut DictTable {
    // SAFETY: the caller promises that the object is alive, exact and not used by another thread, and uses the
    // table at once.
    unsafe { &mut *(&*raw.at::<Object<Dict>>(0)).table.as_ptr() }
}

/// Returns the table of an exact set, while the program has one thread.
///
/// # Safety
/// As for `dict_table`.
#[inline(always)]
unsafe fn set_table<'a>(raw: RawObject) -> &'a SetTable {
    // SAFETY: the caller promises that the object is alive, exact and not used by another thread, and uses the
    // table at once.
    unsafe { &*(&*raw.at::<Object<Set>>(0)).table.as_ptr() }
}

/// Tells whether a word is an owned reference in a temporary, which must be released after use.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(always)]
unsafe fn is_owning_temporary(thread: &ThreadState, slot: usize, held: u64) -> bool {
    // SAFETY: a handler runs, so the thread has an innermost record.
    word::is_owning(held) && slot >= unsafe { (*current(thread)).code().base } as usize
}

/// Evaluates `dict[key]` by finding the key by identity: the hash and the word of the key must both agree with
/// an entry. Where that decides nothing it goes on with `subscript_by_equality`; for an owner other than a dict
/// it calls the body of the general operation. The word of the owner must hold a pointer.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
pub unsafe extern "C" fn subscript_by_identity<const CONST: bool, const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let owner = get(fp, w.b());
        let key = if CONST { block(k, w.c()) } else { get(fp, w.c()) };
        let shape = Shape::of(object(owner));
        if shape.kind != Kind::Dict || !shape.is_builtin() {
            return subscript_slow(ip, fp, k, thread, word);
        }
        let hash = hash_of(key);
        if hash == NO_HASH || thread.is_multi() || !CONST && is_owning_temporary(thread, w.c(), key) {
            return subscript_by_equality(ip, fp, k, thread, word);
        }
        let table = dict_table(object(owner));
        let Probe::Found(position) = table.find_word(hash, word::owning(key)) else {
            return subscript_by_equality(ip, fp, k, thread, word);
        };
        let value = table.value_word(position);
        if !retained(thread, value) {
            return subscript_by_equality(ip, fp, k, thread, word);
        }
        if STORE {
            // The owner is a local or a temporary that owns nothing, as with lists.
            return store_next(ip, fp, k, thread, w.a(), value);
        }
        put(fp, w.a(), value);
        if !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner) {
            return release_next(ip, fp, k, thread, owner);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// `dict[key] = value` where the key is there already; the owner is a pointer.
    #[inline(never)]
    fn store_by_identity(ip, fp, k, thread, word, w) {
        let (value, owner, key) = (get(fp, w.a()), get(fp, w.b()), get(fp, w.c()));
        let shape = Shape::of(object(owner));
        if shape.kind != Kind::Dict || !shape.is_builtin() {
            return store_subscript_slow(ip, fp, k, thread, word);
        }
        let hash = hash_of(key);
        if hash == NO_HASH
            || thread.is_multi()
            || is_owning_temporary(thread, w.c(), key)
        {
            return store_by_equality(ip, fp, k, thread, word);
        }
        let table = dict_table(object(owner));
        // A dict that never held a container is not tracked, and its first one has to change that.
        if word::is_pointer(value) && !table.has_held_container() {
            return store_by_equality(ip, fp, k, thread, word);
        }
        let Probe::Found(position) = table.find_word(hash, word::owning(key)) else {
            return store_by_equality(ip, fp, k, thread, word);
        };
        let old = table.value_word(position);
        let releases_owner = !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner);
        // A word releases one thing at most.
        if releases_owner && word::is_owning(old) {
            return store_by_equality(ip, fp, k, thread, word);
        }
        let copies = w.access().contains(Access::VALUE_STAYS) || word::is_deferred(value);
        if copies && !retained(thread, value) {
            return store_by_equality(ip, fp, k, thread, word);
        }
        table.set_value_word(position, word::owning(value));
        let released = if releases_owner { owner } else { old };
        if word::is_owning(released) {
            return release_next(ip, fp, k, thread, released);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// `key in container`, and `not in`.
    fn contains_by_identity(ip, fp, k, thread, word, w) {
        let (key, container) = (get(fp, w.b()), get(fp, w.c()));
        let hash = hash_of(key);
        if !word::is_pointer(container)
            || hash == NO_HASH
            || thread.is_multi()
            || is_owning_temporary(thread, w.b(), key)
        {
            return contains_by_equality(ip, fp, k, thread, word);
        }
        let shape = Shape::of(object(container));
        if !shape.is_builtin() {
            return contains_by_equality(ip, fp, k, thread, word);
        }
        let probe = match shape.kind {
            Kind::Set => set_table(object(container)).find_word(hash, word::owning(key)),
            Kind::Dict => dict_table(object(container)).find_word(hash, word::owning(key)),
            _ => return contains_by_equality(ip, fp, k, thread, word),
        };
        let found = match probe {
            Probe::Found(_) => true,
            Probe::Missing => false,
            Probe::Ask(_) => return contains_by_equality(ip, fp, k, thread, word),
        };
        let releases = is_owning_temporary(thread, w.c(), container);
        put(fp, w.a(), if found != w.row().form.contains(Form::NEGATED) { word::TRUE } else { word::FALSE });
        if releases {
            return release_next(ip, fp, k, thread, container);
        }
        next(ip, fp, k, thread)
    }
}

/// The next key of a set, for a loop; the slot holds its iterator.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
pub unsafe extern "C" fn for_iter_set<const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let iterator = &*object(get(fp, w.a())).at::<Object<SetIterator>>(0);
        let set = iterator.set.word();
        if thread.is_multi() || !word::is_pointer(set) || Shape::of(object(set)).kind != Kind::Set {
            return iterate::for_iter_slow(ip, fp, k, thread, word);
        }
        let table = set_table(object(set));
        // Relaxed: one thread. The marks of finished iterators are no length of a set.
        let key = table.key_word_from(iterator.position.load(Ordering::Relaxed));
        if table.len() != iterator.expected.load(Ordering::Relaxed) {
            return iterate::for_iter_slow(ip, fp, k, thread, word);
        }
        let (position, item) = key;
        if item == word::UNBOUND || !retained(thread, item) {
            return iterate::for_iter_slow(ip, fp, k, thread, word);
        }
        iterator.position.store(position + 1, Ordering::Relaxed);
        let remaining = iterator.remaining.load(Ordering::Relaxed);
        iterator.remaining.store(remaining.saturating_sub(1), Ordering::Relaxed);
        result_next::<STORE>(ip, fp, k, thread, w.b(), item)
    }
}
