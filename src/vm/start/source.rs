//! From text to code objects, for `import`, `exec` and the command line.

use crate::compile::{self, Mode};
use crate::source::SourceText;
use crate::syntax::tree::{Expr, Module, Stmt, StmtKind};
use crate::syntax::{self, SyntaxError, SyntaxWarning};
use crate::thread::Thread;
use crate::types::exception::syntax_error;
use crate::value::{ErrorKind, Raised, Ref, Run};
use crate::vm::code::Code;
use crate::vm::machine::Machine;
use crate::vm::report::warn::{self, Warning};

/// Compiles a whole module.
///
/// Raises `SyntaxError` with the position and the quoted line.
pub fn module(thread: &mut Thread, source: &SourceText) -> Run<Ref<Code>> {
    let tree = syntax::parse_module(source).map_err(|error| refused(thread, &error, source))?;
    Compiling::default().module(thread, source, &tree)
}

/// Compiles one entry of an interactive session, where expressions are echoed. Raises `SyntaxError`,
/// `MemoryError`.
pub fn interactive(thread: &mut Thread, source: &SourceText, tree: &Module) -> Run<Ref<Code>> {
    Compiling::default().interactive(thread, source, tree)
}

/// How a tree is compiled. Its functions raise `SyntaxError`, `MemoryError` and what warnings raise.
#[derive(Clone, Copy, Default)]
pub struct Compiling {
    /// How much is left out; what the command line says if missing.
    pub optimize: Option<u8>,
}

impl Compiling {
    /// Compiles a file.
    pub fn module(self, thread: &mut Thread, source: &SourceText, tree: &Module) -> Run<Ref<Code>> {
        self.finish(thread, source, tree, Mode::Module)
    }

    /// Compiles an entry of a session.
    pub fn interactive(self, thread: &mut Thread, source: &SourceText, tree: &Module) -> Run<Ref<Code>> {
        self.finish(thread, source, tree, Mode::Interactive)
    }

    /// Compiles an expression for `eval`: running the code returns its value.
    pub fn expression(
        self,
        thread: &mut Thread,
        source: &SourceText,
        expression: Expr,
        warnings: Vec<SyntaxWarning>,
    ) -> Run<Ref<Code>> {
        let span = expression.span;
        let depth = expression.depth + 1;
        let kind = StmtKind::Expr { value: Box::new(expression) };
        let tree = Module { body: vec![Stmt { kind, span, depth }], warnings };
        self.single_expression(thread, source, &tree)
    }

    /// Compiles a tree whose only statement is an expression likewise.
    pub fn single_expression(
        self,
        thread: &mut Thread,
        source: &SourceText,
        tree: &Module,
    ) -> Run<Ref<Code>> {
        self.finish(thread, source, tree, Mode::Expression)
    }

    fn finish(self, thread: &mut Thread, source: &SourceText, tree: &Module, mode: Mode) -> Run<Ref<Code>> {
        warn(thread, &tree.warnings, source)?;
        let usual = || Machine::of(thread).options.flags.number("optimize").clamp(0, 2) as u8;
        let optimize = self.optimize.unwrap_or_else(usual);
        let compiled = compile::compile_with_warnings(tree, source, mode, optimize);
        let (unit, warnings) = compiled.map_err(|error| refused(thread, &error, source))?;
        warn(thread, &warnings, source)?;
        let fuse = Machine::of(thread).options.fuse;
        let code = Code::new(thread, &unit, fuse)?;
        Ok(thread.alloc(code))
    }
}

/// Warns of what a text hardly means. Raises `SyntaxError` at the place if a filter makes an error of the warning, and
/// what the functions of the program raise.
pub fn warn(thread: &mut Thread, warnings: &[SyntaxWarning], source: &SourceText) -> Run<()> {
    let category = thread.known().error(ErrorKind::SyntaxWarning).to_value();
    for warning in warnings {
        let message = thread.try_str(&warning.message)?;
        let told = Warning {
            message: &message,
            category: &category,
            file: source.name(),
            line: source.line(warning.span.start).into(),
            module: None,
            registry: None,
            source_line: None,
            source: None,
        };
        match warn::explicit(thread, &told) {
            Err(raised) if raised.is_kind(thread, ErrorKind::SyntaxWarning) => {
                let error = SyntaxError::new(warning.message.as_str(), warning.span);
                return Err(refused(thread, &error, source));
            }
            result => result?,
        }
    }
    Ok(())
}

/// Makes the error for what is wrong with a text.
pub fn refused(thread: &mut Thread, error: &SyntaxError, source: &SourceText) -> Raised {
    syntax_error::raise(thread, error, source)
}
