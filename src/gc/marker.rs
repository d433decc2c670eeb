//! The mark stack: everything reachable from a few objects gets its mark, without recursion.
//!
//! Marks live in the pages, one bit for each 16 bytes, so asking whether an object is marked does not
//! touch it. Objects wait in a short ring between the request to fetch them and the look at their
//! references, which hides most of the time memory takes.
//!
//! The stack may find no memory to grow. An object that is marked but had no place on it is missed, and found again
//! by a walk over the marked objects of all pages: marking takes more time then, but never fails.

use crate::gc::edges::{for_each_edge, prefetch};
use crate::heap::{self, Page};
use crate::memory;
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::thread::WorldStopped;

/// Objects fetched ahead of being looked at.
const RING: usize = 8;

/// Objects on the stack from which on those pushed are looked at right away: a list of a million
/// instances would otherwise take a stack of a million.
const LONG: usize = 4096;

/// How deep what is looked at right away is gone into: structures of this depth by the million take no stack.
const DEPTH: usize = 8;

/// Marks what is reachable.
pub(super) struct Marker {
    stack: Vec<RawObject>,
    /// How many objects may wait on it before they are looked at right away: there is room for so many.
    places: usize,
    /// Whether a marked object had no place on the stack.
    has_missed: bool,
    /// Tracked objects marked so far.
    pub tracked: usize,
    /// Objects marked so far, tracked or not: what the walk costs.
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
    pub fn push(&mut self, object: RawObject) {
        if Page::of(object).mark(object) {
            self.marked += 1;
            if self.stack.len() < self.places {
                self.stack.push(object);
            } else {
                self.look_now(object, DEPTH);
            }
        }
    }

    /// Looks at an object before its turn, and at what it refers to; what lies deeper waits on the stack.
    #[inline(never)]
    fn look_now(&mut self, object: RawObject, depth: usize) {
        self.look(object, |marker, child| {
            if Page::of(child).mark(child) {
                marker.marked += 1;
                if depth > 0 {
                    marker.look_now(child, depth - 1);
                } else {
                    marker.has_missed |= memory::push(&mut marker.stack, child).is_err();
                }
            }
        });
    }

    /// Marks all that the pushed objects reach.
    pub fn drain(&mut self, stopped: &WorldStopped<'_>) {
        self.drain_stack();
        if self.has_missed {
            self.look_again(stopped);
        }
    }

    /// Looks at every marked object, until none is missed any more.
    #[cold]
    fn look_again(&mut self, stopped: &WorldStopped<'_>) {
        while std::mem::take(&mut self.has_missed) {
            for_each_marked(stopped, |object| {
                if object.type_info().has(TypeFlags::HAS_GC) {
                    for_each_edge(object, |child| self.push(child));
                    self.drain_stack();
                }
            });
        }
        // Some were looked at twice.
        self.tracked = 0;
        for_each_marked(stopped, |object| self.tracked += usize::from(object.has(GcBits::TRACKED)));
    }

    fn drain_stack(&mut self) {
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
                self.look(object, Marker::push);
            }
            at = (at + 1) % RING;
        }
    }

    #[inline(always)]
    fn look(&mut self, object: RawObject, see: impl Fn(&mut Marker, RawObject)) {
        let flags = object.type_info().flags();
        if !flags.contains(TypeFlags::HAS_GC) {
            return;
        }
        if object.has(GcBits::TRACKED) {
            self.tracked += 1;
            if flags.contains(TypeFlags::MAY_UNTRACK) {
                untrack_if_atomic(object);
            }
        }
        for_each_edge(object, |child| see(self, child));
    }
}

/// Shows every marked object.
fn for_each_marked(stopped: &WorldStopped<'_>, mut see: impl FnMut(RawObject)) {
    heap::for_each_page(stopped, |page| {
        page.blocks().filter(|object| page.is_marked(*object)).for_each(&mut see);
    });
}

/// Untracks an exact tuple or dict that holds nothing that can be part of a cycle (B-79 to B-82).
///
/// An item counts if it is a container, whether tracked or not: an untracked dict may be tracked any
/// time. Only untracked tuples stay as they are, so nested ones take a collection for each level.
fn untrack_if_atomic(object: RawObject) {
    let mut is_atomic = true;
    for_each_edge(object, |child| {
        let flags = child.type_info().flags();
        let is_tuple = flags.contains(TypeFlags::MAY_UNTRACK.union(TypeFlags::IMMUTABLE));
        let is_settled = is_tuple && !child.has(GcBits::TRACKED);
        is_atomic &= !flags.contains(TypeFlags::HAS_GC) || is_settled;
    });
    if is_atomic && !object.has(GcBits::DEFERRED) {
        object.clear_bits(GcBits::TRACKED);
    }
}
