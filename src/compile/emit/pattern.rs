//! The `match` statement, by tests and unpacking.
//!
//! A pattern pops the subject on top. Names it captures wait on the stack until the whole pattern
//! has matched, the first captured on top, so a failed pattern binds nothing. A failure jumps to
//! a label that pops as many values as are on the stack by then. Kinds of patterns with several
//! parts are in `pattern_parts.rs`.

use super::expression::constant_of_literal;
use super::generator::Generator;
use super::variable::Access;
use crate::bytecode::{Const, Op};
use crate::compile::assembler::Label;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

/// What is on the stack while a pattern is compiled.
#[derive(Default)]
pub(super) struct Matching {
    /// The names captured so far; their values lie on the stack, the first on top.
    pub stores: Vec<Name>,
    /// Whether a pattern that always matches may stand here.
    pub allows_irrefutable: bool,
    /// The labels to jump to when the pattern fails; the index is the number of values that must be popped
    /// there.
    pub fail_pop: Vec<Label>,
    /// How many values on the stack above the captured ones belong to enclosing patterns.
    pub on_top: u32,
}

impl<'a> Generator<'a> {
    /// Compiles `match subject: cases`.
    pub(super) fn match_(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> Done {
        self.expr(subject)?;
        let end = self.label();
        let (last, first) = cases.split_last().expect("a match has a case");
        let has_default = !first.is_empty() && is_wildcard(&last.pattern);
        let tested = if has_default { first } else { cases };
        for (at, case) in tested.iter().enumerate() {
            let is_last_test = at + 1 == tested.len();
            let span = case.pattern.span;
            if !is_last_test || has_default {
                self.emit(Op::Copy, 1, span);
            }
            let mut matching = Matching {
                allows_irrefutable: case.guard.is_some() || at + 1 == cases.len(),
                ..Matching::default()
            };
            self.pattern(&case.pattern, &mut matching)?;
            for name in std::mem::take(&mut matching.stores) {
                self.name(&name, Access::Store, span)?;
            }
            if let Some(guard) = &case.guard {
                let fail = self.fail_label(&mut matching, 0);
                self.jump_if(guard, false, fail)?;
            }
            if !is_last_test || has_default {
                self.emit(Op::Pop, 0, span);
            }
            self.stmts(&case.body)?;
            self.jump(Op::Jump, end, Span::default());
            self.place_failures(&mut matching, span);
        }
        if has_default {
            self.emit(Op::Pop, 0, last.pattern.span);
            if let Some(guard) = &last.guard {
                self.jump_if(guard, false, end)?;
            }
            self.stmts(&last.body)?;
        }
        self.place(end);
        Ok(())
    }

    /// Compiles a pattern: pops the subject, goes on if it matches.
    pub(super) fn pattern(&mut self, pattern: &'a Pattern, matching: &mut Matching) -> Done {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::MatchValue { value } => {
                self.check_pattern_value(value)?;
                self.expr(value)?;
                self.emit(Op::Equal, 0, span);
                self.fail_unless(matching, span);
                Ok(())
            }
            PatternKind::MatchSingleton { value } => {
                let value = constant_of_literal(value);
                self.unit.asm.load_const(value, span);
                self.emit(Op::Is, 0, span);
                self.fail_unless(matching, span);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.match_sequence(patterns, span, matching),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.match_mapping(keys, patterns, rest.as_ref(), span, matching)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.match_class(cls, patterns, kwd_attrs, kwd_patterns, span, matching)
            }
            PatternKind::MatchStar { name } => self.capture(name.as_ref(), span, matching),
            PatternKind::MatchAs { pattern: None, name } => {
                if !matching.allows_irrefutable {
                    let what = name.as_ref().map_or_else(
                        || "wildcard".to_owned(),
                        |name| format!("name capture '{}'", name.name),
                    );
                    return self.error(format!("{what} makes remaining patterns unreachable"), span);
                }
                self.capture(name.as_ref(), span, matching)
            }
            PatternKind::MatchAs { pattern: Some(pattern), name } => {
                matching.on_top += 1;
                self.emit(Op::Copy, 1, span);
                self.pattern(pattern, matching)?;
                matching.on_top -= 1;
                self.capture(name.as_ref(), span, matching)
            }
            PatternKind::MatchOr { patterns } => self.match_or(patterns, span, matching),
        }
    }

    /// Refuses a value that is neither a literal nor an attribute.
    pub(super) fn check_pattern_value(&self, value: &Expr) -> Done {
        let is_allowed = matches!(
            value.kind,
            ExprKind::UnaryOp { .. }
                | ExprKind::BinOp { .. }
                | ExprKind::Constant { .. }
                | ExprKind::Attribute { .. }
        );
        if is_allowed {
            Ok(())
        } else {
            self.error("patterns may only match literals and attribute lookups", value.span)
        }
    }

    /// Compiles a pattern inside another, where one that always matches is allowed.
    pub(super) fn subpattern(&mut self, pattern: &'a Pattern, matching: &mut Matching) -> Done {
        let outer = std::mem::replace(&mut matching.allows_irrefutable, true);
        self.pattern(pattern, matching)?;
        matching.allows_irrefutable = outer;
        Ok(())
    }

    /// Captures the value on top as `name`: moves it below the values of the enclosing patterns.
    /// Without a name it is dropped.
    pub(super) fn capture(&mut self, name: Option<&Identifier>, span: Span, matching: &mut Matching) -> Done {
        let Some(name) = name else {
            self.emit(Op::Pop, 0, span);
            return Ok(());
        };
        self.check_capture(&name.name, span, matching)?;
        self.rotate(matching.on_top + matching.stores.len() as u32 + 1, span);
        matching.stores.push(name.name.clone());
        Ok(())
    }

    fn check_capture(&self, name: &Name, span: Span, matching: &Matching) -> Done {
        if matching.stores.contains(name) {
            return self.error(format!("multiple assignments to name '{name}' in pattern"), span);
        }
        Ok(())
    }

    /// Moves the value on top below the `count - 1` values under it.
    fn rotate(&mut self, count: u32, span: Span) {
        for depth in (2..=count).rev() {
            self.emit(Op::Swap, depth, span);
        }
    }

    /// Returns the label of the code that pops `pops` values and goes on with what is tried next.
    /// That is the next case, or the next alternative of an `|` pattern.
    fn fail_label(&mut self, matching: &mut Matching, pops: usize) -> Label {
        while matching.fail_pop.len() <= pops {
            let label = self.label();
            matching.fail_pop.push(label);
        }
        matching.fail_pop[pops]
    }

    /// Emits the jump `op` to the code for a pattern that does not match (see `fail_label`).
    fn fail(&mut self, op: Op, span: Span, matching: &mut Matching) {
        let pops = matching.on_top as usize + matching.stores.len();
        let label = self.fail_label(matching, pops);
        self.jump(op, label, span);
    }

    /// Emits the code that pops a truth value; if it is false, the pattern does not match.
    pub(super) fn fail_unless(&mut self, matching: &mut Matching, span: Span) {
        self.fail(Op::PopJumpIfFalse, span, matching);
    }

    /// Emits the code to which a pattern that does not match jumps.
    /// It has one pop for each value that the pattern may have left on the stack; a label for each number of values.
    fn place_failures(&mut self, matching: &mut Matching, span: Span) {
        let labels = std::mem::take(&mut matching.fail_pop);
        for (pops, label) in labels.into_iter().enumerate().rev() {
            self.place(label);
            if pops > 0 {
                self.emit(Op::Pop, 0, span);
            }
        }
    }

    fn match_or(&mut self, patterns: &'a [Pattern], span: Span, matching: &mut Matching) -> Done {
        let end = self.label();
        let mut control: Vec<Name> = Vec::new();
        for (at, pattern) in patterns.iter().enumerate() {
            let mut inner = Matching {
                allows_irrefutable: at + 1 == patterns.len() && matching.allows_irrefutable,
                ..Matching::default()
            };
            self.emit(Op::Copy, 1, pattern.span);
            self.pattern(pattern, &mut inner)?;
            if at == 0 {
                control = inner.stores.clone();
            } else {
                self.reorder(&control, &mut inner.stores, pattern.span)?;
            }
            self.jump(Op::Jump, end, Span::default());
            self.place_failures(&mut inner, pattern.span);
        }
        // None of them matches: drop the copy of the subject and fail.
        self.emit(Op::Pop, 0, span);
        self.fail(Op::Jump, span, matching);
        self.place(end);
        let rotations = control.len() as u32 + 1 + matching.on_top + matching.stores.len() as u32;
        for name in control {
            self.check_capture(&name, span, matching)?;
            self.rotate(rotations, span);
            matching.stores.push(name);
        }
        self.emit(Op::Pop, 0, span);
        Ok(())
    }

    /// Brings the captured names of an alternative into the order of the first alternative's.
    fn reorder(&mut self, control: &[Name], stores: &mut [Name], span: Span) -> Done {
        if control.len() != stores.len() {
            return self.error("alternative patterns bind different names", span);
        }
        for wanted in (0..control.len()).rev() {
            let Some(found) = stores.iter().position(|name| *name == control[wanted]) else {
                return self.error("alternative patterns bind different names", span);
            };
            if found < wanted {
                for _ in 0..=found {
                    self.rotate(wanted as u32 + 1, span);
                }
                stores[..=wanted].rotate_left(found + 1);
            }
        }
        Ok(())
    }

    /// Emits a comparison of the length of the subject with a number, failing unless it holds.
    pub(super) fn check_length(&mut self, op: Op, length: usize, span: Span, matching: &mut Matching) {
        self.emit(Op::GetLen, 0, span);
        self.unit.asm.load_const(Const::Int(length as i64), span);
        self.emit(op, 0, span);
        self.fail_unless(matching, span);
    }
}

/// Says whether a pattern is `_`.
pub(super) fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { pattern: None, name: None })
}
