//! A node between its two forms, the objects that programs see and the tree that is compiled.
//!
//! It has the fields of its row in the table, in their order, so that reading and making objects need no code of its
//! own for each kind. Unlike the tree it may be wrong in every way that objects may be wrong.

use std::sync::Arc;

use super::table::NodeKind;
use crate::value::Value;

/// Where a node stands, as its attributes say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `lineno`.
    pub line: i32,
    /// `col_offset`, in bytes.
    pub column: i32,
    /// `end_lineno`.
    pub end_line: i32,
    /// `end_col_offset`, in bytes.
    pub end_column: i32,
}

/// A node.
pub struct Node {
    /// Which kind.
    pub kind: NodeKind,
    /// Where it stands; all 0 for kinds without a place.
    pub place: Place,
    /// The fields, as the table lists them.
    pub fields: Vec<Field>,
}

/// The content of a field.
pub enum Field {
    /// Nothing (`None`).
    Missing,
    /// A node.
    Node(Box<Node>),
    /// Nodes; some may be missing.
    Nodes(Vec<Option<Node>>),
    /// A name or text.
    Text(Arc<str>),
    /// Names.
    Texts(Vec<Arc<str>>),
    /// A number.
    Int(i32),
    /// The value of a literal.
    Value(Value),
}

impl Node {
    /// Returns a field by its name.
    pub fn field(&self, name: &str) -> &Field {
        &self.fields[self.kind.field(name)]
    }

    /// Takes a field out.
    pub fn take(&mut self, name: &str) -> Field {
        std::mem::replace(&mut self.fields[self.kind.field(name)], Field::Missing)
    }

    /// Returns the node in a field, if there is one.
    pub fn child(&self, name: &str) -> Option<&Node> {
        match self.field(name) {
            Field::Node(node) => Some(node),
            _ => None,
        }
    }

    /// Returns the node in a field that has one.
    pub fn required(&self, name: &str) -> &Node {
        self.child(name).expect("reading has found a node in the field")
    }

    /// Returns the nodes in a list.
    pub fn children(&self, name: &str) -> &[Option<Node>] {
        match self.field(name) {
            Field::Nodes(nodes) => nodes,
            _ => &[],
        }
    }

    /// Returns the text in a field, if there is one.
    pub fn text(&self, name: &str) -> Option<&Arc<str>> {
        match self.field(name) {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the names in a list.
    pub fn texts(&self, name: &str) -> &[Arc<str>] {
        match self.field(name) {
            Field::Texts(texts) => texts,
            _ => &[],
        }
    }

    /// Returns the number in a field; 0 if there is none.
    pub fn int(&self, name: &str) -> i32 {
        match self.field(name) {
            Field::Int(number) => *number,
            _ => 0,
        }
    }

    /// Returns the kind of the node in a field: an operator or a context.
    pub fn choice(&self, name: &str) -> NodeKind {
        self.required(name).kind
    }
}
