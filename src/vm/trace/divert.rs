//! Switching tracing on and off.

use rustc_hash::FxHashSet;

use crate::bytecode::Word;
use crate::heap;
use crate::object::{GcBits, RawObject};
use crate::sync::Ordering;
use crate::thread::{Thread, WorldStopped, world};
use crate::value::class::shape::Shape;
use crate::value::{Kind, Object, Slot, Value};
use crate::vm::code::Code;
use crate::vm::frame::{FrameFlags, Interpreter};
use crate::vm::machine::Machine;

/// Sets the trace function or the profiler of the running thread; `None` and unbound remove it.
pub fn set(thread: &mut Thread, slot: fn(&Interpreter) -> &Slot, function: &Value) {
    let machine = Machine::of(thread);
    let function = if function.is_none() { Value::UNBOUND } else { function.clone() };
    let begins = !function.is_unbound();
    let old = slot(Interpreter::of(thread)).set(function);
    let had = !old.is_unbound();
    // Relaxed: only the count matters; what is changed by it is changed in a pause.
    let others = match (had, begins) {
        (false, true) => machine.tracers.fetch_add(1, Ordering::Relaxed),
        (true, false) => machine.tracers.fetch_sub(1, Ordering::Relaxed) - 1,
        _ => usize::MAX,
    };
    if others == 0 {
        thread.known().is_traced.store(begins, Ordering::Release);
    }
    if begins {
        divert_all(thread);
    }
    drop(old);
}

/// Whether anything is traced.
pub fn is_on(thread: &Thread) -> bool {
    // Relaxed: code is diverted in a pause.
    thread.known().is_traced.load(Ordering::Relaxed)
}

/// Diverts all code to its traced words.
fn divert_all(thread: &mut Thread) {
    let stopped = world::stop(thread);
    let mut running: FxHashSet<*const Code> = FxHashSet::default();
    let mut stands: FxHashSet<*const Word> = FxHashSet::default();
    for other in stopped.threads() {
        let Some(interpreter) = Interpreter::find(other) else { continue };
        for frame in interpreter.frames(other) {
            // SAFETY: the world is stopped, so the records of all threads are complete and nobody uses them.
            let record = unsafe { &mut *frame };
            if record.is_bottom() || record.code().traced.is_some() {
                continue;
            }
            record.flags |= FrameFlags::UNDER_WAY;
            running.insert(&raw const **record.code());
            stands.insert(record.ip);
        }
    }
    for_each_code(&stopped, |code| {
        let runs = running.contains(&(&raw const **code));
        code.divert(&stopped, runs, |ip| stands.contains(&ip));
    });
    stopped.resume();
}

/// Calls `see` with all code.
fn for_each_code(stopped: &WorldStopped<'_>, mut see: impl FnMut(&Object<Code>)) {
    let is_code =
        |object: &RawObject| object.bits().contains(GcBits::TRACKED) && Shape::of(*object).kind == Kind::Code;
    heap::for_each_page(stopped, |page| {
        for object in page.blocks().filter(is_code) {
            // SAFETY: a tracked object is alive, and it is of this kind.
            see(unsafe { &*object.at::<Object<Code>>(0) });
        }
    });
}

/// Makes the words of code what they were before tracing.
pub fn restore(thread: &mut Thread, code: &Object<Code>) {
    let stopped = world::stop(thread);
    code.restore(&stopped);
    stopped.resume();
}
