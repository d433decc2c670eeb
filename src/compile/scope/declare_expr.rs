//! Collects the symbols of every scope: expressions, targets, parameters and patterns.
//!
//! A walrus inside a comprehension binds in the nearest scope around that is not a comprehension.
//! See `declare.rs` for the walk over statements.

use super::declare::{Declarer, Done, wrong};
use crate::compile::scope::{ANNOTATION, GENERATOR_EXPRESSION, ScopeKind, Uses, mangle, node_key};
use crate::source::Span;
use crate::syntax::tree::*;

impl Declarer {
    pub(in crate::compile) fn optional(&mut self, expr: &Option<Box<Expr>>) -> Done {
        expr.as_deref().map_or(Ok(()), |expr| self.expr(expr))
    }

    fn exprs(&mut self, exprs: &[Expr]) -> Done {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(in crate::compile) fn expr(&mut self, expr: &Expr) -> Done {
        match &expr.kind {
            ExprKind::Name { id } => {
                self.used(id);
                Ok(())
            }
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::BoolOp { values, .. }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => self.exprs(values),
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Attribute { value, .. } | ExprKind::Starred { value } => self.expr(value),
            ExprKind::Await { value } => {
                self.awaits(expr.span)?;
                self.expr(value)
            }
            ExprKind::Subscript { value, slice } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::List { elts } | ExprKind::Tuple { elts } | ExprKind::Set { elts } => self.exprs(elts),
            ExprKind::Dict { keys, values } => {
                for (key, value) in keys.iter().zip(values) {
                    key.iter().try_for_each(|key| self.expr(key))?;
                    self.expr(value)?;
                }
                Ok(())
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.optional(format_spec)
            }
            ExprKind::NamedExpr { target, value } => self.walrus(target, value),
            ExprKind::Lambda { params, body } => {
                self.defaults(params)?;
                self.inside(node_key(expr), ScopeKind::Lambda, |inner| {
                    inner.params(params, expr.span)?;
                    inner.expr(body)
                })
            }
            ExprKind::Yield { value } => {
                self.yields(expr.span)?;
                self.optional(value)
            }
            ExprKind::YieldFrom { value } => {
                self.yields(expr.span)?;
                self.expr(value)
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(expr, "list comprehension", generators, &[elt])
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(expr, "set comprehension", generators, &[elt])
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(expr, GENERATOR_EXPRESSION, generators, &[elt])
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(expr, "dict comprehension", generators, &[key, value])
            }
        }
    }

    fn used(&mut self, name: &Name) {
        if self.table.scope(self.current).is_unevaluated {
            return;
        }
        self.mention(name, Uses::USED);
        // A bare `super()` needs the cell of the class it stands in.
        if &**name == "super" && self.table.scope(self.current).kind.is_function() {
            self.mention(&"__class__".into(), Uses::USED);
        }
    }

    fn yields(&mut self, span: Span) -> Done {
        let scope = self.table.scope_mut(self.current);
        match scope.kind {
            ScopeKind::Comprehension(what) => return Err(wrong(format!("'yield' inside {what}"), span)),
            kind => refuse_in_lazy(kind, "yield", span)?,
        }
        scope.is_generator = true;
        Ok(())
    }

    fn awaits(&mut self, span: Span) -> Done {
        let scope = self.table.scope_mut(self.current);
        refuse_in_lazy(scope.kind, "await", span)?;
        if !scope.kind.is_function() {
            return Err(wrong("'await' outside function", span));
        }
        match scope.kind {
            ScopeKind::Comprehension(_) => scope.is_async = true,
            _ if !scope.is_async => return Err(wrong("'await' outside async function", span)),
            _ => {}
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        expr: &Expr,
        what: &'static str,
        generators: &[Comprehension],
        elements: &[&Expr],
    ) -> Done {
        let (first, rest) = generators.split_first().expect("a comprehension has a `for`");
        self.iterable(&first.iter)?;
        self.inside(node_key(expr), ScopeKind::Comprehension(what), |inner| {
            if what == GENERATOR_EXPRESSION {
                inner.mention(&".0".into(), Uses::PARAMETER);
            }
            let scope = inner.table.scope_mut(inner.current);
            scope.is_async = generators.iter().any(|generator| generator.is_async);
            inner.clause(first)?;
            for generator in rest {
                inner.iterable(&generator.iter)?;
                inner.clause(generator)?;
            }
            elements.iter().try_for_each(|element| inner.expr(element))
        })?;
        // The scope around awaits what an asynchronous comprehension returns.
        let awaits =
            what != GENERATOR_EXPRESSION && self.table.scope(self.table.of_node(node_key(expr))).is_async;
        let scope = self.table.scope_mut(self.current);
        match scope.kind {
            _ if !awaits => {}
            ScopeKind::Comprehension(_) => scope.is_async = true,
            ScopeKind::Function if scope.is_async => {}
            _ => {
                let message = "asynchronous comprehension outside of an asynchronous function";
                return Err(wrong(message, expr.span));
            }
        }
        Ok(())
    }

    fn clause(&mut self, generator: &Comprehension) -> Done {
        let outer = std::mem::replace(&mut self.is_iteration_target, true);
        let done = self.target(&generator.target);
        self.is_iteration_target = outer;
        done?;
        self.exprs(&generator.ifs)
    }

    fn iterable(&mut self, iter: &Expr) -> Done {
        self.inside_iterables += 1;
        let done = self.expr(iter);
        self.inside_iterables -= 1;
        done
    }

    fn walrus(&mut self, target: &Expr, value: &Expr) -> Done {
        let ExprKind::Name { id } = &target.kind else { unreachable!("the target of a walrus is a name") };
        let span = target.span.to(value.span);
        refuse_in_lazy(self.table.scope(self.current).kind, "named", span)?;
        if self.inside_iterables > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            return Err(wrong(message, span));
        }
        if matches!(self.table.scope(self.current).kind, ScopeKind::Comprehension(_)) {
            self.walrus_in_comprehension(id, target.span)?;
        } else {
            self.bind(id);
        }
        self.expr(value)
    }

    fn walrus_in_comprehension(&mut self, id: &Name, span: Span) -> Done {
        let name = mangle(self.class.as_deref(), id);
        let mut at = self.current;
        while let ScopeKind::Comprehension(_) | ANNOTATION = self.table.scope(at).kind {
            if self.table.scope(at).find(&name).is_some_and(|symbol| symbol.uses.contains(Uses::ITERATION)) {
                let message =
                    format!("assignment expression cannot rebind comprehension iteration variable '{id}'");
                return Err(wrong(message, span));
            }
            at = self.table.scope(at).parent.expect("a comprehension stands in some scope");
        }
        let owner = self.table.scope_mut(at);
        let inner = match owner.kind {
            ScopeKind::Class => {
                let message = "assignment expression within a comprehension cannot be used in a class body";
                return Err(wrong(message, span));
            }
            ScopeKind::Lazy(what) => {
                let message =
                    format!("assignment expression within a comprehension cannot be used in {what}");
                return Err(wrong(message, span));
            }
            ScopeKind::Generic => {
                let message = "assignment expression within a comprehension cannot be used within the definition of a generic";
                return Err(wrong(message, span));
            }
            ScopeKind::Module => Uses::GLOBAL,
            _ if owner.find(&name).is_some_and(|symbol| symbol.uses.contains(Uses::GLOBAL)) => Uses::GLOBAL,
            _ => Uses::NONLOCAL,
        };
        owner.mention(&name, Uses::ASSIGNED);
        while at != self.current {
            // Every comprehension on the way in passes the variable on.
            at = self.child_towards_current(at);
            self.table.scope_mut(at).mention(&name, inner | Uses::ASSIGNED).declared = span;
        }
        Ok(())
    }

    /// Returns the scope just inside `outer` that holds the current one.
    fn child_towards_current(&self, outer: crate::compile::scope::ScopeId) -> crate::compile::scope::ScopeId {
        let mut at = self.current;
        loop {
            match self.table.scope(at).parent {
                Some(parent) if parent != outer => at = parent,
                _ => return at,
            }
        }
    }

    /// Binds a name in the current scope.
    pub(in crate::compile) fn bind(&mut self, name: &Name) {
        let iteration = if self.is_iteration_target { Uses::ITERATION } else { Uses::empty() };
        self.mention(name, Uses::ASSIGNED | iteration);
    }

    /// Binds the names of a target; what else it holds is read.
    pub(in crate::compile) fn target(&mut self, target: &Expr) -> Done {
        match &target.kind {
            ExprKind::Name { id } => {
                self.bind(id);
                Ok(())
            }
            ExprKind::Starred { value } => self.target(value),
            ExprKind::List { elts } | ExprKind::Tuple { elts } => {
                elts.iter().try_for_each(|element| self.target(element))
            }
            ExprKind::Attribute { value, .. } => self.outside_of_target(|walk| walk.expr(value)),
            _ => self.outside_of_target(|walk| walk.expr(target)),
        }
    }

    fn outside_of_target(&mut self, walk: impl FnOnce(&mut Self) -> Done) -> Done {
        let outer = std::mem::replace(&mut self.is_iteration_target, false);
        let done = walk(self);
        self.is_iteration_target = outer;
        done
    }

    /// Walks the defaults of parameters, which belong to the scope around the function.
    pub(in crate::compile) fn defaults(&mut self, params: &Params) -> Done {
        self.exprs(&params.defaults)?;
        params.kw_defaults.iter().flatten().try_for_each(|default| self.expr(default))
    }

    /// Declares parameters of the function at `span` in its scope.
    pub(in crate::compile) fn params(&mut self, params: &Params, span: Span) -> Done {
        for param in all_params(params) {
            let name = &param.arg.name;
            if &**name == "__debug__" {
                return Err(wrong("cannot assign to __debug__", span));
            }
            let mangled = mangle(self.class.as_deref(), name);
            if self.table.scope(self.current).find(&mangled).is_some() {
                let message = format!("duplicate argument '{name}' in function definition");
                return Err(wrong(message, param.arg.span));
            }
            self.mention(name, Uses::PARAMETER);
        }
        Ok(())
    }

    /// Binds the names that a pattern captures.
    pub(in crate::compile) fn pattern(&mut self, pattern: &Pattern) -> Done {
        let mut all = |patterns: &[Pattern]| patterns.iter().try_for_each(|pattern| self.pattern(pattern));
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => all(patterns),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                all(patterns)?;
                self.exprs(keys)?;
                self.capture(rest);
                Ok(())
            }
            PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
                all(patterns)?;
                all(kwd_patterns)?;
                self.expr(cls)
            }
            PatternKind::MatchStar { name } => {
                self.capture(name);
                Ok(())
            }
            PatternKind::MatchAs { pattern, name } => {
                pattern.as_deref().map_or(Ok(()), |pattern| self.pattern(pattern))?;
                self.capture(name);
                Ok(())
            }
        }
    }

    fn capture(&mut self, name: &Option<Identifier>) {
        name.iter().for_each(|name| self.bind(&name.name));
    }
}

/// Refuses what may not stand in an expression that is evaluated later.
fn refuse_in_lazy(kind: ScopeKind, expression: &str, span: Span) -> Done {
    match kind {
        ScopeKind::Lazy(what) => {
            Err(wrong(format!("{expression} expression cannot be used within {what}"), span))
        }
        ScopeKind::Generic => {
            let message =
                format!("{expression} expression cannot be used within the definition of a generic");
            Err(wrong(message, span))
        }
        _ => Ok(()),
    }
}

/// Returns the parameters in the order of their slots.
pub(in crate::compile) fn all_params(params: &Params) -> impl Iterator<Item = &Param> {
    let positional = params.posonly.iter().chain(&params.args);
    positional.chain(&params.kwonly).chain(&params.vararg).chain(&params.kwarg)
}
