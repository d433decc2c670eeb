//! Moving values between slots; locals and cells. Names are in `name.rs`.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::Word;
use crate::types::function::cell::Cell;
use crate::value::word;
use crate::value::{ErrorKind, Object, Raised, Run, Slot, Value};
use crate::vm::frame::{current, get, put};
use crate::vm::run::dispatch::{Flow, next, slow};
use crate::vm::run::hot::{block, hot, object, release_next, retain_a_next, retained, store_next};
use crate::vm::run::step::Step;

hot! {
    /// Does nothing.
    fn nop(ip, fp, k, thread, _word, _w) { next(ip, fp, k, thread) }
}

hot! {
    /// Loads a constant as a deferred reference.
    fn load_const(ip, fp, k, thread, word, w) {
        put(fp, w.a(), block(k, w.bc()));
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Stores a constant in a local, which owns it.
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
    /// Copies a local as a deferred reference.
    fn copy_deferred(ip, fp, k, thread, word, w) {
        put(fp, w.a(), word::deferred(get(fp, w.b())));
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Copies a local as an owned reference.
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
    /// Moves a temporary to a local.
    fn move_store(ip, fp, k, thread, word, w) {
        let value = get(fp, w.b());
        if word::is_deferred(value) && !retained(thread, value) {
            return copy_store_slow(ip, fp, k, thread, word);
        }
        store_next(ip, fp, k, thread, w.a(), word::owning(value))
    }
}

hot! {
    /// Copies a local to another.
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
    /// Raises `UnboundLocalError` if a local is unbound.
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
        format_args!("cannot access local variable '{name}' where it is not associated with a value"),
    ))
}

/// Unbinds a local. Raises `UnboundLocalError` if it is unbound.
pub fn delete_local(step: &mut Step, word: Word) -> Run<Flow> {
    if step.view(word.a()).is_unbound() {
        return unbound_local(step, word);
    }
    step.release(word.a());
    Ok(Flow::Next)
}

hot! {
    /// Empties the slot of a variable.
    fn clear_variable(ip, fp, k, thread, word, w) {
        store_next(ip, fp, k, thread, w.a(), word::UNBOUND)
    }
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

/// Makes a cell and moves the parameter into it that it stands for. Raises nothing.
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
    /// Puts the closure's cells into their slots as deferred references, because the function keeps them alive.
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
    /// Loads the content of a cell.
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

/// Loads the content of a cell. Raises `NameError` or `UnboundLocalError` if the cell is empty.
pub(super) fn load_cell_body(step: &mut Step, word: Word) -> Run<Flow> {
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
    let message = format_args!(
        "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
    );
    Raised::new(ErrorKind::NameError, message)
}

hot! {
    /// Stores a value in a cell.
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

/// Empties a cell. Raises `NameError` or `UnboundLocalError` if it is empty.
pub fn delete_cell(step: &mut Step, word: Word) -> Run<Flow> {
    let old = cell(step, word.a()).content.set(Value::UNBOUND);
    if old.is_unbound() {
        return Err(empty_cell(step, word.a()));
    }
    Ok(Flow::Next)
}
