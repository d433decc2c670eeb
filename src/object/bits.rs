//! The bits that memory management keeps on every object.
//!
//! Invariant: a published object's bits change only by atomic or, and, so no setter loses another's bit.
//! See `raw` for the operations.

bitflags::bitflags! {
    /// What memory management has noted about one object.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GcBits: u8 {
        /// The collector looks at this object.
        const TRACKED = 1 << 0;
        /// The finalizer has run, or is running.
        const FINALIZED = 1 << 1;
        /// The running collection took the object for trash.
        const UNREACHABLE = 1 << 2;
        /// `gc.freeze` set the object aside.
        const FROZEN = 1 << 3;
        /// Other threads may read a slot that holds the object without a lock.
        const SHARED = 1 << 4;
        /// Nothing referred to the object when the running collection found it, not even trash: only deferral or a
        /// queue had kept it from dying long before.
        const UNREFERENCED = 1 << 5;
        /// The shared count carries the deferral bias.
        const DEFERRED = 1 << 6;
        /// The weak table has an entry for the object.
        const HAS_WEAKREFS = 1 << 7;
    }
}

impl GcBits {
    /// What only trash has.
    pub const TRASH: GcBits = GcBits::UNREACHABLE.union(GcBits::UNREFERENCED);
}
