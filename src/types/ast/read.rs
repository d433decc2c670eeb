//! Reads nodes from objects.
//!
//! Any attribute may be a property, and any class may have `__getattr__`: their code runs in the order in which CPython
//! asks. So nothing is kept of a list but its items, which are asked for one by one.

use std::sync::Arc;

use super::classes::classes;
use super::node::{Field, Node, Place};
use super::table::{FieldRow, FieldType, Form, Group, NodeKind, NodeRow, Placed, Quantity};
use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::value::{Bytes, Kind, List, Object, Raised, Run, Str, SyntaxClasses, Value};

/// Reads what `mode` compiles from an object. Raises `TypeError` if it is another kind of node or its fields hold something
/// else, `ValueError` for fields that may not be `None`, and what attributes raise.
pub fn read(thread: &mut Thread, value: &Value, kind: NodeKind) -> Run<Node> {
    let classes = classes(thread)?;
    let class = classes.kinds[kind as usize].to_value();
    if !protocol::instance_check(thread, value, &class)? {
        let (name, given) = (kind.row().name, protocol::class_of(thread, value).name_text());
        return Err(Raised::type_error(format_args!("expected {name} node, got {given}")));
    }
    let node = read_node(thread, classes, value, Group::Mod)?;
    Ok(node.expect("the object is no `None`"))
}

/// Reads a node of a group; `None` for `None`.
fn read_node(thread: &mut Thread, classes: &SyntaxClasses, value: &Value, group: Group) -> Run<Option<Node>> {
    let row = group.row();
    let kind = match row.form {
        Form::Product => row.kinds[0],
        Form::Simple => {
            let kind = kind_of(thread, classes, value, group)?;
            return Ok(Some(Node { kind, place: Place::default(), fields: Vec::new() }));
        }
        Form::Sum => {
            if value.is_none() {
                return Ok(None);
            }
            let place = read_place(thread, classes, value, group)?;
            let kind = kind_of(thread, classes, value, group)?;
            let fields = read_fields(thread, classes, value, kind)?;
            return Ok(Some(Node { kind, place, fields }));
        }
    };
    let fields = read_fields(thread, classes, value, kind)?;
    let place = read_place(thread, classes, value, group)?;
    Ok(Some(Node { kind, place, fields }))
}

/// Returns the first kind of a group whose class the object is of. Raises `TypeError` if there is none.
fn kind_of(thread: &mut Thread, classes: &SyntaxClasses, value: &Value, group: Group) -> Run<NodeKind> {
    let kinds = group.row().kinds;
    let own = protocol::class_of(thread, value);
    if let Some(kind) = kinds.iter().find(|kind| classes.kinds[**kind as usize].raw() == own.raw()) {
        return Ok(*kind);
    }
    for kind in kinds {
        let class = classes.kinds[*kind as usize].to_value();
        if protocol::instance_check(thread, value, &class)? {
            return Ok(*kind);
        }
    }
    Err(unexpected(thread, value, group)?)
}

fn unexpected(thread: &mut Thread, value: &Value, group: Group) -> Run<Raised> {
    let (name, shown) = (group.row().name, protocol::repr(thread, value)?);
    Ok(Raised::type_error(format_args!("expected some sort of {name}, but got {}", shown.as_str())))
}

/// Reads the attributes that are a place, if the nodes of the group have one.
fn read_place(thread: &mut Thread, classes: &SyntaxClasses, value: &Value, group: Group) -> Run<Place> {
    let row = group.row();
    if row.placed == Placed::No {
        return Ok(Place::default());
    }
    let mut numbers = [0; 4];
    for (position, name) in classes.place.iter().enumerate() {
        let found = protocol::find_attr(thread, value, name)?;
        let may_be_missing = position >= 2 && row.placed == Placed::Begin;
        numbers[position] = match found.filter(|found| !(may_be_missing && found.is_none())) {
            Some(found) => read_int(thread, &found)?,
            None if may_be_missing => numbers[position - 2],
            None => return Err(missing(name.as_str(), row.name)),
        };
    }
    let [line, column, end_line, end_column] = numbers;
    Ok(Place { line, column, end_line, end_column })
}

fn missing(field: &str, name: &str) -> Raised {
    Raised::type_error(format_args!("required field \"{field}\" missing from {name}"))
}

/// Reads the fields of a node.
fn read_fields(
    thread: &mut Thread,
    classes: &SyntaxClasses,
    value: &Value,
    kind: NodeKind,
) -> Run<Vec<Field>> {
    let row = kind.row();
    let mut fields = Vec::with_capacity(row.fields.len());
    for (field, name) in row.fields.iter().zip(&classes.fields[kind as usize]) {
        let found = protocol::find_attr(thread, value, name)?;
        fields.push(match field.quantity {
            Quantity::Many | Quantity::ManyOrNone => match found {
                Some(list) => read_list(thread, classes, &list, row, field)?,
                None => empty_list(field),
            },
            Quantity::Maybe => match found.filter(|found| !found.is_none()) {
                Some(found) => read_one(thread, classes, &found, row, field)?,
                // The level of an import.
                None if field.of == FieldType::Int => Field::Int(0),
                None => Field::Missing,
            },
            Quantity::One => match found {
                Some(found) => read_one(thread, classes, &found, row, field)?,
                None => return Err(missing(field.name, row.name)),
            },
        });
    }
    for (field, content) in row.fields.iter().zip(&fields) {
        if field.quantity == Quantity::One && matches!(content, Field::Missing) {
            let (field, name) = (field.name, row.name);
            return Err(Raised::value_error(format_args!("field '{field}' is required for {name}")));
        }
    }
    Ok(fields)
}

fn empty_list(field: &FieldRow) -> Field {
    match field.of {
        FieldType::Node(_) => Field::Nodes(Vec::new()),
        _ => Field::Texts(Vec::new()),
    }
}

fn read_list(
    thread: &mut Thread,
    classes: &SyntaxClasses,
    value: &Value,
    row: &NodeRow,
    field: &FieldRow,
) -> Run<Field> {
    let (name, node) = (field.name, row.name);
    let Some(list) = value.downcast_ref::<List>() else {
        let given = protocol::class_of(thread, value).name_text();
        return Err(Raised::type_error(format_args!(
            "{node} field \"{name}\" must be a list, not a {given}"
        )));
    };
    let list: &Object<List> = list;
    let length = list.len();
    let mut content = empty_list(field);
    for position in 0..length {
        let Some(item) = list.get(position) else { return Err(changed(row, field)) };
        let read = read_one(thread, classes, &item, row, field)?;
        if list.len() != length {
            return Err(changed(row, field));
        }
        let is_kept = match (&mut content, read) {
            (Field::Nodes(nodes), Field::Node(node)) => memory::push(nodes, Some(*node)).is_ok(),
            (Field::Nodes(nodes), Field::Missing) => memory::push(nodes, None).is_ok(),
            (Field::Texts(texts), Field::Text(text)) => memory::push(texts, text).is_ok(),
            // A name that is `None`.
            _ => return Err(Raised::type_error("AST identifier must be of type str")),
        };
        if !is_kept {
            return Err(Raised::memory_error());
        }
    }
    Ok(content)
}

fn changed(row: &NodeRow, field: &FieldRow) -> Raised {
    let (node, name) = (row.name, field.name);
    Raised::runtime_error(format_args!("{node} field \"{name}\" changed size during iteration"))
}

fn read_one(
    thread: &mut Thread,
    classes: &SyntaxClasses,
    value: &Value,
    row: &NodeRow,
    field: &FieldRow,
) -> Run<Field> {
    Ok(match field.of {
        FieldType::Int => Field::Int(read_int(thread, value)?),
        FieldType::Identifier if value.is_none() => Field::Missing,
        FieldType::Identifier => match value.downcast_exact::<Str>() {
            Some(text) => Field::Text(copied(text)?),
            None => return Err(Raised::type_error("AST identifier must be of type str")),
        },
        FieldType::String => match (value.downcast_exact::<Str>(), value.downcast_exact::<Bytes>()) {
            (Some(text), _) => Field::Text(copied(text)?),
            (_, Some(_)) => Field::Text("".into()),
            _ => return Err(Raised::type_error("AST string must be of type str")),
        },
        FieldType::Constant => Field::Value(value.clone()),
        FieldType::Node(group) => {
            protocol::check_recursion(thread, &format!("while traversing '{}' node", row.name))?;
            match read_node(thread, classes, value, group)? {
                Some(node) => Field::Node(Box::new(node)),
                None => Field::Missing,
            }
        }
    })
}

fn copied(text: &Object<Str>) -> Run<Arc<str>> {
    Ok(memory::copy_text(text.as_str())?.into())
}

fn read_int(thread: &mut Thread, value: &Value) -> Run<i32> {
    if !matches!(value.kind(), Kind::Int | Kind::Bool) {
        let shown = protocol::repr(thread, value)?;
        return Err(Raised::value_error(format_args!("invalid integer value: {}", shown.as_str())));
    }
    let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
    number.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))
}
