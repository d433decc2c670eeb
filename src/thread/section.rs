//! Critical sections: holding the byte lock of one or two objects while changing them.
//!
//! A thread that detaches or parks gives back every lock it holds and later takes back only the innermost
//! section's, so a suspended thread holds none (B-56). Two locks are taken in address order (B-57). While
//! the runtime has one thread, sections do nothing. Invariant: no script code runs inside a section.

use super::ThreadState;
use crate::object::RawObject;
use crate::sync::{Condvar, Mutex};
use std::marker::PhantomData;

/// How many parking places there are; a prime.
const STRIPES: usize = 61;

/// Where threads sleep that wait for a byte lock: a mutex and a condition variable for each group of addresses.
pub struct Parking {
    stripes: Box<[(Mutex<()>, Condvar)]>,
}

impl Default for Parking {
    fn default() -> Self {
        Parking { stripes: (0..STRIPES).map(|_| Default::default()).collect() }
    }
}

impl Parking {
    fn stripe(&self, object: RawObject) -> &(Mutex<()>, Condvar) {
        &self.stripes[(object.address() >> 4) % STRIPES]
    }

    /// Sleeps until the object's lock has been released at least once.
    fn wait(&self, object: RawObject) {
        let (mutex, condvar) = self.stripe(object);
        let mut waiting = mutex.lock();
        // The holder sees the mark, and needs the mutex to wake us, so its wake-up cannot be lost.
        while object.header().lock.announce_waiter() {
            condvar.wait(&mut waiting);
        }
    }

    /// Gives the object's lock back and wakes whoever waits for it.
    fn unlock(&self, object: RawObject) {
        if object.header().lock.unlock() {
            let (mutex, condvar) = self.stripe(object);
            let _waiting = mutex.lock();
            condvar.notify_all();
        }
    }
}

/// One entry of a thread's stack of sections.
pub(super) struct Held {
    first: RawObject,
    second: Option<RawObject>,
    active: bool,
}

/// A critical section on one object; ends when dropped.
#[must_use]
pub struct Section<'thread> {
    thread: Option<&'thread ThreadState>,
    _here: PhantomData<*const ()>,
}

/// A critical section on two objects; ends when dropped.
pub type PairSection<'thread> = Section<'thread>;

impl ThreadState {
    /// Begins a critical section on an object, which the caller keeps alive.
    #[inline(always)]
    pub fn lock_object(&self, object: RawObject) -> Section<'_> {
        if self.is_multi() {
            self.begin_section(object, None)
        } else {
            Section { thread: None, _here: PhantomData }
        }
    }

    /// Begins a critical section on two objects, which may be the same.
    #[inline(always)]
    pub fn lock_pair(&self, one: RawObject, other: RawObject) -> PairSection<'_> {
        if !self.is_multi() {
            return Section { thread: None, _here: PhantomData };
        }
        if one == other {
            return self.begin_section(one, None);
        }
        self.begin_section(one.min(other), Some(one.max(other)))
    }

    #[inline(never)]
    fn begin_section(&self, first: RawObject, second: Option<RawObject>) -> Section<'_> {
        self.sections.borrow_mut().push(Held { first, second, active: false });
        self.take_innermost();
        Section { thread: Some(self), _here: PhantomData }
    }

    /// Takes the locks of the innermost section, sleeping detached while somebody holds them.
    fn take_innermost(&self) {
        while let Err(held_by_another) = self.try_innermost() {
            // Detaching gives back the locks of the outer sections, so that nobody waits for us in a circle.
            self.detach();
            self.runtime().parking.wait(held_by_another);
            // The lock is taken only once we are attached: a suspended thread holds none (B-56).
            self.attach_without_section();
        }
    }

    /// Takes the locks of the innermost section; if another thread holds one of them takes none and returns
    /// that object.
    fn try_innermost(&self) -> Result<(), RawObject> {
        let mut sections = self.sections.borrow_mut();
        let Some(innermost) = sections.last_mut() else { return Ok(()) };
        if innermost.active {
            return Ok(());
        }
        if !innermost.first.header().lock.try_lock() {
            return Err(innermost.first);
        }
        if let Some(second) = innermost.second.filter(|second| !second.header().lock.try_lock()) {
            self.runtime().parking.unlock(innermost.first);
            return Err(second);
        }
        innermost.active = true;
        Ok(())
    }

    /// Releases the locks of all sections of this thread; the sections stay on its stack.
    pub(super) fn release_sections(&self) {
        for held in self.sections.borrow_mut().iter_mut() {
            if std::mem::take(&mut held.active) {
                self.unlock(held);
            }
        }
    }

    /// Takes back the locks of the innermost section, if there is one.
    pub(super) fn retake_section(&self) {
        if !self.sections.borrow().is_empty() {
            self.take_innermost();
        }
    }

    fn unlock(&self, held: &Held) {
        if let Some(second) = held.second {
            self.runtime().parking.unlock(second);
        }
        self.runtime().parking.unlock(held.first);
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        let Some(thread) = self.thread else { return };
        let ended = thread.sections.borrow_mut().pop().expect("sections end in the order they began");
        if ended.active {
            thread.unlock(&ended);
        }
        // The enclosing section may have lost its locks while this one waited.
        thread.retake_section();
    }
}
