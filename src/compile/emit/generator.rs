//! The conductor of code generation: the stack of units being made.
//!
//! Methods that emit code are spread over the files of this folder by what they compile; all
//! follow one convention: compiling an expression leaves one more value on the stack, compiling a
//! statement none. What the current unit needs to know while it is made is in `Unit`.

use std::sync::Arc;

use super::beginning::{check_docstring, check_future, docstring};
use super::finish;
use super::unit::{Around, Unit};
use crate::bytecode::{Const, Op};
use crate::compile::assembler::Label;
use crate::compile::scope::SymbolTable;
use crate::compile::scope::declare::{Done, wrong};
use crate::compile::{Compiled, Mode};
use crate::source::{SourceText, Span};
use crate::syntax::tree::*;
use crate::syntax::{SyntaxError, SyntaxWarning};

/// The generator of code.
pub(super) struct Generator<'a> {
    /// The text, for lines.
    pub source: &'a SourceText,
    /// The scopes.
    pub table: &'a SymbolTable,
    /// What the text is compiled as.
    pub mode: Mode,
    /// What is left out: assertions from 1 on, docstrings from 2 on.
    pub optimize: u8,
    /// The unit being made.
    pub unit: Unit<'a>,
    /// The units around it, outermost first.
    pub outer: Vec<Unit<'a>>,
    /// Whether annotations are kept as text (`from __future__ import annotations`).
    pub postpones_annotations: bool,
    /// The warnings about the text.
    pub warnings: Vec<SyntaxWarning>,
}

/// Generates the code of a module.
pub(in crate::compile) fn generate(
    module: &Module,
    source: &SourceText,
    table: &SymbolTable,
    mode: Mode,
    optimize: u8,
) -> Result<Compiled, Box<SyntaxError>> {
    let unit = Unit::new(table, SymbolTable::MODULE, "<module>".into(), "<module>".into(), None, 1);
    let postpones_annotations = check_future(module)?;
    let mut generator = Generator {
        source,
        table,
        mode,
        optimize,
        unit,
        outer: Vec::new(),
        postpones_annotations,
        warnings: Vec::new(),
    };
    generator.warn_of_lost_errors(&module.body, Around::Nothing);
    generator.unit.add_cells(Vec::new(), table.scope(SymbolTable::MODULE));
    generator.module(module)?;
    generator.emit_cleanups();
    Ok((Arc::new(finish::finish(generator.unit, source)), generator.warnings))
}

impl<'a> Generator<'a> {
    fn module(&mut self, module: &'a Module) -> Done {
        if let (Mode::Expression, [Stmt { kind: StmtKind::Expr { value }, .. }]) =
            (self.mode, module.body.as_slice())
        {
            self.expr(value)?;
            self.emit(Op::Return, 0, value.span);
            return Ok(());
        }
        self.annotations_of_module(module)?;
        self.body(&module.body, self.mode == Mode::Module)?;
        self.return_none(Span::default());
        Ok(())
    }

    /// Compiles the body of a module or class: docstring, statements.
    pub(super) fn body(&mut self, body: &'a [Stmt], has_docstring: bool) -> Done {
        let mut body = body;
        if has_docstring && let Some((text, span)) = docstring(body) {
            if self.optimize < 2 {
                check_docstring(body)?;
                self.unit.asm.load_const(Const::Str(text), span);
                self.unit.asm.emit_name(Op::StoreName, &"__doc__".into(), span);
            }
            body = &body[1..];
        }
        self.stmts(body)
    }

    /// Emits `return None`.
    pub(super) fn return_none(&mut self, span: Span) {
        self.unit.asm.load_const(Const::None, span);
        self.emit(Op::Return, 0, span);
    }

    /// Emits an instruction.
    pub(super) fn emit(&mut self, op: Op, arg: u32, span: Span) {
        self.unit.asm.emit(op, arg, span);
    }

    /// Emits a jump.
    pub(super) fn jump(&mut self, op: Op, to: Label, span: Span) {
        self.unit.asm.jump(op, to, span);
    }

    /// Makes a label.
    pub(super) fn label(&mut self) -> Label {
        self.unit.asm.label()
    }

    /// Puts a label here.
    pub(super) fn place(&mut self, label: Label) {
        self.unit.asm.place(label);
    }

    /// Makes a syntax error.
    pub(super) fn error<T>(&self, message: impl Into<String>, span: Span) -> Result<T, Box<SyntaxError>> {
        Err(wrong(message, span))
    }
}
