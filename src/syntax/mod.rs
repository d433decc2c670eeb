//! Tokens, indentation, tree and parser: from a `SourceText` to a `tree::Module`.
//!
//! The way of a text: `lexer` (tokens, lines, blocks) → `grammar/python.lalrpop` → `build` (one
//! call an action) → `tree`. What goes wrong becomes a `SyntaxError`, explained by `diagnose`.
//!
//! Begin with `parse.rs`, which goes this way.

#![forbid(unsafe_code)]

pub mod depth;
pub mod error;
pub mod tree;

mod build;
mod diagnose;
mod indentation;
mod lexer;
mod number;
mod parse;
mod parser;
mod scan;
mod soft_keywords;
mod token;
mod tree_parts;

#[cfg(test)]
mod tests;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, missing_docs, unused, reason = "generated from grammar/python.lalrpop")]
    grammar,
    "/python.rs"
);

pub use error::{SyntaxError, SyntaxErrorKind, render};
pub use parse::{Entry, parse_expression, parse_interactive, parse_module};
