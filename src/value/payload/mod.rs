//! What lies behind the header of built-in objects that the floors above must see: one file or folder a layout.
//!
//! Each lists its references once (`Trace`), from which the collector's walks derive. What scripts can do with them is
//! in `types`. Begin with `slice.rs`, the smallest that refers to something, then `list.rs` and `dict/mod.rs`.

pub mod bytes;
pub mod complex;
pub mod dict;
pub mod list;
pub mod range;
pub mod set;
pub mod slice;
pub mod str;
pub mod tuple;
pub mod weak_ref;
