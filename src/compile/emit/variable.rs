//! Loads, stores and deletes of names.
//!
//! Locals are loaded with the check for being unbound; `compile/flow/assigned.rs` drops it where it is not
//! needed.

use super::generator::Generator;
use crate::bytecode::{Const, Op};
use crate::compile::scope::declare::Done;
use crate::compile::scope::{Binding, ScopeKind, mangle};
use crate::source::Span;
use crate::syntax::tree::Name;

/// Where a name is found.
enum Place {
    /// In a local of the comprehensions at a depth, 0 for the scope that the frame itself belongs to.
    Local(usize),
    /// In a cell or free variable.
    Cell(u32),
    /// In the globals or the built-in names.
    Global,
    /// In the namespace of the frame, then as `Global`.
    Namespace,
}

/// What is done with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Its value is pushed.
    Load,
    /// A value is popped into it.
    Store,
    /// It is unbound.
    Delete,
}

impl Access {
    fn pick(self, load: Op, store: Op, delete: Op) -> Op {
        match self {
            Access::Load => load,
            Access::Store => store,
            Access::Delete => delete,
        }
    }
}

impl Generator<'_> {
    /// Compiles one access to a name.
    pub(super) fn name(&mut self, name: &Name, access: Access, span: Span) -> Done {
        if &**name == "__debug__" {
            return match access {
                Access::Load => {
                    let is_debug = if self.optimize == 0 { Const::True } else { Const::False };
                    self.unit.asm.load_const(is_debug, span);
                    Ok(())
                }
                Access::Store => self.error("cannot assign to __debug__", span),
                Access::Delete => self.error("cannot delete __debug__", span),
            };
        }
        let name = self.mangled(name);
        self.mangled_name(&name, access, span);
        Ok(())
    }

    /// Compiles one access to a name that is mangled already.
    pub(super) fn mangled_name(&mut self, name: &Name, access: Access, span: Span) {
        match self.place_of(name) {
            Place::Cell(cell)
                if access == Access::Load
                    && self.sees_class(name)
                    && let Some(namespace) = self.class_namespace() =>
            {
                self.emit(Op::LoadCell, namespace, span);
                self.emit(Op::LoadDictOrCell, cell, span);
            }
            Place::Global
                if access == Access::Load
                    && self.sees_class(name)
                    && self.binding(name) == Binding::GlobalImplicit
                    && let Some(namespace) = self.class_namespace() =>
            {
                self.emit(Op::LoadCell, namespace, span);
                self.unit.asm.emit_name(Op::LoadDictOrGlobal, name, span);
            }
            Place::Local(depth) => {
                let op = access.pick(Op::LoadLocalCheck, Op::StoreLocal, Op::DeleteLocal);
                let slot = self.unit.local_at(depth, name);
                self.emit(op, slot, span);
            }
            Place::Cell(cell) => {
                let is_class = self.unit.kind == ScopeKind::Class && self.unit.inlined.is_empty();
                let load = if is_class { Op::LoadClassCell } else { Op::LoadCell };
                self.emit(access.pick(load, Op::StoreCell, Op::DeleteCell), cell, span);
            }
            Place::Global => self.global(name, access, span),
            Place::Namespace => {
                let op = access.pick(Op::LoadName, Op::StoreName, Op::DeleteName);
                self.unit.asm.emit_name(op, name, span);
            }
        }
    }

    /// The cell with the namespace of the class around. There is none where the body has a variable of its name.
    fn class_namespace(&self) -> Option<u32> {
        self.unit.cells[0].get("__classdict__").copied()
    }

    /// Finds the place of a mangled name: in the comprehensions around that this frame runs, from the inside out, then
    /// in the frame's own scope.
    fn place_of(&self, name: &str) -> Place {
        for (at, &scope) in self.unit.inlined.iter().enumerate().rev() {
            let Some(symbol) = self.table.scope(scope).find(name) else { continue };
            match symbol.binding {
                Binding::Local => return Place::Local(at + 1),
                Binding::Cell => return Place::Cell(self.unit.cells[at + 1][name]),
                Binding::Free => return Place::Cell(self.unit.cells[0][name]),
                Binding::GlobalImplicit if self.unit.kind == ScopeKind::Module => return Place::Namespace,
                Binding::GlobalExplicit | Binding::GlobalImplicit => return Place::Global,
                Binding::Enclosing => {}
            }
        }
        let is_function = self.unit.kind.is_function();
        match self.binding(name) {
            Binding::Local if is_function => Place::Local(0),
            Binding::Cell | Binding::Free => Place::Cell(self.unit.cells[0][name]),
            Binding::GlobalExplicit => Place::Global,
            Binding::GlobalImplicit if is_function => Place::Global,
            Binding::GlobalImplicit | Binding::Local => Place::Namespace,
            Binding::Enclosing => unreachable!("only names of comprehensions are bound so"),
        }
    }

    /// Returns the slot of a mangled name that is a local, a fresh one at the first mention.
    pub(super) fn local_slot(&mut self, name: &Name) -> Option<u32> {
        match self.place_of(name) {
            Place::Local(depth) => Some(self.unit.local_at(depth, name)),
            _ => None,
        }
    }

    /// Tells whether a mangled name is a local in a slot.
    pub(super) fn is_local(&self, name: &str) -> bool {
        matches!(self.place_of(name), Place::Local(_))
    }

    /// Tells whether a mangled name is global or built-in.
    pub(super) fn is_global(&self, name: &str) -> bool {
        matches!(self.place_of(name), Place::Global)
    }

    /// Tells whether a mangled name is a variable of an outer function.
    pub(super) fn is_free(&self, name: &str) -> bool {
        matches!(self.place_of(name), Place::Cell(cell) if cell >= self.unit.cell_names.len() as u32)
    }

    /// Returns the index of the cell that an inner function shares under a mangled name.
    pub(super) fn shared_cell(&self, name: &str) -> u32 {
        for (at, &scope) in self.unit.inlined.iter().enumerate().rev() {
            // Another comprehension on the way out need not mention the name.
            let binding = self.table.scope(scope).find(name).map(|symbol| symbol.binding);
            if binding == Some(Binding::Cell) {
                return self.unit.cells[at + 1][name];
            }
        }
        self.unit.cells[0][name]
    }

    /// Tells whether a mangled name is looked for in the namespace of the class around first. What a comprehension
    /// mentions is not.
    fn sees_class(&self, name: &str) -> bool {
        let mut inlined = self.unit.inlined.iter();
        self.table.scope(self.unit.scope).sees_class
            && !inlined.any(|&scope| self.table.scope(scope).find(name).is_some())
    }

    fn global(&mut self, name: &Name, access: Access, span: Span) {
        let op = access.pick(Op::LoadGlobal, Op::StoreGlobal, Op::DeleteGlobal);
        self.unit.asm.emit_name(op, name, span);
    }

    /// Returns where a mangled name of the frame's own scope lives.
    pub(super) fn binding(&self, name: &str) -> Binding {
        let symbol = self.table.scope(self.unit.scope).find(name);
        symbol.map_or(Binding::GlobalImplicit, |symbol| symbol.binding)
    }

    /// Mangles a name of the current class.
    pub(super) fn mangled(&self, name: &Name) -> Name {
        mangle(self.unit.class.as_deref(), name)
    }
}
