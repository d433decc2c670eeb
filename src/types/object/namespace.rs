//! `types.SimpleNamespace`: an object made of keyword arguments.

use crate::protocol;
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object::guard_repr;
use crate::types::object::{self, instance};
use crate::value::{
    Args, Class, ClassFlags, Comparison, Kind, NativeAttribute, Object, Payload, Raised, Run, Slots, Str,
    TypeSpec, Value, alloc,
};

/// The payload: nothing; the attributes are those of any instance.
pub struct Namespace;

references!(Namespace {});

impl Payload for Namespace {
    const KIND: Kind = Kind::Namespace;
}

fn make(thread: &mut Thread, class: &Object<Class>, _arguments: Args<'_>) -> Run<Value> {
    Ok(instance::allocate(thread, class, Namespace).into_value())
}

/// Makes a namespace with these attributes.
pub fn new<const N: usize>(thread: &ThreadState, attributes: [(&str, Value); N]) -> Value {
    let made = thread.alloc(Namespace).into_value();
    for (name, value) in attributes {
        let name = thread.known().intern(thread, name);
        instance::store(thread, &made, &name, value).expect("a few names need no long buffer");
    }
    made
}

fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    if arguments.count() > 0 {
        return Err(Raised::type_error("no positional arguments expected"));
    }
    for (name, given) in arguments.keywords() {
        let name = name.downcast_ref::<Str>().expect("keyword names are text");
        let name = thread.known().intern_str(thread, name);
        instance::store(thread, value, &name, given.clone())?;
    }
    Ok(())
}

fn entries(thread: &Thread, value: &Value) -> Run<Vec<(Value, Value)>> {
    instance::dict_of(thread, value)?.map_or(Ok(Vec::new()), |dict| dict.snapshot())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    guard_repr(thread, value, "namespace(...)", |thread| {
        let mut parts = Vec::new();
        for (name, value) in entries(thread, value)? {
            let name = name.downcast_ref::<Str>().map_or(String::new(), |name| name.as_str().to_owned());
            parts.push(format!("{name}={}", protocol::repr(thread, &value)?.as_str()));
        }
        Ok(format!("namespace({})", parts.join(", ")))
    })
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    if left.kind() != Kind::Namespace || right.kind() != Kind::Namespace {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let dicts = (instance::dict_of(thread, left)?, instance::dict_of(thread, right)?);
    let (Some(left), Some(right)) = dicts else { return Ok(Value::NOT_IMPLEMENTED) };
    protocol::compare(thread, left.as_value(), right.as_value(), comparison)
}

/// `types.SimpleNamespace`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Namespace,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT),
    info: alloc::type_info::<Namespace>,
    slots: Slots {
        new: Some(make),
        init: Some(init),
        repr: Some(repr),
        compare: Some(compare),
        ..Slots::EMPTY
    },
    methods: &[],
    attributes: &[NativeAttribute::read_only("__dict__", object::get_dict)],
    doc: "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)",
};
