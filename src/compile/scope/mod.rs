//! Scopes and the symbols in them.
//!
//! `declare.rs` fills one scope for every module, class body, function, lambda and comprehension;
//! `resolve.rs` then gives every symbol its binding. A comprehension, but no generator expression, is inlined: it has
//! a scope of its own, and is run by the frame of its host, the scope around it (PEP 709). Scopes are found again by the address of
//! the tree node that opened them, because code generation visits some nodes twice and others in
//! a different order. Parents stand before their children in the table.
//!
//! Begin with `Symbol` here, then `declare.rs`.

pub(super) mod declare;
pub(super) mod declare_expr;
pub(super) mod declare_lazy;
pub(super) mod resolve;

use std::collections::BTreeSet;

use bitflags::bitflags;
use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::syntax::tree::Name;

bitflags! {
    /// How a scope mentions a name.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct Uses: u8 {
        /// It is read.
        const USED = 1;
        /// It is bound by an assignment, an import, a definition, a loop…
        const ASSIGNED = 2;
        /// It is a parameter.
        const PARAMETER = 4;
        /// It is declared `global`.
        const GLOBAL = 8;
        /// It is declared `nonlocal`.
        const NONLOCAL = 16;
        /// It is annotated.
        const ANNOTATED = 32;
        /// It is an iteration variable of a comprehension.
        const ITERATION = 64;
    }
}

/// Where the value of a name lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// In the scope itself.
    Local,
    /// In a cell that this scope makes.
    Cell,
    /// In a cell that an outer scope makes.
    Free,
    /// In a scope around that is run by the same frame: only names of inlined comprehensions are bound so.
    Enclosing,
    /// In the globals, because the program says so.
    GlobalExplicit,
    /// In the globals or the built-ins, because no function around binds it.
    GlobalImplicit,
}

/// What CPython calls a generator expression: the one comprehension that is a function of its own.
pub(super) const GENERATOR_EXPRESSION: &str = "generator expression";

/// What opened a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    /// A file.
    Module,
    /// The body of a class.
    Class,
    /// `def`.
    Function,
    /// `lambda`.
    Lambda,
    /// A comprehension or generator expression; the words are CPython's.
    Comprehension(&'static str),
    /// An expression that is evaluated when somebody asks for it; the words name it in errors.
    Lazy(&'static str),
    /// What binds the type parameters around a definition.
    Generic,
}

/// Which part of a node a scope belongs to, as some nodes open more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The body: that of a module, class, function, lambda or comprehension.
    Body,
    /// The annotations of a module, class or function.
    Annotations,
    /// The type parameters of a definition.
    TypeParams,
    /// The bound or the constraints of a type parameter.
    Bound,
    /// The default of a type parameter.
    Default,
}

/// The variable that holds the type parameters of a class while it is made. A dot, so that no name of the program means
/// it.
pub(super) const TYPE_PARAMS: &str = ".type_params";

/// The variable that holds `Generic[…]` of a class with type parameters while it is made.
pub(super) const GENERIC_BASE: &str = ".generic_base";

/// What errors call an annotation.
pub(super) const ANNOTATION: ScopeKind = ScopeKind::Lazy("an annotation");

/// The names of the cells that a class body makes for the scopes inside it, if one of them asks.
pub(super) const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

impl ScopeKind {
    /// Says whether names of this scope live in slots of a frame.
    pub(super) fn is_function(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }

    /// Says whether the frame of the scope around runs its code.
    fn is_inlined(self) -> bool {
        matches!(self, ScopeKind::Comprehension(what) if what != GENERATOR_EXPRESSION)
    }
}

/// A name in a scope.
#[derive(Clone, Debug)]
pub(super) struct Symbol {
    /// The name, mangled.
    pub name: Name,
    /// How it is mentioned.
    pub uses: Uses,
    /// Where it lives; valid once resolved.
    pub binding: Binding,
    /// Where it was declared `nonlocal`, else empty.
    pub declared: Span,
}

/// The index of a scope in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ScopeId(u32);

/// One scope.
#[derive(Debug)]
pub(super) struct Scope {
    /// What opened it.
    pub kind: ScopeKind,
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// The node that it belongs to, see `node_key`.
    pub node: usize,
    /// Its symbols, in the order they are first mentioned.
    pub symbols: Vec<Symbol>,
    /// The variables it takes from outer scopes, for itself or for scopes inside it; sorted once resolved.
    pub free: Vec<Name>,
    /// Whether it contains a `yield`.
    pub is_generator: bool,
    /// Whether it is a function declared with `async`, or a comprehension that awaits.
    pub is_async: bool,
    /// For a class: which of `CLASS_CELLS` the scopes inside it need; sorted once resolved.
    pub class_cells: Vec<Name>,
    /// Whether names are looked for in the namespace of the class around it first.
    pub sees_class: bool,
    /// Whether its code never runs, as that of the annotations in the body of a function.
    pub is_unevaluated: bool,
    /// How many comprehensions that the same frame runs are around its names, itself included; 0 for a host.
    pub depth: u32,
    /// For a host: the cells of the comprehensions that its frame runs, by depth and name; valid once resolved.
    pub inner_cells: BTreeSet<(u32, Name)>,
    index: FxHashMap<Name, u32>,
}

impl Scope {
    /// Tells whether it is a comprehension that the frame of the scope around it runs.
    pub(super) fn is_inlined(&self) -> bool {
        self.depth > 0
    }

    /// Finds a symbol by its mangled name.
    pub(super) fn find(&self, name: &str) -> Option<&Symbol> {
        self.index.get(name).map(|&at| &self.symbols[at as usize])
    }

    /// Records that the scope uses a name, given in its mangled form, in these ways.
    pub(super) fn mention(&mut self, name: &Name, uses: Uses) -> &mut Symbol {
        let at = match self.index.get(&**name) {
            Some(&at) => at,
            None => {
                let at = self.symbols.len() as u32;
                self.index.insert(name.clone(), at);
                self.symbols.push(Symbol {
                    name: name.clone(),
                    uses: Uses::empty(),
                    binding: Binding::GlobalImplicit,
                    declared: Span::default(),
                });
                at
            }
        };
        let symbol = &mut self.symbols[at as usize];
        symbol.uses |= uses;
        symbol
    }

    /// Says whether the scope itself binds the name.
    pub(super) fn binds(&self, name: &str) -> bool {
        self.find(name).is_some_and(|symbol| {
            symbol.uses.intersects(Uses::ASSIGNED | Uses::PARAMETER)
                && !symbol.uses.intersects(Uses::GLOBAL | Uses::NONLOCAL)
        })
    }
}

/// All scopes of one module.
#[derive(Debug, Default)]
pub(super) struct SymbolTable {
    scopes: Vec<Scope>,
    by_node: FxHashMap<(usize, Part), ScopeId>,
}

impl SymbolTable {
    /// The scope of the module.
    pub(super) const MODULE: ScopeId = ScopeId(0);

    /// Opens a scope for a part of the node at an address, see `node_key`.
    pub(super) fn open(
        &mut self,
        node: usize,
        part: Part,
        kind: ScopeKind,
        parent: Option<ScopeId>,
    ) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        let depth = match parent {
            Some(parent) if kind.is_inlined() => self.scope(parent).depth + 1,
            _ => 0,
        };
        self.scopes.push(Scope {
            kind,
            parent,
            node,
            depth,
            inner_cells: BTreeSet::new(),
            symbols: Vec::new(),
            free: Vec::new(),
            is_generator: false,
            is_async: false,
            class_cells: Vec::new(),
            sees_class: false,
            is_unevaluated: false,
            index: FxHashMap::default(),
        });
        self.by_node.insert((node, part), id);
        id
    }

    /// Finds the scope of the body of a node.
    pub(super) fn of_node(&self, node: usize) -> ScopeId {
        self.by_node[&(node, Part::Body)]
    }

    /// Finds the scope of a part of a node, if it has one.
    pub(super) fn of_part(&self, node: usize, part: Part) -> Option<ScopeId> {
        self.by_node.get(&(node, part)).copied()
    }

    /// Returns every scope, parents first.
    pub(super) fn ids(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..self.scopes.len() as u32).map(ScopeId)
    }

    /// Returns the scope whose frame runs the code of a scope.
    pub(super) fn host(&self, mut id: ScopeId) -> ScopeId {
        while self.scope(id).is_inlined() {
            id = self.scope(id).parent.expect("a comprehension stands in some scope");
        }
        id
    }

    /// Returns a scope.
    pub(super) fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// Returns a scope to be changed.
    pub(super) fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }
}

/// Returns the key by which the scope of a tree node is found.
pub(super) fn node_key<T>(node: &T) -> usize {
    std::ptr::from_ref(node).addr()
}

/// Mangles a private name of a class: `__x` in `class C` is `_C__x`.
pub(super) fn mangle(class: Option<&str>, name: &Name) -> Name {
    let Some(class) = class else { return name.clone() };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    match class.trim_start_matches('_') {
        "" => name.clone(),
        class => format!("_{class}{name}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_private_names_are_mangled() {
        let mangled = |class, name: &str| mangle(Some(class), &name.into()).to_string();
        assert_eq!(mangled("_Ham", "__x"), "_Ham__x");
        assert_eq!(mangled("Ham", "__init__"), "__init__");
        assert_eq!(mangled("Ham", "_x"), "_x");
        assert_eq!(mangled("__", "__x"), "__x");
    }
}
