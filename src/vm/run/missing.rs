//! What a module does not have: the errors of `module.name` and `from module import name`.
//!
//! The texts say why a name may be missing: the module is still being loaded, in a circle of imports; or it is a file
//! of the program that hides a module of the library (CPython: `_Py_module_getattro_impl`, `_PyEval_ImportFrom`).

use std::path::Path;

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::exception::{self, places::import_error};
use crate::types::module::Module;
use crate::value::{Dict, ErrorKind, List, Object, Raised, Run, Str, Value};
use crate::vm::machine::Machine;

/// What the spec of a module tells.
struct Facts {
    /// Where the module comes from, if that is a file.
    origin: Option<String>,
    /// Whether the file lies where the program's own files are.
    is_beside_script: bool,
    /// Whether the module hides one of the library.
    hides_library: bool,
    /// Whether the module is being loaded.
    is_loading: bool,
}

fn facts(thread: &mut Thread, spec: &Value, module: &str) -> Run<Facts> {
    let has_location = attribute_of(thread, spec, "has_location")?;
    let mut origin = None;
    if let Some(has_location) = has_location
        && protocol::is_true(thread, &has_location)?
    {
        let found = attribute_of(thread, spec, "origin")?;
        origin =
            found.as_ref().and_then(|text| text.downcast_ref::<Str>()).map(|text| text.as_str().to_owned());
    }
    let is_beside_script = origin.as_deref().is_some_and(|origin| is_beside_script(thread, origin));
    let hides_library = is_beside_script && is_of_library(thread, module)?;
    let is_loading = match attribute_of(thread, spec, "_initializing")? {
        Some(is_loading) => protocol::is_true(thread, &is_loading)?,
        None => false,
    };
    Ok(Facts { origin, is_beside_script, hides_library, is_loading })
}

fn attribute_of(thread: &mut Thread, object: &Value, name: &str) -> Run<Option<Value>> {
    let name = thread.known().intern(thread, name);
    protocol::find_attr(thread, object, &name)
}

/// Tells whether a file lies in the folder that was first on the path when the program began, or is a package there.
fn is_beside_script(thread: &Thread, origin: &str) -> bool {
    let options = &Machine::of(thread).options;
    let Some(first) = options.search_path.first().filter(|_| options.flags.number("safe_path") == 0) else {
        return false;
    };
    let path = Path::new(origin);
    let is_package = path.file_name().is_some_and(|name| name == "__init__.py" || name == "__init__.mv");
    let folder = if is_package { path.parent().and_then(Path::parent) } else { path.parent() };
    let Some(folder) = folder else { return false };
    match first.as_str() {
        "" => std::env::current_dir().is_ok_and(|current| current == folder),
        first => Path::new(first) == folder,
    }
}

fn is_of_library(thread: &mut Thread, module: &str) -> Run<bool> {
    let name = thread.known().intern(thread, "stdlib_module_names");
    let Some(names) = thread.known().sys_namespace().get_str(&name) else { return Ok(false) };
    let module = thread.new_str(module);
    if !matches!(names.kind(), crate::value::Kind::Set | crate::value::Kind::FrozenSet) {
        return Ok(false);
    }
    protocol::contains(thread, &names, &module)
}

/// Makes the `AttributeError` for a name that a module does not have, or what working out its text raises.
pub fn attribute(thread: &mut Thread, module: &Value, name: &Object<Str>) -> Raised {
    match attribute_text(thread, module, name.as_str()) {
        Ok(text) => Raised::missing_attribute(text, name.to_value(), module.clone()),
        Err(raised) => raised,
    }
}

fn attribute_text(thread: &mut Thread, module: &Value, name: &str) -> Run<String> {
    let names = thread.known().names();
    let Some(namespace) = module.downcast_ref::<Module>().map(|module| module.namespace().clone()) else {
        return Ok(memory::formatted(format_args!("module has no attribute '{name}'"))?);
    };
    let own = text_in(&namespace, &names.name);
    let Some(own) = own else {
        return Ok(memory::formatted(format_args!("module has no attribute '{name}'"))?);
    };
    let plain = memory::formatted(format_args!("module '{own}' has no attribute '{name}'"))?;
    let Some(spec) = namespace.get_str(&names.spec).filter(|spec| !spec.is_none()) else { return Ok(plain) };
    let facts = facts(thread, &spec, &own)?;
    let origin = facts.origin.as_deref();
    let text = match origin {
        Some(origin) if facts.hides_library => memory::formatted(format_args!(
            "{plain} (consider renaming '{origin}' since it has the same name as the standard library module \
             named '{own}' and prevents importing that standard library module)"
        )),
        Some(origin) if facts.is_loading && facts.is_beside_script => memory::formatted(format_args!(
            "{plain} (consider renaming '{origin}' if it has the same name as a library you intended to import)"
        )),
        Some(origin) if facts.is_loading => memory::formatted(format_args!(
            "partially initialized module '{own}' from '{origin}' has no attribute '{name}' \
             (most likely due to a circular import)"
        )),
        None if facts.is_loading => memory::formatted(format_args!(
            "partially initialized module '{own}' has no attribute '{name}' \
             (most likely due to a circular import)"
        )),
        _ if is_being_loaded(thread, &spec, name)? => memory::formatted(format_args!(
            "cannot access submodule '{name}' of module '{own}' (most likely due to a circular import)"
        )),
        _ => return Ok(plain),
    };
    Ok(text?)
}

/// Tells whether a package is about to get a submodule of this name.
fn is_being_loaded(thread: &mut Thread, spec: &Value, name: &str) -> Run<bool> {
    let Some(names) = attribute_of(thread, spec, "_uninitialized_submodules")? else { return Ok(false) };
    let Some(names) = names.downcast_ref::<List>() else { return Ok(false) };
    Ok(names
        .to_vec()?
        .iter()
        .any(|item| item.downcast_ref::<Str>().is_some_and(|item| item.as_str() == name)))
}

fn text_in(namespace: &Object<Dict>, name: &Object<Str>) -> Option<String> {
    namespace.get_str(name)?.downcast_ref::<Str>().map(|text| text.as_str().to_owned())
}

/// Returns the submodule that `from package import name` means, if it is in `sys.modules` without being an attribute of
/// its package yet. Raises `ImportError` otherwise.
pub fn submodule_or_error(thread: &mut Thread, module: &Value, name: &Object<Str>) -> Run<Value> {
    let own = thread.known().names().name.clone();
    let own = protocol::find_attr(thread, module, &own)?;
    let own = own.as_ref().and_then(|own| own.downcast_ref::<Str>()).map(|own| own.as_str().to_owned());
    if let Some(own) = &own {
        let full = memory::formatted(format_args!("{own}.{}", name.as_str()))?;
        let full = thread.known().intern(thread, &full);
        if let Some(found) = Machine::of(thread).modules.get_str(&full) {
            return Ok(found);
        }
    }
    Err(cannot_import(thread, module, name, own.as_deref())?)
}

fn cannot_import(thread: &mut Thread, module: &Value, name: &Object<Str>, own: Option<&str>) -> Run<Raised> {
    let shown = own.unwrap_or("<unknown module name>");
    let shown_value = thread.new_str(shown);
    let shown_text = protocol::repr(thread, &shown_value)?.as_str().to_owned();
    let what = protocol::repr(thread, &name.to_value())?.as_str().to_owned();
    let spec = thread.known().names().spec.clone();
    let spec = protocol::find_attr(thread, module, &spec)?;
    let mut facts = match &spec {
        Some(spec) => facts(thread, spec, shown)?,
        None => Facts { origin: None, is_beside_script: false, hides_library: false, is_loading: false },
    };
    if spec.is_some()
        && facts.origin.is_none()
        && let Some(module) = module.downcast_ref::<Module>()
    {
        facts.origin = text_in(module.namespace(), &thread.known().names().file);
    }
    let quoted = match &facts.origin {
        Some(origin) => {
            let origin = thread.new_str(origin);
            protocol::repr(thread, &origin)?.as_str().to_owned()
        }
        None => String::new(),
    };
    let message = match &facts.origin {
        _ if facts.hides_library => memory::formatted(format_args!(
            "cannot import name {what} from {shown_text} (consider renaming {quoted} since it has the same name as \
             the standard library module named {shown_text} and prevents importing that standard library module)"
        )),
        Some(_) if facts.is_loading && facts.is_beside_script => memory::formatted(format_args!(
            "cannot import name {what} from {shown_text} (consider renaming {quoted} if it has the same name as a \
             library you intended to import)"
        )),
        Some(origin) if facts.is_loading => memory::formatted(format_args!(
            "cannot import name {what} from partially initialized module {shown_text} (most likely due to a circular \
             import) ({origin})"
        )),
        None if facts.is_loading => memory::formatted(format_args!(
            "cannot import name {what} from partially initialized module {shown_text} (most likely due to a circular \
             import)"
        )),
        Some(origin) => {
            memory::formatted(format_args!("cannot import name {what} from {shown_text} ({origin})"))
        }
        None => {
            memory::formatted(format_args!("cannot import name {what} from {shown_text} (unknown location)"))
        }
    };
    let message = thread.new_string(message?);
    let error = exception::make_builtin(thread, ErrorKind::ImportError, &[message]);
    let path = facts.origin.map_or(Value::NONE, |origin| thread.new_string(origin));
    let own = own.map_or(Value::NONE, |own| thread.new_str(own));
    let payload = exception::payload(&error);
    for (place, value) in [
        (import_error::name::PLACE, own),
        (import_error::path::PLACE, path),
        (import_error::name_from::PLACE, name.to_value()),
    ] {
        payload.set_field(place, value);
    }
    Ok(Raised::instance(error))
}

/// Makes the error for a name of `__all__`, or of the namespace, that is no text. Raises what reading the name of the
/// module raises.
pub fn no_text(thread: &mut Thread, module: &Value, name: &Value, is_all: bool) -> Run<Raised> {
    let own = thread.known().names().name.clone();
    let own = protocol::get_attr(thread, module, &own)?;
    let Some(own) = own.downcast_ref::<Str>() else {
        let given = protocol::type_name(thread, &own);
        return Ok(Raised::type_error(format_args!("module __name__ must be a string, not {given}")));
    };
    let given = protocol::type_name(thread, name);
    let (what, list) = if is_all { ("Item", "__all__") } else { ("Key", "__dict__") };
    Ok(Raised::type_error(format_args!("{what} in {}.{list} must be str, not {given}", own.as_str())))
}
