//! Phase: whoever came back leaves the trash, with all it reaches (B-103).
//!
//! A finalizer may have stored its object anywhere, and another thread may hold it by now, so nothing
//! of the first pause is trusted: outside references are counted again, over the trash alone (D-20).

use super::cycle::{Cycle, Trash};
use super::edges::for_each_edge_of_whole;
use super::set_aside_legacy::let_off;
use super::subtract_internal::outside_limit;
use super::waiting::Waiting;
use crate::heap::Page;
use crate::life;
use crate::object::{GcBits, RawObject};
use crate::thread::WorldStopped;

/// Splits the trash into what stays trash and what is let off, which loses its mark.
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
    count_references(cycle);
    for object in cycle.trash_objects() {
        for_each_edge_of_whole(object, |child| {
            if child.has(GcBits::UNREACHABLE) {
                let left =
                    child.scratch().checked_sub(1).expect("trash is referred to as often as it is counted");
                child.set_scratch(left);
            }
        });
    }
    let mut back = Waiting::default();
    for object in cycle.trash_objects().filter(|object| object.scratch() > 0) {
        object.clear_bits(GcBits::UNREACHABLE);
        back.push(object);
    }
    let_off(cycle, &mut back);
    cycle.trash.iter().for_each(|trash| trash.object().set_scratch(trash.birth));
    cycle.freed = count_freed(cycle);
}

/// Puts the references to each object of the trash into its scratch word, the list's own left out.
fn count_references(cycle: &Cycle) {
    for object in cycle.trash_objects() {
        object.set_scratch(outside_limit(life::count_of(object) - 1));
    }
}

/// Counts the trash that finalizers have let go, with all that only this trash held: counting alone would have
/// freed it by now, so it is not the collection's merit.
fn count_freed(cycle: &Cycle) -> usize {
    count_references(cycle);
    let is_trash = |trash: &&Trash| trash.object().has(GcBits::UNREACHABLE);
    let let_go = |trash: &&Trash| is_trash(trash) && trash.object().scratch() == 0 && !trash.unreferenced;
    // Whose references were taken away gets a mark, so that each is looked at once. An audit leaves marks, too.
    cycle.trash_objects().for_each(|object| Page::of(object).unmark(object));
    let mut gone = Waiting::default();
    cycle.trash.iter().filter(let_go).for_each(|trash| gone.push(trash.object()));
    loop {
        while let Some(object) = gone.pop() {
            take_references(object, &mut gone);
        }
        if !gone.takes_missed() {
            break;
        }
        cycle.trash.iter().filter(let_go).for_each(|trash| take_references(trash.object(), &mut gone));
    }
    let freed = cycle.trash.iter().filter(let_go).count();
    cycle.trash.iter().for_each(|trash| trash.object().set_scratch(trash.birth));
    freed
}

/// Takes away the references of an object that is gone, once, and lines up whom nobody refers to any more.
fn take_references(object: RawObject, gone: &mut Waiting) {
    if !Page::of(object).mark(object) {
        return;
    }
    for_each_edge_of_whole(object, |child| {
        // Only trash is referred to by trash with a mark, and each reference was counted.
        if child.has(GcBits::UNREACHABLE) {
            child.set_scratch(child.scratch() - 1);
            if child.scratch() == 0 {
                gone.push(child);
            }
        }
    });
}
