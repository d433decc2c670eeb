//! Builds tracebacks while an exception passes through frames. `vm/report/entries.rs` reads them.

use crate::thread::ThreadState;
use crate::types::exception::Exception;
use crate::types::traceback::{self, Place, Traceback};
use crate::value::{Kind, Ref, Value};
use crate::vm::frame::object::{self, FrameObject};
use crate::vm::frame::{self, Frame};

/// Adds a running frame, which is at `instruction`, to the traceback of an exception that passes through it.
pub fn add(thread: &ThreadState, frame: *mut Frame, instruction: u32, exception: &Value) {
    let Some(exception) = exception.downcast_ref::<Exception>() else { return };
    // Frames are many, and no safepoint lies between them: where memory is short the outer ones are left out.
    if thread.breaker.is_memory_short() && is_long(&exception.traceback.get()) {
        return;
    }
    let object = object::of(thread, frame);
    let line = object.code.unit.positions[instruction as usize].line;
    let next = exception.traceback.set_with(thread, Value::NONE);
    let place = Place::Instruction(instruction);
    let made = traceback::new(thread, next, object.into_value(), place, line as i32);
    drop(exception.traceback.set_with(thread, made));
}

/// How many frames are shown when memory is short.
const ENOUGH: usize = 8;

/// Tells whether a traceback has as many frames as are shown when memory is short.
fn is_long(traceback: &Value) -> bool {
    let next = |at: &Value| Some(at.downcast_ref::<Traceback>()?.next.get());
    std::iter::successors(next(traceback), next).take(ENOUGH).count() == ENOUGH
}

/// Gives an exception that was raised by native code, and so has passed no frame, the running frame as its
/// traceback.
pub fn ensure(thread: &ThreadState, exception: &Value) {
    let frame = frame::current(thread);
    // SAFETY: `frame` is the innermost record, which is always complete or the bottom.
    let record = unsafe { &*frame };
    if record.is_bottom() {
        return;
    }
    let has_traceback = |exception: &Exception| exception.traceback.get().kind() == Kind::Traceback;
    if !exception.downcast_ref::<Exception>().is_none_or(|exception| has_traceback(exception)) {
        add(thread, frame, record.instruction(), exception);
    }
}

/// Returns the innermost frame of a traceback.
pub fn innermost(traceback: &Value) -> Option<Ref<FrameObject>> {
    let mut at = traceback.clone();
    let mut frame = None;
    while let Ok(traceback) = at.downcast::<Traceback>() {
        frame = traceback.frame.clone().downcast::<FrameObject>().ok();
        at = traceback.next.get();
    }
    frame
}
