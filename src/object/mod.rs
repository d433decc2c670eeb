//! The object header: counts, bits, byte lock, type table, weak side table.
//!
//! Nothing here knows threads or heaps. `counts` answers what has to happen to an object and leaves the
//! doing to `life`; `header` is the layout everything else leans on. Start with `header`.

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
