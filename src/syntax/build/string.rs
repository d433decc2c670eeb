//! Building string literals: adjacent ones are joined.
//!
//! What a literal stands for is read in `literal.rs`; f-strings are taken apart in `fstring.rs`.

use super::fstring::Pieces;
use super::literal::{Literal, NEXT_TOKEN, decode_bytes};
use super::{Builder, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

impl Builder<'_> {
    /// Makes one expression of adjacent literals.
    pub fn strings(&mut self, tokens: Vec<Span>) -> Made<Expr> {
        let (first, last) = (tokens[0], tokens[tokens.len() - 1]);
        let span = first.to(last);
        let text = self.text;
        let literals: Vec<Literal> = tokens.iter().map(|&token| Literal::read(text, token)).collect();
        let is_bytes = literals[0].is_bytes;
        if literals.iter().any(|literal| literal.is_bytes != is_bytes) {
            return Err(refuse(NEXT_TOKEN, "cannot mix bytes and nonbytes literals"));
        }
        if is_bytes {
            return self.bytes(&tokens, &literals, span);
        }
        if let [only] = literals[..]
            && !only.is_format
        {
            let body = &text[only.body.range()];
            if only.is_raw || !body.contains('\\') {
                return self.constant(Constant::Str(body.into()), span.start, span.end);
            }
        }
        let mut pieces = Pieces::new(span);
        for literal in &literals {
            if literal.is_format {
                self.format_literal(&mut pieces, literal)?;
            } else {
                pieces.decode(&text[literal.body.range()], literal.is_raw)?;
            }
        }
        if literals.iter().any(|literal| literal.is_format) || pieces.has_lone_surrogates() {
            return pieces.into_joined(self);
        }
        self.constant(Constant::Str(pieces.literal().as_str().into()), span.start, span.end)
    }

    fn bytes(&mut self, tokens: &[Span], literals: &[Literal], span: Span) -> Made<Expr> {
        let mut out = Vec::new();
        for (literal, &token) in literals.iter().zip(tokens) {
            let body = &self.text[literal.body.range()];
            if !body.is_ascii() {
                return Err(refuse(token, "bytes can only contain ASCII literal characters"));
            }
            if literal.is_raw {
                out.extend_from_slice(body.as_bytes());
            } else {
                decode_bytes(body.as_bytes(), &mut out)?;
            }
        }
        self.constant(Constant::Bytes(out.into()), span.start, span.end)
    }
}
