//! `__bases__` of a class, and what assigning them changes: the orders of the class and of all derived from it,
//! the lists of subclasses, the operations, and the ids for caches.
//!
//! A metaclass may compute each order, and its `mro` may do anything, even assign bases again. If the
//! assignment is refused everything stays as it was.

use crate::protocol::{class_of, type_name};
use crate::thread::Thread;
use crate::types::class::{change, order};
use crate::types::object::class_names::class;
use crate::types::object::layout;
use crate::types::object::layout::base_of;
use crate::value::{Class, ClassFlags, Object, Raised, Ref, Run, Tuple, Value};

/// `__bases__`. Raises nothing.
pub fn get(_thread: &mut Thread, value: &Value) -> Run<Value> {
    Ok(class(value).bases.get())
}

/// Assigns `__bases__`. Raises `TypeError` for bases that the class cannot have, and what a metaclass's `mro`
/// raises.
pub fn set(thread: &mut Thread, value: &Value, given: Option<&Value>) -> Run<()> {
    let class = class(value);
    let Some(given) = given.filter(|_| class.flags().contains(ClassFlags::SCRIPT)) else {
        let is_fixed = !class.flags().contains(ClassFlags::SCRIPT);
        let (verb, name) = (if is_fixed { "set" } else { "delete" }, class.name_text());
        return Err(Raised::type_error(format_args!(
            "cannot {verb} '__bases__' attribute of immutable type '{name}'"
        )));
    };
    let bases = checked(thread, class, given)?;
    let best = crate::types::object::layout::best_base(&bases)?;
    if let Some(old) = base_of(class) {
        layout::check("__bases__", &old, &best)?;
    }
    let old = class.bases.get();
    class.bases.set(given.clone());
    let mut changed = Vec::new();
    if let Err(error) = reorder(thread, class, &mut changed) {
        if class.bases.look(|bases| bases.is(given)) {
            class.bases.set(old);
        }
        take_back(thread, changed);
        change::for_each_subclass(class, &mut take_layout);
        return Err(error);
    }
    // A metaclass may have assigned others meanwhile, and then all this was done for those.
    if !class.bases.look(|bases| bases.is(given)) {
        return Ok(());
    }
    leave(class, &old);
    class.enter_into_bases();
    change::bases_changed(thread, class);
    Ok(())
}

/// Checks the assigned bases, before anything is changed.
fn checked(thread: &Thread, class: &Object<Class>, given: &Value) -> Run<Vec<Ref<Class>>> {
    let name = class.name_text();
    let Some(given) = given.downcast_ref::<Tuple>() else {
        let given = type_name(thread, given);
        return Err(Raised::type_error(format_args!(
            "can only assign tuple to {name}.__bases__, not {given}"
        )));
    };
    if given.is_empty() {
        return Err(Raised::type_error(format_args!(
            "can only assign non-empty tuple to {name}.__bases__, not ()"
        )));
    }
    let mut bases = Vec::new();
    for base in given.items() {
        let Some(base) = base.downcast_ref::<Class>() else {
            let given = type_name(thread, base);
            return Err(Raised::type_error(format_args!(
                "{name}.__bases__ must be tuple of classes, not '{given}'"
            )));
        };
        if base.is_subclass_of(class) || has_in_line(base, class) {
            return Err(Raised::type_error("a __bases__ item causes an inheritance cycle"));
        }
        bases.push(base.to_ref());
    }
    Ok(bases)
}

/// Tells whether `other` is among the bases of a class, following `__base__`. While a metaclass computes an
/// order that may be newer than `__mro__`.
fn has_in_line(class: &Object<Class>, other: &Object<Class>) -> bool {
    let mut line = Some(class.to_ref());
    while let Some(class) = line {
        if class.raw() == other.raw() {
            return true;
        }
        line = base_of(&class);
    }
    false
}

/// A class whose `__mro__` was changed, its new `__mro__`, and its former one.
type Change = (Ref<Class>, Value, Value);

/// Computes new orders for a class and all that derive from it (CPython: mro_hierarchy).
fn reorder(thread: &mut Thread, class: &Object<Class>, changed: &mut Vec<Change>) -> Run<()> {
    let old = class.mro.get();
    take_layout(class);
    let metaclass = class_of(thread, &class.to_value());
    let order = match order::of_metaclass(thread, &metaclass) {
        Some(method) => order::ask(thread, class, &method)?,
        None => order::usual(class)?,
    };
    // Asking may have come here again, and that order is the newer one.
    if !class.mro.look(|order| order.is(&old)) {
        return Ok(());
    }
    let order = thread.new_tuple(order);
    class.mro.set(order.clone());
    change::renew_ids(thread, class);
    changed.push((class.to_ref(), order, old));
    for subclass in class.live_subclasses() {
        reorder(thread, &subclass, changed)?;
    }
    Ok(())
}

/// Restores the old orders of those classes that were not changed again meanwhile.
fn take_back(thread: &Thread, changed: Vec<Change>) {
    for (class, new, old) in changed {
        if class.mro.look(|order| order.is(&new)) {
            class.mro.set(old);
        }
        change::renew_ids(thread, &class);
    }
}

/// Records the base whose storage instances share now; it may be another class with the same layout.
fn take_layout(class: &Object<Class>) {
    if let Some(best) = base_of(class) {
        class.layout.set(best.layout_class().into_value());
    }
}

/// Removes a class from the lists of its former bases.
fn leave(class: &Object<Class>, bases: &Value) {
    let bases = bases.downcast_ref::<Tuple>().map_or(&[][..], |bases| bases.items());
    for base in bases.iter().filter_map(Value::downcast_ref::<Class>) {
        base.subclasses.lock().remove(class.raw().payload::<Class>().addr());
    }
}
