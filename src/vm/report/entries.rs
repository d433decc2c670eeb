//! Reads tracebacks for reports: one entry for each frame.

use std::sync::Arc;

use crate::bytecode::InstructionPosition;
use crate::source::SourceText;
use crate::thread::Thread;
use crate::types::traceback::Traceback;
use crate::value::{Integer, Value};
use crate::vm::frame::object::FrameObject;
use crate::vm::types;

/// One entry of a traceback: a frame and its position.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The file.
    pub filename: Arc<str>,
    /// The function, `<module>` for a module.
    pub name: Arc<str>,
    /// The position of what was running.
    pub position: InstructionPosition,
    /// The line that the traceback says; another one than that of the position only if a program made it up.
    pub line: u32,
    /// The text, if it is in no file.
    pub typed_text: Option<SourceText>,
}

impl Entry {
    /// Tells whether two entries differ at most in what their callers made of them.
    pub fn is_same_line(&self, other: &Entry) -> bool {
        self.filename == other.filename
            && self.name == other.name
            && self.position.line == other.position.line
    }
}

/// Iterates over the lines of a traceback, oldest first, the innermost `sys.tracebacklimit` of them. They are made one
/// at a time, because there may be as many as frames fit.
pub fn entries(thread: &Thread, traceback: &Value) -> impl Iterator<Item = Entry> + use<> {
    let skipped = match limit(thread) {
        Some(limit) => every_entry(traceback.clone()).count().saturating_sub(limit),
        None => 0,
    };
    every_entry(traceback.clone()).skip(skipped)
}

fn every_entry(mut at: Value) -> impl Iterator<Item = Entry> {
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

/// Returns how many entries `sys.tracebacklimit` allows.
fn limit(thread: &Thread) -> Option<usize> {
    let name = thread.known().intern(thread, "tracebacklimit");
    match thread.known().sys_namespace().get_str(&name)?.as_integer()? {
        Integer::Small(limit) => Some(usize::try_from(limit).unwrap_or(0)),
        Integer::Big(_) => None,
    }
}

fn entry(traceback: &Traceback, frame: &FrameObject) -> Entry {
    let unit = &frame.code.unit;
    let place = types::traceback::instruction(traceback, frame);
    let found = place.map(|at| unit.positions[at as usize]).filter(|position| position.line > 0);
    let said = u32::try_from(traceback.line).ok();
    let line = said.or(found.map(|position| position.line)).unwrap_or(0);
    let position = found.unwrap_or(InstructionPosition { line, end_line: line, ..Default::default() });
    let (filename, name) = (unit.filename.clone(), unit.name.clone());
    Entry { filename, name, position, line, typed_text: unit.typed_text.clone() }
}
