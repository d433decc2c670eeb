//! Unpacking an iterable into targets.

use crate::bytecode::Word;
use crate::memory;
use crate::protocol;
use crate::value::{Dict, List, Raised, Run, Tuple, Value};
use crate::vm::run::dispatch::Flow;
use crate::vm::run::step::Step;

/// Unpacks exactly `b` items; the first ends on top. Raises `TypeError` if the value is not iterable, `ValueError`
/// for another number of items, and what iterating raises.
pub fn unpack_sequence(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, count) = (word.a(), word.b());
    let source = step.view(first);
    if let Some(tuple) = source.downcast_exact::<Tuple>()
        && tuple.len() == count
    {
        let held = step.take(first);
        for (index, item) in tuple.items().iter().enumerate() {
            step.put(first + count - 1 - index, item.clone());
        }
        drop(held);
        return Ok(Flow::Next);
    }
    let items = match source.downcast_exact::<Tuple>() {
        Some(tuple) => memory::copy(tuple.items())?,
        None => match source.downcast_exact::<List>() {
            Some(list) => list.to_vec()?,
            None => take_from_iterator(step, source, count)?,
        },
    };
    if items.len() != count {
        return Err(wrong_count(step.view(first), count, items.len()));
    }
    step.release(first);
    for (index, item) in items.into_iter().enumerate() {
        step.put(first + count - 1 - index, item);
    }
    Ok(Flow::Next)
}

/// Makes the error for another number of items. Only where the length is known without iterating, it says how many are
/// too many.
#[cold]
fn wrong_count(source: &Value, wanted: usize, got: usize) -> Raised {
    if got < wanted {
        let message = format_args!("not enough values to unpack (expected {wanted}, got {got})");
        return Raised::value_error(message);
    }
    let length = match source.downcast_exact::<Dict>() {
        Some(dict) => Some(dict.len()),
        None => (source.downcast_exact::<Tuple>().is_some() || source.downcast_exact::<List>().is_some())
            .then_some(got),
    };
    Raised::value_error(match length {
        Some(length) => format!("too many values to unpack (expected {wanted}, got {length})"),
        None => format!("too many values to unpack (expected {wanted})"),
    })
}

fn iterator_of(step: &mut Step, source: &Value) -> Run<Value> {
    if protocol::slots_of(step, source).iter.is_none() {
        let name = protocol::type_name(step, source);
        return Err(Raised::type_error(format_args!("cannot unpack non-iterable {name} object")));
    }
    protocol::iter(step, source)
}

/// Takes at most one more item than wanted, because an endless iterator must not be drained.
fn take_from_iterator(step: &mut Step, source: &Value, wanted: usize) -> Run<Vec<Value>> {
    let iterator = iterator_of(step, source)?;
    let mut items = Vec::with_capacity(wanted);
    while items.len() <= wanted {
        match protocol::next(step, &iterator)? {
            Some(item) => items.push(item),
            None => break,
        }
    }
    Ok(items)
}

/// Unpacks `b` items, the middle ones as a list, and `c` items; the first ends on top. Raises `TypeError` if the
/// value is not iterable, `ValueError` for too few items, and what iterating raises.
pub fn unpack_ex(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, before, after) = (word.a(), word.b(), word.c());
    let source = step.view(first);
    let iterator = iterator_of(step, source)?;
    let mut items = Vec::new();
    while items.len() < before {
        let Some(item) = protocol::next(step, &iterator)? else { break };
        memory::push(&mut items, item).map_err(|_item| Raised::memory_error())?;
    }
    if items.len() == before {
        // The rest is a list, which asks how much is to come.
        let mut rest = protocol::collect_list(step, &iterator)?;
        items.try_reserve(rest.len())?;
        items.append(&mut rest);
    }
    if items.len() < before + after {
        let at_least = before + after;
        return Err(Raised::value_error(format_args!(
            "not enough values to unpack (expected at least {at_least}, got {})",
            items.len()
        )));
    }
    let count = items.len() - after;
    let last = memory::split_off(&mut items, count)?;
    let rest = memory::split_off(&mut items, before)?;
    let rest = step.alloc(List::new(rest)).into_value();
    step.release(first);
    let values = items.into_iter().chain([rest]).chain(last);
    let top = first + before + after;
    for (index, value) in values.enumerate() {
        step.put(top - index, value);
    }
    Ok(Flow::Next)
}
