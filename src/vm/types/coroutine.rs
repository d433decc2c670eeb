//! What scripts see of coroutines: their type, and that of what `__await__` returns.

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Run, Slots, TypeSpec, Value,
};
use crate::vm::frame::asynchronous::CoroutineWrapper;
use crate::vm::frame::generator::{self, Generator, Status};
use crate::vm::generator::{close, throw};
use crate::vm::run::resume;
use crate::vm::types::function::set_text;
use crate::vm::types::generator::{generator, result};

fn self_of(arguments: Args<'_>) -> &Value {
    arguments.get(0).expect("a method gets `self`")
}

/// `repr` of a generator object: the name of its class and its own.
pub(super) fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = protocol::type_name(thread, value);
    let name = generator(value).qualname.get();
    let name = protocol::str(thread, &name)?;
    let address = generator(value).raw().address();
    let text = memory::formatted(format_args!("<{class} object {} at {address:#x}>", name.as_str()))?;
    Ok(thread.new_string(text))
}

fn await_(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let coroutine = generator(self_of(arguments)).to_ref();
    Ok(thread.alloc(CoroutineWrapper { coroutine }).into_value())
}

fn send_to(thread: &mut Thread, coroutine: &Object<Generator>, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.skip_first().exactly();
    let resumed = resume::send(thread, coroutine, value.clone())?;
    result(resumed)
}

fn throw_to(thread: &mut Thread, coroutine: &Object<Generator>, arguments: Args<'_>) -> Run<Value> {
    let given = arguments.skip_first().positionals();
    throw::warn_of_parts(thread, given, "throw")?;
    let resumed = throw::throw(thread, coroutine, given)?;
    result(resumed)
}

/// Ends a coroutine that is dropped: warns if nobody has awaited it, else closes it.
fn finalize(thread: &mut Thread, value: &Value) -> Run<()> {
    let coroutine = generator(value);
    match coroutine.status() {
        Status::Created => {
            let warn = thread.known().upper_floors.warn_unawaited;
            warn(thread, value);
            generator::end_unstarted(coroutine);
        }
        Status::Suspended => close::finalize(thread, coroutine),
        Status::Running | Status::Finished => {}
    }
    Ok(())
}

/// `coroutine`
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Coroutine,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<Generator>,
    slots: Slots { repr: Some(repr), finalize: Some(finalize), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__await__", "", await_),
        NativeMethod::new("send", "object, /", |thread, arguments| {
            send_to(thread, generator(self_of(arguments)), arguments)
        }),
        NativeMethod::new("throw", "type, value=None, traceback=None, /", |thread, arguments| {
            throw_to(thread, generator(self_of(arguments)), arguments)
        }),
        NativeMethod::new("close", "", |thread, arguments| {
            close::close(thread, generator(self_of(arguments)))
        }),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[
        NativeAttribute::new(
            "__name__",
            |_, value| Ok(generator(value).name.get()),
            |_, value, new| set_text(&generator(value).name, "__name__", new),
        ),
        NativeAttribute::new(
            "__qualname__",
            |_, value| Ok(generator(value).qualname.get()),
            |_, value, new| set_text(&generator(value).qualname, "__qualname__", new),
        ),
        NativeAttribute::read_only("cr_running", |_, value| {
            Ok(Value::bool(generator(value).status() == Status::Running))
        }),
        NativeAttribute::read_only("cr_suspended", |_, value| {
            Ok(Value::bool(generator(value).status() == Status::Suspended))
        }),
        NativeAttribute::read_only("cr_frame", |thread, value| {
            Ok(generator::frame_of(thread, generator(value)))
        }),
        NativeAttribute::read_only("cr_code", |_, value| {
            Ok(generator(value).function.code.as_value().clone())
        }),
        NativeAttribute::read_only("cr_await", |_, value| {
            Ok(generator::delegate_of(generator(value)).unwrap_or(Value::NONE))
        }),
        NativeAttribute::field("cr_origin", |_, value| Ok(generator(value).origin_or_finalizer.get())),
    ],
    doc: "",
};

fn wrapped(value: &Value) -> &Object<Generator> {
    let wrapper: &Object<CoroutineWrapper> = value.downcast_ref().expect("the slot belongs to wrappers");
    &wrapper.coroutine
}

/// `coroutine_wrapper`
pub const WRAPPER_SPEC: TypeSpec = TypeSpec {
    kind: Kind::CoroutineWrapper,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<CoroutineWrapper>,
    slots: Slots {
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(|thread, value| {
            let resumed = resume::send(thread, wrapped(value), Value::NONE)?;
            result(resumed).map(Some)
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("send", "object, /", |thread, arguments| {
            send_to(thread, wrapped(self_of(arguments)), arguments)
        }),
        NativeMethod::new("throw", "type, value=None, traceback=None, /", |thread, arguments| {
            throw_to(thread, wrapped(self_of(arguments)), arguments)
        }),
        NativeMethod::new("close", "", |thread, arguments| close::close(thread, wrapped(self_of(arguments)))),
    ],
    attributes: &[],
    doc: "A wrapper object implementing __await__ for coroutines.",
};
