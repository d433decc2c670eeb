//! Subscripts, and `in` of dicts and sets: each step does the whole word, or nothing and leaves to the next by a
//! jump.
//!
//! | step | takes | where |
//! |---|---|---|
//! | `subscript`, `store_subscript` | lists and tuples by number, no call | here |
//! | `…_by_identity` | dicts, keys found by hash and word, no call | `by_identity.rs` |
//! | `…_by_equality` | dicts, keys that are equal without script code | `by_equality.rs` |
//! | `…_slow` | everything, by way of the protocol; a text by number before that | here |
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.
//!
//! Begin with `subscript` here.

pub mod by_equality;
pub mod by_identity;

use crate::bytecode::{Access, Form, Word};
use crate::object::RawObject;
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::class::shape::Shape;
use crate::value::word::{self, to_int};
use crate::value::{Dict, Kind, List, Object, Probe, Run, StackRef, Str, Tuple, Value, hash_fast};
use crate::vm::frame::{get, put};
use crate::vm::run::dispatch::{Exit, Flow, next, slow};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{block, object, release_next, retained, store_next};
use crate::vm::run::ops::subscript::by_identity::{store_by_identity, subscript_by_identity};
use crate::vm::run::step::Step;

/// Returns the position for an index that may count from the end, if it is within `len`.
#[inline(always)]
fn position(index: i64, len: usize) -> Option<usize> {
    let from_start = if index < 0 { index.wrapping_add(len as i64) } else { index };
    if (from_start as u64) < len as u64 { Some(from_start as usize) } else { None }
}

/// Views an object as a list.
///
/// # Safety
/// The object is a list, and alive.
#[inline(always)]
unsafe fn list<'a>(raw: RawObject) -> &'a Object<List> {
    // SAFETY: the caller promises a live list.
    unsafe { &*raw.at::<Object<List>>(0) }
}

/// The items of an exact list or tuple.
///
/// # Safety
/// The word is a pointer to a live object, the program has one thread, and the items are used at once.
#[inline(always)]
unsafe fn items<'a>(owner: u64) -> Option<&'a [Value]> {
    // SAFETY: the caller promises a pointer to a live object, one thread, and that the items are used at once.
    unsafe {
        let raw = object(owner);
        let shape = Shape::of(raw);
        if !shape.is_builtin() {
            return None;
        }
        match shape.kind {
            Kind::List => Some((*list(raw).items.as_ptr()).as_slice()),
            Kind::Tuple => Some((&*raw.at::<Object<Tuple>>(0)).items()),
            _ => None,
        }
    }
}

/// `object[key]`, with a slot or a constant as key, to a temporary or a local.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn subscript<const CONST: bool, const STORE: bool>(
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
        if !word::is_pointer(owner) {
            return subscript_slow(ip, fp, k, thread, word);
        }
        if !word::is_int(key) || thread.is_multi() {
            return subscript_by_identity::<CONST, STORE>(ip, fp, k, thread, word);
        }
        let Some(items) = items(owner) else {
            return subscript_by_identity::<CONST, STORE>(ip, fp, k, thread, word);
        };
        let Some(position) = position(to_int(key), items.len()) else {
            return subscript_slow(ip, fp, k, thread, word);
        };
        let value = items.get_unchecked(position).word();
        if !retained(thread, value) {
            return subscript_slow(ip, fp, k, thread, word);
        }
        if STORE {
            return store_next(ip, fp, k, thread, w.a(), value);
        }
        put(fp, w.a(), value);
        if !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner) {
            return release_next(ip, fp, k, thread, owner);
        }
        next(ip, fp, k, thread)
    }
}

slow! { pub(super) fn subscript_slow = subscript_body }

fn subscript_body(step: &mut Step, word: Word) -> Run<Flow> {
    let key_is_constant = word.row().form.contains(Form::CONSTANT);
    let key = if key_is_constant { step.block_view(word.c()) } else { step.view(word.c()) };
    let owner = step.view(word.b());
    let value = match get_item_fast(step, owner, key) {
        Some(value) => value,
        None => protocol::get_item(step, owner, key)?,
    };
    Ok(if key_is_constant {
        step.finish_unary(word.a(), word.b(), value)
    } else {
        step.finish_binary(word.a(), word.b(), word.c(), value)
    })
}

/// Fast path of `text[index]`: for an exact `str` and a small integer within the text.
#[inline]
fn get_item_fast(thread: &ThreadState, owner: &Value, key: &Value) -> Option<Value> {
    let (text, index) = (owner.downcast_exact::<Str>()?, key.as_small_int()?);
    let found = text.char_at(position(index, text.char_count())?)?;
    Some(thread.new_char(found))
}

hot! {
    /// `object[key] = value`
    fn store_subscript(ip, fp, k, thread, word, w) {
        let (value, owner, key) = (get(fp, w.a()), get(fp, w.b()), get(fp, w.c()));
        if !word::is_pointer(owner) {
            return store_subscript_slow(ip, fp, k, thread, word);
        }
        let raw = object(owner);
        let shape = Shape::of(raw);
        if !word::is_int(key) || shape.kind != Kind::List || !shape.is_builtin() || thread.is_multi() {
            return store_by_identity(ip, fp, k, thread, word);
        }
        if word::is_pointer(value) || !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner) {
            return store_subscript_counted(ip, fp, k, thread, word);
        }
        let items = &mut *list(raw).items.as_ptr();
        let Some(position) = position(to_int(key), items.len()) else {
            return store_subscript_slow(ip, fp, k, thread, word);
        };
        let slot = items.as_mut_ptr().add(position).cast::<u64>();
        let old = slot.read();
        slot.write(value);
        if word::is_owning(old) {
            return release_next(ip, fp, k, thread, old);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Sets `list[number] = value` if the value is an object, or the list must be released.
    #[inline(never)]
    fn store_subscript_counted(ip, fp, k, thread, word, w) {
        let (value, owner, key) = (get(fp, w.a()), get(fp, w.b()), get(fp, w.c()));
        let items = &mut *list(object(owner)).items.as_ptr();
        let Some(position) = position(to_int(key), items.len()) else {
            return store_subscript_slow(ip, fp, k, thread, word);
        };
        let copies = w.access().contains(Access::VALUE_STAYS) || word::is_deferred(value);
        let slot = items.as_mut_ptr().add(position).cast::<u64>();
        let old = slot.read();
        if !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner) {
            // A word releases one thing at most.
            if word::is_owning(old) || copies {
                return store_subscript_slow(ip, fp, k, thread, word);
            }
            slot.write(value);
            return release_next(ip, fp, k, thread, owner);
        }
        if copies && !retained(thread, value) {
            return store_subscript_slow(ip, fp, k, thread, word);
        }
        slot.write(word::owning(value));
        if word::is_owning(old) {
            return release_next(ip, fp, k, thread, old);
        }
        next(ip, fp, k, thread)
    }
}

slow! { pub(super) fn store_subscript_slow = store_subscript_body }

fn store_subscript_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (value, owner, key) = (step.view(word.a()), step.view(word.b()), step.view(word.c()));
    protocol::set_item(step, owner, key, value)?;
    let held = [word.a(), word.b(), word.c()].map(|operand| step.take_temporary(operand));
    step.release_temporaries(held);
    Ok(Flow::Next)
}

/// Removes an entry from a dict if that needs no script code; returns it, to be dropped outside of the lock.
#[inline]
fn remove_fast(thread: &ThreadState, owner: &Value, key: &Value) -> Option<(Value, Value)> {
    let dict = owner.downcast_exact::<Dict>()?;
    let hash = hash_fast(thread, key)?;
    dict.with_table(|table| match table.find(hash, key) {
        Probe::Found(position) => Some(table.remove_at(position)),
        Probe::Missing | Probe::Ask(_) => None,
    })
}

/// `del object[key]`. Raises what `protocol::del_item` raises.
pub fn delete_subscript(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, second) = (step.view(word.b()), step.view(word.c()));
    match remove_fast(step, first, second) {
        Some(removed) => drop(removed),
        None => protocol::del_item(step, first, second)?,
    }
    let held = [word.b(), word.c()].map(|operand| step.take_temporary(operand));
    step.release_temporaries(held);
    Ok(Flow::Next)
}
