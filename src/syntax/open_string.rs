//! An f-string or t-string that is open: what ends its text, and which of its fields are open.
//!
//! It is in one of two states. In its text, `string_text.rs` splits off pieces by hand; in a field, the ordinary lexer
//! goes on.

use crate::source::Span;

/// 150, as CPython's tokenizer allows (CPython: MAXFSTRINGLEVEL).
pub const MAX_OPEN_STRINGS: usize = 150;

/// An f-string or t-string that is open.
#[derive(Clone, Debug)]
pub struct OpenString {
    /// The letter that messages name it by: `f` or `t`.
    pub letter: char,
    /// The quote that ends it.
    pub quote: u8,
    /// Whether it takes three of them.
    pub is_triple: bool,
    /// Its prefix and first quotes.
    pub start: Span,
    /// Whether backslashes stand for themselves.
    pub is_raw: bool,
    /// How many brackets are open in each open field, its own brace included; the innermost field last.
    pub fields: Vec<usize>,
    /// Whether the lexer stands in text, rather than in a field.
    pub is_in_text: bool,
    /// Whether the text is that of a format spec in which no field has ended yet.
    pub is_in_spec: bool,
}

impl OpenString {
    /// Opens the string whose prefix and quotes are given.
    pub fn new(prefix: &str, start: Span) -> Self {
        let bytes = prefix.as_bytes();
        let has = |letter: u8| bytes.iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
        OpenString {
            letter: if has(b't') { 't' } else { 'f' },
            quote: bytes[bytes.len() - 1],
            is_triple: bytes.iter().filter(|&&byte| byte == bytes[bytes.len() - 1]).count() == 3,
            start,
            is_raw: has(b'r'),
            fields: Vec::new(),
            is_in_text: true,
            is_in_spec: false,
        }
    }

    /// Returns the quotes that end the string.
    pub fn quotes(&self) -> &'static [u8] {
        match (self.quote, self.is_triple) {
            (b'"', true) => b"\"\"\"",
            (b'"', false) => b"\"",
            (_, true) => b"'''",
            (_, false) => b"'",
        }
    }

    /// Finds where the text that begins at `from` ends, and why.
    pub fn text_end(&self, bytes: &[u8], from: usize) -> (usize, Stop) {
        let mut at = from;
        let mut is_in_name = false;
        let doubles = |at: usize, brace: u8| !self.is_in_spec && bytes.get(at + 1) == Some(&brace);
        loop {
            let Some(&byte) = bytes.get(at) else { return (at, Stop::EndOfText) };
            match byte {
                b'\n' if !self.is_triple => return (at, Stop::EndOfLine),
                _ if bytes[at..].starts_with(self.quotes()) => return (at, Stop::Quotes),
                b'{' if doubles(at, b'{') => return (at, Stop::DoubledBrace),
                b'{' => return (at, Stop::Field),
                b'}' if is_in_name => {
                    is_in_name = false;
                    at += 1;
                }
                b'}' if self.fields.is_empty() && doubles(at, b'}') => return (at, Stop::DoubledBrace),
                b'}' => return (at, Stop::EndOfField),
                // A brace after a backslash is not part of an escape.
                b'\\' if matches!(bytes.get(at + 1), Some(b'{' | b'}')) => at += 1,
                b'\\' if !self.is_raw && bytes[at + 1..].starts_with(b"N{") => {
                    is_in_name = true;
                    at += 3;
                }
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }
}

/// Why a piece of text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The text of the program ends.
    EndOfText,
    /// A line ends that must not.
    EndOfLine,
    /// The string ends.
    Quotes,
    /// A brace that stands for itself.
    DoubledBrace,
    /// A field begins.
    Field,
    /// A brace closes the field around, if there is one.
    EndOfField,
}
