//! `type`: what classes themselves can do.
//!
//! A class's attribute is looked for in its metaclass (data descriptors), in the class and its bases, then in the
//! metaclass again. Making a class is in `make.rs` and `members.rs`, the order of its bases in `order.rs` and
//! `bases.rs`, what a change entails in `change.rs`, the attributes every class has in `attributes.rs`,
//! `annotations.rs` and `facts.rs`, how classes of the script answer operations in `slots.rs` and `operators.rs`.
//! `with_parents.rs`, `unraisable_facts.rs` and
//! `generic.rs` are classes that the runtime makes as scripts do. Begin with `make.rs`.

pub mod annotations;
pub mod attributes;
pub mod bases;
pub mod build_class;
pub mod change;
pub mod facts;
pub mod fast_new;
pub mod generic;
pub mod make;
pub mod mapping_proxy;
pub mod members;
pub mod named_items;
pub mod operators;
pub mod order;
pub mod slots;
pub mod struct_sequence;
pub mod super_;
pub mod unraisable_facts;
pub mod with_parents;

use crate::memory;
use crate::protocol::{self, argument_kind, class_lookup, class_of, shape_of, slots_of};
use crate::thread::Thread;
use crate::types::object;
use crate::types::object::class_names::class;
use crate::types::object::class_names::{module_text, namespace, qualname_text};
use crate::types::object::utf8::check_utf8;
use crate::types::typing::{generic_alias, union_type};
use crate::value::{
    Args, Class, ClassFlags, Comparison, Dict, Kind, Name, Object, Raised, Ref, Run, Signature, Slots, Str,
    Style, Tuple, TypeSpec, Value, alloc,
};

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class(value);
    let name = qualname_text(class);
    let text = match module_text(thread, class).as_deref() {
        None | Some("builtins") => memory::formatted(format_args!("<class '{name}'>"))?,
        Some(module) => memory::formatted(format_args!("<class '{module}.{name}'>"))?,
    };
    Ok(thread.new_string(text))
}

/// Computes `class(arguments)`: makes an object with `__new__`, then initialises it with `__init__`. Raises
/// `TypeError` if the class cannot be instantiated, and what the two methods raise.
pub fn call(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<Value> {
    let class = class(value);
    if class.raw() == thread.known().class(Kind::Class).raw() {
        match arguments.positionals() {
            [object] if !arguments.has_keywords() => return Ok(class_of(thread, object).into_value()),
            [_] => return Err(Raised::type_error("type() takes no keyword arguments")),
            [_, _, _] => {}
            _ => return Err(Raised::type_error("type() takes 1 or 3 arguments")),
        }
    }
    let Some(new) = class.slots().new else {
        return Err(Raised::type_error(format_args!(
            "cannot create '{}' instances",
            full_name(thread, class)
        )));
    };
    let made = new(thread, class, arguments)?;
    if !protocol::is_instance_of(thread, &made, class) {
        return Ok(made);
    }
    if let Some(init) = slots_of(thread, &made).init {
        init(thread, &made, arguments)?;
    }
    Ok(made)
}

fn full_name(_thread: &Thread, class: &Object<Class>) -> Name {
    if class.flags().contains(ClassFlags::SCRIPT) {
        class.name_text()
    } else {
        Name::Own(class.root_shape().info.name)
    }
}

fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    match find_attribute(thread, value, name)? {
        Some(found) => Ok(found),
        None => Err(no_attribute(value, name)),
    }
}

#[cold]
fn no_attribute(value: &Value, name: &Object<Str>) -> Raised {
    let message =
        format_args!("type object '{}' has no attribute '{}'", class(value).name_text(), name.as_str());
    Raised::missing_attribute(message, name.to_value(), value.clone())
}

/// Returns an attribute of a class; `None` if there is none. Raises what descriptors raise.
pub fn find_attribute(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Option<Value>> {
    let metaclass = shape_of(thread, value).class();
    let in_metaclass = class_lookup(metaclass, name);
    if let Some(found) = &in_metaclass {
        let slots = slots_of(thread, found);
        if slots.descriptor_set.is_some()
            && let Some(get) = slots.descriptor_get
        {
            let metaclass = metaclass.to_value();
            return get(thread, found, Some(value), &metaclass).map(Some);
        }
    }
    if let Some(found) = class_lookup(class(value), name) {
        return match slots_of(thread, &found).descriptor_get {
            Some(get) => get(thread, &found, None, value).map(Some),
            None => Ok(Some(found)),
        };
    }
    match in_metaclass {
        Some(found) => protocol::bind(thread, found, value).map(Some),
        None => Ok(None),
    }
}

fn set_attr(thread: &mut Thread, value: &Value, name: &Object<Str>, new: Option<&Value>) -> Run<()> {
    let class = class(value);
    if !class.flags().contains(ClassFlags::SCRIPT) {
        let (class, name) = (full_name(thread, class), name.as_str());
        return Err(Raised::type_error(format_args!(
            "cannot set '{name}' attribute of immutable type '{class}'"
        )));
    }
    if let Some(found) = class_lookup(shape_of(thread, value).class(), name)
        && let Some(set) = slots_of(thread, &found).descriptor_set
    {
        return set(thread, &found, value, new);
    }
    let name = thread.known().intern_str(thread, name);
    let old = match new {
        Some(new) => namespace(class).try_set_str(thread, &name, new.clone())?,
        None => {
            let old = namespace(class).remove_str(&name);
            Some(old.ok_or_else(|| no_attribute(value, &name))?)
        }
    };
    let replaces_data = match (&old, new) {
        (Some(old), Some(new)) => is_data(thread, old) && is_data(thread, new),
        _ => false,
    };
    if !replaces_data || !class.flags().contains(ClassFlags::VOLATILE_VALUES) {
        if replaces_data {
            class.set_flags(ClassFlags::VOLATILE_VALUES, true);
        }
        change::attribute_changed(thread, class, name.as_str());
    }
    drop(old);
    Ok(())
}

/// Tells whether a value in a namespace is neither a descriptor nor callable.
/// Only caches of the value itself depend on such a value.
fn is_data(thread: &Thread, value: &Value) -> bool {
    let slots = slots_of(thread, value);
    slots.descriptor_get.is_none() && slots.descriptor_set.is_none() && slots.call.is_none()
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    if thread.known().class(Kind::Class).is(value) {
        return Ok(generic_alias::new(thread, value, key));
    }
    let name = &thread.known().names().class_getitem;
    match find_attribute(thread, value, name)? {
        Some(method) => protocol::call(thread, &method, Args::positional(std::slice::from_ref(key))),
        None => {
            Err(Raised::type_error(format_args!("type '{}' is not subscriptable", class(value).name_text())))
        }
    }
}

fn hash(_thread: &mut Thread, value: &Value) -> Run<i64> {
    Ok(object::identity_hash(value))
}

fn compare(_thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    match comparison {
        Comparison::Equal if left.is(right) => Ok(Value::TRUE),
        Comparison::NotEqual if left.is(right) => Ok(Value::FALSE),
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

/// `type.__new__`: three arguments make a class.
fn new(thread: &mut Thread, metaclass: &Object<Class>, arguments: Args<'_>) -> Run<Value> {
    const SIGNATURE: Signature = Signature::new("name, bases, dict, /").styled(Style::Parsed);
    SIGNATURE.check("type.__new__", arguments.without_keywords())?;
    let [name, bases, members] = arguments.without_keywords().exactly();
    let wrong = |position: usize, wanted: &str, given: &Value| {
        let given = argument_kind(thread, given);
        Raised::type_error(format_args!("type.__new__() argument {position} must be {wanted}, not {given}"))
    };
    let name = name.downcast_ref::<Str>().ok_or_else(|| wrong(1, "str", name))?.to_ref();
    if check_utf8(thread, &name)?.contains('\0') {
        return Err(Raised::value_error("type name must not contain null characters"));
    }
    let bases = bases.downcast_ref::<Tuple>().ok_or_else(|| wrong(2, "tuple", bases))?.to_ref();
    let members = members.downcast_ref::<Dict>().ok_or_else(|| wrong(3, "dict", members))?;
    let members = thread.alloc(Dict::new(members.with_table(|table| table.copy())?));
    make::make(thread, metaclass, &name, &bases, members, arguments).map(Ref::into_value)
}

fn init(_thread: &mut Thread, _class: &Value, arguments: Args<'_>) -> Run<()> {
    match arguments.count() {
        1 if arguments.has_keywords() => {
            Err(Raised::type_error("type.__init__() takes no keyword arguments"))
        }
        1 | 3 => Ok(()),
        _ => Err(Raised::type_error("type.__init__() takes 1 or 3 arguments")),
    }
}

/// `type`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Class,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::WEAKREFABLE),
    info: alloc::type_info::<Class>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        call: Some(call),
        get_attr: Some(get_attr),
        set_attr: Some(set_attr),
        get_item: Some(get_item),
        binary: Slots::operators([(crate::value::BinaryOp::Or, union_type::or)]),
        new: Some(new),
        init: Some(init),
        ..Slots::EMPTY
    },
    methods: attributes::METHODS,
    attributes: attributes::ATTRIBUTES,
    doc: "",
};
