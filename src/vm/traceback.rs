//! Noting the frames an exception passes through.

use crate::thread::ThreadState;
use crate::types::exception::Exception;
use crate::types::traceback;
use crate::value::Value;
use crate::vm::frame::Frame;
use crate::vm::frame_object;

/// Notes that an exception passes through a running frame.
pub fn add(thread: &ThreadState, frame: *mut Frame, exception: &Value) {
    let Some(exception) = exception.downcast_ref::<Exception>() else { return };
    let object = frame_object::of(thread, frame);
    let instruction = object.instruction();
    let line = object.code.unit.positions[instruction as usize].line;
    let next = exception.traceback.set(Value::NONE);
    let made = traceback::new(thread, next, object.into_value(), instruction, line);
    drop(exception.traceback.set(made));
}
