//! The namespace, dotted name and module of a class, and the names that it and its bases define.

use crate::protocol::class_lookup;
use crate::thread::ThreadState;
use crate::value::{Class, ClassFlags, Dict, Name, Object, Raised, Run, Value};

/// The class a native of `type` was called on.
pub fn class(value: &Value) -> &Object<Class> {
    value.downcast_ref().expect("the attribute belongs to classes")
}

/// Raises `TypeError` if an attribute of a class may not be set, as that of a built-in one, or if it is to be deleted.
/// Returns the class and what to set.
pub fn settable<'a>(
    value: &'a Value,
    attribute: &str,
    new: Option<&'a Value>,
) -> Run<(&'a Object<Class>, &'a Value)> {
    let class = class(value);
    let refused = |what: &str| {
        let name = class.name_text();
        Raised::type_error(format_args!("cannot {what} '{attribute}' attribute of immutable type '{name}'"))
    };
    if !class.flags().contains(ClassFlags::SCRIPT) {
        return Err(refused("set"));
    }
    new.map(|new| (class, new)).ok_or_else(|| refused("delete"))
}

/// The namespace of a class.
pub fn namespace(class: &Object<Class>) -> &Object<Dict> {
    class.namespace.get().downcast_ref().expect("a class's namespace is a dict")
}

/// `__qualname__` as text.
pub fn qualname_text(class: &Object<Class>) -> Name {
    let name = class.with(|class| &class.names, |names| names[1].clone());
    Name::of(name).unwrap_or_else(|| class.name_text())
}

/// `__module__` as text, if it is a text.
pub fn module_text(thread: &ThreadState, class: &Object<Class>) -> Option<Name> {
    let module = class_lookup(class, &thread.known().names().module);
    if class.flags().contains(ClassFlags::SCRIPT) {
        return module.and_then(Name::of);
    }
    let name = class.root_shape().info.name;
    Some(Name::Own(name.rsplit_once('.').map_or("builtins", |(module, _)| module)))
}

/// Adds the names that a class and its bases define, each once. Raises `MemoryError`.
pub fn names_into(class: &Object<Class>, names: &mut Vec<Value>) -> Run<()> {
    let mut known = rustc_hash::FxHashSet::<Name>::default();
    known.try_reserve(names.len())?;
    known.extend(names.iter().cloned().filter_map(Name::of));
    for class in class.order() {
        for name in namespace(&class).keys()? {
            if let Some(text) = Name::of(name.clone()) {
                known.try_reserve(1)?;
                names.try_reserve(1)?;
                if known.insert(text) {
                    names.push(name);
                }
            }
        }
    }
    Ok(())
}
