//! Phase: objects that finalizers made reachable again leave the trash, with all they reach (B-103).
//!
//! A finalizer may have stored its object anywhere, and another thread may hold it by now, so nothing found in
//! the first pause is relied on: references from outside are counted again, among the trash alone (D-20).

use super::cycle::Cycle;
use super::edges::for_each_edge_of_whole;
use super::set_aside_legacy::let_off;
use super::waiting::Waiting;
use super::work_count::{give_back, left, lend, take_one};
use crate::heap::{self, Page};
use crate::object::{GcBits, RawObject};
use crate::thread::WorldStopped;

/// Removes the mark of trash from objects that became reachable again. They stay on the list, which holds them
/// until the world runs.
///
/// If no script code ran, nobody can have obtained a reference to trash: nothing outside refers to it, its weak
/// references were dead before the world ran, and no list contains it. Other threads run script code all the
/// time.
///
/// An attribute dict that a finalizer asked for is an object of its own, which was not there when the trash was
/// found. It holds the attributes from outside, as in CPython.
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

/// Subtracts the references that unreferenced trash holds.
/// Then those of the objects that become unreferenced by that, and so on.
fn take_references_of_released(stopped: &WorldStopped<'_>) {
    let mut gone = Waiting::default();
    loop {
        heap::for_each_listed(stopped, |_, object| {
            if left(object) == 0 && is_released_by_finalizers(object) {
                gone.follow(object, |object, gone| take_references(stopped, object, gone));
            }
        });
        if !gone.takes_missed() {
            return;
        }
    }
}

/// Tells whether unreferenced trash was released by finalizers, rather than having been unreferenced before.
fn is_released_by_finalizers(object: RawObject) -> bool {
    object.bits() & GcBits::TRASH == GcBits::UNREACHABLE
}

/// Subtracts the references that all other trash holds. Returns how many objects finalizers released: counting
/// alone would have freed these, so the collection does not count them.
fn take_other_references(stopped: &WorldStopped<'_>) -> usize {
    let mut freed = 0;
    heap::for_each_listed(stopped, |page, object| {
        if page.is_marked(object) {
            freed += usize::from(is_released_by_finalizers(object));
        } else {
            for_each_edge_of_whole(stopped, object, |child| {
                take_one(child);
            });
        }
    });
    freed
}

/// Subtracts the references that an object holds, once, and adds objects that become unreferenced to the list.
fn take_references(stopped: &WorldStopped<'_>, object: RawObject, gone: &mut Waiting) {
    if !Page::of(object).mark(object) {
        return;
    }
    for_each_edge_of_whole(stopped, object, |child| {
        if take_one(child) && child.has(GcBits::UNREACHABLE) {
            gone.push(child);
        }
    });
}
