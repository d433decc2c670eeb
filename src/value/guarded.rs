//! Mutable parts of a payload: five cells, each safe to share between threads.
//!
//! | cell | for | a read | a write |
//! |---|---|---|---|
//! | [`Guarded`] | storage of containers | under the object's byte lock | under the object's byte lock |
//! | [`Slot`] | one reference that changes | load, try-retain, load again | swap, then drop the old one |
//! | [`SetOnce`] | one reference set when a cycle of objects is built | a load | once |
//! | [`Replaceable`] | one reference that hardly ever changes | a load, for as long as no script code runs | swap, and drop the old one after a grace period |
//! | [`Steady`] | one typed handle that hardly ever changes | nothing, up to the next safepoint | with the world stopped |
//!
//! While the program has one thread the byte is only a flag that catches re-entrance, and a slot read
//! is an ordinary retain. Never call script code inside `with`: take values out, leave, then drop them.

use std::cell::UnsafeCell;

use crate::life;
use crate::object::{GcBits, RawObject};
use crate::sync::{AtomicU64, Ordering};
use crate::thread::{Section, ThreadState, WorldStopped, current_ptr};
use crate::value::object::{Object, Payload, Ref};
use crate::value::trace::{Trace, push_field};
use crate::value::value::Value;
use crate::value::word::{self, Word};

/// Storage that is only touched under its object's byte lock.
#[derive(Default)]
pub struct Guarded<S>(UnsafeCell<S>);

// SAFETY: the content is reached under the byte lock, or by the collector with the world stopped.
unsafe impl<S: Send> Sync for Guarded<S> {}

impl<S> Guarded<S> {
    /// Wraps initial content.
    pub const fn new(content: S) -> Guarded<S> {
        Guarded(UnsafeCell::new(content))
    }

    /// The content of a payload that is not part of an object yet.
    pub fn get_mut(&mut self) -> &mut S {
        self.0.get_mut()
    }

    /// The content, for the interpreter's fast paths.
    ///
    /// Dereferencing needs the byte lock, or a program of one thread and no other access meanwhile.
    #[inline(always)]
    pub const fn as_ptr(&self) -> *mut S {
        self.0.get()
    }
}

impl<T> Object<T> {
    /// Runs `action` on guarded content of this object, under its byte lock.
    ///
    /// `action` must not run script code: it would meet the lock. Panics if it does on one thread.
    #[inline]
    pub fn with<S, R>(&self, field: impl FnOnce(&T) -> &Guarded<S>, action: impl FnOnce(&mut S) -> R) -> R {
        let _held = Held::take(self.raw());
        // SAFETY: the byte lock of this object is held until `_held` goes, and `Guarded` content is
        // only touched under it.
        action(unsafe { &mut *field(self).0.get() })
    }
}

/// The byte lock of an object, held.
pub struct Held<'thread> {
    alone: Option<RawObject>,
    _section: Option<Section<'thread>>,
}

impl Held<'_> {
    /// Takes the lock; while the program has one thread it is a flag.
    #[inline(always)]
    pub fn take<'thread>(object: RawObject) -> Held<'thread> {
        let thread = current();
        if thread.is_multi() {
            return Held { alone: None, _section: Some(thread.lock_object(object)) };
        }
        assert!(
            object.header().lock.enter_alone(),
            "guarded content is not touched while it is being touched"
        );
        Held { alone: Some(object), _section: None }
    }
}

impl Drop for Held<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(object) = self.alone {
            object.header().lock.leave_alone();
        }
    }
}

/// Returns the state of the running thread. Guarded content is used by registered threads only.
#[inline(always)]
pub(super) fn current<'thread>() -> &'thread ThreadState {
    let thread = current_ptr();
    assert!(!thread.is_null(), "objects are touched by registered threads only");
    // SAFETY: the state lives while its thread runs this, and the reference does not leave the call.
    unsafe { &*thread }
}

/// The collector reads the content with the world stopped, and takes it from dying objects: in neither case
/// does anybody hold the lock.
impl<S: Trace> Trace for Guarded<S> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        // SAFETY: the world is stopped or the object is ours alone, and no safepoint lies inside `with`.
        unsafe { &*self.0.get() }.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        self.0.get_mut().take(taken);
    }
}

/// Publishes an object: marks it as one that other threads may find without a lock (B-10).
/// This has to be done before it is stored where they can find it.
#[inline]
pub fn publish(value: &Value) {
    if let Some(object) = value.as_raw() {
        let thread = current_ptr();
        // SAFETY: the running thread's state lives while it runs this.
        if !thread.is_null() && unsafe { &*thread }.is_multi() && !object.has(GcBits::SHARED) {
            object.counts().publish();
            object.set_bits(GcBits::SHARED);
        }
    }
}

/// One reference that may change while others read it.
pub struct Slot(AtomicU64);

impl Slot {
    /// A slot that holds `value`.
    pub fn new(value: Value) -> Slot {
        publish(&value);
        Slot(AtomicU64::new(value.into_word()))
    }

    /// A slot that holds `value`. Cheaper than `new` where the caller knows the running thread.
    #[inline]
    pub fn new_with(thread: &ThreadState, value: Value) -> Slot {
        if thread.is_multi() {
            publish(&value);
        }
        Slot(AtomicU64::new(value.into_word()))
    }

    /// A slot that holds nothing.
    pub fn empty() -> Slot {
        Slot(AtomicU64::new(word::UNBOUND))
    }

    /// A new reference to what the slot holds (CPython: `_Py_XGetRef`).
    #[inline]
    pub fn get(&self) -> Value {
        loop {
            // Acquire: pairs with the AcqRel in `set`, so the object is seen initialised.
            let word = self.0.load(Ordering::Acquire);
            let Some(object) = word::to_raw(word) else {
                // SAFETY: not a pointer, so there is no count to own.
                return unsafe { Value::from_word(word) };
            };
            let thread = current();
            if !thread.is_multi() {
                // SAFETY: the slot's own count keeps the object alive: nobody else can empty it.
                return unsafe { Value::retain_raw(object) };
            }
            if life::try_retain_with(thread, object) {
                // SAFETY: the count was added by the line above.
                let value = unsafe { Value::from_raw(object) };
                // Acquire: pairs as above. If the slot changed, the object may be a stranger (D-1).
                if self.0.load(Ordering::Acquire) == word {
                    return value;
                }
            }
        }
    }

    /// Whether the slot holds nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        // Relaxed: only the word is looked at, nothing behind it.
        self.0.load(Ordering::Relaxed) == word::UNBOUND
    }

    /// Stores `value` and returns the old one, which the caller drops outside of any lock.
    #[inline]
    pub fn set(&self, value: Value) -> Value {
        publish(&value);
        // AcqRel: releases the new object's fields to `get`, acquires the old one's.
        let old = self.0.swap(value.into_word(), Ordering::AcqRel);
        // SAFETY: the slot owned the count of its old word and has given it up.
        unsafe { Value::from_word(old) }
    }

    /// Like `set`. Cheaper where the caller knows the running thread.
    #[inline]
    pub fn set_with(&self, thread: &ThreadState, value: Value) -> Value {
        if thread.is_multi() {
            return self.set(value);
        }
        // SAFETY: the value's count passes to the slot, and that of the old word to the result; the program has one
        // thread, which runs this.
        unsafe { Value::from_word(self.exchange_alone(value.into_word())) }
    }

    /// Exchanges the word while the program has one thread: no swap is needed then.
    ///
    /// # Safety
    /// `word` owns a count if it is a pointer, which passes to the slot; that of the result passes to
    /// the caller. No other thread runs.
    #[inline(always)]
    pub unsafe fn exchange_alone(&self, word: Word) -> Word {
        // Relaxed: there is nobody to order with.
        let old = self.0.load(Ordering::Relaxed);
        self.0.store(word, Ordering::Relaxed);
        old
    }

    /// The word in the slot, for the interpreter's fast paths and the collector.
    #[inline(always)]
    pub fn load_word(&self) -> Word {
        self.0.load(Ordering::Acquire)
    }
}

impl Default for Slot {
    fn default() -> Slot {
        Slot::empty()
    }
}

impl Trace for Slot {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        let word = self.load_word();
        // `None` in a field means that there is nothing.
        if word::is_pointer(word) || ALL && word != word::NONE && word != word::UNBOUND {
            visit(word);
        }
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        // Relaxed, and no swap: `&mut self` says that nobody else can reach the slot.
        let word = self.0.load(Ordering::Relaxed);
        if word::is_pointer(word) {
            self.0.store(word::UNBOUND, Ordering::Relaxed);
            push_field(taken, word);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // Relaxed: as in `take`.
        let word = self.0.load(Ordering::Relaxed);
        if word::is_pointer(word) {
            // SAFETY: the slot owned the count and nobody looks at it any more.
            drop(unsafe { Value::from_word(word) });
        }
    }
}

/// A reference that is set once and then never changes, so that it can be borrowed.
///
/// When a cycle is broken the reference stays, because somebody may be borrowing it; it is released with the
/// payload.
pub struct SetOnce(AtomicU64);

impl SetOnce {
    /// Not set yet.
    pub fn unset() -> SetOnce {
        SetOnce(AtomicU64::new(word::UNBOUND))
    }

    /// Sets the reference. Panics if it was set before.
    pub fn set(&self, value: Value) {
        publish(&value);
        // Release: pairs with the Acquire in `get`.
        let old =
            self.0.compare_exchange(word::UNBOUND, value.into_word(), Ordering::Release, Ordering::Relaxed);
        assert!(old.is_ok(), "a SetOnce is set once");
    }

    /// Sets the reference if it was not set before, and drops the value otherwise.
    pub fn set_first(&self, value: Value) {
        publish(&value);
        let word = value.into_word();
        // Release: pairs with the Acquire in `get`.
        if self.0.compare_exchange(word::UNBOUND, word, Ordering::Release, Ordering::Relaxed).is_err() {
            // SAFETY: the value gave its word up above, and nobody took it.
            drop(unsafe { Value::from_word(word) });
        }
    }

    /// Returns the value that was set, or `UNBOUND`.
    #[inline(always)]
    pub fn get(&self) -> &Value {
        // SAFETY: `Value` is a transparent word, the slot owns its count, and it never changes after
        // it was set; before that the word is a constant.
        unsafe { &*self.0.as_ptr().cast::<Value>() }
    }
}

impl Trace for SetOnce {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.get().show::<false>(visit);
    }

    fn take(&mut self, _taken: &mut Vec<Word>) {}
}

impl Drop for SetOnce {
    fn drop(&mut self) {
        // SAFETY: the slot owned the count and nobody can look at it any more.
        drop(unsafe { Value::from_word(self.0.load(Ordering::Relaxed)) });
    }
}

/// A reference that is read far more often than it is replaced. Reading does not count.
///
/// A value that was read stays valid until this thread runs script code or any other thread reaches its next
/// safepoint, because a replaced value is released after a grace period. When a cycle is broken the reference
/// stays; only with `ENDS` it becomes `None`, because nothing else would break the cycle (the order of a class
/// begins with the class itself).
pub struct Replaceable<const ENDS: bool = false>(AtomicU64);

impl<const ENDS: bool> Replaceable<ENDS> {
    /// Not set yet.
    pub fn unset() -> Replaceable<ENDS> {
        Replaceable(AtomicU64::new(word::UNBOUND))
    }

    /// Stores a reference; the old one is released after a grace period.
    ///
    /// To be called where script code may run, because releasing may destroy the old value.
    pub fn set(&self, value: Value) {
        publish(&value);
        // AcqRel: releases the new object's fields to `look`, acquires the old one's.
        let old = self.0.swap(value.into_word(), Ordering::AcqRel);
        if let Some(old) = word::to_raw(old) {
            life::release_after_grace(current(), old);
        }
    }

    /// Calls `action` with the value that was set, or `UNBOUND`. `action` must not run script code.
    #[inline(always)]
    pub fn look<R>(&self, action: impl FnOnce(&Value) -> R) -> R {
        // Acquire: pairs with the AcqRel in `set`.
        let word = self.0.load(Ordering::Acquire);
        // SAFETY: `Value` is a transparent word, and the view is not dropped. The slot owned a count of it when
        // the word was loaded; that is given up after a grace period, and none can pass inside `action`, which
        // runs no script code.
        action(unsafe { &*(&raw const word).cast::<Value>() })
    }

    /// A new reference to what was set, or `UNBOUND`.
    pub fn get(&self) -> Value {
        self.look(Value::clone)
    }
}

impl<const ENDS: bool> Trace for Replaceable<ENDS> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.look(|value| value.show::<false>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        if ENDS && word::is_pointer(self.0.load(Ordering::Relaxed)) {
            push_field(taken, self.0.swap(word::NONE, Ordering::Relaxed));
        }
    }
}

impl<const ENDS: bool> Drop for Replaceable<ENDS> {
    fn drop(&mut self) {
        // SAFETY: the slot owned the count and nobody can look at it any more.
        drop(unsafe { Value::from_word(self.0.load(Ordering::Relaxed)) });
    }
}

/// A typed handle that is replaced only while the world is stopped. Reading it is reading a field.
///
/// What was read stays valid until this thread comes to a safepoint, runs script code or waits for a lock.
pub struct Steady<T: Payload>(UnsafeCell<Ref<T>>);

// SAFETY: the handle changes only while the world is stopped, and a handle itself may be shared.
unsafe impl<T: Payload> Sync for Steady<T> where Ref<T>: Send + Sync {}

impl<T: Payload> Steady<T> {
    /// Wraps the first handle.
    #[inline(always)]
    pub const fn new(handle: Ref<T>) -> Steady<T> {
        Steady(UnsafeCell::new(handle))
    }

    /// Replaces the handle and returns the old one, which the caller drops once the world runs again.
    pub fn replace(&self, _stopped: &WorldStopped<'_>, handle: Ref<T>) -> Ref<T> {
        // SAFETY: the world is stopped, so no thread is between two safepoints, where it may be reading.
        unsafe { std::mem::replace(&mut *self.0.get(), handle) }
    }
}

impl<T: Payload> std::ops::Deref for Steady<T> {
    type Target = Ref<T>;

    #[inline(always)]
    fn deref(&self) -> &Ref<T> {
        // SAFETY: the handle changes only while the world is stopped, which the reader's thread takes part in.
        unsafe { &*self.0.get() }
    }
}

impl<T: Payload> Trace for Steady<T> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        (**self).show::<ALL>(visit);
    }

    fn take(&mut self, _taken: &mut Vec<Word>) {}
}
