//! Makes the objects of nodes.

use super::SyntaxNode;
use super::classes::classes;
use super::node::{Field, Node};
use super::table::Placed;
use crate::protocol;
use crate::thread::Thread;
use crate::types::object::instance;
use crate::value::{List, Ref, Run, Str, SyntaxClasses, Value};

/// Makes the object of a node, and those of all nodes in it. Raises `RecursionError` if they are nested too deep, and
/// `MemoryError`.
pub fn write(thread: &mut Thread, node: &Node) -> Run<Value> {
    let classes = classes(thread)?;
    write_node(thread, classes, node)
}

fn write_node(thread: &mut Thread, classes: &SyntaxClasses, node: &Node) -> Run<Value> {
    if let Some(only) = &classes.singletons[node.kind as usize] {
        return Ok(only.clone());
    }
    protocol::check_recursion(thread, "during ast construction")?;
    let object = instance::allocate(thread, &classes.kinds[node.kind as usize], SyntaxNode).into_value();
    for (name, field) in classes.fields[node.kind as usize].iter().zip(&node.fields) {
        let value = write_field(thread, classes, field)?;
        instance::store(thread, &object, name, value)?;
    }
    if node.kind.row().group.row().placed != Placed::No {
        let place = &node.place;
        let numbers = [place.line, place.column, place.end_line, place.end_column];
        for (name, number) in classes.place.iter().zip(numbers) {
            let number = thread.new_int(number.into());
            instance::store(thread, &object, name, number)?;
        }
    }
    Ok(object)
}

fn write_field(thread: &mut Thread, classes: &SyntaxClasses, field: &Field) -> Run<Value> {
    Ok(match field {
        Field::Missing => Value::NONE,
        Field::Node(node) => write_node(thread, classes, node)?,
        Field::Nodes(nodes) => {
            let list = thread.alloc(List::default());
            for node in nodes {
                let item = match node {
                    Some(node) => write_node(thread, classes, node)?,
                    None => Value::NONE,
                };
                list.push(item)?;
            }
            list.into_value()
        }
        Field::Text(text) => thread.known().intern(thread, text).into_value(),
        Field::Texts(texts) => {
            let list = thread.alloc(List::default());
            for text in texts {
                let name: Ref<Str> = thread.known().intern(thread, text);
                list.push(name.into_value())?;
            }
            list.into_value()
        }
        Field::Int(number) => thread.new_int((*number).into()),
        Field::Value(value) => value.clone(),
    })
}
