//! Questions about the class of an object.

use crate::protocol::call::{call_special, lookup_special};
use crate::protocol::measure::is_true;
use crate::protocol::recursion::check_recursion;
use crate::thread::{Thread, ThreadState};
use crate::value::{
    Args, Class, ClassFlags, Dict, Kind, Object, Raised, Ref, Run, Shape, Slots, Str, Tuple, Value,
};

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

/// The name of a value's class, for messages; that of some built-in classes has a module in it.
pub fn type_name(thread: &ThreadState, value: &Value) -> String {
    full_class_name(shape_of(thread, value).class())
}

/// The name of a class for messages; that of some built-in classes has a module in it.
pub fn full_class_name(class: &Object<Class>) -> String {
    let full_name = class.kind.name();
    let is_full = full_name.contains('.') && !class.flags().contains(ClassFlags::SCRIPT);
    if is_full { full_name.to_owned() } else { class.name_text() }
}

/// What a class or one of its bases has under a name, unbound: the first hit in `__mro__`.
pub fn class_lookup(class: &Object<Class>, name: &Object<Str>) -> Option<Value> {
    class.resolution().find_map(|class| class.namespace.get().downcast_ref::<Dict>()?.get_str(name))
}

/// Whether the class of `value` is `class` or derives from it. Asks no hooks.
#[inline]
pub fn is_instance_of(thread: &ThreadState, value: &Value, class: &Object<Class>) -> bool {
    shape_of(thread, value).class().is_subclass_of(class)
}

/// `isinstance(value, class)`: a class, a tuple of them, or an object with `__instancecheck__`.
pub fn instance_check(thread: &mut Thread, value: &Value, class: &Value) -> Run<bool> {
    // What is exactly of the class is an instance whatever a hook would say.
    if shape_of(thread, value).class().is(class) {
        return Ok(true);
    }
    if let Some(class) = plain_class(thread, class) {
        return Ok(is_instance_of(thread, value, class) || claims_class(thread, value, class));
    }
    check_recursion(thread, "in __instancecheck__")?;
    if let Some(choices) = class.downcast_ref::<Tuple>() {
        for choice in choices.items() {
            if instance_check(thread, value, choice)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let name = &thread.known().names().instancecheck;
    if let Some(answer) = call_special(thread, class, name, Args::positional(std::slice::from_ref(value))) {
        let answer = answer?;
        return is_true(thread, &answer);
    }
    match class.downcast_ref::<Class>() {
        Some(class) => Ok(is_instance_of(thread, value, class)),
        None => Err(Raised::type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")),
    }
}

/// `issubclass(class, other)`: a class, a tuple of them, or an object with `__subclasscheck__`.
pub fn subclass_check(thread: &mut Thread, class: &Value, other: &Value) -> Run<bool> {
    if let Some(choices) = other.downcast_ref::<Tuple>() {
        check_recursion(thread, "in __subclasscheck__")?;
        for choice in choices.items() {
            if subclass_check(thread, class, choice)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if plain_class(thread, other).is_none() {
        let name = &thread.known().names().subclasscheck;
        if lookup_special(thread, other, name)?.is_some()
            && let Some(answer) =
                call_special(thread, other, name, Args::positional(std::slice::from_ref(class)))
        {
            let answer = answer?;
            return is_true(thread, &answer);
        }
    }
    let Some(class) = class.downcast_ref::<Class>() else {
        return Err(Raised::type_error("issubclass() arg 1 must be a class"));
    };
    match other.downcast_ref::<Class>() {
        Some(other) => Ok(class.is_subclass_of(other)),
        None => Err(Raised::type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union")),
    }
}

/// The class, if its metaclass is exactly `type`, so that no hook can be in the way.
fn plain_class<'a>(thread: &Thread, class: &'a Value) -> Option<&'a Object<Class>> {
    let class = class.downcast_ref::<Class>()?;
    if class.shape().class().raw() == thread.known().class(Kind::Class).raw() { Some(class) } else { None }
}

/// Whether an object whose real class does not fit says by `__class__` that it does (a proxy).
fn claims_class(thread: &mut Thread, value: &Value, class: &Object<Class>) -> bool {
    if !matches!(value.kind(), Kind::WeakProxy | Kind::WeakCallableProxy) {
        return false;
    }
    let name = &thread.known().names().class;
    match crate::protocol::get_attr(thread, value, name) {
        Ok(claimed) => claimed.downcast_ref::<Class>().is_some_and(|claimed| claimed.is_subclass_of(class)),
        Err(_) => false,
    }
}
