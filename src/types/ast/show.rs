//! How nodes are shown: their fields, three levels deep, and the ends of their lists.

use super::{is_node, names_of};
use crate::protocol::{self, full_class_name, repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::object;
use crate::value::{Kind, Run, Value};

/// How many levels of nodes are shown.
const LEVELS: u32 = 3;

/// Shows a node. Raises what its fields raise.
pub(super) fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let text = node(thread, value, LEVELS)?;
    Ok(thread.new_string(text))
}

fn node(thread: &mut Thread, value: &Value, levels: u32) -> Run<String> {
    let class = full_class_name(&protocol::class_of(thread, value));
    if levels == 0 || !repr_enter(thread, value) {
        return Ok(format!("{class}(...)"));
    }
    let fields = fields(thread, value, levels);
    repr_leave(thread, value);
    Ok(format!("{class}({})", fields?))
}

fn fields(thread: &mut Thread, value: &Value, levels: u32) -> Run<String> {
    let class = protocol::class_of(thread, value);
    let names = names_of(thread, &class, "_fields")?;
    let mut parts = Vec::new();
    for name in protocol::collect(thread, &names)? {
        let name = object::expect_known_name(thread, &name)?;
        let field = protocol::get_attr(thread, value, &name)?;
        let shown = match field.kind() {
            Kind::List | Kind::Tuple => list(thread, &field, levels - 1)?,
            _ => item(thread, &field, levels - 1)?,
        };
        parts.push(format!("{}={shown}", name.as_str()));
    }
    Ok(parts.join(", "))
}

fn item(thread: &mut Thread, value: &Value, levels: u32) -> Run<String> {
    if is_node(value) {
        return node(thread, value, levels);
    }
    Ok(protocol::repr(thread, value)?.as_str().to_owned())
}

/// Shows the first and the last item of a list or tuple.
fn list(thread: &mut Thread, value: &Value, levels: u32) -> Run<String> {
    let items = protocol::collect(thread, value)?;
    let mut parts = Vec::new();
    if let [first, ..] = &items[..] {
        parts.push(item(thread, first, levels)?);
    }
    if let [_, between @ .., last] = &items[..] {
        if !between.is_empty() {
            parts.push("...".to_owned());
        }
        parts.push(item(thread, last, levels)?);
    }
    let shown = parts.join(", ");
    Ok(if value.kind() == Kind::List { format!("[{shown}]") } else { format!("({shown})") })
}
