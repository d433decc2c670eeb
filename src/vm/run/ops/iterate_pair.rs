//! Loops that unpack each item into two: `for key, value in …`.
//!
//! Iterators that would make a tuple for each item (dict items, `enumerate`, `zip`) do not make it here, and
//! the tuples of a list are unpacked where they lie. `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Word, WordOp};
use crate::sync::Ordering;
use crate::types::dict::iterators::DictItemIterator;
use crate::types::iterator::enumerate::{self, Enumerate};
use crate::types::iterator::sequence_iterators::ListIterator;
use crate::types::iterator::zip::{self, Zip};
use crate::value::class::shape::Shape;
use crate::value::word;
use crate::value::{Kind, Object, Run, Tuple, Value};
use crate::vm::frame::{get, put};
use crate::vm::run::dispatch::{Flow, Handler, from_body, next};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{can_release_fast, object, release_next, released, retained};
use crate::vm::run::ops::iterate;
use crate::vm::run::step::Step;

/// How many words a loop over pairs replaces: itself, the unpacking and two stores.
const WORDS: usize = 4;

hot! {
    /// Puts the next pair of a list into two locals; other iterators go to the body.
    fn for_iter_pair_store(ip, fp, k, thread, word, w) {
        let held = get(fp, w.a());
        if thread.is_multi() || !word::is_pointer(held) || Shape::of(object(held)).kind != Kind::ListIterator {
            return FOR_ITER_LOCALS(ip, fp, k, thread, word);
        }
        let iterator = &*object(held).at::<Object<ListIterator>>(0);
        let position = iterator.position.load(Ordering::Relaxed);
        let items = &*iterator.sequence.items.as_ptr();
        // A position past the end, and that of an exhausted iterator, is too large as unsigned.
        if position as u64 >= items.len() as u64 {
            return FOR_ITER_LOCALS(ip, fp, k, thread, word);
        }
        let item = items.get_unchecked(position as usize).word();
        if !word::is_pointer(item) {
            return FOR_ITER_LOCALS(ip, fp, k, thread, word);
        }
        let shape = Shape::of(object(item));
        if shape.kind != Kind::Tuple || !shape.is_builtin() {
            return FOR_ITER_LOCALS(ip, fp, k, thread, word);
        }
        let [first, second] = (&*object(item).at::<Object<Tuple>>(0)).items() else {
            return FOR_ITER_LOCALS(ip, fp, k, thread, word);
        };
        let (first, second) = (first.word(), second.word());
        let (old, last) = (get(fp, w.b()), get(fp, w.x() as usize));
        // A word takes one last reference away at most.
        if !can_release_fast(thread, old) || !retained(thread, first) {
            return FOR_ITER_LOCALS(ip, fp, k, thread, word);
        }
        if !retained(thread, second) {
            released(thread, first);
            return FOR_ITER_LOCALS(ip, fp, k, thread, word);
        }
        released(thread, old);
        iterator.position.store(position + 1, Ordering::Relaxed);
        put(fp, w.b(), first);
        put(fp, w.x() as usize, second);
        if word::is_owning(last) {
            return release_next(ip.add(WORDS - 1), fp, k, thread, last);
        }
        next(ip.add(WORDS - 1), fp, k, thread)
    }
}

const FOR_ITER_LOCALS: Handler = from_body!(for_iter_locals);

/// Produces a pair without a tuple, if the next word would only unpack it; `None` if it does not. Raises what the
/// iterator raises.
pub fn for_iter_pair(step: &mut Step, word: Word, iterator: &Value) -> Run<Option<Flow>> {
    let kind = iterator.kind();
    if !matches!(kind, Kind::DictItemIterator | Kind::Enumerate | Kind::Zip) || word.op() != WordOp::ForIter {
        return Ok(None);
    }
    let unpack = step.next_word();
    if unpack.op() != WordOp::UnpackSequence || unpack.b() != 2 || unpack.a() != word.b() {
        return Ok(None);
    }
    let Some(pair) = next_pair(step, iterator)? else { return Ok(None) };
    let Some((first, second)) = pair else { return Ok(Some(iterate::end_loop(step, word))) };
    // As unpacking leaves them: the first on top.
    step.put(word.b(), second);
    step.put(word.b() + 1, first);
    Ok(Some(step.jump(2)))
}

/// Puts the next pair of a `zip`, `enumerate` or dict into two locals, without a tuple; of other iterators the
/// next item, which the words that follow unpack.
fn for_iter_locals(step: &mut Step, word: Word) -> Run<Flow> {
    let iterator = step.view(word.a());
    let pair = match next_pair(step, iterator)? {
        None => return iterate::for_iter_any(step, word),
        Some(pair) => pair,
    };
    match pair {
        None => Ok(iterate::end_loop(step, word)),
        Some((first, second)) => {
            step.store(word.b(), first);
            step.store(word.x() as usize, second);
            Ok(step.jump(4))
        }
    }
}

/// Returns the next pair of an iterator over pairs. The outer `None`: it is no such iterator; the inner one: it
/// has ended.
fn next_pair(step: &mut Step, iterator: &Value) -> Run<Option<Option<(Value, Value)>>> {
    if let Some(items) = iterator.downcast_exact::<DictItemIterator>() {
        return items.cursor.next(|key, value| (key.clone(), value.clone())).map(Some);
    }
    if let Some(numbered) = iterator.downcast_exact::<Enumerate>() {
        return enumerate::next_pair(step, numbered).map(Some);
    }
    if let Some(zipped) = iterator.downcast_exact::<Zip>()
        && let [first, second] = &*zipped.iterators
    {
        return zip::next_pair(step, zipped, first, second).map(Some);
    }
    Ok(None)
}
