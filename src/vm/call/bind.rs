//! Binds arguments to parameters, with CPython's messages when they do not fit.
//!
//! The result has one value for each parameter slot, in slot order: positional parameters, keyword-only ones,
//! `*args`, `**kwargs`.

use std::ops::Range;

use crate::bytecode::CodeFlags;
use crate::memory;
use crate::protocol;
use crate::text::suggest::suggest_among;
use crate::thread::Thread;
use crate::types::table::native_function::NativeFunction;
use crate::types::table::slot_wrapper::{self, MethodWrapper, SlotWrapper};
use crate::value::{Dict, Object, Raised, Run, Str, Tuple, Value};
use crate::vm::function::Function;

/// Binds positional and keyword arguments; `names` are the names of the last values, each a `str`. Raises
/// `TypeError` if they do not fit, `MemoryError`.
pub fn bind(
    thread: &mut Thread,
    function: &Object<Function>,
    positional: Vec<Value>,
    names: &[Value],
) -> Run<Vec<Value>> {
    if !(thread.is_multi() && function.code.unit.kwonly_count > 0) {
        return bind_to(thread, function, positional, names);
    }
    // Looking for a default may wait for the lock of a dict, while another thread replaces the code.
    loop {
        let code = function.code.clone();
        let bound = bind_to(thread, function, memory::copy(&positional)?, names);
        if code.raw() == function.code.raw() {
            return bound;
        }
    }
}

fn bind_to(
    thread: &mut Thread,
    function: &Object<Function>,
    mut positional: Vec<Value>,
    names: &[Value],
) -> Run<Vec<Value>> {
    let count = positional.len() - names.len();
    let keywords = memory::split_off(&mut positional, count)?;
    let code = &function.code;
    let unit = &code.unit;
    let (args, kwonly) = (unit.arg_count as usize, unit.kwonly_count as usize);
    let given = positional.len();
    let has_varargs = unit.flags.contains(CodeFlags::VARARGS);
    let extra = if given > args { memory::split_off(&mut positional, args)? } else { Vec::new() };
    let mut bound = positional;
    bound.resize_with(args + kwonly, || Value::UNBOUND);
    let mut rest: Option<Dict> = unit.flags.contains(CodeFlags::VARKEYWORDS).then(Dict::default);
    let rest_dict = rest.take().map(|dict| thread.alloc(dict));
    for (name, value) in names.iter().zip(keywords) {
        let Some(text) = name.downcast_ref::<Str>() else {
            return Err(Raised::type_error("keywords must be strings"));
        };
        let posonly = unit.posonly_count as usize;
        match parameter(function, posonly, args + kwonly, text) {
            Some(slot) if !bound[slot].is_unbound() => {
                return Err(Raised::type_error(format_args!(
                    "{}() got multiple values for argument '{}'",
                    function.qualname_text(),
                    text.as_str()
                )));
            }
            Some(slot) => bound[slot] = value,
            None => match &rest_dict {
                Some(dict) => drop(dict.try_set_str(thread, text, value)?),
                None => return Err(unexpected(function, posonly..args + kwonly, names, text)),
            },
        }
    }
    if !extra.is_empty() && !has_varargs {
        return Err(too_many(function, given, &bound[args..]));
    }
    fill_defaults(function, &mut bound, given)?;
    if has_varargs {
        bound.push(thread.try_tuple(extra)?);
    }
    if let Some(dict) = rest_dict {
        bound.push(dict.into_value());
    }
    Ok(bound)
}

/// Returns the parameter slot of a name, unless it is positional-only.
fn parameter(function: &Object<Function>, posonly: usize, count: usize, name: &Object<Str>) -> Option<usize> {
    let names = &function.code.variables;
    let same = |slot: &usize| names[*slot].raw() == name.raw();
    let equal = |slot: &usize| names[*slot].as_str() == name.as_str();
    (posonly..count).find(same).or_else(|| (posonly..count).find(equal))
}

/// The error for a keyword argument that no parameter takes; `named` are the parameters that have a name for callers.
fn unexpected(
    function: &Object<Function>,
    named: Range<usize>,
    names: &[Value],
    name: &Object<Str>,
) -> Raised {
    let qualname = function.qualname_text();
    let code = &function.code;
    let misused: Vec<&str> = code.variables[..named.start]
        .iter()
        .map(|parameter| parameter.as_str())
        .filter(|parameter| {
            names.iter().filter_map(Value::downcast_ref::<Str>).any(|given| given.as_str() == *parameter)
        })
        .collect();
    if !misused.is_empty() {
        return Raised::type_error(format_args!(
            "{qualname}() got some positional-only arguments passed as keyword arguments: '{}'",
            misused.join(", ")
        ));
    }
    let parameters = code.variables[named].iter().map(|parameter| parameter.as_str());
    let suggestion = match suggest_among(name.as_str(), parameters) {
        Some(near) => format!(". Did you mean '{near}'?"),
        None => String::new(),
    };
    let name = name.as_str();
    Raised::type_error(format_args!("{qualname}() got an unexpected keyword argument '{name}'{suggestion}"))
}

fn too_many(function: &Object<Function>, given: usize, keyword_only: &[Value]) -> Raised {
    let args = function.code.unit.arg_count as usize;
    let defaults = function.defaults.get();
    let default_count = defaults.downcast_ref::<Tuple>().map_or(0, |tuple| tuple.len());
    let (takes, plural) = if default_count > 0 {
        // Programs may set more defaults than there are parameters; then it is below zero, as in CPython.
        (format!("from {} to {args}", args as i64 - default_count as i64), true)
    } else {
        (args.to_string(), args != 1)
    };
    let keyword_given = keyword_only.iter().filter(|value| !value.is_unbound()).count();
    let keyword_text = if keyword_given == 0 {
        String::new()
    } else {
        format!(
            " positional argument{} (and {keyword_given} keyword-only argument{})",
            if given != 1 { "s" } else { "" },
            if keyword_given != 1 { "s" } else { "" }
        )
    };
    let verb = if given == 1 && keyword_given == 0 { "was" } else { "were" };
    Raised::type_error(format_args!(
        "{}() takes {takes} positional argument{} but {given}{keyword_text} {verb} given",
        function.qualname_text(),
        if plural { "s" } else { "" },
    ))
}

fn fill_defaults(function: &Object<Function>, bound: &mut [Value], given: usize) -> Run<()> {
    let unit = &function.code.unit;
    let (args, kwonly) = (unit.arg_count as usize, unit.kwonly_count as usize);
    if given < args {
        let defaults = function.defaults.get();
        let defaults = defaults.downcast_ref::<Tuple>().map_or(&[][..], |tuple| tuple.items());
        let first_default = args - defaults.len().min(args);
        let missing: Vec<usize> = (given..first_default).filter(|&slot| bound[slot].is_unbound()).collect();
        if !missing.is_empty() {
            return Err(missing_arguments(function, &missing, "positional"));
        }
        for slot in given.max(first_default)..args {
            if bound[slot].is_unbound() {
                bound[slot] = defaults[slot + defaults.len() - args].clone();
            }
        }
    }
    if kwonly > 0 && bound[args..].iter().any(Value::is_unbound) {
        let defaults = function.keyword_defaults.get();
        let defaults = defaults.downcast_ref::<Dict>();
        let mut missing = Vec::new();
        for (slot, value) in bound.iter_mut().enumerate().skip(args).take(kwonly) {
            if value.is_unbound() {
                match defaults.and_then(|defaults| defaults.get_str(&function.code.variables[slot])) {
                    Some(default) => *value = default,
                    None => missing.push(slot),
                }
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(function, &missing, "keyword-only"));
        }
    }
    Ok(())
}

fn missing_arguments(function: &Object<Function>, missing: &[usize], kind: &str) -> Raised {
    let names: Vec<String> =
        missing.iter().map(|&slot| format!("'{}'", function.code.variables[slot].as_str())).collect();
    let listed = match names.as_slice() {
        [] => unreachable!("something is missing"),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    };
    Raised::type_error(format_args!(
        "{}() missing {} required {kind} argument{}: {listed}",
        function.qualname_text(),
        names.len(),
        if names.len() == 1 { "" } else { "s" },
    ))
}

/// Converts the operands of `f(*tuple, **dict)` to values and names. Raises `TypeError` if one is no iterable
/// or mapping, what iterating raises, and `MemoryError`.
pub fn unpacked(
    thread: &mut Thread,
    callable: &Value,
    positional: &Value,
    keywords: Option<&Value>,
) -> Run<(Vec<Value>, Vec<Value>)> {
    if protocol::slots_of(thread, positional).iter.is_none() {
        let (function, kind) = (callable_text(thread, callable)?, protocol::type_name(thread, positional));
        return Err(Raised::type_error(format_args!(
            "{function} argument after * must be an iterable, not {kind}"
        )));
    }
    let mut values = protocol::collect(thread, positional)?;
    let mut names = Vec::new();
    if let Some(keywords) = keywords.and_then(Value::downcast_ref::<Dict>) {
        for (name, value) in keywords.snapshot()? {
            if name.downcast_ref::<Str>().is_none() && !refuses_names(callable) {
                return Err(Raised::type_error("keywords must be strings"));
            }
            memory::push(&mut names, name).map_err(|_name| Raised::memory_error())?;
            memory::push(&mut values, value).map_err(|_value| Raised::memory_error())?;
        }
    }
    Ok((values, names))
}

/// Tells whether a call refuses keywords before it looks at their names.
fn refuses_names(callable: &Value) -> bool {
    if let Some(function) = callable.downcast_ref::<NativeFunction>() {
        let signature = &function.method.signature;
        signature.refuses_names() && signature.takes_tuple()
    } else if let Some(wrapper) = callable.downcast_ref::<SlotWrapper>() {
        slot_wrapper::refuses_names(wrapper.special)
    } else if let Some(bound) = callable.downcast_ref::<MethodWrapper>() {
        slot_wrapper::refuses_names(bound.wrapper.special)
    } else {
        false
    }
}

/// Returns how messages about calls name the callable: `module.name()`. Raises what reading its names raises.
pub fn callable_text(thread: &mut Thread, callable: &Value) -> Run<String> {
    let names = thread.known().names();
    let qualname = match protocol::find_attr(thread, callable, &names.qualname)? {
        Some(qualname) => qualname,
        None => return Ok(protocol::str(thread, callable)?.as_str().to_owned()),
    };
    let qualname = protocol::str(thread, &qualname)?;
    match protocol::find_attr(thread, callable, &names.module)? {
        Some(module) if module.downcast_ref::<Str>().is_some_and(|module| module.as_str() != "builtins") => {
            let module = protocol::str(thread, &module)?;
            Ok(format!("{}.{}()", module.as_str(), qualname.as_str()))
        }
        _ => Ok(format!("{}()", qualname.as_str())),
    }
}
