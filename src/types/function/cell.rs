//! Cells: variables that a function shares with the functions inside it.

use crate::protocol::{self, type_name};
use crate::references;
use crate::thread::Thread;
use crate::types::object;
use crate::value::{
    Args, Class, ClassFlags, Comparison, Kind, NativeAttribute, Object, Payload, Raised, Run, Signature,
    Slot, Slots, TypeSpec, Value, alloc,
};

/// The payload of a cell.
pub struct Cell {
    /// The variable's value, or unbound.
    pub content: Slot,
}

references!(Cell { content });

impl Payload for Cell {
    const KIND: Kind = Kind::Cell;
    const HAS_ATTRIBUTES: bool = false;
}

fn cell(value: &Value) -> &Object<Cell> {
    value.downcast_ref().expect("the slot belongs to cells")
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("contents=None, /");

fn new(thread: &mut Thread, _class: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    SIGNATURE.check("cell", arguments)?;
    let content = arguments.get(0).cloned().unwrap_or(Value::UNBOUND);
    Ok(thread.alloc(Cell { content: Slot::new(content) }).into_value())
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let content = cell(value).content.get();
    let text = match content.is_unbound() {
        true => format!("<cell at {}: empty>", object::address(value)),
        false => {
            let class = type_name(thread, &content);
            format!("<cell at {}: {class} object at {}>", object::address(value), object::address(&content))
        }
    };
    Ok(thread.new_string(text))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let Some(right) = right.downcast_ref::<Cell>() else { return Ok(Value::NOT_IMPLEMENTED) };
    let (left, right) = (cell(left).content.get(), right.content.get());
    if left.is_unbound() || right.is_unbound() {
        return Ok(Value::bool(comparison.holds((!left.is_unbound()).cmp(&!right.is_unbound()))));
    }
    protocol::compare(thread, &left, &right, comparison)
}

fn get_content(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let content = cell(value).content.get();
    if content.is_unbound() { Err(Raised::value_error("Cell is empty")) } else { Ok(content) }
}

fn set_content(_thread: &mut Thread, value: &Value, content: Option<&Value>) -> Run<()> {
    drop(cell(value).content.set(content.cloned().unwrap_or(Value::UNBOUND)));
    Ok(())
}

/// `cell`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Cell,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<Cell>,
    slots: Slots { new: Some(new), repr: Some(repr), compare: Some(compare), ..Slots::EMPTY },
    methods: &[],
    attributes: &[NativeAttribute::new("cell_contents", get_content, set_content)],
    doc: "",
};
