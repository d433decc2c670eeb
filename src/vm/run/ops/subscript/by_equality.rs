//! Dicts and sets with keys that are numbers, texts or tuples of those, whose equality runs no script code.
//!
//! Searches that `by_identity.rs` cannot decide come here. Each handler calls a function that either does the
//! whole word or nothing; in the latter case the handler continues with the body, which uses the protocol.
//! These functions are never inlined: a handler that makes a call saves registers, and handlers that continue
//! by a jump need none saved. `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Form, Word};
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::word;
use crate::value::{AnySet, Dict, Kind, Probe, Set, StackRef, Value, hash_fast};
use crate::vm::frame::current;
use crate::vm::run::dispatch::next;
use crate::vm::run::hot::hot;
use crate::vm::run::ops::compare::contains_slow;
use crate::vm::run::ops::subscript::{store_subscript_slow, subscript_slow};

hot! {
    /// `dict[key]`
    #[inline(never)]
    fn subscript_by_equality(ip, fp, k, thread, word, _w) {
        if loaded(ip, fp, k, thread, word) {
            return next(ip, fp, k, thread);
        }
        subscript_slow(ip, fp, k, thread, word)
    }
}

hot! {
    /// `dict[key] = value`
    #[inline(never)]
    fn store_by_equality(ip, fp, k, thread, word, _w) {
        if stored(ip, fp, thread, word) {
            return next(ip, fp, k, thread);
        }
        store_subscript_slow(ip, fp, k, thread, word)
    }
}

hot! {
    /// `key in container`, `key not in container`
    #[inline(never)]
    fn contains_by_equality(ip, fp, k, thread, word, _w) {
        if asked(ip, fp, thread, word) {
            return next(ip, fp, k, thread);
        }
        contains_slow(ip, fp, k, thread, word)
    }
}

/// The operands of a word: the frame's slots, the first temporary, and the running thread.
struct Operands<'thread> {
    fp: *mut StackRef,
    base: usize,
    thread: &'thread ThreadState,
}

impl<'thread> Operands<'thread> {
    /// Makes the operands of the running word and saves `ip` in the frame.
    ///
    /// # Safety
    /// See `vm/run/dispatch.rs`; `fp` and `ip` are the running frame's.
    #[inline(always)]
    unsafe fn new(ip: *const Word, fp: *mut StackRef, thread: &'thread ThreadState) -> Operands<'thread> {
        // SAFETY: a handler runs, so the thread has an innermost record. What is released may run a destructor,
        // so `ip` is saved.
        let base = unsafe {
            (*current(thread)).ip = ip;
            (*current(thread)).code().base as usize
        };
        Operands { fp, base, thread }
    }

    /// Views a slot.
    #[inline(always)]
    fn view<'slot>(&self, slot: usize) -> &'slot Value {
        // SAFETY: slots lie in the frame, and a view is not used once its slot was released.
        unsafe { (*self.fp.add(slot)).as_value() }
    }

    /// Takes an operand: a temporary is moved out, a local copied.
    #[inline(always)]
    fn take(&self, slot: usize) -> Value {
        // SAFETY: the slot lies in the frame, and no view of it is in use (see `view`).
        let place = unsafe { &mut *self.fp.add(slot) };
        let held = *place;
        if slot < self.base {
            return held.retain(self.thread);
        }
        *place = StackRef::UNBOUND;
        // SAFETY: the slot has given its word up.
        unsafe { held.into_owned(self.thread) }
    }

    /// Releases an operand if it is a temporary that owns something.
    #[inline(always)]
    fn consume(&self, slot: usize) {
        // SAFETY: the slot lies in the frame, and no view of it is in use (see `view`).
        let place = unsafe { &mut *self.fp.add(slot) };
        let held = *place;
        if slot >= self.base && word::is_owning(held.word()) {
            *place = StackRef::UNBOUND;
            // SAFETY: the slot has given its word up.
            unsafe { held.release(self.thread) };
        }
    }

    /// Takes the content out of a temporary, to be released once the result is in place.
    #[inline(always)]
    fn take_temporary(&self, slot: usize) -> StackRef {
        // SAFETY: the slot lies in the frame, and no view of it is in use (see `view`).
        let place = unsafe { &mut *self.fp.add(slot) };
        if slot < self.base { StackRef::UNBOUND } else { std::mem::replace(place, StackRef::UNBOUND) }
    }

    /// Stores a result in a temporary or a local, and releases the old value of a local.
    #[inline(always)]
    fn result(&self, slot: usize, value: Value) {
        // SAFETY: the slot lies in the frame, and no view of it is in use (see `view`).
        let place = unsafe { &mut *self.fp.add(slot) };
        let old = std::mem::replace(place, StackRef::from_value(value));
        if slot < self.base {
            // SAFETY: the slot has given its word up.
            unsafe { old.release(self.thread) };
        }
    }

    /// Releases what `take_temporary` took out.
    #[inline(always)]
    fn release_temporary(&self, held: StackRef) {
        // SAFETY: the slot has given its word up.
        unsafe { held.release(self.thread) };
    }
}

/// Does `dict[key]` if no script code is needed; otherwise does nothing and returns false.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe fn loaded(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> bool {
    let w = Word::from_bits(word);
    let key_is_constant = w.row().form.contains(Form::CONSTANT);
    // SAFETY: see `vm/run/dispatch.rs`.
    let operands = unsafe { Operands::new(ip, fp, thread) };
    // SAFETY: constants never change and live as long as the code.
    let constant = |index: usize| unsafe { &*k.add(index).cast::<Value>() };
    let key = if key_is_constant { constant(w.c()) } else { operands.view(w.c()) };
    let Some(dict) = operands.view(w.b()).downcast_exact::<Dict>() else { return false };
    let Some(hash) = hash_fast(thread, key) else { return false };
    let found = dict.with(
        |dict| &dict.table,
        |table| match table.find(hash, key) {
            Probe::Found(position) => table.entry_at(position).map(|(_, value)| value.clone()),
            Probe::Missing | Probe::Ask(_) => None,
        },
    );
    let Some(value) = found else { return false };
    let owner = operands.take_temporary(w.b());
    let key = if key_is_constant { StackRef::UNBOUND } else { operands.take_temporary(w.c()) };
    operands.result(w.a(), value);
    operands.release_temporary(owner);
    operands.release_temporary(key);
    true
}

/// Does `dict[key] = value` if no script code is needed; otherwise does nothing and returns false.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe fn stored(ip: *const Word, fp: *mut StackRef, thread: &ThreadState, word: u64) -> bool {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`.
    let operands = unsafe { Operands::new(ip, fp, thread) };
    let key = operands.view(w.c());
    let Some(dict) = operands.view(w.b()).downcast_exact::<Dict>() else { return false };
    let Some(hash) = hash_fast(thread, key) else { return false };
    let old = dict.with_table(|table| match table.find(hash, key) {
        Probe::Found(position) => Some(table.replace_value_at(position, operands.take(w.a()))),
        Probe::Missing => {
            table.make_room().ok()?;
            table.insert_new(hash, key.clone(), operands.take(w.a()));
            Some(Value::UNBOUND)
        }
        Probe::Ask(_) => None,
    });
    let Some(old) = old else { return false };
    operands.release_temporary(StackRef::from_value(old));
    let owner = operands.take_temporary(w.b());
    operands.consume(w.c());
    operands.release_temporary(owner);
    true
}

/// Does `key in container` if no script code is needed; otherwise does nothing and returns false.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe fn asked(ip: *const Word, fp: *mut StackRef, thread: &ThreadState, word: u64) -> bool {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`.
    let operands = unsafe { Operands::new(ip, fp, thread) };
    let (key, container) = (operands.view(w.b()), operands.view(w.c()));
    let Some(found) = contains_fast(thread, container, key) else { return false };
    let (one, other) = (operands.take_temporary(w.b()), operands.take_temporary(w.c()));
    operands.result(w.a(), Value::bool(found != w.row().form.contains(Form::NEGATED)));
    operands.release_temporary(other);
    operands.release_temporary(one);
    true
}

/// Tells whether a dict or a set has a key; `None` if only script code can tell.
#[inline]
fn contains_fast(thread: &ThreadState, container: &Value, key: &Value) -> Option<bool> {
    let probe = match container.kind() {
        Kind::Dict => {
            let dict = container.downcast_exact::<Dict>()?;
            let hash = hash_fast(thread, key)?;
            dict.with(|dict| &dict.table, |table| table.find(hash, key))
        }
        Kind::Set => {
            let set = container.downcast_exact::<Set>()?;
            let hash = hash_fast(thread, key)?;
            AnySet::Set(set).with(|table| table.find(hash, key))
        }
        _ => return None,
    };
    match probe {
        Probe::Found(_) => Some(true),
        Probe::Missing => Some(false),
        Probe::Ask(_) => None,
    }
}
