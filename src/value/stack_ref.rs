//! The word of a frame slot: a value that owns its count, or a deferred reference that owns none.
//!
//! A deferred reference is good as long as somebody else keeps the object alive: the local it was
//! copied from, or the collector, which counts every deferred slot of every stack before it calls an
//! object unreachable. The three ways across to owning values are `retain`, `defer` and `into_owned`.
//!
//! `StackRef` has no `Drop`: frame slots are raw memory and the interpreter releases them itself.

use crate::life;
use crate::object::RawObject;
use crate::thread::ThreadState;
use crate::value::Value;
use crate::value::word::{self, Word};

/// What a frame slot holds.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StackRef(Word);

impl StackRef {
    /// The empty slot.
    pub const UNBOUND: StackRef = StackRef(word::UNBOUND);
    /// `None`.
    pub const NONE: StackRef = StackRef(word::NONE);
    /// `True`.
    pub const TRUE: StackRef = StackRef(word::TRUE);
    /// `False`.
    pub const FALSE: StackRef = StackRef(word::FALSE);

    /// Wraps a word as it stands; whether it owns is in its tag.
    #[inline(always)]
    pub const fn from_word(word: Word) -> StackRef {
        StackRef(word)
    }

    /// The word.
    #[inline(always)]
    pub const fn word(self) -> Word {
        self.0
    }

    /// Takes over an owned value.
    #[inline(always)]
    pub fn from_value(value: Value) -> StackRef {
        StackRef(value.into_word())
    }

    /// Returns a deferred copy; no count changes.
    #[inline(always)]
    pub const fn defer(self) -> StackRef {
        StackRef(word::deferred(self.0))
    }

    /// Returns an owning copy, which adds one count.
    #[inline(always)]
    pub fn retain(self, thread: &ThreadState) -> Value {
        if let Some(object) = word::to_raw(self.0) {
            life::retain_with(thread, object);
        }
        // SAFETY: the count added above belongs to the result.
        unsafe { Value::from_word(word::owning(self.0)) }
    }

    /// Turns the slot's word into an owning value; a deferred reference is counted here.
    ///
    /// # Safety
    /// The slot's own count, if any, passes to the result: the slot must not be released as well.
    #[inline(always)]
    pub unsafe fn into_owned(self, thread: &ThreadState) -> Value {
        if word::is_deferred(self.0) {
            self.retain(thread)
        } else {
            // SAFETY: the caller promises that the slot's count passes to the result, and an owning word has
            // one.
            unsafe { Value::from_word(self.0) }
        }
    }

    /// Gives back the slot's count, if it owns one.
    ///
    /// # Safety
    /// The slot's word must not be used or released again.
    #[inline(always)]
    pub unsafe fn release(self, thread: &ThreadState) {
        if word::is_owning(self.0)
            && let Some(object) = word::to_raw(self.0)
        {
            life::release_with(thread, object);
        }
    }

    /// Views the slot as a value. The view may be a deferred reference; its clones are counted.
    #[inline(always)]
    pub const fn as_value(&self) -> &Value {
        // SAFETY: both are transparent wrappers of a word, and every read-only operation of `Value`
        // accepts the deferred tag. A shared reference cannot be dropped or moved out of.
        unsafe { &*(&raw const *self).cast::<Value>() }
    }

    /// Views a run of slots as values.
    #[inline(always)]
    pub const fn as_values(slots: &[StackRef]) -> &[Value] {
        // SAFETY: each slot may be viewed as in `as_value`, and a slice of slots has the layout of a slice of
        // words.
        unsafe { std::slice::from_raw_parts(slots.as_ptr().cast::<Value>(), slots.len()) }
    }

    /// The object, if the slot holds one.
    #[inline(always)]
    pub fn as_raw(self) -> Option<RawObject> {
        word::to_raw(self.0)
    }

    /// Whether the slot is empty.
    #[inline(always)]
    pub const fn is_unbound(self) -> bool {
        self.0 == word::UNBOUND
    }
}
