//! The types `map` and `filter`: a function over the items of iterables.
//!
//! A strict `map` checks that its iterables have the same length, as `zip` does.

use crate::protocol;
use crate::references;
use crate::sync::{AtomicBool, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::iterator::zip::{at_end, iterators_of};
use crate::types::object::method_arguments::{instantiate, new_arguments, own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Raised, Run, Signature, Slots, Style,
    TypeSpec, Value,
};

/// The iterator of `map`.
pub struct Map {
    /// The function that is called.
    pub function: Value,
    /// The iterators that yield the arguments.
    pub iterators: Box<[Value]>,
    /// Whether all must have the same length.
    pub strict: AtomicBool,
}

references!(Map { function, iterators });

impl Payload for Map {
    const KIND: Kind = Kind::Map;
}

/// The type `map`.
pub const MAP_SPEC: TypeSpec = TypeSpec {
    kind: Kind::Map,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Map>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(next_of_map),
        new: Some(new_map),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__reduce__", "", reduce_map),
        NativeMethod::new("__setstate__", "object, /", set_state_of_map),
    ],
    attributes: &[],
    doc: "",
};

/// The iterator of `filter`.
pub struct Filter {
    /// The function that selects items; `None` selects those that are true.
    pub function: Value,
    /// The iterator that yields the items.
    pub iterator: Value,
}

references!(Filter { function, iterator });

impl Payload for Filter {
    const KIND: Kind = Kind::Filter;
}

/// The type `filter`.
pub const FILTER_SPEC: TypeSpec = TypeSpec {
    kind: Kind::Filter,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Filter>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(next_of_filter),
        new: Some(new_filter),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", reduce_filter)],
    attributes: &[],
    doc: "",
};

/// The parameters of `map(…)`; that it needs at least two has an error message of its own.
const MAP_SIGNATURE: Signature = Signature::new("*arguments, strict=False").styled(Style::Parsed);
/// What `filter` is called with.
const FILTER_SIGNATURE: Signature = Signature::new("function, iterable, /");

fn new_map(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let is_own = class.slots().origins.init != thread.known().class(Kind::Map).slots().origins.init;
    let strict = match is_own {
        // A class with an `__init__` of its own may be called with keywords, which are for that.
        true => None,
        false => MAP_SIGNATURE.check("map", args).map(|()| args.keyword("strict"))?,
    };
    let strict = strict.map_or(Ok(false), |strict| protocol::is_true(thread, strict))?;
    let [function, iterables @ ..] = args.positionals() else {
        return Err(Raised::type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(Raised::type_error("map() must have at least two arguments."));
    }
    let iterators = iterators_of(thread, iterables)?;
    let map = Map { function: function.clone(), iterators, strict: AtomicBool::new(strict) };
    Ok(instantiate(thread, class, map).into_value())
}

fn reduce_map(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (map, _) = split_self::<Map>(args);
    let mut arguments = vec![map.function.clone()];
    arguments.extend(map.iterators.iter().cloned());
    let (class, arguments) = (protocol::class_of(thread, &map.to_value()), thread.new_tuple(arguments));
    let mut parts = vec![class.into_value(), arguments];
    // Relaxed: the flag guards nothing but itself.
    if map.strict.load(Ordering::Relaxed) {
        parts.push(Value::TRUE);
    }
    Ok(thread.new_tuple(parts))
}

fn set_state_of_map(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (map, args) = split_self::<Map>(args);
    let [state] = args.exactly();
    map.strict.store(protocol::is_true(thread, state)?, Ordering::Relaxed);
    Ok(Value::NONE)
}

fn next_of_map(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let map = own::<Map>(iterator);
    if let [iterator] = &*map.iterators {
        let Some(item) = next_direct(thread, iterator)? else { return Ok(None) };
        return protocol::call(thread, &map.function, Args::positional(&[item])).map(Some);
    }
    let mut arguments = Vec::with_capacity(map.iterators.len());
    for (nth, iterator) in map.iterators.iter().enumerate() {
        match next_direct(thread, iterator)? {
            Some(item) => arguments.push(item),
            None if map.strict.load(Ordering::Relaxed) => {
                return at_end(thread, &map.iterators, "map", nth).map(|()| None);
            }
            None => return Ok(None),
        }
    }
    protocol::call(thread, &map.function, Args::positional(&arguments)).map(Some)
}

fn new_filter(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [function, iterable] = new_arguments(thread, class, &FILTER_SIGNATURE, args)? else {
        unreachable!("the signature promises two arguments")
    };
    let iterator = protocol::iter(thread, iterable)?;
    Ok(instantiate(thread, class, Filter { function: function.clone(), iterator }).into_value())
}

fn reduce_filter(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (filter, _) = split_self::<Filter>(args);
    let arguments = vec![filter.function.clone(), filter.iterator.clone()];
    Ok(reduced::class_call(thread, &filter.to_value(), arguments))
}

fn next_of_filter(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let filter = own::<Filter>(iterator);
    while let Some(item) = next_direct(thread, &filter.iterator)? {
        protocol::check_interrupt(thread)?;
        let keep = if filter.function.is_none() {
            protocol::is_true(thread, &item)?
        } else {
            let arguments = std::slice::from_ref(&item);
            let answer = protocol::call(thread, &filter.function, Args::positional(arguments))?;
            protocol::is_true(thread, &answer)?
        };
        if keep {
            return Ok(Some(item));
        }
    }
    Ok(None)
}
