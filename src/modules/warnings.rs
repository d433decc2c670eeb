//! The `_warnings` module: warnings by functions, and the lists that decide about them.

use super::{ModuleSpec, define};
use crate::protocol;
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::types::str::split;
use crate::value::{Args, Class, Dict, ErrorKind, NativeMethod, Object, Raised, Run, Str, Tuple, Value};
use crate::vm::machine::Machine;
use crate::vm::report::warn::{self, Warning};

/// `_warnings`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_warnings",
    home: "_warnings",
    doc: "_warnings provides basic warning filtering support.\\nIt is a helper module to speed up interpreter start-up.",
    types: &[],
    functions: &[
        NativeMethod::function(
            "warn",
            "message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=()",
            warn,
        ),
        NativeMethod::function(
            "warn_explicit",
            "message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None",
            warn_explicit,
        ),
        NativeMethod::function("_filters_mutated_lock_held", "", filters_mutated),
        NativeMethod::function("_acquire_lock", "", |_, _| Ok(Value::NONE)),
        NativeMethod::function("_release_lock", "", |_, _| Ok(Value::NONE)),
    ],
    fill,
};

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let state = &Machine::of(thread).warnings;
    let (filters, once, default) = (state.filters.get(), state.once.get(), state.default_action.get());
    let context = state.context.to_value();
    for (name, value) in [
        ("filters", filters),
        ("_onceregistry", once),
        ("_defaultaction", default),
        ("_warnings_context", context),
    ] {
        define(thread, namespace, name, value);
    }
    Ok(())
}

/// Notes that the filters have changed, so that what was shown before may be shown again.
fn filters_mutated(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    // Relaxed: only compared with what registries remember.
    Machine::of(thread).warnings.version.fetch_add(1, Relaxed);
    Ok(Value::NONE)
}

/// `warn(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())`. Raises `TypeError` for a category
/// that is none, and the warning itself if a filter says so.
fn warn(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [message, category, level, source, prefixes] = args.options();
    let message = message.expect("the first parameter is required");
    let category = category_of(thread, message, category)?;
    let mut level = match level {
        Some(level) => protocol::index_isize(thread, level)?,
        None => 1,
    };
    let mut skipped = Vec::new();
    if let Some(prefixes) = prefixes {
        let Some(prefixes) = prefixes.downcast_ref::<Tuple>() else {
            let given = protocol::type_name(thread, prefixes);
            return Err(Raised::type_error(format_args!(
                "warn() argument 'skip_file_prefixes' must be tuple, not {given}"
            )));
        };
        for prefix in prefixes.items() {
            let Some(prefix) = prefix.downcast_ref::<Str>() else {
                let given = protocol::type_name(thread, prefix);
                return Err(Raised::type_error(format_args!(
                    "Found non-str '{given}' in skip_file_prefixes."
                )));
            };
            skipped.push(prefix.as_str().to_owned());
        }
    }
    if !skipped.is_empty() {
        level = level.max(2);
    }
    let source = source.filter(|source| !source.is_none());
    warn::warn_at(thread, message, &category, level, &skipped, source)?;
    Ok(Value::NONE)
}

/// Returns the class of a warning: that of the message, if it is one. Raises `TypeError` for what is no such class.
fn category_of(thread: &mut Thread, message: &Value, category: Option<&Value>) -> Run<Value> {
    if warn::is_warning(thread, message) {
        return Ok(protocol::class_of(thread, message).into_value());
    }
    let Some(category) = category.filter(|category| !category.is_none()) else {
        return Ok(thread.known().error(ErrorKind::UserWarning).to_value());
    };
    let class = category.downcast_ref::<Class>();
    if class.is_some_and(|class| class.is_subclass_of(thread.known().error(ErrorKind::Warning))) {
        return Ok(category.clone());
    }
    let given = protocol::type_name(thread, category);
    Err(Raised::type_error(format_args!("category must be a Warning subclass, not '{given}'")))
}

/// `warn_explicit(message, category, filename, lineno, …)`. Raises as `warn` does.
fn warn_explicit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [message, category, file, line, module, registry, globals, source] = args.options();
    let (message, category) = (message.expect("required"), category.expect("required"));
    let (file, line) = (file.expect("required"), line.expect("required"));
    let Some(file) = file.downcast_ref::<Str>() else {
        let given = protocol::argument_kind(thread, file);
        return Err(Raised::type_error(format_args!(
            "warn_explicit() argument 'filename' must be str, not {given}"
        )));
    };
    let line = protocol::index_isize(thread, line)?;
    let line_text = match globals.filter(|globals| !globals.is_none()) {
        Some(globals) => line_of_loader(thread, globals, line)?,
        None => None,
    };
    let warning = Warning {
        message,
        category,
        file: file.as_str(),
        line: line as i64,
        module: module.filter(|_| args.count() > 4),
        registry,
        source_line: line_text.as_ref(),
        source: source.filter(|source| !source.is_none()),
    };
    warn::explicit(thread, &warning)?;
    Ok(Value::NONE)
}

/// Asks the loader of a module for a line of its source; `None` if it has none. Raises `TypeError` for globals that are no
/// dict, and what `loader_of` and the loader raise.
fn line_of_loader(thread: &mut Thread, globals: &Value, line: isize) -> Run<Option<Value>> {
    let Some(globals) = globals.downcast_ref::<Dict>() else {
        let given = protocol::type_name(thread, globals);
        return Err(Raised::type_error(format_args!("module_globals must be a dict, not '{given}'")));
    };
    let Some(loader) = loader_of(thread, globals)? else { return Ok(None) };
    let names = thread.known().names();
    let Some(name) = globals.get_str(&names.name) else { return Ok(None) };
    let method = thread.known().intern(thread, "get_source");
    let Some(method) = protocol::find_attr(thread, &loader, &method)? else { return Ok(None) };
    let source = protocol::call(thread, &method, Args::positional(&[name]))?;
    let Some(source) = source.downcast_ref::<Str>() else { return Ok(None) };
    let line = usize::try_from(line - 1).ok().and_then(|line| split::lines(source.as_str(), false).nth(line));
    line.map(|line| thread.try_str(line)).transpose()
}

/// Returns the loader of a module by its globals: `__loader__`, or `loader` of `__spec__`, and warns if they disagree.
/// Raises `ValueError` or `AttributeError` if `__spec__` is there and neither says anything, and the warning if a
/// filter says so (CPython: `_bless_my_loader` of the importer, at whose lines the warnings are).
fn loader_of(thread: &mut Thread, globals: &Object<Dict>) -> Run<Option<Value>> {
    const MISSING: &str = "Module globals is missing a __spec__.loader";
    let names = thread.known().names();
    let loader = globals.get_str(&names.loader).filter(|loader| !loader.is_none());
    let spec = globals.get_str(&names.spec);
    let has_no_spec = spec.as_ref().is_none_or(Value::is_none);
    if spec.as_ref().is_some_and(Value::is_none) {
        let is_main = globals
            .get_str(&names.name)
            .and_then(|name| Some(name.downcast_ref::<Str>()?.as_str() == "__main__"));
        if is_main == Some(true) {
            return Ok(loader);
        }
    }
    if loader.is_none() && has_no_spec {
        return if spec.is_none() { Ok(None) } else { Err(Raised::value_error(MISSING)) };
    }
    let name = thread.known().intern(thread, "loader");
    let of_spec = match spec {
        Some(spec) => protocol::find_attr(thread, &spec, &name)?,
        None => None,
    };
    let is_missing = of_spec.is_none();
    match (loader, of_spec.filter(|loader| !loader.is_none())) {
        (None, None) if is_missing => Err(Raised::attribute_error(MISSING)),
        (None, None) => Err(Raised::value_error(MISSING)),
        (None, of_spec) => Ok(of_spec),
        (Some(loader), None) => {
            warn_as_importer(thread, MISSING, 667)?;
            Ok(Some(loader))
        }
        (Some(loader), Some(of_spec)) => {
            if !protocol::equal(thread, &loader, &of_spec)? {
                warn_as_importer(thread, "Module globals; __loader__ != __spec__.loader", 674)?;
            }
            Ok(Some(loader))
        }
    }
}

/// Warns of a module at a line of the importer.
fn warn_as_importer(thread: &mut Thread, text: &str, line: i64) -> Run<()> {
    let message = thread.new_str(text);
    let category = thread.known().error(ErrorKind::DeprecationWarning).to_value();
    let module = thread.new_str("importlib._bootstrap_external");
    let file = "<frozen importlib._bootstrap_external>";
    let warning = Warning {
        message: &message,
        category: &category,
        file,
        line,
        module: Some(&module),
        registry: None,
        source_line: None,
        source: None,
    };
    warn::explicit(thread, &warning)
}
