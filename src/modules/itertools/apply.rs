//! `accumulate`, running totals, and `starmap`, a function of unpacked items.

use super::iterator;
use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, new_arguments, own};
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, Class, Kind, Object, Payload, Run, Signature, Slot, Style, Tuple, TypeSpec, Value,
};

/// `accumulate(iterable, func, initial=…)`.
pub struct Accumulate {
    source: Value,
    /// The function of the total and an item; `None` adds.
    function: Value,
    /// The total so far; empty before the first item.
    total: Slot,
    /// What comes before the items; `None` once it has come.
    initial: Slot,
}

references!(Accumulate { source, function, total, initial });

impl Payload for Accumulate {
    const KIND: Kind = Kind::Accumulate;
}

/// The type `accumulate`.
pub const ACCUMULATE_SPEC: TypeSpec =
    iterator(Kind::Accumulate, type_info::<Accumulate>, new_accumulate, next_accumulate);

const ACCUMULATE_SIGNATURE: Signature = Signature::new("iterable, func=None, *, initial=None");

fn new_accumulate(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable, function, initial] = ACCUMULATE_SIGNATURE.bind("accumulate", args)?;
    let source = protocol::iter(thread, iterable.expect("the first parameter is required"))?;
    let or_none = |value: Option<&Value>| value.cloned().unwrap_or(Value::NONE);
    let (function, initial) = (or_none(function), Slot::new(or_none(initial)));
    let payload = Accumulate { source, function, total: Slot::empty(), initial };
    Ok(instantiate(thread, class, payload).into_value())
}

fn next_accumulate(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let accumulate = own::<Accumulate>(iterator);
    if !accumulate.initial.get().is_none() {
        let initial = accumulate.initial.set(Value::NONE);
        drop(accumulate.total.set(initial.clone()));
        return Ok(Some(initial));
    }
    let Some(item) = next_direct(thread, &accumulate.source)? else { return Ok(None) };
    let total = accumulate.total.get();
    let total = if total.is_unbound() {
        item
    } else if accumulate.function.is_none() {
        protocol::binary_op(thread, BinaryOp::Add, &total, &item)?
    } else {
        protocol::call(thread, &accumulate.function, Args::positional(&[total, item]))?
    };
    drop(accumulate.total.set_with(thread, total.clone()));
    Ok(Some(total))
}

/// `starmap(function, iterable)`.
pub struct StarMap {
    function: Value,
    source: Value,
}

references!(StarMap { function, source });

impl Payload for StarMap {
    const KIND: Kind = Kind::StarMap;
}

/// The type `starmap`.
pub const STAR_MAP_SPEC: TypeSpec =
    iterator(Kind::StarMap, type_info::<StarMap>, new_star_map, next_star_map);

const STAR_MAP_SIGNATURE: Signature = Signature::new("function, iterable, /").styled(Style::Unpacked);

fn new_star_map(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [function, iterable] = new_arguments(thread, class, &STAR_MAP_SIGNATURE, args)? else {
        unreachable!("the signature promises two arguments")
    };
    let source = protocol::iter(thread, iterable)?;
    Ok(instantiate(thread, class, StarMap { function: function.clone(), source }).into_value())
}

fn next_star_map(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let map = own::<StarMap>(iterator);
    let Some(arguments) = next_direct(thread, &map.source)? else { return Ok(None) };
    if let Some(arguments) = arguments.downcast_exact::<Tuple>() {
        return protocol::call(thread, &map.function, Args::positional(arguments.items())).map(Some);
    }
    let arguments = protocol::collect_list(thread, &arguments)?;
    protocol::call(thread, &map.function, Args::positional(&arguments)).map(Some)
}
