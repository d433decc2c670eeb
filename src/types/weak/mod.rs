//! Weak references (`reference.rs`) and weak proxies (`proxy.rs`) as scripts see them.
//!
//! Begin with `value/payload/weak_ref.rs`. They are cleared, and their callbacks called, by `life/destroy.rs` when the
//! last reference to an object goes, and by `gc/clear_weakrefs.rs` when the object is part of a cycle.

pub mod proxy;
pub mod reference;
