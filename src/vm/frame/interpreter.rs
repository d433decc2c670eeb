//! The part of a thread's state that runs scripts: the two stacks, the errors being raised and handled, and the
//! machine.
//!
//! Invariant: as long as a thread has one, `thread.frames` points into its records, and `value_base` and
//! `value_limit` are the ends of its value stack.

use std::cell::Cell;
use std::ptr::NonNull;

use crate::memory;
use crate::thread::{Thread, ThreadState};
use crate::types::module::Module;
use crate::value::word;
use crate::value::{Dict, Object, Raised, Ref, StackRef, Value};
use crate::vm::frame::tracing::Tracing;
use crate::vm::frame::watch::Watch;
use crate::vm::frame::{Frame, HandledOutside, current};
use crate::vm::machine::Machine;

/// The state of one thread's interpreter that is not in `ThreadState`.
pub struct Interpreter {
    stack: NonNull<StackRef>,
    frames: NonNull<Frame>,
    lengths: Lengths,
    machine: Cell<Option<NonNull<Machine>>>,
    /// Records at or above this address are too deep.
    pub frame_limit: Cell<*mut Frame>,
    /// The error being raised, until a handler or native code takes it.
    pub raised: Cell<Option<Raised>>,
    /// The exception being handled (`sys.exc_info()`), owned, or `None`.
    pub handled: Cell<u64>,
    /// What the frame that left the loop returned, owned.
    pub result: Cell<u64>,
    /// The trace functions of the thread.
    pub tracing: Tracing,
    /// The word that is running, in builds with debug assertions.
    pub watch: Cell<Watch>,
}

/// The lengths of the stacks; only the pages that are used take memory.
#[derive(Clone, Copy)]
struct Lengths {
    /// Words of the value stack.
    words: usize,
    /// How many records there is room for. More nested frames are refused whatever limit the program sets.
    frames: usize,
}

const USUAL: Lengths = Lengths { words: 6 << 20, frames: 400_000 };
/// The lengths if address space is scarce, because the heap needs it more than the stacks do.
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
    /// Makes the stacks of a thread and stores their addresses in its state.
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
        let interpreter = Interpreter {
            stack,
            frames,
            lengths,
            machine: Cell::new(None),
            frame_limit: Cell::new(std::ptr::null_mut()),
            raised: Cell::new(None),
            handled: Cell::new(word::NONE),
            result: Cell::new(word::UNBOUND),
            tracing: Tracing::default(),
            watch: Cell::new(Watch::NOTHING),
        };
        // SAFETY: the slot before the first frame is a bottom that no frame's window covers.
        unsafe {
            stack.write(StackRef::UNBOUND);
            frames.write(Frame::bottom(stack.as_ptr()));
        }
        thread.value_base.set(stack.as_ptr().cast());
        // SAFETY: within the allocation.
        thread.value_limit.set(unsafe { stack.as_ptr().add(lengths.words) }.cast());
        thread.frames.set(frames.as_ptr().cast());
        thread.interpreter.keep(interpreter);
        Interpreter::of(thread).set_recursion_limit(1000);
    }

    /// Frees what `install` made. The thread must not run a frame any more.
    pub fn remove(thread: &ThreadState) {
        if thread.interpreter.is_empty() {
            return;
        }
        // SAFETY: the cell owns its word.
        drop(unsafe { Value::from_word(Interpreter::of(thread).handled.replace(word::NONE)) });
        Interpreter::of(thread).tracing.clear();
        thread.frames.set(std::ptr::null_mut());
        thread.interpreter.empty();
    }

    /// The interpreter of a thread.
    #[inline(always)]
    pub fn of(thread: &ThreadState) -> &Interpreter {
        // SAFETY: nothing else is ever in this place, it is filled by `install` before the thread runs a script, and
        // emptied after the last.
        unsafe { thread.interpreter.get() }
    }

    /// Returns the interpreter of a thread, if it runs scripts.
    pub fn find(thread: &ThreadState) -> Option<&Interpreter> {
        (!thread.interpreter.is_empty()).then(|| Interpreter::of(thread))
    }

    /// Stores the machine for the scripts of the thread, or `None` when the machine ends.
    ///
    /// # Safety
    /// The machine is there until another one, or none, is entered.
    pub unsafe fn enter_machine(&self, machine: Option<&Machine>) {
        self.machine.set(machine.map(NonNull::from));
    }

    /// Makes the note of the exception that is being handled on the thread now.
    #[inline(always)]
    pub fn handled_now(&self) -> HandledOutside {
        HandledOutside(self.handled.get())
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
        let (top, bottom) = (current(thread), self.frames.as_ptr());
        let depth = self.depth(thread);
        // SAFETY: `depth` records lie above the bottom.
        (0..depth).map(move |index| unsafe { top.sub(index) }).take_while(move |&frame| frame != bottom)
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // SAFETY: allocated by `install` with these layouts, and nobody refers to them without a frame.
        unsafe {
            std::alloc::dealloc(self.stack.as_ptr().cast(), self.lengths.stack_layout());
            std::alloc::dealloc(self.frames.as_ptr().cast(), self.lengths.frames_layout());
        }
    }
}

impl Machine {
    /// The machine of a thread's runtime.
    pub fn of(thread: &ThreadState) -> &Machine {
        Machine::find(thread).expect("the machine is made before scripts run")
    }

    /// The machine of the runtime of a thread that runs scripts, if it has been made.
    pub fn find(thread: &ThreadState) -> Option<&Machine> {
        let machine = Interpreter::find(thread)?.machine.get();
        // SAFETY: by the promise of `enter_machine`.
        machine.map(|machine| unsafe { machine.as_ref() })
    }
}

/// Returns the built-in names for code with these globals; a program may run code with fewer of them, or
/// others.
pub fn builtins_of(thread: &Thread, globals: &Object<Dict>) -> Ref<Dict> {
    let named = globals.get_str(&thread.known().names().builtins).unwrap_or(Value::NONE);
    match (named.downcast_ref::<Dict>(), named.downcast_ref::<Module>()) {
        (Some(names), _) => names.to_ref(),
        (None, Some(module)) => module.namespace.clone(),
        (None, None) => Machine::of(thread).builtins.clone(),
    }
}
