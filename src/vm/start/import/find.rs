//! Who finds a module: the finders of `sys.meta_path`, in order.
//!
//! The three finders that the importer has put there itself are recognised and not called: their answers are worked
//! out here, without making specs that nobody looks at. So are the finders of folders, as long as `sys.path_hooks` is
//! as it was. Whatever else a program has put into these lists is called as in CPython.

use super::archive;
use super::attribute;
use super::folder::{self, Entry};
use super::frozen::{self, Frozen};
use super::modules::Modules;
use crate::protocol;
use crate::source::library;
use crate::text::path;
use crate::thread::Thread;
use crate::types::exception::import_error;
use crate::value::{Args, Dict, ErrorKind, Kind, List, Raised, Run, Str, Value};

/// What was found.
pub(super) enum Found {
    /// A native module.
    Native,
    /// A module whose text lies in the binary.
    Frozen(&'static Frozen),
    /// A source file; for a package with the folder of its modules.
    File(String, Option<String>),
    /// The folders of a package without a file.
    Portions(Vec<String>),
    /// The spec that a finder returned.
    Spec(Value),
}

/// Finds a module; `path` is that of its package, `None` for a module in none. Raises `ImportError` if there are no
/// finders any more, and what the finders of the program raise.
pub(super) fn find(thread: &mut Thread, name: &str, path: Option<&Value>) -> Run<Option<Found>> {
    let Some(finders) = finders(thread)? else {
        return match in_binary(thread, name) {
            Some(found) => Ok(Some(found)),
            None => on_path(thread, name, path),
        };
    };
    let is_reload = Modules::of(thread).get(thread, name)?.is_some();
    let [built_in, frozen, on_path] = frozen::finders(thread);
    for finder in finders {
        let found = if finder.is(&built_in) {
            in_binary(thread, name).filter(|found| matches!(found, Found::Native))
        } else if finder.is(&frozen) {
            in_binary(thread, name).filter(|found| matches!(found, Found::Frozen(_)))
        } else if finder.is(&on_path) {
            self::on_path(thread, name, path)?
        } else {
            ask(thread, &finder, name, path, None, is_reload)?.map(Found::Spec)
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Finds the spec of a module by asking every finder (`importlib._bootstrap._find_spec`). Raises as `find` does.
pub fn find_spec(
    thread: &mut Thread,
    name: &str,
    path: Option<&Value>,
    target: Option<&Value>,
) -> Run<Option<Value>> {
    frozen::make(thread)?;
    let Some(finders) = finders(thread)? else { return Ok(None) };
    let is_reload = Modules::of(thread).get(thread, name)?.is_some();
    for finder in finders {
        if let Some(spec) = ask(thread, &finder, name, path, target, is_reload)? {
            return Ok(Some(spec));
        }
    }
    Ok(None)
}

/// Returns the finders of `sys.meta_path`; `None` if they are not even made. Raises `ImportError` if it is `None`.
fn finders(thread: &mut Thread) -> Run<Option<Vec<Value>>> {
    let name = thread.known().intern(thread, "meta_path");
    match thread.known().sys_namespace().get_str(&name) {
        None if !frozen::is_made(thread) => Ok(None),
        None => Err(Raised::attribute_error("module 'sys' has no attribute 'meta_path'")),
        Some(path) if path.is_none() => {
            let message = "sys.meta_path is None, Python is likely shutting down";
            Err(Raised::new(ErrorKind::ImportError, message))
        }
        Some(path) => {
            // Without the classes a program's list has only finders of its own.
            frozen::make(thread)?;
            protocol::collect(thread, &path).map(Some)
        }
    }
}

/// Asks a finder for a spec; `None` if it has none, or no method `find_spec`. Raises what the finder raises.
fn ask(
    thread: &mut Thread,
    finder: &Value,
    name: &str,
    path: Option<&Value>,
    target: Option<&Value>,
    is_reload: bool,
) -> Run<Option<Value>> {
    let Some(method) = attribute(thread, finder, "find_spec")? else { return Ok(None) };
    let or_none = |value: Option<&Value>| value.cloned().unwrap_or(Value::NONE);
    let arguments = [thread.new_str(name), or_none(path), or_none(target)];
    let spec = protocol::call(thread, &method, Args::positional(&arguments))?;
    if spec.is_none() {
        return Ok(None);
    }
    // The finder may have imported the module itself.
    if !is_reload
        && let Some(module) = Modules::of(thread).get(thread, name)?
        && let Some(own) = attribute(thread, &module, "__spec__")?
        && !own.is_none()
    {
        return Ok(Some(own));
    }
    Ok(Some(spec))
}

/// Finds a module that is a part of the binary.
fn in_binary(thread: &mut Thread, name: &str) -> Option<Found> {
    match (thread.known().upper_floors.has_native_module)(name) {
        true => Some(Found::Native),
        false => frozen::find(name).map(Found::Frozen),
    }
}

/// Finds a module in the folders, archives and whatever else `sys.path` or the path of a package names. Raises what
/// the hooks and finders of the program raise.
fn on_path(thread: &mut Thread, name: &str, path: Option<&Value>) -> Run<Option<Found>> {
    let entries = match path {
        Some(path) => protocol::collect(thread, path)?,
        None => {
            let own = thread.known().intern(thread, "path");
            match thread.known().sys_namespace().get_str(&own) {
                Some(path) => protocol::collect(thread, &path)?,
                None => Vec::new(),
            }
        }
    };
    let part = name.rsplit_once('.').map_or(name, |(_, part)| part);
    let mut portions = Vec::new();
    for entry in entries {
        let Some(entry) = entry.downcast_ref::<Str>() else { continue };
        let found = match finder_of(thread, entry.as_str())? {
            Finder::Nobody => continue,
            Finder::Folder(folder) => match folder::find(&folder, part) {
                Some(Entry::File(file)) => return Ok(Some(Found::File(file, None))),
                Some(Entry::Package(file, folder)) => return Ok(Some(Found::File(file, Some(folder)))),
                Some(Entry::Portion(portion)) => {
                    portions.push(portion);
                    continue;
                }
                None => continue,
            },
            Finder::Other(finder) => {
                let method = thread.known().intern(thread, "find_spec");
                let arguments = [thread.new_str(name), Value::NONE];
                protocol::call_method(thread, &finder, &method, &arguments)?
            }
        };
        if found.is_none() {
            continue;
        }
        if attribute(thread, &found, "loader")?.is_some_and(|loader| !loader.is_none()) {
            return Ok(Some(Found::Spec(found)));
        }
        let locations = attribute(thread, &found, "submodule_search_locations")?.unwrap_or(Value::NONE);
        if locations.is_none() {
            return Err(Raised::new(ErrorKind::ImportError, "spec missing loader"));
        }
        for location in protocol::collect(thread, &locations)? {
            portions.extend(location.downcast_ref::<Str>().map(|text| text.as_str().to_owned()));
        }
    }
    Ok((!portions.is_empty()).then_some(Found::Portions(portions)))
}

/// Who finds modules for one entry of a search path.
enum Finder {
    /// Nobody: there is no such folder or archive.
    Nobody,
    /// The importer itself, in a folder.
    Folder(String),
    /// An object, of a hook or of the cache.
    Other(Value),
}

fn finder_of(thread: &mut Thread, entry: &str) -> Run<Finder> {
    let Some(folder) = folder::absolute(entry) else { return Ok(Finder::Nobody) };
    let is_folder = library::is_folder(&folder) || path::facts(&folder).is_ok_and(|facts| facts.is_dir());
    let is_simple = is_folder || archive::file_in(&folder).is_none();
    if !frozen::is_made(thread) && is_simple {
        return Ok(if is_folder { Finder::Folder(folder) } else { Finder::Nobody });
    }
    frozen::make(thread)?;
    let key = if entry.is_empty() { &folder } else { entry };
    if let Some(finder) = cached_finder(thread, key) {
        return Ok(match finder {
            finder if finder.is_none() => Finder::Nobody,
            finder if is_folder && frozen::is_folder_finder(thread, &finder)? => Finder::Folder(folder),
            finder => Finder::Other(finder),
        });
    }
    if has_own_hooks(thread) && is_simple {
        return Ok(if is_folder { Finder::Folder(folder) } else { Finder::Nobody });
    }
    let finder = frozen::of_path(thread, "PathFinder");
    let method = thread.known().intern(thread, "_path_importer_cache");
    let entry = thread.new_str(entry);
    let finder = protocol::call_method(thread, &finder, &method, &[entry])?;
    Ok(if finder.is_none() { Finder::Nobody } else { Finder::Other(finder) })
}

/// Returns the finder that `sys.path_importer_cache` has for an entry.
fn cached_finder(thread: &Thread, entry: &str) -> Option<Value> {
    let name = thread.known().intern(thread, "path_importer_cache");
    let cache = thread.known().sys_namespace().get_str(&name)?;
    let key = thread.allocate_str(entry);
    cache.downcast_ref::<Dict>()?.get_str(&key)
}

/// Tells whether `sys.path_hooks` is as the importer made it.
fn has_own_hooks(thread: &Thread) -> bool {
    let name = thread.known().intern(thread, "path_hooks");
    let Some(hooks) = thread.known().sys_namespace().get_str(&name) else { return false };
    let Some(hooks) = hooks.downcast_exact::<List>() else { return false };
    let own = frozen::hooks(thread);
    hooks.len() == own.len()
        && own.iter().enumerate().all(|(at, own)| hooks.get(at).is_some_and(|hook| hook.is(own)))
}

/// Modules of the library that CPython does not have on this system either.
const OF_OTHER_SYSTEMS: [&str; 8] =
    ["_overlapped", "_scproxy", "_winapi", "_wmi", "msvcrt", "nt", "winreg", "winsound"];

/// Makes the error for a module that nobody found.
#[cold]
pub(super) fn nowhere(thread: &mut Thread, name: &str) -> Raised {
    let first = name.split('.').next().unwrap_or(name);
    let names = thread.known().intern(thread, "stdlib_module_names");
    let names = thread.known().sys_namespace().get_str(&names);
    let first = thread.new_str(first);
    let is_of_library = names
        .filter(|names| names.kind() == Kind::FrozenSet)
        .is_some_and(|names| protocol::contains(thread, &names, &first).unwrap_or(false));
    // Without the second half it would look as if the installation were broken.
    let why = match is_of_library && !OF_OTHER_SYSTEMS.contains(&name) {
        true => " (part of CPython's library that minivm does not have yet)",
        false => "",
    };
    let message = format_args!("No module named '{name}'{why}");
    import_error(thread, ErrorKind::ModuleNotFoundError, message, Some(name))
}
