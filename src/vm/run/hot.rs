//! What hot handlers share: counting without calls, and endings that may have to release something.
//!
//! A handler is *hot* if it is executed so often that its machine instructions are counted. `SAFETY` of all
//! handlers: see `dispatch.rs`.

use crate::bytecode::Word;
use crate::life;
use crate::object::RawObject;
use crate::sync::{AtomicU64, Ordering};
use crate::thread::ThreadState;
use crate::value::StackRef;
use crate::value::word;
use crate::vm::frame::watch;
use crate::vm::frame::{FrameFlags, get, put};
use crate::vm::run::dispatch::{Exit, Flow, next, perform};

/// Returns the object that a pointer word leads to.
///
/// # Safety
/// The word is a pointer to a live object.
#[inline(always)]
pub unsafe fn object(word: u64) -> RawObject {
    // SAFETY: the caller promises a pointer to a live object, and `object` clears the tag bits.
    unsafe { crate::object::word::object(word) }
}

/// Adds a reference to the object of a word, if that takes no more than a plain store; false if it was not
/// done.
///
/// # Safety
/// If the word is a pointer, its object is alive.
#[inline(always)]
pub unsafe fn retained(thread: &ThreadState, held: u64) -> bool {
    // SAFETY: the caller promises that the object of a pointer word is alive.
    !word::is_pointer(held) || unsafe { object(held) }.counts().retain_fast(thread.id)
}

/// Releases the count of a word, if that takes no more than a plain store; false if it was not done.
///
/// # Safety
/// If the word owns a count, the caller gives it up when this returns true.
#[inline(always)]
pub unsafe fn released(thread: &ThreadState, held: u64) -> bool {
    // SAFETY: the caller promises to give up the count that the word owns.
    !word::is_owning(held) || unsafe { object(held) }.counts().release_fast(thread.id)
}

/// Tells whether `released` would succeed, or the object is immortal.
///
/// # Safety
/// If the word is a pointer, its object is alive.
#[inline(always)]
pub unsafe fn can_release_fast(thread: &ThreadState, held: u64) -> bool {
    // SAFETY: the caller promises that the object of a pointer word is alive.
    !word::is_owning(held) || unsafe { object(held) }.counts().can_release_fast(thread.id)
}

/// Loads a word of the block.
///
/// # Safety
/// `index` is from a verified word.
#[inline(always)]
pub unsafe fn block(k: *const AtomicU64, index: usize) -> u64 {
    // Relaxed: constants never change; caches validate themselves, and what an entry's address leads
    // to was written before it (address dependency, and Release by the writer).
    // SAFETY: the caller promises an index of a verified word, which lies in the block.
    unsafe { (*k.add(index)).load(Ordering::Relaxed) }
}

/// Stores a result in a variable, releases the old value, and continues.
///
/// # Safety
/// See the head of the file.
#[inline(always)]
pub unsafe fn store_next(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    slot: usize,
    new: u64,
) -> Exit {
    // SAFETY: see the head of the file.
    unsafe {
        let old = get(fp, slot);
        put(fp, slot, new);
        if word::is_owning(old) {
            return release_next(ip, fp, k, thread, old);
        }
        next(ip, fp, k, thread)
    }
}

/// Stores a result in a local (`STORE`) or a temporary, and continues.
///
/// # Safety
/// See the head of the file.
#[inline(always)]
pub unsafe fn result_next<const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    slot: usize,
    new: u64,
) -> Exit {
    // SAFETY: see the head of the file.
    unsafe {
        if STORE {
            return store_next(ip, fp, k, thread, slot, new);
        }
        put(fp, slot, new);
        next(ip, fp, k, thread)
    }
}

/// Releases the count in `held`, and continues.
///
/// # Safety
/// See the head of the file; `held` is a word that owns its count, if it is a pointer.
#[inline(never)]
pub unsafe extern "C" fn release_next(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    held: u64,
) -> Exit {
    // SAFETY: see the head of the file.
    unsafe {
        if released(thread, held) || object(held).is_immortal() {
            return next(ip, fp, k, thread);
        }
        release_slow(ip, fp, k, thread, held)
    }
}

/// Releases the count in `held` by a call, and continues.
///
/// # Safety
/// As for `release_next`.
#[cold]
#[inline(never)]
unsafe extern "C" fn release_slow(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    held: u64,
) -> Exit {
    // SAFETY: see the head of the file.
    unsafe {
        release_out_of_line(ip, thread, held);
        next(ip, fp, k, thread)
    }
}

/// Releases the count in `held`, while the frame is at the next word.
///
/// # Safety
/// As for `release_next`.
#[inline(never)]
pub unsafe fn release_out_of_line(ip: *const Word, thread: &ThreadState, held: u64) {
    // A destructor may run script code and collect, so `ip` is saved: that of the next word, because the
    // operands of this one are used up, and a collector that looked at their slots would find dead objects.
    // SAFETY: see the head of the file; every word that releases goes on with the next.
    unsafe {
        let frame = crate::vm::frame::current(thread);
        (*frame).ip = ip.add(1);
        (*frame).flags |= FrameFlags::PAST;
        life::release_with(thread, object(held));
        (*frame).flags -= FrameFlags::PAST;
    }
}

/// Adds a reference to the word in slot `a` of the running word, by a call, then continues.
///
/// # Safety
/// See the head of the file; the slot holds a pointer whose object is alive.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn retain_a_next(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    // SAFETY: see the head of the file.
    unsafe {
        retain_out_of_line(thread, get(fp, Word::from_bits(word).a()));
        next(ip, fp, k, thread)
    }
}

/// Adds a reference to the object of a word, by a call.
///
/// # Safety
/// The word leads to a live object.
#[inline(never)]
unsafe fn retain_out_of_line(thread: &ThreadState, held: u64) {
    // SAFETY: the caller promises that the word leads to a live object.
    unsafe { life::retain_with(thread, object(held)) };
}

/// Does what the breaker asks for, then continues with the word at `ip`.
///
/// # Safety
/// See the head of the file.
#[cold]
#[inline(never)]
pub unsafe extern "C" fn safepoint(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    _word: u64,
) -> Exit {
    // SAFETY: see the head of the file.
    unsafe {
        match poll(ip, thread) {
            Flow::Next => crate::vm::run::dispatch::go(ip, fp, k, thread),
            other => crate::vm::run::dispatch::follow(other, ip, fp, k, thread),
        }
    }
}

#[inline(never)]
unsafe fn poll(ip: *const Word, thread: &ThreadState) -> Flow {
    // SAFETY: `ip`, `fp` and `k` are those of the innermost frame, as `follow` asks; it does not read the word.
    unsafe {
        perform(ip, thread, 0, |step, _| {
            // Looked at here, since the word is over then.
            debug_assert!(!step.is_silent.get(), "a silent word reaches a safepoint");
            watch::end(step);
            life::poll(step);
            match crate::vm::frame::Interpreter::of(step).raised.take() {
                Some(raised) => Err(raised),
                None => Ok(Flow::Next),
            }
        })
    }
}

/// Defines a hot handler. The parameters name the state of the interpreter, which is in registers: `ip`, `fp`,
/// `k`, the thread, the word, and the word decoded.
macro_rules! hot {
    ($(#[$doc:meta])* fn $name:ident($ip:ident, $fp:ident, $k:ident, $thread:ident, $word:ident, $w:ident) $body:block) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// See `dispatch.rs`.
        pub unsafe extern "C" fn $name(
            $ip: *const $crate::bytecode::Word,
            $fp: *mut $crate::value::StackRef,
            $k: *const $crate::sync::AtomicU64,
            $thread: &$crate::thread::ThreadState,
            $word: u64,
        ) -> $crate::vm::run::dispatch::Exit {
            let $w = $crate::bytecode::Word::from_bits($word);
            // SAFETY: see `dispatch.rs`.
            unsafe { $body }
        }
    };
}
pub(crate) use hot;
