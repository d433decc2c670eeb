//! `import`: from a name in an `import` statement to a module in `sys.modules`.
//!
//! ```text
//! __import__ ──relative──▶ absolute name ──modules──▶ there already
//!                               │
//!                               └──find──▶ native, frozen, a file, a spec ──load──▶ made and run
//! ```
//!
//! The importer is native, with the classes that programs see of it (`ModuleSpec`, `SourceFileLoader`, `PathFinder`, …)
//! in two scripts of the binary (`src/library/importlib`). They are run before the first module of a file is loaded
//! (`frozen.rs`), so a program that imports native modules only does not pay for them. Finders and loaders of a program
//! are called wherever it has put some; its own are not called but known by sight (`find.rs`, `load.rs`).
//!
//! Begin with `import` here. A module is entered into `sys.modules` before it runs, so circular imports see it
//! half-made, and leaves it again if running it raises.

pub mod archive;
pub mod find;
mod folder;
pub mod frozen;
pub mod load;
mod modules;
mod relative;
pub mod run_module;

use crate::memory::Room;
use crate::protocol;
use crate::thread::Thread;
use crate::types::exception::{self, Exception};
use crate::types::module::{self, Module};
use crate::types::traceback::Traceback;
use crate::value::{Args, Dict, ErrorKind, Message, Object, Pending, Raised, Ref, Run, Str, Value};
use crate::vm::frame::object::FrameObject;
use crate::vm::machine::Machine;
use modules::Modules;

/// `__import__(name, globals=None, locals=None, fromlist=(), level=0)`. Raises `ImportError`, `TypeError` and
/// `ValueError` for wrong arguments, and what running the module raises.
pub fn import_function(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    import(thread, args).map_err(|raised| without_own_frames(thread, raised))
}

fn import(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name, globals, _locals, from_list, level] = args.options();
    let name = name.expect("the first parameter is required");
    let Some(name) = name.downcast_ref::<Str>() else {
        return Err(Raised::type_error("module name must be a string"));
    };
    let level = match level {
        Some(level) => protocol::index_isize(thread, level)?,
        None => 0,
    };
    let level = usize::try_from(level).map_err(|_negative| Raised::value_error("level must be >= 0"))?;
    // The name in pieces, interned, in paths and in the message that nothing was found.
    let _room = Room::of(name.as_str().len().saturating_mul(16))?;
    let full = match level {
        0 if name.as_str().is_empty() => return Err(Raised::value_error("Empty module name")),
        0 => name.as_str().to_owned(),
        _ => relative::absolute(thread, globals, name.as_str(), level)?,
    };
    let module = module(thread, &full)?;
    match from_list {
        Some(list) if protocol::is_true(thread, list)? => {
            let path = &thread.known().names().path;
            // Only a package has something to import from besides what it has already.
            if protocol::find_attr(thread, &module, path)?.is_some() {
                submodules(thread, &module, list, false)?;
            }
            Ok(module)
        }
        _ => first_part(thread, module, name.as_str(), &full, level),
    }
}

/// Returns a module of `sys.modules`, which is found and loaded if it is not there. Raises as `import_function` does.
pub fn module(thread: &mut Thread, full: &str) -> Run<Value> {
    let key = thread.known().intern(thread, full);
    match Machine::of(thread).modules.get_str(&key) {
        Some(known) if !known.is_none() => Ok(known),
        _ => load::find_and_load(thread, full),
    }
}

/// Returns what `import a.b.c` binds: the package `a`; for a relative import, as much of it as was written.
fn first_part(thread: &mut Thread, module: Value, name: &str, full: &str, level: usize) -> Run<Value> {
    let Some((front, _)) = name.split_once('.') else { return Ok(module) };
    if level == 0 {
        return self::module(thread, front);
    }
    let wanted = &full[..full.len() - (name.len() - front.len())];
    match Modules::of(thread).get(thread, wanted)? {
        Some(module) => Ok(module),
        None => {
            Err(Raised::new(ErrorKind::KeyError, format_args!("'{wanted}' not in sys.modules as expected")))
        }
    }
}

/// Imports the submodules that `from package import names` names and the package does not have yet. Raises
/// `TypeError` for a name that is no text, and as `import_function` does.
fn submodules(thread: &mut Thread, package: &Value, list: &Value, is_all: bool) -> Run<()> {
    let own = &thread.known().names().name;
    for name in protocol::collect(thread, list)? {
        let Some(text) = name.downcast_ref::<Str>() else {
            let given = protocol::type_name(thread, &name);
            let place = match is_all {
                true => {
                    let package = protocol::get_attr(thread, package, own)?;
                    format!("{}.__all__", protocol::str(thread, &package)?.as_str())
                }
                false => "``from list''".to_owned(),
            };
            return Err(Raised::type_error(format_args!("Item in {place} must be str, not {given}")));
        };
        if text.as_str() == "*" {
            let all = &thread.known().names().all;
            if !is_all && let Some(all) = protocol::find_attr(thread, package, all)? {
                submodules(thread, package, &all, true)?;
            }
            continue;
        }
        if protocol::find_attr(thread, package, text)?.is_some() {
            continue;
        }
        let package_name = protocol::get_attr(thread, package, own)?;
        let full = format!("{}.{}", protocol::str(thread, &package_name)?.as_str(), text.as_str());
        if let Err(raised) = module(thread, &full) {
            // The name may be anything else: saying so is the business of whoever asks for it.
            let is_other = is_about(thread, &raised, &full)
                && Modules::of(thread).get(thread, &full)?.is_none_or(|module| !module.is_none());
            if !is_other {
                return Err(raised);
            }
        }
    }
    Ok(())
}

/// Tells whether an error says that there is no module of this name.
fn is_about(thread: &mut Thread, raised: &Raised, full: &str) -> bool {
    if !raised.is_kind(thread, ErrorKind::ModuleNotFoundError) {
        return false;
    }
    let (Pending::Instance(error) | Pending::Unwound(error)) = raised.pending() else {
        return false;
    };
    let name = exception::payload(error).field(exception::places::import_error::name::PLACE);
    name.downcast_ref::<Str>().is_some_and(|name| name.as_str() == full)
}

/// Takes the frames of the importer's own scripts out of a traceback, as CPython does.
fn without_own_frames(thread: &mut Thread, raised: Raised) -> Raised {
    if !frozen::is_made(thread) {
        return raised;
    }
    if let Pending::Instance(error) | Pending::Unwound(error) = raised.pending()
        && let Some(error) = error.downcast_ref::<Exception>()
    {
        let mut kept = Vec::new();
        let mut at = error.traceback.get();
        let mut is_cut = false;
        while let Some(traceback) = at.downcast_ref::<Traceback>() {
            let next = traceback.next.get();
            let is_own = traceback
                .frame
                .downcast_ref::<FrameObject>()
                .is_some_and(|frame| frame.code.unit.filename.starts_with("<frozen importlib._bootstrap"));
            is_cut |= is_own;
            if !is_own {
                kept.push(at.clone());
            }
            at = next;
        }
        if is_cut {
            let mut next = Value::NONE;
            for entry in kept.into_iter().rev() {
                let traceback = entry.downcast_ref::<Traceback>().expect("only tracebacks were kept");
                drop(traceback.next.set_with(thread, next));
                next = entry;
            }
            drop(error.traceback.set_with(thread, next));
        }
    }
    raised
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

/// Returns an attribute, if there is one. Raises what reading it raises.
fn attribute(thread: &mut Thread, value: &Value, name: &str) -> Run<Option<Value>> {
    let name = thread.known().intern(thread, name);
    protocol::find_attr(thread, value, &name)
}

#[cold]
fn not_found(thread: &mut Thread, name: &str, message: impl Message) -> Raised {
    exception::import_error(thread, ErrorKind::ModuleNotFoundError, message, Some(name))
}
