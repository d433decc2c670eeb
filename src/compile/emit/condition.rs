//! Jumps on conditions, and chained comparisons.
//!
//! `and`, `or`, `not`, conditional expressions and chains jump straight to where their outcome
//! leads; no truth value is made.

use super::expression::compare_op;
use super::generator::Generator;
use crate::bytecode::{Const, Op};
use crate::compile::assembler::Label;
use crate::compile::fold;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

/// Where a conditional jump leads.
#[derive(Clone, Copy)]
struct Goal {
    label: Label,
    /// Whether the label comes before the jump.
    is_back: bool,
}

impl<'a> Generator<'a> {
    /// Jumps forward if the truth of `test` is `wanted`, else goes on.
    pub(super) fn jump_if(&mut self, test: &'a Expr, wanted: bool, label: Label) -> Done {
        self.branch(test, wanted, Goal { label, is_back: false })
    }

    /// Jumps back if `test` is true, else goes on.
    pub(super) fn jump_back_if(&mut self, test: &'a Expr, label: Label) -> Done {
        self.branch(test, true, Goal { label, is_back: true })
    }

    fn branch(&mut self, test: &'a Expr, wanted: bool, goal: Goal) -> Done {
        if let ExprKind::Compare { left, ops, comparators } = &test.kind {
            self.check_comparison(left, ops, comparators, test.span);
        }
        match &test.kind {
            ExprKind::UnaryOp { op: UnaryOperator::Not, operand } => self.branch(operand, !wanted, goal),
            ExprKind::BoolOp { op, values } => self.branch_on_bool_op(*op, values, wanted, goal),
            ExprKind::IfExp { test, body, orelse } => {
                let (otherwise, end) = (self.label(), self.label());
                self.jump_if(test, false, otherwise)?;
                self.branch(body, wanted, goal)?;
                self.jump(Op::Jump, end, Span::default());
                self.place(otherwise);
                self.branch(orelse, wanted, goal)?;
                self.place(end);
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                self.branch_on_chain(left, ops, comparators, test.span, wanted, goal)
            }
            ExprKind::Compare { left, ops, comparators } if !goal.is_back && is_none(&comparators[0]) => {
                let jump_on_none = match ops[0] {
                    CompareOperator::Is => wanted,
                    CompareOperator::IsNot => !wanted,
                    _ => return self.branch_on_value(test, wanted, goal),
                };
                self.expr(left)?;
                let op = if jump_on_none { Op::PopJumpIfNone } else { Op::PopJumpIfNotNone };
                self.jump(op, goal.label, test.span);
                Ok(())
            }
            _ => match constant_truth(test, self.optimize) {
                Some(truth) if truth == wanted => {
                    self.emit(Op::BeginLine, 0, test.span);
                    self.jump(
                        if goal.is_back { Op::JumpBack } else { Op::Jump },
                        goal.label,
                        Span::default(),
                    );
                    Ok(())
                }
                Some(_) => {
                    if !goal.is_back {
                        self.emit(Op::BeginLine, 0, test.span);
                    }
                    Ok(())
                }
                None => self.branch_on_value(test, wanted, goal),
            },
        }
    }

    fn branch_on_value(&mut self, test: &'a Expr, wanted: bool, goal: Goal) -> Done {
        self.expr(test)?;
        self.pop_jump(wanted, goal, test.span);
        Ok(())
    }

    fn pop_jump(&mut self, wanted: bool, goal: Goal, span: Span) {
        let op = match (wanted, goal.is_back) {
            (true, false) => Op::PopJumpIfTrue,
            (false, false) => Op::PopJumpIfFalse,
            (true, true) => Op::PopJumpBackIfTrue,
            (false, true) => Op::PopJumpBackIfFalse,
        };
        self.jump(op, goal.label, span);
    }

    fn branch_on_bool_op(&mut self, op: BoolOperator, values: &'a [Expr], wanted: bool, goal: Goal) -> Done {
        let (last, first) = values.split_last().expect("a boolean operation has operands");
        // `and` is decided early by a false operand, `or` by a true one.
        let decided = op == BoolOperator::Or;
        if decided == wanted {
            first.iter().try_for_each(|value| self.branch(value, decided, goal))?;
            return self.branch(last, wanted, goal);
        }
        let end = self.label();
        first.iter().try_for_each(|value| self.jump_if(value, decided, end))?;
        self.branch(last, wanted, goal)?;
        self.place(end);
        Ok(())
    }

    fn branch_on_chain(
        &mut self,
        left: &'a Expr,
        ops: &[CompareOperator],
        comparators: &'a [Expr],
        span: Span,
        wanted: bool,
        goal: Goal,
    ) -> Done {
        let (cleanup, end) = (self.label(), self.label());
        self.expr(left)?;
        let last = ops.len() - 1;
        if comparators[..last].iter().all(|comparator| self.can_be_loaded_again(comparator)) {
            let (jump, fail) = match (wanted, goal.is_back) {
                (true, _) => (Op::PopJumpIfFalse, end),
                (false, false) => (Op::PopJumpIfFalse, goal.label),
                (false, true) => (Op::PopJumpBackIfFalse, goal.label),
            };
            self.reloading_chain(&ops[..last], comparators, jump, fail, span)?;
            self.comparator(ops[last], &comparators[last])?;
            self.emit(compare_op(ops[last]), 0, span);
            self.pop_jump(wanted, goal, span);
            self.place(end);
            return Ok(());
        }
        for (op, comparator) in ops[..last].iter().zip(comparators) {
            self.compare_and_keep(*op, comparator, span)?;
            self.jump(Op::PopJumpIfFalse, cleanup, span);
        }
        self.comparator(ops[last], &comparators[last])?;
        self.emit(compare_op(ops[last]), 0, span);
        self.pop_jump(wanted, goal, span);
        self.jump(Op::Jump, end, Span::default());
        self.place(cleanup);
        self.emit(Op::Pop, 0, span);
        if !wanted {
            self.jump(if goal.is_back { Op::JumpBack } else { Op::Jump }, goal.label, span);
        }
        self.place(end);
        Ok(())
    }

    /// Tells whether a value may be loaded a second time instead of being kept: it is a constant, or a local
    /// that comparing cannot change.
    fn can_be_loaded_again(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Constant { .. } => true,
            ExprKind::Name { id } => self.is_local(&self.mangled(id)),
            _ => false,
        }
    }

    /// Compiles a chain of comparisons whose middle operands are loaded twice; the last result is left on top.
    fn reloading_chain(
        &mut self,
        ops: &[CompareOperator],
        comparators: &'a [Expr],
        jump: Op,
        fail: Label,
        span: Span,
    ) -> Done {
        for (op, comparator) in ops.iter().zip(comparators) {
            self.expr(comparator)?;
            self.emit(compare_op(*op), 0, span);
            self.jump(jump, fail, span);
            self.expr(comparator)?;
        }
        Ok(())
    }

    /// Compares the value on top with `comparator`, which stays below the result.
    fn compare_and_keep(&mut self, op: CompareOperator, comparator: &'a Expr, span: Span) -> Done {
        self.expr(comparator)?;
        self.emit(Op::Swap, 2, span);
        self.emit(Op::Copy, 2, span);
        self.emit(compare_op(op), 0, span);
        Ok(())
    }

    /// Compiles a comparison for its value.
    pub(super) fn compare(
        &mut self,
        left: &'a Expr,
        ops: &[CompareOperator],
        comparators: &'a [Expr],
        span: Span,
    ) -> Done {
        self.expr(left)?;
        let last = ops.len() - 1;
        if last == 0 {
            self.comparator(ops[0], &comparators[0])?;
            self.emit(compare_op(ops[0]), 0, span);
            return Ok(());
        }
        let (cleanup, end) = (self.label(), self.label());
        if comparators[..last].iter().all(|comparator| self.can_be_loaded_again(comparator)) {
            self.reloading_chain(&ops[..last], comparators, Op::JumpIfFalseOrPop, end, span)?;
            self.comparator(ops[last], &comparators[last])?;
            self.emit(compare_op(ops[last]), 0, span);
            self.place(end);
            return Ok(());
        }
        for (op, comparator) in ops[..last].iter().zip(comparators) {
            self.compare_and_keep(*op, comparator, span)?;
            self.jump(Op::JumpIfFalseOrPop, cleanup, span);
        }
        self.comparator(ops[last], &comparators[last])?;
        self.emit(compare_op(ops[last]), 0, span);
        self.jump(Op::Jump, end, Span::default());
        self.place(cleanup);
        self.emit(Op::Swap, 2, span);
        self.emit(Op::Pop, 0, span);
        self.place(end);
        Ok(())
    }

    /// Compiles the right operand of a comparison; a display of constants after `in` is a constant.
    fn comparator(&mut self, op: CompareOperator, comparator: &'a Expr) -> Done {
        if matches!(op, CompareOperator::In | CompareOperator::NotIn) {
            let items = match &comparator.kind {
                ExprKind::List { elts } => self.constants(elts).map(Const::Tuple),
                ExprKind::Set { elts } => self.constants(elts).map(Const::FrozenSet),
                _ => None,
            };
            if let Some(items) = items {
                self.unit.asm.load_const(items, comparator.span);
                return Ok(());
            }
        }
        self.expr(comparator)
    }
}

/// Says whether an expression is `None`.
fn is_none(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Constant { value: Constant::None })
}

/// Returns the truth of an expression that is a constant.
pub(super) fn constant_truth(expr: &Expr, optimize: u8) -> Option<bool> {
    match &expr.kind {
        ExprKind::Constant { value } => match value {
            Constant::None | Constant::False => Some(false),
            Constant::True | Constant::Ellipsis | Constant::BigInt { .. } => Some(true),
            Constant::Int(value) => Some(*value != 0),
            Constant::Float(value) => fold::truth(&Const::Float(*value)),
            Constant::Imaginary(imag) => fold::truth(&Const::Complex(0.0, *imag)),
            Constant::Complex(real, imag) => fold::truth(&Const::Complex(*real, *imag)),
            Constant::Tuple(items) | Constant::FrozenSet(items) => Some(!items.is_empty()),
            Constant::Str(text) => Some(!text.is_empty()),
            Constant::Bytes(bytes) => Some(!bytes.is_empty()),
        },
        ExprKind::UnaryOp { op: UnaryOperator::Not, operand } => {
            constant_truth(operand, optimize).map(|truth| !truth)
        }
        ExprKind::Name { id } if &**id == "__debug__" => Some(optimize == 0),
        _ => None,
    }
}

/// Returns where the last comparison of a condition stands.
pub(super) fn last_comparison(test: &Expr) -> Option<Span> {
    match &test.kind {
        ExprKind::Compare { .. } => Some(test.span),
        ExprKind::UnaryOp { op: UnaryOperator::Not, operand } => last_comparison(operand),
        ExprKind::BoolOp { values, .. } => values.iter().rev().find_map(last_comparison),
        ExprKind::IfExp { test, body, orelse } => {
            last_comparison(orelse).or_else(|| last_comparison(body)).or_else(|| last_comparison(test))
        }
        _ => None,
    }
}
