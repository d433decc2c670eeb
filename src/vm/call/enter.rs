//! Entering a function: its record is pushed above the caller's, and its window begins at the arguments.

use crate::protocol::check_interrupt;
use crate::thread::ThreadState;
use crate::value::word;
use crate::value::{ErrorKind, Object, Raised, Run, StackRef, Value};
use crate::vm::code::Code;
use crate::vm::frame;
use crate::vm::frame::watch;
use crate::vm::frame::{Frame, FrameFlags, Interpreter, current};
use crate::vm::function::Function;
use crate::vm::run::dispatch::{Exit, run};

/// Tells whether a frame for `code`, with local 0 at `fp`, fits above the innermost one.
///
/// # Safety
/// `fp` lies on the value stack.
#[inline(always)]
pub unsafe fn fits(thread: &ThreadState, fp: *mut StackRef, code: &Code) -> bool {
    // SAFETY: `current` is a record of the thread's; addresses are only computed and compared, and wrapping
    // arithmetic cannot overflow.
    let (end, record) = unsafe { (fp.wrapping_add(code.frame_slots as usize), current(thread).add(1)) };
    record < Interpreter::of(thread).frame_limit.get() && end.cast::<u64>() <= thread.value_limit.get()
}

/// Pushes the record of a frame whose parameters are in place, and unbinds the other variables.
///
/// # Safety
/// `fits` said yes; the first `bound` slots from `fp` on hold words that the frame now owns, the slot
/// below keeps `function` alive, and the caller's `ip` is saved.
#[inline(always)]
pub unsafe fn push(
    thread: &ThreadState,
    function: &Object<Function>,
    fp: *mut StackRef,
    bound: usize,
    flags: FrameFlags,
) {
    watch::check(thread);
    let code: &Object<Code> = &function.code;
    // SAFETY: the window and the record were checked to fit.
    unsafe {
        let mut slot = fp.add(bound);
        let end = fp.add(code.base as usize);
        while slot < end {
            // Usually one or two: keeps the optimiser from thirty instructions of vector code.
            #[cfg(not(miri))]
            std::arch::asm!("", options(nomem, nostack, preserves_flags));
            *slot = StackRef::UNBOUND;
            slot = slot.add(1);
        }
        let record = current(thread).add(1);
        (*record).ip = code.entry_point();
        (*record).fp = fp;
        (*record).k = code.block();
        (*record).function = &raw const *function;
        (*record).code = &raw const *code;
        (*record).flags = flags;
        thread.frames.set(record.cast());
    }
}

/// Makes the error for frames that are nested too deeply.
#[cold]
pub fn too_deep() -> Raised {
    Raised::new(ErrorKind::RecursionError, "maximum recursion depth exceeded")
}

/// How many frames must be free for a finalizer or callback that runs inside another one.
const FRAMES_KEPT: usize = 100;
/// How many words of the value stack must be free for such a finalizer or callback.
const VALUES_KEPT: usize = 1 << 16;
/// How many bytes of the native stack must be free for such a finalizer or callback.
const NATIVE_BYTES_KEPT: usize = 4 << 20;

/// Tells whether there is room for another finalizer or callback inside the running one (D-48).
pub fn has_room_to_nest(thread: &ThreadState) -> bool {
    let marker = 0u8;
    let native = (&raw const marker).addr().saturating_sub(thread.stack_limit.get());
    // A thread that runs no scripts has no other stack.
    let Some(interpreter) = Interpreter::find(thread) else { return native >= NATIVE_BYTES_KEPT };
    let frames = interpreter.frame_limit.get().addr().saturating_sub(current(thread).addr());
    // SAFETY: the innermost record is complete or the bottom.
    let top = unsafe { (*current(thread)).window_end() };
    let values = thread.value_limit.get().addr().saturating_sub(top.addr());
    native >= NATIVE_BYTES_KEPT
        && frames >= FRAMES_KEPT * size_of::<Frame>()
        && values >= VALUES_KEPT * size_of::<StackRef>()
}

/// Calls a function from native code, which enters the loop once more. Raises `RecursionError` if frames are
/// nested too deeply, and what the function raises.
///
/// `arguments` were bound by `bind`, and may be borrowed from the caller; `namespace` makes it the body of a
/// module or class.
pub fn call_bound(
    thread: &ThreadState,
    function: &Object<Function>,
    arguments: impl ExactSizeIterator<Item = StackRef>,
    namespace: Option<Value>,
) -> Run<Value> {
    // Native loops that call script code look for Ctrl-C here, whatever they are.
    check_interrupt(thread)?;
    enter_bound(thread, function, arguments, namespace)
}

/// Calls a function as `call_bound` does, whose code has not changed since its arguments were bound.
pub(in crate::vm) fn enter_bound(
    thread: &ThreadState,
    function: &Object<Function>,
    arguments: impl ExactSizeIterator<Item = StackRef>,
    namespace: Option<Value>,
) -> Run<Value> {
    // SAFETY: the innermost record is complete or the bottom.
    let base = unsafe { (*current(thread)).window_end() };
    let fp = base.wrapping_add(1);
    // SAFETY: `fp` lies on the value stack; `fits` computes addresses and compares them.
    if !unsafe { fits(thread, fp, &function.code) } {
        return Err(too_deep());
    }
    let bound = arguments.len();
    // SAFETY: the slots lie above every window in use.
    unsafe {
        *base = StackRef::from_value(function.to_value());
        for (index, argument) in arguments.enumerate() {
            *fp.add(index) = argument;
        }
        push(thread, function, fp, bound, FrameFlags::ENTRY);
        if let Some(namespace) = namespace {
            (*current(thread)).set_namespace(namespace);
        }
    }
    finish(thread, run(thread))
}

/// Returns the result or the error of the entry frame that the loop has left. Raises that error.
pub fn finish(thread: &ThreadState, exit: Exit) -> Run<Value> {
    let interpreter = Interpreter::of(thread);
    match exit {
        // SAFETY: the result owns its count and is taken once.
        Exit::Returned => Ok(unsafe { Value::from_word(interpreter.result.replace(word::UNBOUND)) }),
        _ => Err(interpreter.raised.take().expect("the loop was left by an error")),
    }
}

/// Releases the slots of a finished frame below its operands, the last one first. Each slot is emptied before its
/// content is released, because a destructor may look at the stack.
///
/// # Safety
/// `frame` is the innermost record.
pub unsafe fn release_variables(thread: &ThreadState, frame: *mut Frame) {
    // SAFETY: the caller promises the innermost record, whose window is its own; each slot is emptied before it
    // is released.
    unsafe {
        let (fp, count) = ((*frame).fp, (*frame).code().base as usize);
        // The callable goes last: it keeps the code alive.
        for index in (0..count).rev() {
            let held = std::mem::replace(&mut *fp.add(index), StackRef::UNBOUND);
            held.release(thread);
        }
    }
}

/// Removes the innermost record and releases its callable.
///
/// # Safety
/// The frame's variables are released or moved, and its flags are dealt with.
pub unsafe fn pop(thread: &ThreadState) {
    // SAFETY: the caller promises that the frame's variables and flags are dealt with, so only the record and
    // the callable are left.
    unsafe {
        let frame = current(thread);
        if (*frame).flags.contains(FrameFlags::OBJECT) {
            // A destructor of its variables has asked for the frame.
            frame::object::leave(thread, frame);
        }
        unbind_arguments(frame);
        let callable = (*frame).fp.sub(1);
        thread.frames.set(frame.sub(1).cast());
        let held = std::mem::replace(&mut *callable, StackRef::UNBOUND);
        held.release(thread);
    }
}

/// Fills the argument slots of the caller with `UNBOUND` again.
///
/// The caller stands at its call until the next word begins, and the table says of that word that its arguments
/// are live. Those that are no variables of the frame (`*args` has taken them) were slots for its own work. A code of
/// parameters, none of them starred or keyword-only, gets as many arguments, or is called with a tuple and a dict.
///
/// # Safety
/// `frame` is the innermost record, and its variables and operands are released or moved.
#[inline]
unsafe fn unbind_arguments(frame: *mut Frame) {
    // SAFETY: both records are complete, and the slots are the frame's own.
    unsafe {
        let code = (*frame).code();
        if code.exact_arguments != u32::MAX && code.base >= 2 {
            return;
        }
        let end = (*frame).window_end().min((*frame.sub(1)).window_end());
        let mut slot = (*frame).fp.add(code.base as usize);
        while slot < end {
            *slot = StackRef::UNBOUND;
            slot = slot.add(1);
        }
    }
}
