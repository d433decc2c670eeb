//! `start:stop:step`, alone and as a subscript.
//!
//! A slice of a text, list or tuple by inline integers is computed at once, since no other code would see the
//! slice object.

use crate::bytecode::{Word, WordOp};
use crate::protocol;
use crate::thread::ThreadState;
use crate::types::sequence::Selection;
use crate::types::{list, str};
use crate::value::{List, Run, Slice, Str, Tuple, Value};
use crate::vm::run::dispatch::Flow;
use crate::vm::run::step::Step;

/// `start:stop:step`. Raises nothing.
pub fn build_slice(step: &mut Step, word: Word) -> Run<Flow> {
    let first = word.a();
    let next = step.next_word();
    if matches!(next.op(), WordOp::Subscript | WordOp::SubscriptStore)
        && next.c() == first
        && next.b() != first
    {
        let stride = if word.b() == 3 { step.view(first + 2) } else { &Value::NONE };
        let taken = take(step, step.view(next.b()), step.view(first), step.view(first + 1), stride);
        if let Some(taken) = taken {
            // The parts are numbers and constants: nothing to release.
            step.clear(first);
            let owner = step.take_temporary(next.b());
            step.result(next.a(), taken);
            step.release_temporary(owner);
            return Ok(step.jump(2));
        }
    }
    let (start, stop) = (step.take(first), step.take(first + 1));
    let stride = if word.b() == 3 { step.take(first + 2) } else { Value::NONE };
    let slice = step.alloc(Slice { start, stop, step: stride }).into_value();
    step.put(first, slice);
    Ok(Flow::Next)
}

/// Computes a slice of an exact text, list or tuple whose parts are inline integers or left out; `None` for
/// others.
///
/// Also `None` if there is no memory: then the general way raises the error.
fn take(thread: &ThreadState, owner: &Value, start: &Value, stop: &Value, step: &Value) -> Option<Value> {
    let parts = protocol::slice_parts_fast(start, stop, step)?;
    if let Some(text) = owner.downcast_exact::<Str>() {
        return str::select(thread, text, Selection::cut(parts, text.char_count())).ok();
    }
    if let Some(list) = owner.downcast_exact::<List>() {
        return list::slice::copy(thread, list, Selection::cut(parts, list.len())).ok();
    }
    let items = owner.downcast_exact::<Tuple>()?.items();
    let selection = Selection::cut(parts, items.len());
    if selection.count == items.len() && selection.step == 1 {
        return Some(owner.clone());
    }
    let picked = selection.positions().map(|at| items[at].clone());
    thread.try_tuple_of(picked, selection.count).ok()
}
