//! The objects of the trash that script code may hear of, in order of birth: the only part of the trash for
//! which a list is made.
//!
//! These are objects with a finalizer, objects with weak references, weak references, and classes; with debug
//! flags all trash, since the program is shown it. All other trash is only a bit in its page.
//!
//! If there is no memory for the list, such objects get the mark of their page instead, which trash does not
//! need otherwise. They are then found in portions, the oldest first; each portion takes a walk over the listed
//! objects.

use std::cmp::Reverse;

use super::edges::{adopt, as_class, is_weak_reference, retain_trash};
use crate::heap::{self, ListedPages, Page};
use crate::memory;
use crate::object::{GcBits, RawObject, TypeFlags};
use crate::sync::Mutex;
use crate::thread::WorldStopped;
use crate::value::Value;

/// An object, and the number of its birth.
type Born = (RawObject, u32);

/// The watched objects.
pub(super) enum Watched {
    /// A list of these objects in order of birth. The list in the pages holds the references; after `unlist`
    /// this list does.
    Listed(Vec<Born>),
    /// There is no list: these objects are the listed objects that have a mark. A few other objects may have a
    /// mark too.
    Marked,
}

impl Default for Watched {
    fn default() -> Self {
        Watched::Listed(Vec::new())
    }
}

impl Watched {
    /// Finds the `count` listed objects for which `is_watched` answers true; `births` is the number from which
    /// births continue.
    pub fn find(
        stopped: &WorldStopped<'_>,
        births: u32,
        count: usize,
        is_watched: impl Fn(RawObject) -> bool,
    ) -> Watched {
        let Ok(mut watched) = memory::with_room(count) else {
            mark(stopped, is_watched);
            return Watched::Marked;
        };
        if count > 0 {
            heap::for_each_listed(stopped, |_, object| {
                if is_watched(object) {
                    watched.push((object, object.scratch()));
                }
            });
        }
        watched.sort_unstable_by_key(|&(_, birth)| oldest_first(births, birth));
        Watched::Listed(watched)
    }

    /// Moves the objects, with the references to them, from the list of trash to this one. Objects that are no
    /// longer on the list of trash are dropped from this one. If there is no list here, nothing moves.
    pub fn unlist(&mut self, _stopped: &WorldStopped<'_>) {
        let Watched::Listed(watched) = self else { return };
        watched.retain(|&(object, _)| {
            let page = Page::of(object);
            let is_listed = page.is_listed(object);
            page.unlist(object);
            is_listed
        });
    }

    /// Calls `take` with a reference to each of these objects, in order of birth. If `unlist` has moved the
    /// references here, these are given away; otherwise new ones are made.
    ///
    /// # Safety
    /// `unlist` was the last to be called of this, and what `found` lists still holds a count of each.
    pub unsafe fn give_up(self, found: Found<'_>, mut take: impl FnMut(Value)) {
        match self {
            Watched::Listed(watched) => {
                for (object, _) in watched {
                    // SAFETY: `unlist` took each off the list with its count, and has forgotten all others.
                    take(unsafe { adopt(object) });
                }
            }
            // SAFETY: by the caller's promise the list has a count of what is found there.
            Watched::Marked => found.for_each(|object| take(unsafe { retain_trash(object) })),
        }
    }

    /// Calls `see` with those of these objects that are still trash, in order of birth.
    pub fn for_each(&self, found: Found<'_>, mut see: impl FnMut(RawObject)) {
        match self {
            Watched::Listed(watched) => {
                let trash = watched.iter().map(|&(object, _)| object);
                trash.filter(|object| object.has(GcBits::UNREACHABLE)).for_each(&mut see);
            }
            Watched::Marked => found.for_each(see),
        }
    }
}

/// Marks the listed objects for which `is_watched` answers true.
#[cold]
fn mark(stopped: &WorldStopped<'_>, is_watched: impl Fn(RawObject) -> bool) {
    heap::for_each_listed(stopped, |page, object| {
        page.unmark(object);
        if is_watched(object) {
            page.mark(object);
        }
    });
}

/// What is needed to find marked objects of the trash.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    /// The pages that list them.
    pub pages: &'a ListedPages,
    /// The number from which births continue.
    pub births: u32,
}

/// How many objects a portion has at most. A collection walks over the trash once for about every half of that.
const PORTION: usize = if cfg!(test) { 8 } else { 1 << 15 };

/// The memory for a portion. It takes no physical memory unless a collection runs out of memory.
static PLACES: Mutex<[Option<Born>; PORTION]> = Mutex::new([None; PORTION]);

impl Found<'_> {
    /// Calls `see` with the marked objects of the trash in order of birth.
    ///
    /// Listed objects are kept alive, so this may be done while the world runs.
    #[cold]
    fn for_each(self, see: impl FnMut(RawObject)) {
        // Another runtime may have them: a few do as well, with more walks.
        match PLACES.try_lock() {
            Some(mut places) => self.for_each_by_portions(&mut *places, see),
            None => self.for_each_by_portions(&mut [None; 64], see),
        }
    }

    fn for_each_by_portions(self, places: &mut [Option<Born>], mut see: impl FnMut(RawObject)) {
        let key = |&(object, birth): &Born| (oldest_first(self.births, birth), object.address());
        let mut after = None;
        loop {
            let mut portion = Portion::new(places);
            self.pages.for_each(|page, object| {
                let born = (object, object.scratch());
                if page.is_marked(object) && after < Some(key(&born)) {
                    portion.offer(born, key);
                }
            });
            let (first, is_last) = portion.finish(key);
            for &(object, _) in first.iter().flatten().filter(|(object, _)| object.has(GcBits::UNREACHABLE)) {
                see(object);
            }
            if is_last {
                return;
            }
            after = first.last().and_then(Option::as_ref).map(key);
        }
    }
}

/// Selects from many objects, offered in any order, those that come first in the order of a key. It has a
/// limited number of places; if more objects are offered than there are places, at least half of the places are
/// used.
struct Portion<'a, K> {
    places: &'a mut [Option<Born>],
    len: usize,
    /// The key of the first object that was left out. Objects behind it are not accepted any more.
    first_left_out: Option<K>,
}

impl<'a, K: Ord> Portion<'a, K> {
    /// Makes an empty selection.
    fn new(places: &'a mut [Option<Born>]) -> Self {
        Portion { places, len: 0, first_left_out: None }
    }

    /// Accepts an object if it comes before the first one left out. Asks for no memory.
    fn offer(&mut self, born: Born, key: impl Fn(&Born) -> K) {
        if self.first_left_out.as_ref().is_some_and(|first| key(&born) >= *first) {
            return;
        }
        if self.len == self.places.len() {
            // The later half goes.
            self.len /= 2;
            let (_, first, _) =
                self.places.select_nth_unstable_by_key(self.len, |born| born.as_ref().map(&key));
            self.first_left_out = first.as_ref().map(&key);
            return self.offer(born, key);
        }
        self.places[self.len] = Some(born);
        self.len += 1;
    }

    /// Returns the selected objects in order, and whether nothing was left out.
    fn finish(self, key: impl Fn(&Born) -> K) -> (&'a [Option<Born>], bool) {
        let first = &mut self.places[..self.len];
        first.sort_unstable_by_key(|born| born.as_ref().map(&key));
        (first, self.first_left_out.is_none())
    }
}

/// Returns a key that sorts births, the oldest first; `births` is the number from which births continue.
///
/// The numbers wrap around; the order is right for up to 4 billion containers.
pub(super) fn oldest_first(births: u32, birth: u32) -> Reverse<u32> {
    Reverse(births.wrapping_sub(birth))
}

/// Tells whether script code may hear of an object when it is trash.
pub(super) fn is_heard_of(object: RawObject) -> bool {
    const HEARD_OF: TypeFlags = TypeFlags::HAS_FINALIZER.union(TypeFlags::LEGACY_FINALIZER);
    object.has(GcBits::HAS_WEAKREFS)
        || object.type_info().flags().intersects(HEARD_OF)
        || as_class(object).is_some()
        || is_weak_reference(object)
}

#[cfg(test)]
mod tests {
    use super::{Born, Portion};
    use crate::object::{Header, RawObject};
    use std::ptr::NonNull;

    /// The first ones are found, whatever the order in which all are offered, and what was left out is told.
    #[test]
    fn a_portion_has_the_first_ones() {
        // Nobody looks at the object.
        let object = RawObject::from_header(NonNull::<Header>::dangling());
        let key = |&(_, birth): &Born| birth;
        for count in [0, 1, 7, 8, 9, 100, 1000] {
            let mut after = None;
            let mut found = Vec::new();
            let mut places = [None; 8];
            loop {
                let mut portion = Portion::new(&mut places);
                for turn in 0..count {
                    let born = (object, turn * 383 % 1009);
                    if after < Some(key(&born)) {
                        portion.offer(born, key);
                    }
                }
                let (first, is_last) = portion.finish(key);
                assert!(is_last || first.len() >= 4, "a portion is worth a walk");
                after = first.last().and_then(Option::as_ref).map(key);
                found.extend(first.iter().flatten().map(key));
                if is_last {
                    break;
                }
            }
            let mut all: Vec<_> = (0..count).map(|turn| turn * 383 % 1009).collect();
            all.sort_unstable();
            assert_eq!(found, all);
        }
    }
}
