//! What scripts see of generators: their type.

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Intrinsic, Kind, NativeAttribute, NativeMethod, Object, Run, Slots, TypeSpec, Value,
};
use crate::vm::frame::generator::{self, Generator, Status};
use crate::vm::generator::{close, throw};
use crate::vm::run::resume::{self, Resumed};
use crate::vm::types::function::set_text;

/// The generator, coroutine or asynchronous generator that a value is.
pub(super) fn generator(value: &Value) -> &Object<Generator> {
    value.downcast_ref().expect("the slot belongs to generators")
}

fn repr_generator(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = generator(value).qualname.get();
    let name = protocol::str(thread, &name)?;
    let address = generator(value).raw().address();
    Ok(thread
        .new_string(memory::formatted(format_args!("<generator object {} at {address:#x}>", name.as_str()))?))
}

fn next(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    resume::next(thread, generator(value))
}

/// What a method returns that has resumed a generator. Raises `StopIteration` with what the generator returned.
pub(super) fn result(resumed: Resumed) -> Run<Value> {
    match resumed {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(resume::stop_iteration(value)),
    }
}

/// `generator.send(value)`. Calls within the loop resume the generator directly, without this function.
fn send(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let this = self_of(arguments);
    let [value] = arguments.skip_first().exactly();
    let resumed = resume::send(thread, this, value.clone())?;
    result(resumed)
}

fn throw(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let this = self_of(arguments);
    let given = arguments.skip_first().positionals();
    throw::warn_of_parts(thread, given, "throw")?;
    let resumed = throw::throw(thread, this, given)?;
    result(resumed)
}

fn close(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    close::close(thread, self_of(arguments))
}

fn self_of(arguments: Args<'_>) -> &Object<Generator> {
    generator(arguments.get(0).expect("a method gets `self`"))
}

fn finalize(thread: &mut Thread, value: &Value) -> Run<()> {
    let generator = generator(value);
    match generator.status() {
        Status::Suspended | Status::Created => close::finalize(thread, generator),
        Status::Running | Status::Finished => {}
    }
    Ok(())
}

/// `generator`
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Generator,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<Generator>,
    slots: Slots {
        repr: Some(repr_generator),
        iter: Some(|_, value| Ok(value.clone())),
        next: Some(next),
        finalize: Some(finalize),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("send", "object, /", send).intrinsic(Intrinsic::GeneratorSend),
        NativeMethod::new("throw", "type, value=None, traceback=None, /", throw),
        NativeMethod::new("close", "", close),
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
        NativeAttribute::read_only("gi_running", |_, value| {
            Ok(Value::bool(generator(value).status() == Status::Running))
        }),
        NativeAttribute::read_only("gi_suspended", |_, value| {
            Ok(Value::bool(generator(value).status() == Status::Suspended))
        }),
        NativeAttribute::read_only("gi_frame", |thread, value| {
            Ok(generator::frame_of(thread, generator(value)))
        }),
        NativeAttribute::read_only("gi_code", |_, value| {
            Ok(generator(value).function.code.as_value().clone())
        }),
        NativeAttribute::read_only("gi_yieldfrom", |_, value| {
            Ok(generator::delegate_of(generator(value)).unwrap_or(Value::NONE))
        }),
    ],
    doc: "",
};
