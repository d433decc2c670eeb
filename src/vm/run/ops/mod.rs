//! The handlers, by topic. Hot ones are written for the optimiser (see `vm/run/dispatch.rs`); the rest are
//! *bodies*: ordinary functions of a [`Step`](super::step::Step) and a word.
//!
//! # What bodies raise
//!
//! The errors that the table of stack instructions (`bytecode/instruction.rs`) names for the instruction, those of
//! the operation that the body performs, as the functions of `protocol` tell them, and `MemoryError` where it makes
//! an object of variable size. The comment of a body names further ones.
//!
//! Begin with `branch.rs`, the shortest of the hot ones.

pub mod append;
pub mod arithmetic;
pub mod attribute;
pub mod attribute_store;
pub mod awaiting;
pub mod branch;
pub mod build;
pub mod call;
pub mod compare;
pub mod exception;
pub mod exception_group;
pub mod generate;
pub mod instantiate;
pub mod intrinsic;
pub mod iterate;
pub mod iterate_pair;
pub mod leave;
pub mod module;
pub mod name;
pub mod native_call;
pub mod pattern;
pub mod slice;
pub mod subscript;
pub mod super_attribute;
pub mod trace;
pub mod unpack;
pub mod variable;
