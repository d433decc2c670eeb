//! `types.SimpleNamespace`: an object made of keyword arguments.

use crate::protocol;
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object::guard_repr;
use crate::types::object::{self, instance};
use crate::value::{
    Args, Class, ClassFlags, Comparison, Dict, Kind, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Run, Signature, Slots, Str, Style, TypeSpec, Value, alloc,
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

/// The parameters of the constructor, besides attributes by name.
const SIGNATURE: Signature = Signature::new("mapping_or_iterable=(), /").styled(Style::Unpacked);

fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    let class = protocol::type_name(thread, value);
    SIGNATURE.check(&class, arguments.without_keywords())?;
    if let Some(mapping) = arguments.get(0) {
        let class = thread.known().class(Kind::Dict).to_value();
        let dict = protocol::call(thread, &class, Args::positional(std::slice::from_ref(mapping)))?;
        let pairs = dict.downcast_ref::<Dict>().map_or(Ok(Vec::new()), |dict| dict.snapshot())?;
        if pairs.iter().any(|(name, _)| name.downcast_ref::<Str>().is_none()) {
            return Err(Raised::type_error("keywords must be strings"));
        }
        for (name, given) in pairs {
            let name = thread.known().intern_str(thread, name.downcast_ref().expect("checked above"));
            instance::store(thread, value, &name, given)?;
        }
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

/// Makes `(class, (), namespace)`.
fn reduce(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let class = protocol::class_of(thread, value).into_value();
    let state = object::get_dict(thread, value)?;
    Ok(thread.new_tuple(vec![class, thread.known().empty_tuple(), state]))
}

/// `copy.replace`: a copy with some attributes changed.
fn replace(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let value = &arguments.positionals()[0];
    if arguments.count() > 1 {
        return Err(Raised::type_error("__replace__() takes no positional arguments"));
    }
    let (name, class) = (protocol::type_name(thread, value), protocol::class_of(thread, value).into_value());
    let made = protocol::call(thread, &class, Args::positional(&[]))?;
    if made.kind() != Kind::Namespace {
        let (wanted, given) = (Kind::Namespace.name(), protocol::type_name(thread, &made));
        let text = format_args!("expect {wanted} type, but {name}() returned '{given}' object");
        return Err(Raised::type_error(text));
    }
    for (name, kept) in entries(thread, value)? {
        if let Some(name) = name.downcast_ref::<Str>() {
            let name = thread.known().intern_str(thread, name);
            instance::store(thread, &made, &name, kept)?;
        }
    }
    init(thread, &made, arguments.skip_first())?;
    Ok(made)
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
    methods: &[
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__replace__", "*args, **changes", replace),
    ],
    attributes: &[NativeAttribute::read_only("__dict__", object::get_dict)],
    doc: "",
};
