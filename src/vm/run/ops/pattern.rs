//! Pattern matching.

use crate::bytecode::Word;
use crate::protocol;
use crate::text::repr::repr_text;
use crate::thread::ThreadState;
use crate::types::class::facts;
use crate::value::{Class, ClassFlags, Dict, Kind, List, Object, Raised, Run, Str, Tuple, Value};
use crate::vm::run::dispatch::Flow;
use crate::vm::run::step::Step;

/// Pushes the length of the subject. Raises what `protocol::len` raises.
pub fn get_len(step: &mut Step, word: Word) -> Run<Flow> {
    let first = step.view(word.a());
    let len = protocol::len(step, first)?;
    let len = step.new_usize(len);
    step.put(word.a() + 1, len);
    Ok(Flow::Next)
}

/// Which patterns a subject matches, as flags of its class.
fn matches(thread: &ThreadState, subject: &Value) -> ClassFlags {
    facts::patterns_of(protocol::shape_of(thread, subject).class())
}

/// Tells whether the subject matches a mapping pattern. Raises nothing.
pub fn match_mapping(step: &mut Step, word: Word) -> Run<Flow> {
    let matches = matches(step, step.view(word.a())).contains(ClassFlags::MATCHES_MAPPING);
    step.put(word.a() + 1, Value::bool(matches));
    Ok(Flow::Next)
}

/// Tells whether the subject matches a sequence pattern; texts and bytes do not. Raises nothing.
pub fn match_sequence(step: &mut Step, word: Word) -> Run<Flow> {
    let matches = matches(step, step.view(word.a())).contains(ClassFlags::MATCHES_SEQUENCE);
    step.put(word.a() + 1, Value::bool(matches));
    Ok(Flow::Next)
}

/// Makes a tuple of the values of some keys, or `None` if one is missing. Raises `ValueError` for a key that is asked for twice, and
/// what looking the keys up raises.
pub fn match_keys(step: &mut Step, word: Word) -> Run<Flow> {
    let (subject, keys) = (step.view(word.a()), step.view(word.a() + 1));
    let keys = keys.downcast_ref::<Tuple>().expect("the compiler made a tuple of keys");
    let mut values = Vec::with_capacity(keys.len());
    // What a mapping gives for a key that it does not have.
    let missing = step.alloc(List::default()).into_value();
    for (at, key) in keys.items().iter().enumerate() {
        for before in &keys.items()[..at] {
            if protocol::equal(step, before, key)? {
                let shown = protocol::repr(step, key)?;
                let complaint = format_args!("mapping pattern checks duplicate key ({})", shown.as_str());
                return Err(Raised::value_error(complaint));
            }
        }
        let found = match subject.downcast_exact::<Dict>() {
            Some(dict) => protocol::dict_get(step, dict, key)?,
            None => {
                let get = step.known().intern(step, "get");
                let found = protocol::call_method(step, subject, &get, &[key.clone(), missing.clone()])?;
                Some(found).filter(|found| !found.is(&missing))
            }
        };
        match found {
            Some(value) => values.push(value),
            None => {
                step.put(word.a() + 2, Value::NONE);
                return Ok(Flow::Next);
            }
        }
    }
    let values = step.new_tuple(values);
    step.put(word.a() + 2, values);
    Ok(Flow::Next)
}

/// Makes a tuple of the attributes that a class pattern asks for, or `None` if the subject does not match. Raises
/// `TypeError` if the class is none or the pattern does not fit it, and what the instance check and reading the
/// attributes raise.
pub fn match_class(step: &mut Step, word: Word) -> Run<Flow> {
    let first = word.a();
    let (subject, class, names) = (step.view(first), step.view(first + 1), step.view(first + 2));
    let Some(found) = class.downcast_ref::<Class>() else {
        return Err(Raised::type_error("called match pattern must be a class"));
    };
    let result = if protocol::instance_check(step, subject, class)? {
        attributes(step, subject, found, word.b(), names)?
    } else {
        Value::NONE
    };
    step.release_all(first, 3);
    step.put(first, result);
    Ok(Flow::Next)
}

fn attributes(
    step: &mut Step,
    subject: &Value,
    class: &Object<Class>,
    positional: usize,
    names: &Value,
) -> Run<Value> {
    let mut values = Vec::new();
    let allowed;
    // A name may be given once, by position or by itself.
    let mut seen: Vec<&Object<Str>> = Vec::new();
    if positional > 0 {
        let match_args = step.known().names().match_args.clone();
        match protocol::find_attr(step, &class.to_value(), &match_args)? {
            Some(found) => {
                allowed = found;
                let Some(allowed) = allowed.downcast_ref::<Tuple>() else {
                    let kind = protocol::type_name(step, &allowed);
                    let class = class.name_text();
                    return Err(Raised::type_error(format_args!(
                        "{class}.__match_args__ must be a tuple (got {kind})"
                    )));
                };
                if positional > allowed.len() {
                    return Err(too_many(class, allowed.len(), positional));
                }
                for name in &allowed.items()[..positional] {
                    let Some(name) = name.downcast_ref::<Str>() else {
                        let kind = protocol::type_name(step, name);
                        return Err(Raised::type_error(format_args!(
                            "__match_args__ elements must be strings (got {kind})"
                        )));
                    };
                    check_unseen(class, &mut seen, name)?;
                    match protocol::find_attr(step, subject, name)? {
                        Some(value) => values.push(value),
                        None => return Ok(Value::NONE),
                    }
                }
            }
            None if positional == 1 && matches_itself(class) => values.push(subject.clone()),
            None => return Err(too_many(class, usize::from(matches_itself(class)), positional)),
        }
    }
    for name in names.downcast_ref::<Tuple>().expect("the compiler made a tuple of names").items() {
        let name = name.downcast_ref::<Str>().expect("names are texts");
        check_unseen(class, &mut seen, name)?;
        match protocol::find_attr(step, subject, name)? {
            Some(value) => values.push(value),
            None => return Ok(Value::NONE),
        }
    }
    Ok(step.new_tuple(values))
}

/// Records the attribute of a sub-pattern; raises `TypeError` if another one has the same.
fn check_unseen<'a>(
    class: &Object<Class>,
    seen: &mut Vec<&'a Object<Str>>,
    name: &'a Object<Str>,
) -> Run<()> {
    if seen.iter().any(|known| known.as_str() == name.as_str()) {
        let (class, name) = (class.name_text(), repr_text(name.as_str())?);
        return Err(Raised::type_error(format_args!(
            "{class}() got multiple sub-patterns for attribute {name}"
        )));
    }
    seen.push(name);
    Ok(())
}

fn too_many(class: &Object<Class>, allowed: usize, given: usize) -> Raised {
    let plural = if allowed == 1 { "" } else { "s" };
    Raised::type_error(format_args!(
        "{}() accepts {allowed} positional sub-pattern{plural} ({given} given)",
        class.name_text()
    ))
}

/// Tells whether the only positional pattern of a built-in type is the subject itself.
fn matches_itself(class: &Object<Class>) -> bool {
    matches!(
        class.kind,
        Kind::Bool
            | Kind::ByteArray
            | Kind::Bytes
            | Kind::Dict
            | Kind::Float
            | Kind::FrozenSet
            | Kind::Int
            | Kind::List
            | Kind::Set
            | Kind::Str
            | Kind::Tuple
    )
}
