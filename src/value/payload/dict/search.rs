//! How the tables of dicts and sets are searched: the possible results, and the position of a search.
//!
//! A search stops where script code would be needed, so that the caller can leave the lock, call `__eq__`, and
//! resume the search at the same place. The tables are in `table.rs` and `value/payload/set/table.rs`.

/// How much of the hash each further probe shifts in.
const PERTURB_SHIFT: u32 = 5;

/// The result of a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Probe {
    /// The key is in this entry.
    Found(usize),
    /// The key is not there.
    Missing,
    /// This entry has the same hash, and only `__eq__` can tell whether the key is equal.
    Ask(usize),
}

/// The position of a search, to resume it after a [`Probe::Ask`]. Invalid once the table's `layout` has
/// changed.
#[derive(Clone, Copy)]
pub struct Search {
    pub(in crate::value) slot: usize,
    pub(in crate::value) perturb: u64,
}

impl Search {
    /// Moves to the next slot, in CPython's sequence, which visits every slot in the end.
    #[inline(always)]
    pub(in crate::value) fn advance(&mut self, mask: usize) {
        self.perturb >>= PERTURB_SHIFT;
        self.slot = self.slot.wrapping_mul(5).wrapping_add(self.perturb as usize).wrapping_add(1) & mask;
    }
}
