//! Globals, and the names of module and class bodies.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::Word;
use crate::protocol;
use crate::value::word;
use crate::value::{Dict, ErrorKind, Object, Raised, Run, Value};
use crate::vm::frame::{FrameFlags, current, get, put};
use crate::vm::run::dispatch::{Flow, next, slow};
use crate::vm::run::hot::{block, hot, object, retain_a_next, retained};
use crate::vm::run::ops::variable::load_cell_body;
use crate::vm::run::step::Step;

/// Returns the frame's own namespace, if it has one: that of a class body, or one passed to `exec`.
pub(super) fn namespace(step: &Step) -> Option<Value> {
    let frame = step.frame();
    if !frame.flags.contains(FrameFlags::NAMESPACE) {
        return None;
    }
    Some(frame.namespace().as_value().clone())
}

fn look_up(step: &mut Step, namespace: &Value, name: &Object<crate::value::Str>) -> Run<Option<Value>> {
    if let Some(dict) = namespace.downcast_exact::<Dict>() {
        return Ok(dict.get_str(name));
    }
    match protocol::get_item(step, namespace, &name.to_value()) {
        Ok(found) => Ok(Some(found)),
        Err(raised) if raised.is_kind(step, ErrorKind::KeyError) => Ok(None),
        Err(raised) => Err(raised),
    }
}

fn name_error(name: &Object<crate::value::Str>) -> Raised {
    Raised::missing_name(format_args!("name '{}' is not defined", name.as_str()), name.to_value())
}

hot! {
    /// Loads a name from the frame's namespace, the globals or the built-in names.
    fn load_name(ip, fp, k, thread, word, _w) {
        if (*current(thread)).flags.contains(FrameFlags::NAMESPACE) {
            return load_name_slow(ip, fp, k, thread, word);
        }
        load_global(ip, fp, k, thread, word)
    }
}

slow! { fn load_name_slow = load_name_body }

fn load_name_body(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    if let Some(namespace) = namespace(step)
        && let Some(found) = look_up(step, &namespace, name)?
    {
        step.put(word.a(), found);
        return Ok(Flow::Next);
    }
    load_global_of_dict(step, word)
}

/// Loads a name from a mapping, the globals or the built-in names. Raises `NameError` if there is none, and what reading
/// the mapping raises.
pub fn load_dict_or_global(step: &mut Step, word: Word) -> Run<Flow> {
    let mapping = step.take(word.a());
    match look_up(step, &mapping, step.name(word.bc()))? {
        Some(found) => step.put(word.a(), found),
        None => return load_global_body(step, word),
    }
    Ok(Flow::Next)
}

/// Loads a free variable, whose name is looked for in a mapping first. Raises `NameError` if the variable is unbound,
/// and what reading the mapping raises.
pub fn load_dict_or_cell(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.code().variables[word.b()].clone();
    let mapping = step.take(word.a());
    match look_up(step, &mapping, &name)? {
        Some(found) => step.put(word.a(), found),
        None => return load_cell_body(step, word),
    }
    Ok(Flow::Next)
}

/// Pushes the namespace of the frame, or the globals. Raises nothing.
pub fn load_locals(step: &mut Step, word: Word) -> Run<Flow> {
    let namespace = namespace(step).unwrap_or_else(|| step.globals().as_value().clone());
    step.put(word.a(), namespace);
    Ok(Flow::Next)
}

/// Stores a value in the frame's namespace. Raises what storing in the namespace raises, `MemoryError`.
pub fn store_name(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let value = step.take(word.a());
    match namespace(step) {
        Some(namespace) => match namespace.downcast_exact::<Dict>() {
            Some(dict) => drop(dict.try_set_str(step, name, value)?),
            None => protocol::set_item(step, &namespace, &name.to_value(), &value)?,
        },
        None => {
            let globals = step.globals().clone();
            drop(globals.try_set_str(step, name, value)?);
        }
    }
    Ok(Flow::Next)
}

/// Unbinds a name of the frame's namespace. Raises `NameError` if it is not bound, or the namespace refuses to.
pub fn delete_name(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    match namespace(step) {
        Some(namespace) => match namespace.downcast_exact::<Dict>() {
            Some(dict) => drop(dict.remove_str(name).ok_or_else(|| name_error(name))?),
            // Whatever the mapping raises, as in CPython.
            None => {
                protocol::del_item(step, &namespace, &name.to_value()).map_err(|_raised| name_error(name))?
            }
        },
        None => return delete_global(step, word),
    }
    Ok(Flow::Next)
}

/// Makes the cache word for a global that was found in the built-in names: the high half is the version of the
/// globals' keys, plus one so that it is never zero.
const fn builtin_cache(version: u32, position: u32) -> u64 {
    (version as u64 + 1) << 32 | position as u64
}

hot! {
    /// Loads a global from the position in the dict where it was the last time.
    fn load_global(ip, fp, k, thread, word, w) {
        let site = w.bc();
        let cache = block(k, site + 1);
        if cache >> 32 != 0 {
            return load_builtin(ip, fp, k, thread, word);
        }
        let function = &*(*current(thread)).function;
        let globals = &*function.globals.table.as_ptr();
        // The name lies in the block with the deferred tag, in the dict with the owning one.
        let Some(value) = globals.value_word_at(cache as usize, block(k, site) & !4) else {
            return load_global_slow(ip, fp, k, thread, word);
        };
        put(fp, w.a(), value);
        if word::is_pointer(value) {
            if !object(value).has(crate::object::GcBits::DEFERRED) || thread.is_multi() {
                return load_global_counted(ip, fp, k, thread, word);
            }
            put(fp, w.a(), value | 4);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Loads a built-in name if the globals have not changed since it was looked up.
    fn load_builtin(ip, fp, k, thread, word, w) {
        let site = w.bc();
        let cache = block(k, site + 1);
        let function = &*(*current(thread)).function;
        let globals = &*function.globals.table.as_ptr();
        if cache >> 32 != globals.keys_version() as u64 + 1 {
            return load_global_slow(ip, fp, k, thread, word);
        }
        let builtins = &*function.builtins.table.as_ptr();
        let Some(value) = builtins.value_word_at(cache as u32 as usize, block(k, site) & !4) else {
            return load_global_slow(ip, fp, k, thread, word);
        };
        put(fp, w.a(), value);
        if word::is_pointer(value) {
            return load_global_counted(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Completes loading a global that is an object: it is immortal, or must be counted.
    fn load_global_counted(ip, fp, k, thread, word, w) {
        let value = get(fp, w.a());
        if thread.is_multi() {
            return load_global_slow(ip, fp, k, thread, word);
        }
        if object(value).is_immortal() || object(value).has(crate::object::GcBits::DEFERRED) {
            put(fp, w.a(), word::deferred(value));
            return next(ip, fp, k, thread);
        }
        if !retained(thread, value) {
            return retain_a_next(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn load_global_slow = load_global_body }

fn load_global_body(step: &mut Step, word: Word) -> Run<Flow> {
    let site = word.bc();
    let name = step.name(site);
    let function = step.frame().function();
    if !function.globals.shape().is_builtin() {
        let (globals, builtins) = (function.globals.clone(), function.builtins.clone());
        let found = look_up(step, globals.as_value(), name)?.or_else(|| builtins.get_str(name));
        let Some(value) = found else { return Err(name_error(name)) };
        step.put(word.a(), value);
        return Ok(Flow::Next);
    }
    load_global_of_dict(step, word)
}

/// Loads a global from the dict itself, or a built-in name.
fn load_global_of_dict(step: &mut Step, word: Word) -> Run<Flow> {
    let site = word.bc();
    let name = step.name(site);
    let function = step.frame().function();
    let (globals, builtins) = (function.globals.clone(), function.builtins.clone());
    let position = globals.with_table(|table| table.find_str_index(name).ok_or(table.keys_version()));
    let (found, cache) = match position {
        Ok(position) => (globals.get_str(name), position as u64),
        Err(version) => {
            let position = builtins.with_table(|table| table.find_str_index(name)).unwrap_or(0);
            (builtins.get_str(name), builtin_cache(version, position as u32))
        }
    };
    let Some(value) = found else { return Err(name_error(name)) };
    step.set_cache(site + 1, cache);
    step.put(word.a(), value);
    Ok(Flow::Next)
}

/// Stores a value in a global. Raises `MemoryError`.
pub fn store_global(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let value = step.take(word.a());
    let globals = step.globals().clone();
    drop(globals.try_set_str(step, name, value)?);
    Ok(Flow::Next)
}

/// Unbinds a global. Raises `NameError` if it is not bound.
pub fn delete_global(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let globals = step.globals().clone();
    match globals.remove_str(name) {
        Some(old) => drop(old),
        None => return Err(name_error(name)),
    }
    Ok(Flow::Next)
}

/// Loads a free variable in a class body: the namespace is searched first. Raises `NameError` if the variable is
/// unbound, and what reading the namespace raises.
pub fn load_class_cell(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.code().variables[word.b()].clone();
    if let Some(namespace) = namespace(step)
        && let Some(found) = look_up(step, &namespace, &name)?
    {
        step.put(word.a(), found);
        return Ok(Flow::Next);
    }
    load_cell_body(step, word)
}
