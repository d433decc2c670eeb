//! `__annotate__` and `__annotations__` of modules.
//!
//! The code of a module stores the function that computes the annotations as `__annotate__`. What it returned is kept
//! as `__annotations__`, except while the module is being imported, because more may be annotated later.

use crate::protocol;
use crate::thread::Thread;
use crate::types::module::Module;
use crate::types::object::annotations::{check_annotate, compute};
use crate::value::{Dict, NativeAttribute, Raised, Ref, Run, Value};

fn namespace(value: &Value) -> Ref<Dict> {
    value.downcast_ref::<Module>().expect("the slot belongs to modules").namespace.clone()
}

fn get_annotate(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (namespace, name) = (namespace(value), &thread.known().names().annotate);
    if let Some(known) = namespace.get_str(name) {
        return Ok(known);
    }
    drop(namespace.try_set_str(thread, name, Value::NONE)?);
    Ok(Value::NONE)
}

fn set_annotate(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    let new = check_annotate(thread, new, "cannot delete __annotate__ attribute")?;
    let (namespace, names, is_none) = (namespace(value), thread.known().names(), new.is_none());
    drop(namespace.try_set_str(thread, &names.annotate, new)?);
    if !is_none {
        drop(namespace.remove_str(&names.annotations));
    }
    Ok(())
}

fn get_annotations(thread: &mut Thread, value: &Value) -> Run<Value> {
    let (namespace, names) = (namespace(value), thread.known().names());
    if let Some(known) = namespace.get_str(&names.annotations) {
        return Ok(known);
    }
    let is_initializing = match namespace.get_str(&names.spec) {
        Some(spec) => is_initializing(thread, &spec)?,
        None => false,
    };
    let annotate = namespace.get_str(&names.annotate).unwrap_or(Value::NONE);
    let annotations = compute(thread, &annotate)?;
    if !is_initializing {
        drop(namespace.try_set_str(thread, &names.annotations, annotations.clone())?);
    }
    Ok(annotations)
}

/// Tells whether the module of a specification is being imported.
fn is_initializing(thread: &mut Thread, spec: &Value) -> Run<bool> {
    let name = thread.known().intern(thread, "_initializing");
    match protocol::find_attr(thread, spec, &name)? {
        Some(answer) => protocol::is_true(thread, &answer),
        None => Ok(false),
    }
}

fn set_annotations(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    let (namespace, names) = (namespace(value), thread.known().names());
    match new {
        Some(new) => drop(namespace.try_set_str(thread, &names.annotations, new.clone())?),
        None => match namespace.remove_str(&names.annotations) {
            Some(old) => drop(old),
            None => return Err(Raised::attribute_error("__annotations__")),
        },
    }
    drop(namespace.remove_str(&names.annotate));
    Ok(())
}

/// `__annotations__`.
pub const ANNOTATIONS: NativeAttribute =
    NativeAttribute::new("__annotations__", get_annotations, set_annotations);

/// `__annotate__`.
pub const ANNOTATE: NativeAttribute = NativeAttribute::new("__annotate__", get_annotate, set_annotate);
