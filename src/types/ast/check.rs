//! Checks what no parser makes: blocks without statements, expressions in the wrong context, places that end before they
//! begin, and the like (CPython: `_PyAST_Validate`).
//!
//! Statements are here; expressions are in `check_expr.rs`, patterns in `check_pattern.rs`, places and names in
//! `check_place.rs`.

use super::check_expr::{arguments, expr, exprs, keywords, maybe_expr};
use super::check_pattern::pattern;
use super::check_place::{name, place, wrong};
use super::node::{Field, Node};
use super::table::NodeKind;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Raised, Run};

/// Checks a whole tree. Raises `ValueError` or `TypeError` for what cannot be compiled, and `RecursionError`.
pub fn check(thread: &mut Thread, node: &Node) -> Run<()> {
    match node.kind {
        NodeKind::Expression => expr(thread, node.required("body"), NodeKind::Load),
        NodeKind::FunctionType => {
            exprs(thread, node.children("argtypes"), NodeKind::Load, false)?;
            expr(thread, node.required("returns"), NodeKind::Load)
        }
        _ => stmts(thread, node.children("body")),
    }
}

fn not_empty(nodes: &[Option<Node>], what: &str, owner: &str) -> Run<()> {
    if nodes.is_empty() { wrong(format_args!("empty {what} on {owner}")) } else { Ok(()) }
}

fn body(thread: &mut Thread, node: &Node) -> Run<()> {
    let nodes = node.children("body");
    not_empty(nodes, "body", node.kind.row().name)?;
    stmts(thread, nodes)
}

fn stmts(thread: &mut Thread, nodes: &[Option<Node>]) -> Run<()> {
    for node in nodes {
        match node {
            Some(node) => stmt(thread, node)?,
            None => return wrong(format_args!("None disallowed in statement list")),
        }
    }
    Ok(())
}

/// Checks the targets of a statement, of which there has to be one.
fn targets(thread: &mut Thread, node: &Node, context: NodeKind) -> Run<()> {
    not_empty(node.children("targets"), "targets", node.kind.row().name)?;
    exprs(thread, node.children("targets"), context, false)
}

fn stmt(thread: &mut Thread, node: &Node) -> Run<()> {
    place(node)?;
    protocol::check_recursion(thread, "during compilation")?;
    let mut load = |name: &str| expr(thread, node.required(name), NodeKind::Load);
    match node.kind {
        NodeKind::FunctionDef | NodeKind::AsyncFunctionDef => {
            body(thread, node)?;
            type_params(thread, node)?;
            arguments(thread, node.required("args"))?;
            exprs(thread, node.children("decorator_list"), NodeKind::Load, false)?;
            maybe_expr(thread, node.child("returns"))
        }
        NodeKind::ClassDef => {
            body(thread, node)?;
            type_params(thread, node)?;
            exprs(thread, node.children("bases"), NodeKind::Load, false)?;
            keywords(thread, node)?;
            exprs(thread, node.children("decorator_list"), NodeKind::Load, false)
        }
        NodeKind::Return => maybe_expr(thread, node.child("value")),
        NodeKind::Delete => targets(thread, node, NodeKind::Del),
        NodeKind::Assign => {
            targets(thread, node, NodeKind::Store)?;
            expr(thread, node.required("value"), NodeKind::Load)
        }
        NodeKind::AugAssign => {
            expr(thread, node.required("target"), NodeKind::Store)?;
            expr(thread, node.required("value"), NodeKind::Load)
        }
        NodeKind::AnnAssign => {
            let target = node.required("target");
            if target.kind != NodeKind::Name && node.int("simple") != 0 {
                return Err(Raised::type_error("AnnAssign with simple non-Name target"));
            }
            expr(thread, target, NodeKind::Store)?;
            maybe_expr(thread, node.child("value"))?;
            expr(thread, node.required("annotation"), NodeKind::Load)
        }
        NodeKind::TypeAlias => {
            if node.choice("name") != NodeKind::Name {
                return Err(Raised::type_error("TypeAlias with non-Name name"));
            }
            expr(thread, node.required("name"), NodeKind::Store)?;
            type_params(thread, node)?;
            expr(thread, node.required("value"), NodeKind::Load)
        }
        NodeKind::For | NodeKind::AsyncFor => {
            expr(thread, node.required("target"), NodeKind::Store)?;
            expr(thread, node.required("iter"), NodeKind::Load)?;
            body(thread, node)?;
            stmts(thread, node.children("orelse"))
        }
        NodeKind::While | NodeKind::If => {
            load("test")?;
            body(thread, node)?;
            stmts(thread, node.children("orelse"))
        }
        NodeKind::With | NodeKind::AsyncWith => with(thread, node),
        NodeKind::Match => match_(thread, node),
        NodeKind::Raise => match node.child("exc") {
            Some(exc) => {
                expr(thread, exc, NodeKind::Load)?;
                maybe_expr(thread, node.child("cause"))
            }
            None if node.child("cause").is_some() => wrong(format_args!("Raise with cause but no exception")),
            None => Ok(()),
        },
        NodeKind::Try | NodeKind::TryStar => try_(thread, node),
        NodeKind::Assert => {
            load("test")?;
            maybe_expr(thread, node.child("msg"))
        }
        NodeKind::Import => not_empty(node.children("names"), "names", "Import"),
        NodeKind::ImportFrom => {
            if node.int("level") < 0 {
                return wrong(format_args!("Negative ImportFrom level"));
            }
            not_empty(node.children("names"), "names", "ImportFrom")
        }
        NodeKind::Global | NodeKind::Nonlocal => match node.texts("names") {
            [] => wrong(format_args!("empty names on {}", node.kind.row().name)),
            _ => Ok(()),
        },
        NodeKind::Expr => load("value"),
        _ => Ok(()),
    }
}

fn with(thread: &mut Thread, node: &Node) -> Run<()> {
    not_empty(node.children("items"), "items", node.kind.row().name)?;
    for item in node.children("items").iter().flatten() {
        expr(thread, item.required("context_expr"), NodeKind::Load)?;
        if let Some(vars) = item.child("optional_vars") {
            expr(thread, vars, NodeKind::Store)?;
        }
    }
    body(thread, node)
}

fn match_(thread: &mut Thread, node: &Node) -> Run<()> {
    expr(thread, node.required("subject"), NodeKind::Load)?;
    not_empty(node.children("cases"), "cases", "Match")?;
    for case in node.children("cases").iter().flatten() {
        pattern(thread, case.required("pattern"), false)?;
        maybe_expr(thread, case.child("guard"))?;
        body(thread, case)?;
    }
    Ok(())
}

fn try_(thread: &mut Thread, node: &Node) -> Run<()> {
    let name = node.kind.row().name;
    body(thread, node)?;
    let handlers = node.children("handlers");
    let (orelse, finalbody) = (node.children("orelse"), node.children("finalbody"));
    if handlers.is_empty() && finalbody.is_empty() {
        return wrong(format_args!("{name} has neither except handlers nor finalbody"));
    }
    if handlers.is_empty() && !orelse.is_empty() {
        return wrong(format_args!("{name} has orelse but no except handlers"));
    }
    for handler in handlers {
        let Some(handler) = handler else {
            return wrong(format_args!("None disallowed in handler list"));
        };
        place(handler)?;
        maybe_expr(thread, handler.child("type"))?;
        body(thread, handler)?;
    }
    stmts(thread, finalbody)?;
    stmts(thread, orelse)
}

fn type_params(thread: &mut Thread, node: &Node) -> Run<()> {
    for param in node.children("type_params").iter().flatten() {
        place(param)?;
        if let Field::Text(text) = param.field("name") {
            name(text)?;
        }
        if param.kind == NodeKind::TypeVar {
            maybe_expr(thread, param.child("bound"))?;
        }
        maybe_expr(thread, param.child("default_value"))?;
    }
    Ok(())
}
