//! Modules: a namespace with a name.

use crate::memory;
use crate::protocol::{self, class_lookup, shape_of, slots_of};
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::types::object::{self, instance};
use crate::value::{
    Args, Class, ClassFlags, Dict, Kind, List, NativeAttribute, NativeMethod, Object, Payload, Raised, Ref,
    Run, Signature, Slots, Str, TypeSpec, Value, alloc,
};

/// The payload of a module.
pub struct Module {
    /// `__dict__`: the global variables of its code.
    pub namespace: Ref<Dict>,
    /// Whether the runtime made the module, rather than a program that called the type.
    pub is_built_in: bool,
}

references!(Module { namespace });

impl Payload for Module {
    const KIND: Kind = Kind::Module;
}

fn module(value: &Value) -> &Object<Module> {
    value.downcast_ref().expect("the slot belongs to modules")
}

impl Module {
    /// `__dict__`: the global variables of its code.
    pub fn namespace(&self) -> &Ref<Dict> {
        &self.namespace
    }
}

/// Makes a module, as a value.
pub fn new_module(thread: &ThreadState, name: &str) -> Value {
    make(thread, name).into_value()
}

/// Makes a module with the names every module has.
pub fn make(thread: &ThreadState, name: &str) -> Ref<Module> {
    let namespace = thread.alloc(Dict::default());
    fill(thread, &namespace, thread.known().intern(thread, name).into_value(), Value::NONE);
    thread.alloc(Module { namespace, is_built_in: true })
}

fn fill(thread: &ThreadState, namespace: &Object<Dict>, name: Value, doc: Value) {
    let names = thread.known().names();
    for (key, value) in [
        (&names.name, name),
        (&names.doc, doc),
        (&names.package, Value::NONE),
        (&names.loader, Value::NONE),
        (&names.spec, Value::NONE),
    ] {
        drop(namespace.set_str(thread, key, value));
    }
}

fn new(thread: &mut Thread, class: &Object<Class>, _arguments: Args<'_>) -> Run<Value> {
    let namespace = thread.alloc(Dict::default());
    Ok(instance::allocate(thread, class, Module { namespace, is_built_in: false }).into_value())
}

/// The parameters of `module(…)`.
const SIGNATURE: Signature = Signature::new("name, doc=None");

fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    let [name, doc] = SIGNATURE.bind("module", arguments)?;
    let name = name.expect("the first parameter is required");
    if name.kind() != Kind::Str {
        let kind = protocol::argument_kind(thread, name);
        return Err(Raised::type_error(format_args!("module() argument 'name' must be str, not {kind}")));
    }
    fill(thread, &module(value).namespace, name.clone(), doc.cloned().unwrap_or(Value::NONE));
    Ok(())
}

/// Returns the text of a name in the namespace, if its value is a `str`.
fn text(thread: &Thread, value: &Value, name: &Object<Str>) -> Option<String> {
    let _ = thread;
    module(value).namespace.get_str(name)?.downcast_ref::<Str>().map(|text| text.as_str().to_owned())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let names = thread.known().names();
    let name = text(thread, value, &names.name).unwrap_or_else(|| "?".to_owned());
    let text = match text(thread, value, &names.file) {
        Some(file) => format!("<module '{name}' from '{file}'>"),
        None if module(value).is_built_in => format!("<module '{name}' (built-in)>"),
        None => format!("<module '{name}'>"),
    };
    Ok(thread.new_string(text))
}

fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    let found = class_lookup(shape_of(thread, value).class(), name);
    if let Some(found) = &found {
        let slots = slots_of(thread, found);
        if slots.descriptor_set.is_some() {
            return protocol::bind(thread, found.clone(), value);
        }
    }
    if let Some(own) = module(value).namespace.get_str(name) {
        return Ok(own);
    }
    if let Some(found) = found {
        return protocol::bind(thread, found, value);
    }
    if let Some(fallback) = module(value).namespace.get_str(&thread.known().names().getattr) {
        return protocol::call(thread, &fallback, Args::positional(&[name.to_value()]));
    }
    let message = match text(thread, value, &thread.known().names().name) {
        Some(module) => {
            memory::formatted(format_args!("module '{module}' has no attribute '{}'", name.as_str()))?
        }
        None => memory::formatted(format_args!("module has no attribute '{}'", name.as_str()))?,
    };
    Err(Raised::missing_attribute(message, name.to_value(), value.clone()))
}

fn set_attr(thread: &mut Thread, value: &Value, name: &Object<Str>, new: Option<&Value>) -> Run<()> {
    if let Some(found) = class_lookup(shape_of(thread, value).class(), name)
        && let Some(set) = slots_of(thread, &found).descriptor_set
    {
        return set(thread, &found, value, new);
    }
    let name = thread.known().intern_str(thread, name);
    let namespace = &module(value).namespace;
    let old = match new {
        Some(new) => namespace.try_set_str(thread, &name, new.clone())?,
        None => Some(namespace.remove_str(&name).ok_or_else(|| object::no_attribute(thread, value, &name))?),
    };
    drop(old);
    Ok(())
}

fn get_dict(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(module(value).namespace.as_value().clone())
}

fn dir(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let own = thread.known().intern(thread, "__dir__");
    if let Some(function) = module(value).namespace.get_str(&own) {
        return protocol::call(thread, &function, Args::positional(&[]));
    }
    Ok(thread.alloc(List::new(module(value).namespace.keys()?)).into_value())
}

/// `module`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Module,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT).union(ClassFlags::WEAKREFABLE),
    info: alloc::type_info::<Module>,
    slots: Slots {
        new: Some(new),
        init: Some(init),
        repr: Some(repr),
        get_attr: Some(get_attr),
        set_attr: Some(set_attr),
        ..Slots::EMPTY
    },
    methods: &[NativeMethod::new("__dir__", "", dir)],
    attributes: &[NativeAttribute::read_only("__dict__", get_dict)],
    doc: "",
};
