//! `import`: native modules by name, files beside the script and on `sys.path`, the embedded library.
//!
//! `import m` finds a native module, then `m.mv`, then `m.py`, in each folder of `sys.path`; a folder
//! `m` with `__init__.mv` or `__init__.py` is a package, and one without, if there is nothing else of the name, a part
//! of a package that may lie in several folders. A module is entered into `sys.modules` before
//! it runs, so circular imports see it half-made, and leaves it again if running it raises.

use std::path::{Path, PathBuf};

use crate::memory::Room;
use crate::protocol;
use crate::source::{self, SourceText};
use crate::thread::Thread;
use crate::types::exception::syntax_error;
use crate::types::module::{self, Module};
use crate::value::{Dict, ErrorKind, List, Message, Object, Raised, Ref, Run, Str, Value};
use crate::vm;
use crate::vm::machine::Machine;
use crate::vm::start::source as text;

/// Imports for `import name` or `from name import …` in the module whose namespace is `globals`. Raises
/// `ImportError`, and what running the module raises.
///
/// Returns the top package for `import a.b`, the last module if `wants_last`.
pub fn import(
    thread: &mut Thread,
    globals: &Object<Dict>,
    name: &str,
    level: usize,
    wants_last: bool,
) -> Run<Value> {
    // The name in pieces, interned, in paths and in the message that nothing was found.
    let _room = Room::of(name.len().saturating_mul(16))?;
    let full = if level == 0 { name.to_owned() } else { resolve(thread, globals, name, level)? };
    let mut first = None;
    let mut last = Value::NONE;
    let mut path = String::new();
    for part in full.split('.') {
        let parent = (!path.is_empty()).then(|| last.clone());
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(part);
        last = load(thread, &path, part, parent.as_ref())?;
        if first.is_none() {
            first = Some(last.clone());
        }
    }
    Ok(if wants_last { last } else { first.unwrap_or(last) })
}

/// Imports the submodules that `from package import name` names and the package does not have yet. Raises as
/// `import` does.
pub fn submodules(thread: &mut Thread, package: &Value, wanted: &[Value]) -> Run<()> {
    let names = thread.known().names();
    let Some(path) = protocol::find_attr(thread, package, &names.path)? else { return Ok(()) };
    if strings(Some(&path)).is_empty() {
        return Ok(());
    }
    let Some(own) = protocol::find_attr(thread, package, &names.name)? else { return Ok(()) };
    let Some(own) = own.downcast_ref::<Str>() else { return Ok(()) };
    for name in wanted.iter().filter_map(Value::downcast_ref::<Str>) {
        let interned = thread.known().intern_str(thread, name);
        if name.as_str() == "*" || protocol::find_attr(thread, package, &interned)?.is_some() {
            continue;
        }
        let full = format!("{}.{}", own.as_str(), name.as_str());
        match load(thread, &full, name.as_str(), Some(package)) {
            Ok(_) => {}
            // The name may be anything else: saying so is the business of whoever asks for it.
            Err(error) if error.is_kind(thread, ErrorKind::ModuleNotFoundError) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Returns the absolute name of a relative import. Raises `ImportError` outside of a package.
fn resolve(thread: &mut Thread, globals: &Object<Dict>, name: &str, level: usize) -> Run<String> {
    let names = thread.known().names();
    let text = |value: Option<Value>| {
        value.and_then(|value| value.downcast_ref::<Str>().map(|text| text.as_str().to_owned()))
    };
    let package = match text(globals.get_str(&names.package)) {
        Some(package) => package,
        None => {
            let own = text(globals.get_str(&names.name)).unwrap_or_default();
            let is_package = globals.contains_str(&names.path);
            if is_package {
                own
            } else {
                own.rsplit_once('.').map_or(String::new(), |(package, _)| package.to_owned())
            }
        }
    };
    if package.is_empty() {
        let message = "attempted relative import with no known parent package";
        return Err(Raised::new(ErrorKind::ImportError, message));
    }
    let mut base = package.as_str();
    for _ in 1..level {
        base = match base.rsplit_once('.') {
            Some((parent, _)) => parent,
            None => {
                let message = "attempted relative import beyond top-level package";
                return Err(Raised::new(ErrorKind::ImportError, message));
            }
        };
    }
    Ok(if name.is_empty() { base.to_owned() } else { format!("{base}.{name}") })
}

/// Returns one module, loading it if need be; `parent` is the package it is in.
fn load(thread: &mut Thread, full: &str, part: &str, parent: Option<&Value>) -> Run<Value> {
    let key = thread.known().intern(thread, full);
    let modules = Machine::of(thread).modules.clone();
    if let Some(known) = modules.get_str(&key) {
        if known.is_none() {
            let message = format_args!("import of {full} halted; None in sys.modules");
            return Err(not_found(thread, full, message));
        }
        return Ok(known);
    }
    let name = thread.known().intern(thread, "meta_path");
    if thread.known().sys_namespace().get_str(&name).is_some_and(|path| path.is_none()) {
        let message = "sys.meta_path is None, Python is likely shutting down";
        return Err(Raised::new(ErrorKind::ImportError, message));
    }
    if parent.is_none()
        && let Some(made) = (thread.known().upper_floors.native_module)(thread, full)
    {
        let module = made?;
        drop(modules.try_set_str(thread, &key, module.clone())?);
        return Ok(module);
    }
    let folders = match parent {
        None => search_path(thread),
        Some(parent) => package_path(thread, parent, full)?,
    };
    let module = match folders.iter().find_map(|folder| find(Path::new(folder), part)) {
        Some(found) => run_file(thread, full, &key, found)?,
        None => namespace_package(thread, full, &key, &folders, part)?,
    };
    if let Some(parent) = parent {
        let part = thread.known().intern(thread, part);
        protocol::set_attr(thread, parent, &part, &module)?;
    }
    Ok(module)
}

#[cold]
fn not_found(thread: &mut Thread, name: &str, message: impl Message) -> Raised {
    crate::types::exception::import_error(thread, ErrorKind::ModuleNotFoundError, message, Some(name))
}

/// Makes `__main__` and the modules that exist from the start; returns the namespace of `__main__`. Raises
/// `MemoryError`.
pub fn start(thread: &mut Thread) -> Run<Ref<Dict>> {
    for name in ["sys", "builtins"] {
        let key = thread.known().intern(thread, name);
        let made = (thread.known().upper_floors.native_module)(thread, name)
            .expect("every runtime has this module")?;
        if name == "sys" {
            thread.known().set_sys_namespace(namespace_of(&made));
        }
        drop(Machine::of(thread).modules.set_str(thread, &key, made));
    }
    let main = module::new_module(thread, "__main__");
    let namespace = namespace_of(&main);
    let builtins = thread.known().intern(thread, "builtins");
    let builtins = Machine::of(thread).modules.get_str(&builtins).unwrap_or(Value::NONE);
    define(thread, &namespace, "__builtins__", builtins);
    drop(Machine::of(thread).modules.set_str(thread, &thread.known().names().main, main));
    Ok(namespace)
}

fn namespace_of(module: &Value) -> Ref<Dict> {
    module.downcast_ref::<Module>().expect("a module was made").namespace().clone()
}

fn define(thread: &mut Thread, namespace: &Object<Dict>, name: &str, value: Value) {
    let name = thread.known().intern(thread, name);
    drop(namespace.set_str(thread, &name, value));
}

/// A file that holds a module.
struct Found {
    file: PathBuf,
    /// The folder, if the module is a package.
    package: Option<PathBuf>,
}

fn find(folder: &Path, part: &str) -> Option<Found> {
    let package = folder.join(part);
    for init in ["__init__.mv", "__init__.py"] {
        let file = package.join(init);
        if file.is_file() {
            return Some(Found { file, package: Some(package) });
        }
    }
    let files = ["mv", "py"].map(|ending| folder.join(format!("{part}.{ending}")));
    files.into_iter().find(|file| file.is_file()).map(|file| Found { file, package: None })
}

/// Makes a package of all folders of its name, which have no file that says what is in it. Raises
/// `ModuleNotFoundError` if there is none.
fn namespace_package(
    thread: &mut Thread,
    full: &str,
    key: &Ref<Str>,
    folders: &[String],
    part: &str,
) -> Run<Value> {
    let portions =
        folders.iter().map(|folder| Path::new(folder).join(part)).filter(|portion| portion.is_dir());
    let portions: Vec<Value> =
        portions.map(|portion| thread.new_string(portion.to_string_lossy().into_owned())).collect();
    if portions.is_empty() {
        return Err(not_found(thread, full, format_args!("No module named '{full}'")));
    }
    let value = module::new_module(thread, full);
    let namespace = namespace_of(&value);
    let (path, package) = (thread.alloc(List::new(portions)).into_value(), thread.new_str(full));
    define(thread, &namespace, "__path__", path);
    define(thread, &namespace, "__package__", package);
    define(thread, &namespace, "__file__", Value::NONE);
    drop(Machine::of(thread).modules.clone().try_set_str(thread, key, value.clone())?);
    Ok(value)
}

/// Returns the folders of `sys.path`, as the program has set it.
fn search_path(thread: &mut Thread) -> Vec<String> {
    let name = thread.known().intern(thread, "path");
    let path = thread.known().sys_namespace().get_str(&name);
    strings(path.as_ref())
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let items =
        list.and_then(Value::downcast_ref::<List>).and_then(|list| list.to_vec().ok()).unwrap_or_default();
    items.iter().filter_map(|item| item.downcast_ref::<Str>().map(|text| text.as_str().to_owned())).collect()
}

fn package_path(thread: &mut Thread, parent: &Value, full: &str) -> Run<Vec<String>> {
    let names = thread.known().names();
    match protocol::find_attr(thread, parent, &names.path)? {
        Some(path) => Ok(strings(Some(&path))),
        None => {
            let package = full.rsplit_once('.').map_or("", |(package, _)| package);
            let message = format_args!("No module named '{full}'; '{package}' is not a package");
            Err(not_found(thread, full, message))
        }
    }
}

fn run_file(thread: &mut Thread, full: &str, key: &Ref<Str>, found: Found) -> Run<Value> {
    let file = found.file.to_string_lossy().into_owned();
    let bytes =
        std::fs::read(&found.file).map_err(|error| crate::types::file::stream::os_error(thread, &error))?;
    let decoded = source::decode(&file, &bytes).map_err(|error| syntax_error::undecodable(thread, &error))?;
    let code = text::module(thread, &SourceText::new(&file, &decoded))?;
    let value = module::new_module(thread, full);
    let namespace = namespace_of(&value);
    let file = thread.new_string(file);
    define(thread, &namespace, "__file__", file);
    let package = match &found.package {
        Some(folder) => {
            let folder = thread.new_string(folder.to_string_lossy().into_owned());
            let path = thread.alloc(List::new(vec![folder])).into_value();
            define(thread, &namespace, "__path__", path);
            full
        }
        None => full.rsplit_once('.').map_or("", |(package, _)| package),
    };
    let package = thread.new_str(package);
    define(thread, &namespace, "__package__", package);
    let modules = Machine::of(thread).modules.clone();
    drop(modules.try_set_str(thread, key, value.clone())?);
    if let Err(raised) = vm::run(thread, &code, &namespace) {
        drop(modules.remove_str(key));
        return Err(raised);
    }
    // A module may put something else into its place.
    Ok(modules.get_str(key).unwrap_or(value))
}
