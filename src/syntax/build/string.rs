//! Building string literals: adjacent ones are joined.
//!
//! What a literal stands for is read in `literal.rs`; f-strings and t-strings are built in `fstring.rs`.

use super::fstring::{Pieces, StringPart, at, cannot_mix};
use super::literal::{Literal, NEXT_TOKEN, decode_bytes};
use super::{Builder, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;
use crate::text::stored;

impl Builder<'_> {
    /// Makes one expression of adjacent literals.
    pub fn strings(&mut self, parts: Vec<StringPart>) -> Made<Expr> {
        let span = parts[0].span().to(parts[parts.len() - 1].span());
        self.check_templates(&parts)?;
        let text = self.text;
        let plain: Vec<(Span, Literal)> = parts
            .iter()
            .filter_map(|part| match part {
                StringPart::Plain(span) => Some((*span, Literal::read(text, *span))),
                StringPart::Formatted(_) => None,
            })
            .collect();
        let bytes = plain.iter().filter(|(_, literal)| literal.is_bytes).count();
        if bytes > 0 && bytes < parts.len() {
            return Err(cannot_mix(NEXT_TOKEN, "bytes and nonbytes"));
        }
        if bytes > 0 {
            return self.bytes(&plain, span);
        }
        if let ([(_, only)], [_]) = (&plain[..], &parts[..]) {
            let body = &text[only.body.range()];
            if only.is_raw || !body.contains('\\') {
                return self.constant(Constant::Str(stored::stored(body).into()), span.start, span.end);
            }
        }
        let mut pieces = Pieces::new(span);
        let is_formatted = plain.len() < parts.len();
        let mut is_template = false;
        for part in parts {
            match part {
                StringPart::Plain(span) => {
                    let literal = Literal::read(text, span);
                    pieces.decode(&text[literal.body.range()], literal.is_raw, span)?;
                    if !literal.is_raw {
                        self.check_escapes(literal.body, false);
                    }
                }
                StringPart::Formatted(string) => {
                    let prefix = self.prefix(&string);
                    is_template = prefix.is_template;
                    self.format_pieces(&mut pieces, string.pieces, prefix)?;
                }
            }
        }
        if is_template {
            return pieces.into_template(self);
        }
        if is_formatted {
            return pieces.into_joined(self);
        }
        self.constant(Constant::Str(pieces.literal().into()), span.start, span.end)
    }

    /// Refuses to join a t-string with a literal of another kind.
    fn check_templates(&self, parts: &[StringPart]) -> Made<()> {
        let is_template = |part: &StringPart| match part {
            StringPart::Plain(_) => false,
            StringPart::Formatted(string) => self.prefix(string).is_template,
        };
        let first = is_template(&parts[0]);
        let Some(other) = parts.iter().position(|part| is_template(part) != first) else { return Ok(()) };
        let alike = parts[other..].iter().take_while(|part| is_template(part) != first).count();
        let span = parts[0].span().to(parts[other + alike - 1].span());
        Err(cannot_mix(span, "t-string literals with string or bytes"))
    }

    fn bytes(&mut self, literals: &[(Span, Literal)], span: Span) -> Made<Expr> {
        let mut out = Vec::new();
        for &(token, literal) in literals {
            let body = &self.text[literal.body.range()];
            if !body.is_ascii() {
                return Err(refuse(token, "bytes can only contain ASCII literal characters"));
            }
            if literal.is_raw {
                out.extend_from_slice(body.as_bytes());
            } else {
                decode_bytes(body.as_bytes(), &mut out).map_err(|failed| at(failed, token))?;
                self.check_escapes(literal.body, true);
            }
        }
        self.constant(Constant::Bytes(out.into()), span.start, span.end)
    }
}
