//! Questions about the class of an object; `isinstance` and `issubclass` are in `class_check.rs`.

use crate::memory;
use crate::thread::ThreadState;
use crate::value::{Class, ClassFlags, Dict, Name, Object, Ref, Run, Shape, Slots, Str, Value};

/// The shape of a value; inline words have the shape of their built-in type.
#[inline(always)]
pub fn shape_of<'a>(thread: &ThreadState, value: &'a Value) -> &'a Shape {
    match value.as_raw() {
        Some(object) => Shape::of(object),
        None => thread.known().shape(value.kind()),
    }
}

/// The operations of a value's class.
#[inline(always)]
pub fn slots_of<'a>(thread: &ThreadState, value: &'a Value) -> &'a Slots {
    shape_of(thread, value).slots()
}

/// The class of a value.
#[inline]
pub fn class_of(thread: &ThreadState, value: &Value) -> Ref<Class> {
    shape_of(thread, value).class().to_ref()
}

/// Returns the name of a value's class for messages; the names of some built-in classes include the module.
pub fn type_name(thread: &ThreadState, value: &Value) -> Name {
    full_class_name(shape_of(thread, value).class())
}

/// Returns the name of a value's class as CPython's argument parsers show it: for `None` it is "None".
pub fn argument_kind(thread: &ThreadState, value: &Value) -> Name {
    if value.is_none() { Name::Own("None") } else { type_name(thread, value) }
}

/// Returns the name of a class for messages; the names of some built-in classes include the module.
pub fn full_class_name(class: &Object<Class>) -> Name {
    let full_name = class.kind.name();
    let is_full = full_name.contains('.') && !class.flags().contains(ClassFlags::SCRIPT);
    if is_full { Name::Own(full_name) } else { class.name_text() }
}

/// Returns the qualified name of a class, with the module in front unless that is `builtins` or `__main__` (CPython:
/// `%T`). Raises `MemoryError`.
pub fn fully_qualified_name(thread: &ThreadState, class: &Object<Class>) -> Run<Name> {
    if !class.flags().contains(ClassFlags::SCRIPT) {
        return Ok(full_class_name(class));
    }
    let name = class.with(|class| &class.names, |names| names[1].clone());
    let name = Name::of(name).unwrap_or_else(|| class.name_text());
    match class_lookup(class, &thread.known().names().module).and_then(Name::of) {
        Some(module) if !matches!(&*module, "builtins" | "__main__") => {
            let text = memory::formatted(format_args!("{module}.{name}"))?;
            Ok(Name::of(thread.new_string(text)).expect("a text is a name"))
        }
        _ => Ok(name),
    }
}

/// Searches the classes in `__mro__` for a name and returns what the first one has, unbound (CPython:
/// `_PyType_Lookup`).
pub fn class_lookup(class: &Object<Class>, name: &Object<Str>) -> Option<Value> {
    class.find_in_order(|class| class.namespace.get().downcast_ref::<Dict>()?.get_str(name))
}

/// Whether the class of `value` is `class` or derives from it. Asks no hooks.
#[inline]
pub fn is_instance_of(thread: &ThreadState, value: &Value, class: &Object<Class>) -> bool {
    shape_of(thread, value).class().is_subclass_of(class)
}
