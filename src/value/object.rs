//! An object with a known payload, borrowed (`&Object<T>`) or owned (`Ref<T>`).
//!
//! ```text
//! header 32 bytes │ payload T │ inline attribute words (classes written in the script)
//! ```
//!
//! A payload is shared by every thread that holds a reference, so its fields are immutable, atomic
//! ([`Slot`](super::Slot), [`SetOnce`](super::SetOnce)) or behind the object's byte lock ([`Guarded`](super::Guarded)).

use std::marker::PhantomData;
use std::ops::Deref;

use crate::object::{self, Header, RawObject, TypeFlags};
use crate::value::class::kind::Kind;
use crate::value::class::shape::Shape;
use crate::value::trace::Trace;
use crate::value::value::Value;

/// What lies behind the header of a built-in type's instances.
pub trait Payload: Trace + Send + Sync + Sized + 'static {
    /// The kind of the type with this payload.
    const KIND: Kind;
    /// The flags for memory management. A payload without references leaves out `HAS_GC`.
    const FLAGS: TypeFlags = TypeFlags::HAS_GC;
    /// Whether instances of the type itself, not of classes derived from it, may have attributes of their own.
    /// Where it is false, nobody has to ask the type.
    const HAS_ATTRIBUTES: bool = true;

    /// Tells whether instances of a kind have this payload. Coroutines, for one, have that of generators.
    #[inline(always)]
    fn is_of(kind: Kind) -> bool {
        kind == Self::KIND
    }

    /// Tells whether a new instance is tracked at once; a dict is tracked when it first gets a container.
    fn is_born_tracked(&mut self) -> bool {
        true
    }
}

/// An object whose payload is a `T`.
#[repr(C)]
pub struct Object<T> {
    header: Header,
    payload: T,
}

impl<T> Deref for Object<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.payload
    }
}

impl<T> Object<T> {
    /// Bytes from the start of the object to its payload.
    pub const PAYLOAD_OFFSET: usize = std::mem::offset_of!(Object<T>, payload);

    /// Returns the object as a raw pointer, which owns nothing.
    #[inline(always)]
    pub fn raw(&self) -> RawObject {
        RawObject::from_header(std::ptr::NonNull::from(&self.header))
    }

    /// Returns the shape, to which every object's header points (CPython: `ob_type`).
    #[inline(always)]
    pub fn shape(&self) -> &Shape {
        Shape::of(self.raw())
    }

    /// Returns a new counted reference without the type.
    #[inline(always)]
    pub fn to_value(&self) -> Value {
        // SAFETY: `&self` proves that the object is alive.
        unsafe { Value::retain_raw(self.raw()) }
    }

    /// Whether `value` is this very object.
    #[inline(always)]
    pub fn is(&self, value: &Value) -> bool {
        value.as_raw() == Some(self.raw())
    }
}

impl<T: Payload> Object<T> {
    /// Returns a new counted reference with the type.
    #[inline(always)]
    pub fn to_ref(&self) -> Ref<T> {
        Ref(self.to_value(), PhantomData)
    }
}

/// An owned reference to an object whose payload is a `T`.
#[repr(transparent)]
pub struct Ref<T: Payload>(Value, PhantomData<T>);

impl<T: Payload> Ref<T> {
    /// Wraps a value whose payload is known to be a `T`.
    ///
    /// # Safety
    /// `value` is a pointer to an object of kind `T::KIND`, and stays so.
    #[inline(always)]
    pub unsafe fn from_value_unchecked(value: Value) -> Ref<T> {
        Ref(value, PhantomData)
    }

    /// The untyped value, owned.
    #[inline(always)]
    pub fn into_value(self) -> Value {
        self.0
    }

    /// The untyped value, borrowed.
    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        &self.0
    }
}

impl<T: Payload> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Ref<T> {
        Ref(self.0.clone(), PhantomData)
    }
}

impl<T: Payload> Deref for Ref<T> {
    type Target = Object<T>;

    #[inline(always)]
    fn deref(&self) -> &Object<T> {
        // SAFETY: the value is a pointer to an `Object<T>` by the constructor's promise, and `self`
        // owns a count of it. Typed handles are never taken out of their place while alive.
        unsafe { &*object::word::object(self.0.word()).header_ptr().cast::<Object<T>>() }
    }
}

impl<T: Payload> From<Ref<T>> for Value {
    fn from(object: Ref<T>) -> Value {
        object.0
    }
}

/// The collector sees the reference, but it stays in place when a cycle is broken: see `trace.rs`.
impl<T: Payload> Trace for Ref<T> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(crate::value::word::Word)) {
        self.0.show::<ALL>(visit);
    }

    fn take(&mut self, _taken: &mut Vec<crate::value::word::Word>) {}
}

impl Value {
    /// The object, if its payload is a `T` (its class may be a subclass written in the script).
    #[inline(always)]
    pub fn downcast_ref<T: Payload>(&self) -> Option<&Object<T>> {
        let raw = self.as_raw()?;
        if !T::is_of(Shape::of(raw).kind) {
            return None;
        }
        // SAFETY: the shape's kind says that a `T` lies behind the header, and `&self` keeps it alive.
        Some(unsafe { &*raw.header_ptr().cast::<Object<T>>() })
    }

    /// The object, if it is an instance of the built-in type itself and not of a subclass.
    #[inline(always)]
    pub fn downcast_exact<T: Payload>(&self) -> Option<&Object<T>> {
        let object = self.downcast_ref::<T>()?;
        if object.shape().is_builtin() { Some(object) } else { None }
    }

    /// Converts to a typed handle; gives the value back if its payload is another.
    #[inline(always)]
    pub fn downcast<T: Payload>(self) -> Result<Ref<T>, Value> {
        if self.downcast_ref::<T>().is_some() { Ok(Ref(self, PhantomData)) } else { Err(self) }
    }

    /// Returns the kind of the built-in type that this is an instance of.
    #[inline]
    pub fn kind(&self) -> Kind {
        use crate::value::word;
        if let Some(raw) = self.as_raw() {
            return Shape::of(raw).kind;
        }
        match self.word() {
            word if word::is_int(word) => Kind::Int,
            word if word::is_float(word) => Kind::Float,
            word::TRUE | word::FALSE => Kind::Bool,
            word::NONE => Kind::NoneType,
            word::NOT_IMPLEMENTED => Kind::NotImplementedType,
            word::ELLIPSIS => Kind::EllipsisType,
            _ => Kind::Object,
        }
    }
}
