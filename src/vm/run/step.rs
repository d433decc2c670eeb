//! What a body sees while it runs one word: the thread, and the frame by slot.
//!
//! Everything in here relies on words being verified (see `dispatch.rs`): slot numbers lie in the frame.
//! Operands at or above `base` are temporaries, and whoever uses one up releases it with `consume`.

use std::ops::{Deref, DerefMut};

use crate::bytecode::Word;
use crate::thread::Thread;
use crate::value::word;
use crate::value::{Object, Ref, StackRef, Str, Value};
use crate::vm::code::Code;
use crate::vm::frame::{Frame, current};
use crate::vm::run::dispatch::Flow;

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
    /// The state of the innermost frame.
    #[inline(always)]
    pub fn new(thread: Thread) -> Step {
        // SAFETY: the thread runs a frame.
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
        // SAFETY: the running function keeps it alive.
        unsafe { &*(*current(&self.thread)).code }
    }

    /// The word behind the one that runs; every word but the last has one.
    #[inline]
    pub fn next_word(&self) -> Word {
        // SAFETY: the saved `ip` is the running word's, and code does not end in a word that goes on.
        unsafe { *self.frame().ip.add(1) }
    }

    /// The address of a slot.
    #[inline(always)]
    pub fn slot_at(&self, slot: usize) -> *mut StackRef {
        debug_assert!(slot < self.code().frame_slots as usize, "slot {slot} lies in the frame");
        // SAFETY: within the window.
        unsafe { self.fp.add(slot) }
    }

    /// The word in a slot.
    #[inline(always)]
    pub fn word(&self, slot: usize) -> u64 {
        // SAFETY: see the head of the file.
        unsafe { (*self.slot_at(slot)).word() }
    }

    /// Views a slot. The view does not borrow the step: it holds until the slot is written.
    #[inline(always)]
    pub fn view<'a>(&self, slot: usize) -> &'a Value {
        // SAFETY: the slot is on the value stack, which outlives the word; a slot in use is not written
        // while its word runs, except by `put`, `store` and `consume` at the word's end.
        unsafe { (*self.slot_at(slot)).as_value() }
    }

    /// Views consecutive slots; as `view`.
    #[inline(always)]
    pub fn views<'a>(&self, first: usize, count: usize) -> &'a [Value] {
        // SAFETY: as in `view`.
        unsafe { StackRef::as_values(std::slice::from_raw_parts(self.slot_at(first), count)) }
    }

    /// A value of its own of what a slot holds.
    #[inline(always)]
    pub fn clone_slot(&self, slot: usize) -> Value {
        // SAFETY: as in `view`.
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

    /// Puts a result into a temporary.
    #[inline(always)]
    pub fn put(&mut self, slot: usize, value: Value) {
        // SAFETY: see the head of the file.
        unsafe { *self.slot_at(slot) = StackRef::from_value(value) };
    }

    /// Puts a word into a slot as it is.
    #[inline(always)]
    pub fn put_word(&mut self, slot: usize, word: u64) {
        // SAFETY: see the head of the file.
        unsafe { *self.slot_at(slot) = StackRef::from_word(word) };
    }

    /// Puts a deferred reference to something that outlives the frame's use of it into a temporary.
    #[inline(always)]
    pub fn put_deferred(&mut self, slot: usize, value: &Value) {
        self.put_word(slot, word::deferred(value.word()));
    }

    /// Puts a result into a variable and releases what it held.
    #[inline(always)]
    pub fn store(&mut self, slot: usize, value: Value) {
        let old = StackRef::from_word(self.word(slot));
        self.put(slot, value);
        // SAFETY: the slot has given the word up.
        unsafe { old.release(&self.thread) };
    }

    /// Puts a result where the word says: a variable or a temporary.
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

    /// Releases consecutive temporaries.
    pub fn release_all(&mut self, first: usize, count: usize) {
        for slot in first..first + count {
            self.release(slot);
        }
    }

    /// Ends a word of one operand: puts the result, then releases the operand.
    #[inline(always)]
    pub fn finish_unary(&mut self, to: usize, operand: usize, value: Value) -> Flow {
        let held = self.take_temporary(operand);
        self.result(to, value);
        self.release_temporary(held);
        Flow::Next
    }

    /// Ends a word of two operands.
    #[inline(always)]
    pub fn finish_binary(&mut self, to: usize, left: usize, right: usize, value: Value) -> Flow {
        let (one, other) = (self.take_temporary(left), self.take_temporary(right));
        self.result(to, value);
        self.release_temporary(one);
        self.release_temporary(other);
        Flow::Next
    }

    /// Takes the word out of a temporary, for `release_temporary`; of a local, nothing.
    #[inline(always)]
    pub fn take_temporary(&mut self, slot: usize) -> StackRef {
        if slot < self.base {
            return StackRef::UNBOUND;
        }
        let held = StackRef::from_word(self.word(slot));
        self.clear(slot);
        held
    }

    /// Releases what `take_temporary` took out. Unlike dropping a value this needs no look for the running thread.
    #[inline(always)]
    pub fn release_temporary(&mut self, held: StackRef) {
        // SAFETY: the slot has given the word up.
        unsafe { held.release(&self.thread) };
    }

    /// Takes the word out of a temporary if it owns its count; else `UNBOUND`.
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

    /// The name at a site.
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

    /// Sets a cache word.
    #[inline]
    pub fn set_cache(&mut self, index: usize, word: u64) {
        // Release: pairs with the dependency of whoever follows what is cached.
        // SAFETY: an index of a verified word.
        unsafe { (*self.frame().k.add(index)).store(word, crate::sync::Ordering::Release) };
    }

    /// A cache word.
    #[inline]
    pub fn cache(&self, index: usize) -> u64 {
        // SAFETY: an index of a verified word.
        unsafe { crate::vm::run::hot::block(self.frame().k, index) }
    }

    /// Goes on at a distance from the running word.
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
