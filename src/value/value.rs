//! The word every script value is: an inline integer, an inline float, a constant or a pointer.
//!
//! ```text
//! …nnnn00   integer, 62 bits, two's complement
//! …ffff1f   float, self-tagged: rotate_left(bits + (3 << 60), 4)
//! …cccc001  constant, when the word is below one page: unbound, None, True, …
//! …pppp001  pointer to an object, owning one count
//! …pppp101  pointer to an object, not owning (only ever in a frame slot)
//! ```
//!
//! Invariant: a `Value` somebody *owns* never carries the not-owning tag. A `&Value` may be a view of
//! a frame slot that does ([`StackRef::as_value`](super::StackRef::as_value)); cloning it gives an
//! owning one. Arithmetic on the words is in `word.rs`.

use std::fmt;
use std::mem::ManuallyDrop;

use crate::life;
use crate::object::RawObject;
use crate::value::word::{self, Word};

/// One script value that owns what it refers to.
#[repr(transparent)]
pub struct Value(Word);

const _: () = assert!(size_of::<Value>() == 8);

impl Value {
    /// The marker of a slot that holds nothing.
    pub const UNBOUND: Value = Value(word::UNBOUND);
    /// `None`.
    pub const NONE: Value = Value(word::NONE);
    /// `False`.
    pub const FALSE: Value = Value(word::FALSE);
    /// `True`.
    pub const TRUE: Value = Value(word::TRUE);
    /// `NotImplemented`, which a binary operation returns to let the other operand try.
    pub const NOT_IMPLEMENTED: Value = Value(word::NOT_IMPLEMENTED);
    /// `...`.
    pub const ELLIPSIS: Value = Value(word::ELLIPSIS);

    /// Makes a bool.
    #[inline(always)]
    pub const fn bool(value: bool) -> Value {
        if value { Value::TRUE } else { Value::FALSE }
    }

    /// Makes an inline integer; `None` when it needs more than 62 bits.
    #[inline(always)]
    pub const fn small_int(value: i64) -> Option<Value> {
        match word::from_int(value) {
            Some(word) => Some(Value(word)),
            None => None,
        }
    }

    /// Makes an inline float; `None` for the rare magnitudes that need a box.
    #[inline(always)]
    pub fn small_float(value: f64) -> Option<Value> {
        word::from_float(value).map(Value)
    }

    /// The inline integer, if it is one. Not for bools, nor for integers past 62 bits.
    #[inline(always)]
    pub const fn as_small_int(&self) -> Option<i64> {
        if word::is_int(self.0) { Some(word::to_int(self.0)) } else { None }
    }

    /// The inline float, if it is one. Floats of extreme magnitude are boxed; see `number::as_float`.
    #[inline(always)]
    pub fn as_small_float(&self) -> Option<f64> {
        if word::is_float(self.0) { Some(word::to_float(self.0)) } else { None }
    }

    /// The bool, if it is one.
    #[inline(always)]
    pub const fn as_bool(&self) -> Option<bool> {
        match self.0 {
            word::TRUE => Some(true),
            word::FALSE => Some(false),
            _ => None,
        }
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub const fn is_none(&self) -> bool {
        self.0 == word::NONE
    }

    /// Whether this is the marker of an empty slot.
    #[inline(always)]
    pub const fn is_unbound(&self) -> bool {
        self.0 == word::UNBOUND
    }

    /// Whether this is `NotImplemented`.
    #[inline(always)]
    pub const fn is_not_implemented(&self) -> bool {
        self.0 == word::NOT_IMPLEMENTED
    }

    /// The object, if this is a pointer. The result owns nothing: it is good as long as `self` is.
    #[inline(always)]
    pub fn as_raw(&self) -> Option<RawObject> {
        word::to_raw(self.0)
    }

    /// Whether both are the same object (`is`).
    #[inline(always)]
    pub const fn is(&self, other: &Value) -> bool {
        word::owning(self.0) == word::owning(other.0)
    }

    /// Returns the word itself, for the collector, for hashes by identity and for inline caches.
    #[inline(always)]
    pub const fn word(&self) -> Word {
        self.0
    }

    /// Takes the value out and leaves `UNBOUND`.
    #[inline(always)]
    pub fn take(&mut self) -> Value {
        std::mem::replace(self, Value::UNBOUND)
    }

    /// Gives up ownership; the caller now owns the count in the word.
    #[inline(always)]
    pub fn into_word(self) -> Word {
        ManuallyDrop::new(self).0
    }

    /// Takes over a word that owns its count.
    ///
    /// # Safety
    /// The word is not deferred, and if it is a pointer the caller owns one count and gives it up.
    #[inline(always)]
    pub unsafe fn from_word(word: Word) -> Value {
        Value(word)
    }

    /// Takes over one count of an object.
    ///
    /// # Safety
    /// The caller owns one count of `object` and gives it up.
    #[inline(always)]
    pub unsafe fn from_raw(object: RawObject) -> Value {
        Value(word::from_raw(object))
    }

    /// Adds a count to an object and owns it.
    ///
    /// # Safety
    /// `object` is alive: somebody owns a count of it for the length of this call.
    #[inline(always)]
    pub unsafe fn retain_raw(object: RawObject) -> Value {
        life::retain(object);
        Value(word::from_raw(object))
    }
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if let Some(object) = word::to_raw(self.0) {
            life::retain(object);
        }
        Value(word::owning(self.0))
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        debug_assert!(!word::is_deferred(self.0), "an owned value never carries the deferred tag");
        if let Some(object) = word::to_raw(self.0) {
            life::release(object);
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::bool(value)
    }
}

impl Default for Value {
    fn default() -> Value {
        Value::UNBOUND
    }
}

/// Shows the word, never the object behind it, which may be dying.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.as_small_int(), self.as_small_float(), self.0) {
            (Some(int), _, _) => write!(f, "{int}"),
            (_, Some(float), _) => write!(f, "{float:?}"),
            (_, _, word::NONE) => f.write_str("None"),
            (_, _, word::TRUE) => f.write_str("True"),
            (_, _, word::FALSE) => f.write_str("False"),
            (_, _, word::UNBOUND) => f.write_str("<unbound>"),
            (_, _, word) => write!(f, "<object at {:#x}>", word & !7),
        }
    }
}
