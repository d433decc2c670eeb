//! Phase: whoever came back leaves the trash, with all it reaches (B-103).
//!
//! A finalizer may have stored its object anywhere, and another thread may hold it by now, so nothing
//! of the first pause is trusted: outside references are counted again, over the trash alone (D-20).

use super::cycle::Cycle;
use super::edges::for_each_edge_of_whole;
use super::set_aside_legacy::let_off;
use super::waiting::Waiting;
use super::work_count::{give_back, left, lend, take_one};
use crate::heap::{self, Page};
use crate::object::{GcBits, RawObject};
use crate::thread::WorldStopped;

/// Takes the mark of trash from what came back. It stays on the list, which holds it until the world runs.
///
/// Where no script code ran nobody can have got hold of trash: nothing outside of it leads there, its weak
/// references were dead before the world ran, and no list shows it. Other threads run script code all the time.
///
/// An attribute dict that a finalizer asked for is an object of its own that was not there when the trash was
/// found: it holds the attributes from outside, as in CPython.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    if !cycle.ran_script && !stopped.thread().is_multi() {
        return;
    }
    heap::for_each_listed(stopped, |page, object| {
        // Whose references were taken away gets a mark; an audit leaves marks, too.
        page.unmark(object);
        // The list's own count leads nowhere.
        lend(object, 1);
    });
    take_references_of_released(stopped);
    cycle.freed = take_other_references(stopped);
    let_off(stopped, |object| left(object) > 0);
    let mut heard_of = 0;
    heap::for_each_listed(stopped, |_, object| {
        give_back(object);
        heard_of += usize::from(cycle.is_heard_of(object));
    });
    // Finalizers may have made weak references to any of it.
    cycle.watch(stopped, heard_of);
}

/// Takes the references of trash away that nobody refers to, then of what only that referred to.
fn take_references_of_released(stopped: &WorldStopped<'_>) {
    let mut gone = Waiting::default();
    loop {
        heap::for_each_listed(stopped, |_, object| {
            if left(object) == 0 && is_released_by_finalizers(object) {
                gone.follow(object, take_references);
            }
        });
        if !gone.takes_missed() {
            return;
        }
    }
}

/// Whether trash that nobody refers to any more was released by finalizers, not long before.
fn is_released_by_finalizers(object: RawObject) -> bool {
    object.bits() & GcBits::TRASH == GcBits::UNREACHABLE
}

/// Takes the references of all other trash away, and returns how much was released: counting alone would have freed
/// it by now, so it is not the collection's merit.
fn take_other_references(stopped: &WorldStopped<'_>) -> usize {
    let mut freed = 0;
    heap::for_each_listed(stopped, |page, object| {
        if page.is_marked(object) {
            freed += usize::from(is_released_by_finalizers(object));
        } else {
            for_each_edge_of_whole(object, |child| {
                take_one(child);
            });
        }
    });
    freed
}

/// Takes the references of an object that is gone away, once, and lines up whom nobody refers to any more.
fn take_references(object: RawObject, gone: &mut Waiting) {
    if !Page::of(object).mark(object) {
        return;
    }
    for_each_edge_of_whole(object, |child| {
        if take_one(child) && child.has(GcBits::UNREACHABLE) {
            gone.push(child);
        }
    });
}
