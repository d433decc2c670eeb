//! The absolute name of a relative import (CPython: `resolve_name`, `_calc___package__`).

use super::attribute;
use crate::thread::Thread;
use crate::value::{Dict, ErrorKind, Object, Raised, Run, Str, Value};

/// Returns the absolute name of what `level` dots and `name` mean in a module with these global names. Raises
/// `ImportError` outside of a package, `KeyError` and `TypeError` for names that say nothing or something odd.
pub(super) fn absolute(
    thread: &mut Thread,
    globals: Option<&Value>,
    name: &str,
    level: usize,
) -> Run<String> {
    let Some(globals) = globals.filter(|globals| !globals.is_none()) else {
        return Err(Raised::key_error(thread.new_str("'__name__' not in globals")));
    };
    let Some(globals) = globals.downcast_ref::<Dict>() else {
        return Err(Raised::type_error("globals must be a dict"));
    };
    let package = package(thread, globals)?;
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

/// Returns the package that a module is in: by `__package__`, `__spec__.parent`, or `__name__` and `__path__`.
fn package(thread: &mut Thread, globals: &Object<Dict>) -> Run<String> {
    let names = thread.known().names();
    let text = |value: &Value| value.downcast_ref::<Str>().map(|text| text.as_str().to_owned());
    let is_given = |value: &Value| !value.is_none();
    let spec = globals.get_str(&names.spec).filter(is_given);
    if let Some(package) = globals.get_str(&names.package).filter(is_given) {
        let Some(package) = text(&package) else {
            return Err(Raised::type_error("package must be a string"));
        };
        return Ok(package);
    }
    if let Some(spec) = spec {
        let parent = attribute(thread, &spec, "parent")?;
        let Some(parent) = parent.as_ref().and_then(text) else {
            return Err(Raised::type_error("__spec__.parent must be a string"));
        };
        return Ok(parent);
    }
    let Some(own) = globals.get_str(&names.name) else {
        return Err(Raised::key_error(thread.new_str("'__name__' not in globals")));
    };
    let Some(own) = text(&own) else { return Err(Raised::type_error("__name__ must be a string")) };
    if globals.contains_str(&names.path) {
        return Ok(own);
    }
    Ok(own.rsplit_once('.').map_or(String::new(), |(package, _)| package.to_owned()))
}
