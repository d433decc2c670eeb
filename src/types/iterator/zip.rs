//! The type `zip`: items of several iterables side by side, until the shortest ends.

use crate::protocol;
use crate::references;
use crate::sync::{AtomicBool, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Raised, Run, Signature, Slots, Style,
    TypeSpec, Value,
};

/// The iterator.
pub struct Zip {
    /// The iterators whose items are put side by side.
    pub iterators: Box<[Value]>,
    /// Whether all must have the same length.
    pub strict: AtomicBool,
}

references!(Zip { iterators });

impl Payload for Zip {
    const KIND: Kind = Kind::Zip;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Zip,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Zip>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(next),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
    ],
    attributes: &[],
    doc: "",
};

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("*iterables, strict=False").styled(Style::Parsed);

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    SIGNATURE.check("zip", args)?;
    let strict = args.keyword("strict").map_or(Ok(false), |strict| protocol::is_true(thread, strict))?;
    let iterators = iterators_of(thread, args.positionals())?;
    let strict = AtomicBool::new(strict);
    Ok(instantiate(thread, class, Zip { iterators, strict }).into_value())
}

/// Makes an iterator of each iterable. Raises as `protocol::iter` does.
pub fn iterators_of(thread: &mut Thread, iterables: &[Value]) -> Run<Box<[Value]>> {
    iterables.iter().map(|iterable| protocol::iter(thread, iterable)).collect()
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let zip = own::<Zip>(iterator);
    if zip.iterators.is_empty() {
        return Ok(None);
    }
    if let [first, second] = &*zip.iterators {
        let pair = next_pair(thread, zip, first, second)?;
        return Ok(pair.map(|(left, right)| thread.allocate_tuple([left, right].into_iter(), 2).into_value()));
    }
    let mut items = Vec::with_capacity(zip.iterators.len());
    for (nth, iterator) in zip.iterators.iter().enumerate() {
        match next_direct(thread, iterator)? {
            Some(item) => items.push(item),
            None => return end(thread, zip, nth).map(|()| None),
        }
    }
    thread.try_tuple(items).map(Some)
}

/// Returns the next two items of a zip of two iterators, for callers that need no tuple. Raises what the
/// iterators raise, and `ValueError` if a strict zip's iterators have different lengths.
#[inline]
pub fn next_pair(
    thread: &mut Thread,
    zip: &Object<Zip>,
    first: &Value,
    second: &Value,
) -> Run<Option<(Value, Value)>> {
    let Some(left) = next_direct(thread, first)? else { return end(thread, zip, 0).map(|()| None) };
    let Some(right) = next_direct(thread, second)? else { return end(thread, zip, 1).map(|()| None) };
    Ok(Some((left, right)))
}

/// Ends the zip after iterator number `ended` ended; a strict zip checks that the others end too.
fn end(thread: &mut Thread, zip: &Object<Zip>, ended: usize) -> Run<()> {
    // Relaxed: the flag guards nothing but itself.
    match zip.strict.load(Ordering::Relaxed) {
        true => at_end(thread, &zip.iterators, "zip", ended),
        false => Ok(()),
    }
}

/// Checks that all iterators end after number `ended` did. Raises `ValueError` in the name of the function if they do
/// not, and what they raise.
pub fn at_end(thread: &mut Thread, iterators: &[Value], function: &str, ended: usize) -> Run<()> {
    let unequal = |nth: usize, how: &str| {
        let others = if nth == 1 { " " } else { "s 1-" };
        let number = nth + 1;
        Raised::value_error(format_args!(
            "{function}() argument {number} is {how} than argument{others}{nth}"
        ))
    };
    if ended > 0 {
        return Err(unequal(ended, "shorter"));
    }
    for (nth, iterator) in iterators.iter().enumerate().skip(1) {
        if protocol::next(thread, iterator)?.is_some() {
            return Err(unequal(nth, "longer"));
        }
    }
    Ok(())
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (zip, _) = split_self::<Zip>(args);
    let iterators = thread.new_tuple(zip.iterators.to_vec());
    let class = protocol::class_of(thread, &zip.to_value()).into_value();
    let mut parts = vec![class, iterators];
    if zip.strict.load(Ordering::Relaxed) {
        parts.push(Value::TRUE);
    }
    Ok(thread.new_tuple(parts))
}

fn set_state(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (zip, args) = split_self::<Zip>(args);
    let [state] = args.exactly();
    zip.strict.store(protocol::is_true(thread, state)?, Ordering::Relaxed);
    Ok(Value::NONE)
}
