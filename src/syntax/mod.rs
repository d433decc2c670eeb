//! Tokens, indentation, tree and parser.

#![forbid(unsafe_code)]

pub mod tree;

pub mod depth;
mod error;
mod tree_parts;

pub use error::{SyntaxError, SyntaxErrorKind};
