//! Checks patterns.

use super::check_expr::expr;
use super::check_place::{name, place, wrong};
use super::node::{Field, Node};
use super::table::NodeKind;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Kind, Run, Value};

/// Checks a pattern, which may be `*name` or not.
pub(super) fn pattern(thread: &mut Thread, node: &Node, may_be_star: bool) -> Run<()> {
    place(node)?;
    protocol::check_recursion(thread, "during compilation")?;
    match node.kind {
        NodeKind::MatchValue => value(thread, node.required("value")),
        NodeKind::MatchSingleton => match node.field("value") {
            Field::Value(value) if is_singleton(value) => Ok(()),
            _ => wrong(format_args!("MatchSingleton can only contain True, False and None")),
        },
        NodeKind::MatchSequence => patterns(thread, node, "patterns", true),
        NodeKind::MatchMapping => mapping(thread, node),
        NodeKind::MatchClass => class(thread, node),
        NodeKind::MatchStar => {
            if !may_be_star {
                return wrong(format_args!("can't use MatchStar here"));
            }
            node.text("name").map_or(Ok(()), |name| capture(name))
        }
        NodeKind::MatchAs => {
            node.text("name").map_or(Ok(()), |name| capture(name))?;
            match (node.child("pattern"), node.text("name")) {
                (None, _) => Ok(()),
                (Some(_), None) => {
                    wrong(format_args!("MatchAs must specify a target name if a pattern is given"))
                }
                (Some(inner), Some(_)) => pattern(thread, inner, false),
            }
        }
        NodeKind::MatchOr => {
            if node.children("patterns").len() < 2 {
                return wrong(format_args!("MatchOr requires at least 2 patterns"));
            }
            patterns(thread, node, "patterns", false)
        }
        _ => Ok(()),
    }
}

fn patterns(thread: &mut Thread, node: &Node, field: &str, may_be_star: bool) -> Run<()> {
    node.children(field).iter().flatten().try_for_each(|node| pattern(thread, node, may_be_star))
}

fn is_singleton(value: &Value) -> bool {
    value.is_none() || value.is(&Value::TRUE) || value.is(&Value::FALSE)
}

fn capture(text: &str) -> Run<()> {
    if text == "_" {
        return wrong(format_args!("can't capture name '_' in patterns"));
    }
    name(text)
}

fn mapping(thread: &mut Thread, node: &Node) -> Run<()> {
    if node.children("keys").len() != node.children("patterns").len() {
        return wrong(format_args!("MatchMapping doesn't have the same number of keys as patterns"));
    }
    node.text("rest").map_or(Ok(()), |name| capture(name))?;
    for key in node.children("keys").iter().flatten() {
        match key.kind {
            NodeKind::Constant if matches!(key.field("value"), Field::Value(value) if is_singleton(value)) => {
            }
            _ => value(thread, key)?,
        }
    }
    patterns(thread, node, "patterns", false)
}

fn class(thread: &mut Thread, node: &Node) -> Run<()> {
    if node.texts("kwd_attrs").len() != node.children("kwd_patterns").len() {
        return wrong(format_args!(
            "MatchClass doesn't have the same number of keyword attributes as patterns"
        ));
    }
    let mut cls = node.required("cls");
    expr(thread, cls, NodeKind::Load)?;
    while cls.kind != NodeKind::Name {
        if cls.kind != NodeKind::Attribute {
            return wrong(format_args!("MatchClass cls field can only contain Name or Attribute nodes."));
        }
        cls = cls.required("value");
    }
    node.texts("kwd_attrs").iter().try_for_each(|attribute| name(attribute))?;
    patterns(thread, node, "patterns", false)?;
    patterns(thread, node, "kwd_patterns", false)
}

/// Checks what a pattern compares with.
fn value(thread: &mut Thread, node: &Node) -> Run<()> {
    expr(thread, node, NodeKind::Load)?;
    let is_fine = match node.kind {
        NodeKind::Constant => {
            let kinds = [Kind::Int, Kind::Float, Kind::Bytes, Kind::Complex, Kind::Str];
            if matches!(node.field("value"), Field::Value(value) if kinds.contains(&value.kind())) {
                return Ok(());
            }
            return wrong(format_args!("unexpected constant inside of a literal pattern"));
        }
        NodeKind::Attribute | NodeKind::JoinedStr | NodeKind::TemplateStr => true,
        NodeKind::UnaryOp => is_negative(node, true, true),
        NodeKind::BinOp => is_complex(node),
        _ => false,
    };
    if is_fine {
        return Ok(());
    }
    wrong(format_args!("patterns may only match literals and attribute lookups"))
}

/// Tells whether a node is a number of the allowed sorts.
fn is_number(node: &Node, real: bool, imaginary: bool) -> bool {
    let Field::Value(value) = (match node.kind {
        NodeKind::Constant => node.field("value"),
        _ => return false,
    }) else {
        return false;
    };
    match value.kind() {
        Kind::Int | Kind::Float => real,
        Kind::Complex => imaginary,
        _ => false,
    }
}

fn is_negative(node: &Node, real: bool, imaginary: bool) -> bool {
    node.choice("op") == NodeKind::USub && is_number(node.required("operand"), real, imaginary)
}

/// Tells whether a node is `a + bj` or `a - bj`.
fn is_complex(node: &Node) -> bool {
    let (left, right) = (node.required("left"), node.required("right"));
    let is_real = match left.kind {
        NodeKind::Constant => is_number(left, true, false),
        NodeKind::UnaryOp => is_negative(left, true, false),
        _ => false,
    };
    is_real && matches!(node.choice("op"), NodeKind::Add | NodeKind::Sub) && is_number(right, false, true)
}
