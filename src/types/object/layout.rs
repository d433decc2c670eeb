//! Tells whether one class can replace another: for `__class__` of an instance and `__bases__` of a class.

use crate::value::{Class, ClassFlags, Kind, Object, Raised, Ref, Run, Tuple, Value};

/// Raises `TypeError` unless instances laid out by one class can belong to another (CPython:
/// compatible_for_assignment).
pub fn check(attribute: &str, old: &Object<Class>, new: &Object<Class>) -> Run<()> {
    let differs = if is_collected(old) != is_collected(new) {
        "deallocator"
    } else if !has_same_layout(old, new) {
        "object layout"
    } else {
        return Ok(());
    };
    let (new, old) = (new.name_text(), old.name_text());
    Err(Raised::type_error(format_args!("{attribute} assignment: '{new}' {differs} differs from '{old}'")))
}

/// Tells whether CPython's collector traverses the instances of a class: not for numbers, texts and other
/// values without references. CPython frees both in different ways, which shows in an error message.
fn is_collected(class: &Object<Class>) -> bool {
    class.flags().contains(ClassFlags::SCRIPT)
        || !matches!(
            class.kind,
            Kind::Object
                | Kind::Int
                | Kind::Float
                | Kind::Complex
                | Kind::Str
                | Kind::Bytes
                | Kind::ByteArray
        )
}

const ADDED: ClassFlags = ClassFlags::HAS_DICT.union(ClassFlags::WEAKREFABLE);

/// Tells whether instances of a class have storage that those of its `__base__` do not have.
fn adds_something(class: &Object<Class>, base: &Object<Class>) -> bool {
    class.flags().contains(ClassFlags::OWN_LAYOUT) || base.flags() & ADDED != class.flags() & ADDED
}

/// Tells whether instances of two classes have the same layout.
/// Then `__class__` of an instance can be changed: both classes inherit the layout from one class, or add the same to
/// it (CPython: compatible_for_assignment).
fn has_same_layout(old: &Object<Class>, new: &Object<Class>) -> bool {
    let (old, new) = (last_to_add(old), last_to_add(new));
    if old.raw() == new.raw() {
        return true;
    }
    let (Some(old_base), Some(new_base)) = (base_of(&old), base_of(&new)) else { return false };
    let added = |class: &Object<Class>| class.flags() & ADDED;
    let names = |class: &Object<Class>| {
        let names = class.own_slots.get().downcast_ref::<Tuple>().map_or(&[][..], |names| names.items());
        names.iter().map(Value::word).collect::<Vec<_>>()
    };
    let both_scripted = [&old, &new].iter().all(|class| class.flags().contains(ClassFlags::SCRIPT));
    // Names of slots are interned.
    both_scripted
        && old_base.raw() == new_base.raw()
        && added(&old) == added(&new)
        && names(&old) == names(&new)
}

/// Returns the last class in the line of `__base__` that adds storage to its instances.
fn last_to_add(class: &Object<Class>) -> Ref<Class> {
    let mut class = class.to_ref();
    while let Some(base) = base_of(&class)
        && !adds_something(&class, &base)
    {
        class = base;
    }
    class
}

/// Returns `__base__`: the base from which the layout of instances comes.
pub fn base_of(class: &Object<Class>) -> Option<Ref<Class>> {
    match &class.base_list()[..] {
        [] => None,
        [base] => Some(base.clone()),
        bases => best_base(bases).ok(),
    }
}

/// Returns the base whose layout instances get (`__base__`): the first one that has all the storage of the
/// others. Raises `TypeError` if there is none, or a base may not be derived from.
pub fn best_base(bases: &[Ref<Class>]) -> Run<Ref<Class>> {
    let mut best: Option<&Ref<Class>> = None;
    for base in bases {
        if !base.flags().contains(ClassFlags::BASE) {
            let name = base.kind.name();
            return Err(Raised::type_error(format_args!("type '{name}' is not an acceptable base type")));
        }
        best = match best {
            Some(best) if best.has_layout_of(base) => Some(best),
            Some(best) if !base.has_layout_of(best) => {
                return Err(Raised::type_error("multiple bases have instance lay-out conflict"));
            }
            _ => Some(base),
        };
    }
    Ok(best.expect("a class has a base").clone())
}
