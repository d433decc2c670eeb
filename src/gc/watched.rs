//! The trash that script code may hear of, in order of birth: the only part of it that takes memory to find.
//!
//! What has a finalizer, what has weak references or is one, and classes; with debug flags everything, since the
//! program is shown it. All other trash is a bit in its page.

use std::cmp::Reverse;

use super::edges::{adopt, as_class, is_weak_reference};
use crate::heap::{self, Page};
use crate::memory::{self, OutOfMemory};
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::thread::WorldStopped;
use crate::value::Value;

/// The watched objects, and when each was born. The list in the pages holds them; from `unlist` on, this does.
#[derive(Default)]
pub(super) struct Watched(Vec<(RawObject, u32)>);

impl Watched {
    /// Finds the `count` listed objects for which `is_watched` holds; `births` is the number that births go on from.
    pub fn find(
        stopped: &WorldStopped<'_>,
        births: u32,
        count: usize,
        is_watched: impl Fn(RawObject) -> bool,
    ) -> Result<Watched, OutOfMemory> {
        let mut watched = memory::with_room(count)?;
        if count > 0 {
            heap::for_each_listed(stopped, |_, object| {
                if is_watched(object) {
                    watched.push((object, object.scratch()));
                }
            });
        }
        watched.sort_unstable_by_key(|&(_, birth)| oldest_first(births, birth));
        Ok(Watched(watched))
    }

    /// Takes them off the list of trash, with the counts that it held; what is no longer listed is forgotten.
    pub fn unlist(&mut self, _stopped: &WorldStopped<'_>) {
        self.0.retain(|&(object, _)| {
            let page = Page::of(object);
            let is_listed = page.is_listed(object);
            page.unlist(object);
            is_listed
        });
    }

    /// Gives them up, the oldest first, each with the count that the list held.
    pub fn into_values(self) -> impl Iterator<Item = Value> {
        self.0.into_iter().map(|(object, _)| adopt(object))
    }

    /// Shows those that are trash still, the oldest first.
    pub fn trash(&self) -> impl Iterator<Item = RawObject> + use<'_> {
        self.0.iter().map(|&(object, _)| object).filter(|object| object.has(GcBits::UNREACHABLE))
    }
}

/// What sorts births, the oldest first; `births` is the number that they go on from.
///
/// Numbers wrap; ages are right up to 4 billion containers.
pub(super) fn oldest_first(births: u32, birth: u32) -> Reverse<u32> {
    Reverse(births.wrapping_sub(birth))
}

/// Whether script code may hear of an object when it is trash.
pub(super) fn is_heard_of(object: RawObject) -> bool {
    const HEARD_OF: TypeFlags = TypeFlags::HAS_FINALIZER.union(TypeFlags::LEGACY_FINALIZER);
    object.has(GcBits::HAS_WEAKREFS)
        || object.type_info().flags().intersects(HEARD_OF)
        || as_class(object).is_some()
        || is_weak_reference(object)
}
