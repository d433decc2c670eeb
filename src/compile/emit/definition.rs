//! Functions, lambdas and classes.
//!
//! What belongs to the scope around a function (decorators, defaults) is evaluated there, in CPython's order; then the
//! body becomes a unit of its own, a constant of the unit around it. Annotations are in `annotation.rs`.

use std::sync::Arc;

use super::beginning::{check_docstring, docstring};
use super::finish;
use super::generator::Generator;
use super::unit::Unit;
use super::variable::Access;
use crate::bytecode::{CodeFlags, CodeUnit, Const, Op, function_flags, intrinsic};
use crate::compile::scope::declare::Done;
use crate::compile::scope::declare_expr::all_params;
use crate::compile::scope::{Binding, GENERIC_BASE, ScopeId, ScopeKind, TYPE_PARAMS, Uses, node_key};
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Compiles `def`.
    pub(super) fn function_def(&mut self, def: &'a FunctionDef, span: Span) -> Done {
        def.decorators.iter().try_for_each(|decorator| self.expr(decorator))?;
        let mut flags = self.defaults(&def.params, span)?;
        let first = def.decorators.first().map_or(span.start, |decorator| decorator.span.start);
        let line = self.source.line(first);
        let defaults = flags.count_ones();
        let is_generic = !def.type_params.is_empty();
        if is_generic {
            let arguments = [".defaults", ".kwdefaults"];
            let skipped = usize::from(flags == function_flags::KEYWORD_DEFAULTS);
            let arguments = &arguments[skipped..skipped + defaults as usize];
            self.enter_generic(node_key(def), &def.name.name, &def.type_params, arguments, line, span)?;
            for slot in 0..defaults {
                self.emit(Op::LoadLocal, slot, span);
            }
        }
        flags |= self.annotations_of_function(def, span)?;
        self.enter_function(node_key(def), def.name.name.clone(), line, &def.params);
        if self.optimize < 2 {
            check_docstring(&def.body)?;
            self.unit.docstring = docstring(&def.body).map(|(text, _)| text);
        }
        self.start_generator();
        self.stmts(&def.body)?;
        self.return_none(Span::default());
        self.leave_function(flags, span);
        if is_generic {
            self.emit(Op::Intrinsic, intrinsic::SET_TYPE_PARAMS, span);
            self.leave_generic(defaults, span);
        }
        self.decorate(&def.decorators);
        self.name(&def.name.name, Access::Store, span)
    }

    /// Compiles `lambda`.
    pub(super) fn lambda(&mut self, expr: &'a Expr, params: &'a Params, body: &'a Expr) -> Done {
        let flags = self.defaults(params, expr.span)?;
        let line = self.source.line(expr.span.start);
        self.enter_function(node_key(expr), "<lambda>".into(), line, params);
        self.start_generator();
        self.expr(body)?;
        self.emit(Op::Return, 0, body.span);
        self.leave_function(flags, expr.span);
        Ok(())
    }

    fn decorate(&mut self, decorators: &'a [Expr]) {
        for decorator in decorators.iter().rev() {
            self.emit(Op::Call, 1, decorator.span);
        }
    }

    /// Evaluates defaults; returns the flags for `MakeFunction`.
    fn defaults(&mut self, params: &'a Params, span: Span) -> Result<u32, Box<crate::syntax::SyntaxError>> {
        let mut flags = 0;
        if !params.defaults.is_empty() {
            self.tuple_of(&params.defaults, 0, span)?;
            flags |= function_flags::DEFAULTS;
        }
        if params.kw_defaults.iter().any(Option::is_some) {
            self.emit(Op::BuildDict, 0, span);
            for (param, default) in params.kwonly.iter().zip(&params.kw_defaults) {
                let Some(default) = default else { continue };
                let name = self.mangled(&param.arg.name);
                self.unit.asm.load_const(Const::Str(name), param.arg.span);
                self.expr(default)?;
                self.emit(Op::DictSet, 1, param.arg.span);
            }
            flags |= function_flags::KEYWORD_DEFAULTS;
        }
        Ok(flags)
    }

    /// Begins the unit of a function: parameters, cells, the start of a generator.
    fn enter_function(&mut self, node: usize, name: Name, line: u32, params: &Params) {
        self.enter_unit(node, name, line);
        let unit = &mut self.unit;
        let positional = params.posonly.len() + params.args.len();
        unit.parameters = (params.posonly.len() as u32, positional as u32, params.kwonly.len() as u32);
        unit.flags.set(CodeFlags::VARARGS, params.vararg.is_some());
        unit.flags.set(CodeFlags::VARKEYWORDS, params.kwarg.is_some());
        let names: Vec<Name> = all_params(params).map(|param| param.arg.name.clone()).collect();
        self.add_variables(&names);
    }

    /// Begins a unit inside the current one.
    pub(super) fn enter_unit(&mut self, node: usize, name: Name, line: u32) {
        let qualname = self.qualname(&name);
        self.enter_scope(self.table.of_node(node), name, qualname, line);
    }

    /// Begins the unit of a scope inside the current one.
    pub(super) fn enter_scope(&mut self, scope: ScopeId, name: Name, qualname: Name, line: u32) {
        let class = self.unit.class.clone();
        let mut unit = Unit::new(self.table, scope, name, qualname, class, line);
        if unit.kind.is_function() && self.is_nested() {
            unit.flags |= CodeFlags::NESTED;
        }
        self.outer.push(std::mem::replace(&mut self.unit, unit));
    }

    fn is_nested(&self) -> bool {
        self.unit.kind.is_function() || self.outer.iter().any(|outer| outer.kind.is_function())
    }

    /// Adds parameters and cells to the unit of a function, and emits the code that makes the cells.
    pub(super) fn add_variables(&mut self, parameters: &[Name]) {
        for name in parameters {
            let name = self.mangled(name);
            self.unit.local(&name);
        }
        let scope = self.table.scope(self.unit.scope);
        let cells = scope.symbols.iter().filter(|symbol| symbol.binding == Binding::Cell);
        let cells = cells.map(|symbol| symbol.name.clone()).collect();
        self.unit.add_cells(cells, scope);
        self.emit_prologue();
        let uses_class = scope.free.iter().any(|name| &**name == "__class__")
            && scope.find("__class__").is_some_and(|symbol| symbol.uses.contains(Uses::USED));
        self.unit.flags.set(CodeFlags::USES_CLASS_CELL, uses_class);
    }

    /// Emits the start of a generator or coroutine, if the function is one.
    /// A call then runs only up to that instruction, which makes the object that the call returns.
    pub(super) fn start_generator(&mut self) {
        let scope = self.table.scope(self.unit.scope);
        let yields = scope.is_generator || matches!(scope.kind, ScopeKind::Comprehension(_));
        let kind = match (yields, scope.is_async) {
            (false, false) => CodeFlags::empty(),
            (true, false) => CodeFlags::GENERATOR,
            (false, true) => CodeFlags::COROUTINE,
            (true, true) => CodeFlags::ASYNC_GENERATOR,
        };
        if !kind.is_empty() {
            self.unit.flags |= kind;
            self.emit(Op::GeneratorStart, 0, Span::default());
            self.emit(Op::Pop, 0, Span::default());
        }
    }

    fn emit_prologue(&mut self) {
        if !self.unit.free_names.is_empty() {
            let count = self.unit.free_names.len() as u32;
            self.emit(Op::CopyFree, count, Span::default());
        }
        for cell in 0..self.unit.own_cells {
            self.emit(Op::MakeCell, cell, Span::default());
        }
    }

    /// Returns the dotted name of something defined here.
    pub(super) fn qualname(&self, name: &Name) -> Name {
        // What evaluates annotations or binds type parameters is no function to whoever reads names.
        let mut around = std::iter::once(&self.unit).chain(self.outer.iter().rev());
        let unit = around.find(|unit| !matches!(unit.kind, ScopeKind::Lazy(_) | ScopeKind::Generic));
        let unit = unit.expect("the outermost is a file");
        let is_global =
            unit.kind == ScopeKind::Module || self.binding(&self.mangled(name)) == Binding::GlobalExplicit;
        if is_global {
            return name.clone();
        }
        let has_locals = matches!(unit.kind, ScopeKind::Function | ScopeKind::Lambda);
        let infix = if has_locals { ".<locals>." } else { "." };
        [&unit.qualname, infix, name].concat().into()
    }

    /// Ends a unit, makes it a constant of the one around it and a function on the stack.
    pub(super) fn leave_function(&mut self, flags: u32, span: Span) {
        let unit = self.leave_unit();
        self.make_function(unit, flags, span);
    }

    /// Ends a unit and goes on with the one around it.
    pub(super) fn leave_unit(&mut self) -> Arc<CodeUnit> {
        self.emit_cleanups();
        let outer = self.outer.pop().expect("a unit that ends stands in another");
        let unit = std::mem::replace(&mut self.unit, outer);
        if self.unit.kind == ScopeKind::Class && unit.kind == ScopeKind::Function {
            self.unit.self_attrs.extend(unit.self_attrs.iter().cloned());
        }
        Arc::new(finish::finish(unit, self.source))
    }

    pub(super) fn make_function(&mut self, unit: Arc<CodeUnit>, mut flags: u32, span: Span) {
        if !unit.free_names.is_empty() {
            for name in &unit.free_names {
                let cell = self.shared_cell(name);
                self.emit(Op::LoadClosure, cell, span);
            }
            self.emit(Op::BuildTuple, unit.free_names.len() as u32, span);
            flags |= function_flags::CLOSURE;
        }
        self.unit.asm.load_const(Const::Code(unit), span);
        self.emit(Op::MakeFunction, flags, span);
    }

    /// Compiles `class`.
    pub(super) fn class_def(&mut self, def: &'a ClassDef, span: Span) -> Done {
        def.decorators.iter().try_for_each(|decorator| self.expr(decorator))?;
        let first = def.decorators.first().map_or(span.start, |decorator| decorator.span.start);
        let line = self.source.line(first);
        let is_generic = !def.type_params.is_empty();
        if is_generic {
            // Private names of the parameters belong to the class already, those of the bases do not.
            let around = self.unit.class.replace(def.name.name.clone());
            self.enter_generic(node_key(def), &def.name.name, &def.type_params, &[], line, span)?;
            self.unit.class.clone_from(&around);
            self.outer.last_mut().expect("a unit was entered").class = around;
            self.mangled_name(&TYPE_PARAMS.into(), Access::Store, span);
        }
        self.emit(Op::LoadBuildClass, 0, span);
        self.enter_unit(node_key(def), def.name.name.clone(), line);
        self.class_body(def, span)?;
        let unit = self.leave_unit();
        self.make_function(unit, 0, span);
        self.unit.asm.load_const(Const::Str(def.name.name.clone()), span);
        if is_generic {
            self.mangled_name(&TYPE_PARAMS.into(), Access::Load, span);
            self.emit(Op::Intrinsic, intrinsic::GENERIC_BASE, span);
            self.mangled_name(&GENERIC_BASE.into(), Access::Store, span);
        }
        self.class_arguments(def, span)?;
        if is_generic {
            self.leave_generic(0, span);
        }
        self.decorate(&def.decorators);
        self.name(&def.name.name, Access::Store, span)
    }

    fn class_body(&mut self, def: &'a ClassDef, span: Span) -> Done {
        // As in CPython, the line where the code begins is that of the first decorator.
        let start = Span::at(def.decorators.first().map_or(span, |decorator| decorator.span).start);
        self.unit.class = Some(def.name.name.clone());
        let scope = self.table.scope(self.unit.scope);
        self.unit.add_cells(scope.class_cells.clone(), scope);
        self.emit_prologue();
        self.unit.asm.emit_name(Op::LoadName, &"__name__".into(), start);
        self.unit.asm.emit_name(Op::StoreName, &"__module__".into(), start);
        let qualname = self.unit.qualname.clone();
        self.unit.asm.load_const(Const::Str(qualname), start);
        self.unit.asm.emit_name(Op::StoreName, &"__qualname__".into(), start);
        let line = i64::from(self.unit.first_line);
        self.unit.asm.load_const(Const::Int(line), start);
        self.unit.asm.emit_name(Op::StoreName, &"__firstlineno__".into(), start);
        if !def.type_params.is_empty() {
            self.mangled_name(&TYPE_PARAMS.into(), Access::Load, start);
            self.unit.asm.emit_name(Op::StoreName, &"__type_params__".into(), start);
        }
        if let Some(&cell) = self.unit.cells[0].get("__classdict__") {
            self.emit(Op::LoadLocals, 0, start);
            self.emit(Op::StoreCell, cell, start);
        }
        self.begin_annotations_of_class(def, start);
        self.body(&def.body, true)?;
        self.end_annotations_of_class(def, start)?;
        // What follows belongs to the last statement, as a `return` at the end of a function.
        let attributes = self.unit.static_attributes.iter().map(|name| Const::Str(name.clone())).collect();
        self.unit.asm.load_const(Const::Tuple(attributes), Span::default());
        self.unit.asm.emit_name(Op::StoreName, &"__static_attributes__".into(), Span::default());
        if let Some(&cell) = self.unit.cells[0].get("__classdict__") {
            self.emit(Op::LoadClosure, cell, Span::default());
            self.unit.asm.emit_name(Op::StoreName, &"__classdictcell__".into(), Span::default());
        }
        if let Some(&cell) = self.unit.cells[0].get("__class__") {
            self.emit(Op::LoadClosure, cell, Span::default());
            self.emit(Op::Copy, 1, Span::default());
            self.unit.asm.emit_name(Op::StoreName, &"__classcell__".into(), Span::default());
            self.emit(Op::Return, 0, Span::default());
        } else {
            self.return_none(Span::default());
        }
        Ok(())
    }
}
