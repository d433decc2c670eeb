//! How the tables of dicts and sets are searched: what a search can come to, and where it stands.
//!
//! A search stops where script code would be needed, so that the caller can leave the lock, ask, and
//! come back to the same place. The tables are in `table.rs` and `value/payload/set/table.rs`.

/// How much of the hash each further probe shifts in.
const PERTURB_SHIFT: u32 = 5;

/// What a search came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Probe {
    /// The key is in this entry.
    Found(usize),
    /// The key is not there.
    Missing,
    /// This entry has the same hash, and only `__eq__` can tell.
    Ask(usize),
}

/// Where a search stands, to go on after a [`Probe::Ask`]. Void once the table's `layout` has changed.
#[derive(Clone, Copy)]
pub struct Search {
    pub(in crate::value) slot: usize,
    pub(in crate::value) perturb: u64,
}

impl Search {
    /// Steps to the next slot (CPython's sequence, which visits every slot in the end).
    #[inline(always)]
    pub(in crate::value) fn advance(&mut self, mask: usize) {
        self.perturb >>= PERTURB_SHIFT;
        self.slot = self.slot.wrapping_mul(5).wrapping_add(self.perturb as usize).wrapping_add(1) & mask;
    }
}
