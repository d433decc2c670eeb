//! Building type parameters and `type` statements.

use super::{Builder, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

/// Makes a type parameter. The bound comes with the place of its colon.
pub fn type_param(
    l: u32,
    kind: TypeParamKind,
    name: Identifier,
    bound: Option<(u32, Expr)>,
    default: Option<Expr>,
    r: u32,
) -> TypeParam {
    let bound = bound.map(|(_, bound)| bound);
    TypeParam { name, kind, bound, default, span: Span::new(l, r) }
}

/// Makes a type parameter of a kind that has no bound.
pub fn type_param_without_bound(
    l: u32,
    kind: TypeParamKind,
    name: Identifier,
    bound: Option<(u32, Expr)>,
    default: Option<Expr>,
    r: u32,
) -> Made<TypeParam> {
    if let Some((colon, bound)) = bound {
        let what = if matches!(bound.kind, ExprKind::Tuple { .. }) { "constraints" } else { "bound" };
        let whom = if kind == TypeParamKind::ParamSpec { "ParamSpec" } else { "TypeVarTuple" };
        let message = format!("cannot use {what} with {whom}");
        return Err(refuse(Span::new(colon, bound.span.end), message));
    }
    Ok(type_param(l, kind, name, None, default, r))
}

/// Refuses brackets without type parameters, before the one that closes.
pub fn no_type_params(r: u32) -> Made<Vec<TypeParam>> {
    Err(refuse(Span::at(r - 1), "Type parameter list cannot be empty"))
}

impl Builder<'_> {
    /// Makes a `type` statement.
    pub fn type_alias(
        &mut self,
        l: u32,
        name: Identifier,
        type_params: Vec<TypeParam>,
        value: Expr,
        r: u32,
    ) -> Made<Stmt> {
        self.stmt(StmtKind::TypeAlias { name, type_params, value: Box::new(value) }, l, r)
    }
}
