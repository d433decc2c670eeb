//! Statements: the dispatch, the loops and the small ones.
//!
//! A loop's test is compiled twice, before the first round and at the end of each, so that a
//! round executes one jump only.

use super::condition::{constant_truth, last_comparison};
use super::generator::Generator;
use super::variable::Access;
use crate::bytecode::{Op, raised_class};
use crate::compile::Mode;
use crate::compile::emit::unit::{Block, Loop};
use crate::compile::scope::ScopeKind;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Compiles statements in order.
    pub(super) fn stmts(&mut self, body: &'a [Stmt]) -> Done {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Done {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function_def(def, span),
            StmtKind::ClassDef(def) => self.class_def(def, span),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(stmt, name, type_params, value)
            }
            StmtKind::Return { value } => self.return_(value.as_deref(), span),
            StmtKind::Delete { targets } => targets.iter().try_for_each(|target| self.delete(target)),
            StmtKind::Assign { targets, value } => self.assign(targets, value, span),
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, *op, value, span),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(target, annotation, value.as_deref(), *simple, span)
            }
            StmtKind::For { target, iter, body, orelse, is_async: true } => {
                self.async_for(target, iter, body, orelse, span)
            }
            StmtKind::For { target, iter, body, orelse, .. } => self.for_(target, iter, body, orelse, span),
            StmtKind::While { test, body, orelse } => self.while_(test, body, orelse, span),
            StmtKind::If { .. } => self.if_(stmt),
            StmtKind::With { items, body, is_async: true } => self.async_with(items, body, span),
            StmtKind::With { items, body, .. } => self.with(items, body),
            StmtKind::Match { subject, cases } => self.match_(subject, cases),
            StmtKind::Raise { exc, cause } => self.raise(exc.as_deref(), cause.as_deref(), span),
            StmtKind::Try(try_) => self.try_(try_, span),
            StmtKind::Assert { test, msg } => self.assert(test, msg.as_deref(), span),
            StmtKind::Import { names } => self.import(names, span),
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(module.as_ref(), names, *level, span)
            }
            StmtKind::Expr { value } => self.expr_stmt(value),
            StmtKind::Break => self.leave_loop(true, span),
            StmtKind::Continue => self.leave_loop(false, span),
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            StmtKind::Pass => {
                self.emit(Op::BeginLine, 0, span);
                Ok(())
            }
        }
    }

    fn expr_stmt(&mut self, value: &'a Expr) -> Done {
        let is_shown = self.mode == Mode::Interactive && self.unit.kind == ScopeKind::Module;
        if !is_shown && matches!(value.kind, ExprKind::Constant { .. }) {
            self.emit(Op::BeginLine, 0, value.span);
            return Ok(());
        }
        if is_shown {
            self.expr(value)?;
            self.emit(Op::PrintExpr, 0, value.span);
            return Ok(());
        }
        let pop = |this: &mut Self| {
            this.emit(Op::Pop, 0, value.span);
            Ok(())
        };
        if !self.comprehension_consumed(value, pop)? {
            self.expr(value)?;
            pop(self)?;
        }
        Ok(())
    }

    fn if_(&mut self, stmt: &'a Stmt) -> Done {
        let end = self.label();
        let mut next = stmt;
        // A long `elif` chain is a loop here: each is the only statement of the `else` before it.
        while let StmtKind::If { test, body, orelse } = &next.kind {
            let otherwise = self.label();
            self.jump_if(test, false, otherwise)?;
            self.stmts(body)?;
            if !orelse.is_empty() {
                self.jump(Op::Jump, end, Span::default());
            }
            self.place(otherwise);
            match orelse.as_slice() {
                [only] if matches!(only.kind, StmtKind::If { .. }) => next = only,
                orelse => {
                    self.stmts(orelse)?;
                    break;
                }
            }
        }
        self.place(end);
        Ok(())
    }

    fn while_(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt], span: Span) -> Done {
        let (head, next, otherwise, exit) = (self.label(), self.label(), self.label(), self.label());
        let is_endless = constant_truth(test, self.optimize) == Some(true);
        self.jump_if(test, false, otherwise)?;
        self.place(head);
        if is_endless {
            self.emit(Op::BeginLine, 0, test.span);
        }
        let target = Loop { next: if is_endless { head } else { next }, next_is_back: is_endless, exit };
        self.enter_block(Block::While(target), span)?;
        self.stmts(body)?;
        self.exit_block();
        if is_endless {
            self.jump(Op::JumpBack, head, Span::default());
        } else {
            self.place(next);
            self.emit(Op::BeginTest, 0, test.span);
            self.jump_back_if(test, head)?;
        }
        self.place(otherwise);
        self.stmts(orelse)?;
        self.place(exit);
        Ok(())
    }

    fn for_(
        &mut self,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        span: Span,
    ) -> Done {
        let (head, otherwise, exit) = (self.label(), self.label(), self.label());
        self.iterable(iter)?;
        self.emit(Op::GetIter, 0, iter.span);
        self.place(head);
        self.jump(Op::ForIter, otherwise, iter.span);
        let around = Loop { next: head, next_is_back: true, exit };
        self.enter_block(Block::For(around), span)?;
        self.store(target)?;
        self.stmts(body)?;
        self.exit_block();
        self.jump(Op::JumpBack, head, Span::default());
        self.place(otherwise);
        self.stmts(orelse)?;
        self.place(exit);
        Ok(())
    }

    fn raise(&mut self, exc: Option<&'a Expr>, cause: Option<&'a Expr>, span: Span) -> Done {
        let mut count = 0;
        for value in exc.into_iter().chain(cause) {
            self.expr(value)?;
            count += 1;
        }
        self.emit(Op::Raise, count, span);
        Ok(())
    }

    fn assert(&mut self, test: &'a Expr, msg: Option<&'a Expr>, span: Span) -> Done {
        self.check_assertion(test, span);
        if self.optimize > 0 {
            return Ok(());
        }
        // CPython points at the comparison that failed, if there is one.
        let (end, span) = (self.label(), last_comparison(test).unwrap_or(span));
        self.jump_if(test, true, end)?;
        self.emit(Op::LoadErrorClass, raised_class::ASSERTION, span);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.emit(Op::Call, 1, span);
        }
        self.emit(Op::Raise, 1, span);
        self.place(end);
        Ok(())
    }

    fn ann_assign(
        &mut self,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
        span: Span,
    ) -> Done {
        if let Some(value) = value {
            self.expr(value)?;
            self.store(target)?;
        }
        match &target.kind {
            ExprKind::Name { id } if &**id == "__debug__" => {
                return self.error("cannot assign to __debug__", target.span);
            }
            ExprKind::Name { id } if simple && !self.unit.kind.is_function() => {
                return self.annotate(id, annotation, span);
            }
            ExprKind::Attribute { value: object, .. } if value.is_none() => self.evaluate_only(object)?,
            ExprKind::Subscript { value: object, slice } if value.is_none() => {
                self.evaluate_only(object)?;
                self.evaluate_only(slice)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn evaluate_only(&mut self, value: &'a Expr) -> Done {
        self.expr(value)?;
        self.emit(Op::Pop, 0, value.span);
        Ok(())
    }

    /// Compiles the deletion of a target.
    fn delete(&mut self, target: &'a Expr) -> Done {
        match &target.kind {
            ExprKind::Name { id } => self.name(id, Access::Delete, target.span),
            ExprKind::Attribute { value, attr } => {
                self.expr(value)?;
                let name = self.mangled(&attr.name);
                let span = self.attribute_span(target.span, attr);
                self.unit.asm.emit_name(Op::DeleteAttr, &name, span);
                Ok(())
            }
            ExprKind::Subscript { value, slice } => {
                self.expr(value)?;
                self.expr(slice)?;
                self.emit(Op::DeleteSubscript, 0, target.span);
                Ok(())
            }
            ExprKind::Tuple { elts } | ExprKind::List { elts } => {
                elts.iter().try_for_each(|element| self.delete(element))
            }
            ExprKind::Starred { .. } => self.error("cannot delete starred", target.span),
            _ => self.error("cannot delete expression", target.span),
        }
    }
}
