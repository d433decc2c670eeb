//! Sealing: objects that the start makes for good are not traversed again.
//!
//! Before a program runs there are some thousand objects that never die and never change: built-in types, their
//! methods, names and tables. They refer only to each other and to other such objects, so traversing them shows
//! nothing new. They keep a permanent mark, at which every walk stops; only a complete audit looks at them.
//! Invariant: a sealed object is immortal, and so is whatever it refers to.

use super::edges::{as_class, for_each_edge};
use crate::heap::{self, Page};
use crate::object::RawObject;
use crate::thread::{Thread, WorldStopped, world};
use crate::value::{Kind, Shape};

/// Seals what the start has made; called once, before a program runs.
pub fn seal(thread: &mut Thread) {
    let stopped = world::stop(thread);
    heap::clear_marks(&stopped);
    heap::for_each_page(&stopped, |page| {
        for object in page.blocks() {
            if can_be_sealed(&stopped, object) {
                page.mark(object);
            }
        }
    });
    heap::seal_marked(&stopped);
    stopped.resume();
}

/// Tells whether an object, and everything it refers to, will never die or change.
fn can_be_sealed(stopped: &WorldStopped<'_>, object: RawObject) -> bool {
    object.is_immortal() && stays_as_it_is(object) && refers_to_immortals(stopped, object)
}

/// Whether everything that an object refers to is immortal.
pub(super) fn refers_to_immortals(stopped: &WorldStopped<'_>, object: RawObject) -> bool {
    let mut immortal = true;
    for_each_edge(stopped, object, |child| immortal &= child.is_immortal());
    immortal
}

/// Tells whether the references that an immortal object counts can never change.
/// An immortal dict is the namespace of a built-in type. Of such a type only what it does not count changes, such as
/// the list of its subclasses.
fn stays_as_it_is(object: RawObject) -> bool {
    use Kind::{
        ClassMethodDescriptor, Dict, GetSet, MethodDescriptor, NativeFunction, SlotWrapper, Str, Tuple,
    };
    match Shape::of(object).kind {
        Tuple | Dict | Str => true,
        SlotWrapper | MethodDescriptor | ClassMethodDescriptor | GetSet | NativeFunction => true,
        _ => as_class(object).is_some_and(|class| class.root_shape().is_builtin()),
    }
}

/// Whether an object is sealed.
#[inline(always)]
pub(super) fn is_sealed(object: RawObject) -> bool {
    Page::of(object).is_sealed(object)
}
