//! The type `enumerate`: yields items with their numbers.

use crate::protocol;
use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::types::object::reduced;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, BinaryOp, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Run, Signature, Slots, Style,
    TypeSpec, Value,
};

/// The iterator.
pub struct Enumerate {
    /// The iterator whose items are numbered.
    pub iterator: Value,
    /// The number of the first item, if it does not fit a machine word.
    large_start: Option<Value>,
    /// The next number, counted from the large start if there is one.
    pub count: AtomicI64,
}

references!(Enumerate { iterator, large_start });

impl Payload for Enumerate {
    const KIND: Kind = Kind::Enumerate;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Enumerate,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Enumerate>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(next),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[],
    doc: "",
};

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("iterable, start=0");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable, start] = match class.root_shape().is_builtin() {
        true => SIGNATURE.styled(Style::Direct).bind("enumerate", args)?,
        false => SIGNATURE.bind("enumerate", args)?,
    };
    let iterable = iterable.expect("the first parameter is required");
    let start = match start {
        Some(start) => protocol::index(thread, start)?,
        None => thread.new_int(0),
    };
    let (large_start, count) = match start.as_i64() {
        Some(count) if count < i64::MAX / 2 => (None, count),
        _ => (Some(start), 0),
    };
    let iterator = protocol::iter(thread, iterable)?;
    let payload = Enumerate { iterator, large_start, count: AtomicI64::new(count) };
    Ok(instantiate(thread, class, payload).into_value())
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let pair = next_pair(thread, own(iterator))?;
    Ok(pair.map(|(number, item)| thread.allocate_tuple([number, item].into_iter(), 2).into_value()))
}

/// Returns the next number and item, for callers that need no tuple. Raises what the iterator raises.
#[inline]
pub fn next_pair(thread: &mut Thread, iterator: &Object<Enumerate>) -> Run<Option<(Value, Value)>> {
    let Some(item) = next_direct(thread, &iterator.iterator)? else { return Ok(None) };
    // Relaxed, and not one step: two threads that share an iterator may count in any order.
    let count = iterator.count.load(Ordering::Relaxed);
    iterator.count.store(count + 1, Ordering::Relaxed);
    let number = number(thread, iterator, count)?;
    Ok(Some((number, item)))
}

/// Returns the number of an item: its count, from the large start if there is one.
#[inline]
fn number(thread: &mut Thread, iterator: &Enumerate, count: i64) -> Run<Value> {
    let number = thread.new_int(count);
    match &iterator.large_start {
        Some(start) => protocol::binary_op(thread, BinaryOp::Add, start, &number),
        None => Ok(number),
    }
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<Enumerate>(args);
    let count = iterator.count.load(Ordering::Relaxed);
    let number = number(thread, iterator, count)?;
    Ok(reduced::class_call(thread, &iterator.to_value(), vec![iterator.iterator.clone(), number]))
}
