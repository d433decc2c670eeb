//! Comprehensions and generator expressions.
//!
//! A generator expression is a function of one argument, the first iterator. Any other comprehension is inlined: the
//! frame around runs it (PEP 709). Its variables have slots of their own, so nothing is saved and restored; they are
//! unbound when the comprehension ends or an exception leaves it. Its container lies on the stack below the iterators
//! of the `for` clauses.

use super::generator::Generator;
use super::unit::Cleanup;
use crate::bytecode::Op;
use crate::compile::assembler::Label;
use crate::compile::scope::declare::Done;
use crate::compile::scope::{Binding, ScopeId, node_key};
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

impl Element<'_> {
    /// Returns the place of the element.
    fn span(&self) -> Span {
        match self {
            Element::Yield(value) | Element::Append(value) | Element::Add(value) => value.span,
            Element::Set(key, value) => key.span.to(value.span),
        }
    }
}

impl<'a> Generator<'a> {
    /// Compiles a comprehension.
    pub(super) fn comprehension(&mut self, expr: &'a Expr) -> Done {
        if let ExprKind::GeneratorExp { elt, generators } = &expr.kind {
            return self.generator_expression(expr, elt, generators);
        }
        let scope = self.inlined(expr)?;
        let variables = self.variables_of(scope);
        self.unbind_variables(variables.into_iter().rev(), self.unit.inlined.len() + 1, expr.span);
        Ok(())
    }

    /// Compiles a comprehension whose value the words of `consume` pop or store in a local: before its variables are
    /// unbound, which are the others first, then the last. Returns false, with nothing compiled, if it is none.
    pub(super) fn comprehension_consumed(
        &mut self,
        expr: &'a Expr,
        consume: impl FnOnce(&mut Self) -> Done,
    ) -> Result<bool, Box<crate::syntax::SyntaxError>> {
        if !matches!(
            expr.kind,
            ExprKind::ListComp { .. } | ExprKind::SetComp { .. } | ExprKind::DictComp { .. }
        ) {
            return Ok(false);
        }
        let scope = self.inlined(expr)?;
        consume(self)?;
        let mut variables = self.variables_of(scope);
        let last = variables.pop();
        let order = variables.into_iter().rev().chain(last);
        self.unbind_variables(order, self.unit.inlined.len() + 1, expr.span);
        Ok(true)
    }

    fn generator_expression(
        &mut self,
        expr: &'a Expr,
        element: &'a Expr,
        generators: &'a [Comprehension],
    ) -> Done {
        let span = expr.span;
        let line = self.source.line(span.start);
        self.enter_unit(node_key(expr), "<genexpr>".into(), line);
        self.unit.parameters = (0, 1, 0);
        self.add_variables(&[".0".into()]);
        self.start_generator();
        let slot = self.unit.local(&".0".into());
        self.emit(Op::LoadLocal, slot, span);
        self.loop_clause(generators, 0, Element::Yield(element), span)?;
        self.return_none(Span::default());
        self.leave_function(0, span);
        self.iterator(&generators[0])?;
        self.emit(Op::Call, 1, span);
        Ok(())
    }

    /// Compiles a comprehension that the frame around runs, up to its value. Returns its scope, whose variables are to be
    /// unbound.
    fn inlined(&mut self, expr: &'a Expr) -> Result<ScopeId, Box<crate::syntax::SyntaxError>> {
        let (build, element, generators) = match &expr.kind {
            ExprKind::ListComp { elt, generators } => (Op::BuildList, Element::Append(elt), generators),
            ExprKind::SetComp { elt, generators } => (Op::BuildSet, Element::Add(elt), generators),
            ExprKind::DictComp { key, value, generators } => {
                (Op::BuildDict, Element::Set(key, value), generators)
            }
            _ => unreachable!("only comprehensions come here"),
        };
        let (span, scope) = (expr.span, self.table.of_node(node_key(expr)));
        // The line of the whole begins after the iterable, as if that came first.
        self.emit(build, 0, generators[0].iter.span);
        self.iterator(&generators[0])?;
        self.emit(Op::BeginLine, 0, span);
        // CPython has one slot for both, so that of the frame's own variable gets its number here.
        if self.unit.inlined.is_empty() {
            for name in self.names_bound(scope, Binding::Local) {
                if self.is_local(name) {
                    self.unit.local(name);
                }
            }
        }
        self.unit.inlined.push(scope);
        let depth = self.unit.inlined.len();
        for name in self.names_bound(scope, Binding::Cell) {
            let cell = self.unit.cells[depth][name];
            self.emit(Op::MakeCell, cell, span);
        }
        let label = self.label();
        let outer = self.unit.asm.enter_handler(label, 2);
        self.loop_clause(generators, 0, element, span)?;
        self.unit.asm.set_handler(outer);
        self.unit.inlined.pop();
        self.unit.cleanups.push(Cleanup { label, outer, scope, depth, span });
        Ok(scope)
    }

    /// Returns the names that an inlined comprehension binds in this way.
    fn names_bound(&self, scope: ScopeId, binding: Binding) -> impl Iterator<Item = &'a Name> + use<'a> {
        let symbols = self.table.scope(scope).symbols.iter();
        symbols.filter(move |symbol| symbol.binding == binding).map(|symbol| &symbol.name)
    }

    /// Returns the variables that an inlined comprehension binds, in the order of the text.
    fn variables_of(&self, scope: ScopeId) -> Vec<(&'a Name, Binding)> {
        let symbols = self.table.scope(scope).symbols.iter();
        let own = symbols.filter(|symbol| matches!(symbol.binding, Binding::Local | Binding::Cell));
        own.map(|symbol| (&symbol.name, symbol.binding)).collect()
    }

    /// Unbinds variables of an inlined comprehension; it is at a depth among those around.
    fn unbind_variables(
        &mut self,
        variables: impl IntoIterator<Item = (&'a Name, Binding)>,
        depth: usize,
        span: Span,
    ) {
        for (name, binding) in variables {
            if binding == Binding::Cell {
                let cell = self.unit.cells[depth][name];
                self.emit(Op::ClearCell, cell, span);
            } else {
                let slot = self.unit.local_at(depth, name);
                self.emit(Op::ClearLocal, slot, span);
            }
        }
    }

    /// Emits, at the end of the unit, what exceptions that leave inlined comprehensions lead to.
    pub(super) fn emit_cleanups(&mut self) {
        for Cleanup { label, outer, scope, depth, span } in std::mem::take(&mut self.unit.cleanups) {
            self.unit.asm.set_handler(outer);
            self.place(label);
            let variables = self.variables_of(scope);
            self.unbind_variables(variables.into_iter().rev(), depth, span);
            self.emit(Op::Reraise, 0, span);
        }
    }

    /// Compiles the iterator of a clause.
    fn iterator(&mut self, generator: &'a Comprehension) -> Done {
        self.iterable(&generator.iter)?;
        let get_iter = if generator.is_async { Op::GetAsyncIter } else { Op::GetIter };
        self.emit(get_iter, 0, generator.iter.span);
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
        let Some(value) = only_element(generator) else {
            self.iterator(generator)?;
            return self.loop_clause(generators, at, element, span);
        };
        // `for y in [f(x)]` is an assignment: no loop, no iterator.
        self.expr(value)?;
        self.store(&generator.target)?;
        let skip = self.label();
        self.conditions(&generator.ifs, skip)?;
        self.element_or_clause(generators, at + 1, element, span)?;
        self.place(skip);
        Ok(())
    }

    /// Compiles a `for` clause, whose iterator is on the stack.
    fn loop_clause(
        &mut self,
        generators: &'a [Comprehension],
        at: usize,
        element: Element<'a>,
        span: Span,
    ) -> Done {
        let generator = &generators[at];
        let (next, end) = (self.label(), self.label());
        self.place(next);
        if generator.is_async {
            return self.async_clause(generators, at, (next, end), element, span);
        }
        self.jump(Op::ForIter, end, generator.iter.span);
        self.store(&generator.target)?;
        let skip = self.label();
        self.conditions(&generator.ifs, skip)?;
        self.element_or_clause(generators, at + 1, element, span)?;
        self.place(skip);
        self.jump(Op::JumpBack, next, element.span());
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
                self.yield_top(value.span);
                self.emit(Op::Pop, 0, value.span);
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
                self.emit(Op::DictSet, depth, element.span());
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
