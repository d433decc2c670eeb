//! What scripts see of functions, code, frames, generators and tracebacks: their types.
//!
//! Begin with `function.rs`, the type of functions. The objects themselves are defined in `vm/function.rs`,
//! `vm/code.rs` and `vm/frame`.

pub(super) mod async_generator;
pub(super) mod code;
pub(super) mod code_compare;
pub(super) mod code_names;
pub(super) mod code_replace;
pub(super) mod coroutine;
pub(super) mod frame;
pub(super) mod frame_jump;
mod frame_locals;
pub mod function;
mod function_code;
pub(super) mod function_new;
pub(super) mod generator;
pub mod next_or_default;
pub(super) mod traceback;

use crate::value::TypeSpec;

/// The types of this floor.
pub static SPECS: &[TypeSpec] = &[
    crate::vm::types::function::FUNCTION_SPEC,
    crate::vm::types::code::SPEC,
    crate::vm::types::generator::SPEC,
    crate::vm::types::coroutine::SPEC,
    crate::vm::types::coroutine::WRAPPER_SPEC,
    crate::vm::types::async_generator::SPEC,
    crate::vm::types::async_generator::SEND_SPEC,
    crate::vm::types::async_generator::THROW_SPEC,
    crate::vm::types::async_generator::YIELDED_SPEC,
    crate::vm::types::next_or_default::SPEC,
    crate::vm::types::frame::SPEC,
    crate::vm::types::frame_locals::SPEC,
    crate::vm::types::traceback::SPEC,
];
