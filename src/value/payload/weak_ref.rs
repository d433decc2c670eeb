//! The weak reference: an address that counts for nothing, and a callback.
//!
//! The referent's address is cleared under its stripe of the weak table before the referent dies, and
//! reading it takes the same stripe and a try-retain, so a reader gets the object whole or not at all
//! (B-97, D-19). A weak reference is on the list of its referent from birth until one of them dies.

use crate::life;
use crate::memory;
use crate::object::Header;
use crate::object::{Place, RawObject, TypeFlags, TypeInfo};
use crate::references;
use crate::sync::{AtomicI64, AtomicPtr, Ordering};
use crate::thread::{Thread, ThreadState};
use crate::value::args::Args;
use crate::value::class::kind::Kind;
use crate::value::class::known::Known;
use crate::value::class::shape::Shape;
use crate::value::guarded::Slot;
use crate::value::object::{Object, Payload};
use crate::value::raised::Raised;
use crate::value::raised::Run;
use crate::value::trace::Trace;
use crate::value::value::Value;
use crate::value::word::Word;
use std::ptr::{NonNull, null_mut};

/// The payload of `weakref.ref` and of the proxies.
pub struct WeakRef {
    /// The referent. Once it is dead: null, or, with the bit `WAITS`, the next weak reference whose callback is
    /// to be called.
    referent: AtomicPtr<Header>,
    callback: Slot,
    /// The referent's hash once it was asked for, else `NO_HASH`.
    hash: AtomicI64,
}

/// Marks a dead weak reference in the list of those whose callbacks are to be called; no address has this bit.
const WAITS: usize = 1;

/// The mark of an unknown hash: no object has the hash -1.
const NO_HASH: i64 = -1;

references!(WeakRef { callback });

impl Payload for WeakRef {
    const KIND: Kind = Kind::WeakRef;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC;
}

/// The payload of a weak proxy: a weak reference that scripts see through.
#[repr(transparent)]
pub struct WeakProxy(WeakRef);

impl Trace for WeakProxy {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.0.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        self.0.take(taken);
    }
}

impl Payload for WeakProxy {
    const KIND: Kind = Kind::WeakProxy;
}

impl WeakRef {
    /// Makes a weak reference of this shape and adds it to the referent's list. Raises `MemoryError` if there
    /// is no memory for it.
    ///
    /// Without a callback, an existing one of the same built-in shape is shared (B-84).
    pub fn make(
        thread: &ThreadState,
        shape: &Shape,
        referent: RawObject,
        callback: Option<Value>,
        capacity: u16,
    ) -> Run<Value> {
        Self::make_with(thread, shape, referent, callback, |payload| {
            thread.alloc_shaped(shape, payload, capacity).into_value()
        })
    }

    /// Makes a weak proxy; without a callback, an existing one is shared. Raises `MemoryError` if there is no
    /// memory for it.
    pub fn make_proxy(
        thread: &ThreadState,
        shape: &Shape,
        referent: RawObject,
        callback: Option<Value>,
    ) -> Run<Value> {
        Self::make_with(thread, shape, referent, callback, |payload| {
            thread.alloc_of_kind(shape, WeakProxy(payload)).into_value()
        })
    }

    fn make_with(
        thread: &ThreadState,
        shape: &Shape,
        referent: RawObject,
        callback: Option<Value>,
        allocate: impl FnOnce(WeakRef) -> Value,
    ) -> Run<Value> {
        let shared = callback.is_none() && shape.is_builtin();
        let table = &thread.runtime().weak;
        if shared && let Some(known) = find_basic(&table.lock(referent), shape) {
            return Ok(known);
        }
        let payload = WeakRef {
            referent: AtomicPtr::new(referent.header_ptr()),
            callback: Slot::new(callback.unwrap_or(Value::NONE)),
            hash: AtomicI64::new(NO_HASH),
        };
        // Allocated outside of the stripe; the loser of a race is dropped after it (D-18).
        let made = allocate(payload);
        let own = made.as_raw().expect("a weak reference is an object");
        let mut list = table.lock(referent);
        if shared && let Some(known) = find_basic(&list, shape) {
            drop(list);
            Self::kill(own);
            return Ok(known);
        }
        let place = match shared {
            true if shape.kind == Kind::WeakRef => Place::First,
            true => Place::LastShared,
            false => Place::Newest,
        };
        let inserted = list.insert(place, own);
        drop(list);
        if inserted.is_err() {
            Self::kill(own);
        }
        inserted?;
        Ok(made)
    }

    /// Returns the weak reference that a value is, also for a proxy.
    pub fn behind(value: &Value) -> Option<&WeakRef> {
        match value.kind() {
            Kind::WeakRef | Kind::WeakProxy | Kind::WeakCallableProxy => {
                value.as_raw().map(|raw| &**Self::of(raw))
            }
            _ => None,
        }
    }

    /// A counted reference to the referent, or `None` once it is dead.
    pub fn upgrade(&self, thread: &ThreadState) -> Option<Value> {
        let referent = self.referent()?;
        let _stripe = thread.runtime().weak.lock(referent);
        // Under the stripe the address is not cleared, so the object's memory is still the object's.
        let referent = self.referent()?;
        if life::try_retain(referent) {
            // SAFETY: the count was added by the line above.
            Some(unsafe { Value::from_raw(referent) })
        } else {
            None
        }
    }

    /// Whether the referent is gone.
    pub fn is_dead(&self) -> bool {
        self.referent().is_none()
    }

    /// The referent's address, for the repr; owns nothing.
    pub fn referent(&self) -> Option<RawObject> {
        // Acquire: pairs with the Release in `kill`.
        let referent = self.referent.load(Ordering::Acquire);
        if referent.addr() & WAITS != 0 { None } else { NonNull::new(referent).map(RawObject::from_header) }
    }

    /// The callback; `None` (the script's) if there is none or the referent is dead.
    pub fn callback(&self) -> Value {
        if self.is_dead() { Value::NONE } else { self.callback.get() }
    }

    /// Whether there is a callback still to be called.
    pub fn has_callback(&self) -> bool {
        self.callback.load_word() != Value::NONE.word()
    }

    /// The remembered hash.
    pub fn known_hash(&self) -> Option<i64> {
        Some(self.hash.load(Ordering::Relaxed)).filter(|&hash| hash != NO_HASH)
    }

    /// Remembers the referent's hash.
    pub fn remember_hash(&self, hash: i64) {
        self.hash.store(hash, Ordering::Relaxed);
    }

    /// Makes a weak reference dead. The caller has removed it from the referent's list.
    pub fn kill(weakref: RawObject) {
        Self::of(weakref).referent.store(null_mut(), Ordering::Release);
    }

    /// Links a dead weak reference whose callback is to be called to the next such one.
    pub fn wait_before(weakref: RawObject, next: Option<RawObject>) {
        let next = next.map_or(null_mut(), RawObject::header_ptr);
        Self::of(weakref).referent.store(next.map_addr(|address| address | WAITS), Ordering::Release);
    }

    /// Unlinks a dead weak reference from those whose callbacks are to be called; returns the next one.
    pub fn end_wait(weakref: RawObject) -> Option<RawObject> {
        let next = Self::of(weakref).referent.swap(null_mut(), Ordering::AcqRel);
        NonNull::new(next.map_addr(|address| address & !WAITS)).map(RawObject::from_header)
    }

    /// Returns the weak reference that an entry of a weak list is.
    pub fn of<'a>(weakref: RawObject) -> &'a Object<WeakRef> {
        // SAFETY: only `make` enters objects into weak lists, and each leaves the list before it dies.
        unsafe { &*weakref.header_ptr().cast::<Object<WeakRef>>() }
    }

    /// Calls the callback of a dead weak reference with the reference itself, once.
    pub fn call_back(thread: &mut Thread, weakref: &Object<WeakRef>) {
        let callback = weakref.callback.set(Value::NONE);
        if callback.is_none() {
            return;
        }
        let argument = [weakref.to_value()];
        let class = Shape::of_value(thread, &callback).class();
        let called = match class.slots().call {
            Some(call) => call(thread, &callback, Args::positional(&argument)),
            None => Err(Raised::type_error(format_args!("'{}' object is not callable", class.name_text()))),
        };
        if let Err(raised) = called {
            let what = "Exception ignored while calling weakref callback";
            Known::report_unraisable(thread, raised, Some(what), Some(&callback));
        }
    }

    /// Returns the weak references to an object, in the order of its list. Raises `MemoryError` if there is no
    /// memory for them.
    pub fn all_to(thread: &ThreadState, referent: RawObject) -> Run<Vec<Value>> {
        let list = thread.runtime().weak.lock(referent);
        let mut found = memory::with_room(list.len())?;
        let alive = list.iter().filter(|weakref| life::try_retain_with(thread, *weakref));
        // SAFETY: the count was added by `try_retain_with`.
        found.extend(alive.map(|weakref| unsafe { Value::from_raw(weakref) }));
        Ok(found)
    }

    /// Takes a dying weak reference off its referent's list.
    pub fn unlink(thread: &ThreadState, weakref: &Object<WeakRef>) {
        if let Some(referent) = weakref.referent() {
            thread.runtime().weak.lock(referent).remove(weakref.raw());
        }
    }
}

impl WeakRef {
    /// Changes the memory-management table so that a dying weak reference is removed from its referent's list.
    pub fn unlink_when_dropped(mut info: TypeInfo) -> TypeInfo {
        info.drop = unlink_and_drop;
        info
    }
}

/// Removes a dying weak reference from its referent's list, and drops its payload.
///
/// # Safety
/// `weakref` is a dying weak reference that only the caller can reach.
unsafe fn unlink_and_drop(weakref: RawObject) {
    crate::thread::with_current(|thread| {
        if !thread.is_dissolving() {
            WeakRef::unlink(thread, WeakRef::of(weakref));
        }
    });
    let payload = weakref.payload::<WeakRef>();
    // SAFETY: nobody finds the reference any more; the payload is dropped once.
    unsafe {
        (*payload).referent.store(null_mut(), Ordering::Relaxed);
        std::ptr::drop_in_place(payload);
    }
}

impl Drop for WeakRef {
    fn drop(&mut self) {
        debug_assert!(self.referent.get_mut().is_null(), "a dying weak reference was unlinked by its type");
    }
}

/// Tells whether a weak reference may be shared: it has a built-in shape and no callback.
fn is_basic(weakref: RawObject) -> bool {
    Shape::of(weakref).is_builtin() && !WeakRef::of(weakref).has_callback()
}

/// The shared weak reference of a list that has this shape.
fn find_basic(list: &crate::object::WeakList<'_>, shape: &Shape) -> Option<Value> {
    let same = |known: &RawObject| is_basic(*known) && std::ptr::eq(Shape::of(*known), shape);
    // Those that are shared come first.
    let known = list.iter().take_while(|known| is_basic(*known)).find(same)?;
    // A reference whose last count is being given up on another thread cannot be had any more.
    // SAFETY: the count was added by `try_retain`.
    life::try_retain(known).then(|| unsafe { Value::from_raw(known) })
}
