//! Loops over iterators: ranges and lists without a call, generators without native recursion.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{CodeFlags, Word, WordOp};
use crate::protocol;
use crate::sync::{AtomicU64, Ordering};
use crate::thread::ThreadState;
use crate::types::iterator::sequence_iterators::ListIterator;
use crate::types::str::iterator::StrIterator;
use crate::value::class::shape::Shape;
use crate::value::word;
use crate::value::{Kind, Object, Raised, RangeIterator, Run, StackRef, Value};
use crate::vm::frame::generator::Generator;
use crate::vm::frame::{get, put};
use crate::vm::run::dispatch::{Exit, Flow, from_body, next, slow};
use crate::vm::run::hot::{object, release_next, result_next, retained};
use crate::vm::run::ops::generate;
use crate::vm::run::ops::iterate_pair;
use crate::vm::run::ops::subscript;
use crate::vm::run::resume;
use crate::vm::run::step::Step;

/// `iter(x)`. Raises what `protocol::iter` raises.
pub fn get_iter(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.b());
    let iterator = protocol::iter(step, first)?;
    Ok(step.finish_unary(word.a(), word.b(), iterator))
}

/// Puts the next item of a range into a temporary or a local; other iterators continue with another handler.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn for_iter<const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let iterator = get(fp, w.a());
        if !word::is_pointer(iterator) {
            return for_iter_slow(ip, fp, k, thread, word);
        }
        let raw = object(iterator);
        if Shape::of(raw).kind != Kind::RangeIterator {
            return for_iter_list::<STORE>(ip, fp, k, thread, word);
        }
        let range = &*raw.at::<Object<RangeIterator>>(0);
        // Relaxed, and not one step: two threads that share an iterator may get the same item.
        let remaining = range.remaining.load(Ordering::Relaxed);
        let item = range.current.load(Ordering::Relaxed);
        if remaining <= 0 {
            return end_range(ip, fp, k, thread, word);
        }
        let Some(item_word) = word::from_int(item) else {
            return for_iter_slow(ip, fp, k, thread, word);
        };
        range.remaining.store(remaining - 1, Ordering::Relaxed);
        range.current.store(item.wrapping_add(range.step), Ordering::Relaxed);
        result_next::<STORE>(ip, fp, k, thread, w.b(), item_word)
    }
}

/// Leaves a loop over a range.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe extern "C" fn end_range(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`; the distance was computed by the lowering pass.
    unsafe {
        let iterator = get(fp, w.a());
        put(fp, w.a(), word::UNBOUND);
        // Both endings go on with the word after the one they are given.
        let before = ip.offset(w.signed_c() - 1);
        if word::is_owning(iterator) {
            return release_next(before, fp, k, thread, iterator);
        }
        next(before, fp, k, thread)
    }
}

/// Puts the next item of a list into a temporary or a local.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe extern "C" fn for_iter_list<const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let raw = object(get(fp, w.a()));
        let kind = Shape::of(raw).kind;
        if kind != Kind::ListIterator || thread.is_multi() {
            if kind == Kind::Generator {
                return generate::for_iter_generator(ip, fp, k, thread, word);
            }
            if kind == Kind::SetIterator {
                return subscript::by_identity::for_iter_set::<STORE>(ip, fp, k, thread, word);
            }
            if kind == Kind::StrIterator {
                return for_iter_str::<STORE>(ip, fp, k, thread, word);
            }
            return for_iter_slow(ip, fp, k, thread, word);
        }
        let iterator = &*raw.at::<Object<ListIterator>>(0);
        let position = iterator.position.load(Ordering::Relaxed);
        let items = &*iterator.sequence.items.as_ptr();
        // A position past the end, and that of an exhausted iterator, is too large as unsigned.
        if position as u64 >= items.len() as u64 {
            return for_iter_slow(ip, fp, k, thread, word);
        }
        let item = items.get_unchecked(position as usize).word();
        if !retained(thread, item) {
            return for_iter_slow(ip, fp, k, thread, word);
        }
        iterator.position.store(position + 1, Ordering::Relaxed);
        result_next::<STORE>(ip, fp, k, thread, w.b(), item)
    }
}

/// Puts the next code point of a text into a temporary or a local, if it is ASCII.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
#[inline(never)]
unsafe extern "C" fn for_iter_str<const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`; the caller has looked at the kind.
    unsafe {
        let iterator = &*object(get(fp, w.a())).at::<Object<StrIterator>>(0);
        let offset = iterator.offset.load(Ordering::Relaxed);
        match iterator.text.as_str().as_bytes().get(offset) {
            Some(&byte) if byte.is_ascii() => {
                iterator.offset.store(offset + 1, Ordering::Relaxed);
                let item = thread.known().ascii(byte).into_word();
                result_next::<STORE>(ip, fp, k, thread, w.b(), item)
            }
            _ => for_iter_slow(ip, fp, k, thread, word),
        }
    }
}

slow! { pub(super) fn for_iter_slow = for_iter_any }

/// Puts the next item of any iterator into its slot. Raises what the iterator raises.
pub fn for_iter_any(step: &mut Step, word: Word) -> Run<Flow> {
    let iterator = step.view(word.a());
    if let Some(generator) = iterator.downcast_ref::<Generator>() {
        return match resume::send_inline(step, generator, Value::NONE)? {
            Some(flow) => Ok(flow),
            None => Ok(end_loop(step, word)),
        };
    }
    if let Some(flow) = iterate_pair::for_iter_pair(step, word, iterator)? {
        return Ok(flow);
    }
    match protocol::next(step, iterator)? {
        Some(item) => {
            step.result(item_slot(word), item);
            Ok(Flow::Next)
        }
        None => Ok(end_loop(step, word)),
    }
}

/// The handler of the row with a long jump.
pub const FOR_ITER_FAR: crate::vm::run::dispatch::Handler = from_body!(for_iter_any);

const fn is_loop(word: Word) -> bool {
    use WordOp::{ForIter, ForIterFar, ForIterPair, ForIterStore};
    matches!(word.op(), ForIter | ForIterStore | ForIterPair | ForIterFar)
}

/// The slot a loop's word puts items into.
#[inline(always)]
pub fn item_slot(word: Word) -> usize {
    debug_assert!(is_loop(word), "it waits for an item");
    if matches!(word.op(), WordOp::ForIterFar | WordOp::ForIterPair) { word.a() + 1 } else { word.b() }
}

/// Leaves a loop whose iterator has ended.
pub fn end_loop(step: &mut Step, word: Word) -> Flow {
    step.release(word.a());
    step.jump(exit_offset(word))
}

/// Returns how far the word of a loop jumps at the end.
pub fn exit_offset(word: Word) -> isize {
    debug_assert!(is_loop(word), "it waits for an item");
    if word.op() == WordOp::ForIterFar { word.signed_bc() } else { word.signed_c() }
}

/// Replaces the operand of `yield from` by its iterator, which `YieldFrom` resumes.
/// A generator stays as it is, and so does a coroutine where it may be awaited. Raises what `protocol::iter` raises,
/// and `TypeError` for a coroutine elsewhere.
pub fn get_yield_from_iter(step: &mut Step, word: Word) -> Run<Flow> {
    match step.view(word.a()).kind() {
        Kind::Generator => return Ok(Flow::Next),
        Kind::Coroutine => {
            let may_await = CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE;
            if step.code().unit.flags.intersects(may_await) {
                return Ok(Flow::Next);
            }
            let message = "cannot 'yield from' a coroutine object in a non-coroutine generator";
            return Err(Raised::type_error(message));
        }
        _ => {}
    }
    let first = step.view(word.a());
    let iterator = protocol::iter(step, first)?;
    Ok(step.finish_unary(word.a(), word.a(), iterator))
}
