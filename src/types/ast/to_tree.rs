//! Makes the tree that is compiled of nodes that were checked.
//!
//! Begin with `Grower` here; the statements are in `to_tree_stmt.rs`, the expressions in `to_tree_expr.rs`, the patterns
//! and the smaller parts in `to_tree_parts.rs`.

use super::node::{Field, Node, Place};
use super::places::Places;
use super::table::NodeKind;
use crate::memory::Room;
use crate::protocol;
use crate::source::{SourceText, Span};
use crate::syntax::depth::TooDeep;
use crate::syntax::tree::{Expr, ExprKind, Identifier, Module, Name, Stmt, StmtKind};
use crate::thread::Thread;
use crate::value::{ErrorKind, Raised, Run};

/// A tree, and what stands for the text that it did not come from.
pub struct Grown {
    /// The tree.
    pub tree: Module,
    /// Its places.
    pub source: SourceText,
}

/// How many bytes a tree may need for each node.
const NODE_BYTES: usize = 512;

/// Makes the tree of a node of the group `mod`; `file` is the name for messages. Raises `SystemError` for
/// what no parser makes, `RecursionError` for a tree that is too deep, `MemoryError`.
pub fn grow(thread: &mut Thread, mut node: Node, file: &str) -> Run<Grown> {
    let places = Places::of(&node)?;
    let _room = Room::in_pieces(places.count().saturating_mul(NODE_BYTES))?;
    let mut grower = Grower { thread, places };
    let body = match node.kind {
        NodeKind::Expression => {
            let value = grower.expr_in(&mut node, "body")?;
            let span = value.span;
            vec![grower.stmt_of(StmtKind::Expr { value: Box::new(value) }, span)?]
        }
        _ => grower.stmts_in(&mut node, "body")?,
    };
    let source = grower.places.into_source(file);
    Ok(Grown { tree: Module { body, warnings: Vec::new() }, source })
}

/// Makes the parts of one tree.
pub(super) struct Grower<'a> {
    pub(super) thread: &'a mut Thread,
    pub(super) places: Places,
}

impl Grower<'_> {
    /// Returns the span of a node.
    pub(super) fn span(&self, place: &Place) -> Span {
        self.places.span(place)
    }

    /// Makes a statement. Raises `RecursionError` if it would be too deep.
    pub(super) fn stmt_of(&self, kind: StmtKind, span: Span) -> Run<Stmt> {
        Stmt::new(kind, span).map_err(too_deep)
    }

    /// Makes an expression. Raises `RecursionError` if it would be too deep.
    pub(super) fn expr_of(&self, kind: ExprKind, span: Span) -> Run<Expr> {
        Expr::new(kind, span).map_err(too_deep)
    }

    /// Checks that enough native stack is left for one more level.
    pub(super) fn check_depth(&self) -> Run<()> {
        protocol::check_recursion(self.thread, "during compilation")
    }

    /// Takes a name that stands where the node does.
    pub(super) fn name_in(&self, node: &mut Node, field: &str) -> Identifier {
        let span = self.span(&node.place);
        Identifier { name: take_text(node, field).unwrap_or_default(), span }
    }

    /// Takes a name that may be missing.
    pub(super) fn maybe_name_in(&self, node: &mut Node, field: &str) -> Option<Identifier> {
        let span = self.span(&node.place);
        take_text(node, field).map(|name| Identifier { name, span })
    }

    /// Takes a list of nodes. Raises `ValueError` if one is missing.
    pub(super) fn take_all(&self, node: &mut Node, field: &str) -> Run<Vec<Node>> {
        let name = node.kind.row().name;
        let nodes = take_nodes(node, field).into_iter().collect::<Option<Vec<Node>>>();
        nodes.ok_or_else(|| Raised::value_error(format_args!("None disallowed in {field} of {name}")))
    }
}

/// Makes the error of a tree that is too deep.
pub(super) fn too_deep(TooDeep: TooDeep) -> Raised {
    Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded during compilation")
}

/// Takes a text out of a field.
pub(super) fn take_text(node: &mut Node, field: &str) -> Option<Name> {
    match node.take(field) {
        Field::Text(text) => Some(text),
        _ => None,
    }
}

/// Takes a node out of a field.
pub(super) fn take_node(node: &mut Node, field: &str) -> Option<Node> {
    match node.take(field) {
        Field::Node(node) => Some(*node),
        _ => None,
    }
}

/// Takes the nodes of a list out of a field.
pub(super) fn take_nodes(node: &mut Node, field: &str) -> Vec<Option<Node>> {
    match node.take(field) {
        Field::Nodes(nodes) => nodes,
        _ => Vec::new(),
    }
}

/// Takes names out of a field.
pub(super) fn take_texts(node: &mut Node, field: &str) -> Vec<Name> {
    match node.take(field) {
        Field::Texts(texts) => texts,
        _ => Vec::new(),
    }
}
