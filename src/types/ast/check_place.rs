//! Checks the places of nodes, and names.

use super::node::Node;
use crate::value::{Raised, Run};

/// Raises `ValueError` unless the place of a node ends where it begins or later.
pub(super) fn place(node: &Node) -> Run<()> {
    let place = &node.place;
    let (line, end_line, column, end_column) = (place.line, place.end_line, place.column, place.end_column);
    if line > end_line {
        return wrong(format_args!("AST node line range ({line}, {end_line}) is not valid"));
    }
    if line < 0 && end_line != line || column < 0 && column != end_column {
        return wrong(format_args!(
            "AST node column range ({column}, {end_column}) for line range ({line}, {end_line}) is not valid"
        ));
    }
    if line == end_line && column > end_column {
        return wrong(format_args!("line {line}, column {column}-{end_column} is not a valid range"));
    }
    Ok(())
}

/// Raises `ValueError`.
pub(super) fn wrong<T>(message: std::fmt::Arguments<'_>) -> Run<T> {
    Err(Raised::value_error(message))
}

/// Raises `ValueError` for a name that stands for a constant.
pub(super) fn name(name: &str) -> Run<()> {
    if matches!(name, "None" | "True" | "False") {
        return wrong(format_args!("identifier field can't represent '{name}' constant"));
    }
    Ok(())
}
