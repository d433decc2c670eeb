//! The unit being made: its names, its instructions so far, the statements around the current one.

use std::collections::BTreeSet;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::bytecode::{CellName, CodeFlags};
use crate::compile::assembler::{Assembler, HandlerId, Label};
use crate::compile::scope::{Scope, ScopeId, ScopeKind, SymbolTable};
use crate::source::Span;
use crate::syntax::tree::*;

/// 30, as in CPython: more elements than this are not collected on the stack first.
pub(super) const MAX_ON_STACK: usize = 30;

/// A unit while it is being made.
pub(super) struct Unit<'a> {
    /// Its instructions.
    pub asm: Assembler,
    /// Its scope.
    pub scope: ScopeId,
    /// What kind of scope that is.
    pub kind: ScopeKind,
    /// The statements around the current one that `break`, `continue` and `return` must undo.
    pub blocks: Vec<Block<'a>>,
    /// The name.
    pub name: Name,
    /// The dotted name.
    pub qualname: Name,
    /// The innermost class around, for private names.
    pub class: Option<Name>,
    /// The line where it begins.
    pub first_line: u32,
    /// What kind of code it is.
    pub flags: CodeFlags,
    /// Counts of positional only, positional and keyword only parameters.
    pub parameters: (u32, u32, u32),
    /// The docstring.
    pub docstring: Option<Arc<str>>,
    /// The locals.
    pub local_names: Vec<Name>,
    /// Their indices by name: those of the scope itself, then those of the comprehensions at each depth.
    pub locals: Vec<FxHashMap<Name, u32>>,
    /// The cells: those of the scope itself, then those of comprehensions.
    pub cell_names: Vec<CellName>,
    /// How many cells the scope itself has, which are made when the frame begins.
    pub own_cells: u32,
    /// The free variables.
    pub free_names: Vec<Name>,
    /// The indices of cells and free variables by name: those of the scope itself, then those of the comprehensions
    /// at each depth.
    pub cells: Vec<FxHashMap<Name, u32>>,
    /// The comprehensions around the current expression that this frame runs, outermost first.
    pub inlined: Vec<ScopeId>,
    /// Code that only an exception leads to, which the end of the unit will emit.
    pub cleanups: Vec<Cleanup>,
    /// The annotations of variables that not every run of the code comes by, by the addresses of their expressions:
    /// the number by which the code notes that it came by.
    pub conditional_annotations: FxHashMap<usize, u32>,
    /// The attributes of `self` that are stored, by this method or by the methods of this class.
    pub self_attrs: FxHashSet<Name>,
    /// The attributes of any `self` that code within this class stores, for `__static_attributes__`.
    pub static_attributes: BTreeSet<Name>,
}

/// What is to be done when an exception leaves an inlined comprehension: its variables are unbound again.
pub(super) struct Cleanup {
    /// Where it is, with the exception on the stack.
    pub label: Label,
    /// The handler outside.
    pub outer: HandlerId,
    /// The comprehension.
    pub scope: ScopeId,
    /// Its depth.
    pub depth: usize,
    /// Its place in the text.
    pub span: Span,
}

/// Where `break` and `continue` of a loop go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    /// Where `continue` goes.
    pub next: Label,
    /// Whether `continue` jumps backwards, which makes it a safepoint.
    pub next_is_back: bool,
    /// Where `break` goes.
    pub exit: Label,
}

/// A statement around the current one.
#[derive(Clone, Copy)]
pub(super) enum Block<'a> {
    /// `while`.
    While(Loop),
    /// `for`: its iterator is on the stack.
    For(Loop),
    /// The body of a `try` with `except` clauses.
    Try {
        /// The handler outside.
        outer: HandlerId,
    },
    /// The body of a `try` whose `finally` must run.
    Finally {
        /// The handler outside.
        outer: HandlerId,
        /// What must run.
        body: &'a [Stmt],
    },
    /// The `finally` clause that runs because of an exception: `previous exception` is on the stack.
    FinallyEnd {
        /// The handler outside.
        outer: HandlerId,
    },
    /// The body of an `except` clause: `previous` is on the stack.
    Except {
        /// The handler outside.
        outer: HandlerId,
        /// The name to unbind.
        name: Option<&'a Identifier>,
    },
    /// The body of a `with`: `exit` is on the stack.
    With {
        /// The handler outside.
        outer: HandlerId,
        /// Where the call of `exit` comes from.
        span: Span,
    },
    /// The body of an `except*` clause, which these statements may not leave.
    ExceptStar,
    /// The body of an `async with`: `exit` is on the stack.
    AsyncWith {
        /// The handler outside.
        outer: HandlerId,
        /// Where the call of `exit` comes from.
        span: Span,
    },
    /// The value that `return` is about to return: it is on the stack.
    PopValue,
}

impl<'a> Unit<'a> {
    /// Makes an empty unit; parameters must be the first locals added.
    pub(super) fn new(
        table: &SymbolTable,
        scope: ScopeId,
        name: Name,
        qualname: Name,
        class: Option<Name>,
        first_line: u32,
    ) -> Self {
        let kind = table.scope(scope).kind;
        let mut unit = Unit {
            asm: Assembler::new(),
            scope,
            kind,
            blocks: Vec::new(),
            name,
            qualname,
            class,
            first_line,
            flags: CodeFlags::empty(),
            parameters: (0, 0, 0),
            docstring: None,
            local_names: Vec::new(),
            locals: vec![FxHashMap::default()],
            cell_names: Vec::new(),
            own_cells: 0,
            free_names: table.scope(scope).free.clone(),
            cells: vec![FxHashMap::default()],
            inlined: Vec::new(),
            cleanups: Vec::new(),
            conditional_annotations: FxHashMap::default(),
            self_attrs: FxHashSet::default(),
            static_attributes: BTreeSet::new(),
        };
        unit.flags = match kind {
            ScopeKind::Module => CodeFlags::empty(),
            ScopeKind::Class => CodeFlags::CLASS_BODY,
            _ => CodeFlags::OPTIMIZED | CodeFlags::NEW_LOCALS,
        };
        unit
    }

    /// Returns the slot of a local of the scope itself, a fresh one at the first mention.
    pub(super) fn local(&mut self, name: &Name) -> u32 {
        self.local_at(0, name)
    }

    /// Returns the slot of a local of the comprehensions at a depth, a fresh one at the first mention.
    ///
    /// Comprehensions of one depth never run at the same time, so they share the slots of equal names.
    pub(super) fn local_at(&mut self, depth: usize, name: &Name) -> u32 {
        if self.locals.len() <= depth {
            self.locals.resize_with(depth + 1, FxHashMap::default);
        }
        if let Some(&slot) = self.locals[depth].get(&**name) {
            return slot;
        }
        let slot = self.local_names.len() as u32;
        self.local_names.push(name.clone());
        self.locals[depth].insert(name.clone(), slot);
        slot
    }

    /// Adds cells of the scope, and those of the comprehensions that its frame runs, and numbers cells and free
    /// variables.
    pub(super) fn add_cells(&mut self, mut names: Vec<Name>, scope: &Scope) {
        names.sort_unstable();
        self.own_cells = names.len() as u32;
        for name in names {
            let parameter = self.locals[0].get(&*name).copied();
            self.cells[0].insert(name.clone(), self.cell_names.len() as u32);
            self.cell_names.push(CellName { name, parameter });
        }
        for (depth, name) in &scope.inner_cells {
            let depth = *depth as usize;
            if self.cells.len() <= depth {
                self.cells.resize_with(depth + 1, FxHashMap::default);
            }
            self.cells[depth].insert(name.clone(), self.cell_names.len() as u32);
            self.cell_names.push(CellName { name: name.clone(), parameter: None });
        }
        let first = self.cell_names.len() as u32;
        self.cells[0].extend(self.free_names.iter().cloned().zip(first..));
    }

    /// Returns the slots of the comprehensions' variables, each with the depth of its comprehension.
    pub(super) fn inner_variables(&self) -> Vec<(u32, u32)> {
        let first_cell = self.local_names.len() as u32;
        let locals = self.locals.iter().zip(0..).skip(1);
        let locals = locals.flat_map(|(names, depth)| names.values().map(move |&slot| (slot, depth)));
        let cells = self.cells.iter().zip(0..).skip(1);
        let cells =
            cells.flat_map(|(names, depth)| names.values().map(move |&cell| (first_cell + cell, depth)));
        let mut variables: Vec<_> = locals.chain(cells).collect();
        variables.sort_unstable();
        variables
    }
}

/// What surrounds a statement, for the warning about leaving a `finally` clause.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// Nothing that matters.
    Nothing,
    /// A `finally` clause.
    Finally,
    /// A loop; a `finally` clause around it does not count.
    Loop,
}
