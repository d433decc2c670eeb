//! What `anext(iterator, default)` returns: awaiting it gives the default at the end of the iterator.

use crate::protocol;
use crate::references;
use crate::thread::Thread;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, ErrorKind, Kind, NativeMethod, Object, Payload, Raised, Run, Slots, TypeSpec, Value,
};
use crate::vm::frame::asynchronous::CoroutineWrapper;
use crate::vm::frame::generator::Generator;
use crate::vm::run::awaitable::await_iterator;
use crate::vm::run::resume::stop_iteration;

/// The payload.
pub struct NextOrDefault {
    awaitable: Value,
    default: Value,
}

references!(NextOrDefault { awaitable, default });

impl Payload for NextOrDefault {
    const KIND: Kind = Kind::NextOrDefault;
}

/// Makes what `anext` returns, of what `__anext__` returned.
pub fn new(thread: &Thread, awaitable: Value, default: Value) -> Value {
    thread.alloc(NextOrDefault { awaitable, default }).into_value()
}

fn own(value: &Value) -> &Object<NextOrDefault> {
    value.downcast_ref().expect("the slot belongs to what `anext` returns")
}

/// Returns an iterator with `__next__` over what is awaited.
fn iterator(thread: &mut Thread, value: &Value) -> Run<Value> {
    let iterator = await_iterator(thread, &own(value).awaitable)?;
    match iterator.downcast::<Generator>() {
        Ok(coroutine) if coroutine.is_coroutine() => {
            Ok(thread.alloc(CoroutineWrapper { coroutine }).into_value())
        }
        Ok(generator) => Ok(generator.into_value()),
        Err(iterator) => Ok(iterator),
    }
}

/// Turns the end of the iterator into a result, the default.
fn or_default(thread: &Thread, value: &Value, error: Raised) -> Raised {
    match error.is_kind(thread, ErrorKind::StopAsyncIteration) {
        true => stop_iteration(own(value).default.clone()),
        false => error,
    }
}

fn next(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    let iterator = iterator(thread, value)?;
    let Some(next) = protocol::slots_of(thread, &iterator).next else {
        return Err(Raised::type_error("__await__ returned a non-iterable"));
    };
    next(thread, &iterator).map_err(|error| or_default(thread, value, error))
}

/// Calls a method of the iterator with the arguments after `self`.
fn pass_on(thread: &mut Thread, arguments: Args<'_>, name: &str) -> Run<Value> {
    let value = arguments.get(0).expect("a method gets `self`");
    let iterator = iterator(thread, value)?;
    let name = thread.known().intern(thread, name);
    let given = arguments.skip_first().positionals();
    protocol::call_method(thread, &iterator, &name, given).map_err(|error| or_default(thread, value, error))
}

/// `anext_awaitable`
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::NextOrDefault,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<NextOrDefault>,
    slots: Slots { iter: Some(|_, value| Ok(value.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__await__", "", |_, arguments| {
            Ok(arguments.get(0).expect("a method gets `self`").clone())
        }),
        NativeMethod::new("send", "*values", |thread, arguments| pass_on(thread, arguments, "send")),
        NativeMethod::new("throw", "*values", |thread, arguments| pass_on(thread, arguments, "throw")),
        NativeMethod::new("close", "*values", |thread, arguments| pass_on(thread, arguments, "close")),
    ],
    attributes: &[],
    doc: "",
};
