//! What scripts see of functions, code, frames, generators and tracebacks: their types.
//!
//! Begin with `attributes.rs`, the type of functions. The objects themselves are made and used further down.

use crate::value::TypeSpec;

/// The types of this floor.
pub static SPECS: &[TypeSpec] = &[
    crate::vm::attributes::FUNCTION_SPEC,
    crate::vm::code_type::SPEC,
    crate::vm::generator_type::SPEC,
    crate::vm::frame_type::SPEC,
    crate::vm::traceback_type::SPEC,
];
