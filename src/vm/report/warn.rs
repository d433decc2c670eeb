//! Warnings: whether one is shown, raised or dropped, by the filters (CPython: `_warnings.c`).
//!
//! ```text
//! warn ──the frame `stacklevel` calls outside──▶ explicit ──registry, filters──▶ nothing, an exception, or shown
//! ```
//!
//! All this works without the module `warnings` of the library. If a program has loaded one, its lists are asked and its
//! function shows the warning.

use std::fmt::Write;

use crate::memory;
use crate::protocol::{self, class_of};
use crate::sync::Ordering::Relaxed;
use crate::thread::Thread;
use crate::types::exception;
use crate::types::module::Module;
use crate::value::{
    Args, Class, Dict, ErrorKind, Kind, List, Object, Raised, Ref, Run, Slot, Str, Tuple, Value,
};
use crate::vm::frame;
use crate::vm::machine::{Machine, Warnings};
use crate::vm::report::lines::stripped_line;
use crate::vm::report::{append, write_error};

/// A warning and where it belongs.
pub struct Warning<'a> {
    /// A text, or an instance of a class of warnings.
    pub message: &'a Value,
    /// The class of warnings.
    pub category: &'a Value,
    /// The file.
    pub file: &'a str,
    /// The line in it.
    pub line: i64,
    /// The name of the module; by default that of the file.
    pub module: Option<&'a Value>,
    /// What has been shown in the module.
    pub registry: Option<&'a Value>,
    /// The text of the line; by default it is read from the file.
    pub source_line: Option<&'a Value>,
    /// The object that the warning is about.
    pub source: Option<&'a Value>,
}

/// Warns at the place of the code that runs, by a class of the runtime. Raises the warning if a filter says so, and
/// what the functions of the program raise.
pub fn warn(thread: &mut Thread, category: ErrorKind, text: &str) -> Run<()> {
    let (text, category) = (thread.try_str(text)?, thread.known().error(category).to_value());
    warn_at(thread, &text, &category, 1, &[], None)
}

/// Warns at the frame `level` calls outside, not counting those of files whose names begin with one of `skipped` nor
/// those of the importer. Raises as `warn` does.
pub fn warn_at(
    thread: &mut Thread,
    message: &Value,
    category: &Value,
    level: isize,
    skipped: &[String],
    source: Option<&Value>,
) -> Run<()> {
    let place = place(thread, level, skipped);
    let registry = registry_of(thread, &place.globals)?;
    let name = thread.known().names().name.clone();
    let module = place.globals.get_str(&name).filter(|name| name.is_none() || name.kind() == Kind::Str);
    let module = module.unwrap_or_else(|| thread.new_str("<string>"));
    let warning = Warning {
        message,
        category,
        file: &place.file,
        line: place.line.into(),
        module: Some(&module),
        registry: Some(&registry),
        source_line: None,
        source,
    };
    explicit(thread, &warning)
}

/// Where a warning belongs.
struct Place {
    file: String,
    line: u32,
    globals: Ref<Dict>,
}

fn place(thread: &mut Thread, level: isize, skipped: &[String]) -> Place {
    let is_importers = |file: &str| file.contains("importlib") && file.contains("_bootstrap");
    let is_passed =
        |file: &str| is_importers(file) || skipped.iter().any(|prefix| file.starts_with(prefix.as_str()));
    let innermost = frame::object::at_depth(thread, 0);
    // A warning of the importer itself counts all frames.
    let counts_all = level <= 0 || innermost.is_some_and(|frame| is_importers(&frame.code.unit.filename));
    let (mut depth, mut left) = (0, level - 1);
    let found = loop {
        let Some(frame) = frame::object::at_depth(thread, depth) else { break None };
        if left <= 0 {
            break Some(frame);
        }
        // The next one outside that counts.
        loop {
            depth += 1;
            match frame::object::at_depth(thread, depth) {
                Some(frame) if !counts_all && is_passed(&frame.code.unit.filename) => {}
                _ => break,
            }
        }
        left -= 1;
    };
    match found {
        Some(frame) => {
            let unit = &frame.code.unit;
            let line = unit.positions.get(frame.instruction() as usize).map_or(0, |position| position.line);
            Place { file: unit.filename.to_string(), line, globals: frame.function.globals.clone() }
        }
        None => Place { file: "<sys>".to_owned(), line: 0, globals: thread.known().sys_namespace().clone() },
    }
}

/// Returns `__warningregistry__` of a namespace, made if it is not there. Raises `MemoryError`.
fn registry_of(thread: &mut Thread, globals: &Object<Dict>) -> Run<Value> {
    let name = thread.known().intern(thread, "__warningregistry__");
    if let Some(registry) = globals.get_str(&name) {
        return Ok(registry);
    }
    let made = thread.alloc(Dict::default()).into_value();
    drop(globals.try_set_str(thread, &name, made.clone())?);
    Ok(made)
}

/// Shows, raises or drops a warning. Raises the warning if a filter says so, `TypeError`, `ValueError` and
/// `RuntimeError` for filters and registries that are none, and what the functions of the program raise.
pub fn explicit(thread: &mut Thread, warning: &Warning<'_>) -> Run<()> {
    if warning.module.is_some_and(Value::is_none) {
        return Ok(());
    }
    let registry = warning.registry.filter(|registry| !registry.is_none());
    if registry.is_some_and(|registry| registry.downcast_ref::<Dict>().is_none()) {
        return Err(Raised::type_error("'registry' must be a dict or None"));
    }
    let module = match warning.module {
        Some(module) => module.clone(),
        None => {
            let name = warning.file.strip_suffix(".py").unwrap_or(warning.file);
            thread.new_str(if name.is_empty() { "<unknown>" } else { name })
        }
    };
    let (text, category, message) = if is_warning(thread, warning.message) {
        let text = protocol::str(thread, warning.message)?.into_value();
        (text, class_of(thread, warning.message).into_value(), warning.message.clone())
    } else {
        let arguments = [warning.message.clone()];
        let message = protocol::call(thread, warning.category, Args::positional(&arguments))?;
        (warning.message.clone(), warning.category.clone(), message)
    };
    let line = thread.new_int(warning.line);
    let key = thread.new_tuple(vec![text.clone(), category.clone(), line.clone()]);
    if let Some(registry) = registry
        && was_shown(thread, registry, &key, false)?
    {
        return Ok(());
    }
    let (action, item) = action(thread, &category, &text, warning.line, &module)?;
    let is_shown = match action.as_str() {
        "error" => {
            let exception = exception::make(thread, &message)?;
            return Err(Raised::instance(exception));
        }
        "ignore" => return Ok(()),
        "always" | "all" => true,
        other => {
            if let Some(registry) = registry {
                protocol::set_item(thread, registry, &key, &Value::TRUE)?;
            }
            match other {
                "once" | "module" => {
                    let pair = thread.new_tuple(vec![text.clone(), category.clone()]);
                    let own = match (registry, other) {
                        (Some(registry), _) => Some(registry.clone()),
                        (None, "once") => Some(once_registry(thread)?),
                        (None, _) => None,
                    };
                    match own {
                        Some(own) => !was_shown(thread, &own, &pair, true)?,
                        None => true,
                    }
                }
                "default" => true,
                _ => {
                    let shown = protocol::repr(thread, &thread.new_str(other))?;
                    let item = protocol::repr(thread, &item)?;
                    return Err(Raised::runtime_error(format_args!(
                        "Unrecognized action ({}) in warnings.filters:\n {}",
                        shown.as_str(),
                        item.as_str()
                    )));
                }
            }
        }
    };
    if is_shown { show(thread, warning, &category, &text, &message) } else { Ok(()) }
}

/// Tells whether a value is an instance of a class of warnings.
pub fn is_warning(thread: &Thread, value: &Value) -> bool {
    protocol::is_instance_of(thread, value, thread.known().error(ErrorKind::Warning))
}

/// Tells whether a registry has a key; a registry from before the last change of the filters is emptied. With
/// `is_noted` the key is entered.
fn was_shown(thread: &mut Thread, registry: &Value, key: &Value, is_noted: bool) -> Run<bool> {
    let version = Machine::of(thread).warnings.version.load(Relaxed);
    let name = thread.known().intern(thread, "version");
    let dict = registry.downcast_ref::<Dict>().expect("checked by the caller").to_ref();
    let is_fresh = dict.get_str(&name).and_then(|known| known.as_i64()) == Some(version as i64);
    if !is_fresh {
        dict.clear();
        let version = thread.new_int(version as i64);
        drop(dict.try_set_str(thread, &name, version)?);
    } else if let Some(known) = protocol::dict_get(thread, &dict, key)?
        && protocol::is_true(thread, &known)?
    {
        return Ok(true);
    }
    if is_noted {
        protocol::dict_set(thread, &dict, key, Value::TRUE)?;
    }
    Ok(false)
}

/// Returns an attribute of the module `warnings`, if the program has loaded it.
fn of_library(thread: &mut Thread, name: &str) -> Run<Option<Value>> {
    let key = thread.known().intern(thread, "warnings");
    let Some(module) = Machine::of(thread).modules.get_str(&key).filter(|module| !module.is_none()) else {
        return Ok(None);
    };
    let name = thread.known().intern(thread, name);
    protocol::find_attr(thread, &module, &name)
}

/// Returns an attribute of the module `warnings`, and keeps it for when the module has none.
fn current(thread: &mut Thread, name: &str, kept: fn(&Warnings) -> &Slot) -> Run<Value> {
    let found = of_library(thread, name)?;
    let kept = kept(&Machine::of(thread).warnings);
    Ok(match found {
        Some(found) => {
            drop(kept.set(found.clone()));
            found
        }
        None => kept.get(),
    })
}

fn once_registry(thread: &mut Thread) -> Run<Value> {
    let registry = current(thread, "onceregistry", |warnings| &warnings.once)?;
    if registry.downcast_ref::<Dict>().is_none() {
        let given = protocol::type_name(thread, &registry);
        return Err(Raised::type_error(format_args!("_warnings.onceregistry must be a dict, not '{given}'")));
    }
    Ok(registry)
}

/// Returns what is done with a warning, and the filter that says so.
///
/// The filters are those of the context, if it has any, or else those of the module `warnings`.
fn action(
    thread: &mut Thread,
    category: &Value,
    text: &Value,
    line: i64,
    module: &Value,
) -> Run<(String, Value)> {
    let of_context = Machine::of(thread).warnings.context.get();
    let (filters, name) = match of_context.filter(|context| !context.is_none()) {
        Some(context) => {
            let name = thread.known().intern(thread, "_filters");
            (protocol::get_attr(thread, &context, &name)?, "_filters of warnings._warnings_context")
        }
        None => (current(thread, "filters", |warnings| &warnings.filters)?, "_warnings.filters"),
    };
    if let Some(found) = first_fitting(thread, &filters, name, category, text, line, module)? {
        return Ok(found);
    }
    let action = current(thread, "defaultaction", |warnings| &warnings.default_action)?;
    match action.downcast_ref::<Str>() {
        Some(text) => Ok((text.as_str().to_owned(), Value::NONE)),
        None => {
            let given = protocol::type_name(thread, &action);
            Err(Raised::type_error(format_args!("_warnings.defaultaction must be a string, not '{given}'")))
        }
    }
}

/// Returns the action of the first filter that fits, and that filter.
fn first_fitting(
    thread: &mut Thread,
    filters: &Value,
    name: &str,
    category: &Value,
    text: &Value,
    line: i64,
    module: &Value,
) -> Run<Option<(String, Value)>> {
    let Some(filters) = filters.downcast_ref::<List>() else {
        return Err(Raised::value_error(format_args!("{name} must be a list")));
    };
    let mut at = 0;
    while let Some(item) = filters.get(at) {
        let [action, message, wanted, module_wanted, line_wanted] = match item
            .downcast_exact::<Tuple>()
            .map(|item| item.items())
        {
            Some([a, b, c, d, e]) => [a, b, c, d, e],
            _ => {
                return Err(Raised::value_error(format_args!("warnings.filters item {at} isn't a 5-tuple")));
            }
        };
        let Some(action) = action.downcast_ref::<Str>() else {
            let given = protocol::type_name(thread, action);
            return Err(Raised::type_error(format_args!("action must be a string, not '{given}'")));
        };
        let (fits_text, fits_module) =
            (matches(thread, message, text)?, matches(thread, module_wanted, module)?);
        let fits = protocol::subclass_check(thread, category, wanted)? && fits_text && fits_module;
        if line_wanted.as_integer().is_none() {
            return Err(Raised::type_error("an integer is required"));
        }
        let line_wanted = line_wanted.as_i64().unwrap_or(-1);
        if fits && (line_wanted == 0 || line_wanted == line) {
            return Ok(Some((action.as_str().to_owned(), item.clone())));
        }
        at += 1;
    }
    Ok(None)
}

/// Tells whether a filter fits a text: nothing fits any, a text one that is equal, anything else is asked by `match`.
fn matches(thread: &mut Thread, wanted: &Value, text: &Value) -> Run<bool> {
    if wanted.is_none() {
        return Ok(true);
    }
    if wanted.downcast_exact::<Str>().is_some() {
        return protocol::equal(thread, wanted, text);
    }
    let name = thread.known().intern(thread, "match");
    let found = protocol::call_method(thread, wanted, &name, std::slice::from_ref(text))?;
    protocol::is_true(thread, &found)
}

/// Shows a warning, by `warnings._showwarnmsg` if there is one.
fn show(
    thread: &mut Thread,
    warning: &Warning<'_>,
    category: &Value,
    text: &Value,
    message: &Value,
) -> Run<()> {
    if let Some(function) = of_library(thread, "_showwarnmsg")? {
        if protocol::slots_of(thread, &function).call.is_none() {
            return Err(Raised::type_error("warnings._showwarnmsg() must be set to a callable"));
        }
        let Some(class) = of_library(thread, "WarningMessage")? else {
            return Err(Raised::runtime_error("unable to get warnings.WarningMessage"));
        };
        let (file, line) = (thread.new_str(warning.file), thread.new_int(warning.line));
        let source = warning.source.cloned().unwrap_or(Value::NONE);
        let arguments = [message.clone(), category.clone(), file, line, Value::NONE, Value::NONE, source];
        let made = protocol::call(thread, &class, Args::positional(&arguments))?;
        return protocol::call(thread, &function, Args::positional(&[made])).map(drop);
    }
    let name = match category.downcast_ref::<Class>() {
        Some(class) => class.name_text().to_string(),
        None => protocol::type_name(thread, category).to_string(),
    };
    let mut out = memory::formatted(format_args!("{}:{}: {name}: ", warning.file, warning.line))?;
    append(&mut out, protocol::str(thread, text)?.as_str());
    out.push('\n');
    // At the end of the program CPython finds neither its reader of source lines nor `tracemalloc` any more.
    if !is_ending(thread) {
        let line = match warning.source_line.and_then(|line| line.downcast_ref::<Str>()) {
            Some(line) => Some(line.as_str().to_owned()),
            None => u32::try_from(warning.line).ok().and_then(|line| stripped_line(warning.file, line)),
        };
        if let Some(line) = line.filter(|line| !line.trim().is_empty()) {
            let _ = writeln!(out, "  {}", line.trim());
        }
        if warning.source.is_some() {
            let _ = writeln!(out, "{name}: Enable tracemalloc to get the object allocation traceback");
        }
    }
    write_error(thread, &out);
    Ok(())
}

/// Whether the modules of the program are gone.
pub fn is_ending(thread: &Thread) -> bool {
    let sys: Ref<Str> = thread.known().intern(thread, "sys");
    let module = Machine::of(thread).modules.get_str(&sys);
    module.is_none_or(|module| module.downcast_ref::<Module>().is_none())
}
