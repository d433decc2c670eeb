//! Sealing: what the start makes for good is not looked at again.
//!
//! Before a program runs there are some thousand objects that never die and never change: built-in types, their
//! methods, names and tables. They only refer to each other and to what is as lasting, so no collection can
//! learn anything from them, and no audit but a whole one. They keep a permanent mark, at which every walk stops.
//! Invariant: a sealed object is immortal, and so is whatever it refers to.

use super::edges::{as_class, for_each_edge};
use crate::heap::{self, Page};
use crate::object::RawObject;
use crate::thread::{Thread, world};
use crate::value::{Kind, Shape};

/// Seals what the start has made, once, before the first line of a program.
pub fn seal(thread: &mut Thread) {
    let stopped = world::stop(thread);
    heap::clear_marks(&stopped);
    heap::for_each_page(&stopped, |page| {
        for object in page.blocks() {
            if can_be_sealed(object) {
                page.mark(object);
            }
        }
    });
    heap::seal_marked(&stopped);
    stopped.resume();
}

/// Whether an object stays as it is, with all it refers to.
fn can_be_sealed(object: RawObject) -> bool {
    object.is_immortal() && stays_as_it_is(object) && refers_to_immortals(object)
}

/// Whether everything that an object refers to is immortal.
pub(super) fn refers_to_immortals(object: RawObject) -> bool {
    let mut immortal = true;
    for_each_edge(object, |child| immortal &= child.is_immortal());
    immortal
}

/// Whether nothing changes what an immortal object refers to: a dict that is one is the namespace of a built-in type,
/// and of such a type only what it does not refer to changes, as the list of those derived from it.
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
