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
pub fn check_first(expr: &Expr, only: bool, value: &Expr) -> Made<()> {
    let Some(part) = wrong_part(expr, TargetOf::Assign) else { return Ok(()) };
    let is_literal_name = matches!(&expr.kind, ExprKind::Constant { value: Constant::None | Constant::True });
    let guesses = only && is_operand(expr) && is_operand(value) && !is_literal_name;
    if guesses
        && !matches!(
            expr.kind,
            ExprKind::List { .. } | ExprKind::Tuple { .. } | ExprKind::GeneratorExp { .. }
        )
    {
        let what = expr.describe();
        return Err(refuse(
            expr.span,
            format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?"),
        ));
    }
    Err(refuse(part.span, format!("cannot assign to {}", part.describe())))
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

/// Refuses `*a` where a single value is wanted.
pub fn no_star(expr: &Expr) -> Made<()> {
    match expr.kind {
        ExprKind::Starred { .. } => Err(refuse(expr.span, "can't use starred expression here")),
        _ => Ok(()),
    }
}

impl Builder<'_> {
    /// Makes the target of a `for`.
    pub fn for_target(&mut self, l: u32, items: Listing<Expr>, r: u32) -> Made<Expr> {
        let target = self.tuple_or_only(l, items, r)?;
        check(&target, TargetOf::For)?;
        starred_in_sequence(&target)?;
        Ok(target)
    }
}

/// Checks the stars of a target: one a sequence, and none outside.
pub fn starred_in_sequence(target: &Expr) -> Made<()> {
    if let ExprKind::Starred { .. } = target.kind {
        return Err(refuse(target.span, "starred assignment target must be in a list or tuple"));
    }
    stars_of(target)
}

fn stars_of(target: &Expr) -> Made<()> {
    match &target.kind {
        ExprKind::Starred { value } => stars_of(value),
        ExprKind::List { elts } | ExprKind::Tuple { elts } => {
            let stars = elts.iter().filter(|elt| matches!(elt.kind, ExprKind::Starred { .. }));
            if stars.count() > 1 {
                return Err(refuse(target.span, "multiple starred expressions in assignment"));
            }
            elts.iter().try_for_each(stars_of)
        }
        _ => Ok(()),
    }
}
