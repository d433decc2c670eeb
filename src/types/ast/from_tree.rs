//! Makes nodes of the tree: what is compiled, as programs see it.
//!
//! Begin with `Converter` here; the statements are in `from_tree_stmt.rs`, the expressions in `from_tree_expr.rs`, the
//! patterns and the smaller parts in `from_tree_parts.rs`.

use std::sync::Arc;

use super::node::{Field, Node, Place};
use super::table::{FieldType, NodeKind, Placed, Quantity};
use crate::protocol;
use crate::source::{SourceText, Span};
use crate::syntax::tree::{Expr, Identifier, Stmt};
use crate::thread::Thread;
use crate::value::Run;

/// Makes the node of a file. Raises `RecursionError` for a tree that is too deep, and `MemoryError`.
pub fn module(thread: &mut Thread, source: &SourceText, body: &[Stmt]) -> Run<Node> {
    let mut converter = Converter { thread, source };
    let body = converter.stmts(body)?;
    Ok(converter.node(NodeKind::Module, Span::at(0), vec![body, Field::Nodes(Vec::new())]))
}

/// Makes the node of an entry of an interactive session. Raises as `module` does.
pub fn interactive(thread: &mut Thread, source: &SourceText, body: &[Stmt]) -> Run<Node> {
    let mut converter = Converter { thread, source };
    let body = converter.stmts(body)?;
    Ok(converter.node(NodeKind::Interactive, Span::at(0), vec![body]))
}

/// Makes the node of an expression alone. Raises as `module` does.
pub fn expression(thread: &mut Thread, source: &SourceText, expr: &Expr) -> Run<Node> {
    let mut converter = Converter { thread, source };
    let body = converter.load(expr)?;
    Ok(converter.node(NodeKind::Expression, Span::at(0), vec![body]))
}

/// Makes the nodes of one tree.
pub(super) struct Converter<'a> {
    pub(super) thread: &'a mut Thread,
    pub(super) source: &'a SourceText,
}

impl Converter<'_> {
    /// Makes a node of the fields that the table lists for its kind.
    pub(super) fn node(&self, kind: NodeKind, span: Span, fields: Vec<Field>) -> Node {
        let row = kind.row();
        assert_eq!(row.fields.len(), fields.len(), "{kind:?} has the fields of its row");
        debug_assert!(
            row.fields.iter().zip(&fields).all(|(field, content)| fits(field.quantity, field.of, content)),
            "{kind:?} has fields of the types of its row"
        );
        let place = match row.group.row().placed {
            Placed::No => Place::default(),
            Placed::Begin | Placed::Whole => self.place(span),
        };
        Node { kind, place, fields }
    }

    /// Makes a node and puts it into a field.
    pub(super) fn one(&self, kind: NodeKind, span: Span, fields: Vec<Field>) -> Field {
        Field::Node(Box::new(self.node(kind, span, fields)))
    }

    /// Makes a node that says nothing but its kind.
    pub(super) fn choice(&self, kind: NodeKind) -> Field {
        self.one(kind, Span::at(0), Vec::new())
    }

    fn place(&self, span: Span) -> Place {
        let (begin, end) = (self.source.position(span.start), self.source.position(span.end));
        Place {
            line: begin.line as i32,
            column: begin.column as i32,
            end_line: end.line as i32,
            end_column: end.column as i32,
        }
    }

    /// Checks that enough native stack is left for one more level.
    pub(super) fn check_depth(&self) -> Run<()> {
        protocol::check_recursion(self.thread, "during ast construction")
    }
}

/// Makes the field of a name.
pub(super) fn name(identifier: &Identifier) -> Field {
    Field::Text(identifier.name.clone())
}

/// Makes the field of a name that may be missing.
pub(super) fn maybe_name(identifier: &Option<Identifier>) -> Field {
    identifier.as_ref().map_or(Field::Missing, name)
}

/// Makes the field of a list of names.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a Arc<str>>) -> Field {
    Field::Texts(names.into_iter().cloned().collect())
}

/// Tells whether a content is one that a field may have.
fn fits(quantity: Quantity, of: FieldType, content: &Field) -> bool {
    let fits_node = |node: &Node| matches!(of, FieldType::Node(group) if node.kind.row().group == group);
    match (quantity, content) {
        (Quantity::Maybe, Field::Missing) => true,
        (Quantity::One | Quantity::Maybe, Field::Node(node)) => fits_node(node),
        (Quantity::Many, Field::Nodes(nodes)) => {
            nodes.iter().all(|node| node.as_ref().is_some_and(fits_node))
        }
        (Quantity::ManyOrNone, Field::Nodes(nodes)) => nodes.iter().flatten().all(fits_node),
        (Quantity::Many, Field::Texts(_)) => of == FieldType::Identifier,
        (Quantity::One | Quantity::Maybe, Field::Text(_)) => {
            matches!(of, FieldType::Identifier | FieldType::String)
        }
        (Quantity::One | Quantity::Maybe, Field::Int(_)) => of == FieldType::Int,
        (Quantity::One, Field::Value(_)) => of == FieldType::Constant,
        _ => false,
    }
}
