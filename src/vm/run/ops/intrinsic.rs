//! Operations that are too rare for an instruction of their own: type parameters, type aliases, templates.

use crate::bytecode::{Word, intrinsic as operation};
use crate::protocol::type_name;
use crate::types::class::generic;
use crate::types::template::{self, interpolation};
use crate::types::typing::param_spec::{self, ParamSpec};
use crate::types::typing::type_alias;
use crate::types::typing::type_var::{self, Limit, TypeVar};
use crate::types::typing::type_var_tuple::{self, TypeVarTuple};
use crate::value::{Raised, Run, Value};
use crate::vm::function::Function;
use crate::vm::run::dispatch::Flow;
use crate::vm::run::step::Step;

/// Computes an operation of the topmost values. Raises what `typing` raises, if the operation needs it.
pub fn intrinsic(step: &mut Step, word: Word) -> Run<Flow> {
    let first = word.a();
    let take = |step: &mut Step, position: usize| step.take(first + position);
    let operand = take(step, 0);
    let result = match word.b() as u32 {
        operation::TYPE_VAR => type_var::in_brackets(step, operand, Limit::None),
        operation::TYPE_VAR_WITH_BOUND => {
            let bound = Limit::Bound(take(step, 1));
            type_var::in_brackets(step, operand, bound)
        }
        operation::TYPE_VAR_WITH_CONSTRAINTS => {
            let constraints = Limit::Constraints(take(step, 1));
            type_var::in_brackets(step, operand, constraints)
        }
        operation::PARAM_SPEC => param_spec::in_brackets(step, operand),
        operation::TYPE_VAR_TUPLE => type_var_tuple::in_brackets(step, operand),
        operation::SET_DEFAULT => {
            let evaluator = take(step, 1);
            set_default(step, &operand, evaluator)?;
            operand
        }
        operation::SET_TYPE_PARAMS => {
            let function = take(step, 1);
            if let Some(function) = function.downcast_ref::<Function>() {
                drop(function.type_params.set(operand));
            }
            function
        }
        operation::GENERIC_BASE => generic::subscript(step, &operand)?,
        operation::TYPE_ALIAS => {
            let (parameters, evaluator) = (take(step, 1), take(step, 2));
            type_alias::of_statement(step, operand, parameters, evaluator)
        }
        operation::INTERPOLATION => {
            let parts = [operand, take(step, 1), take(step, 2), take(step, 3)];
            interpolation::of_parts(step, parts)
        }
        _ => {
            let interpolations = take(step, 1);
            template::of_parts(step, operand, interpolations)
        }
    };
    step.put(first, result);
    Ok(Flow::Next)
}

/// Gives a type parameter the function that computes its default.
fn set_default(step: &Step, parameter: &Value, evaluator: Value) -> Run<()> {
    let slot = if let Some(parameter) = parameter.downcast_ref::<TypeVar>() {
        &parameter.evaluate_default
    } else if let Some(parameter) = parameter.downcast_ref::<ParamSpec>() {
        &parameter.evaluate_default
    } else if let Some(parameter) = parameter.downcast_ref::<TypeVarTuple>() {
        &parameter.evaluate_default
    } else {
        let given = type_name(step, parameter);
        return Err(Raised::type_error(format_args!("Expected a type param, got {given}")));
    };
    drop(slot.set(evaluator));
    Ok(())
}
