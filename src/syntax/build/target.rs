//! What may be assigned to, deleted, looped over: targets are parsed as expressions, then checked.

use super::{Builder, Listing, Made, refuse};
use crate::syntax::tree::*;

/// Where a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetOf {
    /// `=`, `with … as`.
    Assign,
    /// `del`.
    Delete,
    /// `for`.
    For,
}

/// Finds the part of an expression that cannot be a target (CPython: _PyPegen_get_invalid_target).
pub fn wrong_part(expr: &Expr, of: TargetOf) -> Option<&Expr> {
    match &expr.kind {
        ExprKind::List { elts } | ExprKind::Tuple { elts } => elts.iter().find_map(|elt| wrong_part(elt, of)),
        ExprKind::Starred { value } if of != TargetOf::Delete => wrong_part(value, of),
        ExprKind::Name { .. } | ExprKind::Subscript { .. } | ExprKind::Attribute { .. } => None,
        // What a loop goes over was taken for the right side of a comparison.
        ExprKind::Compare { left, ops, .. } if of == TargetOf::For => {
            if ops[0] == CompareOperator::In {
                wrong_part(left, of)
            } else {
                None
            }
        }
        _ => Some(expr),
    }
}

/// Checks that an expression can be a target.
pub fn check(expr: &Expr, of: TargetOf) -> Made<()> {
    match wrong_part(expr, of) {
        None => Ok(()),
        Some(part) => {
            let verb = if of == TargetOf::Delete { "delete" } else { "assign to" };
            Err(refuse(part.span, format!("cannot {verb} {}", part.describe())))
        }
    }
}

/// Checks the first target of an assignment, for which CPython guesses that `==` was meant.
///
/// It looks at the expression just before the first `=`: the last one of a list without brackets.
pub fn check_first(first: &Expr, l: u32, more: &[Expr], value: &Expr) -> Made<()> {
    let Some(part) = wrong_part(first, TargetOf::Assign) else { return Ok(()) };
    let refused = || Err(refuse(part.span, format!("cannot assign to {}", part.describe())));
    let (guessed, start) = match &first.kind {
        ExprKind::Tuple { elts } if is_bare_tuple(first) => {
            let last = elts.last().expect("a tuple without parentheses is not empty");
            (last, last.span.start)
        }
        _ => (first, l),
    };
    let next = more.first().unwrap_or(value);
    let (next, is_whole) = match &next.kind {
        ExprKind::Tuple { elts } if is_bare_tuple(next) => (&elts[0], false),
        _ => (next, true),
    };
    let operand = first_operand(next);
    // Another `=` right after the operand forbids the guess.
    let equal_follows = !more.is_empty() && is_whole && std::ptr::eq(operand, next);
    if equal_follows || !is_operand(operand) {
        return refused();
    }
    let in_parentheses = guessed.span.start != start;
    if matches!(guessed.kind, ExprKind::Name { .. }) && !in_parentheses {
        let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
        return Err(refuse(guessed.span.to(operand.span), message));
    }
    if wrong_part(guessed, TargetOf::Assign).is_none() || !(in_parentheses || may_be_compared(guessed)) {
        return refused();
    }
    let what = guessed.describe();
    Err(refuse(guessed.span, format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?")))
}

/// Says whether a tuple is written without parentheses.
fn is_bare_tuple(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Tuple { elts } => elts.first().is_some_and(|elt| elt.span.start == expr.span.start),
        _ => false,
    }
}

/// Says whether CPython guesses that an expression before `=` was meant to be compared.
pub fn may_be_compared(expr: &Expr) -> bool {
    let is_display =
        matches!(expr.kind, ExprKind::List { .. } | ExprKind::Tuple { .. } | ExprKind::GeneratorExp { .. });
    let is_word =
        matches!(expr.kind, ExprKind::Constant { value: Constant::None | Constant::True | Constant::False });
    is_operand(expr) && !is_display && !is_word
}

/// Returns the operand that an expression begins with.
fn first_operand(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Compare { left, .. } => first_operand(left),
        ExprKind::BoolOp { values, .. } => first_operand(&values[0]),
        ExprKind::IfExp { body, .. } => first_operand(body),
        _ => expr,
    }
}

/// Says whether an expression binds at least as tightly as `|`.
fn is_operand(expr: &Expr) -> bool {
    !matches!(
        expr.kind,
        ExprKind::Compare { .. }
            | ExprKind::BoolOp { .. }
            | ExprKind::UnaryOp { op: UnaryOperator::Not, .. }
            | ExprKind::IfExp { .. }
            | ExprKind::Lambda { .. }
            | ExprKind::Starred { .. }
            | ExprKind::Yield { .. }
            | ExprKind::YieldFrom { .. }
    )
}

impl Builder<'_> {
    /// Makes the target of a `for`.
    pub fn for_target(&mut self, l: u32, items: Listing<Expr>, r: u32) -> Made<Expr> {
        let target = self.tuple_or_only(l, items, r)?;
        check(&target, TargetOf::For)?;
        Ok(target)
    }
}
