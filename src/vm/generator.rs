//! Generators: a window that lies in the heap while nobody runs it.
//!
//! Suspending copies variables and live operands out, deferred slots becoming owned; resuming moves them
//! back onto the value stack above whoever resumes. While it runs the object holds no slots.

use crate::bytecode::Word;
use crate::protocol;
use crate::references;
use crate::thread::{Thread, ThreadState};
use crate::value::word;
use crate::value::{
    ErrorKind, Guarded, Kind, Object, Payload, Raised, Ref, Run, Slot, StackRef, Trace, Value,
};
use crate::vm::dispatch::{Exit, Flow, run};
use crate::vm::enter::{self, fits, too_deep};
use crate::vm::frame::{Frame, FrameFlags, Interpreter, current};
use crate::vm::function::Function;
use crate::vm::step::Step;
use crate::vm::{frame_object, unwind};

/// Where a generator is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Not resumed yet.
    Created,
    /// At a `yield`.
    Suspended,
    /// On some thread's stack.
    Running,
    /// Returned, raised or closed.
    Finished,
}

/// The payload of a generator.
pub struct Generator {
    /// The function it runs.
    pub function: Ref<Function>,
    /// `__name__`.
    pub name: Slot,
    /// `__qualname__`.
    pub qualname: Slot,
    /// The window.
    pub window: Guarded<Window>,
}

references!(Generator { function, name, qualname, window });

impl Payload for Generator {
    const KIND: Kind = Kind::Generator;
}

/// What a suspended generator keeps.
pub struct Window {
    /// Where it is.
    pub status: Status,
    /// The word to go on with.
    ip: *const Word,
    /// The slots, from local 0.
    slots: Vec<Value>,
    /// The exception it was handling, or unbound.
    handled: Value,
    /// Its frame object, or unbound.
    object: Value,
    /// What `yield from` delegates to is in this slot, if it does.
    delegate: Option<usize>,
}

// SAFETY: `ip` leads into the code, which the function keeps alive.
unsafe impl Send for Window {}

impl Trace for Window {
    fn show(&self, visit: &mut dyn FnMut(u64)) {
        self.slots.show(visit);
        self.handled.show(visit);
        self.object.show(visit);
    }

    fn take(&mut self, taken: &mut Vec<u64>) {
        // A generator whose cycle is broken never runs again.
        self.status = Status::Finished;
        Trace::take(&mut self.slots, taken);
        Trace::take(&mut self.handled, taken);
        Trace::take(&mut self.object, taken);
    }
}

/// What resuming came to.
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

/// What `GeneratorStart` does: the window moves into a new generator, which is what the call returns.
pub fn start(step: &mut Step, word: Word) -> Run<Flow> {
    let frame = current(step);
    // SAFETY: the innermost record.
    let function = unsafe { (*frame).function().to_ref() };
    let window = Window {
        status: Status::Created,
        ip: std::ptr::null(),
        slots: Vec::new(),
        handled: Value::UNBOUND,
        object: Value::UNBOUND,
        delegate: None,
    };
    let generator = Generator {
        name: Slot::new(function.name()),
        qualname: Slot::new(function.qualname()),
        function,
        window: Guarded::new(window),
    };
    let generator = step.alloc(generator);
    generator.with(
        |generator| &generator.window,
        |window| {
            move_out(step, word.a(), &mut window.slots);
            // SAFETY: the next word of the code.
            window.ip = unsafe { (*frame).ip.add(1) };
        },
    );
    // What was moved must not be released with the frame.
    for slot in 0..word.a() {
        step.clear(slot);
    }
    crate::vm::ops::leave::leave_frame(step, generator.into_value())
}

/// Moves the slots below `end` of the innermost frame into a window, deferred ones becoming owned.
/// What is left of them on the stack is stale.
fn move_out(step: &Step, end: usize, slots: &mut Vec<Value>) {
    debug_assert!(slots.is_empty());
    slots.reserve(end);
    let fp = step.frame().fp;
    for slot in 0..end {
        // SAFETY: a live slot of the frame, which gives its word up.
        let value = unsafe { (*fp.add(slot)).into_owned(step) };
        slots.push(value);
    }
}

/// Suspends the running generator with what it yields in slot `a`; the value sent will go there.
pub fn suspend(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.take(word.a());
    suspend_with(step, word.a(), value, None, 1)
}

/// Suspends the running generator; it goes on `advance` words later.
pub fn suspend_with(
    step: &mut Step,
    end: usize,
    value: Value,
    delegate: Option<usize>,
    advance: usize,
) -> Run<Flow> {
    let frame = current(step);
    // SAFETY: only generators' code has these words, so the callable's slot holds the generator.
    let holder = unsafe { (*frame).fp.sub(1).read() };
    // The resumer keeps it alive.
    let generator = running(&holder);
    // SAFETY: the innermost record.
    let (flags, object) = unsafe {
        let object = match (*frame).flags.contains(FrameFlags::OBJECT) {
            true => Value::from_word((*frame).object),
            false => Value::UNBOUND,
        };
        ((*frame).flags, object)
    };
    let handled = put_back_handled(step, generator, frame);
    with_window(generator, |window| {
        window.status = Status::Suspended;
        move_out(step, end, &mut window.slots);
        // SAFETY: a word of the code.
        window.ip = unsafe { (*frame).ip.add(advance) };
        window.handled = handled;
        window.object = object;
        window.delegate = delegate;
    });
    // SAFETY: the frame's slots are moved out.
    unsafe { enter::pop(step) };
    if flags.contains(FrameFlags::ENTRY) {
        Interpreter::of(step).result.set(value.into_word());
        return Ok(Flow::Leave);
    }
    Ok(crate::vm::ops::iterate::delivered(step, value))
}

/// The generator a frame runs: what its callable's slot holds.
fn running(holder: &StackRef) -> &Object<Generator> {
    holder.as_value().downcast_ref().expect("a generator's frame holds it in the callable's slot")
}

/// Sets what is being handled back to what it was before the generator was resumed. Returns what the
/// generator was handling itself, or unbound.
///
/// The record's `namespace`, which generators have no use for, notes the exception that was being
/// handled when it was resumed, uncounted: that one stays handled further out. Only a generator that
/// was suspended inside a handler of its own needs more: then the window keeps the outer one.
fn put_back_handled(thread: &ThreadState, generator: &Object<Generator>, frame: *mut Frame) -> Value {
    let interpreter = Interpreter::of(thread);
    // SAFETY: the record of a running generator.
    let outer = unsafe { (*frame).namespace };
    let outer = if outer == word::UNBOUND {
        generator.with(|generator| &generator.window, |window| std::mem::take(&mut window.handled))
    } else if interpreter.handled.get() == outer {
        return Value::UNBOUND;
    } else {
        StackRef::from_word(outer).retain(thread)
    };
    // SAFETY: the cell owns its word.
    let inner = unsafe { Value::from_word(interpreter.handled.replace(outer.into_word())) };
    if inner.word() == interpreter.handled.get() { Value::UNBOUND } else { inner }
}

/// Marks the generator of a frame that is about to go as finished. Its slots are released.
pub(super) fn finish(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the frame is a generator's.
    let holder = unsafe { (*frame).fp.sub(1).read() };
    let generator = running(&holder);
    drop(put_back_handled(thread, generator, frame));
    generator.with(|generator| &generator.window, |window| window.status = Status::Finished);
}

/// Pushes the frame of a generator that is not running, with `sent` as the value of its `yield`.
/// `None`: it is finished. The generator is kept alive by the caller.
fn push(
    thread: &ThreadState,
    generator: &Object<Generator>,
    sent: Value,
    flags: FrameFlags,
) -> Run<Option<()>> {
    // SAFETY: the innermost record is complete or the bottom.
    let base = unsafe { (*current(thread)).window_end() };
    let fp = base.wrapping_add(1);
    // SAFETY: only compared.
    if !unsafe { fits(thread, fp, &generator.function.code) } {
        return Err(too_deep());
    }
    let taken = with_window(generator, |window| match window.status {
        Status::Running => Err(Raised::value_error("generator already executing")),
        Status::Finished => Ok(None),
        Status::Created | Status::Suspended => {
            window.status = Status::Running;
            let count = window.slots.len();
            // SAFETY: the window fits; the words and their counts move to the stack.
            unsafe {
                fp.copy_from_nonoverlapping(window.slots.as_ptr().cast::<StackRef>(), count);
                window.slots.set_len(0);
            }
            window.delegate = None;
            Ok(Some((count, window.ip, window.handled.take(), window.object.take())))
        }
    })?;
    let Some((count, ip, inner, object)) = taken else { return Ok(None) };
    let interpreter = Interpreter::of(thread);
    let mut outer = interpreter.handled.get();
    if !inner.is_unbound() {
        // SAFETY: the cell owned its word, which the window now keeps.
        let held = unsafe { Value::from_word(interpreter.handled.replace(inner.into_word())) };
        generator.with(|generator| &generator.window, |window| window.handled = held);
        outer = word::UNBOUND;
    }
    // SAFETY: the window fits; every word of it is written.
    unsafe {
        *base = StackRef::from_word(word::deferred(word::from_raw(generator.raw())));
        *fp.add(count) = StackRef::from_value(sent);
        enter::push(thread, &generator.function, fp, count, flags | FrameFlags::GENERATOR);
        let record = current(thread);
        (*record).ip = ip;
        (*record).namespace = outer;
        if !object.is_unbound() {
            (*record).flags |= FrameFlags::OBJECT;
            (*record).object = object.into_word();
        }
    }
    Ok(Some(()))
}

/// Resumes within the loop, for a word of the innermost frame that waits for the next value. `None`: at
/// its end.
pub fn resume_inline(step: &mut Step, generator: &Object<Generator>) -> Run<Option<Flow>> {
    Ok(push(step, generator, Value::NONE, FrameFlags::empty())?.map(|()| Flow::Reload))
}

/// Resumes from native code and waits until it suspends or ends.
pub fn send(thread: &mut Thread, generator: &Object<Generator>, sent: Value) -> Run<Resumed> {
    let status = generator.with(|generator| &generator.window, |window| window.status);
    if status == Status::Created && !sent.is_none() {
        return Err(Raised::type_error("can't send non-None value to a just-started generator"));
    }
    let _keep = generator.to_value();
    match push(thread, generator, sent, FrameFlags::ENTRY)? {
        None => Ok(Resumed::Returned(Value::NONE)),
        Some(()) => {
            let exit = run(thread);
            outcome(thread, generator, exit)
        }
    }
}

fn outcome(thread: &Thread, generator: &Object<Generator>, exit: Exit) -> Run<Resumed> {
    let value = enter::finish(thread, exit)?;
    let status = generator.with(|generator| &generator.window, |window| window.status);
    Ok(if status == Status::Finished { Resumed::Returned(value) } else { Resumed::Yielded(value) })
}

/// Raises an error where the generator stands.
pub fn throw(thread: &mut Thread, generator: &Object<Generator>, raised: Raised) -> Run<Resumed> {
    let status = generator.with(|generator| &generator.window, |window| window.status);
    if status == Status::Created {
        drop(take_window(generator));
    }
    if let Some(delegate) = delegate_of(generator)
        && let Some(thrown) = throw_to_delegate(thread, generator, &delegate, &raised)?
    {
        return Ok(thrown);
    }
    let _keep = generator.to_value();
    match push(thread, generator, Value::NONE, FrameFlags::ENTRY)? {
        None => Err(raised),
        Some(()) => {
            // The word that yielded is the one that raises.
            // SAFETY: the innermost record; the word before is of the same code.
            unsafe {
                let record = current(thread);
                if (*(*record).ip).op() != crate::bytecode::WordOp::YieldFrom {
                    (*record).ip = (*record).ip.sub(1);
                }
            }
            Interpreter::of(thread).raised.set(Some(raised));
            let exit = match unwind::unwind(thread) {
                Flow::LeaveRaised => Exit::Raised,
                _ => run(thread),
            };
            outcome(thread, generator, exit)
        }
    }
}

/// Ends a generator that was never resumed: it must not run.
fn take_window(generator: &Object<Generator>) -> Vec<Value> {
    generator.with(
        |generator| &generator.window,
        |window| {
            window.status = Status::Finished;
            std::mem::take(&mut window.slots)
        },
    )
}

/// What a suspended `yield from` delegates to.
pub fn delegate_of(generator: &Object<Generator>) -> Option<Value> {
    generator.with(
        |generator| &generator.window,
        |window| match window.status {
            Status::Suspended => window.delegate.and_then(|slot| window.slots.get(slot).cloned()),
            _ => None,
        },
    )
}

/// Passes an error on to what `yield from` delegates to. `None`: the delegate does not take it.
fn throw_to_delegate(
    thread: &mut Thread,
    generator: &Object<Generator>,
    delegate: &Value,
    raised: &Raised,
) -> Run<Option<Resumed>> {
    let inner_raised = match raised.pending() {
        crate::value::Pending::Instance(exception) => exception.clone(),
        _ => return Ok(None),
    };
    if raised.is_kind(thread, ErrorKind::GeneratorExit) {
        let names = thread.known().names();
        if let Some(inner) = delegate.downcast_ref::<Generator>() {
            close(thread, inner)?;
        } else if let Some(method) = protocol::find_attr(thread, delegate, &names.close)? {
            protocol::call(thread, &method, crate::value::Args::positional(&[]))?;
        }
        return Ok(None);
    }
    let thrown = if let Some(inner) = delegate.downcast_ref::<Generator>() {
        throw(thread, inner, Raised::instance(inner_raised))
    } else {
        let names = thread.known().names();
        match protocol::find_attr(thread, delegate, &names.throw)? {
            None => return Ok(None),
            Some(method) => {
                let arguments = [inner_raised];
                protocol::call(thread, &method, crate::value::Args::positional(&arguments))
                    .map(Resumed::Yielded)
            }
        }
    };
    match thrown {
        Ok(Resumed::Yielded(value)) => Ok(Some(Resumed::Yielded(value))),
        Ok(Resumed::Returned(value)) => finish_delegation(thread, generator, value).map(Some),
        Err(error) if error.is_kind(thread, ErrorKind::StopIteration) => {
            let value = stop_value(thread, error)?;
            finish_delegation(thread, generator, value).map(Some)
        }
        Err(error) => {
            // The delegate is done for; the error is raised where `yield from` stands.
            forget_delegate(generator);
            throw(thread, generator, error).map(Some)
        }
    }
}

fn forget_delegate(generator: &Object<Generator>) {
    generator.with(|generator| &generator.window, |window| window.delegate = None);
}

/// The delegate returned: the generator goes on after its `yield from` with the value.
fn finish_delegation(thread: &mut Thread, generator: &Object<Generator>, value: Value) -> Run<Resumed> {
    let iterator = generator.with(
        |generator| &generator.window,
        |window| {
            window.delegate = None;
            // SAFETY: the word after `YieldFrom`, whose result replaces iterator and value sent.
            window.ip = unsafe { window.ip.add(1) };
            window.slots.pop()
        },
    );
    drop(iterator);
    send(thread, generator, value)
}

/// The value of a `StopIteration`.
pub fn stop_value(thread: &mut Thread, raised: Raised) -> Run<Value> {
    let exception = crate::types::exception::instance(thread, raised);
    let name = thread.known().names().value.clone();
    protocol::get_attr(thread, &exception, &name)
}

/// `generator.close()`
pub fn close(thread: &mut Thread, generator: &Object<Generator>) -> Run<()> {
    let status = generator.with(|generator| &generator.window, |window| window.status);
    match status {
        Status::Finished => return Ok(()),
        Status::Created => {
            drop(take_window(generator));
            return Ok(());
        }
        Status::Suspended | Status::Running => {}
    }
    let exit = crate::types::exception::instance(thread, Raised::with(ErrorKind::GeneratorExit, Vec::new()));
    match throw(thread, generator, Raised::instance(exit)) {
        Ok(Resumed::Yielded(_)) => Err(Raised::runtime_error("generator ignored GeneratorExit")),
        Ok(Resumed::Returned(_)) => Ok(()),
        Err(raised)
            if raised.is_kind(thread, ErrorKind::GeneratorExit)
                || raised.is_kind(thread, ErrorKind::StopIteration) =>
        {
            Ok(())
        }
        Err(raised) => Err(raised),
    }
}

/// The frame of a generator as scripts see it: `None` once it has finished.
///
/// Of one that waits it is a picture of the moment.
pub fn frame_of(thread: &ThreadState, generator: &Object<Generator>) -> Value {
    let code = &generator.function.code;
    let picture = generator.with(
        |generator| &generator.window,
        |window| match window.status {
            Status::Created | Status::Suspended => Some((
                code.instruction_of(window.ip),
                window.slots.iter().take(code.base as usize).cloned().collect(),
            )),
            Status::Running | Status::Finished => None,
        },
    );
    match picture {
        Some((instruction, variables)) => {
            let globals = generator.function.globals.clone();
            frame_object::picture(thread, code.clone(), globals, instruction, variables).into_value()
        }
        None => Value::NONE,
    }
}
