//! The expression of an f-string field: finding its end, and parsing it in place.
//!
//! The field is lexed and parsed like any expression between parentheses, its spans pointing into
//! the real source; only its mistakes are shown as CPython shows them, quoted by themselves.

use super::literal::refuse_inside;
use super::{Builder, Failed, Made, Parsed};
use crate::source::Span;
use crate::syntax::error::Excerpt;
use crate::syntax::lexer::{Mode, lex};
use crate::syntax::parser;
use crate::syntax::tree::Expr;

/// 200, as many as the lexer allows.
const MAX_BRACKETS: usize = 200;

/// Looks for the end of the expression of a field.
pub struct FieldScan<'text> {
    bytes: &'text [u8],
    at: usize,
    open: Vec<u8>,
}

impl<'text> FieldScan<'text> {
    /// Begins at `start`.
    pub fn new(bytes: &'text [u8], start: usize) -> Self {
        FieldScan { bytes, at: start, open: Vec::new() }
    }

    /// Returns where the expression ends: at `!`, `:`, `=`, `}`, or the end of the string.
    pub fn end(mut self) -> Made<usize> {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => return Err(refuse_inside("f-string expression part cannot include a backslash")),
                b'\'' | b'"' => self.string(byte)?,
                b'(' | b'[' | b'{' => {
                    if self.open.len() >= MAX_BRACKETS {
                        return Err(refuse_inside("f-string: too many nested parenthesis"));
                    }
                    self.open.push(byte);
                }
                b'#' => return Err(refuse_inside("f-string expression part cannot include '#'")),
                b'!' | b'=' | b'<' | b'>'
                    if self.open.is_empty() && self.bytes.get(self.at + 1) == Some(&b'=') =>
                {
                    self.at += 1;
                }
                b'!' | b':' | b'}' | b'=' if self.open.is_empty() => break,
                b')' | b']' | b'}' => self.close(byte)?,
                _ => {}
            }
            self.at += 1;
        }
        if let Some(&open) = self.open.last() {
            return Err(refuse_inside(format!("f-string: unmatched '{}'", char::from(open))));
        }
        Ok(self.at)
    }

    /// Moves to the last quote of a string.
    fn string(&mut self, quote: u8) -> Made<()> {
        let triple = self.bytes[self.at..].starts_with(&[quote, quote, quote]);
        let closing = if triple { vec![quote; 3] } else { vec![quote] };
        self.at += closing.len();
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'\\' {
                return Err(refuse_inside("f-string expression part cannot include a backslash"));
            }
            if self.bytes[self.at..].starts_with(&closing) {
                self.at += closing.len() - 1;
                return Ok(());
            }
            self.at += 1;
        }
        Err(refuse_inside("f-string: unterminated string"))
    }

    fn close(&mut self, byte: u8) -> Made<()> {
        let close = char::from(byte);
        let open = match self.open.pop() {
            None => return Err(refuse_inside(format!("f-string: unmatched '{close}'"))),
            Some(open) => open,
        };
        if matches!((open, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
            return Ok(());
        }
        let open = char::from(open);
        Err(refuse_inside(format!(
            "f-string: closing parenthesis '{close}' does not match opening parenthesis '{open}'"
        )))
    }
}

impl Builder<'_> {
    /// Parses the expression of a field.
    pub fn field(&mut self, span: Span) -> Made<Expr> {
        let body = self.written(span.start, span.end);
        if body.chars().all(char::is_whitespace) {
            return Err(match self.text().as_bytes()[span.end as usize] {
                mark @ (b'!' | b':' | b'=') => {
                    refuse_inside(format!("f-string: expression required before '{}'", char::from(mark)))
                }
                _ => refuse_inside("f-string: empty expression not allowed"),
            });
        }
        let tokens = lex(self.text, span, Mode::Field);
        let from_lexer = tokens.failure.is_some();
        match parser::run(self, tokens) {
            Ok(Parsed::Expression(expr)) => Ok(expr),
            Ok(Parsed::Statements(_)) => unreachable!("a field is parsed as an expression"),
            Err(mut error) => {
                if error.excerpt.is_none() {
                    error.excerpt = self.excerpt(span, error.span);
                    if !from_lexer {
                        error.message.insert_str(0, "f-string: ");
                    }
                }
                Err(Failed::User { error })
            }
        }
    }

    /// Quotes a field between parentheses, with the columns of a mistake in it.
    fn excerpt(&self, field: Span, wrong: Span) -> Option<Excerpt> {
        let body = self.written(field.start, field.end);
        if body.contains('\n') {
            return None;
        }
        let offset = |at: u32| self.written(field.start, at.clamp(field.start, field.end)).len() as u32 + 2;
        let line =
            1 + memchr::memchr_iter(b'\n', &self.text.as_bytes()[..field.start as usize]).count() as u32;
        let (offset, end_offset) = (offset(wrong.start), offset(wrong.end));
        Some(Excerpt { text: format!("({body})\n"), line, offset, end_offset })
    }
}
