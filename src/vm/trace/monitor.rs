//! Telling the tools of `sys.monitoring`.
//!
//! Tools hear of an event after the trace function and the profiler of the thread, the one with the highest number first.
//! While a callback or trace function runs, nothing that the thread does is told anybody.

use crate::protocol;
use crate::sync::Ordering;
use crate::thread::Thread;
use crate::value::{Args, Object, Raised, Run, Value};
use crate::vm::code::Code;
use crate::vm::code_encode;
use crate::vm::frame::tracing::{Event, Place};
use crate::vm::frame::{Frame, Interpreter, watch};
use crate::vm::machine::Machine;
use crate::vm::monitors::{Events, TOOLS};

/// Returns the events that tools want of code; none while a callback runs.
pub fn wanted(thread: &Thread, code: &Object<Code>) -> Events {
    let Some(machine) = Machine::find(thread) else { return Events::empty() };
    let monitors = &machine.monitors;
    if !monitors.is_active() || Interpreter::of(thread).tracing.depth.get() > 0 {
        return Events::empty();
    }
    monitors.events() | code.local_events()
}

/// Returns what tools call an event.
pub const fn kind(event: Event) -> Events {
    match event {
        Event::Start => Events::PY_START,
        Event::Resume => Events::PY_RESUME,
        Event::Throw => Events::PY_THROW,
        Event::Line => Events::LINE,
        Event::Instruction => Events::INSTRUCTION,
        Event::Jump => Events::JUMP,
        Event::BranchLeft => Events::BRANCH_LEFT,
        Event::BranchRight => Events::BRANCH_RIGHT,
        Event::StopIteration => Events::STOP_ITERATION,
        Event::Call => Events::CALL,
        Event::CalledReturn => Events::C_RETURN,
        Event::CalledRaise => Events::C_RAISE,
        Event::Yield => Events::PY_YIELD,
        Event::Return => Events::PY_RETURN,
        Event::Raise => Events::RAISE,
        Event::Reraise => Events::RERAISE,
        Event::Handled => Events::EXCEPTION_HANDLED,
        Event::Unwind => Events::PY_UNWIND,
    }
}

/// Returns the offset of an instruction in the code of a frame, as a value.
pub(in crate::vm) fn offset(thread: &Thread, frame: *mut Frame, instruction: u32) -> Value {
    // SAFETY: the frame is traced, so its record is complete.
    let code = unsafe { (*frame).code() };
    let offset = match &code.traced {
        Some(traced) => traced.offsets[instruction as usize],
        // A generator that an exception is thrown into still runs ordinary words.
        None => code_encode::offset_of(&code.unit, instruction),
    };
    thread.new_int(offset.into())
}

/// Tells the tools of an event at the instruction that a frame runs, with its offset and more arguments. Raises what
/// callbacks raise.
pub(in crate::vm) fn tell(
    thread: &mut Thread,
    frame: *mut Frame,
    event: Event,
    place: Place,
    more: &[Value],
) -> Run<()> {
    // SAFETY: the frame is traced, so its record is complete.
    let instruction = unsafe { (*frame).instruction() };
    tell_at(thread, frame, (event, place), instruction, more)
}

/// Tells the tools of an event, as `tell` does, at another instruction.
pub(in crate::vm) fn tell_at(
    thread: &mut Thread,
    frame: *mut Frame,
    (event, place): (Event, Place),
    instruction: u32,
    more: &[Value],
) -> Run<()> {
    // SAFETY: the frame is traced, so its record is complete.
    let code = unsafe { (*frame).code().ordinary().to_ref() };
    let gate = gate(event);
    if !wanted(thread, &code).contains(gate) {
        return Ok(());
    }
    let first = match place {
        Place::Instruction(_, line) if event == Event::Line => thread.new_int(line.into()),
        Place::Entry => thread.new_int(0),
        Place::Instruction(..) => offset(thread, frame, instruction),
    };
    let mut arguments = vec![code.as_value().clone(), first];
    arguments.extend_from_slice(more);
    for tool in (0..TOOLS).rev() {
        if Interpreter::of(thread).tracing.has_jumped.get() {
            // The frame is elsewhere.
            break;
        }
        tell_tool(thread, frame, (event, place), (tool, instruction), &code, &arguments)?;
    }
    Ok(())
}

/// Returns what a tool must want to be told of an event.
fn gate(event: Event) -> Events {
    match event {
        Event::CalledReturn | Event::CalledRaise => Events::CALL,
        _ => kind(event),
    }
}

fn tell_tool(
    thread: &mut Thread,
    frame: *mut Frame,
    at: (Event, Place),
    (tool, instruction): (usize, u32),
    code: &Object<Code>,
    arguments: &[Value],
) -> Run<()> {
    let kind = kind(at.0);
    let gate = gate(at.0);
    let monitors = &Machine::of(thread).monitors;
    let local = code.monitored.get();
    let wants = monitors.tools[tool].events() | local.map_or(Events::empty(), |local| local.of(tool));
    let callback = monitors.tools[tool].callbacks[kind.index()].get();
    if !wants.contains(gate)
        || callback.is_unbound()
        || local.is_some_and(|local| local.is_disabled(monitors, instruction, gate, tool))
    {
        return Ok(());
    }
    let answer =
        within(thread, frame, at, |thread| protocol::call(thread, &callback, Args::positional(arguments)))?;
    let monitors = &Machine::of(thread).monitors;
    if !answer.is(&monitors.disable.get()) {
        return Ok(());
    }
    if !Events::LOCAL.contains(kind) {
        let name = Events::NAMES[kind.index()];
        drop(monitors.tools[tool].callbacks[kind.index()].set(Value::UNBOUND));
        return Err(Raised::value_error(format_args!("Cannot disable {name} events. Callback removed.")));
    }
    let local = code.monitored.get_or_init(|| Box::new(monitors.local()));
    local.disable(monitors, instruction, kind, tool);
    if Events::BRANCHES.contains(kind) && monitors.tools[tool].branches_as_one.load(Ordering::Relaxed) {
        Events::BRANCHES.iter().for_each(|way| local.disable(monitors, instruction, way, tool));
    }
    Ok(())
}

/// Calls `action` while a thread is in a callback or trace function, which is told of an event of a frame.
pub(super) fn within<R>(
    thread: &mut Thread,
    frame: *mut Frame,
    (event, place): (Event, Place),
    action: impl FnOnce(&mut Thread) -> R,
) -> R {
    let tracing = &Interpreter::of(thread).tracing;
    tracing.depth.set(tracing.depth.get() + 1);
    let around = (
        tracing.event.replace(Some(event)),
        tracing.frame.replace(frame),
        tracing.place.replace(Some(place)),
    );
    let result = action(thread);
    let tracing = &Interpreter::of(thread).tracing;
    tracing.event.set(around.0);
    tracing.frame.set(around.1);
    tracing.place.set(around.2);
    tracing.depth.set(tracing.depth.get() - 1);
    if tracing.has_jumped.get() {
        // The frame has left the word that reports.
        watch::end(thread);
    }
    result
}
