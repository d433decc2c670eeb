//! What scripts see of generators: their type.

use crate::protocol;
use crate::thread::Thread;
use crate::types::exception;
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeAttribute, NativeMethod, Object, Raised, Run, Slots, Tuple,
    TypeSpec, Value,
};
use crate::vm::attributes::set_text;
use crate::vm::generator::{self, Generator, Status};
use crate::vm::generator_throw;
use crate::vm::resume::{self, Resumed};

fn generator(value: &Value) -> &Object<Generator> {
    value.downcast_ref().expect("the slot belongs to generators")
}

fn repr_generator(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = generator(value).qualname.get();
    let name = protocol::str(thread, &name)?;
    let address = generator(value).raw().address();
    Ok(thread.new_string(format!("<generator object {} at {address:#x}>", name.as_str())))
}

fn next(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    resume::next(thread, generator(value))
}

fn result(resumed: Resumed) -> Run<Value> {
    match resumed {
        Resumed::Yielded(value) => Ok(value),
        Resumed::Returned(value) => Err(resume::stop_iteration(value)),
    }
}

/// `generator.send(value)`; calls of it within the loop go on in the generator without it.
pub fn send(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let receiver = receiver(arguments);
    let [value] = arguments.skip_first().exactly();
    let resumed = resume::send(thread, receiver, value.clone())?;
    result(resumed)
}

fn throw(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let receiver = receiver(arguments);
    let given = arguments.skip_first().positionals();
    if let Some(traceback) = given.get(2)
        && !traceback.is_none()
        && traceback.kind() != Kind::Traceback
    {
        return Err(Raised::type_error("throw() third argument must be a traceback object"));
    }
    let value = given.get(1).filter(|value| !value.is_none());
    let exception = thrown(thread, &given[0], value)?;
    let resumed = generator_throw::throw(thread, receiver, Raised::instance(exception))?;
    result(resumed)
}

/// The exception that a class and what was given with it, or an instance alone, stand for.
fn thrown(thread: &mut Thread, given: &Value, value: Option<&Value>) -> Run<Value> {
    if !exception::is_class(given) {
        if given.kind() != Kind::Exception {
            let kind = protocol::type_name(thread, given);
            return Err(Raised::type_error(format!(
                "exceptions must be classes or instances deriving from BaseException, not {kind}"
            )));
        }
        if value.is_some() {
            return Err(Raised::type_error("instance exception may not have a separate value"));
        }
        return exception::make(thread, given);
    }
    let Some(value) = value else { return exception::make(thread, given) };
    let class = given.downcast_ref::<Class>().expect("an exception class is a class");
    if protocol::is_instance_of(thread, value, class) {
        return Ok(value.clone());
    }
    let made = match value.downcast_ref::<Tuple>() {
        Some(arguments) => protocol::call(thread, given, Args::positional(arguments.items()))?,
        None => protocol::call(thread, given, Args::positional(std::slice::from_ref(value)))?,
    };
    if made.kind() == Kind::Exception {
        return Ok(made);
    }
    let (class, kind) = (protocol::repr(thread, given)?, protocol::type_name(thread, &made));
    Err(Raised::type_error(format!(
        "calling {} should have returned an instance of BaseException, not {kind}",
        class.as_str()
    )))
}

fn close(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    generator_throw::close(thread, receiver(arguments))?;
    Ok(Value::NONE)
}

fn receiver(arguments: Args<'_>) -> &Object<Generator> {
    generator(arguments.get(0).expect("a method has a receiver"))
}

fn finalize(thread: &mut Thread, value: &Value) -> Run<()> {
    let generator = generator(value);
    if generator.status() != Status::Suspended {
        return Ok(());
    }
    generator_throw::close(thread, generator)
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
        NativeMethod::new("send", "value, /", send),
        NativeMethod::new("throw", "type, value=None, traceback=None, /", throw),
        NativeMethod::new("close", "", close),
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
