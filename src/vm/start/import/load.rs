//! Loading what was found: a module is made by its spec, entered into `sys.modules`, and run.
//!
//! The functions are those of `importlib._bootstrap`, under the same names, so that `importlib` can hand them on. For
//! the loader of source files the methods are not called, since their answers are known; classes derived from it are
//! called as any other loader is.

use super::find::{self, Found};
use super::frozen;
use super::modules::Modules;
use super::{attribute, define, not_found};
use crate::memory::Room;
use crate::protocol;
use crate::source::SourceText;
use crate::text::codec::source;
use crate::text::path;
use crate::thread::Thread;
use crate::types::exception::{import_error, syntax_error};
use crate::types::module::{self, Module};
use crate::value::{Args, Dict, ErrorKind, List, Pending, Raised, Ref, Run, Str, Value};
use crate::vm;
use crate::vm::code::Code;
use crate::vm::machine::Machine;
use crate::vm::start::source as text;

/// Returns a module, and loads it if `sys.modules` does not have it. Raises `ModuleNotFoundError` if nobody finds it,
/// and what loading it raises.
pub fn find_and_load(thread: &mut Thread, full: &str) -> Run<Value> {
    thread.enter_recursion()?;
    match Modules::of(thread).get(thread, full)? {
        Some(known) if known.is_none() => {
            let message = format_args!("import of {full} halted; None in sys.modules");
            Err(not_found(thread, full, message))
        }
        Some(known) => Ok(known),
        None => find_and_load_unlocked(thread, full),
    }
}

fn find_and_load_unlocked(thread: &mut Thread, full: &str) -> Run<Value> {
    let Some((package, part)) = full.rsplit_once('.') else {
        let found = find::find(thread, full, None)?;
        return match found {
            Some(found) => load(thread, full, found),
            None => Err(find::nowhere(thread, full)),
        };
    };
    if Modules::of(thread).get(thread, package)?.is_none() {
        super::module(thread, package)?;
    }
    // Importing the package may have imported the module, too.
    if let Some(known) = Modules::of(thread).get(thread, full)? {
        return Ok(known);
    }
    let parent = parent_of(thread, package)?;
    let path = &thread.known().names().path;
    let Some(path) = protocol::find_attr(thread, &parent, path)? else {
        let message = format_args!("No module named '{full}'; '{package}' is not a package");
        return Err(not_found(thread, full, message));
    };
    let parent_spec = Some(required(thread, &parent, "__spec__")?).filter(|spec| !spec.is_none());
    let Some(found) = find::find(thread, full, Some(&path))? else {
        return Err(find::nowhere(thread, full));
    };
    let being_loaded = match &parent_spec {
        Some(spec) => attribute(thread, spec, "_uninitialized_submodules")?,
        None => None,
    };
    let being_loaded = being_loaded.and_then(|list| list.downcast::<List>().ok());
    if let Some(list) = &being_loaded {
        list.push(thread.new_str(part))?;
    }
    let loaded = load(thread, full, found);
    if let Some(list) = &being_loaded {
        drop(list.with_items(Vec::pop));
    }
    let module = loaded?;
    let parent = parent_of(thread, package)?;
    let part = thread.known().intern(thread, part);
    match protocol::set_attr(thread, &parent, &part, &module) {
        Err(raised) if !raised.is_kind(thread, ErrorKind::AttributeError) => Err(raised),
        _ => Ok(module),
    }
}

fn parent_of(thread: &mut Thread, package: &str) -> Run<Value> {
    match Modules::of(thread).get(thread, package)? {
        Some(parent) => Ok(parent),
        None => Err(Raised::key_error(thread.new_str(package))),
    }
}

/// Loads what was found.
fn load(thread: &mut Thread, full: &str, found: Found) -> Run<Value> {
    let spec = match found {
        Found::Native => {
            let made = (thread.known().upper_floors.native_module)(thread, full);
            let module = made.expect("a native module was found")?;
            Modules::of(thread).set(thread, full, &module)?;
            return Ok(module);
        }
        Found::Spec(spec) => spec,
        Found::Frozen(found) => {
            let spec = frozen::spec_of(thread, found)?;
            // Making the classes of the importer enters the modules that have them.
            if let Some(known) = Modules::of(thread).get(thread, full)? {
                return Ok(known);
            }
            spec
        }
        Found::File(file, folder) => {
            frozen::make(thread)?;
            let locations = match folder {
                Some(folder) => thread.alloc(List::new(vec![thread.new_string(folder)])).into_value(),
                None => Value::NONE,
            };
            let arguments = [thread.new_str(full), thread.new_string(file), locations];
            frozen::call_of_path(thread, "_spec_of_file", &arguments)?
        }
        Found::Portions(portions) => {
            frozen::make(thread)?;
            let portions = portions.into_iter().map(|portion| thread.new_string(portion)).collect();
            let portions = thread.alloc(List::new(portions)).into_value();
            let arguments = [thread.new_str(full), portions];
            frozen::call_of_path(thread, "_spec_of_namespace", &arguments)?
        }
    };
    load_unlocked(thread, &spec)
}

/// Makes the module of a spec, enters it into `sys.modules` and runs it; returns what `sys.modules` has then. Raises
/// `ImportError` if the spec has no loader, and what the loader raises.
pub fn load_unlocked(thread: &mut Thread, spec: &Value) -> Run<Value> {
    let loader = required(thread, spec, "loader")?;
    if !loader.is_none() && attribute(thread, &loader, "exec_module")?.is_none() {
        return load_by_old_method(thread, spec, &loader);
    }
    let module = module_from_spec(thread, spec)?;
    let name = required(thread, spec, "name")?;
    let name = text_of(&name)?;
    set(thread, spec, "_initializing", &Value::TRUE)?;
    let ran = run_in_modules(thread, &name, spec, &loader, &module);
    let calmed = set(thread, spec, "_initializing", &Value::FALSE);
    let module = ran?;
    calmed.map(|()| module)
}

fn run_in_modules(
    thread: &mut Thread,
    name: &str,
    spec: &Value,
    loader: &Value,
    module: &Value,
) -> Run<Value> {
    Modules::of(thread).set(thread, name, module)?;
    if let Err(raised) = run(thread, spec, loader, module) {
        Modules::of(thread).remove(thread, name)?;
        return Err(raised);
    }
    // A module may put something else into its place; the one loaded last is last in the order of the dict.
    let modules = Modules::of(thread);
    match modules.remove(thread, name)? {
        Some(module) => {
            modules.set(thread, name, &module)?;
            Ok(module)
        }
        None => Err(Raised::key_error(thread.new_str(name))),
    }
}

fn run(thread: &mut Thread, spec: &Value, loader: &Value, module: &Value) -> Run<()> {
    if loader.is_none() {
        // A package without a file has got a loader with its attributes, and nothing to run.
        let locations = required(thread, spec, "submodule_search_locations")?;
        if locations.is_none() {
            let name = required(thread, spec, "name")?;
            let name = text_of(&name)?;
            return Err(import_error(thread, ErrorKind::ImportError, "missing loader", Some(&name)));
        }
        return Ok(());
    }
    if let Some(module) = module.downcast_ref::<Module>() {
        if frozen::is_source_loader(thread, loader) {
            let path = required(thread, loader, "path")?;
            let code = code_of_file(thread, &text_of(&path)?)?;
            return run_code(thread, &code, module.namespace());
        }
        if loader.is(&frozen::of_binary(thread, "FrozenImporter"))
            && let Some(name) = attribute(thread, spec, "name")?
            && let Some(found) = frozen::find(&text_of(&name)?)
        {
            let code = frozen::code_of(thread, found)?;
            return run_code(thread, &code, module.namespace());
        }
    }
    let method = thread.known().intern(thread, "exec_module");
    protocol::call_method(thread, loader, &method, std::slice::from_ref(module)).map(drop)
}

fn run_code(thread: &mut Thread, code: &Ref<Code>, namespace: &Ref<Dict>) -> Run<()> {
    if !namespace.contains_str(&thread.known().names().builtins) {
        let builtins = Machine::of(thread).builtins.to_value();
        define(thread, namespace, "__builtins__", builtins);
    }
    vm::run(thread, code, namespace).map(drop)
}

/// How many bytes compiling needs for each byte of the text.
const COMPILE_BYTES: usize = 64;

/// Reads and compiles a source file. Raises `OSError` if it cannot be read, `SyntaxError`.
pub fn code_of_file(thread: &mut Thread, file: &str) -> Run<Ref<Code>> {
    let bytes = read_file(thread, file)?;
    let _room = Room::in_pieces(bytes.len().saturating_mul(COMPILE_BYTES))?;
    let decoded =
        source::decode(None, &bytes).map_err(|error| syntax_error::undecodable(thread, &error, file))?;
    text::module(thread, &SourceText::new(file, &decoded))
}

/// Reads a file. Raises `OSError` with its name.
pub fn read_file(thread: &mut Thread, file: &str) -> Run<Vec<u8>> {
    path::read(file).map_err(|error| {
        match crate::types::file::stream::os_error(thread, &error).into_pending() {
            Pending::Arguments(kind, mut arguments) => {
                arguments.push(thread.new_str(file));
                Raised::with(kind, arguments)
            }
            _ => Raised::memory_error(),
        }
    })
}

/// Loads by `load_module`, for a loader without `exec_module`, and adds the attributes that it has left out.
fn load_by_old_method(thread: &mut Thread, spec: &Value, loader: &Value) -> Run<Value> {
    let name = required(thread, spec, "name")?;
    let name = text_of(&name)?;
    let method = thread.known().intern(thread, "load_module");
    let argument = [thread.new_str(&name)];
    let loaded = protocol::call_method(thread, loader, &method, &argument);
    let modules = Modules::of(thread);
    if let Err(raised) = loaded {
        if let Some(module) = modules.remove(thread, &name)? {
            modules.set(thread, &name, &module)?;
        }
        return Err(raised);
    }
    let Some(module) = modules.remove(thread, &name)? else {
        return Err(Raised::key_error(thread.new_str(&name)));
    };
    modules.set(thread, &name, &module)?;
    if is_missing(thread, &module, "__loader__")? {
        offer(thread, &module, "__loader__", loader)?;
    }
    if is_missing(thread, &module, "__package__")? {
        let package = match attribute(thread, &module, "__path__")? {
            Some(_) => name.as_str(),
            None => name.rsplit_once('.').map_or("", |(package, _)| package),
        };
        let package = thread.new_str(package);
        offer(thread, &module, "__package__", &package)?;
    }
    if is_missing(thread, &module, "__spec__")? {
        offer(thread, &module, "__spec__", spec)?;
    }
    Ok(module)
}

/// Makes the module of a spec, by its loader or as an ordinary one, with its attributes. Raises `ImportError` if the
/// loader has only one of two methods, and what it raises.
pub fn module_from_spec(thread: &mut Thread, spec: &Value) -> Run<Value> {
    let loader = required(thread, spec, "loader")?;
    let mut made = Value::NONE;
    if !frozen::is_source_loader(thread, &loader) {
        if let Some(create) = attribute(thread, &loader, "create_module")? {
            made = protocol::call(thread, &create, Args::positional(std::slice::from_ref(spec)))?;
        } else if attribute(thread, &loader, "exec_module")?.is_some() {
            let message = "loaders that define exec_module() must also define create_module()";
            return Err(Raised::new(ErrorKind::ImportError, message));
        }
    }
    if made.is_none() {
        let name = required(thread, spec, "name")?;
        made = module::named(thread, name);
    }
    init_module_attrs(thread, spec, &made, false)?;
    Ok(made)
}

/// Sets the attributes of a module by its spec: those that it lacks, or all. Raises what reading the spec raises, and
/// setting attributes unless that is `AttributeError`.
pub fn init_module_attrs(thread: &mut Thread, spec: &Value, module: &Value, overrides: bool) -> Run<()> {
    if overrides || is_missing(thread, module, "__name__")? {
        let name = required(thread, spec, "name")?;
        offer(thread, module, "__name__", &name)?;
    }
    let locations = required(thread, spec, "submodule_search_locations")?;
    if overrides || is_missing(thread, module, "__loader__")? {
        let mut loader = required(thread, spec, "loader")?;
        if loader.is_none() && !locations.is_none() {
            let class = frozen::of_path(thread, "NamespaceLoader");
            let new = thread.known().names().new.clone();
            loader = protocol::call_method(thread, &class, &new, std::slice::from_ref(&class))?;
            set(thread, &loader, "_path", &locations)?;
            set(thread, spec, "loader", &loader)?;
            set(thread, module, "__file__", &Value::NONE)?;
        }
        offer(thread, module, "__loader__", &loader)?;
    }
    if overrides || is_missing(thread, module, "__package__")? {
        let parent = required(thread, spec, "parent")?;
        offer(thread, module, "__package__", &parent)?;
    }
    offer(thread, module, "__spec__", spec)?;
    if !locations.is_none() && (overrides || is_missing(thread, module, "__path__")?) {
        offer(thread, module, "__path__", &locations)?;
    }
    let has_location = required(thread, spec, "has_location")?;
    if protocol::is_true(thread, &has_location)? {
        if overrides || is_missing(thread, module, "__file__")? {
            let origin = required(thread, spec, "origin")?;
            offer(thread, module, "__file__", &origin)?;
        }
        if overrides || is_missing(thread, module, "__cached__")? {
            let cached = required(thread, spec, "cached")?;
            if !cached.is_none() {
                offer(thread, module, "__cached__", &cached)?;
            }
        }
    }
    Ok(())
}

/// Tells whether a module has no such attribute, or `None` there.
fn is_missing(thread: &mut Thread, module: &Value, name: &str) -> Run<bool> {
    Ok(attribute(thread, module, name)?.is_none_or(|value| value.is_none()))
}

/// Sets an attribute, unless the object refuses by `AttributeError`.
fn offer(thread: &mut Thread, object: &Value, name: &str, value: &Value) -> Run<()> {
    match set(thread, object, name, value) {
        Err(raised) if raised.is_kind(thread, ErrorKind::AttributeError) => Ok(()),
        result => result,
    }
}

fn set(thread: &mut Thread, object: &Value, name: &str, value: &Value) -> Run<()> {
    let name = thread.known().intern(thread, name);
    protocol::set_attr(thread, object, &name, value)
}

fn required(thread: &mut Thread, object: &Value, name: &str) -> Run<Value> {
    let name = thread.known().intern(thread, name);
    protocol::get_attr(thread, object, &name)
}

fn text_of(value: &Value) -> Run<String> {
    match value.downcast_ref::<Str>() {
        Some(text) => Ok(text.as_str().to_owned()),
        None => Err(Raised::type_error("a module's name and path must be text")),
    }
}
