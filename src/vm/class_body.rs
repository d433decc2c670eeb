//! `__build_class__`: what a `class` statement calls.
//!
//! The body runs as a function with a namespace of its own; then the metaclass is called with it.

use crate::protocol;
use crate::thread::Thread;
use crate::types::class_make;
use crate::value::{Args, Class, Dict, Kind, Object, Raised, Ref, Run, Str, Value};
use crate::vm::enter;
use crate::vm::function::Function;

/// `__build_class__(function, name, *bases, metaclass=None, **keywords)`
pub fn build_class(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [body, name, bases @ ..] = arguments.positionals() else {
        return Err(Raised::type_error("__build_class__: not enough arguments"));
    };
    let Some(body) = body.downcast_ref::<Function>() else {
        return Err(Raised::type_error("__build_class__: func must be a function"));
    };
    if name.downcast_ref::<Str>().is_none() {
        return Err(Raised::type_error("__build_class__: name is not a string"));
    }
    let names = thread.known().names();
    let is_metaclass = |name: &Value| {
        name.downcast_ref::<Str>().is_some_and(|name| name.as_str() == names.metaclass.as_str())
    };
    let mut metaclass = None;
    let (mut keyword_names, mut keyword_values) = (Vec::new(), Vec::new());
    for (name, value) in arguments.keywords() {
        if is_metaclass(name) {
            metaclass = Some(value.clone());
        } else {
            keyword_names.push(name.clone());
            keyword_values.push(value.clone());
        }
    }
    let resolved = resolve_bases(thread, bases)?;
    let changed =
        resolved.len() != bases.len() || resolved.iter().zip(bases).any(|(one, other)| !one.is(other));
    let metaclass = find_metaclass(thread, metaclass, &resolved)?;
    let base_tuple = thread.new_tuple(resolved);
    let namespace = prepare(thread, &metaclass, name, &base_tuple, &keyword_names, &keyword_values)?;
    let cell = enter::call_bound(thread, body, Vec::new(), Some(namespace.clone()))?;
    if changed && let Some(dict) = namespace.downcast_ref::<Dict>() {
        let original = thread.new_tuple(bases.to_vec());
        drop(dict.set_str(thread, &thread.known().intern(thread, "__orig_bases__"), original));
    }
    let mut values = vec![name.clone(), base_tuple, namespace];
    values.extend(keyword_values);
    let class = protocol::call(thread, &metaclass, Args::with_keywords(&values, &keyword_names))?;
    check_class_cell(thread, &class, &cell, name)?;
    Ok(class)
}

fn check_class_cell(thread: &mut Thread, class: &Value, cell: &Value, name: &Value) -> Run<()> {
    let Some(cell) = cell.downcast_ref::<crate::types::cell::Cell>() else { return Ok(()) };
    if class.kind() != Kind::Class {
        return Ok(());
    }
    let held = cell.content.get();
    let shown = protocol::str(thread, name)?;
    if held.is_unbound() {
        return Err(Raised::runtime_error(format!(
            "__class__ not set defining '{}' as {}. Was __classcell__ propagated to type.__new__?",
            shown.as_str(),
            protocol::repr(thread, class)?.as_str()
        )));
    }
    Ok(())
}

/// The bases with `__mro_entries__` followed.
fn resolve_bases(thread: &mut Thread, bases: &[Value]) -> Run<Vec<Value>> {
    let mut resolved = Vec::with_capacity(bases.len());
    let original = thread.new_tuple(bases.to_vec());
    for base in bases {
        if base.downcast_ref::<Class>().is_some() {
            resolved.push(base.clone());
            continue;
        }
        let name = thread.known().names().mro_entries.clone();
        match protocol::find_attr(thread, base, &name)? {
            None => resolved.push(base.clone()),
            Some(method) => {
                let entries =
                    protocol::call(thread, &method, Args::positional(std::slice::from_ref(&original)))?;
                resolved.extend(protocol::collect(thread, &entries)?);
            }
        }
    }
    Ok(resolved)
}

/// The metaclass: the one that was named, or that of the first base, or a more derived one of a base.
fn find_metaclass(thread: &mut Thread, named: Option<Value>, bases: &[Value]) -> Run<Value> {
    let start = match (named, bases.first()) {
        (Some(named), _) => named,
        (None, Some(first)) => protocol::class_of(thread, first).into_value(),
        (None, None) => thread.known().class(Kind::Class).to_value(),
    };
    let Some(class) = start.downcast_ref::<Class>() else { return Ok(start) };
    let classes: Vec<Ref<Class>> =
        bases.iter().filter_map(|base| base.downcast_ref::<Class>().map(Object::to_ref)).collect();
    Ok(class_make::winner(thread, class, &classes)?.into_value())
}

/// The namespace the body runs in: what `__prepare__` gives, or a dict.
fn prepare(
    thread: &mut Thread,
    metaclass: &Value,
    name: &Value,
    bases: &Value,
    keyword_names: &[Value],
    keyword_values: &[Value],
) -> Run<Value> {
    if thread.known().class(Kind::Class).is(metaclass) {
        return Ok(thread.alloc(Dict::default()).into_value());
    }
    let prepare = thread.known().names().prepare.clone();
    match protocol::find_attr(thread, metaclass, &prepare)? {
        None => Ok(thread.alloc(Dict::default()).into_value()),
        Some(method) => {
            let mut values = vec![name.clone(), bases.clone()];
            values.extend_from_slice(keyword_values);
            protocol::call(thread, &method, Args::with_keywords(&values, keyword_names))
        }
    }
}
