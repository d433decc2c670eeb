//! Moving values between slots; locals, cells, globals and names.
//!
//! `SAFETY` of all handlers: see `dispatch.rs`.

use crate::bytecode::Word;
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::types::cell::Cell;
use crate::value::word;
use crate::value::{Dict, ErrorKind, Object, Raised, Run, Slot, StackRef, Value};
use crate::vm::dispatch::{Exit, Flow, next, slow};
use crate::vm::frame::{FrameFlags, current, get, put};
use crate::vm::hot::{block, object, release_next, retain_a_next, retained, store_next};
use crate::vm::step::Step;

/// Defines a hot handler: the state has these names in its body.
macro_rules! hot {
    ($(#[$doc:meta])* fn $name:ident($ip:ident, $fp:ident, $k:ident, $thread:ident, $word:ident, $w:ident) $body:block) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// See `dispatch.rs`.
        pub unsafe extern "C" fn $name(
            $ip: *const Word,
            $fp: *mut StackRef,
            $k: *const AtomicU64,
            $thread: &ThreadState,
            $word: u64,
        ) -> Exit {
            let $w = Word::from_bits($word);
            // SAFETY: see `dispatch.rs`.
            unsafe { $body }
        }
    };
}
pub(super) use hot;

hot! {
    /// Nothing.
    fn nop(ip, fp, k, thread, _word, _w) { next(ip, fp, k, thread) }
}

hot! {
    /// A constant, deferred.
    fn load_const(ip, fp, k, thread, word, w) {
        put(fp, w.a(), block(k, w.bc()));
        next(ip, fp, k, thread)
    }
}

hot! {
    /// A constant into a local, which owns it.
    fn load_const_store(ip, fp, k, thread, word, w) {
        let value = block(k, w.bc());
        if !retained(thread, value) {
            return load_const_store_slow(ip, fp, k, thread, word);
        }
        store_next(ip, fp, k, thread, w.a(), word::owning(value))
    }
}

slow! { fn load_const_store_slow = load_const_store_body }

fn load_const_store_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.constant(word.bc());
    step.store(word.a(), value);
    Ok(Flow::Next)
}

hot! {
    /// A deferred copy of a local.
    fn copy_deferred(ip, fp, k, thread, word, w) {
        put(fp, w.a(), word::deferred(get(fp, w.b())));
        next(ip, fp, k, thread)
    }
}

hot! {
    /// A copy that owns a count.
    fn copy_owned(ip, fp, k, thread, word, w) {
        let value = word::owning(get(fp, w.b()));
        put(fp, w.a(), value);
        if !retained(thread, value) {
            return retain_a_next(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// A temporary into a local.
    fn move_store(ip, fp, k, thread, word, w) {
        let value = get(fp, w.b());
        if word::is_deferred(value) && !retained(thread, value) {
            return copy_store_slow(ip, fp, k, thread, word);
        }
        store_next(ip, fp, k, thread, w.a(), word::owning(value))
    }
}

hot! {
    /// A local into another.
    fn copy_store(ip, fp, k, thread, word, w) {
        let value = get(fp, w.b());
        if !retained(thread, value) {
            return copy_store_slow(ip, fp, k, thread, word);
        }
        store_next(ip, fp, k, thread, w.a(), word::owning(value))
    }
}

slow! { fn copy_store_slow = copy_store_body }

fn copy_store_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.clone_slot(word.b());
    step.store(word.a(), value);
    Ok(Flow::Next)
}

hot! {
    /// An error if a local is unbound.
    fn check_local(ip, fp, k, thread, word, w) {
        if get(fp, w.a()) == word::UNBOUND {
            return check_local_slow(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn check_local_slow = unbound_local }

fn unbound_local(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.code().variables[word.a()].as_str();
    Err(Raised::new(
        ErrorKind::UnboundLocalError,
        format!("cannot access local variable '{name}' where it is not associated with a value"),
    ))
}

/// Unbinds a local.
pub fn delete_local(step: &mut Step, word: Word) -> Run<Flow> {
    if step.view(word.a()).is_unbound() {
        return unbound_local(step, word);
    }
    step.release(word.a());
    Ok(Flow::Next)
}

hot! {
    /// Drops a temporary.
    fn release(ip, fp, k, thread, word, w) {
        let value = get(fp, w.a());
        if word::is_owning(value) {
            put(fp, w.a(), word::UNBOUND);
            return release_next(ip, fp, k, thread, value);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Exchanges two slots.
    fn swap(ip, fp, k, thread, word, w) {
        let (one, other) = (get(fp, w.a()), get(fp, w.b()));
        put(fp, w.a(), other);
        put(fp, w.b(), one);
        next(ip, fp, k, thread)
    }
}

// ---- Cells

/// Makes a cell, with the parameter it stands for moved in.
pub fn make_cell(step: &mut Step, word: Word) -> Run<Flow> {
    let content = match word.b() {
        0 => Value::UNBOUND,
        parameter => step.take(parameter - 1),
    };
    let cell = step.alloc(Cell { content: Slot::new(content) }).into_value();
    step.store(word.a(), cell);
    Ok(Flow::Next)
}

hot! {
    /// Puts the closure's cells into their slots, deferred: the function keeps them alive.
    fn copy_free(ip, fp, k, thread, _word, w) {
        for (index, cell) in (*current(thread)).function().cells().iter().enumerate() {
            // Usually a few: keeps the optimiser from vector code.
            #[cfg(not(miri))]
            std::arch::asm!("", options(nomem, nostack, preserves_flags));
            put(fp, w.a() + index, word::deferred(cell.word()));
        }
        next(ip, fp, k, thread)
    }
}

fn cell<'a>(step: &Step, slot: usize) -> &'a Object<Cell> {
    step.view(slot).downcast_ref().expect("cell slots hold cells")
}

hot! {
    /// The content of a cell.
    fn load_cell(ip, fp, k, thread, word, w) {
        let cell = object(get(fp, w.b()));
        let content = (&*cell.at::<Object<Cell>>(0)).content.load_word();
        if content == word::UNBOUND || thread.is_multi() {
            return load_cell_slow(ip, fp, k, thread, word);
        }
        put(fp, w.a(), content);
        if !retained(thread, content) {
            return retain_a_next(ip, fp, k, thread, word);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn load_cell_slow = load_cell_body }

fn load_cell_body(step: &mut Step, word: Word) -> Run<Flow> {
    let content = cell(step, word.b()).content.get();
    if content.is_unbound() {
        return Err(empty_cell(step, word.b()));
    }
    step.put(word.a(), content);
    Ok(Flow::Next)
}

fn empty_cell(step: &Step, slot: usize) -> Raised {
    let code = step.code();
    let name = code.variables[slot].as_str();
    let own_cells = code.locals as usize + code.unit.cell_names.len();
    if slot < own_cells {
        let message =
            format!("cannot access local variable '{name}' where it is not associated with a value");
        return Raised::new(ErrorKind::UnboundLocalError, message);
    }
    let message = format!(
        "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
    );
    Raised::new(ErrorKind::NameError, message)
}

hot! {
    /// Puts a value into a cell.
    fn store_cell(ip, fp, k, thread, word, w) {
        let value = get(fp, w.b());
        let base = (*current(thread)).code().base as usize;
        let copies = w.b() < base || word::is_deferred(value);
        if thread.is_multi() || copies && !retained(thread, value) {
            return store_cell_slow(ip, fp, k, thread, word);
        }
        let content = &(&*object(get(fp, w.a())).at::<Object<Cell>>(0)).content;
        let old = content.exchange_alone(word::owning(value));
        if word::is_owning(old) {
            return release_next(ip, fp, k, thread, old);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn store_cell_slow = store_cell_body }

fn store_cell_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.take_operand(word.b());
    drop(cell(step, word.a()).content.set(value));
    Ok(Flow::Next)
}

/// Empties a cell.
pub fn delete_cell(step: &mut Step, word: Word) -> Run<Flow> {
    let old = cell(step, word.a()).content.set(Value::UNBOUND);
    if old.is_unbound() {
        return Err(empty_cell(step, word.a()));
    }
    Ok(Flow::Next)
}

/// A free variable in a class body: the namespace first.
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

// ---- Names

/// The frame's own namespace, if it has one: that of a class body, or what `exec` was given.
pub(super) fn namespace(step: &Step) -> Option<Value> {
    let frame = step.frame();
    if !frame.flags.contains(FrameFlags::NAMESPACE) {
        return None;
    }
    Some(StackRef::from_word(frame.namespace).as_value().clone())
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
    Raised::missing_name(format!("name '{}' is not defined", name.as_str()), name.to_value())
}

/// A name of the frame's namespace, the globals or the built-ins.
pub fn load_name(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    if let Some(namespace) = namespace(step)
        && let Some(found) = look_up(step, &namespace, name)?
    {
        step.put(word.a(), found);
        return Ok(Flow::Next);
    }
    load_global_body(step, word)
}

/// Puts a value into the frame's namespace.
pub fn store_name(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let value = step.take(word.a());
    match namespace(step) {
        Some(namespace) => match namespace.downcast_exact::<Dict>() {
            Some(dict) => drop(dict.set_str(step, name, value)),
            None => protocol::set_item(step, &namespace, &name.to_value(), &value)?,
        },
        None => {
            let globals = step.globals().clone();
            drop(globals.set_str(step, name, value));
        }
    }
    Ok(Flow::Next)
}

/// Unbinds a name of the frame's namespace.
pub fn delete_name(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    match namespace(step) {
        Some(namespace) => match namespace.downcast_exact::<Dict>() {
            Some(dict) => drop(dict.remove_str(name).ok_or_else(|| name_error(name))?),
            None => match protocol::del_item(step, &namespace, &name.to_value()) {
                Err(raised) if raised.is_kind(step, ErrorKind::KeyError) => return Err(name_error(name)),
                other => other?,
            },
        },
        None => return delete_global(step, word),
    }
    Ok(Flow::Next)
}

/// Marks a cache word of a global that was found in the built-ins: the high half is the version of the
/// globals' keys, plus one so that it is never zero.
const fn builtin_cache(version: u32, position: u32) -> u64 {
    (version as u64 + 1) << 32 | position as u64
}

hot! {
    /// A global, by its position in the dict that had it last time.
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
    /// A built-in that no global hides, as when it was looked up.
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
    /// The rest of loading a global that is an object: immortal, or counted.
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

/// Puts a value into a global.
pub fn store_global(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let value = step.take(word.a());
    let globals = step.globals().clone();
    drop(globals.set_str(step, name, value));
    Ok(Flow::Next)
}

/// Unbinds a global.
pub fn delete_global(step: &mut Step, word: Word) -> Run<Flow> {
    let name = step.name(word.bc());
    let globals = step.globals().clone();
    match globals.remove_str(name) {
        Some(old) => drop(old),
        None => return Err(name_error(name)),
    }
    Ok(Flow::Next)
}
