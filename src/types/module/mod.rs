//! Modules: a namespace with a name.
//!
//! A native module is *late*: names that the importer owes it (`__spec__`, `__loader__`, and of `sys` the lists of
//! finders) are made when somebody looks for a name that is not there, or at the namespace as a whole. So a program
//! that never asks does not pay for the classes of the importer.
//! Their annotations are in `annotations.rs`.

mod annotations;

use crate::protocol::{self, class_lookup, shape_of, slots_of};
use crate::references;
use crate::sync::AtomicBool;
use crate::sync::Ordering::Relaxed;
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
    /// Whether the importer still owes the module some names.
    is_late: AtomicBool,
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

    /// Makes the payload of a native module, to which the importer adds names when they are asked for.
    pub fn late(namespace: Ref<Dict>) -> Module {
        Module { namespace, is_late: AtomicBool::new(true) }
    }

    fn complete(namespace: Ref<Dict>) -> Module {
        Module { namespace, is_late: AtomicBool::new(false) }
    }
}

/// Adds the names that the importer owes a module; returns whether it did. Raises what making them raises.
fn complete(thread: &mut Thread, value: &Value) -> Run<bool> {
    let is_late = &module(value).is_late;
    // Relaxed: of two threads that ask at once one sees the names a little later; neither adds them twice, because names
    // that are there already stay.
    if !is_late.load(Relaxed) {
        return Ok(false);
    }
    is_late.store(false, Relaxed);
    if let Err(raised) = (thread.known().upper_floors.complete_module)(thread, value) {
        is_late.store(true, Relaxed);
        return Err(raised);
    }
    Ok(true)
}

/// Makes a module, as a value.
pub fn new_module(thread: &ThreadState, name: &str) -> Value {
    make(thread, name).into_value()
}

/// Makes a module with the names every module has.
pub fn make(thread: &ThreadState, name: &str) -> Ref<Module> {
    let namespace = thread.alloc(Dict::default());
    fill(thread, &namespace, thread.known().intern(thread, name).into_value(), Value::NONE);
    thread.alloc(Module::complete(namespace))
}

/// Makes a module whose name is any value.
pub fn named(thread: &ThreadState, name: Value) -> Value {
    let namespace = thread.alloc(Dict::default());
    fill(thread, &namespace, name, Value::NONE);
    thread.alloc(Module::complete(namespace)).into_value()
}

/// Makes a native module, to which the importer adds names when they are asked for.
pub fn new_late_module(thread: &ThreadState, name: &str) -> Value {
    let namespace = thread.alloc(Dict::default());
    let names = thread.known().names();
    let name = thread.known().intern(thread, name).into_value();
    for (key, value) in
        [(&names.name, name), (&names.doc, Value::NONE), (&names.package, names.empty.to_value())]
    {
        drop(namespace.set_str(thread, key, value));
    }
    thread.alloc(Module::late(namespace)).into_value()
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
    Ok(instance::allocate(thread, class, Module::complete(namespace)).into_value())
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

/// Returns the text of `<module …>`, by the spec if there is one (CPython: `_module_repr`).
fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let names = thread.known().names();
    let namespace = module(value).namespace.clone();
    let name = namespace.get_str(&names.name);
    let name = match &name {
        Some(name) => protocol::repr(thread, name)?.as_str().to_owned(),
        None => "'?'".to_owned(),
    };
    if module(value).is_late.load(Relaxed) {
        return Ok(thread.new_string(format!("<module {name} (built-in)>")));
    }
    let whence = match namespace.get_str(&names.spec).filter(|spec| !spec.is_none()) {
        Some(spec) => whence_by_spec(thread, &spec)?,
        None => {
            let loader = namespace.get_str(&names.loader).filter(|loader| !loader.is_none());
            match (namespace.get_str(&names.file), loader) {
                (Some(file), _) => format!(" from {}", protocol::repr(thread, &file)?.as_str()),
                (None, Some(loader)) => format!(" ({})", protocol::repr(thread, &loader)?.as_str()),
                (None, None) => String::new(),
            }
        }
    };
    Ok(thread.new_string(format!("<module {name}{whence}>")))
}

/// Returns what `<module …>` says after the name.
fn whence_by_spec(thread: &mut Thread, spec: &Value) -> Run<String> {
    let read = |thread: &mut Thread, object: &Value, name: &str| {
        let name = thread.known().intern(thread, name);
        protocol::get_attr(thread, object, &name)
    };
    let origin = read(thread, spec, "origin")?;
    if !origin.is_none() {
        let has_location = read(thread, spec, "has_location")?;
        return Ok(match protocol::is_true(thread, &has_location)? {
            true => format!(" from {}", protocol::repr(thread, &origin)?.as_str()),
            false => format!(" ({})", protocol::str(thread, &origin)?.as_str()),
        });
    }
    let loader = read(thread, spec, "loader")?;
    if loader.is_none() {
        return Ok(String::new());
    }
    if &*protocol::type_name(thread, &loader) != "NamespaceLoader" {
        return Ok(format!(" ({})", protocol::repr(thread, &loader)?.as_str()));
    }
    let path = read(thread, &loader, "_path")?;
    let path = protocol::collect(thread, &path)?;
    let path = thread.alloc(List::new(path)).into_value();
    Ok(format!(" (namespace) from {}", protocol::repr(thread, &path)?.as_str()))
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
    if complete(thread, value)? {
        return get_attr(thread, value, name);
    }
    Err((thread.known().upper_floors.no_module_attribute)(thread, value, name))
}

fn set_attr(thread: &mut Thread, value: &Value, name: &Object<Str>, new: Option<&Value>) -> Run<()> {
    if let Some(found) = class_lookup(shape_of(thread, value).class(), name)
        && let Some(set) = slots_of(thread, &found).descriptor_set
    {
        return set(thread, &found, value, new);
    }
    if new.is_none() {
        complete(thread, value)?;
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

fn get_dict(thread: &mut Thread, value: &Value) -> Run<Value> {
    complete(thread, value)?;
    Ok(module(value).namespace.as_value().clone())
}

fn dir(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    complete(thread, value)?;
    let name = &thread.known().names().dict;
    let asked = protocol::get_attr(thread, value, name)?;
    let Some(namespace) = asked.downcast_ref::<Dict>() else {
        return Err(Raised::type_error("<module>.__dict__ is not a dictionary"));
    };
    let own = thread.known().intern(thread, "__dir__");
    if let Some(function) = namespace.get_str(&own) {
        return protocol::call(thread, &function, Args::positional(&[]));
    }
    Ok(thread.alloc(List::new(namespace.keys()?)).into_value())
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
    attributes: &[
        NativeAttribute::read_only("__dict__", get_dict),
        annotations::ANNOTATIONS,
        annotations::ANNOTATE,
    ],
    doc: "",
};
