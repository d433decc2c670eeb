//! Copying nodes: `copy.replace`, and what `pickle` and `copy` take them apart into.

use super::{class_attribute, names_of};
use crate::protocol::{self, full_class_name};
use crate::thread::Thread;
use crate::types::object;
use crate::value::{Args, Class, Dict, Kind, Object, Raised, Ref, Run, Str, Value};

/// Returns the attributes of a node.
fn attributes(thread: &mut Thread, value: &Value) -> Run<Option<Value>> {
    let name = thread.known().names().dict.clone();
    protocol::find_attr(thread, value, &name)
}

fn known_names(thread: &mut Thread, class: &Object<Class>, name: &str) -> Run<Vec<Value>> {
    match class_attribute(thread, class, name)? {
        Some(names) => protocol::collect(thread, &names),
        None => Ok(Vec::new()),
    }
}

/// Makes `(class, (None, …), attributes)`: nothing for each field at the beginning that is there, which keeps the
/// constructor from missing them, and then all attributes.
pub(super) fn reduce(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let class = protocol::class_of(thread, value);
    let dict = attributes(thread, value)?;
    let Some(dict) = dict.as_ref().and_then(Value::downcast_ref::<Dict>) else {
        let nothing = thread.known().empty_tuple();
        return Ok(thread.new_tuple(vec![class.into_value(), nothing]));
    };
    let mut given = Vec::new();
    for name in known_names(thread, &class, "_fields")? {
        if protocol::dict_get(thread, dict, &name)?.is_none() {
            break;
        }
        given.push(Value::NONE);
    }
    let copy = thread.alloc(Dict::default());
    for (name, value) in dict.snapshot()? {
        protocol::dict_set(thread, &copy, &name, value)?;
    }
    let given = thread.new_tuple(given);
    Ok(thread.new_tuple(vec![class.into_value(), given, copy.into_value()]))
}

/// `copy.replace`: a copy with other fields or attributes. Raises `TypeError` for names that are neither, and for fields
/// that are nowhere.
pub(super) fn replace(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let value = &arguments.positionals()[0];
    if arguments.count() > 1 {
        return Err(Raised::type_error("__replace__() takes no positional arguments"));
    }
    let class = protocol::class_of(thread, value);
    let dict = attributes(thread, value)?;
    let dict = dict.as_ref().and_then(Value::downcast_ref::<Dict>);
    check_names(thread, &class, dict, arguments)?;
    let mut kept: Vec<(Value, Value)> = Vec::new();
    if let Some(dict) = dict {
        for names in ["_fields", "_attributes"] {
            for name in known_names(thread, &class, names)? {
                let given = arguments.keywords().find(|(given, _)| same_text(given, &name));
                if let Some(found) = protocol::dict_get(thread, dict, &name)?
                    && !kept.iter().any(|(known, _)| same_text(known, &name))
                {
                    kept.push((name, given.map_or(found, |(_, given)| given.clone())));
                }
            }
        }
    }
    for (name, value) in arguments.keywords() {
        if !kept.iter().any(|(known, _)| same_text(known, name)) {
            kept.push((name.clone(), value.clone()));
        }
    }
    if kept.iter().any(|(name, _)| name.kind() != Kind::Str) {
        return Err(Raised::type_error("keywords must be strings"));
    }
    let (names, values): (Vec<Value>, Vec<Value>) = kept.into_iter().unzip();
    protocol::call(thread, class.as_value(), Args::with_keywords(&values, &names))
}

fn same_text(left: &Value, right: &Value) -> bool {
    match (left.downcast_ref::<Str>(), right.downcast_ref::<Str>()) {
        (Some(left), Some(right)) => left.as_str() == right.as_str(),
        _ => false,
    }
}

/// Checks that all names are those of fields or attributes, and that no field will be missing.
fn check_names(
    thread: &mut Thread,
    class: &Ref<Class>,
    dict: Option<&Object<Dict>>,
    arguments: Args<'_>,
) -> Run<()> {
    let shown = full_class_name(class);
    let fields = names_of(thread, class, "_fields")?;
    let mut expected = protocol::collect(thread, &fields)?;
    let others = known_names(thread, class, "_attributes")?;
    for (name, _) in arguments.keywords() {
        if !expected.iter().chain(&others).any(|known| same_text(known, name)) {
            let name = protocol::repr(thread, name)?;
            return Err(Raised::type_error(format_args!(
                "{shown}.__replace__ got an unexpected keyword argument {}.",
                name.as_str()
            )));
        }
    }
    expected.retain(|field| !arguments.keywords().any(|(name, _)| same_text(field, name)));
    let types = class_attribute(thread, class, "_field_types")?;
    let mut missing = Vec::new();
    for field in expected {
        let is_there = match dict {
            Some(dict) => protocol::dict_get(thread, dict, &field)?.is_some(),
            None => false,
        };
        let of = match types.as_ref().and_then(Value::downcast_ref::<Dict>) {
            Some(types) => protocol::dict_get(thread, types, &field)?,
            None => None,
        };
        if !is_there && of.is_none_or(|of| of.kind() != Kind::Union) {
            missing.push(object::expect_name(thread, &field)?);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> = missing.iter().map(|name| format!("'{}'", name.as_str())).collect();
    names.sort();
    let (count, plural) = (names.len(), if names.len() == 1 { "" } else { "s" });
    Err(Raised::type_error(format_args!(
        "{shown}.__replace__ missing {count} keyword argument{plural}: {}.",
        names.join(", ")
    )))
}
