//! `count`, `cycle` and `repeat`: iterators that may go on for ever.

use super::{iterator, number_of, short_name};
use crate::memory;
use crate::protocol;
use crate::references;
use crate::sync::{AtomicI64, AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, new_arguments, own, split_self};
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, Class, Kind, List, NativeMethod, Object, Payload, Raised, Ref, Run, Signature, Slot,
    Slots, Style, TypeSpec, Value,
};

/// `count(start, step)`: numbers, each the step more than the last.
pub struct Count {
    /// The number that comes next.
    number: Slot,
    step: Value,
}

references!(Count { number, step });

impl Payload for Count {
    const KIND: Kind = Kind::Count;
}

/// The type `count`.
pub const COUNT_SPEC: TypeSpec = TypeSpec {
    slots: Slots {
        repr: Some(repr_count),
        ..iterator(Kind::Count, type_info::<Count>, new_count, next_count).slots
    },
    ..iterator(Kind::Count, type_info::<Count>, new_count, next_count)
};

const COUNT_SIGNATURE: Signature = Signature::new("start=0, step=1");

/// Tells whether an object is a number, as far as its type says (CPython: PyNumber_Check).
fn is_number(thread: &Thread, value: &Value) -> bool {
    let slots = protocol::slots_of(thread, value);
    slots.index.is_some() || slots.int.is_some() || slots.float.is_some() || value.kind() == Kind::Complex
}

fn new_count(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [start, step] = COUNT_SIGNATURE.bind("count", args)?;
    if [start, step].into_iter().flatten().any(|number| !is_number(thread, number)) {
        return Err(Raised::type_error("a number is required"));
    }
    let mut step = step.cloned().unwrap_or_else(|| thread.new_int(1));
    let mut number = start.cloned().unwrap_or_else(|| thread.new_int(0));
    if step.as_i64() == Some(1)
        && let Some(plain) = number.as_i64()
    {
        // A bool, or an integer of a class of its own, counts as the integer that it is.
        (number, step) = (thread.new_int(plain), thread.new_int(1));
    }
    Ok(instantiate(thread, class, Count { number: Slot::new(number), step }).into_value())
}

fn next_count(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let count = own::<Count>(iterator);
    let number = count.number.get();
    let after = match (number.as_small_int(), count.step.as_small_int()) {
        (Some(number), Some(step)) => thread.new_int(number + step),
        _ => protocol::binary_op(thread, BinaryOp::Add, &number, &count.step)?,
    };
    drop(count.number.set_with(thread, after));
    Ok(Some(number))
}

fn repr_count(thread: &mut Thread, value: &Value) -> Run<Value> {
    let count = own::<Count>(value);
    let name = protocol::class_of(thread, value).name_text();
    let number = count.number.get();
    let number = protocol::repr(thread, &number)?;
    if count.step.as_i64() == Some(1) {
        return Ok(thread.new_string(memory::formatted(format_args!("{name}({})", number.as_str()))?));
    }
    let step = protocol::repr(thread, &count.step)?;
    let text = memory::formatted(format_args!("{name}({}, {})", number.as_str(), step.as_str()))?;
    Ok(thread.new_string(text))
}

/// `cycle(iterable)`: the items, and then the same items again and again.
pub struct Cycle {
    /// Where the items come from the first time; empty after that.
    source: Slot,
    saved: Ref<List>,
    /// The index of the saved item that comes next.
    position: AtomicUsize,
}

references!(Cycle { source, saved });

impl Payload for Cycle {
    const KIND: Kind = Kind::Cycle;
}

/// The type `cycle`.
pub const CYCLE_SPEC: TypeSpec = iterator(Kind::Cycle, type_info::<Cycle>, new_cycle, next_cycle);

const CYCLE_SIGNATURE: Signature = Signature::new("iterable, /").styled(Style::Unpacked);

fn new_cycle(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable] = new_arguments(thread, class, &CYCLE_SIGNATURE, args)? else {
        unreachable!("the signature promises one argument")
    };
    let source = Slot::new(protocol::iter(thread, iterable)?);
    let saved = thread.alloc(List::new(Vec::new()));
    Ok(instantiate(thread, class, Cycle { source, saved, position: AtomicUsize::new(0) }).into_value())
}

fn next_cycle(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let cycle = own::<Cycle>(iterator);
    let source = cycle.source.get();
    if !source.is_unbound() {
        if let Some(item) = next_direct(thread, &source)? {
            cycle.saved.push(item.clone())?;
            return Ok(Some(item));
        }
        drop(cycle.source.set(Value::UNBOUND));
    }
    // Relaxed: threads that share the iterator may get the same item.
    let position = cycle.position.load(Ordering::Relaxed);
    let Some(item) = cycle.saved.get(position) else { return Ok(None) };
    let after = if position + 1 >= cycle.saved.len() { 0 } else { position + 1 };
    cycle.position.store(after, Ordering::Relaxed);
    Ok(Some(item))
}

/// `repeat(object, times)`: one object, so many times or for ever.
pub struct Repeat {
    object: Value,
    /// How many times more, or `FOR_EVER`.
    left: AtomicI64,
}

const FOR_EVER: i64 = -1;

references!(Repeat { object });

impl Payload for Repeat {
    const KIND: Kind = Kind::Repeat;
}

/// The type `repeat`.
pub const REPEAT_SPEC: TypeSpec = TypeSpec {
    slots: Slots {
        repr: Some(repr_repeat),
        ..iterator(Kind::Repeat, type_info::<Repeat>, new_repeat, next_repeat).slots
    },
    methods: &[NativeMethod::new("__length_hint__", "", length_hint_of_repeat)],
    ..iterator(Kind::Repeat, type_info::<Repeat>, new_repeat, next_repeat)
};

const REPEAT_SIGNATURE: Signature = Signature::new("object, times=None").styled(Style::Parsed);

fn new_repeat(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [object, times] = REPEAT_SIGNATURE.bind(short_name(class), args)?;
    let object = object.expect("the first parameter is required").clone();
    let left = match times {
        None => FOR_EVER,
        Some(times) => number_of(thread, times)?.max(0),
    };
    Ok(instantiate(thread, class, Repeat { object, left: AtomicI64::new(left) }).into_value())
}

fn next_repeat(_thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let repeat = own::<Repeat>(iterator);
    // Relaxed: threads that share the iterator may count the same item.
    let left = repeat.left.load(Ordering::Relaxed);
    if left == 0 {
        return Ok(None);
    }
    if left > 0 {
        repeat.left.store(left - 1, Ordering::Relaxed);
    }
    Ok(Some(repeat.object.clone()))
}

fn length_hint_of_repeat(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (repeat, _) = split_self::<Repeat>(args);
    match repeat.left.load(Ordering::Relaxed) {
        FOR_EVER => Err(Raised::type_error("len() of unsized object")),
        left => Ok(thread.new_int(left)),
    }
}

fn repr_repeat(thread: &mut Thread, value: &Value) -> Run<Value> {
    let repeat = own::<Repeat>(value);
    let name = protocol::class_of(thread, value).name_text();
    let object = protocol::repr(thread, &repeat.object)?;
    let text = match repeat.left.load(Ordering::Relaxed) {
        FOR_EVER => memory::formatted(format_args!("{name}({})", object.as_str()))?,
        left => memory::formatted(format_args!("{name}({}, {left})", object.as_str()))?,
    };
    Ok(thread.new_string(text))
}
