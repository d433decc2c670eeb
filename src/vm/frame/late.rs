//! Late writes: what programs write to the variables of a running frame through `f_locals`, until the frame sees it.
//!
//! Fused words read a local where its value is used, not where the program names it: `[v, f(), v]` reads both `v` after
//! the call. That is right as long as nobody but the frame's own words changes a local. And while a word runs, its body
//! views its operands in their slots. So a write to the variable of a frame that runs fused words is put off:
//!
//! ```text
//! the frame    …  word W ──runs f()──────────────────────▶ EnterTraced ──▶ unfused words …
//! f()                     f_locals['v'] = 2                 1. operands that were noted only are written out: old v
//!                         · kept beside the frame object    2. v = 2
//!                         · all words of the code diverted
//! ```
//!
//! Whoever asks for the variable meanwhile is told the new value. All words of the code become `EnterTraced`, as for
//! tracing (`vm/trace/mod.rs`), and whichever the frame comes to next, the operand stack is known there: so the frame
//! goes over to its unfused twin, in which nothing is noted only, and home at the end of the statement. A word that
//! stores its own result in the variable does so after what it calls has written: then the write is forgotten.
//! A frame that is suspended or left before its next word gets the writes at that moment.
//!
//! A frame that runs unfused words, because it is traced or by `--no-fuse`, reads each local when the program names it.
//! There writes are done at once.

use crate::bytecode::{Role, Word, WordOp};
use crate::memory;
use crate::thread::{Thread, ThreadState, world};
use crate::value::{Object, Run, StackRef, Trace, Value, word};
use crate::vm::frame::aside::Aside;
use crate::vm::frame::object::FrameObject;
use crate::vm::frame::{Frame, FrameFlags};
use crate::vm::machine::Machine;

/// The writes that a frame has not seen yet.
#[derive(Default)]
pub(super) struct LateWrites {
    /// The word during which they were made.
    at: usize,
    writes: Vec<LateWrite>,
}

struct LateWrite {
    slot: usize,
    value: Value,
    /// Whether the word will store its own result in the slot.
    is_overwritten: bool,
}

impl Trace for LateWrites {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(word::Word)) {
        self.writes.iter().for_each(|write| write.value.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<word::Word>) {
        self.writes.iter_mut().for_each(|write| Trace::take(&mut write.value, taken));
        self.writes.clear();
    }
}

/// Whether a word that runs will store its result in a slot.
fn will_store(record: &Frame, running: Word, slot: usize) -> bool {
    let (row, operands) = (running.row(), [running.a(), running.b(), running.c(), running.x() as usize]);
    let stores = row
        .operands
        .iter()
        .zip(operands)
        .any(|(role, operand)| matches!(role, Role::Stores | Role::Local) && operand == slot);
    stores && !record.flags.intersects(FrameFlags::PAST | FrameFlags::STORED)
}

/// Whether the word with which a frame goes on shows that the one before has stored its result.
fn has_stored(running: Word, at: usize, next: usize) -> bool {
    // A pair's word passes by those that would unpack and store it.
    next == at + if running.op() == WordOp::ForIterPair { 4 } else { 1 }
}

impl Object<FrameObject> {
    /// Returns the value of a late write to a slot, if there is one.
    pub(super) fn late_write(&self, record: &Frame, slot: usize) -> Option<Value> {
        let has_stored = record.flags.intersects(FrameFlags::PAST | FrameFlags::STORED);
        self.with(
            |object| &object.aside,
            |aside| {
                let mut writes = aside.as_deref()?.late.writes.iter();
                let write = writes.find(|write| write.slot == slot)?;
                (!(write.is_overwritten && has_stored)).then(|| write.value.clone())
            },
        )
    }

    /// Puts off a write to a variable of a frame that runs fused words. Raises `MemoryError`.
    pub(super) fn write_late(
        &self,
        thread: &mut Thread,
        record: &Frame,
        slot: usize,
        value: &Value,
    ) -> Run<()> {
        let code = record.code();
        // The way to the unfused words is made here, where an error can be raised.
        code.twin(thread, Machine::of(thread).options.fuse)?;
        let at = code.word_index(record.ip);
        let is_overwritten = will_store(record, code.ordinary_word(record.ip), slot);
        let write = LateWrite { slot, value: value.clone(), is_overwritten };
        let put = |aside: &mut Option<Box<Aside>>| {
            let late = &mut aside.get_or_insert_default().late;
            let is_first = late.writes.is_empty();
            if is_first {
                late.at = at;
            }
            match late.writes.iter_mut().find(|before| before.slot == slot) {
                Some(before) => Ok((false, Some(std::mem::replace(before, write)))),
                None => memory::push(&mut late.writes, write).map(|()| (is_first, None)),
            }
        };
        let (is_first, before) =
            self.with(|object| &object.aside, put).map_err(|_write| memory::OutOfMemory)?;
        if is_first {
            code.add_late_writer();
            let stopped = world::stop(thread);
            code.divert_every_word(&stopped);
            stopped.resume();
        }
        drop(before);
        Ok(())
    }

    /// Does the late writes of a frame that goes on with the word `next`, or with none. Returns false if there were none.
    pub(in crate::vm) fn do_late_writes(
        &self,
        thread: &ThreadState,
        record: &Frame,
        next: Option<usize>,
    ) -> bool {
        let take = |aside: &mut Option<Box<Aside>>| {
            aside.as_deref_mut().map(|aside| std::mem::take(&mut aside.late))
        };
        let Some(LateWrites { at, writes }) = self.with(|object| &object.aside, take) else { return false };
        if writes.is_empty() {
            return false;
        }
        let code = record.code().ordinary();
        code.remove_late_writer();
        let running = code.ordinary_word(code.entry_point().wrapping_add(at));
        let has_stored = next.is_some_and(|next| has_stored(running, at, next));
        for LateWrite { slot, value, is_overwritten } in writes {
            if !(is_overwritten && has_stored) {
                // SAFETY: the slot of a variable, which holds a word and gives it up.
                let old = unsafe {
                    std::mem::replace(&mut *record.fp.add(slot), StackRef::from_value(value))
                        .into_owned(thread)
                };
                self.keep_replaced(old);
            }
        }
        true
    }

    /// Whether the frame has late writes.
    pub(in crate::vm) fn has_late_writes(&self) -> bool {
        self.with(
            |object| &object.aside,
            |aside| aside.as_deref().is_some_and(|aside| !aside.late.writes.is_empty()),
        )
    }

    /// Keeps what a variable held before a program replaced it, until the frame object dies or is cleared: operands may
    /// defer to it.
    pub(super) fn keep_replaced(&self, old: Value) {
        if old.as_raw().is_none() {
            return;
        }
        let keep = |aside: &mut Option<Box<Aside>>| aside.get_or_insert_default().replaced.push(old);
        self.with(|object| &object.aside, keep);
    }
}
