//! Warnings about valid code that is probably not what was meant (`SyntaxWarning`).
//!
//! A `return`, `break` or `continue` in a `finally` clause is found in a walk of its own, before code is generated.
//! All other warnings are found where the code of an expression is generated. A clause may be compiled several times,
//! so a warning is kept once for each place.

use super::expression::folded_constant;
use super::generator::Generator;
use super::unit::Around;
use crate::bytecode::Const;
use crate::source::Span;
use crate::syntax::SyntaxWarning;
use crate::syntax::tree::*;

impl Generator<'_> {
    /// Adds a warning, unless there is one for the same place.
    pub(super) fn warn(&mut self, span: Span, message: impl Into<String>) {
        if self.warnings.iter().all(|warning| warning.span != span) {
            self.warnings.push(SyntaxWarning { span, message: message.into() });
        }
    }

    /// Warns of a `return`, `break` or `continue` that leaves a `finally` clause.
    /// It would drop an exception that is being raised. `around` says what surrounds `body`.
    pub(super) fn warn_of_lost_errors(&mut self, body: &[Stmt], around: Around) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::Return { .. } if around == Around::Finally => {
                    self.warn(stmt.span, "'return' in a 'finally' block");
                }
                StmtKind::Break if around == Around::Finally => {
                    self.warn(stmt.span, "'break' in a 'finally' block");
                }
                StmtKind::Continue if around == Around::Finally => {
                    self.warn(stmt.span, "'continue' in a 'finally' block");
                }
                StmtKind::FunctionDef(def) => self.warn_of_lost_errors(&def.body, Around::Nothing),
                StmtKind::ClassDef(def) => self.warn_of_lost_errors(&def.body, around),
                StmtKind::For { body, orelse, .. } | StmtKind::While { body, orelse, .. } => {
                    self.warn_of_lost_errors(body, Around::Loop);
                    self.warn_of_lost_errors(orelse, Around::Loop);
                }
                StmtKind::If { body, orelse, .. } => {
                    self.warn_of_lost_errors(body, around);
                    self.warn_of_lost_errors(orelse, around);
                }
                StmtKind::With { body, .. } => self.warn_of_lost_errors(body, around),
                StmtKind::Match { cases, .. } => {
                    cases.iter().for_each(|case| self.warn_of_lost_errors(&case.body, around));
                }
                StmtKind::Try(try_) => {
                    self.warn_of_lost_errors(&try_.body, around);
                    try_.handlers.iter().for_each(|handler| self.warn_of_lost_errors(&handler.body, around));
                    self.warn_of_lost_errors(&try_.orelse, around);
                    self.warn_of_lost_errors(&try_.finalbody, Around::Finally);
                }
                _ => {}
            }
        }
    }

    /// Warns of `is` and `is not` with a literal as an operand.
    pub(super) fn check_comparison(
        &mut self,
        left: &Expr,
        ops: &[CompareOperator],
        right: &[Expr],
        span: Span,
    ) {
        let mut left = left;
        for (op, right) in ops.iter().zip(right) {
            let asks = match op {
                CompareOperator::Is => Some(("is", "==")),
                CompareOperator::IsNot => Some(("is not", "!=")),
                _ => None,
            };
            let literal = [left, right].into_iter().find(|operand| is_compared_by_value(operand));
            if let (Some((word, meant)), Some(literal)) = (asks, literal)
                && let Some(kind) = type_name(literal)
            {
                return self
                    .warn(span, format!("\"{word}\" with '{kind}' literal. Did you mean \"{meant}\"?"));
            }
            left = right;
        }
    }

    /// Warns of an `assert` of a tuple that has items: it is always true.
    pub(super) fn check_assertion(&mut self, test: &Expr, span: Span) {
        if matches!(&test.kind, ExprKind::Tuple { elts } if !elts.is_empty()) {
            self.warn(span, "assertion is always true, perhaps remove parentheses?");
        }
    }

    /// Warns of a call of an expression whose type is seen to have no calls, such as a text.
    pub(super) fn check_called(&mut self, func: &Expr, span: Span) {
        if !matches!(func.kind, ExprKind::Lambda { .. })
            && let Some(kind) = type_name(func)
        {
            self.warn(span, format!("'{kind}' object is not callable; perhaps you missed a comma?"));
        }
    }

    /// Warns of a subscript of an expression, if its type or that of the index is seen to be wrong.
    pub(super) fn check_subscript(&mut self, value: &Expr, index: &Expr, span: Span) {
        let Some(kind) = type_name(value) else { return };
        if matches!(kind, "str" | "bytes" | "tuple" | "list") {
            let index = match type_name(index) {
                None | Some("int" | "bool" | "slice") => return,
                Some(index) => index,
            };
            let message = format!(
                "{kind} indices must be integers or slices, not {index}; perhaps you missed a comma?"
            );
            self.warn(span, message);
        } else if kind != "dict" {
            self.warn(span, format!("'{kind}' object is not subscriptable; perhaps you missed a comma?"));
        }
    }
}

/// Tells whether an expression is a literal that only `==` should compare.
fn is_compared_by_value(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Constant { value } => {
            !matches!(value, Constant::None | Constant::True | Constant::False | Constant::Ellipsis)
        }
        ExprKind::Tuple { .. } => matches!(folded_constant(expr), Some(Const::Tuple(_))),
        _ => false,
    }
}

/// Returns the name of the type of an expression, if it shows without running the code.
fn type_name(expr: &Expr) -> Option<&'static str> {
    Some(match &expr.kind {
        ExprKind::Constant { value } => match value {
            Constant::None => "NoneType",
            Constant::True | Constant::False => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::Int(_) | Constant::BigInt { .. } => "int",
            Constant::Float(_) => "float",
            Constant::Imaginary(_) | Constant::Complex(..) => "complex",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
        },
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::TemplateStr { .. } => "string.templatelib.Template",
        ExprKind::Interpolation { .. } => "string.templatelib.Interpolation",
        ExprKind::Slice { .. } => "slice",
        _ => return None,
    })
}
