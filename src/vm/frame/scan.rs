//! Shows the collector the values on a thread's value stack.
//!
//! Of each frame these are the callable, the variables and the live operands, never a stale slot (D-29).
//! Operands that became a callee's arguments belong to the callee.
//!
//! Every frame can be scanned exactly: a thread is stopped at a safepoint, where each of its frames has saved
//! its `ip`, and a table tells which operands are live. So no collection has to guess (B-30).

use crate::thread::ThreadState;
use crate::value::word;
use crate::vm::frame::watch;
use crate::vm::frame::{Frame, FrameFlags, Interpreter};
use crate::vm::machine::Machine;

/// Calls `see` with every live word of a thread's frames, deferred ones included, and with `sys.modules`.
///
/// # Safety
/// The world is stopped, and the thread's frames have their `ip` saved.
pub unsafe fn visit_stack(thread: &ThreadState, see: &mut dyn FnMut(u64)) {
    let Some(interpreter) = Interpreter::find(thread) else { return };
    watch::check(thread);
    see_pointer(interpreter.handled.get(), see);
    interpreter.tracing.show(&mut |word| see_pointer(word, see));
    // No slot of the stack, but as good as one: what imported modules hold is found alive at the first
    // step of a collection, also when no frame runs. The machine owns the count.
    if let Some(machine) = Machine::find(thread) {
        see(word::deferred(machine.modules.as_value().word()));
    }
    let mut end = std::ptr::null_mut();
    for frame in interpreter.frames(thread) {
        // SAFETY: the record is complete, and nobody runs meanwhile.
        unsafe {
            visit_frame(&*frame, end, see);
            end = (*frame).fp.sub(1);
        }
    }
}

/// Calls `see` with the live words of one frame; `end` is where the window of the next one begins.
///
/// # Safety
/// As for `visit_stack`.
unsafe fn visit_frame(frame: &Frame, end: *mut crate::value::StackRef, see: &mut dyn FnMut(u64)) {
    let code = frame.code();
    let base = code.base as usize;
    // SAFETY: callable and variables always hold words.
    unsafe {
        see_pointer((*frame.fp.sub(1)).word(), see);
        for slot in 0..base {
            see_pointer((*frame.fp.add(slot)).word(), see);
        }
    }
    for position in code.live_at(frame.ip).positions() {
        // SAFETY: `position` is below the depth of the stack, which `frame_slots` includes.
        let slot = unsafe { frame.fp.add(base + position) };
        if !end.is_null() && slot >= end {
            break;
        }
        // SAFETY: the table says that the operand is live at the frame's `ip`, so its slot holds a word.
        see_pointer(unsafe { (*slot).word() }, see);
    }
    if frame.flags.contains(FrameFlags::NAMESPACE) {
        see_pointer(frame.namespace().word(), see);
    }
    if frame.flags.contains(FrameFlags::OBJECT) {
        see_pointer(frame.object, see);
    }
}

fn see_pointer(held: u64, see: &mut dyn FnMut(u64)) {
    if word::is_pointer(held) {
        see(held);
    }
}
