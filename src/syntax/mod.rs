//! Tokens, indentation, tree and parser.

#![forbid(unsafe_code)]

pub mod tree;

pub mod depth;
mod tree_parts;
