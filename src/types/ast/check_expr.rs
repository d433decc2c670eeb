//! Checks expressions: their contexts, and how many of everything they have; parameters and keyword arguments.

use super::check_place::{name, place, wrong};
use super::constant;
use super::node::{Field, Node};
use super::table::NodeKind;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Raised, Run};

/// Checks an expression that may be missing.
pub(super) fn maybe_expr(thread: &mut Thread, node: Option<&Node>) -> Run<()> {
    node.map_or(Ok(()), |node| expr(thread, node, NodeKind::Load))
}

/// Checks a list of expressions, which may have gaps or not.
pub(super) fn exprs(
    thread: &mut Thread,
    nodes: &[Option<Node>],
    context: NodeKind,
    may_be_none: bool,
) -> Run<()> {
    for node in nodes {
        match node {
            Some(node) => expr(thread, node, context)?,
            None if may_be_none => {}
            None => return wrong(format_args!("None disallowed in expression list")),
        }
    }
    Ok(())
}

/// Checks that an expression stands in its context.
fn context_of(node: &Node, context: NodeKind) -> Run<()> {
    let wanted = context.row().name;
    match node.kind {
        NodeKind::Attribute
        | NodeKind::Subscript
        | NodeKind::Starred
        | NodeKind::Name
        | NodeKind::List
        | NodeKind::Tuple => {
            if node.kind == NodeKind::Name
                && let Some(id) = node.text("id")
            {
                name(id)?;
            }
            let own = node.choice("ctx");
            if own != context {
                let own = own.row().name;
                return wrong(format_args!("expression must have {wanted} context but has {own} instead"));
            }
            Ok(())
        }
        _ if context != NodeKind::Load => {
            wrong(format_args!("expression which can't be assigned to in {wanted} context"))
        }
        _ => Ok(()),
    }
}

/// Checks an expression in a context.
pub(super) fn expr(thread: &mut Thread, node: &Node, context: NodeKind) -> Run<()> {
    place(node)?;
    protocol::check_recursion(thread, "during compilation")?;
    context_of(node, context)?;
    let mut load = |name: &str| maybe_expr(thread, node.child(name));
    let all = |thread: &mut Thread, name: &str| exprs(thread, node.children(name), NodeKind::Load, false);
    match node.kind {
        NodeKind::BoolOp => {
            if node.children("values").len() < 2 {
                return wrong(format_args!("BoolOp with less than 2 values"));
            }
            all(thread, "values")
        }
        NodeKind::BinOp => {
            load("left")?;
            load("right")
        }
        NodeKind::UnaryOp => load("operand"),
        NodeKind::Lambda => {
            arguments(thread, node.required("args"))?;
            expr(thread, node.required("body"), NodeKind::Load)
        }
        NodeKind::IfExp => {
            load("test")?;
            load("body")?;
            load("orelse")
        }
        NodeKind::Dict => {
            if node.children("keys").len() != node.children("values").len() {
                return wrong(format_args!("Dict doesn't have the same number of keys as values"));
            }
            exprs(thread, node.children("keys"), NodeKind::Load, true)?;
            all(thread, "values")
        }
        NodeKind::Set => all(thread, "elts"),
        NodeKind::ListComp | NodeKind::SetComp | NodeKind::GeneratorExp => {
            generators(thread, node)?;
            maybe_expr(thread, node.child("elt"))
        }
        NodeKind::DictComp => {
            generators(thread, node)?;
            maybe_expr(thread, node.child("key"))?;
            maybe_expr(thread, node.child("value"))
        }
        NodeKind::Yield | NodeKind::YieldFrom | NodeKind::Await => load("value"),
        NodeKind::Compare => {
            let count = node.children("comparators").len();
            if count == 0 {
                return wrong(format_args!("Compare with no comparators"));
            }
            if count != node.children("ops").len() {
                return wrong(format_args!("Compare has a different number of comparators and operands"));
            }
            all(thread, "comparators")?;
            maybe_expr(thread, node.child("left"))
        }
        NodeKind::Call => {
            load("func")?;
            all(thread, "args")?;
            keywords(thread, node)
        }
        NodeKind::Constant => literal(thread, node),
        NodeKind::JoinedStr | NodeKind::TemplateStr => all(thread, "values"),
        NodeKind::FormattedValue => {
            load("value")?;
            load("format_spec")
        }
        NodeKind::Interpolation => {
            literal_in(thread, node, "str")?;
            maybe_expr(thread, node.child("value"))?;
            maybe_expr(thread, node.child("format_spec"))
        }
        NodeKind::Attribute => load("value"),
        NodeKind::Subscript => {
            load("slice")?;
            load("value")
        }
        NodeKind::Starred => expr(thread, node.required("value"), context),
        NodeKind::Slice => {
            load("lower")?;
            load("upper")?;
            load("step")
        }
        NodeKind::List | NodeKind::Tuple => exprs(thread, node.children("elts"), context, false),
        NodeKind::NamedExpr => {
            if node.choice("target") != NodeKind::Name {
                return Err(Raised::type_error("NamedExpr target must be a Name"));
            }
            load("value")
        }
        _ => Ok(()),
    }
}

fn literal(thread: &mut Thread, node: &Node) -> Run<()> {
    literal_in(thread, node, "value")
}

fn literal_in(thread: &mut Thread, node: &Node, field: &str) -> Run<()> {
    match node.field(field) {
        Field::Value(value) => constant::of_value(thread, value).map(drop),
        _ => Ok(()),
    }
}

fn generators(thread: &mut Thread, node: &Node) -> Run<()> {
    let generators = node.children("generators");
    if generators.is_empty() {
        return wrong(format_args!("comprehension with no generators"));
    }
    for generator in generators.iter().flatten() {
        expr(thread, generator.required("target"), NodeKind::Store)?;
        expr(thread, generator.required("iter"), NodeKind::Load)?;
        exprs(thread, generator.children("ifs"), NodeKind::Load, false)?;
    }
    Ok(())
}

/// Checks the keyword arguments of a call or class.
pub(super) fn keywords(thread: &mut Thread, node: &Node) -> Run<()> {
    for keyword in node.children("keywords").iter().flatten() {
        expr(thread, keyword.required("value"), NodeKind::Load)?;
    }
    Ok(())
}

/// Checks the parameters of a function.
pub(super) fn arguments(thread: &mut Thread, node: &Node) -> Run<()> {
    let annotation = |thread: &mut Thread, param: Option<&Node>| match param {
        Some(param) => maybe_expr(thread, param.child("annotation")),
        None => Ok(()),
    };
    let all = |thread: &mut Thread, name: &str| -> Run<()> {
        for param in node.children(name).iter().flatten() {
            place(param)?;
            annotation(thread, Some(param))?;
        }
        Ok(())
    };
    all(thread, "posonlyargs")?;
    all(thread, "args")?;
    annotation(thread, node.child("vararg"))?;
    all(thread, "kwonlyargs")?;
    annotation(thread, node.child("kwarg"))?;
    let by_position = node.children("posonlyargs").len() + node.children("args").len();
    if node.children("defaults").len() > by_position {
        return wrong(format_args!("more positional defaults than args on arguments"));
    }
    if node.children("kw_defaults").len() != node.children("kwonlyargs").len() {
        return wrong(format_args!("length of kwonlyargs is not the same as kw_defaults on arguments"));
    }
    exprs(thread, node.children("defaults"), NodeKind::Load, false)?;
    exprs(thread, node.children("kw_defaults"), NodeKind::Load, true)
}
