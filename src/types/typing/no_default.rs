//! `typing.NoDefault`: what stands for the default of a type parameter without one.

use crate::references;
use crate::thread::Thread;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Raised, Run, Slots, TypeSpec, Value, alloc,
};

/// The payload of `NoDefault`: nothing.
pub struct NoDefault;

references!(NoDefault {});

impl Payload for NoDefault {
    const KIND: Kind = Kind::NoDefaultType;
}

/// Returns `NoDefault`, the only value of its type.
pub fn no_default(thread: &Thread) -> Value {
    thread.known().no_default.get_or_init(|| thread.alloc(NoDefault).into_value()).clone()
}

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    if !args.all_values().is_empty() {
        return Err(Raised::type_error("NoDefaultType takes no arguments"));
    }
    Ok(no_default(thread))
}

/// `type(typing.NoDefault)`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::NoDefaultType,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<NoDefault>,
    slots: Slots {
        new: Some(new),
        repr: Some(|thread, _| Ok(thread.new_str("typing.NoDefault"))),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", |thread, _| Ok(thread.new_str("NoDefault")))],
    attributes: &[],
    doc: "The type of the NoDefault singleton.",
};
