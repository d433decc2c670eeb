//! The built-in functions, and the namespace they are found in.
//!
//! One file a topic; each exports its table. `install` puts the tables, the built-in classes, the
//! error classes and the constants into one dict, the last place where a global name is looked for.
//!
//! Begin with `numbers.rs`, a table of functions.
#![forbid(unsafe_code)]

mod attributes;
mod extremes;
mod fast;
mod inspect;
mod iteration;
mod numbers;
mod output;
mod power;
mod running;
mod sum;

use crate::text::docstrings;
use crate::thread::Thread;
use crate::types::table::native_function;
use crate::types::{quitter, site_objects};
use crate::value::{Dict, ErrorKind, Kind, NativeMethod, Object, Ref, Value};

/// The built-in classes that scripts know by name.
const CLASSES: &[Kind] = &[
    Kind::Object,
    Kind::Class,
    Kind::Int,
    Kind::Float,
    Kind::Complex,
    Kind::Bool,
    Kind::Str,
    Kind::Bytes,
    Kind::ByteArray,
    Kind::MemoryView,
    Kind::Tuple,
    Kind::List,
    Kind::Dict,
    Kind::Set,
    Kind::FrozenSet,
    Kind::Range,
    Kind::Slice,
    Kind::Property,
    Kind::StaticMethod,
    Kind::ClassMethod,
    Kind::Super,
    Kind::Enumerate,
    Kind::Zip,
    Kind::Map,
    Kind::Filter,
    Kind::Reversed,
];

/// The functions by topic.
const TABLES: &[&[NativeMethod]] = &[
    attributes::TABLE,
    extremes::TABLE,
    inspect::TABLE,
    iteration::TABLE,
    numbers::TABLE,
    output::TABLE,
    power::TABLE,
    running::TABLE,
    sum::TABLE,
];

/// Makes the namespace of the built-ins.
pub fn install(thread: &mut Thread) -> Ref<Dict> {
    let known = thread.known();
    let namespace = thread.alloc(Dict::default());
    for method in TABLES.iter().copied().flatten() {
        let function = native_function::new_function(thread, method, "builtins");
        add(thread, &namespace, method.name, function);
    }
    for shape in CLASSES.iter().filter_map(|&kind| known.shape_if_made(kind)) {
        add(thread, &namespace, shape.kind.name(), shape.class().to_value());
    }
    for &kind in ErrorKind::ALL {
        add(thread, &namespace, kind.name(), known.error(kind).to_value());
    }
    for name in ["quit", "exit"] {
        add(thread, &namespace, name, quitter::new(thread, name));
    }
    for (name, object) in site_objects::all(thread) {
        add(thread, &namespace, name, object);
    }
    for alias in ["EnvironmentError", "IOError"] {
        add(thread, &namespace, alias, known.error(ErrorKind::OSError).to_value());
    }
    if let Ok(group) = crate::types::class::with_parents::make_class(thread) {
        add(thread, &namespace, "ExceptionGroup", group.into_value());
    }
    for (name, value) in [
        ("None", Value::NONE),
        ("True", Value::TRUE),
        ("False", Value::FALSE),
        ("NotImplemented", Value::NOT_IMPLEMENTED),
        ("Ellipsis", Value::ELLIPSIS),
        ("__debug__", Value::TRUE),
        ("__name__", thread.new_str("builtins")),
        ("__doc__", thread.new_str(docstrings::of_path("builtins").expect("CPython documents it"))),
    ] {
        add(thread, &namespace, name, value);
    }
    namespace
}

fn add(thread: &Thread, namespace: &Object<Dict>, name: &str, value: Value) {
    let name = thread.known().intern(thread, name);
    drop(namespace.set_str(thread, &name, value));
}
