//! The iterator of a range.

use dashu_int::IBig;

use crate::protocol;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::types::range::{big, new_range};
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Integer, Kind, NativeMethod, Object, Raised, Range, RangeIterator, Run, Slots,
    TypeSpec, Value, WordRange,
};

/// The table of `range_iterator`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::RangeIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<RangeIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__length_hint__", "", length_hint),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
    ],
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

/// Where an iterator is: the next number, the distance, and how many numbers are left.
fn place(iterator: &Object<RangeIterator>) -> (IBig, IBig, IBig) {
    if iterator.big.is_none() {
        let numbers = [iterator.current.load(Ordering::Relaxed), iterator.step];
        let [current, step] = numbers.map(IBig::from);
        return (current, step, IBig::from(iterator.remaining.load(Ordering::Relaxed)));
    }
    iterator.with(
        |it| it.big.as_ref().expect("checked above"),
        |steps| (steps.current.clone(), steps.step.clone(), steps.remaining.clone()),
    )
}

/// Makes `(iter, (range,), None)` of the numbers to come.
fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<RangeIterator>(args);
    let callable = reduced::builtin(thread, "iter")?;
    let (current, step, remaining) = place(iterator);
    let stop = &current + &step * remaining;
    let [start, stop, step] = [current, stop, step].map(|number| thread.new_big(number));
    let range = new_range(thread, start, stop, step)?;
    let arguments = thread.new_tuple(vec![range]);
    Ok(thread.new_tuple(vec![callable, arguments, Value::NONE]))
}

/// Goes on by a number of steps, none backwards and at most to the end.
fn set_state(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, args) = split_self::<RangeIterator>(args);
    let [state] = args.exactly();
    if iterator.big.is_none() {
        let steps = reduced::position(state)?.clamp(0, iterator.remaining.load(Ordering::Relaxed).max(0));
        let current = iterator.current.load(Ordering::Relaxed);
        // Past the last number it wraps around unseen.
        let next = current.wrapping_add(steps.wrapping_mul(iterator.step));
        iterator.current.store(next, Ordering::Relaxed);
        iterator.remaining.fetch_sub(steps, Ordering::Relaxed);
        return Ok(Value::NONE);
    }
    let Some(state) = state.as_integer() else {
        let given = protocol::type_name(thread, state);
        return Err(Raised::type_error(format_args!("state must be an int, not {given}")));
    };
    let steps = match state {
        Integer::Small(steps) => IBig::from(steps.max(0)),
        Integer::Big(steps) => steps.clone().max(IBig::ZERO),
    };
    iterator.with(
        |it| it.big.as_ref().expect("checked above"),
        |place| {
            let steps = steps.min(place.remaining.clone());
            place.current += &place.step * &steps;
            place.remaining -= steps;
        },
    );
    Ok(Value::NONE)
}
