//! Taking f-strings apart: literal pieces, fields, conversions and nested format specs.
//!
//! The rules are those of CPython 3.11, where an f-string is one string token whose fields may
//! hold neither a backslash nor a comment. What a field evaluates is parsed in `field.rs`.

use super::field::FieldScan;
use super::literal::{Literal, decode, refuse_inside};
use super::{Builder, Made};
use crate::source::Span;
use crate::syntax::tree::*;

/// 2: a field, and a field in its format spec.
const MAX_NESTING: u32 = 2;

/// The pieces of an f-string that have been read so far.
pub struct Pieces {
    /// The span of all the adjacent literals together, which every node gets, as in CPython.
    span: Span,
    values: Vec<Expr>,
    literal: String,
    has_lone_surrogates: bool,
}

impl Pieces {
    /// Begins an f-string that takes up `span`.
    pub fn new(span: Span) -> Self {
        Pieces { span, values: Vec::new(), literal: String::new(), has_lone_surrogates: false }
    }

    /// Returns the literal text at the end, to be added to.
    pub fn literal(&mut self) -> &mut String {
        &mut self.literal
    }

    /// Adds what a piece of a literal stands for to the text at the end.
    pub fn decode(&mut self, body: &str, is_raw: bool) -> Made<()> {
        self.has_lone_surrogates |= !decode(body, is_raw, &mut self.literal)?;
        Ok(())
    }

    /// Tells whether a literal piece contains a lone surrogate, which no string constant can hold.
    pub fn has_lone_surrogates(&self) -> bool {
        self.has_lone_surrogates
    }

    /// Turns the literal text at the end into a value.
    fn flush(&mut self, builder: &mut Builder<'_>) -> Made<()> {
        if !self.literal.is_empty() {
            let value = Constant::Str(std::mem::take(&mut self.literal).into());
            self.values.push(builder.constant(value, self.span.start, self.span.end)?);
        }
        Ok(())
    }

    /// Makes the f-string.
    pub fn into_joined(mut self, builder: &mut Builder<'_>) -> Made<Expr> {
        if self.has_lone_surrogates {
            return builder.constant(Constant::LoneSurrogates, self.span.start, self.span.end);
        }
        self.flush(builder)?;
        builder.expr(ExprKind::JoinedStr { values: self.values }, self.span.start, self.span.end)
    }
}

/// Where in an f-string the reading stands.
#[derive(Clone, Copy)]
struct Reading<'text> {
    text: &'text str,
    at: usize,
    end: usize,
    is_raw: bool,
}

impl Reading<'_> {
    fn peek(&self) -> Option<u8> {
        if self.at < self.end { Some(self.text.as_bytes()[self.at]) } else { None }
    }

    /// Returns the next byte, which must be there.
    fn wanted(&self) -> Made<u8> {
        self.peek().ok_or_else(|| refuse_inside("f-string: expecting '}'"))
    }
}

impl<'text> Builder<'text> {
    /// Adds one f-string literal to the pieces.
    pub fn format_literal(&mut self, pieces: &mut Pieces, literal: &Literal) -> Made<()> {
        let Span { start, end } = literal.body;
        let mut reading =
            Reading { text: self.text, at: start as usize, end: end as usize, is_raw: literal.is_raw };
        self.format_pieces(pieces, &mut reading, 0)?;
        if reading.at < reading.end {
            return Err(refuse_inside("f-string: single '}' is not allowed"));
        }
        Ok(())
    }

    /// Reads literals and fields up to the end, or up to the `}` that ends a format spec.
    fn format_pieces(&mut self, pieces: &mut Pieces, reading: &mut Reading<'text>, depth: u32) -> Made<()> {
        loop {
            let start = reading.at;
            let (end, doubled) = literal_end(reading, depth)?;
            pieces.decode(&self.text[start..end], reading.is_raw)?;
            if doubled {
                reading.at = end + 1;
                continue;
            }
            reading.at = end;
            if reading.peek() != Some(b'{') {
                return Ok(());
            }
            self.format_field(pieces, reading, depth)?;
        }
    }

    /// Reads one field.
    fn format_field(&mut self, pieces: &mut Pieces, reading: &mut Reading<'text>, depth: u32) -> Made<()> {
        if depth >= MAX_NESTING {
            return Err(refuse_inside("f-string: expressions nested too deeply"));
        }
        let start = reading.at + 1;
        let end = FieldScan::new(&self.text.as_bytes()[..reading.end], start).end()?;
        reading.at = end;
        reading.wanted()?;
        let value = Box::new(self.field(Span::new(start as u32, end as u32))?);
        let mut shows_itself = false;
        if reading.wanted()? == b'=' {
            reading.at += 1;
            while reading.peek().is_some_and(|byte| byte.is_ascii_whitespace() || byte == 11) {
                reading.at += 1;
            }
            reading.wanted()?;
            pieces.literal.push_str(&self.text[start..reading.at]);
            shows_itself = true;
        }
        let mut conversion = None;
        if reading.wanted()? == b'!' {
            reading.at += 1;
            conversion = Some(match reading.wanted()? {
                b's' => Conversion::Str,
                b'r' => Conversion::Repr,
                b'a' => Conversion::Ascii,
                _ => {
                    let message = "f-string: invalid conversion character: expected 's', 'r', or 'a'";
                    return Err(refuse_inside(message));
                }
            });
            reading.at += 1;
        }
        let mut format_spec = None;
        if reading.wanted()? == b':' {
            reading.at += 1;
            reading.wanted()?;
            let mut spec = Pieces::new(pieces.span);
            self.format_pieces(&mut spec, reading, depth + 1)?;
            format_spec = Some(Box::new(spec.into_joined(self)?));
        }
        if reading.wanted()? != b'}' {
            return Err(refuse_inside("f-string: expecting '}'"));
        }
        reading.at += 1;
        if shows_itself && format_spec.is_none() {
            conversion = conversion.or(Some(Conversion::Repr));
        }
        pieces.flush(self)?;
        let kind = ExprKind::FormattedValue { value, conversion, format_spec };
        pieces.values.push(self.expr(kind, pieces.span.start, pieces.span.end)?);
        Ok(())
    }
}

/// Finds the end of a literal piece; a doubled brace ends it after the first of the two.
fn literal_end(reading: &Reading<'_>, depth: u32) -> Made<(usize, bool)> {
    let bytes = &reading.text.as_bytes()[..reading.end];
    let mut at = reading.at;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if !reading.is_raw && bytes[at + 1..].starts_with(b"N{") => {
                at += 2 + memchr::memchr(b'}', &bytes[at + 2..]).unwrap_or(bytes.len() - at - 2);
                at = (at + 1).min(bytes.len());
            }
            // The character after a backslash is part of the escape, unless it is a brace.
            b'\\' if !reading.is_raw => {
                at += 1;
                at += usize::from(at < bytes.len() && !matches!(bytes[at], b'{' | b'}'));
            }
            b'{' | b'}' if depth == 0 && bytes.get(at + 1) == Some(&byte) => return Ok((at + 1, true)),
            b'}' if depth == 0 => return Err(refuse_inside("f-string: single '}' is not allowed")),
            b'{' | b'}' => return Ok((at, false)),
            _ => at += 1,
        }
    }
    Ok((at, false))
}
