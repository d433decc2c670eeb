//! "Did you mean": finds the name of an object or a namespace that is closest to one that was not found.
//!
//! Used only when a traceback is printed. How close two names are is in `text/suggest.rs`.

use crate::protocol;
use crate::text::suggest::suggest_among;
use crate::thread::Thread;
use crate::types::exception::places::attribute_error::{name, obj};
use crate::types::exception::{self, payload};
use crate::types::object::instance;
use crate::value::{Class, Dict, ErrorKind, Kind, Name, Str, Value};

/// Returns the name that the program probably meant in an `AttributeError`. For names of frames see
/// `suggest_among`.
pub fn suggest(thread: &mut Thread, error: &Value) -> Option<String> {
    if !exception::is_kind(thread, error, ErrorKind::AttributeError) {
        return None;
    }
    let (name, object) = (payload(error).field(name::PLACE), payload(error).field(obj::PLACE));
    let name = Name::of(name)?;
    if object.is_none() {
        return None;
    }
    suggest_among(&name, attribute_names(thread, &object).iter().map(String::as_str))
}

/// If there are more names than this nothing is suggested. (CPython: MAX_CANDIDATE_ITEMS)
const MOST_CANDIDATES: usize = 750;

/// Returns the names that `dir(object)` would list, without running script code.
fn attribute_names(thread: &mut Thread, object: &Value) -> Vec<String> {
    let mut names: Vec<Value> = Vec::new();
    if let Some(module) = object.downcast_ref::<crate::types::module::Module>() {
        names = module.namespace.keys().unwrap_or_default();
    } else if object.kind() != Kind::Class
        && let Ok(Some(dict)) = instance::dict_of(thread, object)
    {
        names = dict.keys().unwrap_or_default();
    }
    let all = match object.downcast_ref::<Class>() {
        Some(class) => crate::types::object::class_names::names_into(class, &mut names),
        None => {
            crate::types::object::class_names::names_into(&protocol::class_of(thread, object), &mut names)
        }
    };
    // A suggestion is worth neither much time nor an error.
    if all.is_err() || names.len() > MOST_CANDIDATES {
        return Vec::new();
    }
    let mut texts: Vec<String> =
        names.iter().filter_map(|name| Some(name.downcast_ref::<Str>()?.as_str().to_owned())).collect();
    texts.sort();
    texts
}

/// The names in a namespace, for `suggest_among`.
pub fn names_in(namespace: &Value) -> Vec<String> {
    let Some(dict) = namespace.downcast_ref::<Dict>().filter(|dict| dict.len() <= MOST_CANDIDATES) else {
        return Vec::new();
    };
    dict.keys()
        .unwrap_or_default()
        .iter()
        .filter_map(|name| Some(name.downcast_ref::<Str>()?.as_str().to_owned()))
        .collect()
}
