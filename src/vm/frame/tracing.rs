//! The trace functions of a thread, and what is going on in one.

use std::cell::{Cell, RefCell};

use crate::value::word;
use crate::value::{Slot, Trace, Value};
use crate::vm::frame::Frame;

/// What a program does that a trace function may be told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// A frame begins.
    Start,
    /// A generator goes on.
    Resume,
    /// An exception is thrown into a generator.
    Throw,
    /// A line begins.
    Line,
    /// An instruction begins.
    Instruction,
    /// Something is called.
    Call,
    /// What was called, and is no function of the script, has returned.
    CalledReturn,
    /// What was called, and is no function of the script, has raised an error.
    CalledRaise,
    /// A generator yields.
    Yield,
    /// A frame returns.
    Return,
    /// Control goes elsewhere without a condition.
    Jump,
    /// A conditional jump is not taken.
    BranchLeft,
    /// A conditional jump is taken.
    BranchRight,
    /// A generator ends within a loop or delegation.
    StopIteration,
    /// An exception passes through a frame, or is raised in it.
    Raise,
    /// An exception is raised again in a frame.
    Reraise,
    /// A handler takes an exception.
    Handled,
    /// A frame ends by an exception.
    Unwind,
}

/// Where a frame is while its trace function runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// At its beginning, before the first instruction.
    Entry,
    /// At an instruction, and at a line, which is that of the instruction unless a jump passes it.
    Instruction(u32, u32),
}

/// A call whose end is to be reported.
pub struct Called {
    /// The calling frame.
    pub frame: *mut Frame,
    /// What the profiler is told that it calls; unbound if it is told nothing.
    pub profiled: Value,
    /// What tools are told that it calls, and the first argument; unbound if they are told nothing.
    pub monitored: [Value; 2],
}

/// The trace functions of a thread.
pub struct Tracing {
    /// The function of `sys.settrace`; unbound for none.
    pub tracer: Slot,
    /// The function of `sys.setprofile`; unbound for none.
    pub profiler: Slot,
    /// How many trace functions are running, one inside the other; what they do is not traced.
    pub depth: Cell<u32>,
    /// What the innermost one was told of.
    pub event: Cell<Option<Event>>,
    /// The frame it was told of.
    pub frame: Cell<*mut Frame>,
    /// Where that frame is, for whoever asks it.
    pub place: Cell<Option<Place>>,
    /// Whether it has set `f_lineno` of that frame.
    pub has_jumped: Cell<bool>,
    /// The running calls whose end is to be reported, innermost last.
    pub called: RefCell<Vec<Called>>,
}

impl Default for Tracing {
    fn default() -> Tracing {
        Tracing {
            tracer: Slot::empty(),
            profiler: Slot::empty(),
            depth: Cell::new(0),
            event: Cell::new(None),
            frame: Cell::new(std::ptr::null_mut()),
            place: Cell::new(None),
            has_jumped: Cell::new(false),
            called: RefCell::default(),
        }
    }
}

impl Tracing {
    /// Whether a trace function waits for events of the thread.
    pub fn listens(&self) -> bool {
        self.depth.get() == 0 && !(self.tracer.is_empty() && self.profiler.is_empty())
    }

    /// Calls `see` with each word that is owned here.
    pub fn show(&self, see: &mut dyn FnMut(word::Word)) {
        self.tracer.show::<false>(see);
        self.profiler.show::<false>(see);
        for called in self.called.borrow().iter() {
            called.profiled.show::<false>(see);
            called.monitored.iter().for_each(|value| value.show::<false>(see));
        }
    }

    /// Drops the functions.
    pub fn clear(&self) {
        drop(self.tracer.set(Value::UNBOUND));
        drop(self.profiler.set(Value::UNBOUND));
        drop(self.called.take());
    }
}
