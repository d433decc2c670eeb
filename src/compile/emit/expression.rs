//! Expressions: the dispatch, constants, operators and f-strings.
//!
//! Calls are in `call.rs`, displays in `display.rs`, comparisons in `condition.rs`, functions in
//! `definition.rs`, comprehensions in `comprehension.rs`.

use super::generator::Generator;
use super::unit::MAX_ON_STACK;
use super::variable::Access;
use crate::bytecode::{CodeFlags, Const, Op, awaited, conversion};
use crate::compile::fold;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

/// 4,300, as in CPython: more decimal digits take too long to convert.
const MAX_DECIMAL_DIGITS: usize = 4300;

impl<'a> Generator<'a> {
    /// Compiles an expression; its value is pushed.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Done {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Name { id } => self.name(id, Access::Load, span),
            ExprKind::Constant { value } => self.constant(value, span),
            ExprKind::BoolOp { op, values } => self.bool_op(*op, values, span),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.emit(binary_op(*op), 0, span);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                self.emit(unary_op(*op), 0, span);
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } => {
                self.check_comparison(left, ops, comparators, span);
                self.compare(left, ops, comparators, span)
            }
            ExprKind::Call { func, args, keywords } => {
                self.check_called(func, span);
                self.call(expr, func, args, keywords)
            }
            ExprKind::Attribute { value, attr } => self.load_attribute(value, attr, span),
            ExprKind::Subscript { value, slice } => {
                self.check_subscript(value, slice, span);
                self.expr(value)?;
                self.expr(slice)?;
                self.emit(Op::Subscript, 0, span);
                Ok(())
            }
            ExprKind::Slice { lower, upper, step } => {
                self.slice(lower.as_deref(), upper.as_deref(), step.as_deref(), span)
            }
            ExprKind::IfExp { test, body, orelse } => self.if_exp(test, body, orelse),
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.emit(Op::Copy, 1, span);
                self.store(target)
            }
            ExprKind::List { elts } => self.list(elts, span),
            ExprKind::Tuple { elts } => self.tuple(elts, span),
            ExprKind::Set { elts } => self.set(elts, span),
            ExprKind::Dict { keys, values } => self.dict(keys, values, span),
            ExprKind::Lambda { params, body } => self.lambda(expr, params, body),
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension(expr),
            ExprKind::Yield { value } => self.yield_(value.as_deref(), span),
            ExprKind::YieldFrom { value } => self.yield_from(value, span),
            ExprKind::Await { value } => {
                self.expr(value)?;
                self.await_(awaited::EXPRESSION, span);
                Ok(())
            }
            ExprKind::JoinedStr { values } => self.joined_str(values, span),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.formatted_value(value, *conversion, format_spec.as_deref(), span)
            }
            ExprKind::TemplateStr { values } => self.template(values, span),
            ExprKind::Interpolation { value, code, conversion, format_spec } => {
                self.interpolation(value, code, *conversion, format_spec.as_deref(), span)
            }
            ExprKind::Starred { .. } => self.error("can't use starred expression here", span),
        }
    }

    fn constant(&mut self, value: &Constant, span: Span) -> Done {
        if let Constant::BigInt { digits, radix: 10 } = value
            && digits.len() > MAX_DECIMAL_DIGITS
        {
            let message = format!(
                "Exceeds the limit ({MAX_DECIMAL_DIGITS} digits) for integer string conversion: value has {} \
                 digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for \
                 huge integer literals to avoid decimal conversion limits.",
                digits.len()
            );
            return self.error(message, span);
        }
        self.unit.asm.load_const(constant_of_literal(value), span);
        Ok(())
    }

    fn bool_op(&mut self, op: BoolOperator, values: &'a [Expr], span: Span) -> Done {
        let jump = match op {
            BoolOperator::And => Op::JumpIfFalseOrPop,
            BoolOperator::Or => Op::JumpIfTrueOrPop,
        };
        let end = self.label();
        let (last, first) = values.split_last().expect("a boolean operation has operands");
        for value in first {
            self.expr(value)?;
            self.jump(jump, end, span);
        }
        self.expr(last)?;
        self.place(end);
        Ok(())
    }

    fn if_exp(&mut self, test: &'a Expr, body: &'a Expr, orelse: &'a Expr) -> Done {
        let (otherwise, end) = (self.label(), self.label());
        self.jump_if(test, false, otherwise)?;
        self.expr(body)?;
        self.jump(Op::Jump, end, Span::default());
        self.place(otherwise);
        self.expr(orelse)?;
        self.place(end);
        Ok(())
    }

    fn slice(
        &mut self,
        lower: Option<&'a Expr>,
        upper: Option<&'a Expr>,
        step: Option<&'a Expr>,
        span: Span,
    ) -> Done {
        for bound in [lower, upper] {
            match bound {
                Some(bound) => self.expr(bound)?,
                None => self.unit.asm.load_const(Const::None, span),
            }
        }
        if let Some(step) = step {
            self.expr(step)?;
        }
        self.emit(Op::BuildSlice, if step.is_some() { 3 } else { 2 }, span);
        Ok(())
    }

    fn yield_(&mut self, value: Option<&'a Expr>, span: Span) -> Done {
        self.check_yield("yield", span)?;
        match value {
            Some(value) => self.expr(value)?,
            None => self.unit.asm.load_const(Const::None, span),
        }
        self.yield_top(span);
        Ok(())
    }

    /// Emits the instruction that yields the value on top.
    pub(super) fn yield_top(&mut self, span: Span) {
        let op = match self.unit.flags.contains(CodeFlags::ASYNC_GENERATOR) {
            true => Op::YieldAsync,
            false => Op::Yield,
        };
        self.emit(op, 0, span);
    }

    fn yield_from(&mut self, value: &'a Expr, span: Span) -> Done {
        self.check_yield("yield from", span)?;
        if self.unit.flags.intersects(CodeFlags::ASYNC) {
            return self.error("'yield from' inside async function", span);
        }
        self.expr(value)?;
        self.emit(Op::GetYieldFromIter, 0, span);
        self.unit.asm.load_const(Const::None, span);
        self.emit(Op::YieldFrom, 0, span);
        Ok(())
    }

    fn check_yield(&self, what: &str, span: Span) -> Done {
        if self.unit.kind.is_function() {
            Ok(())
        } else {
            self.error(format!("'{what}' outside function"), span)
        }
    }

    fn joined_str(&mut self, values: &'a [Expr], span: Span) -> Done {
        if values.is_empty() {
            self.unit.asm.load_const(Const::str(""), span);
            return Ok(());
        }
        let mut count = 0;
        for value in values {
            if count as usize == MAX_ON_STACK {
                self.emit(Op::BuildString, count, span);
                count = 1;
            }
            self.expr(value)?;
            count += 1;
        }
        if count > 1 {
            self.emit(Op::BuildString, count, span);
        }
        Ok(())
    }

    fn formatted_value(
        &mut self,
        value: &'a Expr,
        how: Option<Conversion>,
        format_spec: Option<&'a Expr>,
        span: Span,
    ) -> Done {
        self.expr(value)?;
        let mut operand = match how {
            None => conversion::NONE,
            Some(Conversion::Str) => conversion::STR,
            Some(Conversion::Repr) => conversion::REPR,
            Some(Conversion::Ascii) => conversion::ASCII,
        };
        if let Some(spec) = format_spec {
            self.expr(spec)?;
            operand |= conversion::HAS_SPEC;
        }
        self.emit(Op::FormatValue, operand, span);
        Ok(())
    }
}

/// Returns the constant of a literal. Panics for one that may not be evaluated.
pub(super) fn constant_of_literal(value: &Constant) -> Const {
    match value {
        Constant::None => Const::None,
        Constant::True => Const::True,
        Constant::False => Const::False,
        Constant::Ellipsis => Const::Ellipsis,
        Constant::Int(value) => Const::Int(*value),
        Constant::BigInt { digits, radix } => {
            let value = dashu_int::IBig::from_str_radix(digits, *radix);
            fold::int(value.expect("the tokenizer lets only digits of the base through"))
        }
        Constant::Float(value) => Const::Float(*value),
        Constant::Imaginary(imag) => Const::Complex(0.0, *imag),
        Constant::Complex(real, imag) => Const::Complex(*real, *imag),
        Constant::Tuple(items) => Const::Tuple(items.iter().map(constant_of_literal).collect()),
        Constant::FrozenSet(items) => Const::FrozenSet(items.iter().map(constant_of_literal).collect()),
        Constant::Str(text) => Const::Str(text.clone()),
        Constant::Bytes(bytes) => Const::Bytes(bytes.clone()),
    }
}

/// Returns the constant that an expression of literals is folded to; nothing for integers past 64 bits.
pub(super) fn folded_constant(expr: &Expr) -> Option<Const> {
    match &expr.kind {
        ExprKind::Constant { value: Constant::BigInt { .. } } => None,
        ExprKind::Constant { value } => Some(constant_of_literal(value)),
        ExprKind::UnaryOp { op, operand } => {
            fold::apply(unary_op(*op), std::iter::once(&folded_constant(operand)?))
        }
        ExprKind::BinOp { left, op, right } => {
            let (left, right) = (folded_constant(left)?, folded_constant(right)?);
            fold::apply(binary_op(*op), [&left, &right].into_iter())
        }
        ExprKind::Tuple { elts } => elts.iter().map(folded_constant).collect::<Option<_>>().map(Const::Tuple),
        _ => None,
    }
}

fn binary_op(op: Operator) -> Op {
    match op {
        Operator::Add => Op::Add,
        Operator::Sub => Op::Subtract,
        Operator::Mult => Op::Multiply,
        Operator::MatMult => Op::MatrixMultiply,
        Operator::Div => Op::Divide,
        Operator::Mod => Op::Remainder,
        Operator::Pow => Op::Power,
        Operator::LShift => Op::ShiftLeft,
        Operator::RShift => Op::ShiftRight,
        Operator::BitOr => Op::BitOr,
        Operator::BitXor => Op::BitXor,
        Operator::BitAnd => Op::BitAnd,
        Operator::FloorDiv => Op::FloorDivide,
    }
}

fn unary_op(op: UnaryOperator) -> Op {
    match op {
        UnaryOperator::Invert => Op::Invert,
        UnaryOperator::Not => Op::Not,
        UnaryOperator::UAdd => Op::Positive,
        UnaryOperator::USub => Op::Negate,
    }
}

/// Returns the instruction of a comparison.
pub(super) fn compare_op(op: CompareOperator) -> Op {
    match op {
        CompareOperator::Eq => Op::Equal,
        CompareOperator::NotEq => Op::NotEqual,
        CompareOperator::Lt => Op::Less,
        CompareOperator::LtE => Op::LessEqual,
        CompareOperator::Gt => Op::Greater,
        CompareOperator::GtE => Op::GreaterEqual,
        CompareOperator::Is => Op::Is,
        CompareOperator::IsNot => Op::IsNot,
        CompareOperator::In => Op::Contains,
        CompareOperator::NotIn => Op::NotContains,
    }
}
