//! Where the floors above keep what they need with a thread, of types that this floor does not know.
//!
//! A `Place` remembers the type of its content and keeps it alive; reading it as another type is a mistake that
//! debug builds catch. A `FrameHead` is all that this floor knows of a frame: that there is one, and its
//! address.

use crate::sync::Arc;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;
use std::rc::Rc;

/// The beginning of the record of a running function: a type of its own for pointers to records, which are laid out
/// by the interpreter. It has no bytes; a record begins with one.
#[derive(Debug, Default)]
#[repr(C)]
pub struct FrameHead([u64; 0]);

/// A place for one value of a type that a floor above chooses.
///
/// Invariant: `value` points into what `owner` keeps alive, and both are there or neither.
#[derive(Default)]
pub struct Place {
    value: Cell<Option<NonNull<dyn Any>>>,
    owner: RefCell<Option<Owner>>,
}

/// Who keeps the content alive.
enum Owner {
    /// This thread alone.
    Thread(Rc<dyn Any>),
    /// Every thread that has it in a place.
    Threads(Arc<dyn Any + Send + Sync>),
}

impl Owner {
    fn value(&self) -> &dyn Any {
        match self {
            Owner::Thread(value) => &**value,
            Owner::Threads(value) => &**value,
        }
    }
}

impl Place {
    /// Stores a value that belongs to this thread; the old content is dropped.
    pub fn keep<T: Any>(&self, value: T) {
        self.fill(Owner::Thread(Rc::new(value)));
    }

    /// Stores a value that other threads may share; the old content is dropped.
    pub fn share<T: Any + Send + Sync>(&self, value: Arc<T>) {
        self.fill(Owner::Threads(value));
    }

    fn fill(&self, owner: Owner) {
        self.empty();
        self.value.set(Some(NonNull::from(owner.value())));
        *self.owner.borrow_mut() = Some(owner);
    }

    /// Drops the content. While its last owner is being dropped, the parts not dropped yet can still be read.
    pub fn empty(&self) {
        let owner = self.owner.borrow_mut().take();
        drop(owner);
        self.value.set(None);
    }

    /// Tells whether the place is empty.
    pub fn is_empty(&self) -> bool {
        self.value.get().is_none()
    }

    /// Returns an owner of the content, if it is a `T` that threads share.
    pub fn shared<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        match self.owner.borrow().as_ref()? {
            Owner::Thread(_) => None,
            Owner::Threads(value) => Arc::clone(value).downcast().ok(),
        }
    }

    /// Returns the content, by one load.
    ///
    /// # Safety
    /// A `T` is there, and stays for as long as the reference is used.
    #[inline(always)]
    pub unsafe fn get<'a, T: Any>(&self) -> &'a T {
        // SAFETY: by the caller's promise something is there.
        let value = unsafe { self.value.get().unwrap_unchecked() };
        // SAFETY: it is alive, by the invariant and the caller's promise.
        debug_assert!(unsafe { value.as_ref() }.is::<T>(), "it is of another type");
        // SAFETY: it is alive and a `T`, by the caller's promise.
        unsafe { value.cast::<T>().as_ref() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is in a place lives until the last thread that has it lets it go.
    #[test]
    fn a_place_keeps_what_is_in_it() {
        let (here, there) = (Place::default(), Place::default());
        assert!(here.is_empty());
        let value = Arc::new(7u32);
        here.share(Arc::clone(&value));
        there.share(here.shared::<u32>().expect("it is shared"));
        assert!(here.shared::<u64>().is_none());
        here.empty();
        assert!(here.is_empty());
        assert_eq!(Arc::strong_count(&value), 2);
        // SAFETY: a `u32` is there, and stays.
        assert_eq!(unsafe { *there.get::<u32>() }, 7);
        there.keep(String::from("a text"));
        assert_eq!(Arc::strong_count(&value), 1);
        assert!(there.shared::<String>().is_none());
        // SAFETY: a `String` is there, and stays.
        assert_eq!(unsafe { there.get::<String>() }, "a text");
    }
}
