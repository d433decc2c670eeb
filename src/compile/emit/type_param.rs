//! Type parameters, and `type` statements.
//!
//! A definition with type parameters is made by a function around it, which makes the parameters first and is called at
//! once. Their bounds and defaults are functions that run when somebody asks for them.

use super::generator::Generator;
use super::variable::Access;
use crate::bytecode::{Const, Op, function_flags, intrinsic};
use crate::compile::scope::declare::{Done, wrong};
use crate::compile::scope::{Part, ScopeId, node_key};
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Begins the function that binds the type parameters of a definition, pushes their tuple, and returns what the
    /// parameters of the function are in: the slots from 0 on.
    pub(super) fn enter_generic(
        &mut self,
        node: usize,
        name: &Name,
        params: &'a [TypeParam],
        arguments: &[&str],
        line: u32,
        span: Span,
    ) -> Done {
        let scope = self.table.of_part(node, Part::TypeParams).expect("it has type parameters");
        let own: Name = format!("<generic parameters of {name}>").into();
        let qualname = self.qualname(&own);
        self.enter_scope(scope, own, qualname, line);
        self.unit.parameters = (0, arguments.len() as u32, 0);
        let names: Vec<Name> = arguments.iter().map(|&name| name.into()).collect();
        self.add_variables(&names);
        self.type_params(params, span)
    }

    /// Ends the function that `enter_generic` has begun, whose result is on the stack, and calls it. Its arguments, as
    /// many as given, are on the stack of the unit around it.
    pub(super) fn leave_generic(&mut self, arguments: u32, span: Span) {
        self.emit(Op::Return, 0, span);
        self.leave_function(0, span);
        // The function goes below its arguments, which keep their order.
        for depth in (2..=arguments + 1).rev() {
            self.emit(Op::Swap, depth, span);
        }
        self.emit(Op::Call, arguments, span);
    }

    /// Makes and binds type parameters; pushes a tuple of them.
    fn type_params(&mut self, params: &'a [TypeParam], span: Span) -> Done {
        let mut has_default = false;
        for param in params {
            let (name, at) = (&param.name.name, param.span);
            self.unit.asm.load_const(Const::Str(name.clone()), at);
            let made = match (param.kind, &param.bound) {
                (TypeParamKind::ParamSpec, _) => intrinsic::PARAM_SPEC,
                (TypeParamKind::TypeVarTuple, _) => intrinsic::TYPE_VAR_TUPLE,
                (TypeParamKind::TypeVar, None) => intrinsic::TYPE_VAR,
                (TypeParamKind::TypeVar, Some(bound)) => {
                    self.evaluator_of_param(param, Part::Bound, bound)?;
                    match bound.kind {
                        ExprKind::Tuple { .. } => intrinsic::TYPE_VAR_WITH_CONSTRAINTS,
                        _ => intrinsic::TYPE_VAR_WITH_BOUND,
                    }
                }
            };
            self.emit(Op::Intrinsic, made, at);
            match &param.default {
                Some(default) => {
                    has_default = true;
                    self.evaluator_of_param(param, Part::Default, default)?;
                    self.emit(Op::Intrinsic, intrinsic::SET_DEFAULT, at);
                }
                None if has_default => {
                    let message =
                        format!("non-default type parameter '{name}' follows default type parameter");
                    return Err(wrong(message, at));
                }
                None => {}
            }
            self.emit(Op::Copy, 1, at);
            self.name(name, Access::Store, at)?;
        }
        self.emit(Op::BuildTuple, params.len() as u32, span);
        Ok(())
    }

    fn evaluator_of_param(&mut self, param: &'a TypeParam, part: Part, value: &'a Expr) -> Done {
        let scope = self.table.of_part(node_key(param), part).expect("it was declared");
        self.evaluator(scope, &param.name.name, value, param.span)
    }

    /// Pushes a function that computes an expression.
    fn evaluator(&mut self, scope: ScopeId, name: &Name, value: &'a Expr, span: Span) -> Done {
        let (qualname, line) = (self.qualname(name), self.source.line(span.start));
        self.enter_lazy(scope, name, qualname, line, span);
        match &value.kind {
            // `*Ts = *tuple[int]` unpacks to exactly one value.
            ExprKind::Starred { value: inner } => {
                self.expr(inner)?;
                self.emit(Op::UnpackSequence, 1, value.span);
            }
            _ => self.expr(value)?,
        }
        self.emit(Op::Return, 0, value.span);
        self.leave_evaluator(span);
        Ok(())
    }

    /// Compiles a `type` statement.
    pub(super) fn type_alias(
        &mut self,
        stmt: &'a Stmt,
        name: &'a Identifier,
        params: &'a [TypeParam],
        value: &'a Expr,
    ) -> Done {
        let (node, span) = (node_key(stmt), stmt.span);
        if params.is_empty() {
            self.unit.asm.load_const(Const::Str(name.name.clone()), span);
            self.unit.asm.load_const(Const::None, span);
            self.evaluator(self.table.of_node(node), &name.name, value, span)?;
            self.emit(Op::Intrinsic, intrinsic::TYPE_ALIAS, span);
        } else {
            let line = self.source.line(span.start);
            self.enter_generic(node, &name.name, params, &[], line, span)?;
            self.unit.asm.load_const(Const::Str(name.name.clone()), span);
            self.emit(Op::Swap, 2, span);
            self.evaluator(self.table.of_node(node), &name.name, value, span)?;
            self.emit(Op::Intrinsic, intrinsic::TYPE_ALIAS, span);
            self.leave_generic(0, span);
        }
        self.name(&name.name, Access::Store, span)
    }

    /// Ends the function that `enter_lazy` has begun, and pushes it; it may be called without a format.
    fn leave_evaluator(&mut self, span: Span) {
        let unit = self.leave_unit();
        self.unit.asm.load_const(Const::Tuple([Const::Int(1)].into()), span);
        self.make_function(unit, function_flags::DEFAULTS, span);
    }
}
