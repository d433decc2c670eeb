//! Saying what the parser stumbled over, in CPython's words.

use super::error::SyntaxError;
use super::token::Lexeme;

/// Explains why the parser refused the token at index `at`.
pub fn explain(_text: &str, lexemes: &[Lexeme], at: usize) -> Box<SyntaxError> {
    SyntaxError::at(lexemes[at].span, "invalid syntax")
}
