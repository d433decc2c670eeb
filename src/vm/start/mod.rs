//! Starting a runtime and ending it, and what lies between: texts become code, code is imported.
//!
//! Begin with `Booted::start`, the table of contents of starting up. `source.rs` makes code of a text, `import.rs`
//! modules of names, `services.rs` is what built-in functions ask of the interpreter, `shut_down.rs` the end.

pub mod import;
pub(super) mod services;
pub(super) mod shut_down;
pub mod source;

use std::sync::Arc;

use crate::gc;
use crate::object::RawObject;
use crate::sync::{Mutex, Ordering};
use crate::thread::{Hooks, Registration, Runtime, Thread, ThreadState};
use crate::types;
use crate::types::file::stream::{Channel, Stream};
use crate::value::{Dict, ErrorKind, Known, Raised, Ref, Value, WeakRef};
use crate::vm::call::enter;
use crate::vm::frame::Interpreter;
use crate::vm::frame::scan;
use crate::vm::machine::{Machine, Natives, Options};
use crate::vm::report;

/// A runtime that has been started, with the thread that started it.
pub struct Booted {
    registration: Option<Registration>,
    known: *mut Known,
    /// What the `builtins` module held before the program began.
    builtins: Vec<(Value, Value)>,
}

impl Booted {
    /// Starts a runtime on the running OS thread, whose native stack reaches down to `stack_limit`.
    pub fn start(options: Options, stack_limit: usize, natives: Natives) -> Booted {
        let runtime = Runtime::new(Hooks {
            visit_stack: scan::visit_stack,
            run_signals,
            raise_memory_error,
            collect: gc::automatic,
            clear_weakref,
            call_weakref,
            has_room_to_nest: enter::has_room_to_nest,
        });
        runtime.gc.stress.store(options.stress, Ordering::Relaxed);
        runtime.gc.verify.store(options.verify, Ordering::Relaxed);
        let mut registration = runtime.register();
        let known = Box::into_raw(Box::new(Known::new(options.hash_keys)));
        let thread = registration.thread();
        thread.known.set(known.cast_const().cast());
        thread.stack_limit.set(stack_limit);
        Interpreter::install(thread);
        types::install::install(thread, crate::vm::types::SPECS);
        thread.known().set_unraisable(report::unraisable);
        thread.known().set_services(services::SERVICES);
        let modules = thread.alloc(Dict::default());
        let builtins = (natives.builtins)(thread);
        let streams = Channel::ALL
            .map(|channel| options.open_streams[channel as usize].then(|| Stream::open(thread, channel)));
        let machine = Machine { options, modules, builtins, streams, typed_lines: Mutex::default(), natives };
        thread.known().upper.store(Box::into_raw(Box::new(machine)).cast(), Ordering::Release);
        Booted { registration: Some(registration), known, builtins: Vec::new() }
    }

    /// The thread that started the runtime.
    pub fn thread(&mut self) -> &mut Thread {
        self.registration.as_mut().expect("registered until dropped").thread()
    }

    /// The runtime.
    pub fn runtime(&self) -> Arc<Runtime> {
        self.registration.as_ref().expect("registered until dropped").runtime().clone()
    }

    /// Makes `__main__` and the modules that are there from the start; answers the namespace of `__main__`.
    pub fn start_modules(&mut self) -> Ref<Dict> {
        let main = import::start(self.thread()).unwrap_or_else(|_| unreachable!("native modules are made"));
        self.builtins = Machine::of(self.thread()).builtins.snapshot().unwrap_or_default();
        gc::seal(self.thread());
        main
    }

    /// Ends the program: modules go, what they kept alive is collected (B-143). Whether all output was written.
    pub fn shut_down(&mut self) -> bool {
        let builtins = std::mem::take(&mut self.builtins);
        shut_down::run(self.thread(), builtins)
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        let known = self.known;
        self.builtins.clear();
        let thread = self.thread();
        let machine = thread.known().upper.swap(std::ptr::null_mut(), Ordering::AcqRel).cast::<Machine>();
        // SAFETY: made by `start`; no script runs any more.
        drop(unsafe { Box::from_raw(machine) });
        Interpreter::remove(thread);
        // SAFETY: made by `start`; the tables of the last thread go before its heap does.
        drop(unsafe { Box::from_raw(known) });
        thread.known.set(std::ptr::null());
        let mut registration = self.registration.take().expect("registered until dropped");
        if registration.runtime().world.thread_count() == 1 {
            // SAFETY: the machine and the tables that led to objects are gone, and so are all other threads.
            unsafe { crate::life::dissolve(registration.thread()) };
        }
        crate::life::leave(registration);
    }
}

/// Ctrl-C: the safepoint that called this raises the error.
fn run_signals(thread: &mut Thread) {
    let interrupt = Raised::with(ErrorKind::KeyboardInterrupt, Vec::new());
    drop(Interpreter::of(thread).raised.replace(Some(interrupt)));
}

/// Leaves `MemoryError` for the interpreter to raise.
fn raise_memory_error(thread: &mut Thread) {
    drop(Interpreter::of(thread).raised.replace(Some(Raised::memory_error())));
}

/// Makes a weak reference dead; runs under its referent's stripe.
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
