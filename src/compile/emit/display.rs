//! Displays: lists, tuples, sets and dicts written out.
//!
//! Those of more than `MAX_ON_STACK` elements are built piece by piece, so that the stack of a
//! frame stays small; those of constants are one constant.

use std::sync::Arc;

use super::expression::folded_constant;
use super::generator::Generator;
use super::unit::MAX_ON_STACK;
use crate::bytecode::{Const, Op};
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Returns the values of expressions that are all constants; `None` if one is not.
    pub(super) fn constants(&self, exprs: &[Expr]) -> Option<Arc<[Const]>> {
        exprs.iter().map(folded_constant).collect()
    }

    /// Compiles what a loop iterates over; a list of constants becomes a constant tuple.
    pub(super) fn iterable(&mut self, iter: &'a Expr) -> Done {
        if let ExprKind::List { elts } = &iter.kind
            && let Some(items) = self.constants(elts)
        {
            self.unit.asm.load_const(Const::Tuple(items), iter.span);
            return Ok(());
        }
        self.expr(iter)
    }

    /// Compiles a list display.
    pub(super) fn list(&mut self, elts: &'a [Expr], span: Span) -> Done {
        if elts.len() > 2
            && let Some(items) = self.constants(elts)
        {
            self.emit(Op::BuildList, 0, span);
            self.unit.asm.load_const(Const::Tuple(items), span);
            self.emit(Op::ListExtend, 0, span);
            return Ok(());
        }
        self.collect(elts, 0, span, Op::BuildList, Op::ListAppend, Op::ListExtend)
    }

    /// Compiles a set display.
    pub(super) fn set(&mut self, elts: &'a [Expr], span: Span) -> Done {
        if elts.len() > 2
            && let Some(items) = self.constants(elts)
        {
            self.emit(Op::BuildSet, 0, span);
            self.unit.asm.load_const(Const::FrozenSet(items), span);
            self.emit(Op::SetUpdate, 0, span);
            return Ok(());
        }
        self.collect(elts, 0, span, Op::BuildSet, Op::SetAdd, Op::SetUpdate)
    }

    /// Compiles a tuple display.
    pub(super) fn tuple(&mut self, elts: &'a [Expr], span: Span) -> Done {
        if elts.len() > MAX_ON_STACK
            && let Some(items) = self.constants(elts)
        {
            self.unit.asm.load_const(Const::Tuple(items), span);
            return Ok(());
        }
        self.tuple_of(elts, 0, span)
    }

    /// Compiles a tuple of the topmost `pushed` values of the stack, followed by `elts`.
    pub(super) fn tuple_of(&mut self, elts: &'a [Expr], pushed: u32, span: Span) -> Done {
        if fits_on_stack(elts) {
            elts.iter().try_for_each(|element| self.expr(element))?;
            self.emit(Op::BuildTuple, pushed + elts.len() as u32, span);
            return Ok(());
        }
        self.collect(elts, pushed, span, Op::BuildList, Op::ListAppend, Op::ListExtend)?;
        self.emit(Op::ListToTuple, 0, span);
        Ok(())
    }

    /// Compiles a display of the topmost `pushed` values of the stack, followed by `elts`.
    /// `build` makes the container, `add` adds an element to it, and `extend` adds the elements of an iterable.
    fn collect(&mut self, elts: &'a [Expr], pushed: u32, span: Span, build: Op, add: Op, extend: Op) -> Done {
        if fits_on_stack(elts) {
            elts.iter().try_for_each(|element| self.expr(element))?;
            self.emit(build, pushed + elts.len() as u32, span);
            return Ok(());
        }
        let is_long = elts.len() > MAX_ON_STACK;
        let mut count = pushed;
        let mut is_built = is_long;
        if is_long {
            self.emit(build, pushed, span);
        }
        for element in elts {
            match &element.kind {
                ExprKind::Starred { value } => {
                    if !is_built {
                        self.emit(build, count, span);
                        is_built = true;
                    }
                    self.expr(value)?;
                    self.emit(extend, 0, span);
                }
                _ => {
                    self.expr(element)?;
                    if is_built {
                        self.emit(add, 1, span);
                    } else {
                        count += 1;
                    }
                }
            }
        }
        Ok(())
    }

    /// Compiles a dict display.
    pub(super) fn dict(&mut self, keys: &'a [Option<Expr>], values: &'a [Expr], span: Span) -> Done {
        let pairs = || keys.iter().zip(values);
        if keys.len() * 2 <= MAX_ON_STACK && keys.iter().all(Option::is_some) {
            for (key, value) in pairs() {
                key.iter().try_for_each(|key| self.expr(key))?;
                self.expr(value)?;
            }
            self.emit(Op::BuildDict, keys.len() as u32, span);
            return Ok(());
        }
        self.emit(Op::BuildDict, 0, span);
        for (key, value) in pairs() {
            match key {
                Some(key) => {
                    self.expr(key)?;
                    self.expr(value)?;
                    self.emit(Op::DictSet, 1, span);
                }
                None => {
                    self.expr(value)?;
                    self.emit(Op::DictUpdate, 0, span);
                }
            }
        }
        Ok(())
    }
}

/// Tells whether all elements can be pushed before the container is made: few, and none starred.
fn fits_on_stack(elts: &[Expr]) -> bool {
    elts.len() <= MAX_ON_STACK && !elts.iter().any(|element| matches!(element.kind, ExprKind::Starred { .. }))
}
