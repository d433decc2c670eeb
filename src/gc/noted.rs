//! A queue of the weak references whose callbacks are to be called. Each one points to the next, because there
//! might be no memory for a list.

use super::edges::adopt;
use crate::object::RawObject;
use crate::value::{Value, WeakRef};

/// The queue. It holds a reference to each.
#[derive(Default)]
pub(super) struct Noted {
    first: Option<RawObject>,
    last: Option<RawObject>,
}

impl Noted {
    /// Adds a dead weak reference at the end; the caller passes its reference on.
    pub fn push(&mut self, weakref: Value) {
        let owned = weakref;
        let weakref = owned.as_raw().expect("a weak reference is an object");
        // The count is the queue's from here on.
        std::mem::forget(owned);
        WeakRef::wait_before(weakref, None);
        match self.last.replace(weakref) {
            None => self.first = Some(weakref),
            Some(last) => WeakRef::wait_before(last, Some(weakref)),
        }
    }

    /// Removes the first one and returns it.
    pub fn pop(&mut self) -> Option<Value> {
        let first = self.first?;
        self.first = WeakRef::end_wait(first);
        if self.first.is_none() {
            self.last = None;
        }
        // SAFETY: `push` gave the count up to the queue, which has let it go.
        Some(unsafe { adopt(first) })
    }
}
