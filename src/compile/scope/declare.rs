//! Collects the symbols of every scope: statements.
//!
//! One walk over the tree in the order of the text, so that "used prior to global declaration" is
//! seen. Defaults belong to the scope around a function. Expressions are in `declare_expr.rs`, annotations in
//! `declare_lazy.rs`; `resolve.rs` comes after.

use crate::compile::scope::{
    GENERIC_BASE, Part, ScopeId, ScopeKind, SymbolTable, TYPE_PARAMS, Uses, mangle, node_key,
};
use crate::source::Span;
use crate::syntax::tree::*;
use crate::syntax::{Columns, SyntaxError};

/// What a step of the compiler returns.
pub(in crate::compile) type Done = Result<(), Box<SyntaxError>>;

/// Makes a syntax error.
pub(in crate::compile) fn wrong(message: impl Into<String>, span: Span) -> Box<SyntaxError> {
    // As in CPython, what its compiler refuses is placed by bytes.
    SyntaxError::at(span, message).counting(Columns::Bytes)
}

/// The walk that fills the symbol table.
pub(in crate::compile) struct Declarer {
    pub(in crate::compile) table: SymbolTable,
    pub(in crate::compile) current: ScopeId,
    /// The innermost class, for private names.
    pub(in crate::compile) class: Option<Name>,
    /// How many iterables of comprehensions the walk is inside of.
    pub(in crate::compile) inside_iterables: u32,
    /// Whether names being bound are iteration variables of a comprehension.
    pub(in crate::compile) is_iteration_target: bool,
    /// Whether the statements being walked may be skipped, within their scope.
    pub(in crate::compile) is_conditional: bool,
}

/// Declares every symbol of a module.
pub(in crate::compile) fn declare(module: &Module) -> Result<SymbolTable, Box<SyntaxError>> {
    let mut table = SymbolTable::default();
    let current = table.open(node_key(module), Part::Body, ScopeKind::Module, None);
    let mut declarer = Declarer {
        table,
        current,
        class: None,
        inside_iterables: 0,
        is_iteration_target: false,
        is_conditional: false,
    };
    declarer.stmts(&module.body)?;
    declarer.share_globals();
    Ok(declarer.table)
}

impl Declarer {
    /// Makes what any scope declares global a global for the code of the module too, which may run with another
    /// namespace for its own names.
    fn share_globals(&mut self) {
        for id in self.table.ids().skip(1) {
            let symbols = &self.table.scope(id).symbols;
            let declared = symbols.iter().filter(|symbol| symbol.uses.contains(Uses::GLOBAL));
            for name in declared.map(|symbol| symbol.name.clone()).collect::<Vec<_>>() {
                let module = self.table.scope_mut(SymbolTable::MODULE);
                if module.find(&name).is_some() {
                    module.mention(&name, Uses::GLOBAL);
                }
            }
        }
    }

    /// Adds a mention of a name to the current scope.
    pub(in crate::compile) fn mention(&mut self, name: &Name, uses: Uses) {
        let name = mangle(self.class.as_deref(), name);
        self.table.scope_mut(self.current).mention(&name, uses);
    }

    /// Walks what a scope of its own holds.
    pub(in crate::compile) fn inside(
        &mut self,
        node: usize,
        kind: ScopeKind,
        walk: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        let scope = self.table.open(node, Part::Body, kind, Some(self.current));
        self.inside_scope(scope, walk)
    }

    /// Walks what belongs to a scope that is open.
    pub(in crate::compile) fn inside_scope(
        &mut self,
        scope: ScopeId,
        walk: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        let outer = std::mem::replace(&mut self.current, scope);
        let iterables = std::mem::take(&mut self.inside_iterables);
        let conditional = std::mem::take(&mut self.is_conditional);
        let done = walk(self);
        self.is_conditional = conditional;
        self.inside_iterables = iterables;
        self.current = outer;
        done
    }

    /// Walks statements that may be skipped.
    fn conditionally(&mut self, walk: impl FnOnce(&mut Self) -> Done) -> Done {
        let outer = std::mem::replace(&mut self.is_conditional, true);
        let done = walk(self);
        self.is_conditional = outer;
        done
    }

    pub(in crate::compile) fn stmts(&mut self, body: &[Stmt]) -> Done {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Done {
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def, stmt.span),
            StmtKind::ClassDef(def) => self.class(def),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(stmt, name, type_params, value)
            }
            StmtKind::Return { value } => self.optional(value),
            StmtKind::Delete { targets } => targets.iter().try_for_each(|target| self.target(target)),
            StmtKind::Assign { targets, value } => {
                targets.iter().try_for_each(|target| self.target(target))?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.target(target)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.annotated(target, *simple, value.is_some(), stmt.span)?;
                self.annotation_of_variable(annotation)?;
                self.optional(value)
            }
            StmtKind::For { target, iter, body, orelse, .. } => {
                self.target(target)?;
                self.expr(iter)?;
                self.conditionally(|walk| {
                    walk.stmts(body)?;
                    walk.stmts(orelse)
                })
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.conditionally(|walk| {
                    walk.stmts(body)?;
                    walk.stmts(orelse)
                })
            }
            StmtKind::With { items, body, .. } => {
                for item in items {
                    self.expr(&item.context_expr)?;
                    item.optional_vars.iter().try_for_each(|target| self.target(target))?;
                }
                self.conditionally(|walk| walk.stmts(body))
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                for case in cases {
                    self.pattern(&case.pattern)?;
                    case.guard.iter().try_for_each(|guard| self.expr(guard))?;
                    self.conditionally(|walk| walk.stmts(&case.body))?;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc)?;
                self.optional(cause)
            }
            StmtKind::Try(try_) => self.conditionally(|walk| walk.try_(try_)),
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.optional(msg)
            }
            StmtKind::Import { names } | StmtKind::ImportFrom { names, .. } => self.imported(names),
            StmtKind::Global { names } => {
                names.iter().try_for_each(|name| self.declared(name, Uses::GLOBAL, stmt.span))
            }
            StmtKind::Nonlocal { names } => {
                names.iter().try_for_each(|name| self.declared(name, Uses::NONLOCAL, stmt.span))
            }
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn function(&mut self, def: &FunctionDef, span: Span) -> Done {
        self.mention(&def.name.name, Uses::ASSIGNED);
        self.defaults(&def.params)?;
        def.decorators.iter().try_for_each(|decorator| self.expr(decorator))?;
        self.generic(node_key(def), &def.type_params, |walk| {
            walk.annotations_of_function(def)?;
            walk.inside(node_key(def), ScopeKind::Function, |inner| {
                inner.table.scope_mut(inner.current).is_async = def.is_async;
                inner.params(&def.params, span)?;
                inner.stmts(&def.body)
            })
        })
    }

    fn class(&mut self, def: &ClassDef) -> Done {
        self.mention(&def.name.name, Uses::ASSIGNED);
        def.decorators.iter().try_for_each(|decorator| self.expr(decorator))?;
        let outer = self.class.clone();
        if !def.type_params.is_empty() {
            self.class = Some(def.name.name.clone());
        }
        let done = self.generic(node_key(def), &def.type_params, |walk| {
            walk.class.clone_from(&outer);
            def.bases.iter().try_for_each(|base| walk.expr(base))?;
            def.keywords.iter().try_for_each(|keyword| walk.expr(&keyword.value))?;
            walk.class = Some(def.name.name.clone());
            if !def.type_params.is_empty() {
                walk.mention(&TYPE_PARAMS.into(), Uses::ASSIGNED);
                walk.mention(&GENERIC_BASE.into(), Uses::ASSIGNED);
            }
            walk.inside(node_key(def), ScopeKind::Class, |inner| {
                if !def.type_params.is_empty() {
                    inner.mention(&TYPE_PARAMS.into(), Uses::USED);
                }
                inner.stmts(&def.body)
            })
        });
        self.class = outer;
        done
    }

    fn try_(&mut self, try_: &Try) -> Done {
        self.stmts(&try_.body)?;
        for handler in &try_.handlers {
            handler.type_.iter().try_for_each(|type_| self.expr(type_))?;
            if let Some(name) = &handler.name {
                self.bind(&name.name);
            }
            self.stmts(&handler.body)?;
        }
        self.stmts(&try_.orelse)?;
        self.stmts(&try_.finalbody)
    }

    fn imported(&mut self, names: &[Alias]) -> Done {
        for alias in names {
            if &*alias.name.name == "*" {
                if self.table.scope(self.current).kind != ScopeKind::Module {
                    return Err(wrong("import * only allowed at module level", alias.span));
                }
                continue;
            }
            match &alias.asname {
                Some(name) => self.bind(&name.name),
                None => {
                    let first = alias.name.name.split('.').next().expect("split gives at least one part");
                    self.bind(&first.into());
                }
            }
        }
        Ok(())
    }

    fn annotated(&mut self, target: &Expr, simple: bool, has_value: bool, span: Span) -> Done {
        let ExprKind::Name { id } = &target.kind else { return self.target(target) };
        let name = mangle(self.class.as_deref(), id);
        let scope = self.table.scope(self.current);
        let declared = scope.find(&name).map_or(Uses::empty(), |symbol| symbol.uses);
        if simple
            && scope.kind != ScopeKind::Module
            && let Some(word) = declaration_word(declared)
        {
            return Err(wrong(format!("annotated name '{id}' can't be {word}"), span));
        }
        if simple {
            self.mention(id, Uses::ANNOTATED | Uses::ASSIGNED);
        } else if has_value {
            self.mention(id, Uses::ASSIGNED);
        }
        Ok(())
    }

    fn declared(&mut self, name: &Identifier, how: Uses, span: Span) -> Done {
        let mangled = mangle(self.class.as_deref(), &name.name);
        let scope = self.table.scope_mut(self.current);
        let (kind, uses) = (scope.kind, scope.find(&mangled).map_or(Uses::empty(), |symbol| symbol.uses));
        let word = if how == Uses::GLOBAL { "global" } else { "nonlocal" };
        let mut span = span;
        let problem = if uses.contains(Uses::PARAMETER) {
            Some(format!("name '{}' is parameter and {word}", name.name))
        } else if uses.contains(Uses::USED) {
            Some(format!("name '{}' is used prior to {word} declaration", name.name))
        } else if uses.contains(Uses::ANNOTATED) {
            Some(format!("annotated name '{}' can't be {word}", name.name))
        } else if uses.contains(Uses::ASSIGNED) {
            Some(format!("name '{}' is assigned to before {word} declaration", name.name))
        } else if how == Uses::NONLOCAL && kind == ScopeKind::Module {
            Some("nonlocal declaration not allowed at module level".to_owned())
        } else if (uses | how).contains(Uses::GLOBAL | Uses::NONLOCAL) {
            // CPython points at the first of the two.
            span = scope.find(&mangled).map_or(span, |symbol| symbol.declared);
            Some(format!("name '{}' is nonlocal and global", name.name))
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(wrong(problem, span));
        }
        scope.mention(&mangled, how).declared = span;
        Ok(())
    }
}

/// Returns `global` or `nonlocal` if a name is declared so.
fn declaration_word(uses: Uses) -> Option<&'static str> {
    if uses.contains(Uses::GLOBAL) {
        Some("global")
    } else if uses.contains(Uses::NONLOCAL) {
        Some("nonlocal")
    } else {
        None
    }
}
