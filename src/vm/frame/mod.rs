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
//! `object.rs` is the frame as scripts see it, `generator.rs` a frame whose window waits in the heap, `traceback.rs`
//! notes the frames an exception passes; `scan.rs` shows the stack to the collector, and `watch.rs` holds handlers to
//! their rows in debug builds.
//!
//! Begin with `Frame` here.

pub mod generator;
pub mod object;
pub mod scan;
pub mod traceback;
pub(super) mod watch;

use std::cell::Cell;
use std::ptr::NonNull;

use crate::bytecode::Word;
use crate::memory;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::value::word;
use crate::value::{Object, Raised, StackRef, Value};
use crate::vm::code::Code;
use crate::vm::frame::watch::Watch;
use crate::vm::function::Function;

bitflags::bitflags! {
    /// What is special about a frame: anything makes leaving it take the slow path.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct FrameFlags: u32 {
        /// Leaving it leaves the loop: native code called it.
        const ENTRY = 1;
        /// It runs `__init__` for a class call; the new instance is in the slot below the callable.
        const INIT = 1 << 1;
        /// It runs a generator, which is in the callable's slot.
        const GENERATOR = 1 << 2;
        /// It has a frame object.
        const OBJECT = 1 << 3;
        /// The slot below its callable holds a bound method, which the result replaces.
        const KEEPS_RESULT = 1 << 5;
        /// It has a namespace of its own: a module's or class's body.
        const NAMESPACE = 1 << 4;
        /// It runs a generator that `throw` entered for the one below it, which delegates to it.
        const THROWN = 1 << 6;
        /// Its `ip` stands at the next word while the one before releases something.
        const PAST = 1 << 7;
    }
}

/// The record of one running function.
#[repr(C)]
pub struct Frame {
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
    /// What is special about it.
    pub flags: FrameFlags,
    /// The namespace, an owned dict, if `NAMESPACE`.
    pub namespace: u64,
    /// The frame object, owned, if `OBJECT`.
    pub object: u64,
}

/// What one thread's interpreter has beside the fields of `ThreadState`.
pub struct Interpreter {
    stack: NonNull<StackRef>,
    frames: NonNull<Frame>,
    lengths: Lengths,
    /// Frames at or past it are too deep.
    pub frame_limit: Cell<*mut Frame>,
    /// The error being raised, until a handler or native code takes it.
    pub raised: Cell<Option<Raised>>,
    /// The exception being handled (`sys.exc_info()`), owned, or `None`.
    pub handled: Cell<u64>,
    /// What the frame that left the loop returned, owned.
    pub result: Cell<u64>,
    /// The word that runs, in builds with debug assertions.
    pub watch: Cell<Watch>,
}

/// How long the stacks are; only touched pages take memory.
#[derive(Clone, Copy)]
struct Lengths {
    /// Words of the value stack.
    words: usize,
    /// Records. More frames than fit are too deep whatever the program asked for.
    frames: usize,
}

const USUAL: Lengths = Lengths { words: 6 << 20, frames: 400_000 };
/// Where addresses are few, which the heap needs more than the stacks.
const SHORT: Lengths = Lengths { words: 1 << 20, frames: 70_000 };

impl Lengths {
    fn stack_layout(self) -> std::alloc::Layout {
        std::alloc::Layout::array::<StackRef>(self.words).expect("fits an address space")
    }

    fn frames_layout(self) -> std::alloc::Layout {
        std::alloc::Layout::array::<Frame>(self.frames).expect("fits an address space")
    }
}

impl Interpreter {
    /// Makes the stacks of a thread and hangs them into its state.
    pub fn install(thread: &ThreadState) {
        let lengths = if memory::has_many_addresses() { USUAL } else { SHORT };
        // SAFETY: both layouts have a size.
        let (stack, frames) = unsafe {
            (
                std::alloc::alloc(lengths.stack_layout()).cast::<StackRef>(),
                std::alloc::alloc(lengths.frames_layout()).cast::<Frame>(),
            )
        };
        let (Some(stack), Some(frames)) = (NonNull::new(stack), NonNull::new(frames)) else {
            std::alloc::handle_alloc_error(lengths.stack_layout())
        };
        let interpreter = Box::new(Interpreter {
            stack,
            frames,
            lengths,
            frame_limit: Cell::new(std::ptr::null_mut()),
            raised: Cell::new(None),
            handled: Cell::new(word::NONE),
            result: Cell::new(word::UNBOUND),
            watch: Cell::new(Watch::NOTHING),
        });
        // SAFETY: the slot before the first frame is a bottom that no frame's window covers.
        unsafe {
            stack.write(StackRef::UNBOUND);
            frames.write(Frame {
                ip: std::ptr::null(),
                fp: stack.as_ptr(),
                k: std::ptr::null(),
                function: std::ptr::null(),
                code: std::ptr::null(),
                flags: FrameFlags::ENTRY,
                namespace: word::UNBOUND,
                object: word::UNBOUND,
            });
        }
        thread.value_base.set(stack.as_ptr().cast());
        // SAFETY: within the allocation.
        thread.value_limit.set(unsafe { stack.as_ptr().add(lengths.words) }.cast());
        thread.frames.set(frames.as_ptr().cast());
        thread.upper.set(Box::into_raw(interpreter).cast());
        Interpreter::of(thread).set_recursion_limit(1000);
    }

    /// Frees what `install` made. The thread runs no frame any more.
    pub fn remove(thread: &ThreadState) {
        let interpreter = thread.upper.replace(std::ptr::null_mut()).cast::<Interpreter>();
        if interpreter.is_null() {
            return;
        }
        // SAFETY: made by `install`, and nobody refers to it without a frame.
        let interpreter = unsafe { Box::from_raw(interpreter) };
        thread.frames.set(std::ptr::null_mut());
        // SAFETY: likewise allocated by `install` with these layouts; the handled exception is owned.
        unsafe {
            drop(Value::from_word(interpreter.handled.replace(word::NONE)));
            std::alloc::dealloc(interpreter.stack.as_ptr().cast(), interpreter.lengths.stack_layout());
            std::alloc::dealloc(interpreter.frames.as_ptr().cast(), interpreter.lengths.frames_layout());
        }
    }

    /// The interpreter of a thread.
    #[inline(always)]
    pub fn of(thread: &ThreadState) -> &Interpreter {
        debug_assert!(!thread.upper.get().is_null(), "the thread runs scripts");
        // SAFETY: hung in by `install` before the thread runs a script, and freed after the last.
        unsafe { &*thread.upper.get().cast::<Interpreter>() }
    }

    /// Sets how many frames may be nested.
    pub fn set_recursion_limit(&self, limit: usize) {
        // The bottom record counts for none.
        let count = limit.min(self.lengths.frames - 3) + 1;
        // SAFETY: within the allocation.
        self.frame_limit.set(unsafe { self.frames.as_ptr().add(count) });
    }

    /// How many frames may be nested.
    pub fn recursion_limit(&self) -> usize {
        (self.frame_limit.get().addr() - self.frames.as_ptr().addr()) / size_of::<Frame>() - 1
    }

    /// How many frames are nested on a thread.
    pub fn depth(&self, thread: &ThreadState) -> usize {
        (thread.frames.get().addr() - self.frames.as_ptr().addr()) / size_of::<Frame>()
    }

    /// The running frames, innermost first.
    pub fn frames(&self, thread: &ThreadState) -> impl Iterator<Item = *mut Frame> {
        let (top, bottom) = (thread.frames.get().cast::<Frame>(), self.frames.as_ptr());
        let depth = self.depth(thread);
        // SAFETY: `depth` records lie above the bottom.
        (0..depth).map(move |index| unsafe { top.sub(index) }).take_while(move |&frame| frame != bottom)
    }
}

/// The innermost frame of a thread; the bottom record if none runs.
#[inline(always)]
pub fn current(thread: &ThreadState) -> *mut Frame {
    thread.frames.get().cast()
}

impl Frame {
    /// The code.
    #[inline(always)]
    pub fn code(&self) -> &Object<Code> {
        // SAFETY: the function keeps its code alive, and the frame's callable the function.
        unsafe { &*self.code }
    }

    /// The function.
    #[inline(always)]
    pub fn function(&self) -> &Object<Function> {
        // SAFETY: as in `code`.
        unsafe { &*self.function }
    }

    /// The instruction that runs.
    pub fn instruction(&self) -> u32 {
        // SAFETY: a frame that stands past a word has one before.
        let ip = if self.flags.contains(FrameFlags::PAST) { unsafe { self.ip.sub(1) } } else { self.ip };
        self.code().instruction_of(ip)
    }

    /// Whether this is the record below the first frame.
    pub fn is_bottom(&self) -> bool {
        self.code.is_null()
    }

    /// Where the window of a frame called from here may begin: its callable's slot.
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
    // SAFETY: the caller's promise.
    unsafe { (*fp.add(slot)).word() }
}

/// Writes a slot; what it held is not released.
///
/// # Safety
/// As for `get`, and the slot's old word is stale or taken.
#[inline(always)]
pub unsafe fn put(fp: *mut StackRef, slot: usize, word: u64) {
    // SAFETY: the caller's promise.
    unsafe { *fp.add(slot) = StackRef::from_word(word) };
}
