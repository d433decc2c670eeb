//! `iter(callable, sentinel)`: calls until the result equals the sentinel.

use crate::protocol;
use crate::references;
use crate::sync::{AtomicBool, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{Args, ClassFlags, ErrorKind, Kind, NativeMethod, Payload, Run, Slots, TypeSpec, Value};

/// The iterator.
pub struct CallableIterator {
    callable: Value,
    sentinel: Value,
    finished: AtomicBool,
}

references!(CallableIterator { callable, sentinel });

impl Payload for CallableIterator {
    const KIND: Kind = Kind::CallableIterator;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::CallableIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<CallableIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[NativeMethod::new("__reduce__", "", reduce)],
    attributes: &[],
    doc: "",
};

/// Makes the iterator.
pub fn new(thread: &Thread, callable: &Value, sentinel: &Value) -> Value {
    let finished = AtomicBool::new(false);
    let iterator = CallableIterator { callable: callable.clone(), sentinel: sentinel.clone(), finished };
    thread.alloc(iterator).into_value()
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<CallableIterator>(args);
    if iterator.finished.load(Ordering::Relaxed) {
        let empty = thread.known().empty_tuple();
        return reduced::builtin_call(thread, "iter", vec![empty]);
    }
    let arguments = vec![iterator.callable.clone(), iterator.sentinel.clone()];
    reduced::builtin_call(thread, "iter", arguments)
}

fn next(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<CallableIterator>(iterator);
    // Relaxed: the flag guards nothing but itself.
    if iterator.finished.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let result = match protocol::call(thread, &iterator.callable, Args::positional(&[])) {
        // The callable has come to the end itself, by asking for the next one.
        Ok(_) if iterator.finished.load(Ordering::Relaxed) => None,
        Ok(result) if protocol::equal(thread, &iterator.sentinel, &result)? => None,
        Ok(result) => Some(result),
        Err(raised) if raised.is_kind(thread, ErrorKind::StopIteration) => None,
        Err(raised) => return Err(raised),
    };
    if result.is_none() {
        iterator.finished.store(true, Ordering::Relaxed);
    }
    Ok(result)
}
