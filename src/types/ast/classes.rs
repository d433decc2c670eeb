//! The classes of nodes, made of the table when they are first needed.

use super::SyntaxNode;
use super::table::{FieldRow, FieldType, Form, Group, NodeKind, PLACE, Placed, Quantity};
use crate::protocol;
use crate::thread::Thread;
use crate::types::class::make;
use crate::types::object::instance;
use crate::types::typing::{generic_alias, union_type};
use crate::value::{Args, Class, Dict, Kind, Object, Ref, Run, Str, SyntaxClasses, Tuple, Value};

/// Returns the classes, made once for each runtime. Raises `MemoryError`.
pub fn classes(thread: &mut Thread) -> Run<&'static SyntaxClasses> {
    let known = thread.known();
    if let Some(classes) = known.syntax_classes.get() {
        return Ok(classes);
    }
    let made = make_all(thread)?;
    // Of two threads the first one's classes stay.
    Ok(known.syntax_classes.get_or_init(|| made))
}

/// Returns the context `Load` if `class` is the class of contexts.
pub(super) fn load_context(thread: &mut Thread, class: &Value) -> Run<Option<Value>> {
    let classes = classes(thread)?;
    Ok(match classes.groups[Group::ExprContext as usize].is(class) {
        true => classes.singletons[NodeKind::Load as usize].clone(),
        false => None,
    })
}

fn make_all(thread: &mut Thread) -> Run<SyntaxClasses> {
    let base = thread.known().class(Kind::SyntaxNode).to_ref();
    let mut all = SyntaxClasses {
        groups: Vec::new(),
        kinds: Vec::new(),
        singletons: Vec::new(),
        fields: Vec::new(),
        place: PLACE.map(|name| thread.known().intern(thread, name)),
    };
    for group in Group::ALL {
        let row = group.row();
        let own_fields = if row.form == Form::Product { row.kinds[0].row().fields } else { &[] };
        let class = make_class(thread, row.name, &base, own_fields, &row.signature())?;
        let attributes: &[&str] = if row.placed == Placed::No { &[] } else { &PLACE };
        set_names(thread, &class, "_attributes", attributes)?;
        if row.placed == Placed::Begin {
            for name in &PLACE[2..] {
                set(thread, &class, name, Value::NONE)?;
            }
        }
        for kind in row.kinds {
            let node = kind.row();
            let class = match row.form {
                Form::Product => class.clone(),
                _ => make_class(thread, node.name, &class, node.fields, &node.signature())?,
            };
            all.singletons.push(match row.form {
                Form::Simple => Some(instance::allocate(thread, &class, SyntaxNode).into_value()),
                _ => None,
            });
            let intern = |field: &FieldRow| thread.known().intern(thread, field.name);
            all.fields.push(node.fields.iter().map(intern).collect());
            all.kinds.push(class);
        }
        all.groups.push(class);
    }
    for group in Group::ALL {
        for kind in group.row().kinds {
            set_types(thread, &all, *kind)?;
        }
    }
    Ok(all)
}

/// Makes a class with the names of its fields, and `None` for those that may be missing.
fn make_class(
    thread: &mut Thread,
    name: &str,
    base: &Ref<Class>,
    fields: &[FieldRow],
    doc: &str,
) -> Run<Ref<Class>> {
    let known = thread.known();
    let members = thread.alloc(Dict::default());
    let names = names_tuple(thread, fields.iter().map(|field| field.name));
    drop(members.set_str(thread, &known.intern(thread, "_fields"), names.clone()));
    drop(members.set_str(thread, &known.names().match_args, names));
    let module = known.intern(thread, "ast").into_value();
    drop(members.set_str(thread, &known.names().module, module));
    let doc = thread.try_str(doc)?;
    drop(members.set_str(thread, &known.names().doc, doc));
    for field in fields.iter().filter(|field| field.quantity == Quantity::Maybe) {
        drop(members.set_str(thread, &known.intern(thread, field.name), Value::NONE));
    }
    let name: Ref<Str> = known.intern(thread, name);
    let bases = thread.new_tuple(vec![base.to_value()]);
    let bases = bases.downcast_ref::<Tuple>().expect("made above");
    make::make(thread, known.class(Kind::Class), &name, bases, members, Args::positional(&[]))
}

/// Adds `_field_types`, which says what the fields of a kind hold.
fn set_types(thread: &mut Thread, all: &SyntaxClasses, kind: NodeKind) -> Run<()> {
    let types = thread.alloc(Dict::default());
    for (field, name) in kind.row().fields.iter().zip(&all.fields[kind as usize]) {
        let of = match field.of {
            FieldType::Identifier | FieldType::String => thread.known().class(Kind::Str).to_value(),
            FieldType::Int => thread.known().class(Kind::Int).to_value(),
            FieldType::Constant => thread.known().class(Kind::Object).to_value(),
            FieldType::Node(group) => all.groups[group as usize].to_value(),
        };
        let of = match field.quantity {
            Quantity::One => of,
            Quantity::Maybe => union_type::of(thread, &[of, Value::NONE])?,
            Quantity::Many | Quantity::ManyOrNone => {
                let list = thread.known().class(Kind::List).to_value();
                generic_alias::new(thread, &list, &of)
            }
        };
        drop(types.set_str(thread, name, of));
    }
    let class = all.kinds[kind as usize].clone();
    set(thread, &class, "_field_types", types.into_value())
}

fn set_names(thread: &mut Thread, class: &Object<Class>, name: &str, names: &[&str]) -> Run<()> {
    let names = names_tuple(thread, names.iter().copied());
    set(thread, class, name, names)
}

fn names_tuple<'a>(thread: &Thread, names: impl Iterator<Item = &'a str>) -> Value {
    let names = names.map(|name| thread.known().intern(thread, name).into_value()).collect();
    thread.new_tuple(names)
}

/// Adds an attribute to a class.
fn set(thread: &mut Thread, class: &Object<Class>, name: &str, value: Value) -> Run<()> {
    let name = thread.known().intern(thread, name);
    protocol::set_attr(thread, &class.to_value(), &name, &value)
}
