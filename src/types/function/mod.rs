//! Callables and descriptors: bound methods, `property`, `staticmethod`, `classmethod`, cells.
//!
//! Begin with `bound_method.rs`. Functions that scripts define are in `vm/function.rs`, those of the runtime in
//! `types/table/native_function.rs`.

pub mod bound_method;
pub mod cell;
pub mod property;
pub mod static_method;
