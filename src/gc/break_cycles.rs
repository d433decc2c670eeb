//! Phase: the references inside the trash are taken out; counting frees the rest.
//!
//! The world runs. Each object's references are moved out first and released afterwards, so that a
//! destructor that looks at the object finds it empty and whole (D-13).
//!
//! Moving references out is native code that cannot fail, and what destructors raise is reported where they
//! are called: no text for a clear slot that fails (B-137), none for an error left over at the end (B-138).

use super::cycle::{Cycle, DebugFlags, note};
use super::edges::{adopt, clear_attributes, clear_edges, is_weak_reference, retain_trash};
use super::watched::Watched;
use crate::heap::ListedPages;
use crate::object::{GcBits, TypeFlags};
use crate::thread::{Thread, WorldStopped};
use crate::value::{Value, WeakRef};

/// In the last pause: takes the trash that script code may hear of off the list, and finds the pages that list
/// the rest.
pub(super) fn line_up(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    cycle.watched.unlist(stopped);
    cycle.pages = ListedPages::of(stopped);
}

/// Clears every object of the trash, or saves it in `gc.garbage` under `DEBUG_SAVEALL` (B-115).
///
/// Objects that script code may hear of are cleared first, in order of birth. A cleared object keeps its mark,
/// so that destructors which run meanwhile find it in no listing, and an audit can check that it was freed.
pub(super) fn run(thread: &mut Thread, cycle: &mut Cycle) {
    if cycle.debug.contains(DebugFlags::COLLECTABLE) {
        note_all(thread, cycle);
    }
    let mut clearing = Clearing::default();
    if cycle.debug.contains(DebugFlags::SAVEALL) {
        cycle.for_each_watched(|object| {
            clearing.found += 1;
            object.clear_bits(GcBits::TRASH);
            // A list without memory to grow cannot save it.
            // SAFETY: `unlist` left the count with the list of watched trash, or in the pages.
            let _ = thread.known().gc_garbage().push(unsafe { retain_trash(object) });
        });
    }
    // A weak reference that is trash is not to be called for what dies below (B-93).
    cycle.for_each_watched(|object| {
        if is_weak_reference(object) {
            WeakRef::unlink(thread, WeakRef::of(object));
            WeakRef::kill(object);
        }
    });
    let watched = std::mem::take(&mut cycle.watched);
    let is_listed_in_pages = matches!(watched, Watched::Marked);
    let saved = clearing.found;
    // SAFETY: `line_up` has taken it off the list in the pages, which holds the rest until below.
    unsafe { watched.give_up(cycle.marked(), |listed| clearing.clear(listed)) };
    if is_listed_in_pages {
        // They come again below.
        clearing.found = saved;
    }
    // SAFETY: the list held a count of each object that it gives up.
    std::mem::take(&mut cycle.pages).take_each(|object| clearing.clear(unsafe { adopt(object) }));
    cycle.collected = clearing.found - cycle.freed;
}

/// Adds a line to the debug text for each collected object.
fn note_all(thread: &Thread, cycle: &mut Cycle) {
    let mut text = std::mem::take(&mut cycle.text);
    // SAFETY: `unlist` left the count with the list of watched trash, or in the pages.
    cycle.for_each_watched(|object| note(&mut text, thread, "collectable", &unsafe { retain_trash(object) }));
    cycle.text = text;
}

/// The state of clearing the trash.
#[derive(Default)]
struct Clearing {
    /// How many objects were cleared, or saved instead.
    found: usize,
    /// The references taken from the object that is being cleared.
    taken: Vec<u64>,
}

impl Clearing {
    /// Clears an object, if it is trash, and releases the list's reference to it.
    fn clear(&mut self, listed: Value) {
        let object = listed.as_raw().expect("what is listed is objects");
        if !object.has(GcBits::UNREACHABLE) {
            return;
        }
        self.found += 1;
        if object.type_info().has(TypeFlags::IMMUTABLE) {
            // SAFETY: only trash leads to what has its mark after the last pause, and no script code runs any more that
            // has trash: its finalizers and callbacks are through, and its weak references are dead.
            unsafe { clear_attributes(&listed, &mut self.taken) };
        } else {
            // SAFETY: likewise, and it is not immutable.
            unsafe { clear_edges(&listed, &mut self.taken) };
        }
    }
}
