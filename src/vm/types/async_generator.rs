//! What scripts see of asynchronous generators: their type, and those of what their methods return.

use crate::protocol;
use crate::thread::Thread;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Kind, Known, NativeAttribute, NativeMethod, Object, Run, Slots, TypeSpec, Value,
};
use crate::vm::frame::asynchronous::{AsyncSend, AsyncThrow, AsyncYielded, Stage, StageCell};
use crate::vm::frame::generator::{self, AsyncState, Generator, Status};
use crate::vm::generator::{async_throw, close, throw};
use crate::vm::run::async_send::{self, call_hooks, new_send};
use crate::vm::types::coroutine;
use crate::vm::types::function::set_text;
use crate::vm::types::generator::{generator, result};

fn self_of(arguments: Args<'_>) -> &Value {
    arguments.get(0).expect("a method gets `self`")
}

fn new_throw(thread: &mut Thread, generator: &Object<Generator>, given: Value) -> Run<Value> {
    call_hooks(thread, generator)?;
    let stage = StageCell::fresh();
    Ok(thread.alloc(AsyncThrow { generator: generator.to_ref(), given, stage }).into_value())
}

fn athrow(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let given = arguments.skip_first().positionals();
    throw::warn_of_parts(thread, given, "athrow")?;
    let given = thread.new_tuple(given.to_vec());
    new_throw(thread, generator(self_of(arguments)), given)
}

/// Ends a generator that is dropped: its hook does, or it is closed without awaiting anything.
fn finalize(thread: &mut Thread, value: &Value) -> Run<()> {
    let generator = generator(value);
    if generator.status() == Status::Finished {
        return Ok(());
    }
    let hook = generator.origin_or_finalizer.get();
    if !hook.is_unbound() && !generator.is_in(AsyncState::CLOSED) {
        if let Err(error) = protocol::call(thread, &hook, Args::positional(std::slice::from_ref(value))) {
            let what = "Exception ignored while finalizing generator";
            Known::report_unraisable(thread, error, Some(what), Some(value));
        }
        return Ok(());
    }
    if generator.status() != Status::Running {
        close::finalize(thread, generator);
    }
    Ok(())
}

/// `async_generator`
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::AsyncGenerator,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<Generator>,
    slots: Slots { repr: Some(coroutine::repr), finalize: Some(finalize), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__aiter__", "", |_, arguments| Ok(self_of(arguments).clone())),
        NativeMethod::new("__anext__", "", |thread, arguments| {
            new_send(thread, generator(self_of(arguments)), Value::NONE)
        }),
        NativeMethod::new("asend", "object, /", |thread, arguments| {
            let [value] = arguments.skip_first().exactly();
            new_send(thread, generator(self_of(arguments)), value.clone())
        }),
        NativeMethod::new("athrow", "*values", athrow),
        NativeMethod::new("aclose", "", |thread, arguments| {
            new_throw(thread, generator(self_of(arguments)), Value::NONE)
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
        NativeAttribute::field("ag_running", |_, value| {
            Ok(Value::bool(generator(value).is_in(AsyncState::AWAITED)))
        }),
        NativeAttribute::read_only("ag_suspended", |_, value| {
            Ok(Value::bool(generator(value).status() == Status::Suspended))
        }),
        NativeAttribute::read_only("ag_frame", |thread, value| {
            Ok(generator::frame_of(thread, generator(value)))
        }),
        NativeAttribute::read_only("ag_code", |_, value| {
            Ok(generator(value).function.code.as_value().clone())
        }),
        NativeAttribute::read_only("ag_await", |_, value| {
            Ok(generator::delegate_of(generator(value)).unwrap_or(Value::NONE))
        }),
    ],
    doc: "",
};

fn asend(value: &Value) -> &Object<AsyncSend> {
    value.downcast_ref().expect("the slot belongs to what `asend` returns")
}

fn thrower(value: &Value) -> &Object<AsyncThrow> {
    value.downcast_ref().expect("the slot belongs to what `athrow` returns")
}

fn warn(thread: &mut Thread, generator: &Object<Generator>, stage: Stage, method: &str) -> Run<()> {
    if stage == Stage::Fresh {
        let warn = thread.known().upper_floors.warn_unawaited_method;
        warn(thread, &generator.to_value(), method);
    }
    Ok(())
}

/// `async_generator_asend`
pub const SEND_SPEC: TypeSpec = TypeSpec {
    kind: Kind::AsyncSend,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<AsyncSend>,
    slots: Slots {
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(|thread, value| {
            let resumed = async_send::send(thread, asend(value), &Value::NONE)?;
            result(resumed).map(Some)
        }),
        finalize: Some(|thread, value| {
            let send = asend(value);
            warn(thread, &send.generator, send.stage.get(), "asend")
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__await__", "", |_, arguments| Ok(self_of(arguments).clone())),
        NativeMethod::new("send", "object, /", |thread, arguments| {
            let [value] = arguments.skip_first().exactly();
            let resumed = async_send::send(thread, asend(self_of(arguments)), value)?;
            result(resumed)
        }),
        NativeMethod::new("throw", "type, value=None, traceback=None, /", |thread, arguments| {
            let given = arguments.skip_first().positionals();
            throw::warn_of_parts(thread, given, "throw")?;
            let resumed = async_throw::throw_into_send(thread, asend(self_of(arguments)), given)?;
            result(resumed)
        }),
        NativeMethod::new("close", "", |thread, arguments| {
            let send = asend(self_of(arguments));
            async_throw::close(thread, send.stage.get(), |thread, given| {
                async_throw::throw_into_send(thread, send, given)
            })?;
            Ok(Value::NONE)
        }),
    ],
    attributes: &[],
    doc: "",
};

/// `async_generator_athrow`
pub const THROW_SPEC: TypeSpec = TypeSpec {
    kind: Kind::AsyncThrow,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<AsyncThrow>,
    slots: Slots {
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(|thread, value| {
            let resumed = async_throw::send(thread, thrower(value), &Value::NONE)?;
            result(resumed).map(Some)
        }),
        finalize: Some(|thread, value| {
            let awaited = thrower(value);
            warn(thread, &awaited.generator, awaited.stage.get(), async_throw::method(awaited))
        }),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__await__", "", |_, arguments| Ok(self_of(arguments).clone())),
        NativeMethod::new("send", "object, /", |thread, arguments| {
            let [value] = arguments.skip_first().exactly();
            let resumed = async_throw::send(thread, thrower(self_of(arguments)), value)?;
            result(resumed)
        }),
        NativeMethod::new("throw", "type, value=None, traceback=None, /", |thread, arguments| {
            let given = arguments.skip_first().positionals();
            throw::warn_of_parts(thread, given, "throw")?;
            let resumed = async_throw::throw_into_throw(thread, thrower(self_of(arguments)), given)?;
            result(resumed)
        }),
        NativeMethod::new("close", "", |thread, arguments| {
            let awaited = thrower(self_of(arguments));
            async_throw::close(thread, awaited.stage.get(), |thread, given| {
                async_throw::throw_into_throw(thread, awaited, given)
            })?;
            Ok(Value::NONE)
        }),
    ],
    attributes: &[],
    doc: "",
};

/// `async_generator_wrapped_value`
pub const YIELDED_SPEC: TypeSpec = TypeSpec {
    kind: Kind::AsyncYielded,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<AsyncYielded>,
    slots: Slots::EMPTY,
    methods: &[],
    attributes: &[],
    doc: "",
};
