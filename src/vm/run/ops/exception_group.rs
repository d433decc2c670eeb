//! `except*`: takes a group apart for the clauses, and puts together what is raised in the end.

use crate::bytecode::Word;
use crate::protocol;
use crate::types::exception;
use crate::types::exception::group;
use crate::value::{Class, ErrorKind, Kind, List, Raised, Run, Tuple, Value};
use crate::vm::frame::current;
use crate::vm::frame::traceback;
use crate::vm::run::dispatch::Flow;
use crate::vm::run::ops::exception::{check_catchable, choices, is_caught};
use crate::vm::run::step::Step;
use crate::vm::run::unwind;

/// Splits what is left of a caught exception by the types of a clause (CPython: `CHECK_EG_MATCH`). An exception that is
/// no group is wrapped in one. Raises `TypeError` for types that cannot be caught, and what `split` raises.
pub fn check_group_match(step: &mut Step, word: Word) -> Run<Flow> {
    let (rest, types) = (step.view(word.a()), step.view(word.a() + 1));
    check_types(step, types)?;
    let (matched, rest) = split(step, rest, types)?;
    let (old_rest, old_types) = (step.take(word.a()), step.take(word.a() + 1));
    step.put(word.a(), rest);
    step.put(word.a() + 1, matched.clone());
    drop((old_rest, old_types));
    if !matched.is_none() {
        drop(unwind::replace_handled(step, matched));
    }
    Ok(Flow::Next)
}

/// Raises `TypeError` unless these are classes of exceptions, and none of groups.
fn check_types(step: &mut Step, types: &Value) -> Run<()> {
    choices(types).iter().try_for_each(check_catchable)?;
    let group = step.known().error(ErrorKind::BaseExceptionGroup);
    let mut classes = choices(types).iter().filter_map(Value::downcast_ref::<Class>);
    if classes.any(|class| class.is_subclass_of(group)) {
        let message = "catching ExceptionGroup with except* is not allowed. Use except instead.";
        return Err(Raised::type_error(message));
    }
    Ok(())
}

/// Returns what a clause gets and what it leaves, `None` for nothing.
fn split(step: &mut Step, rest: &Value, types: &Value) -> Run<(Value, Value)> {
    if rest.is_none() {
        return Ok((Value::NONE, Value::NONE));
    }
    let is_group = group::is_group(step, rest);
    if is_caught(step, rest, types) {
        if is_group {
            return Ok((rest.clone(), Value::NONE));
        }
        let wrapped = step.new_tuple(vec![rest.clone()]);
        let wrapped = group::of(step, wrapped)?;
        let frame = current(step);
        let instruction = step.frame().instruction();
        traceback::add(step, frame, instruction, &wrapped);
        return Ok((wrapped, Value::NONE));
    }
    if !is_group {
        return Ok((Value::NONE, rest.clone()));
    }
    let name = step.known().intern(step, "split");
    let pair = protocol::call_method(step, rest, &name, std::slice::from_ref(types))?;
    let class = protocol::type_name(step, rest);
    let Some(parts) = pair.downcast_exact::<Tuple>() else {
        let given = protocol::type_name(step, &pair);
        return Err(Raised::type_error(format_args!("{class}.split must return a tuple, not {given}")));
    };
    match parts.items() {
        // CPython does not look, and is lost then.
        parts if let Some(wrong) = parts.iter().take(2).find(|part| !is_raisable(part)) => {
            let given = protocol::type_name(step, wrong);
            Err(Raised::type_error(format_args!("{class}.split must return exceptions, not {given}")))
        }
        [matched, rest, ..] => Ok((matched.clone(), rest.clone())),
        few => Err(Raised::type_error(format_args!(
            "{class}.split must return a 2-tuple, got tuple of size {}",
            few.len()
        ))),
    }
}

/// Whether a part of a group is one: an exception, or `None` if there is nothing.
fn is_raisable(part: &Value) -> bool {
    part.is_none() || part.kind() == Kind::Exception
}

/// Makes what a `try` with `except*` raises in the end (CPython: `_PyExc_PrepReraiseStar`). Raises what making groups
/// raises.
pub fn join_raised(step: &mut Step, word: Word) -> Run<Flow> {
    let (original, list) = (step.view(word.a()), step.view(word.a() + 1));
    let raised = list.downcast_ref::<List>().expect("the compiler has made a list").to_vec()?;
    let result = joined(step, original, raised)?;
    let (old, list) = (step.take(word.a()), step.take(word.a() + 1));
    step.put(word.a(), result);
    drop((old, list));
    Ok(Flow::Next)
}

fn joined(step: &mut Step, original: &Value, exceptions: Vec<Value>) -> Run<Value> {
    let mut exceptions = exceptions.into_iter().filter(|exception| exception.kind() == Kind::Exception);
    if !group::is_group(step, original) {
        // It was wrapped, so only one clause can have got it.
        return Ok(exceptions.next().unwrap_or(Value::NONE));
    }
    let (kept, mut raised): (Vec<_>, Vec<_>) =
        exceptions.partition(|exception| exception::is_part_of(exception, original));
    if !kept.is_empty() {
        raised.extend(group::projection(step, original, &kept)?);
    }
    match raised.len() {
        0 => Ok(Value::NONE),
        1 => Ok(raised.remove(0)),
        _ => {
            let raised = step.alloc(List::new(raised)).into_value();
            group::of(step, raised)
        }
    }
}
