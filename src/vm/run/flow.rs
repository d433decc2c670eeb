//! What handlers are, and how they and the bodies they are made of say where it goes on.

use crate::bytecode::Word;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::StackRef;

/// The type of handlers. The word has already been fetched.
pub type Handler =
    unsafe extern "C" fn(*const Word, *mut StackRef, *const AtomicU64, &ThreadState, u64) -> Exit;

/// Why the loop returned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Exit {
    /// It did not end: where there are no tail calls, `run` continues at the saved `ip`.
    Continue,
    /// The entry frame returned; the result is in the interpreter.
    Returned,
    /// The entry frame was unwound; the error is in the interpreter.
    Raised,
}

/// How a body ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Flow {
    /// Continue with the next word.
    Next,
    /// Continue with the word at the `ip` of the innermost frame, which may be another frame than before.
    Reload,
    /// The entry frame returned.
    Leave,
    /// An error is in the interpreter.
    Raise,
    /// The entry frame was unwound.
    LeaveRaised,
}
