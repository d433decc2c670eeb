//! `try` and `with`: code that costs nothing until something is raised.
//!
//! A handler finds the exception on the stack and first makes it the one being handled, with the one handled before
//! kept below it: `previous exception`. A second handler covers the first: if anything is raised there, it makes the
//! previous exception the handled one again and raises the error further.

use super::generator::Generator;
use super::variable::Access;
use crate::bytecode::Op;
use crate::compile::assembler::{HandlerId, Label};
use crate::compile::emit::unit::Block;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Compiles `try`.
    pub(super) fn try_(&mut self, try_: &'a Try, span: Span) -> Done {
        self.emit(Op::BeginLine, 0, span);
        if try_.finalbody.is_empty() { self.try_handlers(try_, span) } else { self.try_finally(try_, span) }
    }

    fn try_handlers(&mut self, try_: &'a Try, span: Span) -> Done {
        if try_.is_star { self.try_except_star(try_, span) } else { self.try_except(try_, span) }
    }

    fn try_finally(&mut self, try_: &'a Try, span: Span) -> Done {
        let (raised, cleanup, exit) = (self.label(), self.label(), self.label());
        let outer = self.unit.asm.enter_handler(raised, 0);
        self.enter_block(Block::Finally { outer, body: &try_.finalbody }, span)?;
        if try_.handlers.is_empty() {
            self.stmts(&try_.body)?;
        } else {
            self.try_handlers(try_, span)?;
        }
        self.exit_block();
        self.unit.asm.set_handler(outer);
        self.stmts(&try_.finalbody)?;
        self.jump(Op::Jump, exit, Span::default());

        self.place(raised);
        self.begin_handling(cleanup, Span::default());
        self.enter_block(Block::FinallyEnd { outer }, span)?;
        self.stmts(&try_.finalbody)?;
        self.exit_block();
        self.emit(Op::Reraise, 0, Span::default());
        self.end_handling(cleanup, outer);
        self.place(exit);
        Ok(())
    }

    fn try_except(&mut self, try_: &'a Try, span: Span) -> Done {
        let (raised, cleanup, exit) = (self.label(), self.label(), self.label());
        let outer = self.unit.asm.enter_handler(raised, 0);
        self.enter_block(Block::Try { outer }, span)?;
        self.stmts(&try_.body)?;
        self.exit_block();
        self.unit.asm.set_handler(outer);
        self.stmts(&try_.orelse)?;
        self.jump(Op::Jump, exit, Span::default());

        self.place(raised);
        self.begin_handling(cleanup, Span::default());
        for (at, handler) in try_.handlers.iter().enumerate() {
            if handler.type_.is_none() && at + 1 < try_.handlers.len() {
                return self.error("default 'except:' must be last", handler.span);
            }
            self.except(handler, outer, exit)?;
        }
        self.emit(Op::Reraise, 0, Span::default());
        self.end_handling(cleanup, outer);
        self.place(exit);
        Ok(())
    }

    /// Compiles one `except` clause, which starts with `previous exception` on the stack.
    /// If the clause does not match, the code behind it runs with the same stack. After the body, the code at `exit`
    /// runs with neither.
    fn except(&mut self, handler: &'a ExceptHandler, outer: HandlerId, exit: Label) -> Done {
        let next = self.label();
        let inside = self.unit.asm.handler;
        if let Some(type_) = &handler.type_ {
            self.expr(type_)?;
            self.emit(Op::CheckExcMatch, 0, handler.span);
            self.jump(Op::PopJumpIfFalse, next, handler.span);
        }
        match &handler.name {
            None => {
                self.emit(Op::Pop, 0, handler.span);
                self.except_body(handler, outer)?;
                self.jump(Op::Jump, exit, Span::default());
            }
            Some(name) => {
                self.name(&name.name, Access::Store, handler.span)?;
                let raised = self.label();
                self.unit.asm.enter_handler(raised, 0);
                self.except_body(handler, outer)?;
                self.forget(name)?;
                self.jump(Op::Jump, exit, Span::default());

                self.unit.asm.set_handler(inside);
                self.place(raised);
                self.forget(name)?;
                self.emit(Op::Reraise, 0, Span::default());
            }
        }
        self.unit.asm.set_handler(inside);
        self.place(next);
        Ok(())
    }

    /// Compiles the body of an `except` clause, and what ends the handling of its exception.
    fn except_body(&mut self, handler: &'a ExceptHandler, outer: HandlerId) -> Done {
        self.enter_block(Block::Except { outer, name: handler.name.as_ref() }, handler.span)?;
        self.stmts(&handler.body)?;
        self.exit_block();
        self.unit.asm.set_handler(outer);
        self.emit(Op::PopExcept, 0, Span::default());
        Ok(())
    }

    /// Starts a handler, whose first instruction is at `span` or belongs to no line. Errors inside it go to `cleanup`,
    /// which finds `previous` on the stack.
    pub(super) fn begin_handling(&mut self, cleanup: Label, span: Span) {
        self.emit(Op::PushExcInfo, 0, span);
        self.unit.asm.enter_handler(cleanup, 1);
    }

    /// Ends a handler: emits `cleanup`, which restores the exception handled before and raises again.
    pub(super) fn end_handling(&mut self, cleanup: Label, outer: HandlerId) {
        self.unit.asm.set_handler(outer);
        self.place(cleanup);
        self.emit(Op::Swap, 2, Span::default());
        self.emit(Op::PopExcept, 0, Span::default());
        self.emit(Op::Reraise, 0, Span::default());
    }

    /// Compiles `with`; several items nest.
    pub(super) fn with(&mut self, items: &'a [WithItem], body: &'a [Stmt]) -> Done {
        let Some((item, rest)) = items.split_first() else { return self.stmts(body) };
        let (raised, cleanup, suppressed, exit) = (self.label(), self.label(), self.label(), self.label());
        let span = item.context_expr.span;
        self.expr(&item.context_expr)?;
        self.emit(Op::BeforeWith, 0, span);
        let outer = self.unit.asm.enter_handler(raised, 1);
        match &item.optional_vars {
            Some(target) => self.store(target)?,
            None => self.emit(Op::Pop, 0, span),
        }
        self.enter_block(Block::With { outer, span }, span)?;
        self.with(rest, body)?;
        self.exit_block();
        self.unit.asm.set_handler(outer);
        self.call_exit(span);
        self.jump(Op::Jump, exit, Span::default());

        self.place(raised);
        self.begin_handling(cleanup, span);
        self.emit(Op::WithExceptStart, 0, span);
        self.jump(Op::PopJumpIfTrue, suppressed, span);
        self.emit(Op::Reraise, 0, span);
        self.place(suppressed);
        self.emit(Op::Pop, 0, span);
        self.unit.asm.set_handler(outer);
        self.emit(Op::PopExcept, 0, span);
        self.emit(Op::Pop, 0, span);
        self.jump(Op::Jump, exit, Span::default());
        self.end_handling(cleanup, outer);
        self.place(exit);
        Ok(())
    }
}
