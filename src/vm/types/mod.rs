//! What scripts see of functions, code, frames, generators and tracebacks: their types.
//!
//! Begin with `function.rs`, the type of functions. The objects themselves are made and used further down.

pub mod code;
pub mod code_compare;
pub mod code_encode;
pub mod code_replace;
pub mod frame;
pub mod function;
pub mod function_new;
pub mod generator;
pub mod traceback;

use crate::value::TypeSpec;

/// The types of this floor.
pub static SPECS: &[TypeSpec] = &[
    crate::vm::types::function::FUNCTION_SPEC,
    crate::vm::types::code::SPEC,
    crate::vm::types::generator::SPEC,
    crate::vm::types::frame::SPEC,
    crate::vm::types::traceback::SPEC,
];
