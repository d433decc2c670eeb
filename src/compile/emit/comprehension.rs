//! Comprehensions and generator expressions: functions of one argument, the first iterator.
//!
//! The container that is filled lies below the iterators of the `for` clauses on the stack of that function.

use super::generator::Generator;
use crate::bytecode::{Op, awaited};
use crate::compile::assembler::Label;
use crate::compile::scope::declare::Done;
use crate::compile::scope::{ScopeKind, node_key};
use crate::source::Span;
use crate::syntax::tree::*;

/// The container that collects the elements, or the generator that yields them.
#[derive(Clone, Copy)]
enum Element<'a> {
    Yield(&'a Expr),
    Append(&'a Expr),
    Add(&'a Expr),
    Set(&'a Expr, &'a Expr),
}

impl<'a> Generator<'a> {
    /// Compiles a comprehension.
    pub(super) fn comprehension(&mut self, expr: &'a Expr) -> Done {
        let (name, build, element, generators) = match &expr.kind {
            ExprKind::ListComp { elt, generators } => {
                ("<listcomp>", Some(Op::BuildList), Element::Append(elt), generators)
            }
            ExprKind::SetComp { elt, generators } => {
                ("<setcomp>", Some(Op::BuildSet), Element::Add(elt), generators)
            }
            ExprKind::DictComp { key, value, generators } => {
                ("<dictcomp>", Some(Op::BuildDict), Element::Set(key, value), generators)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                ("<genexpr>", None, Element::Yield(elt), generators)
            }
            _ => unreachable!("only comprehensions come here"),
        };
        let span = expr.span;
        let awaits = build.is_some() && self.table.scope(self.table.of_node(node_key(expr))).is_async;
        let may_await = self.is_async_function() || matches!(self.unit.kind, ScopeKind::Comprehension(_));
        if awaits && !may_await {
            return self.error("asynchronous comprehension outside of an asynchronous function", span);
        }
        let line = self.source.line(span.start);
        self.enter_unit(node_key(expr), name.into(), line);
        self.unit.parameters = (0, 1, 0);
        self.add_variables(&[".0".into()]);
        self.start_generator();
        if let Some(build) = build {
            self.emit(build, 0, span);
        }
        self.clause(generators, 0, element, span)?;
        match build {
            Some(_) => self.emit(Op::Return, 0, span),
            None => self.return_none(span),
        }
        self.leave_function(0, span);
        self.iterable(&generators[0].iter)?;
        let get_iter = if generators[0].is_async { Op::GetAsyncIter } else { Op::GetIter };
        self.emit(get_iter, 0, span);
        self.emit(Op::Call, 1, span);
        if awaits {
            self.await_(awaited::EXPRESSION, span);
        }
        Ok(())
    }

    fn clause(
        &mut self,
        generators: &'a [Comprehension],
        at: usize,
        element: Element<'a>,
        span: Span,
    ) -> Done {
        let generator = &generators[at];
        let (next, end) = (self.label(), self.label());
        if at == 0 {
            let slot = self.unit.local(&".0".into());
            self.emit(Op::LoadLocal, slot, span);
        } else if let Some(value) = only_element(generator) {
            // `for y in [f(x)]` is an assignment: no loop, no iterator.
            self.expr(value)?;
            self.store(&generator.target)?;
            let skip = self.label();
            self.conditions(&generator.ifs, skip)?;
            self.element_or_clause(generators, at + 1, element, span)?;
            self.place(skip);
            return Ok(());
        } else {
            self.iterable(&generator.iter)?;
            let get_iter = if generator.is_async { Op::GetAsyncIter } else { Op::GetIter };
            self.emit(get_iter, 0, span);
        }
        self.place(next);
        if generator.is_async {
            return self.async_clause(generators, at, (next, end), element, span);
        }
        self.jump(Op::ForIter, end, span);
        self.store(&generator.target)?;
        let skip = self.label();
        self.conditions(&generator.ifs, skip)?;
        self.element_or_clause(generators, at + 1, element, span)?;
        self.place(skip);
        self.jump(Op::JumpBack, next, Span::default());
        self.place(end);
        Ok(())
    }

    /// Compiles an `async for` clause, whose iterator is on the stack.
    fn async_clause(
        &mut self,
        generators: &'a [Comprehension],
        at: usize,
        (next, end): (Label, Label),
        element: Element<'a>,
        span: Span,
    ) -> Done {
        let generator = &generators[at];
        let outer = self.unit.asm.enter_handler(end, 0);
        self.emit(Op::GetAsyncNext, 0, span);
        self.await_iterator(span);
        self.unit.asm.set_handler(outer);
        self.store(&generator.target)?;
        let skip = self.label();
        self.conditions(&generator.ifs, skip)?;
        self.element_or_clause(generators, at + 1, element, span)?;
        self.place(skip);
        self.jump(Op::JumpBack, next, Span::default());
        self.place(end);
        self.emit(Op::EndAsyncFor, 0, span);
        Ok(())
    }

    fn conditions(&mut self, ifs: &'a [Expr], skip: Label) -> Done {
        ifs.iter().try_for_each(|test| self.jump_if(test, false, skip))
    }

    fn element_or_clause(
        &mut self,
        generators: &'a [Comprehension],
        at: usize,
        element: Element<'a>,
        span: Span,
    ) -> Done {
        if at < generators.len() {
            return self.clause(generators, at, element, span);
        }
        let is_loop =
            |(at, generator): &(usize, &Comprehension)| *at == 0 || only_element(generator).is_none();
        let depth = generators.iter().enumerate().filter(is_loop).count() as u32 + 1;
        match element {
            Element::Yield(value) => {
                self.expr(value)?;
                self.yield_top(span);
                self.emit(Op::Pop, 0, span);
            }
            Element::Append(value) => {
                self.expr(value)?;
                self.emit(Op::ListAppend, depth, value.span);
            }
            Element::Add(value) => {
                self.expr(value)?;
                self.emit(Op::SetAdd, depth, value.span);
            }
            Element::Set(key, value) => {
                self.expr(key)?;
                self.expr(value)?;
                self.emit(Op::DictSet, depth, key.span.to(value.span));
            }
        }
        Ok(())
    }
}

/// Returns `x` if a clause iterates over `[x]` or `(x,)`: unless it is the first, it assigns `x`.
fn only_element(generator: &Comprehension) -> Option<&Expr> {
    let (ExprKind::List { elts } | ExprKind::Tuple { elts }) = &generator.iter.kind else { return None };
    if generator.is_async {
        return None;
    }
    match elts.as_slice() {
        [only] if !matches!(only.kind, ExprKind::Starred { .. }) => Some(only),
        _ => None,
    }
}
