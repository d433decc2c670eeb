//! Tokens, indentation, tree and parser: from a `SourceText` to a `tree::Module`.
//!
//! `lexer` splits the text into tokens, lines and blocks. The parser that is generated from `grammar/python.lalrpop` reads
//! them; each action of the grammar calls one function of `build`, which makes a part of the tree (`tree`). If the
//! parser refuses a token, `diagnose` finds the message of the `SyntaxError`.
//!
//! Begin with `parse.rs`, which calls these in order.

#![forbid(unsafe_code)]

pub mod depth;
pub mod error;
pub mod tree;

mod build;
mod diagnose;
mod indentation;
mod lexer;
mod number;
mod open_string;
mod parse;
mod parser;
mod scan;
mod soft_keywords;
mod string_text;
mod token;
mod tree_parts;

#[cfg(test)]
mod tests;

lalrpop_util::lalrpop_mod!(
    #[allow(clippy::all, missing_docs, unused, reason = "generated from grammar/python.lalrpop")]
    grammar,
    "/python.rs"
);

pub use error::{Columns, SyntaxError, SyntaxErrorKind, SyntaxWarning, render};
pub use parse::{Entry, is_compound, parse_expression, parse_interactive, parse_module};
