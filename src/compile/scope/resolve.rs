//! Gives every symbol its binding.
//!
//! A name that a function mentions and does not bind is looked for in the functions around it,
//! never in the class bodies between; where it is found it becomes a cell, and every scope on the
//! way down takes it as a free variable. A class body answers to one name only: `__class__`.

use super::declare::{Done, wrong};
use crate::compile::scope::{Binding, ScopeId, ScopeKind, SymbolTable, Uses};
use crate::syntax::tree::Name;

/// Resolves all symbols of a table.
pub(in crate::compile) fn resolve(table: &mut SymbolTable) -> Done {
    for id in table.ids() {
        for at in 0..table.scope(id).symbols.len() {
            resolve_symbol(table, id, at)?;
        }
    }
    for id in table.ids() {
        table.scope_mut(id).free.sort_unstable();
    }
    Ok(())
}

/// Resolves one symbol of a scope.
fn resolve_symbol(table: &mut SymbolTable, id: ScopeId, at: usize) -> Done {
    let scope = table.scope(id);
    let symbol = &scope.symbols[at];
    let (name, uses) = (symbol.name.clone(), symbol.uses);
    let binding = if uses.contains(Uses::GLOBAL) {
        Binding::GlobalExplicit
    } else if uses.contains(Uses::NONLOCAL) {
        let declared = symbol.declared;
        if !take_from_outside(table, id, &name) {
            return Err(wrong(format!("no binding for nonlocal '{name}' found"), declared));
        }
        Binding::Free
    } else if uses.intersects(Uses::ASSIGNED | Uses::PARAMETER) {
        // A scope inside may have asked for it already, but scopes inside are resolved later.
        Binding::Local
    } else if take_from_outside(table, id, &name) {
        Binding::Free
    } else {
        Binding::GlobalImplicit
    };
    let symbol = &mut table.scope_mut(id).symbols[at];
    if symbol.binding != Binding::Cell {
        symbol.binding = binding;
    }
    Ok(())
}

/// Looks for a function around `id` that binds `name` and passes the variable down to `id`.
fn take_from_outside(table: &mut SymbolTable, id: ScopeId, name: &Name) -> bool {
    let mut owner = table.scope(id).parent;
    while let Some(at) = owner {
        let scope = table.scope_mut(at);
        match scope.kind {
            ScopeKind::Module => return false,
            ScopeKind::Class if &**name == "__class__" => {
                scope.makes_class_cell = true;
                break;
            }
            ScopeKind::Class => {}
            _ if scope.binds(name) => {
                scope.mention(name, Uses::empty()).binding = Binding::Cell;
                break;
            }
            _ if scope.find(name).is_some_and(|symbol| symbol.uses.contains(Uses::GLOBAL)) => return false,
            _ => {}
        }
        owner = scope.parent;
    }
    let Some(owner) = owner else { return false };
    let mut at = id;
    while at != owner {
        let scope = table.scope_mut(at);
        if !scope.free.contains(name) {
            scope.free.push(name.clone());
        }
        at = scope.parent.expect("the owner is one of the scopes around");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::scope::declare::declare;

    fn error(text: &str) -> String {
        let module = crate::compile::tests::parse(text);
        let done = declare(&module).and_then(|mut table| resolve(&mut table));
        done.expect_err("the program is wrong").message
    }

    #[test]
    fn declarations_are_checked() {
        assert_eq!(error("def f():\n nonlocal x"), "no binding for nonlocal 'x' found");
        assert_eq!(error("nonlocal x"), "nonlocal declaration not allowed at module level");
        assert_eq!(error("def f():\n print(x)\n global x"), "name 'x' is used prior to global declaration");
        assert_eq!(error("def f(x):\n global x"), "name 'x' is parameter and global");
        assert_eq!(error("def f():\n x = 1\n global x"), "name 'x' is assigned to before global declaration");
    }

    #[test]
    fn a_class_body_hides_nothing_from_its_methods() {
        let text = "def f():\n x = 1\n class C:\n  x = 2\n  def m(self): return x, __class__";
        let module = crate::compile::tests::parse(text);
        let mut table = declare(&module).unwrap();
        resolve(&mut table).unwrap();
        let scopes: Vec<_> = table.ids().map(|id| table.scope(id)).collect();
        assert_eq!(scopes[1].find("x").unwrap().binding, Binding::Cell);
        assert_eq!(scopes[2].find("x").unwrap().binding, Binding::Local);
        assert!(scopes[2].makes_class_cell);
        assert_eq!(scopes[3].free, ["__class__".into(), "x".into()]);
        assert_eq!(scopes[2].free, ["x".into()]);
    }
}
