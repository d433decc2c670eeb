//! `await`, `async for` and `async with`.
//!
//! Awaiting is `yield from` on the iterator of the awaitable: whatever that yields suspends the frame. An
//! asynchronous loop ends by the exception `StopAsyncIteration`, so a handler covers the code that gets the next
//! item.

use super::generator::Generator;
use super::unit::{Block, Loop};
use crate::bytecode::{CodeFlags, Const, Op, awaited};
use crate::compile::scope::ScopeKind;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Emits the code that awaits the value on top and replaces it by the result.
    /// `place` says where the value comes from (`bytecode::awaited`), for the message if it cannot be awaited.
    pub(super) fn await_(&mut self, place: u32, span: Span) {
        self.emit(Op::GetAwaitable, place, span);
        self.await_iterator(span);
    }

    /// Emits the code that resumes the iterator on top until it ends, and replaces it by the result.
    pub(super) fn await_iterator(&mut self, span: Span) {
        self.unit.asm.load_const(Const::None, span);
        self.emit(Op::YieldFrom, 0, span);
    }

    /// Tells whether the unit is a function declared with `async`.
    pub(super) fn is_async_function(&self) -> bool {
        self.unit.kind == ScopeKind::Function && self.unit.flags.intersects(CodeFlags::ASYNC)
    }

    /// Compiles `async for`.
    pub(super) fn async_for(
        &mut self,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
        span: Span,
    ) -> Done {
        if !self.is_async_function() {
            return self.error("'async for' outside async function", span);
        }
        let (head, end, exit) = (self.label(), self.label(), self.label());
        self.expr(iter)?;
        self.emit(Op::GetAsyncIter, 0, iter.span);
        self.place(head);
        let outer = self.unit.asm.enter_handler(end, 0);
        self.emit(Op::GetAsyncNext, 0, span);
        self.await_iterator(span);
        self.unit.asm.set_handler(outer);
        let around = Loop { next: head, next_is_back: true, exit };
        self.enter_block(Block::For(around), span)?;
        self.store(target)?;
        self.stmts(body)?;
        self.exit_block();
        self.jump(Op::JumpBack, head, Span::default());
        self.place(end);
        self.emit(Op::EndAsyncFor, 0, iter.span);
        self.stmts(orelse)?;
        self.place(exit);
        Ok(())
    }

    /// Compiles `async with`; several items nest.
    pub(super) fn async_with(&mut self, items: &'a [WithItem], body: &'a [Stmt], span: Span) -> Done {
        if !self.is_async_function() {
            return self.error("'async with' outside async function", span);
        }
        let Some((item, rest)) = items.split_first() else { return self.stmts(body) };
        let (raised, cleanup, suppressed, exit) = (self.label(), self.label(), self.label(), self.label());
        let span = item.context_expr.span;
        self.expr(&item.context_expr)?;
        self.emit(Op::BeforeAsyncWith, 0, span);
        self.await_(awaited::ENTER, span);
        let outer = self.unit.asm.enter_handler(raised, 1);
        match &item.optional_vars {
            Some(target) => self.store(target)?,
            None => self.emit(Op::Pop, 0, span),
        }
        self.enter_block(Block::AsyncWith { outer, span }, span)?;
        self.async_with(rest, body, span)?;
        self.exit_block();
        self.unit.asm.set_handler(outer);
        self.await_exit(span);
        self.jump(Op::Jump, exit, Span::default());

        self.place(raised);
        self.begin_handling(cleanup, span);
        self.emit(Op::WithExceptStart, 0, span);
        self.await_(awaited::EXIT, span);
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

    /// Emits the code that calls the `__aexit__` on top with three times `None`, and awaits the result.
    pub(super) fn await_exit(&mut self, span: Span) {
        for _ in 0..3 {
            self.unit.asm.load_const(Const::None, span);
        }
        self.emit(Op::Call, 3, span);
        self.await_(awaited::EXIT, span);
        self.emit(Op::Pop, 0, span);
    }
}
