//! The `_imp` module: what the scripts of the importer call of its native half.
//!
//! Names that begin with an underscore are minivm's own, the others CPython's.

use super::ModuleSpec;
use crate::protocol;
use crate::source::library;
use crate::text::codec::source;
use crate::text::{path, stored};
use crate::thread::Thread;
use crate::types::exception::{import_error, syntax_error};
use crate::types::file::stream::os_error;
use crate::types::object::bytes_like;
use crate::value::{Args, Bytes, ErrorKind, List, NativeMethod, Raised, Run, Str, Value};
use crate::vm::start::import::{archive, find, frozen, load};

/// `_imp`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_imp",
    home: "_imp",
    doc: "(Extremely) low-level import machinery bits as used by importlib.",
    types: &[],
    functions: &[
        NativeMethod::function("lock_held", "", |_, _| Ok(Value::FALSE)),
        NativeMethod::function("acquire_lock", "", |_, _| Ok(Value::NONE)),
        NativeMethod::function("release_lock", "", |_, _| Ok(Value::NONE)),
        NativeMethod::function("is_builtin", "name, /", is_builtin),
        NativeMethod::function("create_builtin", "spec, /", create_builtin),
        NativeMethod::function("exec_builtin", "mod, /", |thread, _| Ok(thread.new_int(0))),
        NativeMethod::function("is_frozen", "name, /", is_frozen),
        NativeMethod::function("is_frozen_package", "name, /", is_frozen_package),
        NativeMethod::function("get_frozen_object", "name, data=None, /", get_frozen_object),
        NativeMethod::function("extension_suffixes", "", |thread, _| {
            Ok(thread.alloc(List::default()).into_value())
        }),
        NativeMethod::function("_frozen_source", "name, /", frozen_source),
        NativeMethod::function("_find_spec", "name, path, target=None, /", find_spec),
        NativeMethod::function("_find_and_load", "name, /", find_and_load),
        NativeMethod::function("_load_unlocked", "spec, /", load_unlocked),
        NativeMethod::function("_module_from_spec", "spec, /", module_from_spec),
        NativeMethod::function("_init_module_attrs", "spec, module, override=False, /", init_module_attrs),
        NativeMethod::function("_cached_name", "path, /", cached_name),
        NativeMethod::function("_kind_of_path", "path, /", kind_of_path),
        NativeMethod::function("_getcwd", "", getcwd),
        NativeMethod::function("_stat", "path, /", stat),
        NativeMethod::function("_read_file", "path, /", read_file),
        NativeMethod::function("_decode_source", "source, /", decode_source),
        NativeMethod::function("_archive_in", "path, /", archive_in),
        NativeMethod::function("_archive_names", "path, /", archive_names),
        NativeMethod::function("_archive_file", "path, name, /", archive_file),
    ],
    fill: |_, _| Ok(()),
};

fn text<'a>(thread: &Thread, value: &'a Value) -> Run<&'a str> {
    match value.downcast_ref::<Str>() {
        Some(text) => Ok(text.as_str()),
        None => {
            let given = protocol::argument_kind(thread, value);
            Err(Raised::type_error(format_args!("argument must be str, not {given}")))
        }
    }
}

fn is_builtin(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    let is_there = (thread.known().upper_floors.has_native_module)(text(thread, name)?);
    Ok(thread.new_int(i64::from(is_there)))
}

/// Makes a native module by its spec, or returns the one that there is. Raises `ImportError` if there is none.
fn create_builtin(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [spec] = args.exactly();
    let attribute = thread.known().intern(thread, "name");
    let name = protocol::get_attr(thread, spec, &attribute)?;
    let name = text(thread, &name)?;
    match (thread.known().upper_floors.native_module)(thread, name) {
        Some(made) => made,
        None => {
            let message = format_args!("no built-in module named '{name}'");
            Err(import_error(thread, ErrorKind::ImportError, message, Some(name)))
        }
    }
}

fn is_frozen(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    Ok(Value::bool(frozen::find(text(thread, name)?).is_some()))
}

fn found(thread: &mut Thread, name: &Value) -> Run<&'static frozen::Frozen> {
    let name = text(thread, name)?;
    frozen::find(name).ok_or_else(|| {
        let message = format_args!("No such frozen object named '{name}'");
        import_error(thread, ErrorKind::ImportError, message, Some(name))
    })
}

fn is_frozen_package(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    Ok(Value::bool(found(thread, name)?.is_package))
}

fn get_frozen_object(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let name = args.get(0).expect("the signature promises an argument");
    let found = found(thread, name)?;
    frozen::code_of(thread, found).map(|code| code.into_value())
}

fn frozen_source(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    let found = found(thread, name)?;
    thread.try_str(found.text)
}

fn find_spec(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name, path, target] = args.options();
    let name = name.expect("the signature promises an argument");
    let (path, target) = (path.filter(|path| !path.is_none()), target.filter(|target| !target.is_none()));
    let spec = find::find_spec(thread, text(thread, name)?, path, target)?;
    Ok(spec.unwrap_or(Value::NONE))
}

fn find_and_load(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    load::find_and_load(thread, text(thread, name)?)
}

fn load_unlocked(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [spec] = args.exactly();
    load::load_unlocked(thread, spec)
}

fn module_from_spec(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [spec] = args.exactly();
    load::module_from_spec(thread, spec)
}

fn init_module_attrs(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [spec, module, overrides] = args.options();
    let (spec, module) = (spec.expect("required"), module.expect("required"));
    let overrides = match overrides {
        Some(overrides) => protocol::is_true(thread, overrides)?,
        None => false,
    };
    load::init_module_attrs(thread, spec, module, overrides)?;
    Ok(module.clone())
}

/// Returns where CPython would keep the compiled code of a source file; `None` for other files.
fn cached_name(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let Some(name) = path.downcast_ref::<Str>() else { return Ok(Value::NONE) };
    if name.as_str().ends_with(".pyc") {
        return Ok(path.clone());
    }
    if !name.as_str().ends_with(".py") && !name.as_str().ends_with(".mv") {
        return Ok(Value::NONE);
    }
    let function = frozen::of_path(thread, "cache_from_source");
    match protocol::call(thread, &function, Args::positional(std::slice::from_ref(path))) {
        Err(raised) if raised.is_kind(thread, ErrorKind::NotImplementedError) => Ok(Value::NONE),
        result => result,
    }
}

fn kind_of_path(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let path = text(thread, path)?;
    match library::find(path) {
        Some(library::Entry::Folder) => return Ok(thread.new_str("folder")),
        Some(library::Entry::File(_)) => return Ok(thread.new_str("file")),
        None => {}
    }
    let facts = path::facts(path);
    Ok(match facts {
        Ok(facts) if facts.is_dir() => thread.new_str("folder"),
        Ok(facts) if facts.is_file() => thread.new_str("file"),
        _ => Value::NONE,
    })
}

fn getcwd(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    match std::env::current_dir() {
        Ok(folder) => Ok(thread.new_string(path::from_system(folder.as_os_str()))),
        Err(error) => Err(os_error(thread, &error)),
    }
}

/// Returns when a file was last changed, in seconds, and its size.
fn stat(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let path = text(thread, path)?;
    if let Some(library::Entry::File(file)) = library::find(path) {
        // What lies in the binary does not change.
        let (changed, size) = (thread.new_float(0.0), thread.new_usize(file.bytes));
        return Ok(thread.new_tuple(vec![changed, size]));
    }
    let facts = path::facts(path).map_err(|error| os_error(thread, &error))?;
    let changed = facts.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let changed = thread.new_float(changed.unwrap_or_default().as_secs_f64());
    let size = thread.new_int(i64::try_from(facts.len()).unwrap_or(i64::MAX));
    Ok(thread.new_tuple(vec![changed, size]))
}

fn read_file(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let bytes = load::read_file(thread, text(thread, path)?)?;
    Ok(thread.alloc(Bytes::new(bytes)).into_value())
}

/// Decodes the bytes of a source file by their declaration; ends of lines become `\n`. Raises `SyntaxError`.
fn decode_source(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [bytes] = args.exactly();
    let bytes = bytes_like::bytes_of(thread, bytes)?;
    let text = source::decode(None, &bytes)
        .map_err(|error| syntax_error::undecodable(thread, &error, "<string>"))?;
    Ok(thread.new_string(stored::stored(&text.replace("\r\n", "\n").replace('\r', "\n")).into_owned()))
}

/// Returns the file that a path begins with, if it may be an archive; `None` for folders and for what is not there.
fn archive_in(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let found = archive::file_in(text(thread, path)?);
    Ok(found.map_or(Value::NONE, |found| thread.new_string(found)))
}

/// Returns the names of what is in an archive. Raises `ImportError` for what is none.
fn archive_names(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path] = args.exactly();
    let path = text(thread, path)?;
    let names = archive::names(path).map_err(|problem| no_archive(thread, &problem, path))?;
    let names = names.into_iter().map(|name| thread.new_string(name)).collect();
    Ok(thread.alloc(List::new(names)).into_value())
}

/// Returns the bytes of a file in an archive. Raises `ImportError` if the archive is broken.
fn archive_file(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [path, name] = args.exactly();
    let path = text(thread, path)?;
    let bytes =
        archive::read(path, text(thread, name)?).map_err(|problem| no_archive(thread, &problem, path))?;
    Ok(thread.alloc(Bytes::new(bytes)).into_value())
}

fn no_archive(thread: &mut Thread, problem: &archive::Problem, path: &str) -> Raised {
    match problem {
        archive::Problem::Memory => Raised::memory_error(),
        archive::Problem::Text(problem) => {
            let message = format_args!("{problem}: '{path}'");
            import_error(thread, ErrorKind::ImportError, message, None)
        }
    }
}
