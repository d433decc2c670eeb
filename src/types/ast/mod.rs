//! `ast.AST`: the base of the classes of nodes, and the way between their objects and the tree that is compiled.
//!
//! ```text
//! objects ──read──▶ nodes ──check, to_tree──▶ tree ──▶ compile
//!    ◀──write── nodes ◀──from_tree── tree ◀── parser
//! ```
//!
//! What nodes there are is in `table.rs`, the classes made of it are in `classes.rs`. Begin with `table.rs`, then
//! `node.rs`.

pub mod check;
mod check_expr;
mod check_pattern;
mod check_place;
pub mod classes;
mod constant;
mod copy;
pub mod from_tree;
mod from_tree_expr;
mod from_tree_parts;
mod from_tree_stmt;
pub mod node;
mod places;
pub mod read;
mod show;
pub mod table;
pub mod to_tree;
mod to_tree_expr;
mod to_tree_parts;
mod to_tree_stmt;
pub mod write;

use crate::protocol::{self, full_class_name};
use crate::references;
use crate::thread::Thread;
use crate::types::object::{self, instance};
use crate::value::{
    Args, Class, ClassFlags, ErrorKind, Kind, List, NativeAttribute, NativeMethod, Object, Payload, Raised,
    Ref, Run, Slots, Str, TypeSpec, Value, alloc,
};

/// The payload of a node: nothing; its fields are attributes.
pub struct SyntaxNode;

references!(SyntaxNode {});

impl Payload for SyntaxNode {
    const KIND: Kind = Kind::SyntaxNode;
}

/// Returns an attribute of the class of a node, such as `_fields`. Raises what descriptors raise.
fn class_attribute(thread: &mut Thread, class: &Object<Class>, name: &str) -> Run<Option<Value>> {
    let name = thread.known().intern(thread, name);
    protocol::find_attr(thread, &class.to_value(), &name)
}

/// Returns `_fields` or `_attributes` of a class. Raises `AttributeError` if it has none.
fn names_of(thread: &mut Thread, class: &Object<Class>, name: &str) -> Run<Value> {
    let name = thread.known().intern(thread, name);
    protocol::get_attr(thread, &class.to_value(), &name)
}

fn make(thread: &mut Thread, class: &Object<Class>, _arguments: Args<'_>) -> Run<Value> {
    Ok(instance::allocate(thread, class, SyntaxNode).into_value())
}

/// What is known of one of the fields while a node is made.
struct Expected {
    name: Value,
    is_given: bool,
}

/// Sets the fields that are given, by position or by name, and gives the others their defaults. Raises `TypeError` for
/// too many, and warns of names that are no fields and of fields that have no default.
fn init(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    let class = protocol::class_of(thread, value);
    let shown = full_class_name(&class);
    let fields = names_of(thread, &class, "_fields")?;
    let count = protocol::len(thread, &fields)? as usize;
    let mut expected: Vec<Expected> = Vec::new();
    for name in protocol::collect(thread, &fields)? {
        protocol::hash(thread, &name)?;
        expected.push(Expected { name, is_given: false });
    }
    if count < arguments.count() {
        let (class, plural) = (class.name_text(), if count == 1 { "" } else { "s" });
        return Err(Raised::type_error(format_args!(
            "{class} constructor takes at most {count} positional argument{plural}"
        )));
    }
    for (field, given) in expected.iter_mut().zip(arguments.positionals()) {
        let name = object::expect_name(thread, &field.name)?;
        protocol::set_attr(thread, value, &name, given)?;
        field.is_given = true;
    }
    let mut attributes = None;
    for (key, given) in arguments.keywords() {
        let name: Ref<Str> = object::expect_name(thread, key)?;
        match position(thread, &expected, key)? {
            Some(at) if expected[at].is_given => {
                return Err(Raised::type_error(format_args!(
                    "{shown} got multiple values for argument '{}'",
                    name.as_str()
                )));
            }
            Some(at) => expected[at].is_given = true,
            None => {
                if attributes.is_none() {
                    attributes = Some(names_of(thread, &class, "_attributes")?);
                }
                let attributes = attributes.as_ref().expect("filled above");
                if !protocol::contains(thread, attributes, key)? {
                    let text = format!(
                        "{shown}.__init__ got an unexpected keyword argument '{}'. Support for arbitrary keyword \
                         arguments is deprecated and will be removed in Python 3.15.",
                        name.as_str()
                    );
                    warn(thread, &text)?;
                }
            }
        }
        protocol::set_attr(thread, value, &name, given)?;
    }
    expected.retain(|field| !field.is_given);
    set_defaults(thread, value, &class, &expected)
}

/// Returns the position of a field by its name.
fn position(thread: &mut Thread, expected: &[Expected], name: &Value) -> Run<Option<usize>> {
    for (at, field) in expected.iter().enumerate() {
        if protocol::equal(thread, &field.name, name)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// Gives fields that were not given their defaults: an empty list, or the context `Load`. A field that may be missing has
/// its default in the class.
fn set_defaults(thread: &mut Thread, value: &Value, class: &Object<Class>, missing: &[Expected]) -> Run<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let Some(types) = class_attribute(thread, class, "_field_types")? else { return Ok(()) };
    let shown = full_class_name(class);
    for Expected { name, .. } in missing {
        let Some(types) = types.downcast_ref() else {
            return Err(Raised::new(ErrorKind::SystemError, "bad argument to internal function"));
        };
        let found = protocol::dict_get(thread, types, name)?;
        let default = match found {
            None => {
                let name = protocol::repr(thread, name)?;
                let text = format!(
                    "Field {} is missing from {shown}._field_types. This will become an error in Python 3.15.",
                    name.as_str()
                );
                warn(thread, &text)?;
                continue;
            }
            Some(field) if field.kind() == Kind::Union => continue,
            Some(field) if field.kind() == Kind::GenericAlias => thread.alloc(List::default()).into_value(),
            Some(field) => match classes::load_context(thread, &field)? {
                Some(load) => load,
                None => {
                    let name = protocol::repr(thread, name)?;
                    let text = format!(
                        "{shown}.__init__ missing 1 required positional argument: {}. This will become an error in \
                         Python 3.15.",
                        name.as_str()
                    );
                    warn(thread, &text)?;
                    continue;
                }
            },
        };
        let name = object::expect_name(thread, name)?;
        protocol::set_attr(thread, value, &name, &default)?;
    }
    Ok(())
}

fn warn(thread: &mut Thread, text: &str) -> Run<()> {
    (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, text)
}

/// Tells whether a value is a node.
fn is_node(value: &Value) -> bool {
    value.kind() == Kind::SyntaxNode
}

/// `ast.AST`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::SyntaxNode,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::HAS_DICT),
    info: alloc::type_info::<SyntaxNode>,
    slots: Slots { new: Some(make), init: Some(init), repr: Some(show::repr), ..Slots::EMPTY },
    methods: &[
        NativeMethod::new("__reduce__", "", copy::reduce),
        NativeMethod::new("__replace__", "*args, **fields", copy::replace),
    ],
    attributes: &[NativeAttribute::new("__dict__", object::get_dict, object::set_dict)],
    doc: "",
};
