//! Ids for objects whose references are counted per thread: classes and code (CPython: `_PyUniqueIdPool`).
//!
//! Ids start at 1; 0 means none. Fresh ids ascend, released ones are reused newest first (B-31). An id may
//! be released only after every thread's count for it was merged (B-34).

use crate::object::RawObject;
use crate::sync::Mutex;

/// Slots of the table at first; doubled when needed.
const FIRST_SLOTS: usize = 8;

/// The table of ids of one runtime.
#[derive(Default)]
pub struct UniqueIds(Mutex<Table>);

#[derive(Default)]
struct Table {
    objects: Vec<Option<RawObject>>,
    used: usize,
    released: Vec<u32>,
}

impl UniqueIds {
    /// Gives an id to an object. Returns 0, which is no id, if there is no memory for it.
    pub fn assign(&self, object: RawObject) -> u32 {
        let mut table = self.0.lock();
        if let Some(id) = table.released.pop() {
            table.objects[id as usize - 1] = Some(object);
            return id;
        }
        if table.used == table.objects.len() {
            let table = &mut *table;
            let slots = (table.used * 2).max(FIRST_SLOTS);
            // Room to release them all, too: that must not fail.
            let more = slots - table.released.len();
            if table.objects.try_reserve_exact(slots - table.used).is_err()
                || table.released.try_reserve_exact(more).is_err()
            {
                return 0;
            }
            table.objects.resize(slots, None);
        }
        let at = table.used;
        table.used += 1;
        table.objects[at] = Some(object);
        u32::try_from(at + 1).expect("fewer than 4 billion classes")
    }

    /// Takes an id back.
    pub fn release(&self, id: u32) {
        let mut table = self.0.lock();
        let slot = &mut table.objects[id as usize - 1];
        assert!(slot.take().is_some(), "an id is released once");
        table.released.push(id);
    }

    /// Returns the object with this id, nothing for 0, released ids and ids beyond the table (B-32).
    pub fn object_of(&self, id: u32) -> Option<RawObject> {
        self.0.lock().objects.get((id as usize).checked_sub(1)?).copied().flatten()
    }

    /// Returns the number of slots.
    pub fn slots(&self) -> usize {
        self.0.lock().objects.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Header;
    use std::ptr::NonNull;

    /// B-31, B-32: ascending from 1, reused newest first, table of 8 that doubles.
    #[test]
    fn ids_ascend_and_are_reused_newest_first() {
        let ids = UniqueIds::default();
        let object = RawObject::from_header(NonNull::<Header>::dangling());
        let first: Vec<u32> = (0..8).map(|_| ids.assign(object)).collect();
        assert_eq!(first, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(ids.slots(), 8);
        ids.release(3);
        ids.release(5);
        assert_eq!(ids.object_of(3), None);
        assert_eq!((ids.assign(object), ids.assign(object), ids.assign(object)), (5, 3, 9));
        assert_eq!(ids.slots(), 16);
        assert_eq!((ids.object_of(0), ids.object_of(16), ids.object_of(99)), (None, None, None));
        assert_eq!(ids.object_of(9), Some(object));
    }
}
