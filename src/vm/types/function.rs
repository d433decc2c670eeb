//! What scripts see of functions: their type.

use crate::memory;
use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::types::function::bound_method::BoundMethod;
use crate::types::object::annotations;
use crate::value::alloc::type_info;
use crate::value::{
    ClassFlags, Dict, Kind, NativeAttribute, Object, Raised, Run, Slot, Slots, Str, TypeSpec, Value,
};
use crate::vm::audit;
use crate::vm::function::Function;
use crate::vm::run::ops::call;
use crate::vm::types::function_code;

fn function(value: &Value) -> &Object<Function> {
    value.downcast_ref().expect("the slot belongs to functions")
}

fn or_none(value: Value) -> Value {
    if value.is_unbound() { Value::NONE } else { value }
}

fn bind(thread: &mut Thread, value: &Value, instance: Option<&Value>, _owner: &Value) -> Run<Value> {
    Ok(match instance {
        None => value.clone(),
        Some(instance) => {
            thread.alloc(BoundMethod { function: value.clone(), self_object: instance.clone() }).into_value()
        }
    })
}

fn repr_function(thread: &mut Thread, value: &Value) -> Run<Value> {
    let name = function(value).qualname_text();
    let address = value.as_raw().map_or(0, |raw| raw.address());
    Ok(thread.new_string(memory::formatted(format_args!("<function {name} at {address:#x}>"))?))
}

/// Returns the dict behind `__dict__`, which is made on first use.
fn attribute_dict(thread: &ThreadState, value: &Value) -> Value {
    let slot = &function(value).attributes;
    let known = slot.get();
    if !known.is_unbound() {
        return known;
    }
    let made = thread.alloc(Dict::default()).into_value();
    drop(slot.set(made.clone()));
    made
}

fn set_attribute_dict(thread: &mut Thread, value: &Value, dict: Option<&Value>) -> Run<()> {
    match dict {
        Some(dict) if dict.downcast_ref::<Dict>().is_some() => {
            drop(function(value).attributes.set(dict.clone()));
            Ok(())
        }
        Some(other) => {
            let given = protocol::type_name(thread, other);
            Err(Raised::type_error(format_args!("__dict__ must be set to a dictionary, not a '{given}'")))
        }
        None => Err(Raised::type_error("cannot delete __dict__")),
    }
}

fn get_attr(thread: &mut Thread, value: &Value, name: &Object<Str>) -> Run<Value> {
    let class = thread.known().class(Kind::Function);
    if protocol::class_lookup(class, name).is_none() {
        let attributes = function(value).attributes.get();
        if let Some(found) = attributes.downcast_ref::<Dict>().and_then(|dict| dict.get_str(name)) {
            return Ok(found);
        }
    }
    let generic = thread.known().class(Kind::Object).slots().get_attr.expect("object has it");
    generic(thread, value, name)
}

fn set_attr(thread: &mut Thread, value: &Value, name: &Object<Str>, new: Option<&Value>) -> Run<()> {
    let class = thread.known().class(Kind::Function);
    if protocol::class_lookup(class, name).is_some() {
        let generic = thread.known().class(Kind::Object).slots().set_attr.expect("object has it");
        return generic(thread, value, name, new);
    }
    let attributes = attribute_dict(thread, value);
    let dict: &Object<Dict> = attributes.downcast_ref().expect("made as a dict");
    match new {
        Some(new) => drop(dict.try_set_str(thread, name, new.clone())?),
        None => match dict.remove_str(name) {
            Some(old) => drop(old),
            None => {
                let message = format_args!("'function' object has no attribute '{}'", name.as_str());
                return Err(Raised::missing_attribute(message, name.to_value(), value.clone()));
            }
        },
    }
    Ok(())
}

/// Makes the getter of a slot.
macro_rules! slot_getter {
    ($field:ident) => {
        |_, value| Ok(or_none(function(value).$field.get()))
    };
}

fn set_slot(slot: &Slot, new: Option<&Value>) -> Run<()> {
    drop(slot.set(new.cloned().unwrap_or(Value::NONE)));
    Ok(())
}

/// Assigns `__name__` or `__qualname__`. Raises `TypeError` for a deletion or anything but a `str`.
pub(super) fn set_text(slot: &Slot, name: &str, new: Option<&Value>) -> Run<()> {
    match new {
        Some(new) if new.kind() == Kind::Str => set_slot(slot, Some(new)),
        _ => Err(Raised::type_error(format_args!("{name} must be set to a string object"))),
    }
}

fn set_of_kind(slot: &Slot, name: &str, kind: Kind, shown: &str, new: Option<&Value>) -> Run<()> {
    match new {
        Some(new) if !new.is_none() && new.kind() != kind => {
            Err(Raised::type_error(format_args!("{name} must be set to a {shown} object")))
        }
        _ => set_slot(slot, new),
    }
}

/// Makes the getter of what audit hooks are told of.
macro_rules! told_getter {
    ($name:literal, |$function:ident| $get:expr) => {
        |thread, value| {
            let name = thread.new_str($name);
            audit::tell(thread, "object.__getattr__", &[value.clone(), name])?;
            let $function = function(value);
            Ok($get)
        }
    };
}

/// Assigns `__defaults__` or `__kwdefaults__`, of which audit hooks are told. Raises `TypeError` for another kind.
fn set_told(
    thread: &mut Thread,
    value: &Value,
    (slot, name): (&Slot, &str),
    (kind, shown): (Kind, &str),
    new: Option<&Value>,
) -> Run<()> {
    let text = thread.new_str(name);
    match new {
        Some(new) => audit::tell(thread, "object.__setattr__", &[value.clone(), text, new.clone()])?,
        None => audit::tell(thread, "object.__delattr__", &[value.clone(), text])?,
    }
    set_of_kind(slot, name, kind, shown, new)
}

fn get_annotations(thread: &mut Thread, value: &Value) -> Run<Value> {
    let known = function(value).annotations.get();
    if !known.is_unbound() && !known.is_none() {
        return Ok(known);
    }
    let annotate = function(value).annotate.get();
    let made = annotations::compute(thread, &annotate)?;
    drop(function(value).annotations.set(made.clone()));
    Ok(made)
}

/// Assigns `__annotations__`, which `__annotate__` does not compute from then on. Raises `TypeError` for anything but a
/// dict.
fn set_annotations(_thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    set_of_kind(&function(value).annotations, "__annotations__", Kind::Dict, "dict", new)?;
    set_slot(&function(value).annotate, None)
}

/// Assigns `__annotate__`, and forgets what the function before has computed. Raises `TypeError` for a deletion and for
/// what cannot be called.
fn set_annotate(thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    let new = annotations::check_annotate(thread, new, "__annotate__ cannot be deleted")?;
    let is_none = new.is_none();
    drop(function(value).annotate.set(new));
    if is_none { Ok(()) } else { set_slot(&function(value).annotations, None) }
}

fn get_type_params(thread: &mut Thread, value: &Value) -> Run<Value> {
    let known = function(value).type_params.get();
    Ok(if known.is_unbound() { thread.known().empty_tuple() } else { known })
}

fn set_type_params(_thread: &mut Thread, value: &Value, new: Option<&Value>) -> Run<()> {
    match new {
        Some(new) if new.kind() == Kind::Tuple => set_slot(&function(value).type_params, Some(new)),
        _ => Err(Raised::type_error("__type_params__ must be set to a tuple")),
    }
}

/// `function`
pub const FUNCTION_SPEC: TypeSpec = TypeSpec {
    kind: Kind::Function,
    base: Kind::Object,
    flags: ClassFlags::WEAKREFABLE,
    info: type_info::<Function>,
    slots: Slots {
        call: Some(call::call_from_native),
        new: Some(crate::vm::types::function_new::new),
        repr: Some(repr_function),
        descriptor_get: Some(bind),
        get_attr: Some(get_attr),
        set_attr: Some(set_attr),
        ..Slots::EMPTY
    },
    methods: &[],
    attributes: &[
        NativeAttribute::new(
            "__name__",
            |_, value| Ok(function(value).name()),
            |_, value, new| set_text(&function(value).name, "__name__", new),
        ),
        NativeAttribute::new(
            "__qualname__",
            |_, value| Ok(function(value).qualname()),
            |_, value, new| set_text(&function(value).qualname, "__qualname__", new),
        ),
        NativeAttribute::new(
            "__doc__",
            |thread, value| Ok(function(value).doc(thread)),
            |_, value, new| set_slot(&function(value).doc, new),
        ),
        NativeAttribute::new(
            "__module__",
            |thread, value| Ok(function(value).module(thread)),
            |_, value, new| set_slot(&function(value).module, new),
        ),
        NativeAttribute::new(
            "__defaults__",
            told_getter!("__defaults__", |function| or_none(function.defaults.get())),
            |thread, value, new| {
                let slot = (&function(value).defaults, "__defaults__");
                set_told(thread, value, slot, (Kind::Tuple, "tuple"), new)
            },
        ),
        NativeAttribute::new(
            "__kwdefaults__",
            told_getter!("__kwdefaults__", |function| or_none(function.keyword_defaults.get())),
            |thread, value, new| {
                let slot = (&function(value).keyword_defaults, "__kwdefaults__");
                set_told(thread, value, slot, (Kind::Dict, "dict"), new)
            },
        ),
        NativeAttribute::new("__annotations__", get_annotations, set_annotations),
        NativeAttribute::new("__annotate__", slot_getter!(annotate), set_annotate),
        NativeAttribute::new("__type_params__", get_type_params, set_type_params),
        NativeAttribute::field("__closure__", |_, value| Ok(function(value).closure.clone())),
        NativeAttribute::new(
            "__code__",
            told_getter!("__code__", |function| function.code.as_value().clone()),
            function_code::set,
        ),
        NativeAttribute::field("__globals__", |_, value| Ok(function(value).globals.as_value().clone())),
        NativeAttribute::field("__builtins__", |_, value| Ok(function(value).builtins.as_value().clone())),
        NativeAttribute::new(
            "__dict__",
            |thread, value| Ok(attribute_dict(thread, value)),
            set_attribute_dict,
        ),
    ],
    doc: "",
};
