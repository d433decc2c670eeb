//! Starting and ending a runtime, compiling texts, and importing.
//!
//! Begin with `Booted::start`, the table of contents of starting. `source.rs` compiles a text, `import`
//! finds and runs modules, `upper_floors.rs` has the functions of the interpreter that types and built-in
//! functions call, `shut_down.rs` is the end.

mod compile;
pub mod import;
pub(super) mod shut_down;
pub mod source;
mod upper_floors;

pub use upper_floors::upper_floors;

use std::sync::Arc;

use crate::gc;
use crate::object::RawObject;
use crate::sync::{AtomicU64, AtomicUsize, Mutex, OnceLock};
use crate::thread::{Hooks, Runtime, Thread, ThreadState};
use crate::types::file::stream::{Channel, Stream};
use crate::types::start::{Start, Started};
use crate::value::{Dict, ErrorKind, List, Raised, Ref, Slot, UpperFloors, Value, WeakRef};
use crate::vm::call::enter;
use crate::vm::frame::Interpreter;
use crate::vm::frame::scan;
use crate::vm::machine::{Machine, Options, SWITCH_INTERVAL};
use crate::vm::monitors::Monitors;
use crate::vm::report;

/// The functions of this floor that the lower floors call.
const HOOKS: Hooks = Hooks {
    visit_stack: scan::visit_stack,
    run_signals,
    raise_memory_error,
    collect: gc::automatic,
    clear_weakref,
    call_weakref,
    has_room_to_nest: enter::has_room_to_nest,
};

/// A runtime that has been started, with the thread that started it.
pub struct Booted {
    started: Started,
    /// The machine; taken when the runtime is dropped.
    machine: Option<Arc<Machine>>,
    /// The content of the `builtins` module before the program began, which the end restores.
    builtins: Vec<(Value, Value)>,
}

impl Booted {
    /// Starts a runtime on the running OS thread, whose native stack reaches down to the address `stack_limit`.
    pub fn start(options: Options, stack_limit: usize, upper_floors: UpperFloors) -> Booted {
        let mut started = Started::new(Start {
            hooks: HOOKS,
            upper_floors,
            types: crate::vm::types::SPECS,
            hash_keys: options.hash_keys,
            stress: options.stress,
            verify: options.verify,
            stack_limit,
        });
        let thread = started.thread();
        Interpreter::install(thread);
        let modules = thread.alloc(Dict::default());
        let builtins = (upper_floors.builtins)(thread);
        let streams = Channel::ALL
            .map(|channel| options.open_streams[channel as usize].then(|| Stream::open(thread, channel)));
        let is_dev_mode = options.flags.number("dev_mode") > 0;
        thread.known().is_dev_mode.store(is_dev_mode, crate::sync::Ordering::Relaxed);
        let machine = Machine {
            options,
            modules,
            builtins,
            streams,
            async_hooks: [Slot::empty(), Slot::empty()],
            hooks_class: OnceLock::new(),
            importer: [Slot::empty(), Slot::empty()],
            origin_depth: AtomicUsize::new(0),
            warnings: report::warn_options::initial(thread),
            audit_hooks: thread.alloc(List::default()),
            monitors: Monitors::default(),
            tracers: AtomicUsize::new(0),
            switch_interval: AtomicU64::new(SWITCH_INTERVAL.to_bits()),
            typed_lines: Mutex::default(),
        };
        let machine = Arc::new(machine);
        // SAFETY: it is owned by what is returned, which enters none when it is dropped.
        unsafe { Interpreter::of(thread).enter_machine(Some(&machine)) };
        Booted { started, machine: Some(machine), builtins: Vec::new() }
    }

    /// Returns the thread that started the runtime.
    pub fn thread(&mut self) -> &mut Thread {
        self.started.thread()
    }

    /// The runtime.
    pub fn runtime(&self) -> Arc<Runtime> {
        self.started.runtime().clone()
    }

    /// Makes `__main__` and the modules that exist from the start; returns the namespace of `__main__`.
    pub fn start_modules(&mut self) -> Ref<Dict> {
        let main = import::start(self.thread()).unwrap_or_else(|_| unreachable!("native modules are made"));
        report::warn_options::read(self.thread());
        if Machine::of(self.thread()).options.flags.number("optimize") > 0 {
            let thread = self.thread();
            let name = thread.known().intern(thread, "__debug__");
            drop(Machine::of(thread).builtins.set_str(thread, &name, Value::FALSE));
        }
        self.builtins = Machine::of(self.thread()).builtins.snapshot().unwrap_or_default();
        gc::seal(self.thread());
        main
    }

    /// Ends the program: modules are dropped, and what they kept alive is collected (B-143). Returns whether
    /// all output was written.
    pub fn shut_down(&mut self) -> bool {
        let builtins = std::mem::take(&mut self.builtins);
        shut_down::run(self.thread(), builtins)
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        self.builtins.clear();
        let machine = self.machine.take();
        // SAFETY: none is entered.
        unsafe { Interpreter::of(self.thread()).enter_machine(None) };
        drop(machine);
        Interpreter::remove(self.thread());
    }
}

/// Stores the `KeyboardInterrupt` for Ctrl-C; the safepoint that called this raises it.
fn run_signals(thread: &mut Thread) {
    let interrupt = Raised::with(ErrorKind::KeyboardInterrupt, Vec::new());
    raise_later(thread, interrupt);
}

/// Stores a `MemoryError` for the interpreter to raise.
fn raise_memory_error(thread: &mut Thread) {
    raise_later(thread, Raised::memory_error());
}

/// Leaves an error for the interpreter; a thread that runs no scripts has nothing to raise it in.
fn raise_later(thread: &mut Thread, raised: Raised) {
    if let Some(interpreter) = Interpreter::find(thread) {
        drop(interpreter.raised.replace(Some(raised)));
    }
}

/// Makes a weak reference dead and returns whether it has a callback. The caller holds the lock of the weak table that
/// has its referent, so no script code runs.
///
/// # Safety
/// `weakref` was taken from a weak list and is not freed meanwhile.
unsafe fn clear_weakref(weakref: RawObject) -> bool {
    WeakRef::kill(weakref);
    WeakRef::of(weakref).has_callback()
}

/// Calls the callback of a dead weak reference.
fn call_weakref(thread: &ThreadState, weakref: RawObject) {
    // SAFETY: this is the running thread, attached; destruction uses no handle of its own.
    let mut handle = unsafe { Thread::from_state(std::ptr::NonNull::from(thread)) };
    WeakRef::call_back(&mut handle, WeakRef::of(weakref));
}
