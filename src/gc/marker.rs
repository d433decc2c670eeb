//! The mark stack: marks everything reachable from given objects, without recursion.
//!
//! Marks are bits in the pages, one for each 16 bytes, so checking whether an object is marked does not touch
//! the object. Objects wait in a short ring between the request to prefetch them and the reading of their
//! references, which hides most of the time memory takes.
//!
//! If the stack finds no memory to grow, an object that is marked but was not pushed counts as missed. It is
//! found again by a walk over the marked objects of all pages: then marking takes more time, but never fails.

use crate::gc::edges::{for_each_edge, prefetch};
use crate::heap::{self, Page};
use crate::memory;
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::thread::WorldStopped;

/// How many objects are prefetched ahead.
const RING: usize = 8;

/// If the stack has so many objects, further ones are traversed at once instead of being pushed: otherwise a
/// list of a million instances would need a stack of a million.
const LONG: usize = 4096;

/// How deeply objects are traversed at once: structures of at most this depth need no stack, even if there are
/// millions.
const DEPTH: usize = 8;

/// Marks what is reachable.
pub(super) struct Marker {
    stack: Vec<RawObject>,
    /// How many objects the stack may hold before further ones are traversed at once; it has room for so many.
    places: usize,
    /// Whether a marked object was not pushed for want of memory.
    has_missed: bool,
    /// How many tracked objects have been marked.
    pub tracked: usize,
    /// How many objects have been marked, tracked or not: a measure of the cost.
    pub marked: usize,
}

impl Default for Marker {
    fn default() -> Marker {
        let stack = memory::with_room(LONG).unwrap_or_default();
        let places = if stack.capacity() < LONG { 0 } else { LONG };
        Marker { stack, places, has_missed: false, tracked: 0, marked: 0 }
    }
}

impl Marker {
    /// Marks an object; what it reaches is marked by the next `drain`.
    #[inline(always)]
    pub fn push(&mut self, stopped: &WorldStopped<'_>, object: RawObject) {
        if Page::of(object).mark(object) {
            self.marked += 1;
            if self.stack.len() < self.places {
                self.stack.push(object);
            } else {
                self.look_now(stopped, object, DEPTH);
            }
        }
    }

    /// Traverses an object at once, and what it refers to; objects deeper than `depth` are pushed.
    #[inline(never)]
    fn look_now(&mut self, stopped: &WorldStopped<'_>, object: RawObject, depth: usize) {
        self.look(stopped, object, |marker, child| {
            if Page::of(child).mark(child) {
                marker.marked += 1;
                if depth > 0 {
                    marker.look_now(stopped, child, depth - 1);
                } else {
                    marker.has_missed |= memory::push(&mut marker.stack, child).is_err();
                }
            }
        });
    }

    /// Marks everything reachable from the pushed objects.
    pub fn drain(&mut self, stopped: &WorldStopped<'_>) {
        self.drain_stack(stopped);
        if self.has_missed {
            self.look_again(stopped);
        }
    }

    /// Traverses every marked object again, until no object was missed.
    #[cold]
    fn look_again(&mut self, stopped: &WorldStopped<'_>) {
        while std::mem::take(&mut self.has_missed) {
            for_each_marked(stopped, |object| {
                if object.type_info().has(TypeFlags::HAS_GC) {
                    for_each_edge(stopped, object, |child| self.push(stopped, child));
                    self.drain_stack(stopped);
                }
            });
        }
        // Some were looked at twice.
        self.tracked = 0;
        for_each_marked(stopped, |object| self.tracked += usize::from(object.has(GcBits::TRACKED)));
    }

    fn drain_stack(&mut self, stopped: &WorldStopped<'_>) {
        let mut ring: [Option<RawObject>; RING] = [None; RING];
        let mut at = 0;
        let mut waiting = 0;
        loop {
            let next = self.stack.pop();
            if let Some(object) = next {
                prefetch(object);
                waiting += 1;
            } else if waiting == 0 {
                return;
            }
            if let Some(object) = std::mem::replace(&mut ring[at], next) {
                waiting -= 1;
                self.look(stopped, object, |marker, child| marker.push(stopped, child));
            }
            at = (at + 1) % RING;
        }
    }

    #[inline(always)]
    fn look(&mut self, stopped: &WorldStopped<'_>, object: RawObject, see: impl Fn(&mut Marker, RawObject)) {
        let flags = object.type_info().flags();
        if !flags.contains(TypeFlags::HAS_GC) {
            return;
        }
        if object.has(GcBits::TRACKED) {
            self.tracked += 1;
            if flags.contains(TypeFlags::MAY_UNTRACK) {
                untrack_if_atomic(stopped, object);
            }
        }
        for_each_edge(stopped, object, |child| see(self, child));
    }
}

/// Calls `see` with every marked object.
fn for_each_marked(stopped: &WorldStopped<'_>, mut see: impl FnMut(RawObject)) {
    heap::for_each_page(stopped, |page| {
        page.blocks().filter(|object| page.is_marked(*object)).for_each(&mut see);
    });
}

/// Stops tracking an exact tuple or dict that holds nothing that can be part of a cycle (B-79 to B-82).
///
/// An item counts if it is a container, whether tracked or not, because an untracked dict may be tracked at any
/// time. Untracked tuples stay untracked, so each collection untracks one more level of nested tuples.
fn untrack_if_atomic(stopped: &WorldStopped<'_>, object: RawObject) {
    let mut is_atomic = true;
    for_each_edge(stopped, object, |child| {
        let flags = child.type_info().flags();
        let is_tuple = flags.contains(TypeFlags::MAY_UNTRACK.union(TypeFlags::IMMUTABLE));
        let is_settled = is_tuple && !child.has(GcBits::TRACKED);
        is_atomic &= !flags.contains(TypeFlags::HAS_GC) || is_settled;
    });
    if is_atomic && !object.has(GcBits::DEFERRED) {
        object.clear_bits(GcBits::TRACKED);
    }
}
