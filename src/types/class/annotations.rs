//! `__annotate__` and `__annotations__` of classes.
//!
//! A class statement stores the function that computes the annotations as `__annotate_func__`; what it returned is kept
//! as `__annotations_cache__`. A program may as well put `__annotate__` or `__annotations__` into the namespace, as
//! `from __future__ import annotations` does; these come first.

use crate::protocol::{self, slots_of};
use crate::thread::Thread;
use crate::types::class::change;
use crate::types::object::annotations::{check_annotate, compute};
use crate::types::object::class_names::{class, namespace, settable};
use crate::value::{ClassFlags, NativeAttribute, Object, Raised, Run, Str, Value};

/// Raises `AttributeError` if the class is built in, and so has no such attribute.
fn check_has(value: &Value, name: &str) -> Run<()> {
    if class(value).flags().contains(ClassFlags::SCRIPT) {
        return Ok(());
    }
    let class = class(value).name_text();
    Err(Raised::attribute_error(format_args!("type object '{class}' has no attribute '{name}'")))
}

/// Stores a value in the namespace of a class.
fn store(thread: &mut Thread, value: &Value, name: &Object<Str>, new: Value) -> Run<()> {
    let old = namespace(class(value)).try_set_str(thread, name, new)?;
    change::attribute_changed(thread, class(value), name.as_str());
    drop(old);
    Ok(())
}

/// Removes a name from the namespace of a class; returns whether it was there.
fn remove(thread: &mut Thread, value: &Value, name: &Object<Str>) -> bool {
    let old = namespace(class(value)).remove_str(name);
    change::attribute_changed(thread, class(value), name.as_str());
    old.is_some()
}

/// Returns the value of the first of two names that the namespace of a class has, bound to the class.
fn first_of(thread: &mut Thread, value: &Value, names: [&Object<Str>; 2]) -> Run<Option<Value>> {
    let found = names.into_iter().find_map(|name| namespace(class(value)).get_str(name));
    let Some(found) = found else { return Ok(None) };
    match slots_of(thread, &found).descriptor_get {
        Some(get) => get(thread, &found, None, value).map(Some),
        None => Ok(Some(found)),
    }
}

fn get_annotate(thread: &mut Thread, value: &Value) -> Run<Value> {
    check_has(value, "__annotate__")?;
    let names = thread.known().names();
    if let Some(found) = first_of(thread, value, [&names.annotate, &names.annotate_func])? {
        return Ok(found);
    }
    store(thread, value, &names.annotate_func, Value::NONE)?;
    Ok(Value::NONE)
}

/// Raises `TypeError` if the class is built in.
fn check_mutable(value: &Value, name: &str, new: Option<&Value>) -> Run<()> {
    settable(value, name, new.or(Some(&Value::NONE))).map(drop)
}

fn set_annotate(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    if new.is_some() {
        check_mutable(value, "__annotate__", new)?;
    }
    let new = check_annotate(thread, new, "cannot delete __annotate__ attribute")?;
    let (names, is_none) = (thread.known().names(), new.is_none());
    store(thread, value, &names.annotate_func, new)?;
    if !is_none {
        remove(thread, value, &names.annotations_cache);
    }
    Ok(())
}

fn get_annotations(thread: &mut Thread, value: &Value) -> Run<Value> {
    check_has(value, "__annotations__")?;
    let names = thread.known().names();
    if let Some(found) = first_of(thread, value, [&names.annotations, &names.annotations_cache])? {
        return Ok(found);
    }
    let annotate = protocol::get_attr(thread, value, &names.annotate)?;
    let annotations = compute(thread, &annotate)?;
    store(thread, value, &names.annotations_cache, annotations.clone())?;
    Ok(annotations)
}

fn set_annotations(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    check_mutable(value, "__annotations__", new)?;
    let names = thread.known().names();
    match new {
        Some(new) => {
            let has_own = namespace(class(value)).contains_str(&names.annotations);
            let name = if has_own { &names.annotations } else { &names.annotations_cache };
            store(thread, value, name, new.clone())?;
        }
        None => {
            let had =
                remove(thread, value, &names.annotations) || remove(thread, value, &names.annotations_cache);
            if !had {
                return Err(Raised::attribute_error("__annotations__"));
            }
        }
    }
    remove(thread, value, &names.annotate_func);
    remove(thread, value, &names.annotate);
    Ok(())
}

/// The attributes of classes that this file is about.
pub const ATTRIBUTES: [NativeAttribute; 2] = [
    NativeAttribute::new("__annotations__", get_annotations, set_annotations),
    NativeAttribute::new("__annotate__", get_annotate, set_annotate),
];
