//! Building the patterns of `match`.

use super::{Builder, Listing, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

/// One item of a mapping pattern.
pub enum MappingItem {
    /// `key: pattern`.
    Pair(Expr, Pattern),
    /// `**name`.
    Rest(Identifier),
}

/// One argument of a class pattern.
pub enum PatternArgument {
    /// `pattern`.
    Positional(Pattern),
    /// `name=pattern`.
    Keyword(Identifier, Pattern),
}

/// Makes `case pattern if guard: body`.
pub fn match_case(pattern: Pattern, guard: Option<Expr>, body: Vec<Stmt>) -> MatchCase {
    MatchCase { pattern, guard, body }
}

/// Turns the wildcard into no name.
fn captured(name: Identifier) -> Option<Identifier> {
    (&*name.name != "_").then_some(name)
}

impl Builder<'_> {
    /// Makes the pattern of a `case`: one, or a sequence without brackets.
    pub fn open_pattern(&mut self, l: u32, items: Listing<Pattern>, r: u32) -> Made<Pattern> {
        match items.into_only() {
            Ok(only) if matches!(only.kind, PatternKind::MatchStar { .. }) => {
                Err(refuse(Span::new(r, r + 1), "invalid syntax"))
            }
            Ok(only) => Ok(only),
            Err(patterns) => self.sequence_pattern(l, patterns, r),
        }
    }

    /// Makes what stands between parentheses: a pattern, or a sequence.
    pub fn group_pattern(&mut self, l: u32, items: Listing<Pattern>, r: u32) -> Made<Pattern> {
        match items.into_only() {
            Ok(only) if matches!(only.kind, PatternKind::MatchStar { .. }) => {
                Err(refuse(Span::new(r - 1, r), "invalid syntax"))
            }
            Ok(only) => Ok(only),
            Err(patterns) => self.sequence_pattern(l, patterns, r),
        }
    }

    /// Makes a sequence pattern.
    pub fn sequence_pattern(&mut self, l: u32, patterns: Vec<Pattern>, r: u32) -> Made<Pattern> {
        self.pattern(PatternKind::MatchSequence { patterns }, l, r)
    }

    /// Makes `*name`.
    pub fn star_pattern(&mut self, l: u32, name: Identifier, r: u32) -> Made<Pattern> {
        self.pattern(PatternKind::MatchStar { name: captured(name) }, l, r)
    }

    /// Makes `name` or `_`.
    pub fn capture_pattern(&mut self, name: Identifier) -> Made<Pattern> {
        let Span { start, end } = name.span;
        self.pattern(PatternKind::MatchAs { pattern: None, name: captured(name) }, start, end)
    }

    /// Makes a literal or dotted name.
    pub fn value_pattern(&mut self, l: u32, value: Expr, r: u32) -> Made<Pattern> {
        let kind = match value.kind {
            ExprKind::Constant { value: value @ (Constant::None | Constant::True | Constant::False) } => {
                PatternKind::MatchSingleton { value }
            }
            _ => PatternKind::MatchValue { value },
        };
        self.pattern(kind, l, r)
    }

    /// Makes `pattern as name`.
    pub fn as_pattern(&mut self, l: u32, pattern: Pattern, target: Pattern, r: u32) -> Made<Pattern> {
        match target.kind {
            PatternKind::MatchAs { pattern: None, name: Some(name) } => {
                let (pattern, name) = (Some(Box::new(pattern)), Some(name));
                self.pattern(PatternKind::MatchAs { pattern, name }, l, r)
            }
            PatternKind::MatchAs { pattern: None, name: None } => {
                Err(refuse(target.span, "cannot use '_' as a target"))
            }
            kind => {
                let what = match &kind {
                    PatternKind::MatchValue { value } => value.describe(),
                    PatternKind::MatchSingleton { value: Constant::None } => "None",
                    PatternKind::MatchSingleton { value: Constant::True } => "True",
                    PatternKind::MatchSingleton { .. } => "False",
                    PatternKind::MatchClass { .. } => "function call",
                    PatternKind::MatchMapping { .. } => "dict literal",
                    PatternKind::MatchSequence { .. } => {
                        let is_list = self.written(target.span.start, target.span.end).starts_with('[');
                        if is_list { "list" } else { "tuple" }
                    }
                    PatternKind::MatchStar { .. } => "starred",
                    PatternKind::MatchOr { .. } => "expression",
                    PatternKind::MatchAs { .. } => "name",
                };
                Err(refuse(target.span, format!("cannot use {what} as pattern target")))
            }
        }
    }

    /// Makes a mapping pattern; `**rest` comes last.
    pub fn mapping_pattern(&mut self, l: u32, items: Vec<MappingItem>, r: u32) -> Made<Pattern> {
        let (mut keys, mut patterns, mut rest) = (Vec::new(), Vec::new(), None);
        for item in items {
            match item {
                MappingItem::Pair(key, _) if rest.is_some() => {
                    return Err(refuse(key.span, "invalid syntax"));
                }
                MappingItem::Pair(key, pattern) => {
                    keys.push(key);
                    patterns.push(pattern);
                }
                MappingItem::Rest(name) if rest.is_some() => {
                    let stars = Span::new(name.span.start - 2, name.span.start);
                    return Err(refuse(stars, "invalid syntax"));
                }
                MappingItem::Rest(name) if &*name.name == "_" => {
                    return Err(refuse(name.span, "invalid syntax"));
                }
                MappingItem::Rest(name) => rest = Some(name),
            }
        }
        self.pattern(PatternKind::MatchMapping { keys, patterns, rest }, l, r)
    }

    /// Makes a class pattern; its keywords come last.
    pub fn class_pattern(&mut self, l: u32, cls: Expr, args: Vec<PatternArgument>, r: u32) -> Made<Pattern> {
        let (mut patterns, mut kwd_attrs, mut kwd_patterns) = (Vec::new(), Vec::new(), Vec::new());
        for arg in args {
            match arg {
                PatternArgument::Positional(pattern) if !kwd_attrs.is_empty() => {
                    return Err(refuse(pattern.span, "positional patterns follow keyword patterns"));
                }
                PatternArgument::Positional(pattern) => patterns.push(pattern),
                PatternArgument::Keyword(name, pattern) => {
                    kwd_attrs.push(name.name);
                    kwd_patterns.push(pattern);
                }
            }
        }
        let kind = PatternKind::MatchClass { cls: Box::new(cls), patterns, kwd_attrs, kwd_patterns };
        self.pattern(kind, l, r)
    }

    /// Makes `real + imaginary`.
    pub fn complex(&mut self, l: u32, real: Expr, op: Operator, imaginary: Expr, r: u32) -> Made<Expr> {
        if is_imaginary(&real) {
            return Err(refuse(real.span, "real number required in complex literal"));
        }
        if !is_imaginary(&imaginary) {
            return Err(refuse(imaginary.span, "imaginary number required in complex literal"));
        }
        self.binary(l, real, op, imaginary, r)
    }
}

fn is_imaginary(number: &Expr) -> bool {
    match &number.kind {
        ExprKind::UnaryOp { operand, .. } => is_imaginary(operand),
        kind => matches!(kind, ExprKind::Constant { value: Constant::Imaginary(_) }),
    }
}
