//! Making objects: a payload goes in, a typed handle comes out.
//!
//! Each constructor allocates a block, writes the payload and only then tracks the object (D-30).

use crate::life;
use crate::object::{RawObject, TypeFlags, TypeInfo};
use crate::thread::ThreadState;
use crate::value::class::shape::Shape;
use crate::value::object::{Object, Payload, Ref};
use crate::value::payload::tuple::Tuple;
use crate::value::raised::{Raised, Run};
use crate::value::trace::make_room;
use crate::value::value::Value;
use crate::value::word::{self, Word};

/// Makes the memory-management table of a built-in payload, which becomes part of its shape.
pub fn type_info<T: Payload>(name: &'static str) -> TypeInfo {
    let mut info = TypeInfo::new(name, 0, T::FLAGS);
    info.show = show::<T, false>;
    info.show_all = show::<T, true>;
    info.take = take::<T>;
    info.slots_offset = size_of::<Object<T>>() as u32;
    if std::mem::needs_drop::<T>() {
        info.drop = drop_payload::<T>;
    } else {
        info.set_flags(TypeFlags::PAYLOAD_OWNS_NOTHING);
    }
    info
}

/// Calls `visit` with each reference of an object: those of the payload, and the inline attribute words.
///
/// # Safety
/// `object` is a live `Object<T>` and nobody changes it meanwhile.
unsafe fn show<T: Payload, const ALL: bool>(object: RawObject, visit: &mut dyn FnMut(Word)) {
    // SAFETY: the caller promises a live `Object<T>` that nobody changes meanwhile.
    unsafe { &*object.header_ptr().cast::<Object<T>>() }.show::<ALL>(visit);
    // SAFETY: the caller promises that the object is alive and that nobody changes it.
    for slot in unsafe { inline_slots(object) } {
        if word::is_pointer(*slot) || ALL && *slot != word::UNBOUND {
            visit(*slot);
        }
    }
}

/// Moves the references of an object into `taken`, in the order in which they are to be released.
///
/// # Safety
/// `object` is an `Object<T>` that only the caller can reach.
unsafe fn take<T: Payload>(object: RawObject, taken: &mut Vec<Word>) {
    // Attributes go before what the payload holds, as in CPython. The header is asked first: it is at hand.
    if object.extra() > 0 && Shape::of(object).has_attributes() {
        // SAFETY: the caller promises an object that only it can reach.
        unsafe { take_attributes(object, taken) };
    }
    make_room(taken);
    // SAFETY: the caller promises an `Object<T>` that only it can reach; the payload begins behind the header.
    unsafe { &mut *object.payload::<T>() }.take(taken);
}

/// Moves the inline attributes of an object into `taken`, in the order in which they are to be released.
///
/// # Safety
/// As for `take`, of any type with attributes.
#[inline(never)]
unsafe fn take_attributes(object: RawObject, taken: &mut Vec<Word>) {
    // SAFETY: the caller promises that only it can reach the object.
    let slots = unsafe { inline_slots(object) };
    let mut take = |slot: &mut Word| {
        if word::is_pointer(*slot) {
            taken.push(std::mem::replace(slot, word::UNBOUND));
        }
    };
    for &position in Shape::of(object).order_of_release() {
        take(&mut slots[usize::from(position)]);
    }
    slots.iter_mut().for_each(take);
}

/// Drops the payload of an object.
///
/// # Safety
/// `object` is an `Object<T>` that only the caller can reach, and its payload is not used again.
unsafe fn drop_payload<T: Payload>(object: RawObject) {
    // SAFETY: the caller promises that only it can reach the object, and that the payload is not used again.
    unsafe { std::ptr::drop_in_place(object.payload::<T>()) };
}

/// The inline attribute words of an object, however many it was made with.
///
/// # Safety
/// `object` is alive, and nobody else changes its attributes meanwhile.
#[inline(always)]
pub unsafe fn inline_slots<'a>(object: RawObject) -> &'a mut [Word] {
    let shape = Shape::of(object);
    let count = if shape.has_attributes() { object.extra() as usize } else { 0 };
    // SAFETY: the allocator left room for `extra` words from `slots_offset` on and filled them. The caller promises
    // that the object is alive and that nobody else changes these words while the result is used.
    unsafe { std::slice::from_raw_parts_mut(object.at::<Word>(shape.info.slots_offset as usize), count) }
}

impl ThreadState {
    /// Makes an instance of a built-in type.
    #[inline]
    pub fn alloc<T: Payload>(&self, payload: T) -> Ref<T> {
        let shape = self.known().shape(T::KIND);
        if !T::HAS_ATTRIBUTES {
            debug_assert!(!shape.has_attributes(), "the type of this payload has no attributes");
            return self.alloc_unchecked::<T, false>(shape, payload, 0);
        }
        // One word is enough for the dict of attributes that few of them ever get.
        self.alloc_shaped(shape, payload, u16::from(shape.has_attributes()))
    }

    /// Makes an instance of a built-in type that has the payload of another one (`WeakCallableProxy`).
    pub fn alloc_of_kind<T: Payload>(&self, shape: &Shape, payload: T) -> Ref<T> {
        assert!(shape.is_builtin() && shape.info.slots_offset as usize == size_of::<Object<T>>());
        self.alloc_unchecked::<T, true>(shape, payload, 0)
    }

    /// Makes an instance with a shape of its own (a subclass) and room for `capacity` attributes.
    #[inline]
    pub fn alloc_shaped<T: Payload>(&self, shape: &Shape, payload: T, capacity: u16) -> Ref<T> {
        assert!(T::is_of(shape.kind), "the shape is one of this payload");
        self.alloc_unchecked::<T, true>(shape, payload, capacity)
    }

    /// Makes an instance; with `ASK`, one whose type may have attributes.
    #[inline(always)]
    fn alloc_unchecked<T: Payload, const ASK: bool>(
        &self,
        shape: &Shape,
        mut payload: T,
        capacity: u16,
    ) -> Ref<T> {
        let is_tracked = payload.is_born_tracked() || !shape.is_builtin();
        let bytes = size_of::<Object<T>>() + capacity as usize * size_of::<Word>();
        // SAFETY: the shape lives as long as its class, which the new object keeps alive.
        let object = unsafe { life::allocate(self, &raw const shape.info, bytes, 0) };
        // SAFETY: the block is at least `bytes` long, its header is stamped and nobody else knows it;
        // the payload and every inline word are initialised before it is tracked.
        unsafe {
            object.payload::<T>().write(payload);
            if ASK && shape.has_attributes() {
                object.set_extra(capacity);
                let first = object.at::<Word>(size_of::<Object<T>>());
                for index in 0..capacity as usize {
                    first.add(index).write(word::UNBOUND);
                }
            }
            finish_tracked(object, &shape.info, is_tracked)
        }
    }

    /// Makes a tuple; the empty one is shared.
    #[inline]
    pub fn new_tuple(&self, items: Vec<Value>) -> Value {
        if items.is_empty() {
            return self.known().empty_tuple();
        }
        let len = items.len();
        self.allocate_tuple(items.into_iter(), len).into_value()
    }

    /// Makes a tuple of any number of items. Raises `MemoryError` if there is no memory for it.
    #[inline]
    pub fn try_tuple(&self, items: Vec<Value>) -> Run<Value> {
        let len = items.len();
        self.try_tuple_of(items.into_iter(), len)
    }

    /// Makes a tuple of the first `len` items, which the iterator must have. Raises `MemoryError` if there is
    /// no memory for it.
    #[inline]
    pub fn try_tuple_of(&self, items: impl Iterator<Item = Value>, len: usize) -> Run<Value> {
        if len == 0 {
            return Ok(self.known().empty_tuple());
        }
        Ok(self.try_tuple_shaped(self.known().shape(Tuple::KIND), items, len, 0)?.into_value())
    }

    /// Makes a tuple of exactly `len` items.
    #[inline]
    pub fn allocate_tuple(&self, items: impl Iterator<Item = Value>, len: usize) -> Ref<Tuple> {
        self.allocate_tuple_shaped(self.known().shape(Tuple::KIND), items, len, 0)
    }

    /// Makes a tuple with a shape of its own (a subclass) and room for `capacity` attributes. Aborts if there is
    /// no memory for a long one: of as many items as a program wants, `try_tuple_shaped` makes one.
    pub fn allocate_tuple_shaped(
        &self,
        shape: &Shape,
        items: impl Iterator<Item = Value>,
        len: usize,
        capacity: u16,
    ) -> Ref<Tuple> {
        self.try_tuple_shaped(shape, items, len, capacity).expect("a tuple of a few items finds memory")
    }

    /// Like `allocate_tuple_shaped`, for any number of items. Raises `MemoryError` if there is no memory for
    /// it.
    pub fn try_tuple_shaped(
        &self,
        shape: &Shape,
        items: impl Iterator<Item = Value>,
        len: usize,
        capacity: u16,
    ) -> Run<Ref<Tuple>> {
        assert_eq!(shape.kind, Tuple::KIND, "the shape is one of tuples");
        let bytes = Object::<Tuple>::PAYLOAD_OFFSET + Tuple::bytes(len) + Tuple::attribute_bytes(capacity);
        // SAFETY: the shape lives as long as its class, which the new object keeps alive; the payload is
        // written below.
        let object = unsafe { life::try_allocate(self, &raw const shape.info, bytes, capacity) };
        let object = object.ok_or_else(Raised::memory_error)?;
        let mut written = 0;
        // SAFETY: the block has room for payload, attribute words and items, nobody else knows it, and
        // all of them are written (checked for the items) before it is tracked.
        unsafe {
            let payload = object.payload::<Tuple>();
            payload.write(Tuple::header(len));
            let attributes = object.at::<Word>(size_of::<Object<Tuple>>());
            for index in 0..capacity as usize {
                attributes.add(index).write(word::UNBOUND);
            }
            let first = payload.add(1).cast::<u8>().add(Tuple::attribute_bytes(capacity)).cast::<Value>();
            for item in items.take(len) {
                first.add(written).write(item);
                written += 1;
            }
            assert_eq!(written, len, "the iterator was as long as promised");
            Ok(finish(object, &shape.info))
        }
    }
}

/// Tracks a finished object and hands it out.
///
/// # Safety
/// `object` is a fully initialised `Object<T>` with the count of its birth.
#[inline(always)]
unsafe fn finish<T: Payload>(object: RawObject, info: &TypeInfo) -> Ref<T> {
    // SAFETY: the caller promises a fully initialised `Object<T>`, as `finish_tracked` asks.
    unsafe { finish_tracked(object, info, true) }
}

/// As `finish`; `is_tracked` says whether the collector has to know the object from the start.
///
/// # Safety
/// As for `finish`.
#[inline(always)]
unsafe fn finish_tracked<T: Payload>(object: RawObject, info: &TypeInfo, is_tracked: bool) -> Ref<T> {
    if is_tracked && info.has(TypeFlags::HAS_GC) {
        life::track(object);
    }
    // SAFETY: the caller promises a fully initialised `Object<T>` with the count of its birth, which passes to
    // the result.
    unsafe { Ref::from_value_unchecked(Value::from_raw(object)) }
}

impl Value {
    /// Makes the object immortal (B-2): it is neither counted nor freed. Numbers and constants stay as they
    /// are.
    pub fn make_immortal(&self) {
        if let Some(object) = self.as_raw() {
            object.counts().make_immortal();
        }
    }
}
