//! `chain`, the items of iterables one after the other, and `zip_longest`, side by side until the longest ends.

use super::iterator;
use crate::protocol;
use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::iterator::zip::iterators_of;
use crate::types::object::method_arguments::{instantiate, new_arguments, own};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, Kind, NativeMethod, Object, Payload, Raised, Run, Signature, Slot, TypeSpec, Value,
};

/// `chain(*iterables)`.
pub struct Chain {
    /// Yields the iterables; empty at the end.
    source: Slot,
    /// The iterator of the iterable whose turn it is, if it has begun.
    active: Slot,
}

references!(Chain { source, active });

impl Payload for Chain {
    const KIND: Kind = Kind::Chain;
}

/// The type `chain`.
pub const CHAIN_SPEC: TypeSpec = TypeSpec {
    methods: &[
        NativeMethod::class("from_iterable", "iterable, /", from_iterable),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    ..iterator(Kind::Chain, type_info::<Chain>, new_chain, next_chain)
};

const CHAIN_SIGNATURE: Signature = Signature::new("*iterables");

fn new_chain(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let iterables = new_arguments(thread, class, &CHAIN_SIGNATURE, args)?;
    let iterables = thread.try_tuple(iterables.to_vec())?;
    chain_of(thread, class, &iterables)
}

fn from_iterable(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, iterables] = args.exactly();
    let class = class.downcast_ref::<Class>().expect("a class method gets its class");
    chain_of(thread, class, iterables)
}

fn chain_of(thread: &mut Thread, class: &Object<Class>, iterables: &Value) -> Run<Value> {
    let source = Slot::new(protocol::iter(thread, iterables)?);
    Ok(instantiate(thread, class, Chain { source, active: Slot::empty() }).into_value())
}

fn next_chain(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let chain = own::<Chain>(iterator);
    loop {
        let mut active = chain.active.get();
        if active.is_unbound() {
            let source = chain.source.get();
            if source.is_unbound() {
                return Ok(None);
            }
            let next = match next_direct(thread, &source) {
                Ok(Some(iterable)) => protocol::iter(thread, &iterable).map(Some),
                ended => ended,
            };
            match next {
                Ok(Some(iterator)) => active = iterator,
                ended => {
                    drop(chain.source.set(Value::UNBOUND));
                    return ended;
                }
            }
            drop(chain.active.set(active.clone()));
        }
        if let Some(item) = next_direct(thread, &active)? {
            return Ok(Some(item));
        }
        drop(chain.active.set(Value::UNBOUND));
        protocol::check_interrupt(thread)?;
    }
}

/// `zip_longest(*iterables, fillvalue=None)`.
pub struct ZipLongest {
    /// The iterators; empty where one has ended.
    iterators: Box<[Slot]>,
    /// How many have not ended.
    active: AtomicUsize,
    fill: Value,
}

references!(ZipLongest { iterators, fill });

impl Payload for ZipLongest {
    const KIND: Kind = Kind::ZipLongest;
}

/// The type `zip_longest`.
pub const ZIP_LONGEST_SPEC: TypeSpec =
    iterator(Kind::ZipLongest, type_info::<ZipLongest>, new_zip_longest, next_zip_longest);

fn new_zip_longest(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    if args.has_keywords() && (args.names().len() > 1 || args.keyword("fillvalue").is_none()) {
        return Err(Raised::type_error("zip_longest() got an unexpected keyword argument"));
    }
    let fill = args.keyword("fillvalue").cloned().unwrap_or(Value::NONE);
    let iterators = iterators_of(thread, args.positionals())?;
    let active = AtomicUsize::new(iterators.len());
    let iterators = iterators.into_iter().map(Slot::new).collect();
    Ok(instantiate(thread, class, ZipLongest { iterators, active, fill }).into_value())
}

fn next_zip_longest(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let zip = own::<ZipLongest>(iterator);
    // Relaxed: the number guards nothing but itself.
    if zip.active.load(Ordering::Relaxed) == 0 {
        return Ok(None);
    }
    let mut items = Vec::new();
    items.try_reserve_exact(zip.iterators.len())?;
    for slot in &zip.iterators {
        let iterator = slot.get();
        if iterator.is_unbound() {
            items.push(zip.fill.clone());
            continue;
        }
        match next_direct(thread, &iterator) {
            Ok(Some(item)) => items.push(item),
            Ok(None) => {
                if !slot.set(Value::UNBOUND).is_unbound() {
                    let active = zip.active.load(Ordering::Relaxed).saturating_sub(1);
                    zip.active.store(active, Ordering::Relaxed);
                }
                if zip.active.load(Ordering::Relaxed) == 0 {
                    return Ok(None);
                }
                items.push(zip.fill.clone());
            }
            Err(raised) => {
                zip.active.store(0, Ordering::Relaxed);
                return Err(raised);
            }
        }
    }
    thread.try_tuple(items).map(Some)
}
