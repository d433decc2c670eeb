//! What tools monitor (`sys.monitoring`): their names, callbacks and events, for all code and for single code.
//!
//! Six tools may be in use, each with a set of events for all code, and one more for each code. A callback may answer that
//! it wants to hear no more of an event at one instruction; that holds until `restart_events` is called. Whoever tells
//! the tools is in `vm/trace/monitor.rs`.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::sync::{AtomicBool, AtomicU32, AtomicUsize, Mutex, Ordering};
use crate::value::{Slot, Value};

/// How many tools there may be.
pub const TOOLS: usize = 6;
/// How many kinds of events callbacks are registered for.
pub const KINDS: usize = 18;

bitflags::bitflags! {
    /// Events of a running program; the bits are those of `sys.monitoring.events`.
    #[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
    pub struct Events: u32 {
        /// A function begins.
        const PY_START = 1;
        /// A generator goes on.
        const PY_RESUME = 1 << 1;
        /// A function returns.
        const PY_RETURN = 1 << 2;
        /// A generator yields.
        const PY_YIELD = 1 << 3;
        /// Something is called.
        const CALL = 1 << 4;
        /// A line begins.
        const LINE = 1 << 5;
        /// An instruction begins.
        const INSTRUCTION = 1 << 6;
        /// Control goes elsewhere without a condition.
        const JUMP = 1 << 7;
        /// A conditional jump is not taken.
        const BRANCH_LEFT = 1 << 8;
        /// A conditional jump is taken.
        const BRANCH_RIGHT = 1 << 9;
        /// A generator ends within a loop or delegation.
        const STOP_ITERATION = 1 << 10;
        /// An exception is raised, or comes from a call.
        const RAISE = 1 << 11;
        /// A handler takes an exception.
        const EXCEPTION_HANDLED = 1 << 12;
        /// A function ends by an exception.
        const PY_UNWIND = 1 << 13;
        /// An exception is thrown into a generator.
        const PY_THROW = 1 << 14;
        /// An exception is raised again.
        const RERAISE = 1 << 15;
        /// What is no function of the script has returned.
        const C_RETURN = 1 << 16;
        /// What is no function of the script has raised.
        const C_RAISE = 1 << 17;
        /// Both ways of a conditional jump, for tools of old.
        const BRANCH = 1 << 18;
    }
}

impl Events {
    /// Those of single instructions, which can be asked for of one code, and be disabled.
    pub const LOCAL: Events = Events::from_bits_retain((1 << 11) - 1);
    /// Both ways of a branch.
    pub const BRANCHES: Events = Events::BRANCH_LEFT.union(Events::BRANCH_RIGHT);
    /// The ends of calls, which go with `CALL`.
    pub const ENDS: Events = Events::C_RETURN.union(Events::C_RAISE);

    /// The names of the events, in the order of their bits.
    pub const NAMES: [&str; KINDS + 1] = [
        "PY_START",
        "PY_RESUME",
        "PY_RETURN",
        "PY_YIELD",
        "CALL",
        "LINE",
        "INSTRUCTION",
        "JUMP",
        "BRANCH_LEFT",
        "BRANCH_RIGHT",
        "STOP_ITERATION",
        "RAISE",
        "EXCEPTION_HANDLED",
        "PY_UNWIND",
        "PY_THROW",
        "RERAISE",
        "C_RETURN",
        "C_RAISE",
        "BRANCH",
    ];

    /// Returns the number of a single event.
    pub fn index(self) -> usize {
        self.bits().trailing_zeros() as usize
    }
}

/// One tool.
pub struct Tool {
    /// Its name; unbound while it is not in use.
    pub name: Slot,
    /// What is called for each kind of event; unbound for nothing.
    pub callbacks: [Slot; KINDS],
    /// Whether the callbacks for the two ways of a branch are one for both.
    pub branches_as_one: AtomicBool,
    /// The events of all code.
    events: AtomicU32,
    /// How often each event was added to these.
    added: [AtomicU32; KINDS],
}

impl Tool {
    fn new() -> Tool {
        Tool {
            name: Slot::empty(),
            callbacks: std::array::from_fn(|_| Slot::empty()),
            branches_as_one: AtomicBool::new(false),
            events: AtomicU32::new(0),
            added: Default::default(),
        }
    }

    /// The events of all code that it wants.
    pub fn events(&self) -> Events {
        // Relaxed: whoever wants more diverts code in a pause.
        Events::from_bits_truncate(self.events.load(Ordering::Relaxed))
    }
}

/// All tools of a runtime.
pub struct Monitors {
    /// The tools by their numbers.
    pub tools: [Tool; TOOLS],
    /// `sys.monitoring.DISABLE`.
    pub disable: Slot,
    /// `sys.monitoring.MISSING`.
    pub missing: Slot,
    /// The events of all code that some tool wants.
    events: AtomicU32,
    /// Grows when disabled events start again.
    restarts: AtomicU32,
    /// How many code objects have events of their own.
    local: Arc<AtomicUsize>,
}

impl Default for Monitors {
    fn default() -> Monitors {
        Monitors {
            tools: std::array::from_fn(|_| Tool::new()),
            disable: Slot::empty(),
            missing: Slot::empty(),
            events: AtomicU32::new(0),
            restarts: AtomicU32::new(0),
            local: Arc::default(),
        }
    }
}

impl Monitors {
    /// The events of all code that some tool wants.
    pub fn events(&self) -> Events {
        // Relaxed: whoever wants more diverts code in a pause.
        Events::from_bits_truncate(self.events.load(Ordering::Relaxed))
    }

    /// Sets the events of all code that a tool wants.
    pub fn set_events(&self, tool: usize, events: Events) {
        for event in (events - self.tools[tool].events()).iter() {
            self.tools[tool].added[event.index()].fetch_add(1, Ordering::Relaxed);
        }
        self.tools[tool].events.store(events.bits(), Ordering::Relaxed);
        let all = self.tools.iter().map(Tool::events).fold(Events::empty(), Events::union);
        self.events.store(all.bits(), Ordering::Relaxed);
    }

    /// Whether a tool wants to hear of anything.
    pub fn is_active(&self) -> bool {
        !self.events().is_empty() || self.local.load(Ordering::Relaxed) > 0
    }

    /// Starts all disabled events again.
    pub fn restart(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns a number that is another one once a disabled event starts again.
    fn span(&self, tool: usize, event: Events) -> u32 {
        let added = self.tools[tool].added[event.index()].load(Ordering::Relaxed);
        self.restarts.load(Ordering::Relaxed).wrapping_add(added)
    }

    /// Makes the record of code of its own events.
    pub fn local(&self) -> Local {
        Local {
            events: Default::default(),
            shown: Default::default(),
            disabled: Mutex::default(),
            counter: self.local.clone(),
        }
    }

    /// Forgets everything; what was held is returned, to be dropped.
    pub fn clear(&self) -> Vec<Value> {
        let mut held = Vec::new();
        for (number, tool) in self.tools.iter().enumerate() {
            self.set_events(number, Events::empty());
            held.extend(tool.callbacks.iter().map(|callback| callback.set(Value::UNBOUND)));
            held.push(tool.name.set(Value::UNBOUND));
        }
        held
    }
}

/// The events of one code.
pub struct Local {
    /// What each tool wants.
    events: [AtomicU32; TOOLS],
    /// What each tool has asked for; that stays when the tool is cleared.
    shown: [AtomicU32; TOOLS],
    disabled: Mutex<Disabled>,
    counter: Arc<AtomicUsize>,
}

/// What tools do not want to hear of again: instruction, number of the event, number of the tool. With each stands for
/// how long that holds (`Monitors::span`).
type Disabled = FxHashMap<(u32, u8, u8), u32>;

impl Local {
    /// What any tool wants.
    pub fn any(&self) -> Events {
        (0..TOOLS).map(|tool| self.of(tool)).fold(Events::empty(), Events::union)
    }

    /// What a tool wants.
    pub fn of(&self, tool: usize) -> Events {
        Events::from_bits_truncate(self.events[tool].load(Ordering::Relaxed))
    }

    /// What a tool has asked for last.
    pub fn shown(&self, tool: usize) -> Events {
        Events::from_bits_truncate(self.shown[tool].load(Ordering::Relaxed))
    }

    /// Sets what a tool wants. What it wants anew it hears of everywhere.
    pub fn set(&self, tool: usize, events: Events) {
        let added = events - self.of(tool);
        self.disabled.lock().retain(|&(_, event, of), _| {
            usize::from(of) != tool || !added.contains(Events::from_bits_retain(1 << event))
        });
        self.shown[tool].store(events.bits(), Ordering::Relaxed);
        self.want(tool, events);
    }

    /// Takes back what a tool wants.
    pub fn clear(&self, tool: usize) {
        self.want(tool, Events::empty());
    }

    fn want(&self, tool: usize, events: Events) {
        let before = self.any();
        self.events[tool].store(events.bits(), Ordering::Relaxed);
        match (before.is_empty(), self.any().is_empty()) {
            (true, false) => _ = self.counter.fetch_add(1, Ordering::Relaxed),
            (false, true) => _ = self.counter.fetch_sub(1, Ordering::Relaxed),
            _ => {}
        }
    }

    /// Tells whether a tool wants to hear no more of an event at an instruction.
    pub fn is_disabled(&self, monitors: &Monitors, instruction: u32, event: Events, tool: usize) -> bool {
        let place = (instruction, event.index() as u8, tool as u8);
        self.disabled.lock().get(&place).is_some_and(|&span| span == monitors.span(tool, event))
    }

    /// Notes that a tool wants to hear no more of an event at an instruction.
    pub fn disable(&self, monitors: &Monitors, instruction: u32, event: Events, tool: usize) {
        let place = (instruction, event.index() as u8, tool as u8);
        self.disabled.lock().insert(place, monitors.span(tool, event));
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        if !self.any().is_empty() {
            self.counter.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
