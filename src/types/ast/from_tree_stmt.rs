//! Makes nodes of statements.

use super::from_tree::{Converter, maybe_name, name, names};
use super::node::{Field, Node};
use super::table::NodeKind;
use crate::source::Span;
use crate::syntax::tree::*;
use crate::value::Run;

impl Converter<'_> {
    /// Makes the field of a block.
    pub(super) fn stmts(&mut self, body: &[Stmt]) -> Run<Field> {
        self.check_depth()?;
        let nodes: Run<Vec<Option<Node>>> = body.iter().map(|stmt| self.stmt(stmt).map(Some)).collect();
        nodes.map(Field::Nodes)
    }

    fn stmt(&mut self, stmt: &Stmt) -> Run<Node> {
        let (kind, fields) = match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def)?,
            StmtKind::ClassDef(def) => self.class(def)?,
            StmtKind::Return { value } => (NodeKind::Return, vec![self.maybe_load(value.as_deref())?]),
            StmtKind::Delete { targets } => (NodeKind::Delete, vec![self.exprs(targets, NodeKind::Del)?]),
            StmtKind::Assign { targets, value } => {
                let targets = self.exprs(targets, NodeKind::Store)?;
                (NodeKind::Assign, vec![targets, self.load(value)?, Field::Missing])
            }
            StmtKind::AugAssign { target, op, value } => {
                let target = self.expr(target, NodeKind::Store)?;
                let op = self.choice(operator(*op));
                (NodeKind::AugAssign, vec![target, op, self.load(value)?])
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                let target = self.expr(target, NodeKind::Store)?;
                let (annotation, value) = (self.load(annotation)?, self.maybe_load(value.as_deref())?);
                (NodeKind::AnnAssign, vec![target, annotation, value, Field::Int((*simple).into())])
            }
            StmtKind::For { target, iter, body, orelse, is_async } => {
                let kind = if *is_async { NodeKind::AsyncFor } else { NodeKind::For };
                let (target, iter) = (self.expr(target, NodeKind::Store)?, self.load(iter)?);
                let (body, orelse) = (self.stmts(body)?, self.stmts(orelse)?);
                (kind, vec![target, iter, body, orelse, Field::Missing])
            }
            StmtKind::While { test, body, orelse } => {
                (NodeKind::While, vec![self.load(test)?, self.stmts(body)?, self.stmts(orelse)?])
            }
            StmtKind::If { test, body, orelse } => {
                (NodeKind::If, vec![self.load(test)?, self.stmts(body)?, self.stmts(orelse)?])
            }
            StmtKind::With { items, body, is_async } => {
                let kind = if *is_async { NodeKind::AsyncWith } else { NodeKind::With };
                let items: Run<Vec<_>> = items.iter().map(|item| self.with_item(item).map(Some)).collect();
                (kind, vec![Field::Nodes(items?), self.stmts(body)?, Field::Missing])
            }
            StmtKind::Match { subject, cases } => {
                let subject = self.load(subject)?;
                let cases: Run<Vec<_>> = cases.iter().map(|case| self.match_case(case).map(Some)).collect();
                (NodeKind::Match, vec![subject, Field::Nodes(cases?)])
            }
            StmtKind::Raise { exc, cause } => {
                (NodeKind::Raise, vec![self.maybe_load(exc.as_deref())?, self.maybe_load(cause.as_deref())?])
            }
            StmtKind::Try(try_) => self.try_(try_)?,
            StmtKind::Assert { test, msg } => {
                (NodeKind::Assert, vec![self.load(test)?, self.maybe_load(msg.as_deref())?])
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                let id = vec![Field::Text(name.name.clone()), self.choice(NodeKind::Store)];
                let name = self.one(NodeKind::Name, name.span, id);
                (NodeKind::TypeAlias, vec![name, self.type_params(type_params)?, self.load(value)?])
            }
            StmtKind::Import { names } => (NodeKind::Import, vec![self.aliases(names)]),
            StmtKind::ImportFrom { module, names, level } => {
                let (module, names) = (maybe_name(module), self.aliases(names));
                (NodeKind::ImportFrom, vec![module, names, Field::Int(*level as i32)])
            }
            StmtKind::Global { names: given } => {
                (NodeKind::Global, vec![names(given.iter().map(|given| &given.name))])
            }
            StmtKind::Nonlocal { names: given } => {
                (NodeKind::Nonlocal, vec![names(given.iter().map(|given| &given.name))])
            }
            StmtKind::Expr { value } => (NodeKind::Expr, vec![self.load(value)?]),
            StmtKind::Pass => (NodeKind::Pass, Vec::new()),
            StmtKind::Break => (NodeKind::Break, Vec::new()),
            StmtKind::Continue => (NodeKind::Continue, Vec::new()),
        };
        Ok(self.node(kind, stmt.span, fields))
    }

    fn function(&mut self, def: &FunctionDef) -> Run<(NodeKind, Vec<Field>)> {
        let kind = if def.is_async { NodeKind::AsyncFunctionDef } else { NodeKind::FunctionDef };
        let (args, body) = (self.arguments(&def.params)?, self.stmts(&def.body)?);
        let decorators = self.exprs(&def.decorators, NodeKind::Load)?;
        let (returns, type_params) =
            (self.maybe_load(def.returns.as_ref())?, self.type_params(&def.type_params)?);
        let name = name(&def.name);
        Ok((kind, vec![name, args, body, decorators, returns, Field::Missing, type_params]))
    }

    fn class(&mut self, def: &ClassDef) -> Run<(NodeKind, Vec<Field>)> {
        let (bases, keywords) = (self.exprs(&def.bases, NodeKind::Load)?, self.keywords(&def.keywords)?);
        let (body, decorators) = (self.stmts(&def.body)?, self.exprs(&def.decorators, NodeKind::Load)?);
        let type_params = self.type_params(&def.type_params)?;
        Ok((NodeKind::ClassDef, vec![name(&def.name), bases, keywords, body, decorators, type_params]))
    }

    fn try_(&mut self, try_: &Try) -> Run<(NodeKind, Vec<Field>)> {
        let kind = if try_.is_star { NodeKind::TryStar } else { NodeKind::Try };
        let body = self.stmts(&try_.body)?;
        let mut handlers = Vec::with_capacity(try_.handlers.len());
        for handler in &try_.handlers {
            let of = self.maybe_load(handler.type_.as_ref())?;
            let fields = vec![of, maybe_name(&handler.name), self.stmts(&handler.body)?];
            handlers.push(Some(self.node(NodeKind::ExceptHandler, handler.span, fields)));
        }
        let (orelse, finalbody) = (self.stmts(&try_.orelse)?, self.stmts(&try_.finalbody)?);
        Ok((kind, vec![body, Field::Nodes(handlers), orelse, finalbody]))
    }

    fn with_item(&mut self, item: &WithItem) -> Run<Node> {
        let context = self.load(&item.context_expr)?;
        let vars = match &item.optional_vars {
            Some(vars) => self.expr(vars, NodeKind::Store)?,
            None => Field::Missing,
        };
        Ok(self.node(NodeKind::WithItem, Span::at(0), vec![context, vars]))
    }

    fn aliases(&mut self, aliases: &[Alias]) -> Field {
        let alias = |alias: &Alias| {
            let fields = vec![name(&alias.name), maybe_name(&alias.asname)];
            Some(self.node(NodeKind::Alias, alias.span, fields))
        };
        Field::Nodes(aliases.iter().map(alias).collect())
    }
}

/// Returns the kind of an operator.
pub(super) fn operator(operator: Operator) -> NodeKind {
    match operator {
        Operator::Add => NodeKind::Add,
        Operator::Sub => NodeKind::Sub,
        Operator::Mult => NodeKind::Mult,
        Operator::MatMult => NodeKind::MatMult,
        Operator::Div => NodeKind::Div,
        Operator::Mod => NodeKind::Mod,
        Operator::Pow => NodeKind::Pow,
        Operator::LShift => NodeKind::LShift,
        Operator::RShift => NodeKind::RShift,
        Operator::BitOr => NodeKind::BitOr,
        Operator::BitXor => NodeKind::BitXor,
        Operator::BitAnd => NodeKind::BitAnd,
        Operator::FloorDiv => NodeKind::FloorDiv,
    }
}
