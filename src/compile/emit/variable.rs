//! Loads, stores and deletes of names.
//!
//! Locals are loaded with the check for being unbound; `compile/flow/assigned.rs` drops it where it is not
//! needed.

use super::generator::Generator;
use crate::bytecode::{Const, Op};
use crate::compile::scope::declare::Done;
use crate::compile::scope::{Binding, ScopeKind, Uses, mangle};
use crate::source::Span;
use crate::syntax::tree::Name;

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
                    self.unit.asm.load_const(Const::True, span);
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
        let is_function = self.unit.kind.is_function();
        match self.binding(name) {
            Binding::Local if is_function => {
                let op = access.pick(Op::LoadLocalCheck, Op::StoreLocal, Op::DeleteLocal);
                let slot = self.unit.local(name);
                self.emit(op, slot, span);
            }
            Binding::Cell | Binding::Free => {
                let is_class = self.unit.kind == ScopeKind::Class;
                let load = if is_class { Op::LoadClassCell } else { Op::LoadCell };
                let cell = self.unit.cells[name];
                self.emit(access.pick(load, Op::StoreCell, Op::DeleteCell), cell, span);
            }
            Binding::GlobalExplicit => self.global(name, access, span),
            Binding::GlobalImplicit if is_function => self.global(name, access, span),
            Binding::GlobalImplicit | Binding::Local => {
                let op = access.pick(Op::LoadName, Op::StoreName, Op::DeleteName);
                self.unit.asm.emit_name(op, name, span);
            }
        }
    }

    fn global(&mut self, name: &Name, access: Access, span: Span) {
        let op = access.pick(Op::LoadGlobal, Op::StoreGlobal, Op::DeleteGlobal);
        self.unit.asm.emit_name(op, name, span);
    }

    /// Returns the kind of variable that a mangled name is in the current scope.
    pub(super) fn binding(&self, name: &str) -> Binding {
        let symbol = self.table.scope(self.unit.scope).find(name);
        symbol.map_or(Binding::GlobalImplicit, |symbol| symbol.binding)
    }

    /// Whether a mangled name of the current scope is assigned or deleted somewhere.
    pub(super) fn rebinds(&self, name: &str) -> bool {
        let symbol = self.table.scope(self.unit.scope).find(name);
        symbol.is_some_and(|symbol| symbol.uses.contains(Uses::ASSIGNED))
    }

    /// Mangles a name of the current class.
    pub(super) fn mangled(&self, name: &Name) -> Name {
        mangle(self.unit.class.as_deref(), name)
    }
}
