//! `isinstance` and `issubclass`.
//!
//! An object is an instance of its class and of the class that its `__class__` names, so that mocks and lazy
//! proxies work. Any object with a tuple as `__bases__` counts as a class. Classes whose instances may have
//! another `__class__` are marked [`ClassFlags::CLAIMS_CLASS`], so that an ordinary instance costs no lookup.

use crate::protocol::attribute::find_attr;
use crate::protocol::call::call_special_method;
use crate::protocol::class::{class_of, is_instance_of, shape_of};
use crate::protocol::interrupt::check_interrupt;
use crate::protocol::recursion::check_recursion;
use crate::protocol::truth_len_hash::is_true;
use crate::thread::{Thread, ThreadState};
use crate::value::{Args, Class, ClassFlags, Kind, Object, Raised, Ref, Run, Tuple, Union, Value};

/// Computes `isinstance(value, class)`. Raises `TypeError` if `class` is no class, tuple of classes or object
/// with `__instancecheck__`, `RecursionError` for tuples nested too deeply, and what the hooks raise.
pub fn instance_check(thread: &mut Thread, value: &Value, class: &Value) -> Run<bool> {
    // What is exactly of the class is an instance whatever a hook would say.
    if shape_of(thread, value).class().is(class) {
        return Ok(true);
    }
    if is_class_without_hooks(thread, class) {
        return real_instance_check(thread, value, class);
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
    if let Some(union) = class.downcast_ref::<Union>() {
        return instance_check(thread, value, &union.choices);
    }
    let name = &thread.known().names().instancecheck;
    if let Some(answer) =
        call_special_method(thread, class, name, Args::positional(std::slice::from_ref(value)))
    {
        let answer = answer?;
        return is_true(thread, &answer);
    }
    real_instance_check(thread, value, class)
}

/// Computes `isinstance(value, class)` as `type.__instancecheck__` does.
/// It does not look for an `__instancecheck__` of the metaclass. Raises `TypeError` if `class` is no class and has no
/// tuple `__bases__` either, `RecursionError` for bases that are nested too deeply, `KeyboardInterrupt`, and what
/// reading `__class__` and `__bases__` raises.
pub fn real_instance_check(thread: &mut Thread, value: &Value, class: &Value) -> Run<bool> {
    let Some(wanted) = class.downcast_ref::<Class>() else {
        expect_class(thread, class, "isinstance() arg 2 must be a type, a tuple of types, or a union")?;
        let name = &thread.known().names().class;
        return match find_attr(thread, value, name)? {
            Some(claimed) => is_abstract_subclass(thread, claimed, class),
            None => Ok(false),
        };
    };
    if is_instance_of(thread, value, wanted) {
        return Ok(true);
    }
    Ok(claimed_class(thread, value)?.is_some_and(|claimed| claimed.is_subclass_of(wanted)))
}

/// Tells whether `is_instance_of` computes `isinstance`, so that no hook has to be called.
pub fn is_instance_by_class_alone(thread: &ThreadState, value: &Value, class: &Object<Class>) -> bool {
    std::ptr::eq(class.shape(), thread.known().shape(Kind::Class))
        && !shape_of(thread, value).class().flags().contains(ClassFlags::CLAIMS_CLASS)
}

/// Returns the class that an object names by `__class__`, if it is another than its real class. Raises what
/// reading `__class__` raises, other than `AttributeError`.
pub fn claimed_class(thread: &mut Thread, value: &Value) -> Run<Option<Ref<Class>>> {
    if !shape_of(thread, value).class().flags().contains(ClassFlags::CLAIMS_CLASS) {
        return Ok(None);
    }
    let name = &thread.known().names().class;
    let claimed = find_attr(thread, value, name)?.and_then(|claimed| claimed.downcast::<Class>().ok());
    Ok(claimed.filter(|claimed| claimed.raw() != class_of(thread, value).raw()))
}

/// Computes `issubclass(class, other)`. Raises `TypeError` if either is no class (`other` may be a tuple of
/// classes, or have `__subclasscheck__`), `RecursionError` for tuples nested too deeply, and what the hooks
/// raise.
pub fn subclass_check(thread: &mut Thread, class: &Value, other: &Value) -> Run<bool> {
    if is_class_without_hooks(thread, other) {
        return real_subclass_check(thread, class, other);
    }
    check_recursion(thread, "in __subclasscheck__")?;
    if let Some(choices) = other.downcast_ref::<Tuple>() {
        for choice in choices.items() {
            if subclass_check(thread, class, choice)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(union) = other.downcast_ref::<Union>() {
        return subclass_check(thread, class, &union.choices);
    }
    let name = &thread.known().names().subclasscheck;
    if let Some(answer) =
        call_special_method(thread, other, name, Args::positional(std::slice::from_ref(class)))
    {
        let answer = answer?;
        return is_true(thread, &answer);
    }
    real_subclass_check(thread, class, other)
}

/// Computes `issubclass` as `type.__subclasscheck__` does.
/// It does not look for a `__subclasscheck__` of the metaclass of `other`. Raises `TypeError` if either is no class
/// and has no tuple `__bases__` either, `RecursionError` for bases that are nested too deeply, `KeyboardInterrupt`,
/// and what reading `__bases__` raises.
pub fn real_subclass_check(thread: &mut Thread, class: &Value, other: &Value) -> Run<bool> {
    if let (Some(class), Some(other)) = (class.downcast_ref::<Class>(), other.downcast_ref::<Class>()) {
        return Ok(class.is_subclass_of(other));
    }
    expect_class(thread, class, "issubclass() arg 1 must be a class")?;
    expect_class(thread, other, "issubclass() arg 2 must be a class, a tuple of classes, or a union")?;
    is_abstract_subclass(thread, class.clone(), other)
}

/// Whether the metaclass is exactly `type`, so that no hook can be in the way.
fn is_class_without_hooks(thread: &Thread, class: &Value) -> bool {
    class
        .downcast_ref::<Class>()
        .is_some_and(|class| std::ptr::eq(class.shape(), thread.known().shape(Kind::Class)))
}

/// Returns `__bases__` of an object, if that is a tuple.
fn bases_of(thread: &mut Thread, class: &Value) -> Run<Option<Ref<Tuple>>> {
    let name = &thread.known().names().bases;
    Ok(find_attr(thread, class, name)?.and_then(|bases| bases.downcast::<Tuple>().ok()))
}

/// Raises `TypeError` unless the object has bases, as classes do.
fn expect_class(thread: &mut Thread, class: &Value, complaint: &str) -> Run<()> {
    match bases_of(thread, class)? {
        Some(_) => Ok(()),
        None => Err(Raised::type_error(complaint)),
    }
}

/// Tells whether `other` is `class` or reachable from it by `__bases__`.
fn is_abstract_subclass(thread: &mut Thread, class: Value, other: &Value) -> Run<bool> {
    let mut class = class;
    loop {
        if class.is(other) {
            return Ok(true);
        }
        let Some(bases) = bases_of(thread, &class)? else { return Ok(false) };
        match bases.items() {
            [] => return Ok(false),
            // A chain takes no native stack, so it may be of any length, even endless.
            [base] => class = base.clone(),
            bases => {
                check_recursion(thread, "in __issubclass__")?;
                for base in bases {
                    if is_abstract_subclass(thread, base.clone(), other)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
        }
        check_interrupt(thread)?;
    }
}
