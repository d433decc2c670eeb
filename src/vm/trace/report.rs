//! Telling tools and trace functions what frames do.

use crate::protocol;
use crate::thread::Thread;
use crate::types::exception::Exception;
use crate::types::table::native_function::{MethodDescriptor, NativeFunction};
use crate::value::{Args, Run, Value};
use crate::vm::frame::tracing::{Called, Event, Place};
use crate::vm::frame::{Frame, Interpreter, object, traceback};
use crate::vm::function::Function;
use crate::vm::machine::Machine;
use crate::vm::monitors::Events;
use crate::vm::trace::{divert, monitor};

/// What the trace functions call events.
const fn name(event: Event) -> &'static str {
    match event {
        Event::Start | Event::Resume | Event::Throw => "call",
        Event::Line => "line",
        Event::Instruction => "opcode",
        Event::Call => "c_call",
        Event::CalledReturn => "c_return",
        Event::CalledRaise => "c_exception",
        Event::Yield | Event::Return | Event::Unwind => "return",
        Event::Raise => "exception",
        // Only tools hear of these.
        Event::Jump
        | Event::BranchLeft
        | Event::BranchRight
        | Event::StopIteration
        | Event::Reraise
        | Event::Handled => "",
    }
}

/// Tells tools, and the thread's profiler and trace function, of what a frame does. Raises what they raise.
pub(in crate::vm) fn report(
    thread: &mut Thread,
    frame: *mut Frame,
    event: Event,
    argument: &Value,
) -> Run<()> {
    let place = place(frame, event);
    report_at(thread, frame, event, argument, place)
}

/// Tells of an event, as `report` does, at a given place.
pub(in crate::vm) fn report_at(
    thread: &mut Thread,
    frame: *mut Frame,
    event: Event,
    argument: &Value,
    place: Place,
) -> Run<()> {
    report_to_functions(thread, frame, event, argument, place)?;
    match event {
        Event::Start | Event::Resume => monitor::tell(thread, frame, event, place, &[]),
        Event::Yield | Event::Return => {
            monitor::tell(thread, frame, event, place, std::slice::from_ref(argument))
        }
        // What tools are told of the others is not what trace functions are told.
        _ => Ok(()),
    }
}

/// Tells the trace function and the profiler of an event.
pub(in crate::vm) fn report_to_functions(
    thread: &mut Thread,
    frame: *mut Frame,
    event: Event,
    argument: &Value,
    place: Place,
) -> Run<()> {
    let tracing = &Interpreter::of(thread).tracing;
    if !tracing.listens() {
        return Ok(());
    }
    let is_traced = !matches!(event, Event::Call | Event::CalledReturn | Event::CalledRaise);
    let is_profiled = !matches!(event, Event::Line | Event::Instruction | Event::Raise);
    if is_traced {
        trace(thread, frame, (event, place), argument)?;
    }
    let profiler = Interpreter::of(thread).tracing.profiler.get();
    if is_profiled
        && !profiler.is_unbound()
        && let Err(raised) = call(thread, frame, (event, place), &profiler, argument)
    {
        divert::set(thread, |interpreter| &interpreter.tracing.profiler, &Value::NONE);
        return Err(raised);
    }
    Ok(())
}

/// Tells the trace function alone.
fn trace(thread: &mut Thread, frame: *mut Frame, at: (Event, Place), argument: &Value) -> Run<()> {
    let tracer = Interpreter::of(thread).tracing.tracer.get();
    if tracer.is_unbound() {
        return Ok(());
    }
    let begins = matches!(at.0, Event::Start | Event::Resume | Event::Throw);
    let object = object::of(thread, frame);
    let function = if begins { tracer } else { object.aside(|aside| &aside.trace) };
    if function.is_none() || function.is_unbound() {
        return Ok(());
    }
    match call(thread, frame, at, &function, argument) {
        Ok(next) => {
            if !next.is_none() {
                object.set_aside(|aside| &mut aside.trace, next);
            }
            Ok(())
        }
        Err(raised) => {
            divert::set(thread, |interpreter| &interpreter.tracing.tracer, &Value::NONE);
            object.set_aside(|aside| &mut aside.trace, Value::NONE);
            Err(raised)
        }
    }
}

/// Calls a trace function, which is not traced itself.
fn call(
    thread: &mut Thread,
    frame: *mut Frame,
    (event, place): (Event, Place),
    function: &Value,
    argument: &Value,
) -> Run<Value> {
    let object = object::of(thread, frame).into_value();
    let name = thread.known().intern(thread, name(event)).into_value();
    monitor::within(thread, frame, (event, place), |thread| {
        protocol::call(thread, function, Args::positional(&[object, name, argument.clone()]))
    })
}

/// Returns where a frame is when an event happens.
pub(in crate::vm) fn place(frame: *mut Frame, event: Event) -> Place {
    // SAFETY: the frame is traced, so its record is complete.
    let record = unsafe { &*frame };
    if event == Event::Start {
        return Place::Entry;
    }
    let positions = &record.code().unit.positions;
    let own = record.instruction();
    let is_traced = record.code().traced.is_some();
    // What no text stands for belongs to the line that was run before.
    let instruction = match positions.get(record.last as usize) {
        Some(_) if is_traced && positions[own as usize].is_inherited() => record.last,
        _ => own,
    };
    Place::Instruction(instruction, positions[instruction as usize].line)
}

/// Tells of an exception that is raised in a frame, or passes through it. Raises what the trace functions raise.
pub(in crate::vm) fn raised(thread: &mut Thread, frame: *mut Frame, exception: &Value) -> Run<()> {
    raised_to_functions(thread, frame, exception)?;
    tell_exception(thread, frame, Event::Raise, exception)
}

/// Tells tools of an event of an exception. Raises what their callbacks raise.
pub(in crate::vm) fn tell_exception(
    thread: &mut Thread,
    frame: *mut Frame,
    event: Event,
    exception: &Value,
) -> Run<()> {
    monitor::tell(thread, frame, event, place(frame, event), std::slice::from_ref(exception))
}

/// Tells the trace function of an exception. Raises what it raises.
pub(in crate::vm) fn raised_to_functions(
    thread: &mut Thread,
    frame: *mut Frame,
    exception: &Value,
) -> Run<()> {
    if !Interpreter::of(thread).tracing.listens() {
        return Ok(());
    }
    let class = protocol::class_of(thread, exception).into_value();
    let traceback = exception.downcast_ref::<Exception>().map_or(Value::NONE, |error| error.traceback.get());
    let traceback = if traceback.is_unbound() { Value::NONE } else { traceback };
    let facts = thread.new_tuple(vec![class, exception.clone(), traceback]);
    report(thread, frame, Event::Raise, &facts)
}

/// Tells whether the frame's trace function asks for a kind of event.
pub fn is_asked(thread: &Thread, frame: *mut Frame, event: Event) -> bool {
    let object = object::of(thread, frame);
    let flag = if event == Event::Line { &object.trace_lines } else { &object.trace_opcodes };
    flag.load(crate::sync::Ordering::Relaxed)
}

/// Tells tools of a call, and the profiler if what is called is no function of the script. Notes the call where its end
/// is reported too. Raises what they raise.
pub(in crate::vm) fn calls(
    thread: &mut Thread,
    frame: *mut Frame,
    callable: &Value,
    first: Option<&Value>,
) -> Run<()> {
    let tracing = &Interpreter::of(thread).tracing;
    let mut profiled = Value::UNBOUND;
    if tracing.listens()
        && !tracing.profiler.is_empty()
        && let Some(callable) = profiled_as(thread, callable, first)?
    {
        report(thread, frame, Event::Call, &callable)?;
        profiled = callable;
    }
    let mut monitored = [Value::UNBOUND, Value::UNBOUND];
    // SAFETY: the frame is traced, so its record is complete.
    if monitor::wanted(thread, unsafe { (*frame).code() }).contains(Events::CALL) {
        let missing = || Machine::of(thread).monitors.missing.get();
        let told = [callable.clone(), first.cloned().unwrap_or_else(missing)];
        monitor::tell(thread, frame, Event::Call, place(frame, Event::Call), &told)?;
        if callable.downcast_ref::<Function>().is_none() {
            monitored = told;
        }
    }
    if !(profiled.is_unbound() && monitored[0].is_unbound()) {
        Interpreter::of(thread).tracing.called.borrow_mut().push(Called { frame, profiled, monitored });
    }
    Ok(())
}

/// Returns what the profiler is told of a callable, if it is native: a method is bound to its object.
fn profiled_as(thread: &mut Thread, callable: &Value, first: Option<&Value>) -> Run<Option<Value>> {
    if callable.downcast_ref::<NativeFunction>().is_some() {
        return Ok(Some(callable.clone()));
    }
    let Some(first) = first.filter(|_| callable.downcast_ref::<MethodDescriptor>().is_some()) else {
        return Ok(None);
    };
    let Some(bind) = protocol::slots_of(thread, callable).descriptor_get else { return Ok(None) };
    let class = protocol::class_of(thread, first).into_value();
    bind(thread, callable, Some(first), &class).map(Some)
}

/// Tells tools and the profiler of the end of the call that the frame has made, if its begin was reported. Raises what
/// they raise.
pub(in crate::vm) fn called(thread: &mut Thread, frame: *mut Frame, event: Event) -> Run<()> {
    let tracing = &Interpreter::of(thread).tracing;
    // The borrow ends before a callable is dropped, which may run script code.
    let next = || tracing.called.borrow_mut().pop_if(|last| last.frame >= frame);
    while let Some(Called { frame: caller, profiled, monitored }) = next() {
        // Calls of frames that are gone have ended without a report.
        if caller != frame {
            continue;
        }
        if !profiled.is_unbound() {
            report(thread, frame, event, &profiled)?;
        }
        if !monitored[0].is_unbound() {
            monitor::tell(thread, frame, event, place(frame, event), &monitored)?;
        }
        return Ok(());
    }
    Ok(())
}

/// Sets the traceback of an error that a trace function raised: the traced frame is in it.
pub(in crate::vm) fn through(thread: &Thread, frame: *mut Frame, exception: &Value) {
    // SAFETY: the record is complete, since its frame is traced.
    let instruction = unsafe { (*frame).instruction() };
    traceback::add(thread, frame, instruction, exception);
}
