//! The attributes every class has: its names, bases, order, namespace.

use crate::memory;
use crate::protocol::{self, type_name};
use crate::thread::Thread;
use crate::types::SPECS;
use crate::types::class::{annotations, bases, change, facts, mapping_proxy, order};
use crate::types::object::class_names::{class, module_text, names_into, namespace, settable};
use crate::types::object::utf8::check_utf8;
use crate::types::table::documentation;
use crate::value::{
    Args, ClassFlags, Dict, List, NativeAttribute, NativeMethod, Raised, Ref, Run, Str, Value,
};

fn get_name(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(class(value).name())
}

fn set_name(thread: &mut Thread, value: &Value, name: Option<&Value>) -> Run<()> {
    set_text(thread, value, name, "__name__", 0)
}

fn get_qualname(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(class(value).with(|class| &class.names, |names| names[1].clone()))
}

fn set_qualname(thread: &mut Thread, value: &Value, name: Option<&Value>) -> Run<()> {
    set_text(thread, value, name, "__qualname__", 1)
}

fn set_text(thread: &Thread, value: &Value, text: Option<&Value>, attribute: &str, index: usize) -> Run<()> {
    let (class, given) = settable(value, attribute, text)?;
    let Some(text) = given.downcast_ref::<Str>() else {
        return Err(Raised::type_error(format_args!(
            "can only assign string to {}.{attribute}, not '{}'",
            class.name_text(),
            type_name(thread, given)
        )));
    };
    if index == 0 && check_utf8(thread, text)?.contains('\0') {
        return Err(Raised::value_error("type name must not contain null characters"));
    }
    let text = given.clone();
    let old = class.with(|class| &class.names, |names| std::mem::replace(&mut names[index], text));
    drop(old);
    Ok(())
}

fn get_module(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class(value);
    if class.flags().contains(ClassFlags::SCRIPT) {
        let name = &thread.known().names().module;
        return namespace(class).get_str(name).ok_or_else(|| Raised::attribute_error(name.as_str()));
    }
    Ok(thread.new_str(&module_text(thread, class).unwrap_or_default()))
}

fn set_module(thread: &mut Thread, value: &Value, module: Option<&Value>) -> Run<()> {
    let (class, module) = settable(value, "__module__", module)?;
    drop(namespace(class).try_set_str(thread, &thread.known().names().module, module.clone())?);
    // The line of the class would be one of another file.
    let line = thread.known().intern(thread, "__firstlineno__");
    drop(namespace(class).remove_str(&line));
    Ok(())
}

fn get_base(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(crate::types::object::layout::base_of(class(value)).map_or(Value::NONE, Ref::into_value))
}

fn get_mro(_thread: &mut Thread, value: &Value) -> Run<Value> {
    let order = class(value).mro.get();
    // Unset while a metaclass's `mro` runs.
    Ok(if order.is_unbound() { Value::NONE } else { order.clone() })
}

fn get_dict(thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(mapping_proxy::new(thread, class(value).namespace.get().clone()))
}

/// Returns the docstring of a class: what its namespace has, bound like any other attribute.
///
/// A built-in type may have a docstring although its instances have an attribute of that name.
fn get_doc(thread: &mut Thread, value: &Value) -> Run<Value> {
    let class = class(value);
    let name = &thread.known().names().doc;
    let Some(found) = namespace(class).get_str(name) else { return Ok(Value::NONE) };
    if !class.flags().contains(ClassFlags::SCRIPT) && found.downcast_ref::<Str>().is_none() {
        let spec = SPECS.iter().find(|spec| spec.kind == class.kind);
        let own = spec.map(|spec| spec.doc).filter(|doc| !doc.is_empty());
        if let Some(doc) = documentation::of_class(class.kind.name()).or(own) {
            return Ok(thread.new_str(doc));
        }
    }
    match protocol::slots_of(thread, &found).descriptor_get {
        Some(get) => get(thread, &found, None, value),
        None => Ok(found),
    }
}

fn set_doc(thread: &mut Thread, value: &Value, doc: Option<&Value>) -> Run<()> {
    let (class, doc) = settable(value, "__doc__", doc)?;
    let old = namespace(class).try_set_str(thread, &thread.known().names().doc, doc.clone())?;
    change::attribute_changed(thread, class, "__doc__");
    drop(old);
    Ok(())
}

fn mro(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let order = order::usual(class(value))?;
    Ok(thread.alloc(List::new(order)).into_value())
}

fn subclasses(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let classes = memory::collect(class(value).listed_subclasses().map(Value::from))?;
    Ok(thread.alloc(List::new(classes)).into_value())
}

fn dir(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value] = arguments.exactly();
    let mut names = Vec::new();
    names_into(class(value), &mut names)?;
    Ok(thread.alloc(List::new(names)).into_value())
}

fn prepare(thread: &mut Thread, _arguments: Args<'_>) -> Run<Value> {
    Ok(thread.alloc(Dict::default()).into_value())
}

fn instance_check(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value, instance] = arguments.exactly();
    protocol::real_instance_check(thread, instance, value).map(Value::bool)
}

fn subclass_check(thread: &mut Thread, arguments: Args<'_>) -> Run<Value> {
    let [value, derived] = arguments.exactly();
    protocol::real_subclass_check(thread, derived, value).map(Value::bool)
}

/// The methods of `type`.
pub const METHODS: &[NativeMethod] = &[
    NativeMethod::new("mro", "", mro),
    NativeMethod::new("__subclasses__", "", subclasses),
    NativeMethod::new("__dir__", "", dir),
    NativeMethod::class("__prepare__", "*args, **kwargs", prepare),
    NativeMethod::new("__instancecheck__", "instance, /", instance_check),
    NativeMethod::new("__subclasscheck__", "subclass, /", subclass_check),
];

/// The computed attributes of classes.
pub const ATTRIBUTES: &[NativeAttribute] = &[
    NativeAttribute::new("__name__", get_name, set_name),
    NativeAttribute::new("__qualname__", get_qualname, set_qualname),
    NativeAttribute::new("__module__", get_module, set_module),
    NativeAttribute::new("__bases__", bases::get, bases::set),
    NativeAttribute::field("__base__", get_base),
    NativeAttribute::read_only("__mro__", get_mro),
    NativeAttribute::read_only("__dict__", get_dict),
    annotations::ATTRIBUTES[0],
    annotations::ATTRIBUTES[1],
    NativeAttribute::new("__doc__", get_doc, set_doc),
    facts::ATTRIBUTES[0],
    facts::ATTRIBUTES[1],
    facts::ATTRIBUTES[2],
    facts::ATTRIBUTES[3],
    facts::ATTRIBUTES[4],
    facts::ATTRIBUTES[5],
    facts::ATTRIBUTES[6],
    facts::ATTRIBUTES[7],
];
