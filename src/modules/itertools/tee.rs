//! `tee`: several iterators over the items of one.
//!
//! The items lie in a chain of links. Each iterator has a place in it; a link that all have left behind goes.

use super::{iterator, number_of};
use crate::protocol;
use crate::references;
use crate::sync::{AtomicBool, AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, new_arguments, own};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Guarded, Kind, List, NativeMethod, Object, Payload, Raised, Ref, Run, Signature,
    Slot, Slots, Style, TypeSpec, Value,
};

/// How many items a link takes.
const LINK_ITEMS: usize = 57;

/// `tee(iterable, n=2)`.
pub const TEE: NativeMethod = NativeMethod::function("tee", "iterable, n=2, /", tee);

/// An iterator over shared items.
pub struct Tee {
    /// The link in which the next item lies.
    link: Slot,
    /// Its index there.
    index: AtomicUsize,
}

references!(Tee { link });

impl Payload for Tee {
    const KIND: Kind = Kind::Tee;
}

/// The type of the iterators.
pub const SPEC: TypeSpec = TypeSpec {
    flags: ClassFlags::WEAKREFABLE,
    methods: &[NativeMethod::new("__copy__", "", |thread, args| {
        let [tee] = args.exactly();
        Ok(copy(thread, own(tee)))
    })],
    ..iterator(Kind::Tee, type_info::<Tee>, new_tee, next)
};

/// A link of the chain.
pub struct TeeData {
    source: Value,
    items: Guarded<Vec<Value>>,
    /// The link behind a full one, once somebody has asked for it.
    next: Slot,
    /// Whether the source is being asked for an item.
    is_asking: AtomicBool,
}

references!(TeeData { source, items, next });

impl Payload for TeeData {
    const KIND: Kind = Kind::TeeData;
}

/// The type of links.
pub const DATA_SPEC: TypeSpec = TypeSpec {
    kind: Kind::TeeData,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<TeeData>,
    slots: Slots { new: Some(new_data), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "Data container common to multiple tee objects.",
};

fn tee(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [iterable, count] = args.options();
    let count = count.map_or(Ok(2), |count| number_of(thread, count))?;
    let count = usize::try_from(count).map_err(|_| Raised::value_error("n must be >= 0"))?;
    let mut iterators = Vec::new();
    iterators.try_reserve_exact(count)?;
    if count == 0 {
        return thread.try_tuple(iterators);
    }
    let first = of_iterable(thread, iterable.expect("the first parameter is required"))?;
    for _ in 1..count {
        iterators.push(copy(thread, &first));
    }
    iterators.insert(0, first.into_value());
    thread.try_tuple(iterators)
}

fn link(thread: &Thread, source: Value) -> Ref<TeeData> {
    let (items, is_asking) = (Guarded::new(Vec::new()), AtomicBool::new(false));
    thread.alloc(TeeData { source, items, next: Slot::empty(), is_asking })
}

/// Makes an iterator that stands where another one does.
fn copy(thread: &Thread, tee: &Object<Tee>) -> Value {
    // Relaxed: where another thread moves the iterator meanwhile, either place will do.
    let index = AtomicUsize::new(tee.index.load(Ordering::Relaxed));
    thread.alloc(Tee { link: Slot::new(tee.link.get()), index }).into_value()
}

const SIGNATURE: Signature = Signature::new("iterable, /").styled(Style::Unpacked);

fn new_tee(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable] = new_arguments(thread, class, &SIGNATURE, args)? else {
        unreachable!("the signature promises one argument")
    };
    Ok(of_iterable(thread, iterable)?.into_value())
}

/// Makes an iterator over an iterable; over one of these it is a copy.
fn of_iterable(thread: &mut Thread, iterable: &Value) -> Run<Ref<Tee>> {
    let iterator = protocol::iter(thread, iterable)?;
    if let Some(tee) = iterator.downcast_ref::<Tee>() {
        // Relaxed: where another thread moves the iterator meanwhile, either place will do.
        let index = AtomicUsize::new(tee.index.load(Ordering::Relaxed));
        return Ok(thread.alloc(Tee { link: Slot::new(tee.link.get()), index }));
    }
    let link = Slot::new(link(thread, iterator).into_value());
    Ok(thread.alloc(Tee { link, index: AtomicUsize::new(0) }))
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let tee = own::<Tee>(iterator);
    let mut link = tee.link.get();
    let mut index = tee.index.load(Ordering::Relaxed);
    if index >= LINK_ITEMS {
        link = link_behind(thread, own(&link));
        index = 0;
        drop(tee.link.set(link.clone()));
        tee.index.store(0, Ordering::Relaxed);
    }
    let item = item_of(thread, own(&link), index)?;
    if item.is_some() {
        tee.index.store(index + 1, Ordering::Relaxed);
    }
    Ok(item)
}

/// Returns the link behind a full one, which it makes if it is not there.
fn link_behind(thread: &Thread, data: &Object<TeeData>) -> Value {
    let behind = data.next.get();
    if !behind.is_unbound() {
        return behind;
    }
    let behind = link(thread, data.source.clone()).into_value();
    drop(data.next.set(behind.clone()));
    behind
}

/// Returns an item of a link; the one behind the last is read from the source.
fn item_of(thread: &mut Thread, data: &Object<TeeData>, index: usize) -> Run<Option<Value>> {
    if let Some(item) = data.with(|data| &data.items, |items| items.get(index).cloned()) {
        return Ok(Some(item));
    }
    if data.is_asking.swap(true, Ordering::Relaxed) {
        return Err(Raised::runtime_error("cannot re-enter the tee iterator"));
    }
    let item = next_direct(thread, &data.source);
    data.is_asking.store(false, Ordering::Relaxed);
    let Some(item) = item? else { return Ok(None) };
    data.with(
        |data| &data.items,
        |items| -> Run<()> {
            items.try_reserve(1)?;
            items.push(item.clone());
            Ok(())
        },
    )?;
    Ok(Some(item))
}

const DATA_SIGNATURE: Signature = Signature::new("it, values, next, /").styled(Style::Unpacked);

fn new_data(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [source, values, next] =
        DATA_SIGNATURE.bind("teedataobject", args)?.map(|value| value.expect("each is required"));
    let Some(values) = values.downcast_ref::<List>() else {
        let given = protocol::argument_kind(thread, values);
        let complaint = format_args!("teedataobject() argument 2 must be list, not {given}");
        return Err(Raised::type_error(complaint));
    };
    let items = values.to_vec()?;
    let may_have_next = items.len() == LINK_ITEMS && next.downcast_ref::<TeeData>().is_some();
    if items.len() > LINK_ITEMS || !(next.is_none() || may_have_next) {
        return Err(Raised::value_error("Invalid arguments"));
    }
    let next = if next.is_none() { Slot::empty() } else { Slot::new(next.clone()) };
    let data = TeeData {
        source: source.clone(),
        items: Guarded::new(items),
        next,
        is_asking: AtomicBool::new(false),
    };
    Ok(instantiate(thread, class, data).into_value())
}
