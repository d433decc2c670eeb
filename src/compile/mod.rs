//! Scopes, code generation, borrow analysis, constant folding.

#![forbid(unsafe_code)]

pub mod lower;
