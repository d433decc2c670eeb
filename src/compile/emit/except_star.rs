//! `try` with `except*`: each clause takes its exceptions out of what is left of the group.
//!
//! While the clauses are tried, the stack is `previous original raised rest`: the exception that was handled before,
//! the one that was caught, a list of what the clauses raise, and what no clause has taken yet. An exception raised in
//! the body of a clause goes into the list, and the next clause is tried all the same.

use super::generator::Generator;
use super::unit::Block;
use super::variable::Access;
use crate::bytecode::Op;
use crate::compile::assembler::Label;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Compiles `try` with `except*` clauses, without the `finally` clause.
    pub(super) fn try_except_star(&mut self, try_: &'a Try, span: Span) -> Done {
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
        self.emit(Op::Copy, 1, Span::default());
        self.emit(Op::BuildList, 0, Span::default());
        self.emit(Op::Swap, 2, Span::default());
        for handler in &try_.handlers {
            let next = self.label();
            self.except_star(handler, next)?;
            self.place(next);
        }
        self.emit(Op::ListAppend, 1, Span::default());
        self.emit(Op::JoinRaised, 0, Span::default());
        self.emit(Op::Copy, 1, Span::default());
        self.jump(Op::PopJumpIfNotNone, cleanup, Span::default());
        self.emit(Op::Pop, 0, Span::default());
        self.unit.asm.set_handler(outer);
        self.emit(Op::PopExcept, 0, Span::default());
        self.jump(Op::Jump, exit, Span::default());
        self.end_handling(cleanup, outer);
        self.place(exit);
        Ok(())
    }

    /// Compiles one `except*` clause, which ends at `next`.
    fn except_star(&mut self, handler: &'a ExceptHandler, next: Label) -> Done {
        let Some(type_) = &handler.type_ else {
            return self.error("expected one or more exception types", handler.span);
        };
        let (unmatched, raised) = (self.label(), self.label());
        let inside = self.unit.asm.handler;
        self.expr(type_)?;
        self.emit(Op::CheckGroupMatch, 0, handler.span);
        self.emit(Op::Copy, 1, handler.span);
        self.jump(Op::PopJumpIfNone, unmatched, handler.span);
        match &handler.name {
            None => self.emit(Op::Pop, 0, handler.span),
            Some(name) => self.name(&name.name, Access::Store, handler.span)?,
        }
        self.unit.asm.enter_handler(raised, 0);
        self.enter_block(Block::ExceptStar, handler.span)?;
        self.stmts(&handler.body)?;
        self.exit_block();
        self.unit.asm.set_handler(inside);
        if let Some(name) = &handler.name {
            self.forget(name)?;
        }
        self.jump(Op::Jump, next, Span::default());

        self.place(raised);
        if let Some(name) = &handler.name {
            self.forget(name)?;
        }
        self.emit(Op::ListAppend, 2, Span::default());
        self.jump(Op::Jump, next, Span::default());

        self.place(unmatched);
        self.emit(Op::Pop, 0, Span::default());
        Ok(())
    }
}
