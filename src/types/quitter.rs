//! `quit` and `exit`: objects that say how to leave, and leave when they are called.

use crate::memory;
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, ErrorKind, Kind, NativeAttribute, Object, Payload, Raised, Run, Slots, Str, TypeSpec,
    Value,
};

/// What a user can press instead, for the message.
const END_OF_INPUT: &str = "Ctrl-D (i.e. EOF)";

/// The payload of `quit` or `exit`.
pub struct Quitter {
    name: &'static str,
}

references!(Quitter {});

impl Payload for Quitter {
    const KIND: Kind = Kind::Quitter;
}

/// Makes `quit` or `exit`.
pub fn new(thread: &ThreadState, name: &'static str) -> Value {
    thread.alloc(Quitter { name }).into_value()
}

fn quitter(value: &Value) -> &Object<Quitter> {
    value.downcast_ref().expect("the slot belongs to quitters")
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = quitter(value).name;
    Ok(thread.new_string(memory::formatted(format_args!("Use {name}() or {END_OF_INPUT} to exit"))?))
}

/// `quit(code=None)` raises `SystemExit`.
fn call(_thread: &mut Thread, _value: &Value, args: Args<'_>) -> Run<Value> {
    let mut code = args.get(0).cloned();
    let given = args.count() + 1;
    if given > 2 {
        let given = format!("from 1 to 2 positional arguments but {given} were given");
        return Err(Raised::type_error(format_args!("Quitter.__call__() takes {given}")));
    }
    for (name, value) in args.keywords() {
        let name = name.downcast_ref::<Str>().map_or("", |name| name.as_str());
        let complaint = match name {
            "code" if code.is_none() => None,
            "code" => Some("multiple values for argument"),
            _ => Some("an unexpected keyword argument"),
        };
        if let Some(complaint) = complaint {
            return Err(Raised::type_error(format_args!("Quitter.__call__() got {complaint} '{name}'")));
        }
        code = Some(value.clone());
    }
    Err(Raised::with(ErrorKind::SystemExit, vec![code.unwrap_or(Value::NONE)]))
}

/// The type of `quit` and `exit`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Quitter,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Quitter>,
    slots: Slots { repr: Some(repr), call: Some(call), ..Slots::EMPTY },
    methods: &[],
    attributes: &[
        NativeAttribute::read_only("name", |thread, value| Ok(thread.new_str(quitter(value).name))),
        NativeAttribute::read_only("eof", |thread, _| Ok(thread.new_str(END_OF_INPUT))),
    ],
    doc: "",
};
