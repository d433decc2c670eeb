//! Resuming and suspending generators, in the loop and from native code.
//!
//! The functions ending in `_fast` serve nearly every resumption: the program has one thread, and the generator
//! handles no exception and has no frame object. The functions without that ending serve all cases.

use crate::bytecode::{CodeFlags, Word};
use crate::memory;
use crate::sync::Ordering;
use crate::thread::{Thread, ThreadState};
use crate::types::exception;
use crate::types::exception::Exception;
use crate::value::word;
use crate::value::{ErrorKind, Guarded, Kind, Object, Raised, Run, Slot, StackRef, Steady, Value};
use crate::vm::call::enter::{self, fits, too_deep};
use crate::vm::code::Code;
use crate::vm::frame::generator::{AsyncState, Generator, Status, Window};
use crate::vm::frame::object::FrameObject;
use crate::vm::frame::watch;
use crate::vm::frame::{Frame, FrameFlags, HandledOutside, Interpreter, current};
use crate::vm::machine::Machine;
use crate::vm::run::dispatch::{Exit, Flow, run};
use crate::vm::run::hot;
use crate::vm::run::ops::trace::suspended_at;
use crate::vm::run::step::Step;

/// The result of resuming a generator.
pub enum Resumed {
    /// It yielded.
    Yielded(Value),
    /// It returned.
    Returned(Value),
}

/// Runs `action` on a generator's window, under its lock.
#[inline(always)]
fn with_window<R>(generator: &Object<Generator>, action: impl FnOnce(&mut Window) -> R) -> R {
    generator.with(|generator| &generator.window, action)
}

/// Does what the word `GeneratorStart` does: moves the window into a new generator, which is what the call
/// returns. Raises `MemoryError`.
pub fn start(step: &mut Step, word: Word) -> Run<Flow> {
    let frame = current(step);
    // SAFETY: `frame` is the innermost record, which is complete while its word runs.
    let function = unsafe { (*frame).function().to_ref() };
    let window = Window {
        status: Status::Created,
        ip: std::ptr::null(),
        // So that suspending never has to grow it.
        slots: memory::with_room(function.code.frame_slots as usize)?,
        handled: Value::UNBOUND,
        object: Value::UNBOUND,
        delegate: None,
        asynchronous: AsyncState::empty(),
    };
    let flags = function.code.unit.flags;
    let origin = match flags.contains(CodeFlags::COROUTINE) {
        true => origin(step),
        false => Value::UNBOUND,
    };
    let generator = Generator {
        name: Slot::new(function.name()),
        qualname: Slot::new(function.qualname()),
        function: Steady::new(function),
        window: Guarded::new(window),
        origin_or_finalizer: Slot::new(origin),
    };
    let generator = if flags.contains(CodeFlags::COROUTINE) {
        step.alloc_of_kind(step.known().shape(Kind::Coroutine), generator)
    } else if flags.contains(CodeFlags::ASYNC_GENERATOR) {
        step.alloc_of_kind(step.known().shape(Kind::AsyncGenerator), generator)
    } else {
        step.alloc(generator)
    };
    generator.with(
        |generator| &generator.window,
        |window| {
            own_all(step, step.frame().fp, word.a(), &mut window.slots);
            // SAFETY: `GeneratorStart` is not the last word of its code, by verification, and the record is complete.
            window.ip = unsafe { suspended_at((*frame).code(), (*frame).ip.add(1)) };
        },
    );
    // What was moved must not be released with the frame.
    for slot in 0..word.a() {
        step.clear(slot);
    }
    crate::vm::run::ops::leave::leave_frame(step, generator.into_value())
}

/// Returns where the coroutine that the innermost frame makes comes from: file, line and function of its callers, as
/// many as `sys.set_coroutine_origin_tracking_depth` asks for; `None` if it asks for none.
fn origin(thread: &ThreadState) -> Value {
    let depth = Machine::of(thread).origin_depth.load(Ordering::Relaxed);
    if depth == 0 {
        return Value::NONE;
    }
    let callers = Interpreter::of(thread).frames(thread).skip(1).take(depth);
    let entries = callers.map(|frame| {
        // SAFETY: a record of this thread's running frames, which is complete.
        let frame = unsafe { &*frame };
        let unit = &frame.code().unit;
        let line = unit.positions.get(frame.instruction() as usize).map_or(0, |position| position.line);
        let (file, name) = (thread.new_str(&unit.filename), thread.new_str(&unit.name));
        thread.new_tuple(vec![file, thread.new_int(line.into()), name])
    });
    let entries = entries.collect();
    thread.new_tuple(entries)
}

/// Moves the slots of a frame below `end` into a window, deferred references becoming owned. The slots on the
/// stack are stale afterwards.
fn own_all(thread: &ThreadState, fp: *mut StackRef, end: usize, slots: &mut Vec<Value>) {
    debug_assert!(slots.is_empty());
    slots.reserve(end);
    for slot in 0..end {
        // SAFETY: a live slot of the frame, which gives its word up.
        let value = unsafe { (*fp.add(slot)).into_owned(thread) };
        slots.push(value);
    }
}

/// Suspends the running generator, in all cases; it will continue `advance` words later. Afterwards the
/// innermost record is that of the resuming frame.
pub fn suspend(thread: &ThreadState, end: usize, delegate: Option<u32>, advance: usize) {
    let frame = current(thread);
    // SAFETY: only generators' code has these words, so the callable's slot holds the generator.
    let holder = unsafe { (*frame).fp.sub(1).read() };
    // The resumer keeps it alive.
    let generator = running(&holder);
    // SAFETY: `frame` is the innermost record, which is complete, and its object field owns a count if the flag
    // is set.
    let object = unsafe {
        match (*frame).flags.contains(FrameFlags::OBJECT) {
            true => {
                (*frame).flags -= FrameFlags::OBJECT;
                Value::from_word((*frame).object)
            }
            false => Value::UNBOUND,
        }
    };
    if let Some(object) = object.downcast_ref::<FrameObject>() {
        // SAFETY: `frame` is the innermost record, which is complete.
        object.do_late_writes(thread, unsafe { &*frame }, None);
    }
    let handled = put_back_handled(thread, generator, frame);
    with_window(generator, |window| {
        window.status = Status::Suspended;
        // SAFETY: `frame` is the innermost record; the word `advance` further is of the same code, by
        // verification.
        let (fp, ip) = unsafe { ((*frame).fp, (*frame).ip.add(advance)) };
        own_all(thread, fp, end, &mut window.slots);
        // SAFETY: as above.
        window.ip = suspended_at(unsafe { (*frame).code() }, ip);
        window.handled = handled;
        if let Some(object) = object.downcast_ref::<FrameObject>() {
            object.wait(generator);
        }
        window.object = object;
        window.delegate = delegate;
    });
    // SAFETY: the frame's slots are moved out.
    unsafe { enter::pop(thread) };
}

/// Suspends the running generator as `suspend` does, if that takes no more than plain stores. It will continue
/// with the word at `ip`. Returns false if it was not done; some of its slots may be owned then.
///
/// # Safety
/// The innermost record is a generator's; the slots below `end` are live.
#[inline(always)]
pub unsafe fn suspend_fast(
    thread: &ThreadState,
    fp: *mut StackRef,
    end: usize,
    delegate: Option<u32>,
    ip: *const Word,
) -> bool {
    // SAFETY: the caller promises that the innermost record is a generator's and that the slots below `end` are
    // live.
    unsafe {
        let frame = current(thread);
        if (*frame).flags.contains(FrameFlags::OBJECT)
            || thread.is_multi()
            || Interpreter::of(thread).handled_now() != (*frame).handled_outside()
        {
            return false;
        }
        let generator = &*hot::object((*fp.sub(1)).word()).at::<Object<Generator>>(0);
        // One thread, and nothing else looks at the window of a generator that runs.
        let window = &mut *generator.window.as_ptr();
        if !window.move_out(thread, fp, end) {
            return false;
        }
        window.ip = ip;
        window.delegate = delegate;
        thread.frames.set(frame.sub(1).cast());
    }
    true
}

/// Returns the generator that a frame runs, which is in the slot of its callable.
fn running(holder: &StackRef) -> &Object<Generator> {
    holder.as_value().downcast_ref().expect("a generator's frame holds it in the callable's slot")
}

/// Restores the exception that was handled before the generator was resumed. Returns the exception that the
/// generator was handling itself, or unbound.
///
/// Usually the frame's record has a note of the exception that was being handled when the generator was resumed. The
/// note holds no reference, because an outer frame still handles that exception. Only if the generator had been
/// suspended inside a handler of its own, the exception is in the generator's window, which holds a reference.
fn put_back_handled(thread: &ThreadState, generator: &Object<Generator>, frame: *mut Frame) -> Value {
    let interpreter = Interpreter::of(thread);
    // SAFETY: the record of a running generator.
    let outside = unsafe { (*frame).handled_outside() };
    let outer = match outside.noted() {
        None => generator.with(|generator| &generator.window, |window| std::mem::take(&mut window.handled)),
        Some(_) if outside == interpreter.handled_now() => return Value::UNBOUND,
        Some(outer) => outer.retain(thread),
    };
    // SAFETY: the cell owns its word.
    let inner = unsafe { Value::from_word(interpreter.handled.replace(outer.into_word())) };
    if inner.word() == interpreter.handled.get() { Value::UNBOUND } else { inner }
}

/// Marks the generator of a frame that is about to be removed as finished. Its slots have been released.
pub(in crate::vm) fn finish(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the frame is a generator's.
    let holder = unsafe { (*frame).fp.sub(1).read() };
    let generator = running(&holder);
    drop(put_back_handled(thread, generator, frame));
    generator.with(|generator| &generator.window, |window| window.status = Status::Finished);
}

/// Pushes the frame of a suspended generator, with `sent` as the value of its `yield`, if that takes no more
/// than plain stores. Returns false if it was not done.
///
/// # Safety
/// `base` is the end of the innermost frame's window. The caller's `ip` is saved, and it keeps the generator
/// alive. If it was done, the frame has `sent`.
#[inline(always)]
pub unsafe fn push_fast(
    thread: &ThreadState,
    generator: &Object<Generator>,
    base: *mut StackRef,
    sent: u64,
    flags: FrameFlags,
) -> bool {
    let fp = base.wrapping_add(1);
    let code: &Object<Code> = &generator.function.code;
    // SAFETY: the caller promises room above `base`. The program has one thread, and nothing else reads the
    // window meanwhile.
    unsafe {
        let window = &mut *generator.window.as_ptr();
        if thread.is_multi() || !window.waits() || !fits(thread, fp, code) {
            return false;
        }
        if sent != word::NONE && window.status == Status::Created {
            return false;
        }
        watch::check(thread);
        let count = window.move_in(fp);
        debug_assert!(count >= code.base as usize, "all variables are in the window");
        *base = StackRef::from_word(word::deferred(word::from_raw(generator.raw())));
        *fp.add(count) = StackRef::from_word(sent);
        let record = current(thread).add(1);
        (*record).ip = window.ip;
        (*record).fp = fp;
        (*record).k = code.block();
        (*record).function = &raw const **generator.function;
        (*record).code = &raw const *code;
        (*record).flags = flags | FrameFlags::GENERATOR;
        (*record).set_handled_outside(Interpreter::of(thread).handled_now());
        thread.frames.set(record.cast());
    }
    true
}

/// Pushes the frame of a generator that is not running, with `sent` as the value of its `yield`; `None` if it
/// is finished. The caller keeps the generator alive. Raises `ValueError` if it is running, `RecursionError`.
pub(in crate::vm) fn push(
    thread: &ThreadState,
    generator: &Object<Generator>,
    sent: Value,
    flags: FrameFlags,
) -> Run<Option<()>> {
    // SAFETY: the innermost record is complete or the bottom.
    let base = unsafe { (*current(thread)).window_end() };
    let fp = base.wrapping_add(1);
    // SAFETY: `fp` lies on the value stack; `fits` computes addresses and compares them.
    if !unsafe { fits(thread, fp, &generator.function.code) } {
        return Err(too_deep());
    }
    let taken = with_window(generator, |window| match window.status {
        Status::Running => Err(Raised::value_error(format_args!("{} already executing", generator.noun()))),
        Status::Finished => Ok(None),
        Status::Created | Status::Suspended => {
            // SAFETY: `fits` was asked above, so the window lies on the value stack.
            let count = unsafe { window.move_in(fp) };
            Ok(Some((count, window.ip, window.handled.take(), window.object.take())))
        }
    })?;
    let Some((count, ip, inner, object)) = taken else { return Ok(None) };
    let interpreter = Interpreter::of(thread);
    let mut outside = interpreter.handled_now();
    if !inner.is_unbound() {
        // SAFETY: the cell owned its word, which the window now keeps.
        let held = unsafe { Value::from_word(interpreter.handled.replace(inner.into_word())) };
        generator.with(|generator| &generator.window, |window| window.handled = held);
        outside = HandledOutside::IN_WINDOW;
    }
    // SAFETY: the window fits; every word of it is written.
    unsafe {
        *base = StackRef::from_word(word::deferred(word::from_raw(generator.raw())));
        *fp.add(count) = StackRef::from_value(sent);
        enter::push(thread, &generator.function, fp, count, flags | FrameFlags::GENERATOR);
        let record = current(thread);
        (*record).ip = ip;
        (*record).set_handled_outside(outside);
        if let Some(waited) = object.downcast_ref::<FrameObject>() {
            waited.run(record);
            (*record).flags |= FrameFlags::OBJECT;
            (*record).object = object.into_word();
        }
    }
    Ok(Some(()))
}

/// Resumes a generator within the loop, on behalf of a word that waits for its value; `None` if it is finished.
/// Raises as `push` does, and `TypeError` for a value sent to a generator that has not started.
pub fn send_inline(step: &mut Step, generator: &Object<Generator>, sent: Value) -> Run<Option<Flow>> {
    check_sent(generator, &sent)?;
    match push(step, generator, sent, FrameFlags::empty())? {
        Some(()) => Ok(Some(Flow::Reload)),
        None => check_reuse(generator).map(|()| None),
    }
}

/// Checks whether a finished generator may be resumed once more.
/// Raises `RuntimeError` if it is a coroutine, which may be awaited only once.
pub fn check_reuse(generator: &Object<Generator>) -> Run<()> {
    match generator.is_coroutine() {
        true => Err(Raised::runtime_error("cannot reuse already awaited coroutine")),
        false => Ok(()),
    }
}

/// Checks whether a value may be sent to a generator.
/// Raises `TypeError` for a value other than `None` if the generator has not started: it has no `yield` yet that
/// could return the value.
pub fn check_sent(generator: &Object<Generator>, sent: &Value) -> Run<()> {
    if !sent.is_none() && generator.status() == Status::Created {
        return Err(Raised::type_error(format_args!(
            "can't send non-None value to a just-started {}",
            generator.noun()
        )));
    }
    Ok(())
}

/// Resumes a generator from native code and returns the next item; `None` at the end. A value that it returns
/// is raised in a `StopIteration`. Raises what the generator raises.
pub fn next(thread: &mut Thread, generator: &Object<Generator>) -> Run<Option<Value>> {
    let _keep = generator.to_value();
    // SAFETY: the innermost record is complete or the bottom.
    let base = unsafe { (*current(thread)).window_end() };
    // SAFETY: `base` is the end of the innermost window, the interpreter saved `ip` before it called native
    // code, and the caller keeps the generator alive.
    if !unsafe { push_fast(thread, generator, base, word::NONE, FrameFlags::ENTRY) }
        && push(thread, generator, Value::NONE, FrameFlags::ENTRY)?.is_none()
    {
        return Ok(None);
    }
    let exit = run(thread);
    match outcome(thread, generator, exit)? {
        Resumed::Yielded(value) => Ok(Some(value)),
        Resumed::Returned(value) if value.is_none() => Ok(None),
        Resumed::Returned(value) => Err(stop_iteration(value)),
    }
}

/// Makes the `StopIteration` for a value that a generator returned.
#[cold]
pub fn stop_iteration(value: Value) -> Raised {
    let arguments = if value.is_none() { Vec::new() } else { vec![value] };
    Raised::with(ErrorKind::StopIteration, arguments)
}

/// Resumes a generator from native code with a value, until it yields or returns.
/// Raises what the generator raises, and as `send_inline` does.
pub fn send(thread: &mut Thread, generator: &Object<Generator>, sent: Value) -> Run<Resumed> {
    check_sent(generator, &sent)?;
    let _keep = generator.to_value();
    match push(thread, generator, sent, FrameFlags::ENTRY)? {
        None => {
            check_reuse(generator)?;
            Ok(Resumed::Returned(Value::NONE))
        }
        Some(()) => {
            let exit = run(thread);
            outcome(thread, generator, exit)
        }
    }
}

/// Returns the result of a frame that was entered from native code. Raises its error.
#[inline]
pub(in crate::vm) fn outcome(thread: &Thread, generator: &Object<Generator>, exit: Exit) -> Run<Resumed> {
    let value = enter::finish(thread, exit)?;
    let finished = generator.status() == Status::Finished;
    Ok(if finished { Resumed::Returned(value) } else { Resumed::Yielded(value) })
}

/// Returns the value of a `StopIteration`: the field itself, even if a subclass redefines the attribute.
pub fn stop_value(thread: &mut Thread, raised: Raised) -> Value {
    let exception = exception::instance(thread, raised);
    let place = exception::places::stop_iteration::value::PLACE;
    exception.downcast_ref::<Exception>().map_or(Value::NONE, |exception| exception.field(place))
}
