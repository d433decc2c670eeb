//! The modules whose text lies in the binary, and the classes of the importer among them.
//!
//! `make` runs the two scripts of `src/library/importlib` that have the classes of specs, finders and loaders. It is
//! called before the first module of a file is loaded, and by `complete`, when a program asks a native module for a
//! name that the importer owes it: `__spec__`, `__loader__`, and of `sys` the lists of finders.

use super::{define, namespace_of};
use crate::protocol::{self, class_of};
use crate::source::SourceText;
use crate::thread::Thread;
use crate::types::module::{self, Module};
use crate::value::{Args, Dict, List, Object, Ref, Run, Value};
use crate::vm;
use crate::vm::code::Code;
use crate::vm::machine::Machine;
use crate::vm::start::source as text;

/// A module whose text lies in the binary.
pub struct Frozen {
    /// The name it is imported by.
    pub name: &'static str,
    /// The file that its code names.
    pub(super) file: &'static str,
    /// Its text.
    pub text: &'static str,
    /// Whether it is a package.
    pub is_package: bool,
}

/// The classes of specs, and of finders and loaders of modules in the binary.
const BINARY: Frozen = Frozen {
    name: "_frozen_importlib",
    file: "<frozen importlib._bootstrap>",
    text: include_str!("../../../library/importlib/bootstrap.py"),
    is_package: false,
};

/// The classes of finders and loaders of files.
const PATH: Frozen = Frozen {
    name: "_frozen_importlib_external",
    file: "<frozen importlib._bootstrap_external>",
    text: include_str!("../../../library/importlib/external.py"),
    is_package: false,
};

/// Every such module.
static ALL: [Frozen; 8] = [
    BINARY,
    PATH,
    Frozen {
        name: "importlib",
        file: "<frozen importlib>",
        text: include_str!("../../../library/importlib/package.py"),
        is_package: true,
    },
    Frozen {
        name: "importlib.abc",
        file: "<frozen importlib.abc>",
        text: include_str!("../../../library/importlib/abc.py"),
        is_package: false,
    },
    Frozen {
        name: "importlib.machinery",
        file: "<frozen importlib.machinery>",
        text: include_str!("../../../library/importlib/machinery.py"),
        is_package: false,
    },
    Frozen {
        name: "importlib.util",
        file: "<frozen importlib.util>",
        text: include_str!("../../../library/importlib/util.py"),
        is_package: false,
    },
    Frozen {
        name: "weakref",
        file: "<frozen weakref>",
        text: include_str!("../../../library/weakref.py"),
        is_package: false,
    },
    Frozen {
        name: "zipimport",
        file: "<frozen zipimport>",
        text: include_str!("../../../library/importlib/zip.py"),
        is_package: false,
    },
];

/// Returns the module of a name.
pub fn find(name: &str) -> Option<&'static Frozen> {
    ALL.iter().find(|frozen| frozen.name == name)
}

/// Compiles such a module. Raises `MemoryError`.
pub fn code_of(thread: &mut Thread, frozen: &Frozen) -> Run<Ref<Code>> {
    text::module(thread, &SourceText::new(frozen.file, frozen.text))
}

/// Makes the spec of such a module. Raises `MemoryError`.
pub(super) fn spec_of(thread: &mut Thread, frozen: &Frozen) -> Run<Value> {
    make(thread)?;
    let (class, name) = (of_binary(thread, "FrozenImporter"), thread.new_str(frozen.name));
    let spec = new_spec(thread, name, class, "frozen")?;
    if frozen.is_package {
        let locations = thread.alloc(List::default()).into_value();
        let attribute = thread.known().intern(thread, "submodule_search_locations");
        protocol::set_attr(thread, &spec, &attribute, &locations)?;
    }
    Ok(spec)
}

fn new_spec(thread: &mut Thread, name: Value, loader: Value, origin: &str) -> Run<Value> {
    let class = of_binary(thread, "ModuleSpec");
    let spec = protocol::call(thread, &class, Args::positional(&[name, loader]))?;
    let (attribute, origin) = (thread.known().intern(thread, "origin"), thread.new_str(origin));
    protocol::set_attr(thread, &spec, &attribute, &origin)?;
    Ok(spec)
}

/// Tells whether the classes are made.
pub fn is_made(thread: &Thread) -> bool {
    Machine::of(thread).importer.iter().all(|slot| !slot.get().is_unbound())
}

/// Makes the classes, and the lists of finders in `sys`, unless they are there. Raises `MemoryError`,
/// `RecursionError`, and `KeyboardInterrupt` after Ctrl-C.
pub fn make(thread: &mut Thread) -> Run<()> {
    if is_made(thread) {
        return Ok(());
    }
    let imp = super::module(thread, "_imp")?;
    let key = thread.known().intern(thread, "sys");
    let sys = Machine::of(thread).modules.get_str(&key).unwrap_or(Value::NONE);
    let [binary, path] = [&BINARY, &PATH].map(|frozen| module::new_module(thread, frozen.name));
    for module in [&binary, &path] {
        let namespace = namespace_of(module);
        define(thread, &namespace, "_imp", imp.clone());
        define(thread, &namespace, "sys", sys.clone());
    }
    for (module, frozen, other, name) in
        [(&binary, &BINARY, &path, "_bootstrap_external"), (&path, &PATH, &binary, "_bootstrap")]
    {
        let namespace = namespace_of(module);
        define(thread, &namespace, name, other.clone());
        let builtins = Machine::of(thread).builtins.to_value();
        define(thread, &namespace, "__builtins__", builtins);
        let code = code_of(thread, frozen)?;
        vm::run(thread, &code, &namespace)?;
    }
    // A destructor that ran meanwhile may have imported a file.
    if is_made(thread) {
        return Ok(());
    }
    for (slot, module) in [&binary, &path].into_iter().enumerate() {
        drop(Machine::of(thread).importer[slot].set(module.clone()));
    }
    for (module, frozen) in [(binary, &BINARY), (path, &PATH)] {
        let namespace = namespace_of(&module);
        let spec = spec_of(thread, frozen)?;
        define(thread, &namespace, "__spec__", spec);
        let loader = of_binary(thread, "FrozenImporter");
        define(thread, &namespace, "__loader__", loader);
        let package = thread.new_str("");
        define(thread, &namespace, "__package__", package);
        let key = thread.known().intern(thread, frozen.name);
        drop(Machine::of(thread).modules.clone().try_set_str(thread, &key, module)?);
    }
    fill_sys(thread)?;
    tell_main(thread)
}

/// Adds the lists of finders to `sys`, unless the program has put something there.
fn fill_sys(thread: &mut Thread) -> Run<()> {
    let finders = thread.alloc(List::new(finders(thread).to_vec())).into_value();
    let hooks = thread.alloc(List::new(hooks(thread))).into_value();
    let cache = thread.alloc(Dict::default()).into_value();
    let sys = thread.known().sys_namespace().clone();
    for (name, value) in [("meta_path", finders), ("path_hooks", hooks), ("path_importer_cache", cache)] {
        define_if_missing(thread, &sys, name, value);
    }
    Ok(())
}

/// Sets the loader of `__main__`, which has been made without one.
fn tell_main(thread: &mut Thread) -> Run<()> {
    let names = thread.known().names();
    let Some(main) = Machine::of(thread).modules.get_str(&names.main) else { return Ok(()) };
    let Some(main) = main.downcast_ref::<Module>() else { return Ok(()) };
    let namespace = main.namespace().clone();
    if namespace.get_str(&names.loader).is_none_or(|loader| !loader.is_none()) {
        return Ok(());
    }
    let loader = match namespace.get_str(&names.file) {
        Some(file) => {
            let (class, main) = (of_path(thread, "SourceFileLoader"), names.main.to_value());
            protocol::call(thread, &class, Args::positional(&[main, file]))?
        }
        None => of_binary(thread, "BuiltinImporter"),
    };
    define(thread, &namespace, "__loader__", loader);
    Ok(())
}

fn define_if_missing(thread: &mut Thread, namespace: &Object<Dict>, name: &str, value: Value) {
    let key = thread.known().intern(thread, name);
    if !namespace.contains_str(&key) {
        drop(namespace.set_str(thread, &key, value));
    }
}

/// Adds to a native module what the importer owes it. Raises as `make` does.
pub fn complete(thread: &mut Thread, module: &Value) -> Run<()> {
    make(thread)?;
    let Some(module) = module.downcast_ref::<Module>() else { return Ok(()) };
    let namespace = module.namespace().clone();
    let name = namespace.get_str(&thread.known().names().name).unwrap_or(Value::NONE);
    let loader = of_binary(thread, "BuiltinImporter");
    let spec = new_spec(thread, name, loader.clone(), "built-in")?;
    let package = thread.new_str("");
    define_if_missing(thread, &namespace, "__package__", package);
    define_if_missing(thread, &namespace, "__loader__", loader);
    define_if_missing(thread, &namespace, "__spec__", spec);
    Ok(())
}

/// Returns a name of the script with the classes of specs and of the binary; `None` before it has run.
pub fn of_binary(thread: &Thread, name: &str) -> Value {
    of(thread, 0, name)
}

/// Returns a name of the script with the classes of files; `None` before it has run.
pub fn of_path(thread: &Thread, name: &str) -> Value {
    of(thread, 1, name)
}

fn of(thread: &Thread, slot: usize, name: &str) -> Value {
    let module = Machine::of(thread).importer[slot].get();
    let name = thread.known().intern(thread, name);
    let found = module.downcast_ref::<Module>().and_then(|module| module.namespace().get_str(&name));
    found.unwrap_or(Value::NONE)
}

/// Calls a function of the script with the classes of files. Raises what it raises.
pub(super) fn call_of_path(thread: &mut Thread, name: &str, arguments: &[Value]) -> Run<Value> {
    let function = of_path(thread, name);
    protocol::call(thread, &function, Args::positional(arguments))
}

/// The finders that the importer has put into `sys.meta_path`.
pub(super) fn finders(thread: &Thread) -> [Value; 3] {
    let [built_in, frozen] = ["BuiltinImporter", "FrozenImporter"].map(|name| of_binary(thread, name));
    [built_in, frozen, of_path(thread, "PathFinder")]
}

/// The hooks that the importer has put into `sys.path_hooks`.
pub(super) fn hooks(thread: &Thread) -> Vec<Value> {
    vec![of_path(thread, "_archive_hook"), of_path(thread, "_FOLDER_HOOK")]
}

/// Tells whether a loader is one of source files, of no class derived from it.
pub(super) fn is_source_loader(thread: &Thread, loader: &Value) -> bool {
    class_of(thread, loader).as_value().is(&of_path(thread, "SourceFileLoader"))
}

/// Tells whether a finder is one of folders as the importer makes them, with its loaders. Raises what comparing raises.
pub(super) fn is_folder_finder(thread: &mut Thread, finder: &Value) -> Run<bool> {
    if !class_of(thread, finder).as_value().is(&of_path(thread, "FileFinder")) {
        return Ok(false);
    }
    let (own, name) = (of_path(thread, "_OWN_LOADERS"), thread.known().intern(thread, "_loaders"));
    match protocol::find_attr(thread, finder, &name)? {
        Some(loaders) => protocol::equal(thread, &loaders, &own),
        None => Ok(false),
    }
}
