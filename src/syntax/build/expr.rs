//! Building expressions that are neither displays, calls nor strings.

use super::super::number;
use super::{Builder, Listing, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

impl Builder<'_> {
    /// Makes a name.
    pub fn name(&mut self, l: u32, r: u32) -> Made<Expr> {
        let id = self.intern(l, r);
        self.expr(ExprKind::Name { id }, l, r)
    }

    /// Makes the expression of a name that was read as an identifier.
    pub fn name_of(&mut self, name: Identifier) -> Made<Expr> {
        self.expr(ExprKind::Name { id: name.name }, name.span.start, name.span.end)
    }

    /// Makes a number.
    pub fn number(&mut self, l: u32, r: u32) -> Made<Expr> {
        let written = self.written(l, r);
        let value = number::value(written);
        if let Some(message) = number::warning(written, &self.text()[r as usize..]) {
            self.warn(Span::new(l, r), message);
        }
        self.constant(value, l, r)
    }

    /// Makes a constant.
    pub fn constant(&mut self, value: Constant, l: u32, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Constant { value }, l, r)
    }

    /// Makes the one expression of a list without comma, otherwise a tuple.
    pub fn tuple_or_only(&mut self, l: u32, items: Listing<Expr>, r: u32) -> Made<Expr> {
        match items.into_only() {
            Ok(only) => Ok(only),
            Err(elts) => self.expr(ExprKind::Tuple { elts }, l, r),
        }
    }

    /// Makes `*value`.
    pub fn starred(&mut self, l: u32, value: Expr, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Starred { value: Box::new(value) }, l, r)
    }

    /// Makes `target := value`; only a name is a target.
    pub fn named_expr(&mut self, l: u32, target: Expr, value: Expr, r: u32) -> Made<Expr> {
        if !matches!(target.kind, ExprKind::Name { .. }) {
            let message = format!("cannot use assignment expressions with {}", target.describe());
            return Err(refuse(target.span, message));
        }
        if target.span.start != l {
            return Err(refuse(Span::at(l), "invalid syntax"));
        }
        self.expr(ExprKind::NamedExpr { target: Box::new(target), value: Box::new(value) }, l, r)
    }

    /// Makes `body if test else orelse`.
    pub fn if_exp(&mut self, l: u32, body: Expr, test: Expr, orelse: Expr, r: u32) -> Made<Expr> {
        let (test, body, orelse) = (Box::new(test), Box::new(body), Box::new(orelse));
        self.expr(ExprKind::IfExp { test, body, orelse }, l, r)
    }

    /// Makes `lambda params: body`.
    pub fn lambda(&mut self, l: u32, params: Params, body: Expr, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Lambda { params: Box::new(params), body: Box::new(body) }, l, r)
    }

    /// Makes a chain of one of `and` and `or`.
    pub fn bool_op(&mut self, l: u32, op: BoolOperator, values: Vec<Expr>, r: u32) -> Made<Expr> {
        self.expr(ExprKind::BoolOp { op, values }, l, r)
    }

    /// Makes `op operand`.
    pub fn unary(&mut self, l: u32, op: UnaryOperator, operand: Expr, r: u32) -> Made<Expr> {
        self.expr(ExprKind::UnaryOp { op, operand: Box::new(operand) }, l, r)
    }

    /// Makes `left op right`.
    pub fn binary(&mut self, l: u32, left: Expr, op: Operator, right: Expr, r: u32) -> Made<Expr> {
        self.expr(ExprKind::BinOp { left: Box::new(left), op, right: Box::new(right) }, l, r)
    }

    /// Makes a chain of comparisons.
    pub fn compare(&mut self, l: u32, left: Expr, rest: Vec<(CompareOperator, Expr)>, r: u32) -> Made<Expr> {
        let (ops, comparators) = rest.into_iter().unzip();
        self.expr(ExprKind::Compare { left: Box::new(left), ops, comparators }, l, r)
    }

    /// Makes `await value`.
    pub fn await_(&mut self, l: u32, value: Expr, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Await { value: Box::new(value) }, l, r)
    }

    /// Makes `yield value`.
    pub fn yield_(&mut self, l: u32, value: Option<Expr>, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Yield { value: value.map(Box::new) }, l, r)
    }

    /// Makes `yield from value`.
    pub fn yield_from(&mut self, l: u32, value: Expr, r: u32) -> Made<Expr> {
        self.expr(ExprKind::YieldFrom { value: Box::new(value) }, l, r)
    }

    /// Makes `value.attr`.
    pub fn attribute(&mut self, l: u32, value: Expr, attr: Identifier, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Attribute { value: Box::new(value), attr }, l, r)
    }

    /// Makes `value[slice]`.
    pub fn subscript(&mut self, l: u32, value: Expr, mut slice: Expr, r: u32) -> Made<Expr> {
        // `a[*b]` is short for `a[(*b,)]`.
        if matches!(slice.kind, ExprKind::Starred { .. }) {
            let span = slice.span;
            slice = self.expr(ExprKind::Tuple { elts: vec![slice] }, span.start, span.end)?;
        }
        self.expr(ExprKind::Subscript { value: Box::new(value), slice: Box::new(slice) }, l, r)
    }

    /// Makes `lower:upper:step`.
    pub fn slice(
        &mut self,
        l: u32,
        lower: Option<Expr>,
        upper: Option<Expr>,
        step: Option<Expr>,
        r: u32,
    ) -> Made<Expr> {
        let [lower, upper, step] = [lower, upper, step].map(|part| part.map(Box::new));
        self.expr(ExprKind::Slice { lower, upper, step }, l, r)
    }
}

impl Expr {
    /// Names the kind of expression in messages (CPython: _PyPegen_get_expr_name).
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            ExprKind::Attribute { .. } => "attribute",
            ExprKind::Subscript { .. } => "subscript",
            ExprKind::Starred { .. } => "starred",
            ExprKind::Name { .. } => "name",
            ExprKind::List { .. } => "list",
            ExprKind::Tuple { .. } => "tuple",
            ExprKind::Lambda { .. } => "lambda",
            ExprKind::Call { .. } => "function call",
            ExprKind::BoolOp { .. } | ExprKind::BinOp { .. } | ExprKind::UnaryOp { .. } => "expression",
            ExprKind::GeneratorExp { .. } => "generator expression",
            ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } => "yield expression",
            ExprKind::Await { .. } => "await expression",
            ExprKind::ListComp { .. } => "list comprehension",
            ExprKind::SetComp { .. } => "set comprehension",
            ExprKind::DictComp { .. } => "dict comprehension",
            ExprKind::Dict { .. } => "dict literal",
            ExprKind::Set { .. } => "set display",
            ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "f-string expression",
            ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => "t-string expression",
            ExprKind::Constant { value } => match value {
                Constant::None => "None",
                Constant::True => "True",
                Constant::False => "False",
                Constant::Ellipsis => "ellipsis",
                _ => "literal",
            },
            ExprKind::Compare { .. } => "comparison",
            ExprKind::IfExp { .. } => "conditional expression",
            ExprKind::NamedExpr { .. } => "named expression",
            ExprKind::Slice { .. } => "slice",
        }
    }
}
