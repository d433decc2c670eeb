//! A list of objects still to be examined in a pause, which may find no memory to grow.
//!
//! An object for which there is no place is missed. When the list is empty its user searches the trash for
//! missed objects, so a phase takes more time then, but never fails.

use crate::memory;
use crate::object::RawObject;

/// The list.
#[derive(Default)]
pub(super) struct Waiting {
    objects: Vec<RawObject>,
    has_missed: bool,
}

impl Waiting {
    /// Adds an object to the list, if there is memory for it.
    pub fn push(&mut self, object: RawObject) {
        self.has_missed |= memory::push(&mut self.objects, object).is_err();
    }

    /// Calls `look` with an object, and with all objects that are added meanwhile.
    pub fn follow(&mut self, object: RawObject, look: impl Fn(RawObject, &mut Waiting)) {
        look(object, self);
        while let Some(object) = self.objects.pop() {
            look(object, self);
        }
    }

    /// Tells whether an object was missed since the last call.
    pub fn takes_missed(&mut self) -> bool {
        std::mem::take(&mut self.has_missed)
    }
}
