//! Collects the symbols of scopes whose expressions are evaluated when somebody asks for them: annotations.
//!
//! All annotations of a module or class are in one scope inside it, those of a function in one beside it. Such a scope
//! sees the names of the class around it. The annotations of local variables are never evaluated; their scope is there
//! for what may not stand in it.

use super::declare::{Declarer, Done};
use super::declare_expr::all_params;
use crate::compile::scope::{ANNOTATION, Part, ScopeId, ScopeKind, Uses, node_key};
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
