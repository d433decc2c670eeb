//! The variables of a frame object by name, wherever the frame is: running, waiting in a generator, or over.
//!
//! One name may stand for several slots: a local whose parameter moved to a cell, and variables of comprehensions that
//! the same frame runs. It means the innermost one that is bound. Programs may also keep values under names that are no
//! variables. Who looks at all of it is `vm/types/frame_locals.rs`.

use crate::bytecode::CodeFlags;
use crate::memory;
use crate::protocol::dict_set;
use crate::thread::{Thread, ThreadState};
use crate::types::function::cell::Cell;
use crate::value::{Dict, Object, Ref, Run, StackRef, Value};
use crate::vm::frame::object::FrameObject;
use crate::vm::frame::{self, FrameFlags};
use crate::vm::machine::Machine;

/// What a name means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_bound: bool,
    depth: u32,
    is_cell: bool,
}

impl Object<FrameObject> {
    /// Returns what is in a slot: a value, a cell, or unbound.
    fn slot(&self, thread: &ThreadState, slot: usize) -> Value {
        if let Some(record) = self.record() {
            if let Some(written) = self.late_write(record, slot) {
                return written;
            }
            // SAFETY: variable slots of a running frame always hold a word.
            return unsafe { StackRef::from_word(frame::get(record.fp, slot)) }.retain(thread);
        }
        let held = match self.generator() {
            Some(generator) => {
                generator.with(|generator| &generator.window, |window| window.slots.get(slot).cloned())
            }
            None => self.with(|object| &object.variables, |held| held.get(slot).cloned()),
        };
        held.unwrap_or(Value::UNBOUND)
    }

    /// Returns the cell in a slot for cells.
    fn cell(&self, thread: &ThreadState, slot: usize) -> Option<Ref<Cell>> {
        if slot < self.code.locals as usize {
            return None;
        }
        self.slot(thread, slot).downcast::<Cell>().ok()
    }

    /// Returns the value of the variable in a slot, or unbound.
    fn content(&self, thread: &ThreadState, slot: usize) -> Value {
        match self.cell(thread, slot) {
            Some(cell) => cell.content.get(),
            // A slot for a cell that is not made yet.
            None if slot >= self.code.locals as usize => Value::UNBOUND,
            None => self.slot(thread, slot),
        }
    }

    /// Returns the slot that a name means.
    fn slot_of(&self, thread: &ThreadState, name: &str) -> Option<usize> {
        let named = (0..self.code.base as usize).filter(|&slot| self.code.variables[slot].as_str() == name);
        named.max_by_key(|&slot| {
            let depth = self.code.unit.depth_of(slot as u32);
            let is_bound = !self.content(thread, slot).is_unbound();
            // Of those that are not bound, the frame's own comes before those of comprehensions.
            let depth = if is_bound { depth } else { u32::MAX - depth };
            Rank { is_bound, depth, is_cell: self.cell(thread, slot).is_some() }
        })
    }

    /// Returns the value of a variable, which may be unbound; `None` if there is none of that name.
    pub fn variable(&self, thread: &ThreadState, name: &str) -> Option<Value> {
        self.slot_of(thread, name).map(|slot| self.content(thread, slot))
    }

    /// Sets a variable; false if there is none of that name. Raises `MemoryError`.
    pub fn set_variable(&self, thread: &mut Thread, name: &str, value: &Value) -> Run<bool> {
        let Some(slot) = self.slot_of(thread, name) else { return Ok(false) };
        if let Some(cell) = self.cell(thread, slot) {
            drop(cell.content.set(value.clone()));
            return Ok(true);
        }
        if let Some(record) = self.record() {
            if record.code().traced.is_none() && Machine::of(thread).options.fuse {
                self.write_late(thread, record, slot, value)?;
                return Ok(true);
            }
            // SAFETY: the slot holds a word, which it gives up.
            let old = unsafe {
                let slot = &mut *record.fp.add(slot);
                std::mem::replace(slot, StackRef::from_value(value.clone())).into_owned(thread)
            };
            self.keep_replaced(old);
            return Ok(true);
        }
        let set =
            |slots: &mut Vec<Value>| slots.get_mut(slot).map(|held| std::mem::replace(held, value.clone()));
        let old = match self.generator() {
            Some(generator) => generator.with(|generator| &generator.window, |window| set(&mut window.slots)),
            None => {
                let count = self.code.base as usize;
                let mut room = memory::with_room(count)?;
                self.with(
                    |object| &object.variables,
                    |held| {
                        if held.is_empty() {
                            room.resize(count, Value::UNBOUND);
                            *held = room;
                        }
                        set(held)
                    },
                )
            }
        };
        self.keep_replaced(old.unwrap_or(Value::UNBOUND));
        Ok(true)
    }

    /// Returns a fresh dict of the bound variables and of what programs keep besides. Raises `MemoryError`.
    pub fn snapshot(&self, thread: &mut Thread) -> Run<Ref<Dict>> {
        let (code, unit) = (&self.code, &self.code.unit);
        let all = thread.alloc(Dict::default());
        let deepest = unit.inner_variables.iter().map(|&(_, depth)| depth).max().unwrap_or(0);
        // First in the order of the slots; then those of nested comprehensions hide others of their names.
        for depth in 0..=deepest {
            for slot in 0..code.base as usize {
                let (name, own) = (&code.variables[slot], unit.depth_of(slot as u32));
                let value = self.content(thread, slot);
                let comes_now = depth == 0 || own == depth;
                if comes_now && !value.is_unbound() && (own > 0 || !all.contains_str(name)) {
                    drop(all.try_set_str(thread, name, value)?);
                }
            }
        }
        if let Some(extra) = self.aside(|aside| &aside.extra).downcast_ref::<Dict>() {
            for (key, value) in extra.snapshot()? {
                dict_set(thread, &all, &key, value)?;
            }
        }
        Ok(all)
    }

    /// Whether `f_locals` is the namespace of a module or class body: none of its comprehensions runs.
    pub fn namespace(&self, thread: &ThreadState) -> Option<Value> {
        let unit = &self.code.unit;
        if unit.flags.contains(CodeFlags::OPTIMIZED) {
            return None;
        }
        let mut inner = unit.inner_variables.iter();
        if inner.any(|&(slot, _)| !self.content(thread, slot as usize).is_unbound()) {
            return None;
        }
        let own = match self.record() {
            Some(record) if record.flags.contains(FrameFlags::NAMESPACE) => record.namespace().retain(thread),
            _ => self.aside(|aside| &aside.namespace),
        };
        Some(if own.is_unbound() { self.function.globals.to_value() } else { own })
    }

    /// What `locals()` returns: the namespace of a module or a class body, else a snapshot. Raises `MemoryError`.
    pub fn locals(&self, thread: &mut Thread) -> Run<Value> {
        match self.namespace(thread) {
            Some(namespace) => Ok(namespace),
            None => Ok(self.snapshot(thread)?.into_value()),
        }
    }

    /// Returns the dict of what programs keep besides variables; it is made on first use.
    pub fn extra_names(&self, thread: &ThreadState) -> Ref<Dict> {
        if let Ok(known) = self.aside(|aside| &aside.extra).downcast::<Dict>() {
            return known;
        }
        let made = thread.alloc(Dict::default());
        self.set_aside(|aside| &mut aside.extra, made.to_value());
        made
    }
}
