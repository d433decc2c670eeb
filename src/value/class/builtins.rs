//! The built-in classes and errors of a runtime, by kind.

use crate::sync::Ordering;
use crate::value::class::Class;
use crate::value::class::kind::{ErrorKind, Kind};
use crate::value::class::known::Known;
use crate::value::class::shape::Shape;
use crate::value::object::Object;

impl Known {
    /// Stores the shape of a built-in type, once for each; that of `str` before the first text is made.
    pub fn set_shape(&self, kind: Kind, shape: *const Shape) {
        self.shapes[kind as usize].store(shape.cast_mut(), Ordering::Release);
    }

    /// Stores the root shape of a built-in error class.
    pub fn set_error(&self, kind: ErrorKind, shape: *const Shape) {
        self.errors[kind as usize].store(shape.cast_mut(), Ordering::Release);
    }

    /// The shape of instances of a built-in type.
    #[inline(always)]
    pub fn shape(&self, kind: Kind) -> &Shape {
        let shape = self.shapes[kind as usize].load(Ordering::Relaxed);
        debug_assert!(!shape.is_null(), "the shape of {} is entered", kind.name());
        // SAFETY: entered while the runtime was built, and built-in shapes live as long as the runtime.
        unsafe { &*shape }
    }

    /// The shape of a built-in type, if the runtime made it.
    pub fn shape_if_made(&self, kind: Kind) -> Option<&Shape> {
        let shape = self.shapes[kind as usize].load(Ordering::Relaxed);
        // SAFETY: built-in shapes are entered while the runtime is built, and live as long as it (see `shape`).
        if shape.is_null() { None } else { Some(unsafe { &*shape }) }
    }

    /// The class of a built-in type.
    pub fn class(&self, kind: Kind) -> &Object<Class> {
        self.shape(kind).class()
    }

    /// The root shape of instances of a built-in error class.
    pub fn error_shape(&self, kind: ErrorKind) -> &Shape {
        let shape = self.errors[kind as usize].load(Ordering::Relaxed);
        debug_assert!(!shape.is_null(), "the shape of {} is entered", kind.name());
        // SAFETY: built-in shapes are entered while the runtime is built, and live as long as it (see `shape`).
        unsafe { &*shape }
    }

    /// The root shape of a built-in error class, if the runtime made it.
    pub fn error_shape_if_made(&self, kind: ErrorKind) -> Option<&Shape> {
        let shape = self.errors[kind as usize].load(Ordering::Relaxed);
        // SAFETY: built-in shapes are entered while the runtime is built, and live as long as it (see `shape`).
        if shape.is_null() { None } else { Some(unsafe { &*shape }) }
    }

    /// A built-in error class.
    pub fn error(&self, kind: ErrorKind) -> &Object<Class> {
        self.error_shape(kind).class()
    }

    /// Returns a shape id that was never used before. After four billion of them 0, which marks a shape that
    /// must not be cached.
    pub fn fresh_shape_id(&self) -> u32 {
        self.next_shape_id
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |id| id.checked_add(1))
            .unwrap_or(0)
    }
}
