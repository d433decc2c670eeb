//! Frames: records of running functions, and the value stack their windows lie on.
//!
//! ```text
//! value stack  … │ callable │ locals │ cells, free │ operands … │ callable │ locals │ …
//!                           ▲ fp of the caller                             ▲ fp of the callee
//! records      … │ caller │ callee │      `thread.frames` points at the innermost
//! ```
//!
//! Invariants: the record's `fp` leads to `code.frame_slots` words of the value stack; variable slots
//! always hold a word, operand slots as the code's `live` table says; `ip` is right whenever anything
//! but the fast path of a handler runs. The callable's slot, or the generator's, keeps `function` alive.
//!
//! `object.rs` has the frame object that scripts see, `generator.rs` the generator, whose window is in the heap while it
//! is suspended, `asynchronous.rs` the objects around coroutines and asynchronous generators; `traceback.rs` records
//! the frames that an exception passes through; `tracing.rs` has the trace functions of a thread; `scan.rs` shows the stack
//! to the collector; `late.rs` has what programs write to variables while a word reads them; `watch.rs` asserts in debug builds that a handler does what the table of words says. `interpreter.rs` owns the stacks.
//!
//! Begin with `Frame` here.

pub mod aside;
pub mod asynchronous;
pub mod generator;
pub mod interpreter;
pub mod late;
pub mod object;
pub mod scan;
pub mod traceback;
pub mod tracing;
pub mod variables;
pub(super) mod watch;

use crate::bytecode::Word;
use crate::sync::AtomicU64;
use crate::thread::{FrameHead, ThreadState};
use crate::value::word;
use crate::value::{Object, StackRef, Value};
use crate::vm::code::Code;
pub use crate::vm::frame::interpreter::Interpreter;
use crate::vm::function::Function;

bitflags::bitflags! {
    /// The properties of a frame for which leaving it takes the slow path.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct FrameFlags: u32 {
        /// Native code called the frame, so leaving it leaves the loop.
        const ENTRY = 1;
        /// The frame runs `__init__` for a call of a class; the new instance is in the slot below the callable.
        const INIT = 1 << 1;
        /// The frame runs a generator, which is in the slot of the callable.
        const GENERATOR = 1 << 2;
        /// The frame has a frame object.
        const OBJECT = 1 << 3;
        /// The slot below the frame's callable holds a bound method, which the result will replace.
        const KEEPS_RESULT = 1 << 5;
        /// The frame has a namespace of its own: it runs the body of a module or class.
        const NAMESPACE = 1 << 4;
        /// The frame runs a generator that `throw` entered on behalf of the frame below, which delegates to it.
        const THROWN = 1 << 6;
        /// The frame's `ip` is at the next word while the word before it releases something.
        const PAST = 1 << 7;
        /// The frame has run ordinary words for a while, so it does not begin where it goes over to traced ones.
        const UNDER_WAY = 1 << 8;
        /// The instruction that was reported last may jump, and tools want to know where it has gone.
        const JUMPS = 1 << 9;
        /// The frame's word has stored its result in a local and releases what the local held.
        const STORED = 1 << 10;
    }
}

/// The record of one running function.
#[repr(C)]
pub struct Frame {
    /// The part of a record that a thread's state points at.
    pub head: FrameHead,
    /// The word that is running.
    pub ip: *const Word,
    /// Local 0.
    pub fp: *mut StackRef,
    /// The code's block of constants and caches.
    pub k: *const AtomicU64,
    /// The function.
    pub function: *const Object<Function>,
    /// The function's code.
    pub code: *const Object<Code>,
    /// Its properties.
    pub flags: FrameFlags,
    /// The instruction that was reported last, while the frame runs traced words; else nothing in particular.
    pub last: u32,
    /// A word that some kinds of frames use; read it by `namespace` and `handled_outside`.
    own: OwnWord,
    /// The frame object, owned, if `OBJECT`.
    pub object: u64,
}

/// A word of a record with one of two uses.
/// In the body of a module or class it holds the namespace, in a generator the handled exception. A frame is never
/// both: only functions make generators, and they have no namespace of their own.
#[derive(Clone, Copy)]
#[repr(C)]
union OwnWord {
    /// The mapping, owned, of a frame with `NAMESPACE`.
    namespace: StackRef,
    /// The note of a frame with `GENERATOR`.
    handled_outside: HandledOutside,
}

/// A generator's note of the exception that was being handled when the generator was resumed.
///
/// That exception is still handled by an outer frame as long as the generator runs, so the note does not count
/// it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct HandledOutside(u64);

impl HandledOutside {
    /// The exception is in the window of the generator, which owns it.
    /// The generator is inside a handler of its own.
    pub const IN_WINDOW: HandledOutside = HandledOutside(word::UNBOUND);

    /// Returns the exception, or the value `None` if none was being handled; Rust's `None` if it is in the
    /// window.
    #[inline(always)]
    pub fn noted(self) -> Option<StackRef> {
        (self != HandledOutside::IN_WINDOW).then_some(StackRef::from_word(self.0))
    }
}

/// Returns the innermost frame of a thread; the bottom record if no frame runs.
#[inline(always)]
pub fn current(thread: &ThreadState) -> *mut Frame {
    thread.frames.get().cast()
}

impl Frame {
    /// Makes the record below the first frame, which has no code; its window begins and ends at `fp`.
    fn bottom(fp: *mut StackRef) -> Frame {
        Frame {
            head: FrameHead::default(),
            ip: std::ptr::null(),
            fp,
            k: std::ptr::null(),
            function: std::ptr::null(),
            code: std::ptr::null(),
            flags: FrameFlags::ENTRY,
            last: 0,
            own: OwnWord { namespace: StackRef::UNBOUND },
            object: word::UNBOUND,
        }
    }

    /// The code that the frame runs.
    #[inline(always)]
    pub fn code(&self) -> &Object<Code> {
        // SAFETY: the function keeps its code alive, and the frame's callable the function.
        unsafe { &*self.code }
    }

    /// The function.
    #[inline(always)]
    pub fn function(&self) -> &Object<Function> {
        // SAFETY: the slot of the callable keeps the function alive while the frame runs.
        unsafe { &*self.function }
    }

    /// Returns the namespace of a frame with `NAMESPACE`, the body of a module or class. The frame keeps it.
    pub fn namespace(&self) -> StackRef {
        debug_assert!(self.flags.contains(FrameFlags::NAMESPACE), "the frame has no namespace");
        // SAFETY: every word is a `StackRef`.
        unsafe { self.own.namespace }
    }

    /// Sets the namespace of a frame that was just pushed.
    pub fn set_namespace(&mut self, namespace: Value) {
        self.own = OwnWord { namespace: StackRef::from_value(namespace) };
        self.flags |= FrameFlags::NAMESPACE;
    }

    /// Takes the namespace out of a frame with `NAMESPACE`.
    pub fn take_namespace(&mut self) -> Value {
        let namespace = self.namespace();
        self.flags -= FrameFlags::NAMESPACE;
        // SAFETY: `set_namespace` gave the frame a count, which is taken with the flag.
        unsafe { Value::from_word(namespace.word()) }
    }

    /// Returns the note of the exception that was being handled when the frame's generator was resumed.
    #[inline(always)]
    pub fn handled_outside(&self) -> HandledOutside {
        debug_assert!(self.flags.contains(FrameFlags::GENERATOR), "the frame runs no generator");
        // SAFETY: every word is a `HandledOutside`.
        unsafe { self.own.handled_outside }
    }

    /// Sets that note in the frame of a generator that is being resumed.
    #[inline(always)]
    pub fn set_handled_outside(&mut self, outside: HandledOutside) {
        self.own = OwnWord { handled_outside: outside };
    }

    /// The instruction that runs.
    pub fn instruction(&self) -> u32 {
        // SAFETY: a frame that stands past a word has one before.
        let ip = if self.flags.contains(FrameFlags::PAST) { unsafe { self.ip.sub(1) } } else { self.ip };
        self.code().instruction_of(ip)
    }

    /// Tells whether this is the bottom record, below the first frame.
    pub fn is_bottom(&self) -> bool {
        self.code.is_null()
    }

    /// Returns where the window of a frame that this one calls may begin: at the slot of its callable.
    #[inline(always)]
    pub fn window_end(&self) -> *mut StackRef {
        if self.is_bottom() {
            return self.fp;
        }
        // SAFETY: the frame's window has this many words of the value stack.
        unsafe { self.fp.add(self.code().frame_slots as usize) }
    }
}

/// Reads a slot.
///
/// # Safety
/// `fp` is a frame's and `slot` is below its `frame_slots`, or -1 for the callable.
#[inline(always)]
pub unsafe fn get(fp: *mut StackRef, slot: usize) -> u64 {
    // SAFETY: the caller promises a slot of the frame's window, or the callable's.
    unsafe { (*fp.add(slot)).word() }
}

/// Writes a slot; its old content is not released.
///
/// # Safety
/// As for `get`, and the slot's old word is stale or taken.
#[inline(always)]
pub unsafe fn put(fp: *mut StackRef, slot: usize, word: u64) {
    // SAFETY: the caller promises a slot of the frame's window whose old word is stale or taken.
    unsafe { *fp.add(slot) = StackRef::from_word(word) };
}
