//! The method resolution order of a class: C3, as `__mro__` shows it.

use crate::memory;
use crate::protocol::{self, class_lookup, type_name};
use crate::thread::Thread;
use crate::value::{Args, Class, Kind, Object, Raised, Ref, Run, Value};

/// Returns the `mro` method of a metaclass that defines its own.
pub fn of_metaclass(thread: &Thread, metaclass: &Object<Class>) -> Option<Value> {
    let name = thread.known().intern(thread, "mro");
    let found = class_lookup(metaclass, &name)?;
    let usual = class_lookup(thread.known().class(Kind::Class), &name);
    if usual.is_some_and(|usual| usual.is(&found)) { None } else { Some(found) }
}

/// Calls the `mro` of a metaclass and returns the order.
/// Raises `TypeError` if that is not iterable, is empty, or contains something that is no class or has another
/// layout, and what `mro` and iterating raise.
pub fn ask(thread: &mut Thread, new: &Object<Class>, method: &Value) -> Run<Vec<Value>> {
    let method = protocol::bind(thread, method.clone(), &new.to_value())?;
    let given = protocol::call(thread, &method, Args::positional(&[]))?;
    let order = protocol::collect(thread, &given)?;
    if order.is_empty() {
        return Err(Raised::type_error("type MRO must not be empty"));
    }
    for entry in &order {
        let Some(entry) = entry.downcast_ref::<Class>() else {
            let given = type_name(thread, entry);
            return Err(Raised::type_error(format_args!("mro() returned a non-class ('{given}')")));
        };
        if !new.has_layout_of(entry) {
            let name = entry.name_text();
            return Err(Raised::type_error(format_args!(
                "mro() returned base with unsuitable layout ('{name}')"
            )));
        }
    }
    Ok(order)
}

/// Returns the order of a class by its bases, the class first (`type.mro`). Raises `TypeError` if there is no
/// consistent order.
pub fn usual(class: &Object<Class>) -> Run<Vec<Value>> {
    let bases = class.base_list();
    let above = if bases.is_empty() { Vec::new() } else { merge(&bases)? };
    Ok(std::iter::once(class.to_value()).chain(above.into_iter().map(Value::from)).collect())
}

/// Merges the orders of the bases and the list of the bases; the class itself is not included. Raises
/// `TypeError` if a base is repeated or has no order yet, or there is no consistent order.
pub fn merge(bases: &[Ref<Class>]) -> Run<Vec<Ref<Class>>> {
    for (index, base) in bases.iter().enumerate() {
        if bases[..index].iter().any(|earlier| earlier.raw() == base.raw()) {
            return Err(Raised::type_error(format_args!("duplicate base class {}", base.name_text())));
        }
    }
    if let Some(base) = bases.iter().find(|base| base.mro.look(Value::is_unbound)) {
        return Err(Raised::type_error(format_args!(
            "Cannot extend an incomplete type '{}'",
            base.name_text()
        )));
    }
    if let [base] = bases {
        return Ok(base.order());
    }
    let mut sequences: Vec<Vec<Ref<Class>>> = bases.iter().map(|base| base.order()).collect();
    sequences.push(bases.to_vec());
    // Reversed, so that the head of each is its last and taking it is cheap.
    sequences.iter_mut().for_each(|sequence| sequence.reverse());
    let mut order = Vec::new();
    loop {
        sequences.retain(|sequence| !sequence.is_empty());
        if sequences.is_empty() {
            return Ok(order);
        }
        let candidate = sequences.iter().filter_map(|sequence| sequence.last()).find(|head| {
            let waits = |sequence: &Vec<Ref<Class>>| {
                sequence[..sequence.len() - 1].iter().any(|class| class.raw() == head.raw())
            };
            !sequences.iter().any(waits)
        });
        let Some(candidate) = candidate.cloned() else {
            return Err(inconsistent(&sequences));
        };
        for sequence in &mut sequences {
            if sequence.last().is_some_and(|head| head.raw() == candidate.raw()) {
                sequence.pop();
            }
        }
        order.push(candidate);
    }
}

fn inconsistent(sequences: &[Vec<Ref<Class>>]) -> Raised {
    let mut heads: Vec<&Ref<Class>> = Vec::new();
    for head in sequences.iter().filter_map(|sequence| sequence.last()) {
        if !heads.iter().any(|known| known.raw() == head.raw()) {
            heads.push(head);
        }
    }
    let mut names = String::new();
    for head in heads {
        let separator = if names.is_empty() { "" } else { ", " };
        if memory::push_str(&mut names, separator)
            .and_then(|()| memory::push_str(&mut names, &head.name_text()))
            .is_err()
        {
            return Raised::memory_error();
        }
    }
    Raised::type_error(format_args!(
        "Cannot create a consistent method resolution order (MRO) for bases {names}"
    ))
}
