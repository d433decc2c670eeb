//! The type `reversed`: calls `__reversed__`, or else `__getitem__` from the last index down.

use crate::protocol;
use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterator::ends_iteration;
use crate::types::iterator::sequence_iterators::EXHAUSTED;
use crate::types::object::method_arguments::{instantiate, new_arguments, own, split_self};
use crate::types::object::reduced;
use crate::types::sequence::is_sequence;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Raised, Run, Signature, Slots, Style,
    TypeSpec, Value,
};

/// The iterator.
pub struct Reversed {
    sequence: Value,
    /// The next index, or `EXHAUSTED`.
    position: AtomicI64,
}

references!(Reversed { sequence });

impl Payload for Reversed {
    const KIND: Kind = Kind::Reversed;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Reversed,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Reversed>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(next),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__length_hint__", "", length_hint),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
    ],
    attributes: &[],
    doc: "",
};

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("sequence, /").styled(Style::Unpacked);

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [sequence] = new_arguments(thread, class, &SIGNATURE, args)? else {
        unreachable!("the signature promises one argument")
    };
    let name = &thread.known().names().reversed;
    if let Some(method) = protocol::lookup_special_method(thread, sequence, name)? {
        if method.is_none() {
            return Err(not_reversible(thread, sequence));
        }
        return protocol::call(thread, &method, Args::positional(&[]));
    }
    if !is_sequence(thread, sequence) {
        return Err(not_reversible(thread, sequence));
    }
    let len = protocol::len(thread, sequence)?;
    let payload = Reversed { sequence: sequence.clone(), position: AtomicI64::new(len as i64 - 1) };
    Ok(instantiate(thread, class, payload).into_value())
}

fn not_reversible(thread: &Thread, sequence: &Value) -> Raised {
    let given = protocol::type_name(thread, sequence);
    Raised::type_error(format_args!("'{given}' object is not reversible"))
}

// Relaxed throughout: two threads that share an iterator may get the same item.
fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<Reversed>(iterator);
    let position = iterator.position.load(Ordering::Relaxed);
    if position == EXHAUSTED {
        return Ok(None);
    }
    let index = thread.new_int(position);
    match protocol::get_item(thread, &iterator.sequence, &index) {
        Ok(item) => {
            iterator.position.store(position - 1, Ordering::Relaxed);
            Ok(Some(item))
        }
        Err(raised) if ends_iteration(thread, &raised) => {
            iterator.position.store(EXHAUSTED, Ordering::Relaxed);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

fn length_hint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<Reversed>(args);
    let left = iterator.position.load(Ordering::Relaxed) + 1;
    let len = protocol::len(thread, &iterator.sequence)? as i64;
    Ok(thread.new_int(if left > len { 0 } else { left }))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<Reversed>(args);
    let position = iterator.position.load(Ordering::Relaxed);
    if position == EXHAUSTED {
        let empty = thread.known().empty_tuple();
        return Ok(reduced::class_call(thread, &iterator.to_value(), vec![empty]));
    }
    let class = protocol::class_of(thread, &iterator.to_value()).into_value();
    let arguments = thread.new_tuple(vec![iterator.sequence.clone()]);
    let position = thread.new_int(position);
    Ok(thread.new_tuple(vec![class, arguments, position]))
}

fn set_state(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, args) = split_self::<Reversed>(args);
    let [state] = args.exactly();
    let position = reduced::position(state)?;
    if iterator.position.load(Ordering::Relaxed) != EXHAUSTED {
        let last = protocol::len(thread, &iterator.sequence)? as i64 - 1;
        iterator.position.store(position.max(EXHAUSTED).min(last), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
