//! Collects the symbols of scopes whose expressions are evaluated when somebody asks for them: annotations, the bounds and
//! defaults of type parameters, the values of type aliases; and of the scopes that bind type parameters.
//!
//! All annotations of a module or class are in one scope inside it, those of a function in one beside it. Such a scope
//! sees the names of the class around it. The annotations of local variables are never evaluated; their scope is there
//! for what may not stand in it.

use super::declare::{Declarer, Done, wrong};
use super::declare_expr::all_params;
use crate::compile::scope::{ANNOTATION, Part, ScopeId, ScopeKind, Uses, mangle, node_key};
use crate::syntax::tree::*;

impl Declarer {
    /// Walks the annotation of a variable of the current scope.
    pub(super) fn annotation_of_variable(&mut self, annotation: &Expr) -> Done {
        let (node, kind) = {
            let around = self.table.scope(self.current);
            (around.node, around.kind)
        };
        let is_unevaluated = kind.is_function();
        let scope = match self.table.of_part(node, Part::Annotations) {
            // That of a function belongs to its parameters.
            Some(known) if !is_unevaluated => known,
            _ if is_unevaluated => self.open_lazy(node_key(annotation), Part::Annotations, ANNOTATION),
            _ => self.open_lazy(node, Part::Annotations, ANNOTATION),
        };
        self.table.scope_mut(scope).is_unevaluated = is_unevaluated;
        if kind == ScopeKind::Class && self.is_conditional {
            self.table.scope_mut(scope).mention(&"__conditional_annotations__".into(), Uses::USED);
        }
        self.inside_scope(scope, |inner| inner.expr(annotation))
    }

    /// Walks the annotations of a function: those of its parameters and of its result.
    pub(super) fn annotations_of_function(&mut self, def: &FunctionDef) -> Done {
        let of_params = all_params(&def.params).filter_map(|param| param.annotation.as_deref());
        let mut all = of_params.chain(&def.returns).peekable();
        if all.peek().is_none() {
            return Ok(());
        }
        let scope = self.open_lazy(node_key(def), Part::Annotations, ANNOTATION);
        self.inside_scope(scope, |inner| all.try_for_each(|annotation| inner.expr(annotation)))
    }

    /// Walks a definition inside a scope that binds its type parameters, if it has any.
    pub(super) fn generic(
        &mut self,
        node: usize,
        params: &[TypeParam],
        walk: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        if params.is_empty() {
            return walk(self);
        }
        let scope = self.open_lazy(node, Part::TypeParams, ScopeKind::Generic);
        self.inside_scope(scope, |inner| {
            params.iter().try_for_each(|param| inner.type_param(param))?;
            walk(inner)
        })
    }

    fn type_param(&mut self, param: &TypeParam) -> Done {
        let name = &param.name.name;
        let mangled = mangle(self.class.as_deref(), name);
        let scope = self.table.scope(self.current);
        if &**name == "__classdict__" {
            let message = format!("reserved name '{name}' cannot be used for type parameter");
            return Err(wrong(message, param.span));
        }
        if scope.binds(&mangled) {
            return Err(wrong(format!("duplicate type parameter '{name}'"), param.span));
        }
        self.mention(name, Uses::ASSIGNED);
        if let Some(bound) = &param.bound {
            let is_tuple = matches!(bound.kind, ExprKind::Tuple { .. });
            let what = if is_tuple { "a TypeVar constraint" } else { "a TypeVar bound" };
            self.lazily(node_key(param), Part::Bound, what, bound)?;
        }
        if let Some(default) = &param.default {
            let what = match param.kind {
                TypeParamKind::TypeVar => "a TypeVar default",
                TypeParamKind::ParamSpec => "a ParamSpec default",
                TypeParamKind::TypeVarTuple => "a TypeVarTuple default",
            };
            self.lazily(node_key(param), Part::Default, what, default)?;
        }
        Ok(())
    }

    /// Walks a `type` statement.
    pub(super) fn type_alias(
        &mut self,
        stmt: &Stmt,
        name: &Identifier,
        params: &[TypeParam],
        value: &Expr,
    ) -> Done {
        self.bind(&name.name);
        self.generic(node_key(stmt), params, |walk| {
            walk.lazily(node_key(stmt), Part::Body, "a type alias", value)
        })
    }

    fn lazily(&mut self, node: usize, part: Part, what: &'static str, expr: &Expr) -> Done {
        let scope = self.open_lazy(node, part, ScopeKind::Lazy(what));
        self.inside_scope(scope, |inner| inner.expr(expr))
    }

    /// Opens a scope inside the current one, which sees the names of a class around it.
    fn open_lazy(&mut self, node: usize, part: Part, kind: ScopeKind) -> ScopeId {
        let around = self.table.scope(self.current);
        let sees_class = around.kind == ScopeKind::Class || around.sees_class;
        let id = self.table.open(node, part, kind, Some(self.current));
        let scope = self.table.scope_mut(id);
        scope.sees_class = sees_class;
        if sees_class {
            scope.mention(&"__classdict__".into(), Uses::USED);
        }
        id
    }
}
