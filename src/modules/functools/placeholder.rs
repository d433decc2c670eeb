//! `Placeholder`: stands for an argument of a `partial` that is given when it is called.

use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, NativeMethod, Object, Payload, Raised, Run, Slots, TypeSpec, Value,
};

/// The only object of its type.
pub struct Placeholder;

references!(Placeholder {});

impl Payload for Placeholder {
    const KIND: Kind = Kind::Placeholder;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Placeholder,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Placeholder>,
    slots: Slots {
        repr: Some(|thread, _| Ok(thread.new_str("Placeholder"))),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__reduce__", "", |thread, _| Ok(thread.new_str("Placeholder")))],
    attributes: &[],
    doc: "",
};

/// Returns the object, which is made when it is first asked for.
pub fn placeholder(thread: &ThreadState) -> Value {
    let made = &thread.known().placeholder;
    made.get_or_init(|| thread.alloc(Placeholder).into_value()).clone()
}

/// Tells whether a value is the placeholder.
pub fn is_placeholder(value: &Value) -> bool {
    value.kind() == Kind::Placeholder
}

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    if args.count() > 0 || args.has_keywords() {
        return Err(Raised::type_error("PlaceholderType takes no arguments"));
    }
    Ok(placeholder(thread))
}
