//! What is called, or stands in a class for what is called: bound methods, `property`, `staticmethod`, cells.
//!
//! Begin with `bound_method.rs`. Functions that scripts define are in `vm/function.rs`, those of the runtime in
//! `types/table/native_function.rs`.

pub mod bound_method;
pub mod cell;
pub mod property;
pub mod static_method;
