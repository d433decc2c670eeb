//! Sequence, mapping and class patterns.
//!
//! See `pattern.rs` for how captured names and failures are kept.

use std::sync::Arc;

use super::expression::constant_of_literal;
use super::generator::Generator;
use super::pattern::{Matching, is_wildcard};
use crate::bytecode::{Const, Op};
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Compiles `[a, *b, c]`.
    pub(super) fn match_sequence(
        &mut self,
        patterns: &'a [Pattern],
        span: Span,
        matching: &mut Matching,
    ) -> Done {
        let is_star = |pattern: &Pattern| matches!(pattern.kind, PatternKind::MatchStar { .. });
        let is_open = |pattern: &Pattern| {
            is_wildcard(pattern) || matches!(pattern.kind, PatternKind::MatchStar { name: None })
        };
        let star = patterns.iter().position(is_star);
        if patterns.iter().filter(|pattern| is_star(pattern)).count() > 1 {
            return self.error("multiple starred names in sequence pattern", span);
        }
        matching.on_top += 1;
        self.emit(Op::MatchSequence, 0, span);
        self.fail_unless(matching, span);
        match star {
            None => self.check_length(Op::Equal, patterns.len(), span, matching),
            Some(_) if patterns.len() > 1 => {
                self.check_length(Op::GreaterEqual, patterns.len() - 1, span, matching)
            }
            Some(_) => {}
        }
        matching.on_top -= 1;
        match star {
            _ if patterns.iter().all(is_open) => self.emit(Op::Pop, 0, span),
            Some(star) if is_open(&patterns[star]) => self.match_items(patterns, star, span, matching)?,
            _ => self.match_unpacked(patterns, star, span, matching)?,
        }
        Ok(())
    }

    fn match_unpacked(
        &mut self,
        patterns: &'a [Pattern],
        star: Option<usize>,
        span: Span,
        matching: &mut Matching,
    ) -> Done {
        match star {
            None => self.emit(Op::UnpackSequence, patterns.len() as u32, span),
            Some(before) => {
                let after = patterns.len() - before - 1;
                if before > 0xff || after > 0xffff {
                    return self.error("too many expressions in star-unpacking sequence pattern", span);
                }
                self.emit(Op::UnpackEx, before as u32 | (after as u32) << 16, span);
            }
        }
        self.match_each(patterns.iter(), patterns.len(), matching)
    }

    /// Matches the `count` values on top of the stack against patterns; the first value is on top.
    fn match_each(
        &mut self,
        patterns: impl Iterator<Item = &'a Pattern>,
        count: usize,
        matching: &mut Matching,
    ) -> Done {
        matching.on_top += count as u32;
        for pattern in patterns {
            matching.on_top -= 1;
            self.subpattern(pattern, matching)?;
        }
        Ok(())
    }

    /// Matches items by their index, for a pattern whose starred part captures nothing.
    fn match_items(
        &mut self,
        patterns: &'a [Pattern],
        star: usize,
        span: Span,
        matching: &mut Matching,
    ) -> Done {
        matching.on_top += 1;
        for (at, pattern) in patterns.iter().enumerate() {
            if at == star || is_wildcard(pattern) {
                continue;
            }
            self.emit(Op::Copy, 1, span);
            if at < star {
                self.unit.asm.load_const(Const::Int(at as i64), span);
            } else {
                self.emit(Op::GetLen, 0, span);
                self.unit.asm.load_const(Const::Int((patterns.len() - at) as i64), span);
                self.emit(Op::Subtract, 0, span);
            }
            self.emit(Op::Subscript, 0, span);
            self.subpattern(pattern, matching)?;
        }
        matching.on_top -= 1;
        self.emit(Op::Pop, 0, span);
        Ok(())
    }

    /// Compiles `{key: pattern, **rest}`.
    pub(super) fn match_mapping(
        &mut self,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&'a Identifier>,
        span: Span,
        matching: &mut Matching,
    ) -> Done {
        matching.on_top += 1;
        self.emit(Op::MatchMapping, 0, span);
        self.fail_unless(matching, span);
        if keys.is_empty() && rest.is_none() {
            matching.on_top -= 1;
            self.emit(Op::Pop, 0, span);
            return Ok(());
        }
        if !keys.is_empty() {
            self.check_length(Op::GreaterEqual, keys.len(), span, matching);
        }
        for (at, key) in keys.iter().enumerate() {
            self.check_pattern_value(key)?;
            let repeats = |other: &Expr| match (&key.kind, &other.kind) {
                (ExprKind::Constant { value: one, .. }, ExprKind::Constant { value: other, .. }) => {
                    are_equal(&constant_of_literal(one), &constant_of_literal(other))
                }
                _ => false,
            };
            if keys[..at].iter().any(repeats) {
                let key = self.source.slice(key.span);
                return self.error(format!("mapping pattern checks duplicate key ({key})"), span);
            }
            self.expr(key)?;
        }
        self.emit(Op::BuildTuple, keys.len() as u32, span);
        self.emit(Op::MatchKeys, 0, span);
        matching.on_top += 2;
        self.fail_if_none(span, matching);
        self.emit(Op::UnpackSequence, keys.len() as u32, span);
        matching.on_top -= 1;
        self.match_each(patterns.iter(), keys.len(), matching)?;
        matching.on_top -= 2;
        match rest {
            Some(rest) => self.capture_rest(rest, keys.len() as u32, span, matching),
            None => {
                self.emit(Op::Pop, 0, span);
                self.emit(Op::Pop, 0, span);
                Ok(())
            }
        }
    }

    /// Captures a dict of the items that `keys` did not match; on the stack are `subject keys`.
    fn capture_rest(&mut self, rest: &Identifier, keys: u32, span: Span, matching: &mut Matching) -> Done {
        self.emit(Op::Swap, 2, span);
        self.emit(Op::BuildDict, 0, span);
        self.emit(Op::Swap, 2, span);
        self.emit(Op::DictUpdate, 0, span);
        self.emit(Op::Swap, 2, span);
        self.emit(Op::UnpackSequence, keys, span);
        for left in (1..=keys).rev() {
            self.emit(Op::Copy, 1 + left, span);
            self.emit(Op::Swap, 2, span);
            self.emit(Op::DeleteSubscript, 0, span);
        }
        self.capture(Some(rest), span, matching)
    }

    /// Jumps to the failure label if the value on top is `None`; otherwise it stays.
    fn fail_if_none(&mut self, span: Span, matching: &mut Matching) {
        self.emit(Op::Copy, 1, span);
        self.unit.asm.load_const(Const::None, span);
        self.emit(Op::IsNot, 0, span);
        self.fail_unless(matching, span);
    }

    /// Compiles `cls(patterns, attr=pattern)`.
    pub(super) fn match_class(
        &mut self,
        cls: &'a Expr,
        patterns: &'a [Pattern],
        attrs: &'a [Name],
        attr_patterns: &'a [Pattern],
        span: Span,
        matching: &mut Matching,
    ) -> Done {
        for (at, attr) in attrs.iter().enumerate() {
            if attrs[..at].contains(attr) {
                let message = format!("attribute name repeated in class pattern: {attr}");
                return self.error(message, attr_patterns[at].span);
            }
        }
        self.expr(cls)?;
        let names: Arc<[Const]> = attrs.iter().map(|attr| Const::Str(attr.clone())).collect();
        self.unit.asm.load_const(Const::Tuple(names), span);
        self.emit(Op::MatchClass, patterns.len() as u32, span);
        matching.on_top += 1;
        self.fail_if_none(span, matching);
        let count = patterns.len() + attrs.len();
        self.emit(Op::UnpackSequence, count as u32, span);
        matching.on_top -= 1;
        self.match_each(patterns.iter().chain(attr_patterns), count, matching)
    }
}

/// Whether two keys of a mapping are the same key, as `0`, `False` and `0.0` are.
fn are_equal(one: &Const, other: &Const) -> bool {
    let number = |value: &Const| match *value {
        Const::True => Some((1.0, 0.0)),
        Const::False => Some((0.0, 0.0)),
        // Beyond 53 bits an integer is compared as itself.
        Const::Int(value) if value.unsigned_abs() < 1 << 53 => Some((value as f64, 0.0)),
        Const::Float(value) => Some((value, 0.0)),
        Const::Complex(real, imag) => Some((real, imag)),
        _ => None,
    };
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}
