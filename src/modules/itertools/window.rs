//! `pairwise`, neighbours, and `batched`, tuples of so many items.

use super::{iterator, number_of};
use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, new_arguments, own};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, Kind, Object, Payload, Raised, Run, Signature, Slot, Style, TypeSpec, Value,
};

/// `pairwise(iterable)`.
pub struct Pairwise {
    /// Empty at the end.
    source: Slot,
    /// The item that the next pair begins with; empty before the first.
    old: Slot,
}

references!(Pairwise { source, old });

impl Payload for Pairwise {
    const KIND: Kind = Kind::Pairwise;
}

/// The type `pairwise`.
pub const PAIRWISE_SPEC: TypeSpec =
    iterator(Kind::Pairwise, type_info::<Pairwise>, new_pairwise, next_pairwise);

const PAIRWISE_SIGNATURE: Signature = Signature::new("iterable, /").styled(Style::Unpacked);

fn new_pairwise(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable] = new_arguments(thread, class, &PAIRWISE_SIGNATURE, args)? else {
        unreachable!("the signature promises one argument")
    };
    let source = Slot::new(protocol::iter(thread, iterable)?);
    Ok(instantiate(thread, class, Pairwise { source, old: Slot::empty() }).into_value())
}

fn next_pairwise(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let pairs = own::<Pairwise>(iterator);
    let mut source = pairs.source.get();
    if source.is_unbound() {
        return Ok(None);
    }
    let mut old = pairs.old.get();
    if old.is_unbound() {
        match next_direct(thread, &source) {
            Ok(Some(item)) => old = item,
            ended => {
                drop((pairs.source.set(Value::UNBOUND), pairs.old.set(Value::UNBOUND)));
                return ended;
            }
        }
        drop(pairs.old.set(old.clone()));
        source = pairs.source.get();
        if source.is_unbound() {
            // The source has come back here, and to the end.
            drop(pairs.old.set(Value::UNBOUND));
            return Ok(None);
        }
    }
    match next_direct(thread, &source) {
        Ok(Some(item)) => {
            drop(pairs.old.set_with(thread, item.clone()));
            Ok(Some(thread.allocate_tuple([old, item].into_iter(), 2).into_value()))
        }
        ended => {
            drop((pairs.source.set(Value::UNBOUND), pairs.old.set(Value::UNBOUND)));
            ended
        }
    }
}

/// `batched(iterable, n, strict=False)`.
pub struct Batched {
    /// Empty at the end.
    source: Slot,
    size: usize,
    is_strict: bool,
}

references!(Batched { source });

impl Payload for Batched {
    const KIND: Kind = Kind::Batched;
}

/// The type `batched`.
pub const BATCHED_SPEC: TypeSpec = iterator(Kind::Batched, type_info::<Batched>, new_batched, next_batch);

const BATCHED_SIGNATURE: Signature = Signature::new("iterable, n, *, strict=False");

fn new_batched(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable, size, strict] = BATCHED_SIGNATURE.bind("batched", args)?;
    let required = "both parameters are required";
    let (iterable, size) = (iterable.expect(required), size.expect(required));
    let size = number_of(thread, size)?;
    let is_strict = strict.map_or(Ok(false), |strict| protocol::is_true(thread, strict))?;
    if size < 1 {
        return Err(Raised::value_error("n must be at least one"));
    }
    let source = Slot::new(protocol::iter(thread, iterable)?);
    Ok(instantiate(thread, class, Batched { source, size: size as usize, is_strict }).into_value())
}

/// For how many items of a batch room is made at once; more may never come.
const MOST_RESERVED: usize = 1024;

/// How many items no batch can have, as no machine addresses so many.
const TOO_MANY: usize = 1 << 47;

fn next_batch(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let batched = own::<Batched>(iterator);
    let source = batched.source.get();
    if source.is_unbound() {
        return Ok(None);
    }
    if batched.size >= TOO_MANY {
        return Err(Raised::memory_error());
    }
    let mut items = Vec::new();
    items.try_reserve_exact(batched.size.min(MOST_RESERVED))?;
    let ended = loop {
        if items.len() == batched.size {
            return thread.try_tuple(items).map(Some);
        }
        match next_direct(thread, &source) {
            Ok(Some(item)) => {
                items.try_reserve(1)?;
                items.push(item);
            }
            ended => break ended,
        }
        protocol::check_interrupt(thread)?;
    };
    if ended.is_err() || items.is_empty() {
        drop(batched.source.set(Value::UNBOUND));
        return ended;
    }
    if batched.is_strict {
        drop(batched.source.set(Value::UNBOUND));
        return Err(Raised::value_error("batched(): incomplete batch"));
    }
    thread.try_tuple(items).map(Some)
}
