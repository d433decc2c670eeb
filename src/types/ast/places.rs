//! The places of a tree that comes from no text.
//!
//! The tree that is compiled says where its parts stand by offsets into a text. Here an offset is the position of a place
//! in a sorted list, which takes the place of the text.

use super::node::{Node, Place};
use super::table::{NodeKind, Placed};
use crate::memory;
use crate::source::{Position, SourceText, Span};
use crate::value::{Raised, Run};

/// The places of a tree.
pub(super) struct Places {
    sorted: Vec<Position>,
}

impl Places {
    /// Collects the places of all nodes. Raises `MemoryError`.
    pub(super) fn of(root: &Node) -> Run<Places> {
        let mut sorted = vec![Position { line: 1, column: 0 }];
        let mut waiting = vec![root];
        while let Some(node) = waiting.pop() {
            if node.kind.row().group.row().placed != Placed::No {
                for position in [begin(&node.place), end(&node.place), begin_of_attribute(node)] {
                    memory::push(&mut sorted, position).map_err(|_| Raised::memory_error())?;
                }
            }
            for field in &node.fields {
                match field {
                    super::node::Field::Node(node) => waiting.push(node),
                    super::node::Field::Nodes(nodes) => waiting.extend(nodes.iter().flatten()),
                    _ => {}
                }
            }
        }
        sorted.sort_unstable();
        sorted.dedup();
        Ok(Places { sorted })
    }

    /// Returns how many there are.
    pub(super) fn count(&self) -> usize {
        self.sorted.len()
    }

    /// Returns what stands for the text.
    pub(super) fn into_source(self, name: &str) -> SourceText {
        SourceText::without_text(name, self.sorted)
    }

    /// Returns the span of a place.
    pub(super) fn span(&self, place: &Place) -> Span {
        Span::new(self.offset(begin(place)), self.offset(end(place)))
    }

    /// Returns the span of the name of an attribute, which is the end of the node.
    pub(super) fn attribute(&self, node: &Node) -> Span {
        Span::new(self.offset(begin_of_attribute(node)), self.offset(end(&node.place)))
    }

    fn offset(&self, position: Position) -> u32 {
        self.sorted.binary_search(&position).expect("every place was collected") as u32
    }
}

fn position(line: i32, column: i32) -> Position {
    Position { line: line.max(0) as u32, column: column.max(0) as u32 }
}

fn begin(place: &Place) -> Position {
    position(place.line, place.column)
}

fn end(place: &Place) -> Position {
    position(place.end_line, place.end_column)
}

/// Returns where the name of an attribute begins, if the node ends with it; where any other node begins.
fn begin_of_attribute(node: &Node) -> Position {
    let Some(attribute) = (match node.kind {
        NodeKind::Attribute => node.text("attr"),
        _ => None,
    }) else {
        return begin(&node.place);
    };
    let length = i32::try_from(attribute.len()).unwrap_or(i32::MAX);
    let column = node.place.end_column.saturating_sub(length);
    position(node.place.end_line, column).max(begin(&node.place))
}
