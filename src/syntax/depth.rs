//! How deep a tree may be, and the only way to make its nodes.
//!
//! Every node stores the length of the longest way down. A node that would be deeper than
//! `MAX_DEPTH` is not made, so no tree exists that a recursive pass, or dropping it, could
//! overflow the native stack with. The parser turns `TooDeep` into a syntax error.

use super::tree::*;
use crate::source::Span;

/// The deepest tree that is allowed: 3,000, because CPython's compiler gives up just below it as well.
pub const MAX_DEPTH: u32 = 3000;

/// The tree would be deeper than `MAX_DEPTH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep;

/// The depth of the deepest child seen so far.
#[derive(Default)]
struct Deepest(u32);

impl Deepest {
    fn expr(&mut self, child: &Expr) {
        self.0 = self.0.max(child.depth);
    }

    fn exprs<'tree>(&mut self, children: impl IntoIterator<Item = &'tree Expr>) {
        children.into_iter().for_each(|child| self.expr(child));
    }

    fn boxed(&mut self, child: &Option<Box<Expr>>) {
        self.exprs(child.as_deref());
    }

    fn stmts(&mut self, children: &[Stmt]) {
        children.iter().for_each(|child| self.0 = self.0.max(child.depth));
    }

    fn patterns<'tree>(&mut self, children: impl IntoIterator<Item = &'tree Pattern>) {
        children.into_iter().for_each(|child| self.0 = self.0.max(child.depth));
    }

    fn keywords(&mut self, children: &[Keyword]) {
        self.exprs(children.iter().map(|keyword| &keyword.value));
    }

    fn params(&mut self, params: &Params) {
        self.exprs(&params.defaults);
        self.exprs(params.kw_defaults.iter().flatten());
        let named = params.posonly.iter().chain(&params.args).chain(&params.vararg);
        for param in named.chain(&params.kwonly).chain(&params.kwarg) {
            self.boxed(&param.annotation);
        }
    }

    fn generators(&mut self, generators: &[Comprehension]) {
        for generator in generators {
            self.expr(&generator.target);
            self.expr(&generator.iter);
            self.exprs(&generator.ifs);
        }
    }

    fn type_params(&mut self, params: &[TypeParam]) {
        for param in params {
            self.exprs(&param.bound);
            self.exprs(&param.default);
        }
    }

    fn with_one_more(self) -> Result<u32, TooDeep> {
        if self.0 < MAX_DEPTH { Ok(self.0 + 1) } else { Err(TooDeep) }
    }
}

impl Expr {
    /// Makes an expression, unless it would be too deep.
    pub fn new(kind: ExprKind, span: Span) -> Result<Expr, TooDeep> {
        let mut deepest = Deepest::default();
        match &kind {
            ExprKind::BoolOp { values, .. }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => deepest.exprs(values),
            ExprKind::NamedExpr { target, value } => deepest.exprs([&**target, value]),
            ExprKind::BinOp { left, right, .. } => deepest.exprs([&**left, right]),
            ExprKind::UnaryOp { operand, .. } => deepest.expr(operand),
            ExprKind::Lambda { params, body } => {
                deepest.params(params);
                deepest.expr(body);
            }
            ExprKind::IfExp { test, body, orelse } => deepest.exprs([&**test, body, orelse]),
            ExprKind::Dict { keys, values } => {
                deepest.exprs(keys.iter().flatten());
                deepest.exprs(values);
            }
            ExprKind::Set { elts } | ExprKind::List { elts } | ExprKind::Tuple { elts } => {
                deepest.exprs(elts)
            }
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                deepest.expr(elt);
                deepest.generators(generators);
            }
            ExprKind::DictComp { key, value, generators } => {
                deepest.exprs([&**key, value]);
                deepest.generators(generators);
            }
            ExprKind::Yield { value } => deepest.boxed(value),
            ExprKind::Await { value }
            | ExprKind::YieldFrom { value }
            | ExprKind::Starred { value }
            | ExprKind::Attribute { value, .. } => deepest.expr(value),
            ExprKind::Compare { left, comparators, .. } => {
                deepest.expr(left);
                deepest.exprs(comparators);
            }
            ExprKind::Call { func, args, keywords } => {
                deepest.expr(func);
                deepest.exprs(args);
                deepest.keywords(keywords);
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                deepest.expr(value);
                deepest.boxed(format_spec);
            }
            ExprKind::Subscript { value, slice } => deepest.exprs([&**value, slice]),
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().for_each(|e| deepest.boxed(e))
            }
            ExprKind::Constant { .. } | ExprKind::Name { .. } => {}
        }
        Ok(Expr { kind, span, depth: deepest.with_one_more()? })
    }
}

impl Stmt {
    /// Makes a statement, unless it would be too deep.
    pub fn new(kind: StmtKind, span: Span) -> Result<Stmt, TooDeep> {
        let mut deepest = Deepest::default();
        match &kind {
            StmtKind::FunctionDef(def) => {
                deepest.params(&def.params);
                deepest.stmts(&def.body);
                deepest.exprs(&def.decorators);
                deepest.exprs(&def.returns);
                deepest.type_params(&def.type_params);
            }
            StmtKind::ClassDef(def) => {
                deepest.exprs(&def.bases);
                deepest.keywords(&def.keywords);
                deepest.stmts(&def.body);
                deepest.exprs(&def.decorators);
                deepest.type_params(&def.type_params);
            }
            StmtKind::TypeAlias { type_params, value, .. } => {
                deepest.type_params(type_params);
                deepest.expr(value);
            }
            StmtKind::Return { value } => deepest.boxed(value),
            StmtKind::Delete { targets } => deepest.exprs(targets),
            StmtKind::Assign { targets, value } => {
                deepest.exprs(targets);
                deepest.expr(value);
            }
            StmtKind::AugAssign { target, value, .. } => deepest.exprs([&**target, value]),
            StmtKind::AnnAssign { target, annotation, value, .. } => {
                deepest.exprs([&**target, annotation]);
                deepest.boxed(value);
            }
            StmtKind::For { target, iter, body, orelse, .. } => {
                deepest.exprs([&**target, iter]);
                deepest.stmts(body);
                deepest.stmts(orelse);
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                deepest.expr(test);
                deepest.stmts(body);
                deepest.stmts(orelse);
            }
            StmtKind::With { items, body, .. } => {
                for item in items {
                    deepest.expr(&item.context_expr);
                    deepest.exprs(&item.optional_vars);
                }
                deepest.stmts(body);
            }
            StmtKind::Match { subject, cases } => {
                deepest.expr(subject);
                for case in cases {
                    deepest.patterns([&case.pattern]);
                    deepest.exprs(&case.guard);
                    deepest.stmts(&case.body);
                }
            }
            StmtKind::Raise { exc, cause } => [exc, cause].into_iter().for_each(|e| deepest.boxed(e)),
            StmtKind::Try(try_) => {
                [&try_.body, &try_.orelse, &try_.finalbody].into_iter().for_each(|body| deepest.stmts(body));
                for handler in &try_.handlers {
                    deepest.exprs(&handler.type_);
                    deepest.stmts(&handler.body);
                }
            }
            StmtKind::Assert { test, msg } => {
                deepest.expr(test);
                deepest.boxed(msg);
            }
            StmtKind::Expr { value } => deepest.expr(value),
            StmtKind::Import { .. }
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue => {}
        }
        Ok(Stmt { kind, span, depth: deepest.with_one_more()? })
    }
}

impl Pattern {
    /// Makes a pattern, unless it would be too deep.
    pub fn new(kind: PatternKind, span: Span) -> Result<Pattern, TooDeep> {
        let mut deepest = Deepest::default();
        match &kind {
            PatternKind::MatchValue { value } => deepest.expr(value),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                deepest.patterns(patterns)
            }
            PatternKind::MatchMapping { keys, patterns, .. } => {
                deepest.exprs(keys);
                deepest.patterns(patterns);
            }
            PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
                deepest.expr(cls);
                deepest.patterns(patterns.iter().chain(kwd_patterns));
            }
            PatternKind::MatchAs { pattern, .. } => deepest.patterns(pattern.as_deref()),
            PatternKind::MatchSingleton { .. } | PatternKind::MatchStar { .. } => {}
        }
        Ok(Pattern { kind, span, depth: deepest.with_one_more()? })
    }
}
