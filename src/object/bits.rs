//! The bits that memory management keeps on every object.
//!
//! Invariant: the bits of a published object are changed only by atomic operations that set or clear some of them
//! (`fetch_or`, `fetch_and`), so that no thread overwrites a bit that another one sets.
//! See `raw` for the operations.

bitflags::bitflags! {
    /// What memory management has noted about one object.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GcBits: u8 {
        /// The collector traverses this object.
        const TRACKED = 1 << 0;
        /// The finalizer of the object has run, or is running (CPython: `_PyGC_FINALIZED`).
        const FINALIZED = 1 << 1;
        /// The running collection found that nothing outside of the trash refers to the object.
        const UNREACHABLE = 1 << 2;
        /// `gc.freeze` set the object aside.
        const FROZEN = 1 << 3;
        /// Other threads may read a slot that holds the object without a lock.
        const SHARED = 1 << 4;
        /// When the running collection found the object, nothing referred to it, not even other garbage: only a
        /// deferred reference or a queue had kept it alive.
        const UNREFERENCED = 1 << 5;
        /// The shared count includes the bias of deferred objects, so that it does not reach zero.
        /// See `counts.rs`.
        const DEFERRED = 1 << 6;
        /// The weak table has an entry for the object.
        const HAS_WEAKREFS = 1 << 7;
    }
}

impl GcBits {
    /// The bits that only garbage has.
    pub const TRASH: GcBits = GcBits::UNREACHABLE.union(GcBits::UNREFERENCED);
}
