//! Tracebacks: the frames an exception came through, innermost last.
//!
//! What scripts see of them is in `vm/types/traceback.rs`, which knows frames.

use crate::object::TypeFlags;
use crate::references;
use crate::thread::ThreadState;
use crate::value::{Kind, Payload, Slot, Value};

/// The payload of a traceback: one frame, and the next one inwards.
pub struct Traceback {
    /// `tb_next`, or `None`.
    pub next: Slot,
    /// `tb_frame`.
    pub frame: Value,
    /// `tb_lasti`: where in the code the error was raised.
    pub place: Place,
    /// `tb_lineno`.
    pub line: i32,
}

/// A place in the code of a frame.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// At an instruction.
    Instruction(u32),
    /// At an offset that a program made up.
    Offset(i32),
}

references!(Traceback { next, frame });

impl Payload for Traceback {
    const KIND: Kind = Kind::Traceback;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::TAKEN_WHOLE);
    const HAS_ATTRIBUTES: bool = false;
}

/// Makes a traceback.
pub fn new(thread: &ThreadState, next: Value, frame: Value, place: Place, line: i32) -> Value {
    let next = Slot::new_with(thread, next);
    thread.alloc(Traceback { next, frame, place, line }).into_value()
}
