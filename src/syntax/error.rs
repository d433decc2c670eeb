//! What is wrong with a text.
//!
//! The tokenizer, the parser and the compiler all report through this one type; whoever holds the
//! `SourceText` turns the span into a line and a caret.

use crate::source::Span;

/// Which of CPython's three classes an error is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// `SyntaxError`.
    #[default]
    Syntax,
    /// `IndentationError`.
    Indentation,
    /// `TabError`.
    Tab,
}

/// The text is wrong: why, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Its class.
    pub kind: SyntaxErrorKind,
    /// What CPython says about it.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl SyntaxError {
    /// Makes a plain `SyntaxError`.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        SyntaxError { kind: SyntaxErrorKind::Syntax, message: message.into(), span }
    }
}
