//! Tests of the lexer, the parser and their messages.
//!
//! `wrong_programs.txt` holds programs and what CPython 3.14 says about them, one a line; where
//! CPython 3.14 is there, the table itself is checked against it.

mod blocks;
mod hostile;
mod library;
mod sessions;
mod shapes;
mod tokens;
mod wrong;

use super::tree::{Expr, Module};
use super::{SyntaxError, parse_expression, parse_module};
use crate::source::SourceText;

/// Parses a program named `x.mv`.
fn module(text: &str) -> Result<Module, Box<SyntaxError>> {
    parse_module(&SourceText::new("x.mv", text))
}

/// Parses a good expression.
fn expression(text: &str) -> Expr {
    parse_expression(&SourceText::new("x.mv", text)).unwrap_or_else(|error| panic!("{text}: {error:?}")).0
}

/// Returns the message of a wrong program.
fn message(text: &str) -> String {
    module(text).err().unwrap_or_else(|| panic!("{text}: no error")).message
}
