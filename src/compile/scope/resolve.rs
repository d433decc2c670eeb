//! Gives every symbol its binding.
//!
//! A name that a function mentions and does not bind is looked for in the functions around it,
//! never in the class bodies between; where it is found it becomes a cell, and every scope on the
//! way down takes it as a free variable. A class body answers to the names of `CLASS_CELLS` only, except to the
//! scopes that see its namespace, such as annotations: what it binds, they look up there when they run.
//! A comprehension shares the frame of the scope around it, so between these two no cell is needed.

use super::declare::{Done, wrong};
use crate::compile::scope::{Binding, CLASS_CELLS, ScopeId, ScopeKind, SymbolTable, Uses};
use crate::syntax::tree::Name;

/// Resolves all symbols of a table.
pub(in crate::compile) fn resolve(table: &mut SymbolTable) -> Done {
    for id in table.ids() {
        for at in 0..table.scope(id).symbols.len() {
            resolve_symbol(table, id, at)?;
        }
    }
    for id in table.ids() {
        let scope = table.scope_mut(id);
        scope.free.sort_unstable();
        scope.class_cells.sort_unstable();
        if table.scope(id).is_inlined() {
            note_cells(table, id);
        }
    }
    Ok(())
}

/// Adds the cells of an inlined comprehension to those that its host makes room for.
fn note_cells(table: &mut SymbolTable, id: ScopeId) {
    let (scope, host) = (table.scope(id), table.host(id));
    let cells = scope.symbols.iter().filter(|symbol| symbol.binding == Binding::Cell);
    let cells: Vec<_> = cells.map(|symbol| (scope.depth, symbol.name.clone())).collect();
    table.scope_mut(host).inner_cells.extend(cells);
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
        let found = find_outside(table, id, &name);
        if found.is_some() && is_type_param(table, id, &name) {
            let message = format!("nonlocal binding not allowed for type parameter '{name}'");
            return Err(wrong(message, declared));
        }
        found.ok_or_else(|| wrong(format!("no binding for nonlocal '{name}' found"), declared))?
    } else if uses.intersects(Uses::ASSIGNED | Uses::PARAMETER) {
        // A scope inside may have asked for it already, but scopes inside are resolved later.
        Binding::Local
    } else if let Some(binding) = bound_by_class(table, id, &name) {
        binding
    } else {
        find_outside(table, id, &name).unwrap_or(Binding::GlobalImplicit)
    };
    let symbol = &mut table.scope_mut(id).symbols[at];
    if symbol.binding != Binding::Cell {
        symbol.binding = binding;
    }
    Ok(())
}

/// Returns where a name lives that a scope finds in the namespace of the class around it: there or, if the class has
/// unbound it, in the globals. What functions around the class bind is hidden.
fn bound_by_class(table: &SymbolTable, id: ScopeId, name: &Name) -> Option<Binding> {
    let mut scope = table.scope(id);
    while scope.sees_class {
        scope = table.scope(scope.parent?);
    }
    if scope.kind != ScopeKind::Class || std::ptr::eq(scope, table.scope(id)) {
        return None;
    }
    if scope.find(name).is_some_and(|symbol| symbol.uses.contains(Uses::GLOBAL)) {
        return Some(Binding::GlobalExplicit);
    }
    scope.binds(name).then_some(Binding::GlobalImplicit)
}

/// Tells whether a name that a function around `id` binds is a type parameter.
fn is_type_param(table: &SymbolTable, id: ScopeId, name: &Name) -> bool {
    let mut around = table.scope(id).parent;
    while let Some(scope) = around.map(|at| table.scope(at)) {
        if scope.kind.is_function() && scope.binds(name) {
            return scope.kind == ScopeKind::Generic;
        }
        around = scope.parent;
    }
    false
}

/// Looks for a function around `id` that binds `name`. If another frame runs it, passes the variable down to `id`.
fn find_outside(table: &mut SymbolTable, id: ScopeId, name: &Name) -> Option<Binding> {
    let host = table.host(id);
    let mut at = table.scope(id).parent;
    let owner = loop {
        let owner = at?;
        let scope = table.scope_mut(owner);
        match scope.kind {
            ScopeKind::Module => return None,
            // What the class itself runs has no class around yet.
            ScopeKind::Class if CLASS_CELLS.contains(&&**name) && owner == host => return None,
            ScopeKind::Class if CLASS_CELLS.contains(&&**name) => {
                if !scope.class_cells.contains(name) {
                    scope.class_cells.push(name.clone());
                }
                break owner;
            }
            ScopeKind::Class => {}
            _ if scope.binds(name) => {
                if table.host(owner) == host {
                    return Some(Binding::Enclosing);
                }
                table.scope_mut(owner).mention(name, Uses::empty()).binding = Binding::Cell;
                break owner;
            }
            _ if scope.find(name).is_some_and(|symbol| symbol.uses.contains(Uses::GLOBAL)) => return None,
            _ => {}
        }
        at = scope.parent;
    };
    let mut at = id;
    while at != owner {
        let scope = table.scope_mut(at);
        if !scope.is_inlined() && !scope.free.contains(name) {
            scope.free.push(name.clone());
        }
        at = scope.parent.expect("the owner is one of the scopes around");
    }
    Some(Binding::Free)
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
        assert_eq!(scopes[2].class_cells, ["__class__".into()]);
        assert_eq!(scopes[3].free, ["__class__".into(), "x".into()]);
        assert_eq!(scopes[2].free, ["x".into()]);
    }
}
