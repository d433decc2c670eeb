//! The code of one function, class body or module.
//!
//! `instructions` and `positions` run in parallel. The compiler makes units, `verify.rs` proves
//! them sound and computes the depth of the stack at every instruction.

use std::sync::Arc;

use bitflags::bitflags;

use super::{Const, Instruction};
use crate::source::SourceText;

bitflags! {
    /// What kind of code a unit is.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct CodeFlags: u32 {
        /// Its names are locals in slots, not a namespace (CPython: CO_OPTIMIZED).
        const OPTIMIZED = 0x1;
        /// Each call has a namespace of its own (CPython: CO_NEWLOCALS).
        const NEW_LOCALS = 0x2;
        /// It has a `*args` parameter.
        const VARARGS = 0x4;
        /// It has a `**kwargs` parameter.
        const VARKEYWORDS = 0x8;
        /// It stands inside a function.
        const NESTED = 0x10;
        /// Calling it makes a generator.
        const GENERATOR = 0x20;
        /// Calling it makes a coroutine.
        const COROUTINE = 0x80;
        /// A generator that calling it makes may be awaited (CPython: CO_ITERABLE_COROUTINE).
        const ITERABLE_COROUTINE = 0x100;
        /// Calling it makes an asynchronous generator.
        const ASYNC_GENERATOR = 0x200;
        /// It is the body of a class.
        const CLASS_BODY = 0x1_0000;
        /// It is a method that uses `super` or `__class__`.
        const USES_CLASS_CELL = 0x2_0000;
    }
}

impl CodeFlags {
    /// Calling it makes an object that runs the code step by step.
    pub const SUSPENDS: CodeFlags =
        CodeFlags::GENERATOR.union(CodeFlags::COROUTINE).union(CodeFlags::ASYNC_GENERATOR);
    /// It was declared with `async`, or is a comprehension that awaits.
    pub const ASYNC: CodeFlags = CodeFlags::COROUTINE.union(CodeFlags::ASYNC_GENERATOR);
}

/// A variable that inner functions share, and the parameter it starts from, if it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellName {
    /// Its name.
    pub name: Arc<str>,
    /// The local that holds the argument when the function is entered; `MakeCell` moves it.
    pub parameter: Option<u32>,
}

/// Where an instruction comes from; lines count from 1, columns are bytes from 0.
///
/// A line of 0 means that the instruction belongs to no line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstructionPosition {
    /// The first line.
    pub line: u32,
    /// The last line.
    pub end_line: u32,
    /// The first column.
    pub column: u32,
    /// The column just past the last byte.
    pub end_column: u32,
}

/// What to do when an instruction in `start..end` raises.
///
/// The stack is cut to `depth`, the exception is pushed, and control goes to `target`. Ranges do
/// not overlap and are sorted by `start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// The first instruction covered.
    pub start: u32,
    /// The first instruction no longer covered.
    pub end: u32,
    /// Where the handler is.
    pub target: u32,
    /// How many values stay on the operand stack.
    pub depth: u32,
}

/// The code of one function, class body or module.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeUnit {
    /// The name, `<module>` for a module.
    pub name: Arc<str>,
    /// The dotted name, as in `Outer.method` or `f.<locals>.g`.
    pub qualname: Arc<str>,
    /// The file it was compiled from.
    pub filename: Arc<str>,
    /// The text it was compiled from, for tracebacks, if that is in no file.
    pub typed_text: Option<SourceText>,
    /// The line where it begins, that of the first decorator if there is one.
    pub first_line: u32,
    /// How many parameters are positional only.
    pub posonly_count: u32,
    /// How many parameters are positional, the positional only included.
    pub arg_count: u32,
    /// How many parameters are keyword only.
    pub kwonly_count: u32,
    /// What kind of code it is.
    pub flags: CodeFlags,
    /// The locals: positional parameters, keyword-only ones, `*args`, `**kwargs`, then the others.
    pub local_names: Vec<Arc<str>>,
    /// The variables that inner functions share.
    pub cell_names: Vec<CellName>,
    /// The variables shared with outer functions.
    pub free_names: Vec<Arc<str>>,
    /// The slots of locals and cells that belong to comprehensions run by the same frame, and how many such
    /// comprehensions are around each; sorted.
    pub inner_variables: Vec<(u32, u32)>,
    /// Global, namespace, attribute and module names.
    pub names: Vec<Arc<str>>,
    /// The constants.
    pub consts: Vec<Const>,
    /// The instructions.
    pub instructions: Vec<Instruction>,
    /// Where each instruction comes from.
    pub positions: Vec<InstructionPosition>,
    /// The lines of statements that have no instruction, because a jump does their work: the jump, and the line that it
    /// passes if it jumps; sorted.
    pub passed_lines: Vec<(u32, u32)>,
    /// The exception table.
    pub handlers: Vec<Handler>,
    /// The largest depth of the operand stack.
    pub max_stack: u32,
    /// The docstring of a function.
    pub docstring: Option<Arc<str>>,
    /// How many different attributes of `self` are stored; for a class, by all its methods together.
    pub self_attrs: u32,
}

impl InstructionPosition {
    /// Whether it is that of the instruction before, because no text stands for the instruction itself.
    pub fn is_inherited(&self) -> bool {
        self.column == 0 && self.end_column == 0
    }
}

impl CodeUnit {
    /// Returns how many slots the parameters take, `*args` and `**kwargs` included.
    pub fn parameter_slots(&self) -> u32 {
        let varargs = u32::from(self.flags.contains(CodeFlags::VARARGS));
        let varkeywords = u32::from(self.flags.contains(CodeFlags::VARKEYWORDS));
        self.arg_count + self.kwonly_count + varargs + varkeywords
    }

    /// Returns how many slots a frame has below its operand stack.
    pub fn variable_slots(&self) -> usize {
        self.local_names.len() + self.cell_names.len() + self.free_names.len()
    }

    /// Returns how many comprehensions run by the same frame a variable is inside of: 0 for the frame's own.
    pub fn depth_of(&self, slot: u32) -> u32 {
        let at = self.inner_variables.binary_search_by_key(&slot, |&(slot, _)| slot);
        at.map_or(0, |at| self.inner_variables[at].1)
    }

    /// Returns the name of a cell or free variable by its `Cell` operand.
    pub fn cell_name(&self, index: u32) -> &Arc<str> {
        let index = index as usize;
        match self.cell_names.get(index) {
            Some(cell) => &cell.name,
            None => &self.free_names[index - self.cell_names.len()],
        }
    }
}
