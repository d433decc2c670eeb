//! Objects that wait to be looked at, in a pause: a list that may find no memory to grow.
//!
//! What finds no place is missed. Whoever uses the list looks through the trash for it once nothing waits any more,
//! so a phase takes more time then, but never fails.

use crate::memory;
use crate::object::RawObject;

/// The list.
#[derive(Default)]
pub(super) struct Waiting {
    objects: Vec<RawObject>,
    has_missed: bool,
}

impl Waiting {
    /// Puts an object on the list, if there is a place.
    pub fn push(&mut self, object: RawObject) {
        self.has_missed |= memory::push(&mut self.objects, object).is_err();
    }

    /// Looks at an object, and at all that comes to wait meanwhile.
    pub fn follow(&mut self, object: RawObject, look: impl Fn(RawObject, &mut Waiting)) {
        look(object, self);
        while let Some(object) = self.objects.pop() {
            look(object, self);
        }
    }

    /// Whether an object was missed since this was last asked.
    pub fn takes_missed(&mut self) -> bool {
        std::mem::take(&mut self.has_missed)
    }
}
