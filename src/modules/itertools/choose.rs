//! `compress`, `dropwhile`, `filterfalse`, `islice` and `takewhile`: some of the items of an iterable.

use super::{iterator, number_of};
use crate::protocol;
use crate::references;
use crate::sync::{AtomicBool, AtomicI64, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, new_arguments, own};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, Kind, Object, Payload, Raised, Run, Signature, Slot, Style, TypeSpec, Value,
};

/// `compress(data, selectors)`: the items beside which a true selector stands.
pub struct Compress {
    data: Value,
    selectors: Value,
}

references!(Compress { data, selectors });

impl Payload for Compress {
    const KIND: Kind = Kind::Compress;
}

/// The type `compress`.
pub const COMPRESS_SPEC: TypeSpec =
    iterator(Kind::Compress, type_info::<Compress>, new_compress, next_compress);

const COMPRESS_SIGNATURE: Signature = Signature::new("data, selectors");

fn new_compress(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [data, selectors] = COMPRESS_SIGNATURE.bind("compress", args)?;
    let required = "both parameters are required";
    let data = protocol::iter(thread, data.expect(required))?;
    let selectors = protocol::iter(thread, selectors.expect(required))?;
    Ok(instantiate(thread, class, Compress { data, selectors }).into_value())
}

fn next_compress(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let compress = own::<Compress>(iterator);
    loop {
        let Some(item) = next_direct(thread, &compress.data)? else { return Ok(None) };
        let Some(selector) = next_direct(thread, &compress.selectors)? else { return Ok(None) };
        if protocol::is_true(thread, &selector)? {
            return Ok(Some(item));
        }
        protocol::check_interrupt(thread)?;
    }
}

/// An iterator that asks a function about each item until one decides.
macro_rules! asking {
    ($(#[$doc:meta])* $name:ident, $kind:ident, $parameters:literal, $spec:ident, $new:ident, $next:ident) => {
        $(#[$doc])*
        pub struct $name {
            function: Value,
            source: Value,
            /// Whether the first item that decides has been met.
            is_decided: AtomicBool,
        }

        references!($name { function, source });

        impl Payload for $name {
            const KIND: Kind = Kind::$kind;
        }

        /// The type.
        pub const $spec: TypeSpec = iterator(Kind::$kind, type_info::<$name>, $new, $next);

        fn $new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
            const SIGNATURE: Signature = Signature::new($parameters).styled(Style::Unpacked);
            let [function, iterable] = new_arguments(thread, class, &SIGNATURE, args)? else {
                unreachable!("the signature promises two arguments")
            };
            let source = protocol::iter(thread, iterable)?;
            let is_decided = AtomicBool::new(false);
            let payload = $name { function: function.clone(), source, is_decided };
            Ok(instantiate(thread, class, payload).into_value())
        }
    };
}

asking!(
    /// `dropwhile(predicate, iterable)`: the items from the first one for which the predicate is false.
    DropWhile, DropWhile, "predicate, iterable, /", DROP_WHILE_SPEC, new_drop_while, next_drop_while
);
asking!(
    /// `takewhile(predicate, iterable)`: the items before the first one for which the predicate is false.
    TakeWhile, TakeWhile, "predicate, iterable, /", TAKE_WHILE_SPEC, new_take_while, next_take_while
);
/// `filterfalse(function, iterable)`: the items for which the function is false; `None` asks the items.
pub struct FilterFalse {
    function: Value,
    source: Value,
}

references!(FilterFalse { function, source });

impl Payload for FilterFalse {
    const KIND: Kind = Kind::FilterFalse;
}

/// The type `filterfalse`.
pub const FILTER_FALSE_SPEC: TypeSpec =
    iterator(Kind::FilterFalse, type_info::<FilterFalse>, new_filter_false, next_filter_false);

const FILTER_FALSE_SIGNATURE: Signature = Signature::new("function, iterable, /").styled(Style::Unpacked);

fn new_filter_false(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [function, iterable] = new_arguments(thread, class, &FILTER_FALSE_SIGNATURE, args)? else {
        unreachable!("the signature promises two arguments")
    };
    let source = protocol::iter(thread, iterable)?;
    Ok(instantiate(thread, class, FilterFalse { function: function.clone(), source }).into_value())
}

/// Calls a function with an item and tells whether the result is true.
fn says(thread: &mut Thread, function: &Value, item: &Value) -> Run<bool> {
    let answer = protocol::call(thread, function, Args::positional(std::slice::from_ref(item)))?;
    protocol::is_true(thread, &answer)
}

fn next_drop_while(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let drop_while = own::<DropWhile>(iterator);
    loop {
        let Some(item) = next_direct(thread, &drop_while.source)? else { return Ok(None) };
        // Relaxed: the flag guards nothing but itself.
        if drop_while.is_decided.load(Ordering::Relaxed) {
            return Ok(Some(item));
        }
        if !says(thread, &drop_while.function, &item)? {
            drop_while.is_decided.store(true, Ordering::Relaxed);
            return Ok(Some(item));
        }
        protocol::check_interrupt(thread)?;
    }
}

fn next_take_while(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let take_while = own::<TakeWhile>(iterator);
    // Relaxed: the flag guards nothing but itself.
    if take_while.is_decided.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let Some(item) = next_direct(thread, &take_while.source)? else { return Ok(None) };
    if says(thread, &take_while.function, &item)? {
        return Ok(Some(item));
    }
    take_while.is_decided.store(true, Ordering::Relaxed);
    Ok(None)
}

fn next_filter_false(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let filter = own::<FilterFalse>(iterator);
    let asks_items = filter.function.is_none() || thread.known().class(Kind::Bool).is(&filter.function);
    loop {
        let Some(item) = next_direct(thread, &filter.source)? else { return Ok(None) };
        let is_true = match asks_items {
            true => protocol::is_true(thread, &item)?,
            false => says(thread, &filter.function, &item)?,
        };
        if !is_true {
            return Ok(Some(item));
        }
        protocol::check_interrupt(thread)?;
    }
}

/// `islice(iterable, start, stop, step)`: every so manieth item between two positions.
pub struct Islice {
    /// Empty once there is nothing more to come.
    source: Slot,
    /// The position of the item that is yielded next.
    next: AtomicI64,
    /// Before which position it ends, or `NO_STOP`.
    stop: i64,
    step: i64,
    /// How many items have been taken.
    count: AtomicI64,
}

const NO_STOP: i64 = -1;

references!(Islice { source });

impl Payload for Islice {
    const KIND: Kind = Kind::Islice;
}

/// The type `islice`.
pub const SLICE_SPEC: TypeSpec = iterator(Kind::Islice, type_info::<Islice>, new_slice, next_slice);

const SLICE_SIGNATURE: Signature =
    Signature::new("iterable, start, stop=None, step=None, /").styled(Style::Unpacked);

/// Reads a number of items; `-1` if it is none.
fn number(thread: &mut Thread, value: Option<&Value>, default: i64) -> i64 {
    match value.filter(|value| !value.is_none()) {
        Some(value) => number_of(thread, value).unwrap_or(-1),
        None => default,
    }
}

fn new_slice(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let given = new_arguments(thread, class, &SLICE_SIGNATURE, args)?;
    let (start, stop) = if given.len() == 2 { (None, given.get(1)) } else { (given.get(1), given.get(2)) };
    let start = number(thread, start, 0);
    let end = number(thread, stop, NO_STOP);
    if end == -1 && stop.is_some_and(|stop| !stop.is_none()) {
        return Err(Raised::value_error(
            "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        ));
    }
    if start < 0 || end < -1 {
        return Err(Raised::value_error(
            "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
        ));
    }
    let step = number(thread, given.get(3), 1);
    if step < 1 {
        return Err(Raised::value_error("Step for islice() must be a positive integer or None."));
    }
    let source = Slot::new(protocol::iter(thread, &given[0])?);
    let (next, count) = (AtomicI64::new(start), AtomicI64::new(0));
    Ok(instantiate(thread, class, Islice { source, next, stop: end, step, count }).into_value())
}

fn next_slice(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let slice = own::<Islice>(iterator);
    let source = slice.source.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let item = next_of_slice(thread, slice, &source);
    if !matches!(item, Ok(Some(_))) {
        drop(slice.source.set(Value::UNBOUND));
    }
    item
}

fn next_of_slice(thread: &mut Thread, slice: &Islice, source: &Value) -> Run<Option<Value>> {
    // Relaxed, all of them: threads that share the iterator may count the same item.
    let count = || slice.count.load(Ordering::Relaxed);
    while count() < slice.next.load(Ordering::Relaxed) {
        if next_direct(thread, source)?.is_none() {
            return Ok(None);
        }
        slice.count.store(count() + 1, Ordering::Relaxed);
        protocol::check_interrupt(thread)?;
    }
    if slice.stop != NO_STOP && count() >= slice.stop {
        return Ok(None);
    }
    let Some(item) = next_direct(thread, source)? else { return Ok(None) };
    slice.count.store(count() + 1, Ordering::Relaxed);
    let limit = if slice.stop == NO_STOP { i64::MAX } else { slice.stop };
    let next = slice.next.load(Ordering::Relaxed).saturating_add(slice.step).min(limit);
    slice.next.store(next, Ordering::Relaxed);
    Ok(Some(item))
}
