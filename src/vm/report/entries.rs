//! Reads tracebacks for reports: one entry for each frame.

use crate::bytecode::InstructionPosition;
use crate::types::traceback::Traceback;
use crate::value::Value;
use crate::vm::frame::object::FrameObject;
use crate::vm::report::traceback_text::Entry;
use crate::vm::types;

/// Iterates over the lines of a traceback, oldest first. They are made one at a time, because there may be as
/// many as frames fit.
pub fn entries(traceback: &Value) -> impl Iterator<Item = Entry> + use<> {
    let mut at = traceback.clone();
    std::iter::from_fn(move || {
        while let Ok(traceback) = at.clone().downcast::<Traceback>() {
            at = traceback.next.get();
            if let Some(frame) = traceback.frame.downcast_ref::<FrameObject>() {
                return Some(entry(&traceback, frame));
            }
        }
        None
    })
}

fn entry(traceback: &Traceback, frame: &FrameObject) -> Entry {
    let unit = &frame.code.unit;
    let place = types::traceback::instruction(traceback, frame);
    let mut position = place.map_or_else(Default::default, |at| unit.positions[at as usize]);
    // What a program made up may be on another line than its code: that one is shown, without marks.
    let line = u32::try_from(traceback.line).unwrap_or(position.line);
    if position.line != line {
        position = InstructionPosition { line, end_line: line, ..Default::default() };
    }
    Entry { filename: unit.filename.to_string(), name: unit.name.to_string(), position }
}
