//! What a body uses while it runs one word: the thread, and the frame's slots.
//!
//! Everything here relies on words being verified (see `dispatch.rs`): slot numbers lie in the frame. Operands
//! at or above `base` are temporaries, and the body that uses one up releases it with `consume`.

use std::ops::{Deref, DerefMut};

use crate::bytecode::Word;
use crate::thread::{Thread, ThreadState};
use crate::value::word;
use crate::value::{Object, Ref, StackRef, Str, Value};
use crate::vm::code::Code;
use crate::vm::frame::{Frame, FrameFlags, current};
use crate::vm::run::flow::Flow;
use crate::vm::run::hot::released;

/// The state of one word.
pub struct Step {
    thread: Thread,
    fp: *mut StackRef,
    base: usize,
}

impl Deref for Step {
    type Target = Thread;

    #[inline(always)]
    fn deref(&self) -> &Thread {
        &self.thread
    }
}

impl DerefMut for Step {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Thread {
        &mut self.thread
    }
}

impl Step {
    /// Makes the state for the innermost frame.
    #[inline(always)]
    pub fn new(thread: Thread) -> Step {
        // SAFETY: a word runs, so the thread has an innermost record, which is complete.
        let frame = unsafe { &*current(&thread) };
        Step { fp: frame.fp, base: frame.code().base as usize, thread }
    }

    /// The running frame's record.
    #[inline(always)]
    #[expect(clippy::mut_from_ref, reason = "the record is the thread's, not a part of the step")]
    pub fn frame(&self) -> &mut Frame {
        // SAFETY: the record belongs to this thread, and the reference is used before anything is pushed.
        unsafe { &mut *current(&self.thread) }
    }

    /// The code that runs; it lives as long as the frame, so longer than the word.
    #[inline(always)]
    pub fn code<'a>(&self) -> &'a Object<Code> {
        // SAFETY: the running function keeps its code alive, and the frame's callable the function.
        unsafe { &*(*current(&self.thread)).code }
    }

    /// Returns the word after the running one; every word but the last has one.
    #[inline]
    pub fn next_word(&self) -> Word {
        // SAFETY: the saved `ip` is the running word's, and code does not end in a word that goes on.
        unsafe { *self.frame().ip.add(1) }
    }

    /// The address of a slot.
    #[inline(always)]
    pub fn slot_at(&self, slot: usize) -> *mut StackRef {
        debug_assert!(slot < self.code().frame_slots as usize, "slot {slot} lies in the frame");
        // SAFETY: the slot number is from a verified word, so it lies in the frame's window.
        unsafe { self.fp.add(slot) }
    }

    /// The word in a slot.
    #[inline(always)]
    pub fn word(&self, slot: usize) -> u64 {
        // SAFETY: see the head of the file.
        unsafe { (*self.slot_at(slot)).word() }
    }

    /// Views a slot as a value. The view does not borrow the step: it is valid until the slot is written.
    #[inline(always)]
    pub fn view<'a>(&self, slot: usize) -> &'a Value {
        // SAFETY: the slot is on the value stack, which outlives the word; a slot in use is not written
        // while its word runs, except by `put`, `store` and `consume` at the word's end.
        unsafe { (*self.slot_at(slot)).as_value() }
    }

    /// Views consecutive slots; as `view`.
    #[inline(always)]
    pub fn views<'a>(&self, first: usize, count: usize) -> &'a [Value] {
        // SAFETY: slots are on the value stack and are not written while a view is in use (see `view`).
        unsafe { StackRef::as_values(std::slice::from_raw_parts(self.slot_at(first), count)) }
    }

    /// Returns an owned copy of a slot's value.
    #[inline(always)]
    pub fn clone_slot(&self, slot: usize) -> Value {
        // SAFETY: slots are on the value stack and are not written while a view is in use (see `view`).
        unsafe { *self.slot_at(slot) }.retain(&self.thread)
    }

    /// Takes a slot's value out and leaves it unbound.
    #[inline(always)]
    pub fn take(&mut self, slot: usize) -> Value {
        let held = StackRef::from_word(self.word(slot));
        self.clear(slot);
        // SAFETY: the slot has given its word up.
        unsafe { held.into_owned(&self.thread) }
    }

    /// Takes an operand: a temporary is moved out, a local copied.
    #[inline(always)]
    pub fn take_operand(&mut self, slot: usize) -> Value {
        if slot >= self.base { self.take(slot) } else { self.clone_slot(slot) }
    }

    /// Takes consecutive slots' values out.
    pub fn take_all(&mut self, first: usize, count: usize) -> Vec<Value> {
        (first..first + count).map(|slot| self.take(slot)).collect()
    }

    /// Marks a slot as empty without releasing what it held.
    #[inline(always)]
    pub fn clear(&mut self, slot: usize) {
        // SAFETY: see the head of the file.
        unsafe { *self.slot_at(slot) = StackRef::UNBOUND };
    }

    /// Stores a result in a temporary, which holds nothing.
    #[inline(always)]
    pub fn put(&mut self, slot: usize, value: Value) {
        // SAFETY: see the head of the file.
        unsafe { *self.slot_at(slot) = StackRef::from_value(value) };
    }

    /// Stores a word in a slot without releasing the old one.
    #[inline(always)]
    pub fn put_word(&mut self, slot: usize, word: u64) {
        // SAFETY: see the head of the file.
        unsafe { *self.slot_at(slot) = StackRef::from_word(word) };
    }

    /// Stores a deferred reference in a temporary; its object must outlive the use.
    #[inline(always)]
    pub fn put_deferred(&mut self, slot: usize, value: &Value) {
        self.put_word(slot, word::deferred(value.word()));
    }

    /// Stores a result in a variable and releases the old value.
    #[inline(always)]
    pub fn store(&mut self, slot: usize, value: Value) {
        let old = StackRef::from_word(self.word(slot));
        self.put(slot, value);
        if word::is_owning(old.word()) {
            // SAFETY: the slot has given the word up.
            unsafe { release_stored(&self.thread, old) };
        }
    }

    /// Stores a result in a variable, whose old value is released, or in a temporary.
    #[inline(always)]
    pub fn result(&mut self, slot: usize, value: Value) {
        if slot < self.base { self.store(slot, value) } else { self.put(slot, value) }
    }

    /// Empties a slot and releases what it held.
    #[inline(always)]
    pub fn release(&mut self, slot: usize) {
        let old = StackRef::from_word(self.word(slot));
        self.clear(slot);
        // SAFETY: the slot has given the word up.
        unsafe { old.release(&self.thread) };
    }

    /// Releases an operand if it is a temporary.
    #[inline(always)]
    pub fn consume(&mut self, slot: usize) {
        if slot >= self.base {
            self.release(slot);
        }
    }

    /// Releases consecutive temporaries, the last one first.
    pub fn release_all(&mut self, first: usize, count: usize) {
        for slot in (first..first + count).rev() {
            self.release(slot);
        }
    }

    /// Ends a word of one operand: stores the result and releases the operand, which comes first if the result goes to a
    /// local.
    #[inline(always)]
    pub fn finish_unary(&mut self, to: usize, operand: usize, value: Value) -> Flow {
        let held = self.take_temporary(operand);
        if to < self.base {
            self.release_temporary(held);
            self.store(to, value);
            return Flow::Next;
        }
        self.put(to, value);
        self.release_temporary(held);
        Flow::Next
    }

    /// Ends a word of two operands: stores the result and releases the operands, which comes first if the result goes to
    /// a local.
    #[inline(always)]
    pub fn finish_binary(&mut self, to: usize, left: usize, right: usize, value: Value) -> Flow {
        let (one, other) = (self.take_temporary(left), self.take_temporary(right));
        if to < self.base {
            self.release_temporary(one);
            self.release_temporary(other);
            self.store(to, value);
            return Flow::Next;
        }
        self.put(to, value);
        self.release_temporary(one);
        self.release_temporary(other);
        Flow::Next
    }

    /// Ends a word that compares two operands: stores the result, then releases the operands, the right one first.
    #[inline(always)]
    pub fn finish_comparison(&mut self, to: usize, left: usize, right: usize, value: Value) -> Flow {
        let held = [left, right].map(|operand| self.take_temporary(operand));
        self.result(to, value);
        self.release_temporaries(held);
        Flow::Next
    }

    /// Takes the content out of a temporary, to be released by `release_temporary`. Of a local nothing is
    /// taken.
    #[inline(always)]
    pub fn take_temporary(&mut self, slot: usize) -> StackRef {
        if slot < self.base {
            return StackRef::UNBOUND;
        }
        let held = StackRef::from_word(self.word(slot));
        self.clear(slot);
        held
    }

    /// Releases what `take_temporary` took out. Cheaper than dropping a value, which must look for the running
    /// thread.
    #[inline(always)]
    pub fn release_temporary(&mut self, held: StackRef) {
        // SAFETY: the slot has given the word up.
        unsafe { held.release(&self.thread) };
    }

    /// Releases what `take_temporary` took out, the last first.
    #[inline(always)]
    pub fn release_temporaries<const N: usize>(&mut self, held: [StackRef; N]) {
        for held in held.into_iter().rev() {
            self.release_temporary(held);
        }
    }

    /// Takes the content out of a temporary that owns its count; otherwise `UNBOUND`.
    #[inline(always)]
    pub fn detach(&mut self, slot: usize) -> Value {
        if slot < self.base {
            return Value::UNBOUND;
        }
        let word = self.word(slot);
        self.clear(slot);
        if word::is_deferred(word) {
            return Value::UNBOUND;
        }
        // SAFETY: the slot owned the count and has given it up.
        unsafe { Value::from_word(word) }
    }

    /// Returns the name at the site of an inline cache.
    #[inline(always)]
    pub fn name<'a>(&self, site: usize) -> &'a Object<Str> {
        self.block_view(site).downcast_ref().expect("a site with a name")
    }

    /// A word of the block, viewed as a value; it lives as long as the code.
    #[inline(always)]
    pub fn block_view<'a>(&self, index: usize) -> &'a Value {
        // SAFETY: an index of a verified word; constants and names never change.
        unsafe { &*self.frame().k.add(index).cast::<Value>() }
    }

    /// Sets a word of an inline cache.
    #[inline]
    pub fn set_cache(&mut self, index: usize, word: u64) {
        // Release: pairs with the dependency of whoever follows what is cached.
        // SAFETY: the index is from a verified word, so it lies in the code's block.
        unsafe { (*self.frame().k.add(index)).store(word, crate::sync::Ordering::Release) };
    }

    /// Reads a word of an inline cache.
    #[inline]
    pub fn cache(&self, index: usize) -> u64 {
        // SAFETY: the index is from a verified word, so it lies in the code's block.
        unsafe { crate::vm::run::hot::block(self.frame().k, index) }
    }

    /// Continues at a distance from the running word.
    #[inline]
    pub fn jump(&mut self, offset: isize) -> Flow {
        let frame = self.frame();
        // SAFETY: the lowering pass computed the distance to another word of the code.
        frame.ip = unsafe { frame.ip.offset(offset) };
        Flow::Reload
    }

    /// Makes an owned copy of a block word.
    pub fn constant(&self, index: usize) -> Value {
        self.block_view(index).clone()
    }

    /// The running function's module namespace.
    pub fn globals(&self) -> &Ref<crate::value::Dict> {
        &self.frame().function().globals
    }
}

/// Releases what a local held into which the innermost frame's word has stored its result.
///
/// # Safety
/// The slot has given the word up.
#[inline]
pub unsafe fn release_stored(thread: &ThreadState, old: StackRef) {
    // SAFETY: the caller gives the count up, and a word runs, so there is an innermost record.
    unsafe {
        if !released(thread, old.word()) {
            let frame = current(thread);
            (*frame).flags |= FrameFlags::STORED;
            old.release(thread);
            (*frame).flags -= FrameFlags::STORED;
        }
    }
}
