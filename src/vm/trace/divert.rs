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
use crate::vm::monitors::Events;

/// Sets the trace function or the profiler of the running thread; `None` and unbound remove it.
pub fn set(thread: &mut Thread, slot: fn(&Interpreter) -> &Slot, function: &Value) {
    let machine = Machine::of(thread);
    let function = if function.is_none() { Value::UNBOUND } else { function.clone() };
    let begins = !function.is_unbound();
    let old = slot(Interpreter::of(thread)).set(function);
    let had = !old.is_unbound();
    // Relaxed: only the count matters; what is changed by it is changed in a pause.
    match (had, begins) {
        (false, true) => _ = machine.tracers.fetch_add(1, Ordering::Relaxed),
        (true, false) => _ = machine.tracers.fetch_sub(1, Ordering::Relaxed),
        _ => {}
    }
    refresh(thread);
    if begins {
        divert_all(thread);
    }
    drop(old);
}

/// Notes whether anything is traced or monitored.
fn refresh(thread: &Thread) {
    let machine = Machine::of(thread);
    let is_on = machine.tracers.load(Ordering::Relaxed) > 0 || machine.monitors.is_active();
    thread.known().is_traced.store(is_on, Ordering::Release);
}

/// Whether anything is traced or monitored.
pub fn is_on(thread: &Thread) -> bool {
    // Relaxed: code is diverted in a pause.
    thread.known().is_traced.load(Ordering::Relaxed)
}

/// Whether some code is traced or monitored.
pub fn is_on_for(thread: &Thread, code: &Object<Code>) -> bool {
    // What runs when all has ended has no machine.
    let Some(machine) = Machine::find(thread) else { return false };
    is_on(thread)
        && (machine.tracers.load(Ordering::Relaxed) > 0
            || !machine.monitors.events().is_empty()
            || !code.local_events().is_empty())
}

/// Sets the events of all code that a tool wants.
pub fn set_events(thread: &mut Thread, tool: usize, events: Events) {
    Machine::of(thread).monitors.set_events(tool, events);
    refresh(thread);
    if !events.is_empty() {
        divert_all(thread);
    }
}

/// Sets the events of some code that a tool wants.
pub fn set_local_events(thread: &mut Thread, tool: usize, code: &Object<Code>, events: Events) {
    let machine = Machine::of(thread);
    let local = code.monitored.get_or_init(|| Box::new(machine.monitors.local()));
    local.set(tool, events);
    refresh(thread);
    if !events.is_empty() {
        divert(thread, Some(code));
    }
}

/// Forgets the events that a tool wants, and its callbacks.
pub fn clear_tool(thread: &mut Thread, tool: usize) {
    let monitors = &Machine::of(thread).monitors;
    monitors.set_events(tool, Events::empty());
    let callbacks: Vec<Value> =
        monitors.tools[tool].callbacks.iter().map(|slot| slot.set(Value::UNBOUND)).collect();
    let stopped = world::stop(thread);
    for_each_code(&stopped, |code| {
        if let Some(local) = code.monitored.get() {
            local.clear(tool);
        }
    });
    stopped.resume();
    refresh(thread);
    drop(callbacks);
}

/// Diverts all code to its traced words.
fn divert_all(thread: &mut Thread) {
    divert(thread, None);
}

/// Diverts one code, or all, to its traced words.
fn divert(thread: &mut Thread, only: Option<&Object<Code>>) {
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
            if only.is_some_and(|only| !std::ptr::eq(only, record.code())) {
                continue;
            }
            record.flags |= FrameFlags::UNDER_WAY;
            running.insert(&raw const **record.code());
            stands.insert(record.ip);
        }
    }
    let divert_one = |code: &Object<Code>| {
        let runs = running.contains(&(&raw const **code));
        code.divert(&stopped, runs, |ip| stands.contains(&ip));
    };
    match only {
        Some(code) => divert_one(code),
        None => for_each_code(&stopped, divert_one),
    }
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
