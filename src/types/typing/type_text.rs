//! How types are written inside of aliases and unions.

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::object::class_names::{module_text, qualname_text};
use crate::value::{Class, Kind, Run, Value};

/// Returns how a type is shown inside an alias or a union: a class by its name, anything else by its `repr`.
/// Raises what `repr` raises.
pub fn type_text(thread: &mut Thread, value: &Value) -> Run<String> {
    if value.kind() == Kind::EllipsisType {
        return Ok("...".to_owned());
    }
    if let Some(class) = value.downcast_ref::<Class>() {
        let name = qualname_text(class);
        return Ok(match module_text(thread, class) {
            Some(module) if &*module != "builtins" => memory::formatted(format_args!("{module}.{name}"))?,
            _ => memory::copy_text(&name)?,
        });
    }
    Ok(memory::copy_text(protocol::repr(thread, value)?.as_str())?)
}
