//! What lies behind the header of built-in objects that the floors above must see: one file or folder a layout.
//!
//! Each lists its references once (`Trace`), from which the collector's walks derive. What scripts can do with them is
//! in `types`. Begin with `slice.rs`, the smallest that refers to something, then `list.rs` and `dict/mod.rs`.

pub(super) mod byte_array;
pub(super) mod bytes;
pub mod complex;
pub mod dict;
pub(super) mod list;
pub mod memory_view;
pub(super) mod range;
pub mod set;
pub(super) mod slice;
pub(super) mod str;
pub(super) mod tuple;
pub(super) mod union;
pub(super) mod weak_ref;
