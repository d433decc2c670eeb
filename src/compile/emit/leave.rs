//! What `break`, `continue` and `return` must undo on their way out.
//!
//! Each statement that leaves something on the stack, or that must run code when it is left, is a `Block` on the list
//! of the unit while its body is compiled. To leave blocks, the code that undoes each is emitted, from the inside
//! out. An error in that code goes to the handler around the block, not to that of the block.

use super::generator::Generator;
use super::unit::Block;
use super::variable::Access;
use crate::bytecode::{CodeFlags, Const, Op};
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

/// 21, as in CPython: how deeply loops, `with` and `try` may be nested in one function.
const MAX_BLOCKS: usize = 21;

const LEAVES_EXCEPT_STAR: &str = "'break', 'continue' and 'return' cannot appear in an except* block";

impl<'a> Generator<'a> {
    /// Enters a statement that must be undone when it is left.
    pub(super) fn enter_block(&mut self, block: Block<'a>, span: Span) -> Done {
        if self.unit.blocks.len() >= MAX_BLOCKS {
            return self.error("too many statically nested blocks", span);
        }
        self.unit.blocks.push(block);
        Ok(())
    }

    /// Leaves the innermost statement, at its end.
    pub(super) fn exit_block(&mut self) {
        self.unit.blocks.pop().expect("blocks are left as often as entered");
    }

    /// Compiles `return value`.
    pub(super) fn return_(&mut self, value: Option<&'a Expr>, span: Span) -> Done {
        if !self.unit.kind.is_function() {
            return self.error("'return' outside function", span);
        }
        if value.is_some() && self.unit.flags.contains(CodeFlags::ASYNC_GENERATOR) {
            return self.error("'return' with value in async generator", span);
        }
        let constant = value.is_none_or(|value| matches!(value.kind, ExprKind::Constant { .. }));
        if !constant && let Some(value) = value {
            self.expr(value)?;
        }
        let handler = self.unit.asm.handler;
        // A constant is where CPython says that the statement is, if it is on the same line.
        let is_beside = |value: &&Expr| self.source.line(value.span.start) == self.source.line(span.start);
        let leaving = value.filter(|_| constant).filter(is_beside).map_or(span, |value| value.span);
        let span = self.span_after(0, span);
        self.leave_blocks(0, !constant, leaving)?;
        if constant {
            match value {
                Some(value) if span != Span::default() => self.expr(value)?,
                Some(value) => {
                    let first = self.unit.asm.code.len();
                    self.expr(value)?;
                    self.unit.asm.code[first..].iter_mut().for_each(|emitted| emitted.span = span);
                }
                None => self.unit.asm.load_const(Const::None, span),
            }
        }
        self.emit(Op::Return, 0, span);
        self.unit.asm.set_handler(handler);
        Ok(())
    }

    /// Compiles `break` or `continue`.
    pub(super) fn leave_loop(&mut self, is_break: bool, span: Span) -> Done {
        let found =
            self.unit.blocks.iter().rposition(|block| matches!(block, Block::While(_) | Block::For(_)));
        let Some(at) = found else {
            if self.unit.blocks.iter().any(|block| matches!(block, Block::ExceptStar)) {
                return self.error(LEAVES_EXCEPT_STAR, span);
            }
            let message = if is_break { "'break' outside loop" } else { "'continue' not properly in loop" };
            return self.error(message, span);
        };
        let handler = self.unit.asm.handler;
        let span = self.span_after(at + 1, span);
        self.leave_blocks(at + 1, false, span)?;
        let (Block::While(target) | Block::For(target)) = self.unit.blocks[at] else {
            unreachable!("the block found is a loop")
        };
        if is_break {
            if matches!(self.unit.blocks[at], Block::For(_)) {
                self.emit(Op::Pop, 0, span);
            }
            self.jump(Op::Jump, target.exit, span);
        } else {
            let op = if target.next_is_back { Op::JumpBack } else { Op::Jump };
            self.jump(op, target.next, span);
        }
        self.unit.asm.set_handler(handler);
        Ok(())
    }

    /// Returns the place of what comes after undoing blocks. If statements run meanwhile it belongs to the last of them,
    /// and the line of the statement that leaves the blocks begins before.
    fn span_after(&mut self, until: usize, span: Span) -> Span {
        let runs = |block: &Block<'_>| {
            matches!(block, Block::Finally { .. } | Block::With { .. } | Block::AsyncWith { .. })
        };
        if !self.unit.blocks[until..].iter().any(runs) {
            return span;
        }
        self.emit(Op::BeginLine, 0, span);
        Span::default()
    }

    /// Emits what undoes the blocks from the innermost to the one at index `until`. With `keeps_top` the value
    /// on top, which is to be returned, stays.
    fn leave_blocks(&mut self, until: usize, keeps_top: bool, span: Span) -> Done {
        // While a `finally` clause is compiled here, the blocks that are left do not count.
        let left = self.unit.blocks.split_off(until);
        for at in (0..left.len()).rev() {
            self.unit.blocks.extend_from_slice(&left[..at]);
            self.undo(left[at], keeps_top, span)?;
            self.unit.blocks.truncate(until);
        }
        self.unit.blocks.extend(left);
        Ok(())
    }

    fn undo(&mut self, block: Block<'a>, keeps_top: bool, span: Span) -> Done {
        match block {
            Block::While(_) => {}
            Block::Try { outer } => {
                self.unit.asm.set_handler(outer);
            }
            Block::For(_) | Block::PopValue => self.drop_below(keeps_top, span),
            Block::Finally { outer, body } => {
                self.unit.asm.set_handler(outer);
                if keeps_top {
                    self.enter_block(Block::PopValue, span)?;
                    self.stmts(body)?;
                    self.exit_block();
                } else {
                    self.stmts(body)?;
                }
            }
            Block::FinallyEnd { outer } => {
                self.drop_below(keeps_top, span);
                self.unit.asm.set_handler(outer);
                if keeps_top {
                    self.emit(Op::Swap, 2, span);
                }
                self.emit(Op::PopExcept, 0, span);
            }
            Block::Except { outer, name } => {
                self.unit.asm.set_handler(outer);
                if keeps_top {
                    self.emit(Op::Swap, 2, span);
                }
                self.emit(Op::PopExcept, 0, span);
                if let Some(name) = name {
                    self.forget(name)?;
                }
            }
            Block::ExceptStar => return self.error(LEAVES_EXCEPT_STAR, span),
            Block::AsyncWith { outer, span: with } => {
                self.unit.asm.set_handler(outer);
                if keeps_top {
                    self.emit(Op::Swap, 2, with);
                }
                self.await_exit(with);
            }
            Block::With { outer, span: with } => {
                self.unit.asm.set_handler(outer);
                if keeps_top {
                    self.emit(Op::Swap, 2, with);
                }
                self.call_exit(with);
            }
        }
        Ok(())
    }

    fn drop_below(&mut self, keeps_top: bool, span: Span) {
        if keeps_top {
            self.emit(Op::Swap, 2, span);
        }
        self.emit(Op::Pop, 0, span);
    }

    /// Emits a call of the `__exit__` on top of the stack, with three times `None`.
    pub(super) fn call_exit(&mut self, span: Span) {
        for _ in 0..3 {
            self.unit.asm.load_const(Const::None, span);
        }
        self.emit(Op::Call, 3, span);
        self.emit(Op::Pop, 0, span);
    }

    /// Unbinds the name of an `except` clause, whether the clause has done so or not.
    pub(super) fn forget(&mut self, name: &Identifier) -> Done {
        self.unit.asm.load_const(Const::None, Span::default());
        self.name(&name.name, Access::Store, Span::default())?;
        self.name(&name.name, Access::Delete, Span::default())
    }
}
