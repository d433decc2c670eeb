//! "Did you mean": the name that a program probably meant when it used one that does not exist.
//!
//! Asked only when a traceback is printed, so that errors which are caught cost nothing. How close two names are is
//! decided in `text/suggest.rs`. Methods of the script that are called on the way may raise; then nothing is suggested.

use std::fmt::Write;

use crate::protocol;
use crate::text::suggest::suggest_among;
use crate::thread::Thread;
use crate::types::exception::{self, payload, places};
use crate::value::{Args, Class, Dict, ErrorKind, Object, Run, Str, Value};
use crate::vm::frame::object::FrameObject;
use crate::vm::frame::traceback;
use crate::vm::machine::Machine;

/// Returns what stands behind the message of an exception: ". Did you mean: 'x'?" or nothing.
pub fn suggestion(thread: &mut Thread, error: &Value) -> String {
    let mut out = String::new();
    let is = |kind| exception::is_kind(thread, error, kind);
    let is_name = is(ErrorKind::NameError);
    let place = if is(ErrorKind::ImportError) {
        places::import_error::name_from::PLACE
    } else if is_name {
        places::name_error::name::PLACE
    } else if is(ErrorKind::AttributeError) {
        places::attribute_error::name::PLACE
    } else {
        return out;
    };
    let wrong = payload(error).field(place);
    let Some(wrong) = wrong.downcast_ref::<Str>() else { return out };
    let meant = meant(thread, error, wrong).unwrap_or_default();
    if let Some(meant) = &meant {
        let _ = write!(out, ". Did you mean: '{meant}'?");
    }
    if is_name && is_module_of_the_library(thread, wrong) {
        let also = if meant.is_some() { " Or did" } else { ". Did" };
        let _ = write!(out, "{also} you forget to import '{}'?", wrong.as_str());
    }
    out
}

/// Returns the name that was meant. Raises what methods of the script raise.
fn meant(thread: &mut Thread, error: &Value, wrong: &Object<Str>) -> Run<Option<String>> {
    let frame = traceback::innermost(&payload(error).traceback.get());
    let names = if exception::is_kind(thread, error, ErrorKind::ImportError) {
        let module = payload(error).field(places::import_error::name::PLACE);
        let Some(module) = module.downcast_ref::<Str>() else { return Ok(None) };
        let top = thread.known().intern(thread, module.as_str().split('.').next().unwrap_or(""));
        let Some(module) = Machine::of(thread).modules.get_str(&top) else { return Ok(None) };
        visible(names_of(thread, &module)?, wrong, false)
    } else if exception::is_kind(thread, error, ErrorKind::NameError) {
        let Some(frame) = frame else { return Ok(None) };
        let locals = frame.locals(thread)?;
        let name = thread.known().interned_if_known(wrong);
        if let Some(receiver) = self_of(thread, &locals)
            && matches!(protocol::find_attr(thread, &receiver, &name), Ok(Some(_)))
        {
            return Ok(Some(format!("self.{}", wrong.as_str())));
        }
        let globals = frame.function.globals.to_value();
        let builtins = Machine::of(thread).builtins.to_value();
        let mut names = Vec::new();
        for namespace in [locals, globals, builtins] {
            names.extend(texts(protocol::collect(thread, &namespace)?));
        }
        names
    } else {
        let object = payload(error).field(places::attribute_error::obj::PLACE);
        let is_own = match frame {
            Some(frame) => is_self_of(thread, &frame, &object)?,
            None => false,
        };
        visible(names_of(thread, &object)?, wrong, is_own)
    };
    Ok(suggest_among(wrong.as_str(), names.iter().map(String::as_str)))
}

/// Leaves names with an underscore out, unless the wrong name has one too or the object is a method's own.
fn visible(mut names: Vec<String>, wrong: &Object<Str>, is_own: bool) -> Vec<String> {
    if !is_own && !wrong.as_str().starts_with('_') {
        names.retain(|name| !name.starts_with('_'));
    }
    names
}

/// Returns what `dir` says of an object, sorted. Raises what `__dir__` raises.
fn names_of(thread: &mut Thread, object: &Value) -> Run<Vec<String>> {
    let name = &thread.known().names().dir;
    // That of a class is for its instances.
    let is_class = object.downcast_ref::<Class>().is_some();
    let own = match is_class {
        true => protocol::lookup_special_method(thread, object, name)?,
        false => protocol::find_attr(thread, object, name)?,
    };
    let Some(method) = own else { return Ok(Vec::new()) };
    let names = protocol::call(thread, &method, Args::positional(&[]))?;
    let mut names = texts(protocol::collect(thread, &names)?);
    names.sort();
    Ok(names)
}

fn texts(names: Vec<Value>) -> Vec<String> {
    names.iter().filter_map(|name| Some(name.downcast_ref::<Str>()?.as_str().to_owned())).collect()
}

/// Returns the variable `self` of a namespace.
fn self_of(thread: &mut Thread, locals: &Value) -> Option<Value> {
    let name = thread.known().intern(thread, "self");
    locals.downcast_ref::<Dict>()?.get_str(&name)
}

fn is_self_of(thread: &mut Thread, frame: &Object<FrameObject>, object: &Value) -> Run<bool> {
    let locals = frame.locals(thread)?;
    Ok(self_of(thread, &locals).is_some_and(|receiver| receiver.is(object)))
}

/// Tells whether `sys.stdlib_module_names` has a name.
fn is_module_of_the_library(thread: &mut Thread, name: &Object<Str>) -> bool {
    let list = thread.known().intern(thread, "stdlib_module_names");
    let Some(list) = thread.known().sys_namespace().get_str(&list) else { return false };
    protocol::contains(thread, &list, &name.to_value()).unwrap_or(false)
}
