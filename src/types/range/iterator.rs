//! The iterator of a range.

use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::range::big;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Kind, NativeMethod, Range, RangeIterator, Run, Slots, TypeSpec, Value, WordRange,
};

/// The table of `range_iterator`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::RangeIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<RangeIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[NativeMethod::new("__length_hint__", "", length_hint)],
    attributes: &[],
    doc: "",
};

/// Computes `iter(range)`. Raises `MemoryError`.
pub fn iter(thread: &mut Thread, range: &Value) -> Run<Value> {
    let range = own::<Range>(range);
    let iterator = match range.words {
        Some(words) => RangeIterator::new(words),
        None => big::iterator(range, false)?,
    };
    Ok(thread.alloc(iterator).into_value())
}

/// Computes `reversed(range)`. Raises `MemoryError`.
pub fn reversed(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (range, _) = split_self::<Range>(args);
    let iterator = match range.words {
        Some(WordRange { count: 0, .. }) => RangeIterator::new(WordRange { start: 0, step: 1, count: 0 }),
        Some(words) => {
            // Stepping past the first number wraps around unseen, and so does the smallest step.
            let step = words.step.wrapping_neg();
            RangeIterator::new(WordRange { start: words.at(words.count - 1), step, count: words.count })
        }
        None => big::iterator(range, true)?,
    };
    Ok(thread.alloc(iterator).into_value())
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<RangeIterator>(iterator);
    Ok(match iterator.step() {
        Some(number) => Some(thread.new_int(number)),
        None => iterator.step_big().map(|number| thread.new_big(number)),
    })
}

fn length_hint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<RangeIterator>(args);
    if iterator.big.is_some() {
        let remaining =
            iterator.with(|it| it.big.as_ref().expect("checked above"), |steps| steps.remaining.clone());
        return Ok(thread.new_big(remaining));
    }
    // Relaxed: a hint.
    Ok(thread.new_int(iterator.remaining.load(Ordering::Relaxed)))
}
