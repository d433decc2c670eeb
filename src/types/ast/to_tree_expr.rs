//! Makes the expressions of a tree.

use super::constant;
use super::node::{Field, Node};
use super::table::NodeKind;
use super::to_tree::{Grower, take_node, take_nodes};
use super::to_tree_stmt::operator;
use crate::syntax::tree::*;
use crate::value::{ErrorKind, Raised, Run};

impl Grower<'_> {
    /// Takes an expression.
    pub(super) fn expr_in(&mut self, node: &mut Node, field: &str) -> Run<Expr> {
        let node = take_node(node, field).expect("reading has found it");
        self.expr(node)
    }

    /// Takes an expression and puts it into a box.
    fn boxed(&mut self, node: &mut Node, field: &str) -> Run<Box<Expr>> {
        self.expr_in(node, field).map(Box::new)
    }

    /// Takes an expression that may be missing.
    pub(super) fn maybe_expr_in(&mut self, node: &mut Node, field: &str) -> Run<Option<Expr>> {
        take_node(node, field).map(|node| self.expr(node)).transpose()
    }

    /// Takes an expression that may be missing, in a box.
    pub(super) fn boxed_in(&mut self, node: &mut Node, field: &str) -> Run<Option<Box<Expr>>> {
        Ok(self.maybe_expr_in(node, field)?.map(Box::new))
    }

    /// Takes a list of expressions.
    pub(super) fn exprs_in(&mut self, node: &mut Node, field: &str) -> Run<Vec<Expr>> {
        self.take_all(node, field)?.into_iter().map(|node| self.expr(node)).collect()
    }

    /// Takes a list of expressions with gaps.
    pub(super) fn maybe_exprs_in(&mut self, node: &mut Node, field: &str) -> Run<Vec<Option<Expr>>> {
        let nodes = take_nodes(node, field);
        nodes.into_iter().map(|node| node.map(|node| self.expr(node)).transpose()).collect()
    }

    fn expr(&mut self, mut node: Node) -> Run<Expr> {
        self.check_depth()?;
        let span = self.span(&node.place);
        let node = &mut node;
        let kind = match node.kind {
            NodeKind::BoolOp => ExprKind::BoolOp {
                op: if node.choice("op") == NodeKind::And { BoolOperator::And } else { BoolOperator::Or },
                values: self.exprs_in(node, "values")?,
            },
            NodeKind::NamedExpr => {
                ExprKind::NamedExpr { target: self.boxed(node, "target")?, value: self.boxed(node, "value")? }
            }
            NodeKind::BinOp => ExprKind::BinOp {
                left: self.boxed(node, "left")?,
                op: operator(node.choice("op")),
                right: self.boxed(node, "right")?,
            },
            NodeKind::UnaryOp => ExprKind::UnaryOp {
                op: match node.choice("op") {
                    NodeKind::Invert => UnaryOperator::Invert,
                    NodeKind::Not => UnaryOperator::Not,
                    NodeKind::UAdd => UnaryOperator::UAdd,
                    _ => UnaryOperator::USub,
                },
                operand: self.boxed(node, "operand")?,
            },
            NodeKind::Lambda => {
                ExprKind::Lambda { params: Box::new(self.params_in(node)?), body: self.boxed(node, "body")? }
            }
            NodeKind::IfExp => ExprKind::IfExp {
                test: self.boxed(node, "test")?,
                body: self.boxed(node, "body")?,
                orelse: self.boxed(node, "orelse")?,
            },
            NodeKind::Dict => ExprKind::Dict {
                keys: self.maybe_exprs_in(node, "keys")?,
                values: self.exprs_in(node, "values")?,
            },
            NodeKind::Set => ExprKind::Set { elts: self.exprs_in(node, "elts")? },
            NodeKind::ListComp => {
                ExprKind::ListComp { elt: self.boxed(node, "elt")?, generators: self.generators(node)? }
            }
            NodeKind::SetComp => {
                ExprKind::SetComp { elt: self.boxed(node, "elt")?, generators: self.generators(node)? }
            }
            NodeKind::DictComp => ExprKind::DictComp {
                key: self.boxed(node, "key")?,
                value: self.boxed(node, "value")?,
                generators: self.generators(node)?,
            },
            NodeKind::GeneratorExp => {
                ExprKind::GeneratorExp { elt: self.boxed(node, "elt")?, generators: self.generators(node)? }
            }
            NodeKind::Await => ExprKind::Await { value: self.boxed(node, "value")? },
            NodeKind::Yield => ExprKind::Yield { value: self.boxed_in(node, "value")? },
            NodeKind::YieldFrom => ExprKind::YieldFrom { value: self.boxed(node, "value")? },
            NodeKind::Compare => ExprKind::Compare {
                left: self.boxed(node, "left")?,
                ops: self.take_all(node, "ops")?.iter().map(|op| comparison(op.kind)).collect(),
                comparators: self.exprs_in(node, "comparators")?,
            },
            NodeKind::Call => ExprKind::Call {
                func: self.boxed(node, "func")?,
                args: self.exprs_in(node, "args")?,
                keywords: self.keywords_in(node)?,
            },
            NodeKind::FormattedValue => ExprKind::FormattedValue {
                value: self.boxed(node, "value")?,
                conversion: conversion(node.int("conversion"))?,
                format_spec: self.boxed_in(node, "format_spec")?,
            },
            NodeKind::Interpolation => ExprKind::Interpolation {
                value: self.boxed(node, "value")?,
                code: self.code_of(node)?,
                conversion: conversion(node.int("conversion"))?,
                format_spec: self.boxed_in(node, "format_spec")?,
            },
            NodeKind::JoinedStr => ExprKind::JoinedStr { values: self.exprs_in(node, "values")? },
            NodeKind::TemplateStr => self.template(node)?,
            NodeKind::Constant => ExprKind::Constant { value: self.literal(node, "value")? },
            NodeKind::Attribute => {
                let span = self.places.attribute(node);
                let value = self.boxed(node, "value")?;
                let name = self.name_in(node, "attr").name;
                ExprKind::Attribute { value, attr: Identifier { name, span } }
            }
            NodeKind::Subscript => {
                ExprKind::Subscript { value: self.boxed(node, "value")?, slice: self.boxed(node, "slice")? }
            }
            NodeKind::Starred => ExprKind::Starred { value: self.boxed(node, "value")? },
            NodeKind::Name => ExprKind::Name { id: self.name_in(node, "id").name },
            NodeKind::List => ExprKind::List { elts: self.exprs_in(node, "elts")? },
            NodeKind::Tuple => ExprKind::Tuple { elts: self.exprs_in(node, "elts")? },
            NodeKind::Slice => ExprKind::Slice {
                lower: self.boxed_in(node, "lower")?,
                upper: self.boxed_in(node, "upper")?,
                step: self.boxed_in(node, "step")?,
            },
            other => unreachable!("{other:?} is no expression"),
        };
        self.expr_of(kind, span)
    }

    /// Takes the value of a literal.
    pub(super) fn literal(&mut self, node: &mut Node, field: &str) -> Run<Constant> {
        match node.take(field) {
            Field::Value(value) => constant::of_value(self.thread, &value),
            _ => Ok(Constant::None),
        }
    }

    fn code_of(&mut self, node: &mut Node) -> Run<Name> {
        match self.literal(node, "str")? {
            Constant::Str(text) => Ok(text),
            _ => Err(Raised::type_error("field 'str' of Interpolation must be a str")),
        }
    }

    /// Makes a t-string, which has only texts and interpolations.
    fn template(&mut self, node: &mut Node) -> Run<ExprKind> {
        let values = self.exprs_in(node, "values")?;
        let fits = |value: &Expr| {
            let text = matches!(value.kind, ExprKind::Constant { value: Constant::Str(_) });
            text || matches!(value.kind, ExprKind::Interpolation { .. })
        };
        if values.iter().all(fits) {
            return Ok(ExprKind::TemplateStr { values });
        }
        Err(Raised::type_error("values of TemplateStr must be texts and Interpolation nodes"))
    }

    fn generators(&mut self, node: &mut Node) -> Run<Vec<Comprehension>> {
        let mut generators = Vec::new();
        for mut node in self.take_all(node, "generators")? {
            generators.push(Comprehension {
                target: self.expr_in(&mut node, "target")?,
                iter: self.expr_in(&mut node, "iter")?,
                ifs: self.exprs_in(&mut node, "ifs")?,
                is_async: node.int("is_async") != 0,
            });
        }
        Ok(generators)
    }
}

fn comparison(kind: NodeKind) -> CompareOperator {
    match kind {
        NodeKind::Eq => CompareOperator::Eq,
        NodeKind::NotEq => CompareOperator::NotEq,
        NodeKind::Lt => CompareOperator::Lt,
        NodeKind::LtE => CompareOperator::LtE,
        NodeKind::Gt => CompareOperator::Gt,
        NodeKind::GtE => CompareOperator::GtE,
        NodeKind::Is => CompareOperator::Is,
        NodeKind::IsNot => CompareOperator::IsNot,
        NodeKind::In => CompareOperator::In,
        NodeKind::NotIn => CompareOperator::NotIn,
        other => unreachable!("{other:?} is no comparison"),
    }
}

/// Reads the conversion of a field. Raises `SystemError` for a letter that is none.
fn conversion(number: i32) -> Run<Option<Conversion>> {
    match u8::try_from(number) {
        _ if number == -1 => Ok(None),
        Ok(b's') => Ok(Some(Conversion::Str)),
        Ok(b'r') => Ok(Some(Conversion::Repr)),
        Ok(b'a') => Ok(Some(Conversion::Ascii)),
        _ => {
            let text = format_args!("Unrecognized conversion character {number}");
            Err(Raised::new(ErrorKind::SystemError, text))
        }
    }
}
