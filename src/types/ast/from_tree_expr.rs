//! Makes nodes of expressions.

use super::constant;
use super::from_tree::{Converter, name};
use super::from_tree_stmt::operator;
use super::node::{Field, Node};
use super::table::NodeKind;
use crate::source::Span;
use crate::syntax::tree::*;
use crate::value::Run;

/// What stands for no conversion.
const NO_CONVERSION: i32 = -1;

impl Converter<'_> {
    /// Makes the field of an expression that is loaded.
    pub(super) fn load(&mut self, expr: &Expr) -> Run<Field> {
        self.expr(expr, NodeKind::Load)
    }

    /// Makes the field of an expression that may be missing.
    pub(super) fn maybe_load(&mut self, expr: Option<&Expr>) -> Run<Field> {
        expr.map_or(Ok(Field::Missing), |expr| self.load(expr))
    }

    /// Makes the field of an expression in a context.
    pub(super) fn expr(&mut self, expr: &Expr, context: NodeKind) -> Run<Field> {
        self.expr_node(expr, context).map(|node| Field::Node(Box::new(node)))
    }

    /// Makes the field of a list of expressions in a context.
    pub(super) fn exprs(&mut self, exprs: &[Expr], context: NodeKind) -> Run<Field> {
        let nodes: Run<Vec<_>> = exprs.iter().map(|expr| self.expr_node(expr, context).map(Some)).collect();
        nodes.map(Field::Nodes)
    }

    /// Makes the field of a list of expressions with gaps.
    pub(super) fn maybe_exprs(&mut self, exprs: &[Option<Expr>]) -> Run<Field> {
        let mut nodes = Vec::with_capacity(exprs.len());
        for expr in exprs {
            nodes.push(match expr {
                Some(expr) => Some(self.expr_node(expr, NodeKind::Load)?),
                None => None,
            });
        }
        Ok(Field::Nodes(nodes))
    }

    fn expr_node(&mut self, expr: &Expr, context: NodeKind) -> Run<Node> {
        self.check_depth()?;
        let (kind, fields) = match &expr.kind {
            ExprKind::BoolOp { op, values } => {
                let op = match op {
                    BoolOperator::And => NodeKind::And,
                    BoolOperator::Or => NodeKind::Or,
                };
                (NodeKind::BoolOp, vec![self.choice(op), self.exprs(values, NodeKind::Load)?])
            }
            ExprKind::NamedExpr { target, value } => {
                (NodeKind::NamedExpr, vec![self.expr(target, NodeKind::Store)?, self.load(value)?])
            }
            ExprKind::BinOp { left, op, right } => {
                let op = self.choice(operator(*op));
                (NodeKind::BinOp, vec![self.load(left)?, op, self.load(right)?])
            }
            ExprKind::UnaryOp { op, operand } => {
                let op = match op {
                    UnaryOperator::Invert => NodeKind::Invert,
                    UnaryOperator::Not => NodeKind::Not,
                    UnaryOperator::UAdd => NodeKind::UAdd,
                    UnaryOperator::USub => NodeKind::USub,
                };
                (NodeKind::UnaryOp, vec![self.choice(op), self.load(operand)?])
            }
            ExprKind::Lambda { params, body } => {
                (NodeKind::Lambda, vec![self.arguments(params)?, self.load(body)?])
            }
            ExprKind::IfExp { test, body, orelse } => {
                (NodeKind::IfExp, vec![self.load(test)?, self.load(body)?, self.load(orelse)?])
            }
            ExprKind::Dict { keys, values } => {
                (NodeKind::Dict, vec![self.maybe_exprs(keys)?, self.exprs(values, NodeKind::Load)?])
            }
            ExprKind::Set { elts } => (NodeKind::Set, vec![self.exprs(elts, NodeKind::Load)?]),
            ExprKind::ListComp { elt, generators } => {
                (NodeKind::ListComp, vec![self.load(elt)?, self.generators(generators)?])
            }
            ExprKind::SetComp { elt, generators } => {
                (NodeKind::SetComp, vec![self.load(elt)?, self.generators(generators)?])
            }
            ExprKind::DictComp { key, value, generators } => {
                let (key, value) = (self.load(key)?, self.load(value)?);
                (NodeKind::DictComp, vec![key, value, self.generators(generators)?])
            }
            ExprKind::GeneratorExp { elt, generators } => {
                (NodeKind::GeneratorExp, vec![self.load(elt)?, self.generators(generators)?])
            }
            ExprKind::Await { value } => (NodeKind::Await, vec![self.load(value)?]),
            ExprKind::Yield { value } => (NodeKind::Yield, vec![self.maybe_load(value.as_deref())?]),
            ExprKind::YieldFrom { value } => (NodeKind::YieldFrom, vec![self.load(value)?]),
            ExprKind::Compare { left, ops, comparators } => {
                let ops = ops.iter().map(|op| Some(self.node(comparison(*op), Span::at(0), Vec::new())));
                let ops = Field::Nodes(ops.collect());
                let left = self.load(left)?;
                (NodeKind::Compare, vec![left, ops, self.exprs(comparators, NodeKind::Load)?])
            }
            ExprKind::Call { func, args, keywords } => {
                let (func, args) = (self.load(func)?, self.exprs(args, NodeKind::Load)?);
                (NodeKind::Call, vec![func, args, self.keywords(keywords)?])
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let (value, spec) = (self.load(value)?, self.maybe_load(format_spec.as_deref())?);
                (NodeKind::FormattedValue, vec![value, conversion_field(*conversion), spec])
            }
            ExprKind::Interpolation { value, code, conversion, format_spec } => {
                let (value, spec) = (self.load(value)?, self.maybe_load(format_spec.as_deref())?);
                let code = Field::Value(self.thread.try_str(code)?);
                (NodeKind::Interpolation, vec![value, code, conversion_field(*conversion), spec])
            }
            ExprKind::JoinedStr { values } => {
                (NodeKind::JoinedStr, vec![self.exprs(values, NodeKind::Load)?])
            }
            ExprKind::TemplateStr { values } => {
                (NodeKind::TemplateStr, vec![self.exprs(values, NodeKind::Load)?])
            }
            ExprKind::Constant { value } => {
                let kind = self.kind_of_literal(value, expr.span);
                (NodeKind::Constant, vec![Field::Value(constant::to_value(self.thread, value)?), kind])
            }
            ExprKind::Attribute { value, attr } => {
                (NodeKind::Attribute, vec![self.load(value)?, name(attr), self.choice(context)])
            }
            ExprKind::Subscript { value, slice } => {
                (NodeKind::Subscript, vec![self.load(value)?, self.load(slice)?, self.choice(context)])
            }
            ExprKind::Starred { value } => {
                (NodeKind::Starred, vec![self.expr(value, context)?, self.choice(context)])
            }
            ExprKind::Name { id } => (NodeKind::Name, vec![Field::Text(id.clone()), self.choice(context)]),
            ExprKind::List { elts } => {
                (NodeKind::List, vec![self.exprs(elts, context)?, self.choice(context)])
            }
            ExprKind::Tuple { elts } => {
                (NodeKind::Tuple, vec![self.exprs(elts, context)?, self.choice(context)])
            }
            ExprKind::Slice { lower, upper, step } => {
                let lower = self.maybe_load(lower.as_deref())?;
                let upper = self.maybe_load(upper.as_deref())?;
                (NodeKind::Slice, vec![lower, upper, self.maybe_load(step.as_deref())?])
            }
        };
        Ok(self.node(kind, expr.span, fields))
    }

    /// Returns `u` for a string whose first literal has that prefix.
    fn kind_of_literal(&self, value: &Constant, span: Span) -> Field {
        let written = self.source.slice(span);
        let is_marked = matches!(value, Constant::Str(_))
            && (written.starts_with("u'") || written.starts_with("u\""))
            // In an f-string this would be text.
            && !self.source.slice(Span::new(0, span.start)).ends_with(['\'', '"', '{', '}']);
        if is_marked { Field::Text("u".into()) } else { Field::Missing }
    }

    fn generators(&mut self, generators: &[Comprehension]) -> Run<Field> {
        let mut nodes = Vec::with_capacity(generators.len());
        for generator in generators {
            let target = self.expr(&generator.target, NodeKind::Store)?;
            let (iter, ifs) = (self.load(&generator.iter)?, self.exprs(&generator.ifs, NodeKind::Load)?);
            let fields = vec![target, iter, ifs, Field::Int(generator.is_async.into())];
            nodes.push(Some(self.node(NodeKind::Comprehension, Span::at(0), fields)));
        }
        Ok(Field::Nodes(nodes))
    }
}

fn comparison(operator: CompareOperator) -> NodeKind {
    match operator {
        CompareOperator::Eq => NodeKind::Eq,
        CompareOperator::NotEq => NodeKind::NotEq,
        CompareOperator::Lt => NodeKind::Lt,
        CompareOperator::LtE => NodeKind::LtE,
        CompareOperator::Gt => NodeKind::Gt,
        CompareOperator::GtE => NodeKind::GtE,
        CompareOperator::Is => NodeKind::Is,
        CompareOperator::IsNot => NodeKind::IsNot,
        CompareOperator::In => NodeKind::In,
        CompareOperator::NotIn => NodeKind::NotIn,
    }
}

fn conversion_field(conversion: Option<Conversion>) -> Field {
    Field::Int(match conversion {
        None => NO_CONVERSION,
        Some(Conversion::Str) => 's' as i32,
        Some(Conversion::Repr) => 'r' as i32,
        Some(Conversion::Ascii) => 'a' as i32,
    })
}
