//! Building f-strings and t-strings: pieces of text, fields, conversions and format specs.
//!
//! The grammar hands over pieces whose text is not decoded yet, because only the prefix of the string says how.
//! Adjacent literals are joined in `string.rs`.

use super::literal::decode;
use super::{Builder, Failed, Made, refuse};
use crate::source::Span;
use crate::syntax::error::SyntaxError;
use crate::syntax::tree::*;

/// One of several adjacent literals.
pub enum StringPart {
    /// An ordinary string or bytes literal.
    Plain(Span),
    /// An f-string or t-string.
    Formatted(FormatString),
}

/// An f-string or t-string.
pub struct FormatString {
    /// All of it.
    pub span: Span,
    /// What is between its quotes.
    pub pieces: Vec<Piece>,
}

/// A piece of an f-string or t-string, or of a format spec.
pub enum Piece {
    /// Text, as it is written.
    Text(Span),
    /// A field.
    Field(Box<Field>),
}

/// A field between braces.
pub struct Field {
    span: Span,
    value: Expr,
    /// From its brace to its conversion, its format spec or its end.
    code: Span,
    /// Whether `=` asks for its text, too.
    shows_itself: bool,
    /// The mark and the name of its conversion.
    conversion: Option<(Span, Identifier)>,
    spec: Option<(Span, Vec<Piece>)>,
}

/// The parts of an f-string or t-string that have been built so far.
pub struct Pieces {
    /// The span of all the adjacent literals together.
    span: Span,
    values: Vec<Expr>,
    literal: String,
    /// Where the text at the end was written.
    literal_span: Option<Span>,
}

impl StringPart {
    /// Returns where the literal is.
    pub fn span(&self) -> Span {
        match self {
            StringPart::Plain(span) => *span,
            StringPart::Formatted(string) => string.span,
        }
    }
}

impl Pieces {
    /// Begins a string that takes up `span`.
    pub fn new(span: Span) -> Self {
        Pieces { span, values: Vec::new(), literal: String::new(), literal_span: None }
    }

    /// Returns the literal text at the end.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// Adds what a piece of a literal, written at `span`, stands for to the text at the end.
    pub fn decode(&mut self, body: &str, is_raw: bool, span: Span) -> Made<()> {
        decode(body, is_raw, &mut self.literal).map_err(|failed| at(failed, span))?;
        self.literal_span = Some(self.literal_span.map_or(span, |before| before.to(span)));
        Ok(())
    }

    /// Turns the literal text at the end into a value.
    fn flush(&mut self, builder: &mut Builder<'_>) -> Made<()> {
        let span = self.literal_span.take().unwrap_or(self.span);
        if !self.literal.is_empty() {
            let value = Constant::Str(std::mem::take(&mut self.literal).into());
            self.values.push(builder.constant(value, span.start, span.end)?);
        }
        Ok(())
    }

    /// Makes the f-string.
    pub fn into_joined(mut self, builder: &mut Builder<'_>) -> Made<Expr> {
        self.flush(builder)?;
        builder.expr(ExprKind::JoinedStr { values: self.values }, self.span.start, self.span.end)
    }

    /// Makes the t-string.
    pub fn into_template(mut self, builder: &mut Builder<'_>) -> Made<Expr> {
        self.flush(builder)?;
        builder.expr(ExprKind::TemplateStr { values: self.values }, self.span.start, self.span.end)
    }
}

/// Moves a mistake in an escape to the literal that holds it.
pub fn at(failed: Failed, span: Span) -> Failed {
    match failed {
        Failed::User { mut error } => {
            error.span = span;
            Failed::User { error }
        }
        failed => failed,
    }
}

/// The prefix of a string, as far as it says how to read the pieces.
#[derive(Clone, Copy)]
pub struct Prefix {
    /// Whether backslashes stand for themselves.
    pub is_raw: bool,
    /// Whether the string is a t-string.
    pub is_template: bool,
    /// The letter that messages name the string by.
    letter: char,
}

impl<'text> Builder<'text> {
    /// Reads the prefix of an f-string or t-string.
    pub fn prefix(&self, string: &FormatString) -> Prefix {
        let text = self.written(string.span.start, string.span.end).bytes();
        let letters: Vec<u8> = text.take_while(u8::is_ascii_alphabetic).collect();
        let has = |letter: u8| letters.iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
        let is_template = has(b't');
        Prefix { is_raw: has(b'r'), is_template, letter: if is_template { 't' } else { 'f' } }
    }

    /// Takes the parts of a field.
    pub fn field(
        &self,
        l: u32,
        value: Expr,
        shows_itself: bool,
        conversion: Option<(Span, Identifier)>,
        spec: Option<(u32, Vec<Piece>, u32)>,
        r: u32,
    ) -> Piece {
        let spec = spec.map(|(start, pieces, end)| (Span::new(start, end), pieces));
        let after = spec.as_ref().map_or(r - 1, |(span, _)| span.start);
        let after = conversion.as_ref().map_or(after, |(mark, _)| mark.start);
        let (span, code) = (Span::new(l, r), Span::new(l + 1, after));
        Piece::Field(Box::new(Field { span, value, code, shows_itself, conversion, spec }))
    }

    /// Reads the name after the mark of a conversion, in a string that messages name by a letter.
    fn conversion(&self, mark: Span, name: &Identifier, letter: char) -> Made<Conversion> {
        if mark.end != name.span.start {
            let message =
                format!("{letter}-string: conversion type must come right after the exclamation mark");
            return Err(refuse(mark.to(name.span), message));
        }
        match &*name.name {
            "s" => Ok(Conversion::Str),
            "r" => Ok(Conversion::Repr),
            "a" => Ok(Conversion::Ascii),
            other => {
                let message = format!(
                    "{letter}-string: invalid conversion character '{other}': expected 's', 'r', or 'a'"
                );
                Err(refuse(name.span, message))
            }
        }
    }

    /// Adds pieces of a string or of a format spec.
    pub fn format_pieces(&mut self, out: &mut Pieces, pieces: Vec<Piece>, prefix: Prefix) -> Made<()> {
        for piece in pieces {
            match piece {
                Piece::Text(span) => {
                    out.decode(&self.text[span.range()], prefix.is_raw, self.with_second_brace(span))?;
                    if !prefix.is_raw {
                        self.check_escapes(span, false);
                    }
                }
                Piece::Field(field) => self.format_field(out, *field, prefix)?,
            }
        }
        Ok(())
    }

    /// Extends the span of a piece that ends in a doubled brace, of which the piece has only one.
    fn with_second_brace(&self, span: Span) -> Span {
        let (body, behind) = (&self.text[span.range()], &self.text[span.end as usize..]);
        // A brace may also end the name of a character.
        let is_name = body.rfind("\\N{").is_some_and(|at| body[at..].find('}') == Some(body.len() - at - 1));
        let is_doubled = ['{', '}'].iter().any(|brace| body.ends_with(*brace) && behind.starts_with(*brace));
        Span::new(span.start, span.end + u32::from(is_doubled && !is_name))
    }

    fn format_field(&mut self, out: &mut Pieces, field: Field, prefix: Prefix) -> Made<()> {
        let code = without_comments(&self.text[field.code.range()]);
        let letter = prefix.letter;
        let conversion = field.conversion.map(|(mark, name)| self.conversion(mark, &name, letter));
        let mut conversion = conversion.transpose()?;
        if field.shows_itself {
            out.literal.push_str(&code);
            out.literal_span = Some(out.literal_span.map_or(field.code, |before| before.to(field.code)));
            if field.spec.is_none() {
                conversion = conversion.or(Some(Conversion::Repr));
            }
        }
        let mut format_spec = None;
        if let Some((span, pieces)) = field.spec {
            let mut spec = Pieces::new(span);
            // What a format spec contains is formatted, also in a t-string.
            self.format_pieces(&mut spec, pieces, Prefix { is_template: false, ..prefix })?;
            format_spec = Some(Box::new(spec.into_joined(self)?));
        }
        out.flush(self)?;
        let value = Box::new(field.value);
        let kind = if prefix.is_template {
            let shown = if field.shows_itself { code.trim_end().strip_suffix('=') } else { None };
            let code = shown.unwrap_or(&code).into();
            ExprKind::Interpolation { value, code, conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        out.values.push(self.expr(kind, field.span.start, field.span.end)?);
        Ok(())
    }
}

/// Leaves the comments out of the text of a field.
fn without_comments(code: &str) -> String {
    if !code.contains('#') {
        return code.to_owned();
    }
    let mut out = String::with_capacity(code.len());
    let mut quote = None;
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (_, '\\') => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            (None, '#') => {
                if !chars.any(|c| c == '\n') {
                    break;
                }
                out.push('\n');
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

/// Makes the error of adjacent literals that cannot be joined.
pub fn cannot_mix(span: Span, what: &str) -> Failed {
    Failed::User { error: SyntaxError::at(span, format!("cannot mix {what} literals")) }
}
