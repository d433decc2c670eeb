//! Building tracebacks while an exception passes through frames, and reading them back.

use crate::thread::ThreadState;
use crate::types::exception::Exception;
use crate::types::traceback::{self, Traceback};
use crate::value::{Ref, Value};
use crate::vm::frame::Frame;
use crate::vm::frame_object::{self, FrameObject};
use crate::vm::traceback_text::Entry;

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

/// The frame a traceback ends in.
pub fn innermost(traceback: &Value) -> Option<Ref<FrameObject>> {
    let mut at = traceback.clone();
    let mut frame = None;
    while let Ok(traceback) = at.downcast::<Traceback>() {
        frame = traceback.frame.clone().downcast::<FrameObject>().ok();
        at = traceback.next.get();
    }
    frame
}

/// The lines of a traceback, oldest first.
pub fn entries(traceback: &Value) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at = traceback.clone();
    while let Ok(traceback) = at.downcast::<Traceback>() {
        if let Some(frame) = traceback.frame.downcast_ref::<FrameObject>() {
            let unit = &frame.code.unit;
            entries.push(Entry {
                filename: unit.filename.to_string(),
                name: unit.name.to_string(),
                position: unit.positions[traceback.lasti as usize],
            });
        }
        at = traceback.next.get();
    }
    entries
}
