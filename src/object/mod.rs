//! The object header: counts, bits, byte lock, type table, weak side table.
//!
//! Nothing here uses threads or heaps. `counts` computes what has to happen to an object, and `life` does it;
//! `header` is the layout that all other code relies on. Start with `header`.

mod bits;
mod byte_lock;
pub mod counts;
mod header;
mod raw;
mod type_info;
mod weak_refs;
mod weak_table;
pub mod word;

pub use bits::GcBits;
pub use byte_lock::ByteLock;
pub use counts::{AfterRelease, Counts, DEFERRED_BIAS, SharedState, SharedWord};
pub use header::Header;
pub use raw::RawObject;
pub use type_info::{TAKEN_AT_ONCE, TypeFlags, TypeInfo};
pub use weak_refs::{Place, WeakRefs};
pub use weak_table::{WeakList, WeakTable};
