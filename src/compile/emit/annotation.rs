//! Annotations: the function `__annotate__` of a module, class or function, which computes them when they are asked for.
//!
//! A module makes its function first, so that it is there while the module runs; a class makes it last. A variable whose
//! annotation not every run comes by notes in the set `__conditional_annotations__` that the code came by it. With
//! `from __future__ import annotations`, the annotations are texts: those of variables are stored at once.

use super::generator::Generator;
use super::variable::Access;
use crate::bytecode::{Const, Op, function_flags, raised_class};
use crate::compile::scope::declare::Done;
use crate::compile::scope::{Part, ScopeId, ScopeKind, node_key};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::tree::*;

/// 2, the largest format that `__annotate__` knows: the values, computed with globals that a caller made up
/// (`annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`).
const LARGEST_FORMAT: i64 = 2;

/// The set of the numbers of the conditional annotations that the code came by.
const CONDITIONAL: &str = "__conditional_annotations__";

/// An annotation that `__annotate__` computes.
struct Deferred<'a> {
    /// The name that it belongs to, as it is written.
    name: Name,
    /// Its expression.
    annotation: &'a Expr,
    /// Its number, if not every run of the code comes by it.
    condition: Option<u32>,
}

/// Collects the annotations of variables in a body, outside of inner functions and classes.
struct Collector<'a> {
    found: Vec<Deferred<'a>>,
    /// Whether there is an annotation at all, even one that nobody can ask for.
    has_any: bool,
    is_conditional: bool,
    conditions: u32,
}

impl<'a> Collector<'a> {
    fn collect(body: &'a [Stmt], is_module: bool) -> Self {
        // A module may be looked at while it runs.
        let mut collector =
            Collector { found: Vec::new(), has_any: false, is_conditional: is_module, conditions: 0 };
        collector.stmts(body);
        collector
    }

    fn stmts(&mut self, body: &'a [Stmt]) {
        body.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        if let StmtKind::AnnAssign { target, annotation, simple, .. } = &stmt.kind {
            self.has_any = true;
            if let ExprKind::Name { id } = &target.kind
                && *simple
            {
                let condition = self.is_conditional.then_some(self.conditions);
                self.conditions += u32::from(self.is_conditional);
                self.found.push(Deferred { name: id.clone(), annotation, condition });
            }
            return;
        }
        let outer = std::mem::replace(&mut self.is_conditional, true);
        match &stmt.kind {
            StmtKind::For { body, orelse, .. }
            | StmtKind::While { body, orelse, .. }
            | StmtKind::If { body, orelse, .. } => {
                self.stmts(body);
                self.stmts(orelse);
            }
            StmtKind::With { body, .. } => self.stmts(body),
            StmtKind::Match { cases, .. } => cases.iter().for_each(|case| self.stmts(&case.body)),
            StmtKind::Try(try_) => {
                self.stmts(&try_.body);
                try_.handlers.iter().for_each(|handler| self.stmts(&handler.body));
                self.stmts(&try_.orelse);
                self.stmts(&try_.finalbody);
            }
            _ => {}
        }
        self.is_conditional = outer;
    }
}

impl<'a> Generator<'a> {
    /// Makes and stores `__annotate__` of a module, before anything in it runs.
    pub(super) fn annotations_of_module(&mut self, module: &'a Module) -> Done {
        let collector = Collector::collect(&module.body, true);
        if !collector.has_any {
            return Ok(());
        }
        let start = Span::at(module.body[0].span.start);
        if self.postpones_annotations {
            self.emit(Op::SetupAnnotations, 0, start);
        }
        self.emit(Op::BuildSet, 0, start);
        self.unit.asm.emit_name(Op::StoreName, &CONDITIONAL.into(), start);
        self.note_conditions(&collector.found);
        self.annotate_of_body(node_key(module), &collector.found, "__annotate__", start)
    }

    /// Begins what a class needs for the annotations of its variables.
    pub(super) fn begin_annotations_of_class(&mut self, def: &'a ClassDef, start: Span) {
        let collector = Collector::collect(&def.body, false);
        if self.postpones_annotations && collector.has_any {
            self.emit(Op::SetupAnnotations, 0, start);
        }
        if let Some(&cell) = self.unit.cells[0].get(CONDITIONAL) {
            self.emit(Op::BuildSet, 0, start);
            self.emit(Op::StoreCell, cell, start);
        }
        self.note_conditions(&collector.found);
    }

    /// Makes and stores the function that computes the annotations of a class.
    pub(super) fn end_annotations_of_class(&mut self, def: &'a ClassDef, start: Span) -> Done {
        let collector = Collector::collect(&def.body, false);
        self.annotate_of_body(node_key(def), &collector.found, "__annotate_func__", start)
    }

    fn note_conditions(&mut self, found: &[Deferred<'a>]) {
        let conditional = found.iter().filter_map(|one| Some((node_key(one.annotation), one.condition?)));
        self.unit.conditional_annotations.extend(conditional);
    }

    /// Makes `__annotate__` of a module or class, unless annotations are texts, and stores it.
    fn annotate_of_body(&mut self, node: usize, found: &[Deferred<'a>], stored: &str, start: Span) -> Done {
        if found.is_empty() || self.postpones_annotations {
            return Ok(());
        }
        let scope = self.table.of_part(node, Part::Annotations).expect("a variable is annotated");
        let qualname = self.qualname(&"__annotate__".into());
        let line = self.unit.first_line;
        self.annotate_function(scope, qualname, line, found, start)?;
        self.unit.asm.emit_name(Op::StoreName, &stored.into(), start);
        Ok(())
    }

    /// Makes `__annotate__` of a function; returns the flags for `MakeFunction`.
    pub(super) fn annotations_of_function(
        &mut self,
        def: &'a FunctionDef,
        span: Span,
    ) -> Result<u32, Box<SyntaxError>> {
        let Some(scope) = self.table.of_part(node_key(def), Part::Annotations) else { return Ok(0) };
        let params = &def.params;
        let in_order = params.args.iter().chain(&params.posonly).chain(&params.vararg);
        let in_order = in_order.chain(&params.kwonly).chain(&params.kwarg);
        let of_params =
            in_order.filter_map(|param| Some((param.arg.name.clone(), param.annotation.as_deref()?)));
        let all: Vec<_> = of_params
            .chain(def.returns.iter().map(|returns| ("return".into(), returns)))
            .map(|(name, annotation)| Deferred { name, annotation, condition: None })
            .collect();
        let qualname = [&*self.qualname(&def.name.name), ".__annotate__"].concat();
        let line = self.source.line(span.start);
        self.annotate_function(scope, qualname.into(), line, &all, span)?;
        Ok(function_flags::ANNOTATE)
    }

    /// Pushes a function that computes annotations.
    fn annotate_function(
        &mut self,
        scope: ScopeId,
        qualname: Name,
        line: u32,
        all: &[Deferred<'a>],
        span: Span,
    ) -> Done {
        self.enter_lazy(scope, "__annotate__", qualname, line, span);
        self.emit(Op::BuildDict, 0, span);
        for one in all {
            let (skip, at) = (self.label(), one.annotation.span);
            if let Some(number) = one.condition {
                self.unit.asm.load_const(Const::Int(number.into()), at);
                self.load_conditions(at);
                self.emit(Op::Contains, 0, at);
                self.jump(Op::PopJumpIfFalse, skip, at);
            }
            let name = self.mangled(&one.name);
            self.unit.asm.load_const(Const::Str(name), at);
            self.annotation(one.annotation, span)?;
            self.emit(Op::DictSet, 1, at);
            self.place(skip);
        }
        self.emit(Op::Return, 0, span);
        self.leave_lazy(span);
        Ok(())
    }

    /// Begins a function whose only parameter is the format that somebody asks for, and refuses those that it does not
    /// know.
    pub(super) fn enter_lazy(&mut self, scope: ScopeId, name: &str, qualname: Name, line: u32, span: Span) {
        self.enter_scope(scope, name.into(), qualname, line);
        self.unit.parameters = (1, 1, 0);
        // A dot, so that no name of the program means it.
        self.add_variables(&[".format".into()]);
        let known = self.label();
        self.emit(Op::LoadLocal, 0, span);
        self.unit.asm.load_const(Const::Int(LARGEST_FORMAT), span);
        self.emit(Op::Greater, 0, span);
        self.jump(Op::PopJumpIfFalse, known, span);
        self.emit(Op::LoadErrorClass, raised_class::NOT_IMPLEMENTED, span);
        self.emit(Op::Raise, 1, span);
        self.place(known);
    }

    /// Ends the function that `enter_lazy` has begun, and pushes it.
    pub(super) fn leave_lazy(&mut self, span: Span) {
        self.unit.local_names[0] = "format".into();
        self.leave_function(0, span);
    }

    /// Pushes the set of the annotations that the code of the module or class came by.
    fn load_conditions(&mut self, span: Span) {
        match self.unit.cells[0].get(CONDITIONAL) {
            Some(&cell) => self.emit(Op::LoadCell, cell, span),
            None if self.unit.kind == ScopeKind::Module => {
                self.unit.asm.emit_name(Op::LoadName, &CONDITIONAL.into(), span);
            }
            None => self.unit.asm.emit_name(Op::LoadGlobal, &CONDITIONAL.into(), span),
        }
    }

    /// Compiles the annotation of a variable of a module or class: it is stored as text, or noted if somebody has to
    /// know that the code came by it.
    pub(super) fn annotate(&mut self, name: &Name, annotation: &'a Expr, span: Span) -> Done {
        if self.postpones_annotations {
            self.annotation(annotation, span)?;
            self.mangled_name(&"__annotations__".into(), Access::Load, span);
            let name = self.mangled(name);
            self.unit.asm.load_const(Const::Str(name), span);
            self.emit(Op::StoreSubscript, 0, span);
        } else if let Some(&number) = self.unit.conditional_annotations.get(&node_key(annotation)) {
            self.load_conditions(span);
            self.unit.asm.load_const(Const::Int(number.into()), span);
            self.emit(Op::SetAdd, 1, span);
            self.emit(Op::Pop, 0, span);
        }
        Ok(())
    }

    /// Compiles an annotation of what is at `span`: its value, or its text if annotations are postponed.
    fn annotation(&mut self, annotation: &'a Expr, span: Span) -> Done {
        if self.postpones_annotations && !self.source.has_text() {
            return self.error("an annotation of a tree cannot be postponed yet", annotation.span);
        }
        if self.postpones_annotations {
            let text = self.source.slice(annotation.span);
            self.unit.asm.load_const(Const::str(text), annotation.span);
            return Ok(());
        }
        match &annotation.kind {
            // `*args: *Ts` unpacks to exactly one value.
            ExprKind::Starred { value } => {
                self.expr(value)?;
                self.emit(Op::UnpackSequence, 1, span);
                Ok(())
            }
            _ => self.expr(annotation),
        }
    }
}
