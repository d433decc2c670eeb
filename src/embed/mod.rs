//! The public Rust API: a virtual machine to run scripts in.
//!
//! ```no_run
//! use minivm::embed::{Settings, Vm};
//! let mut vm = Vm::new(Settings::default());
//! let status = vm.run_text("<demo>", "print('hello')");
//! assert_eq!(status, 0);
//! ```
//! A `Vm` belongs to the OS thread that made it and ends, modules and all, when it is dropped.
//!
//! The texts that a machine is given here are ordinary texts of Rust; names of files, arguments and entries of the
//! search path may also come from [`path::from_system`], for bytes that are no UTF-8. A `str` of a script may contain
//! surrogates, which a text of Rust may not: `Str::as_str` returns its stored form, in which they are pairs of private
//! characters. [`stored::native`](crate::text::stored::native) makes a text of Rust of it, unless there are any;
//! [`stored::shown`](crate::text::stored::shown) writes them as escapes; [`stored::stored`](crate::text::stored::stored)
//! is the way back.
//!
//! Begin with `Vm::new`.

#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use std::cell::Cell;

use crate::gc::{self, Reason};
use crate::memory;
use crate::protocol::{self, check_interrupt};
use crate::source::{SourceText, library};
use crate::sync::Ordering::Relaxed;
use crate::text::codec::source;
use crate::text::path;
use crate::thread::{Runtime, Thread};
use crate::types::exception::{self, syntax_error};
use crate::types::str::codec;
use crate::value::hash;
use crate::value::{Dict, ErrorKind, Ref, Run, UpperFloors, Value};
use crate::vm;
use crate::vm::machine::{Flags, Options};
use crate::vm::report::{self, Uncaught};
use crate::vm::start::Booted;
use crate::vm::start::import::run_module;
use crate::vm::start::source as text;

/// How a virtual machine runs scripts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether runs of stack instructions are fused into one word each.
    pub fuse: bool,
    /// Collect at the safepoint after every so many allocations; 0: only when a collection is due.
    pub stress: u32,
    /// Whether the heap is audited before and after every collection.
    pub verify: bool,
    /// `sys.argv`.
    pub arguments: Vec<String>,
    /// Where modules are searched for, in this order. By default only the library that lies in the binary.
    pub search_path: Vec<String>,
    /// Whether the process was started with descriptors 0, 1 and 2 open; `sys` has `None` for those that were not.
    pub open_streams: [bool; 3],
    /// The options of CPython's command line.
    pub flags: Flags,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            fuse: true,
            stress: 0,
            verify: false,
            arguments: vec![String::new()],
            search_path: vec![library::root().to_owned()],
            open_streams: [true; 3],
            flags: Flags::default(),
        }
    }
}

/// Native stack that scripts may use through native code (`repr`, `sort` keys, destructors), in bytes.
pub const STACK_BYTES: usize = 256 << 20;
/// How many bytes of the native stack are kept back for the deepest native code.
const STACK_RESERVE_BYTES: usize = 1 << 20;

/// The native stack if address space is scarce, because the heap needs it more.
const SMALL_STACK_BYTES: usize = 32 << 20;

/// How many bytes of address space a machine needs to start: its stacks, and the first spans of its heaps.
const START_BYTES: usize = 92 << 20;

/// Tells whether the process has as much address space as a machine needs to start. Without it starting one
/// panics.
pub fn has_addresses_to_start() -> bool {
    memory::has_addresses(START_BYTES)
}

thread_local! {
    /// How many bytes the native stack of this thread has.
    static OWN_STACK_BYTES: Cell<usize> = const { Cell::new(STACK_BYTES) };
}

/// Runs something on an OS thread whose stack is large enough for deep recursion through native code.
pub fn on_large_stack<R: Send>(run: impl FnOnce() -> R + Send) -> R {
    // A stack takes no memory until it is used, but addresses.
    let bytes = if memory::has_many_addresses() { STACK_BYTES } else { SMALL_STACK_BYTES };
    let run = move || {
        OWN_STACK_BYTES.set(bytes);
        run()
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(bytes).spawn_scoped(scope, run);
        match thread.expect("the system has room for one more thread").join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// The functions of the interpreter, the modules and the collector that the floors below them call.
const UPPER_FLOORS: UpperFloors =
    vm::start::upper_floors(crate::builtins::install, crate::modules::load, crate::modules::is_there);

/// A virtual machine.
///
/// Its fields are dropped in this order: objects before the heap that they lie in.
pub struct Vm {
    main: Ref<Dict>,
    was_interrupted: bool,
    is_shut_down: bool,
    booted: Booted,
}

impl Vm {
    /// Starts a virtual machine on the running OS thread.
    ///
    /// Make it inside [`on_large_stack`] if scripts may recurse deeply through native code.
    pub fn new(settings: Settings) -> Vm {
        let marker = 0u8;
        let here = (&raw const marker).addr();
        let seed = std::env::var("PYTHONHASHSEED").ok();
        // A seed that makes no sense is refused by the command line; here it is as good as none.
        let hash_keys = hash::keys_from_seed(seed.as_deref()).unwrap_or_else(|_| hash::random_keys());
        let options = Options {
            fuse: settings.fuse,
            stress: settings.stress,
            verify: settings.verify,
            hash_keys,
            arguments: settings.arguments,
            search_path: settings.search_path,
            open_streams: settings.open_streams,
            flags: settings.flags,
        };
        let stack_limit = here.saturating_sub(OWN_STACK_BYTES.get() - STACK_RESERVE_BYTES);
        let mut booted = Booted::start(options, stack_limit, UPPER_FLOORS);
        let main = booted.start_modules();
        Vm { main, was_interrupted: false, is_shut_down: false, booted }
    }

    /// The thread of the virtual machine, for native code.
    pub fn thread(&mut self) -> &mut Thread {
        self.booted.thread()
    }

    /// The namespace of `__main__`.
    pub fn main(&self) -> Ref<Dict> {
        self.main.clone()
    }

    /// Runs a text as `__main__`, reports an uncaught exception, and returns the exit status.
    pub fn run_text(&mut self, name: &str, script: &str) -> i32 {
        let ran = self.run_source(&SourceText::typed(name, script));
        self.conclude(ran)
    }

    /// Reports that the text of a program, in its stored form, has surrogates, and returns the exit status.
    pub fn refuse_text(&mut self, script: &str) -> i32 {
        let thread = self.thread();
        let refused = codec::encode_plain(thread, script, "utf-8", "strict").map(|_bytes| Value::NONE);
        report::write_last_words(thread, "Unable to decode the command from the command line:\n");
        self.conclude(refused)
    }

    fn run_source(&mut self, source: &SourceText) -> Run<Value> {
        let main = self.main.clone();
        let thread = self.thread();
        text::module(thread, source).and_then(|code| vm::run(thread, &code, &main))
    }

    /// Runs a module as `__main__`; of a folder or an archive that is first on the path, the module `__main__` in it.
    /// Reports an uncaught exception, and returns the exit status.
    pub fn run_module(&mut self, name: &str, is_archive: bool) -> i32 {
        let main = self.main.clone();
        let ran = run_module::run_module(self.thread(), name, is_archive, &main);
        report::flush_after_run(self.thread());
        self.conclude(ran)
    }

    /// Runs a file as `__main__`, reports an uncaught exception, and returns the exit status. Its `__file__` is the
    /// absolute path.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn run_file(&mut self, path: &str) -> std::io::Result<i32> {
        let bytes = path::read(path)?;
        Ok(self.run_bytes(&absolute(path), &bytes))
    }

    /// Runs the bytes of a file as `__main__`.
    pub fn run_bytes(&mut self, name: &str, bytes: &[u8]) -> i32 {
        let main = self.main.clone();
        let thread = self.thread();
        let file = thread.new_str(name);
        crate::modules::define(thread, &main, "__file__", file);
        match source::decode(Some(name), bytes) {
            Ok(script) => {
                let ran = self.run_source(&SourceText::new(name, &script));
                report::flush_after_run(self.thread());
                self.conclude(ran)
            }
            Err(error) => {
                let raised = syntax_error::undecodable(thread, &error, name);
                self.conclude(Err(raised))
            }
        }
    }

    /// Reports how a script ended: nothing, `SystemExit`, or an uncaught exception. Returns the exit status.
    pub fn conclude(&mut self, ran: Run<Value>) -> i32 {
        let thread = self.booted.thread();
        // An interrupt that nothing has looked at belongs to this script, not to the next one.
        let ran = ran.and_then(|value| check_interrupt(thread).map(|()| value));
        let status = match ran {
            Ok(_) => 0,
            Err(raised) => {
                let exception = exception::instance(thread, raised);
                match end_status(thread, &exception) {
                    Ended::Exit(status) => status,
                    Ended::Interrupted => {
                        self.was_interrupted = true;
                        INTERRUPTED_STATUS
                    }
                    Ended::Failed => 1,
                }
            }
        };
        if report::flush_at_end(thread) { status } else { UNWRITTEN_STATUS }
    }

    /// Tells whether the last script was ended by an uncaught `KeyboardInterrupt`; then a process should end by
    /// the signal.
    pub fn was_interrupted(&self) -> bool {
        self.was_interrupted
    }

    /// Ends an entry of an interactive session. An error is printed and the session goes on; for `SystemExit`
    /// the status is returned.
    pub fn conclude_entry(&mut self, ran: Run<Value>) -> Option<i32> {
        let thread = self.booted.thread();
        let ran = ran.and_then(|value| check_interrupt(thread).map(|()| value));
        report::flush_after_run(thread);
        if let Err(raised) = ran {
            let exception = exception::instance(thread, raised);
            let ends = if report::is_kind(thread, &exception, ErrorKind::SystemExit) {
                Uncaught::Exit(exception)
            } else {
                report::uncaught(thread, &exception)
            };
            if let Uncaught::Exit(exception) = ends {
                let status = exit_status(thread, &exception);
                return Some(self.end_session(status));
            }
        }
        report::flush_after_run(thread);
        None
    }

    /// Ends an interactive session and returns the exit status.
    /// That is `status`, or another one if something could not be written.
    pub fn end_session(&mut self, status: i32) -> i32 {
        if report::flush_at_end(self.thread()) { status } else { UNWRITTEN_STATUS }
    }

    /// Runs a collection and returns how many objects were unreachable (B-75).
    ///
    /// Unlike `gc.collect()` of scripts it does nothing if collections are switched off by `gc.disable()` (CPython:
    /// `PyGC_Collect`). An error that the host holds is kept.
    pub fn collect(&mut self) -> usize {
        let thread = self.thread();
        if !thread.runtime().gc.enabled.load(Relaxed) {
            return 0;
        }
        let outcome = gc::collect(thread, 2, Reason::Manual);
        outcome.collected + outcome.uncollectable
    }

    /// The runtime, for a signal handler that wants to interrupt the scripts.
    pub fn interrupter(&mut self) -> impl Fn() + Send + use<> {
        let runtime: std::sync::Arc<Runtime> = self.booted.runtime();
        runtime.alarm.prepare();
        move || runtime.interrupt()
    }

    /// Statistics of the collector, for `--gc-stats`.
    pub fn statistics(&mut self) -> String {
        report::statistics(self.thread())
    }
}

impl Vm {
    /// Ends the machine after a script that ended with `status`; returns another status if output could not be
    /// written.
    pub fn end(mut self, status: i32) -> i32 {
        if self.shut_down() { status } else { UNWRITTEN_STATUS }
    }

    fn shut_down(&mut self) -> bool {
        if std::mem::replace(&mut self.is_shut_down, true) {
            return true;
        }
        let empty = self.thread().alloc(Dict::default());
        drop(std::mem::replace(&mut self.main, empty));
        self.booted.shut_down()
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.shut_down();
    }
}

/// The status of a program whose last output could not be written.
const UNWRITTEN_STATUS: i32 = 120;
/// The status of a program that was interrupted, where it does not end by the signal.
const INTERRUPTED_STATUS: i32 = 130;

/// How a program ended that raised.
enum Ended {
    /// It chose this status.
    Exit(i32),
    /// Nothing caught an interrupt.
    Interrupted,
    /// Nothing caught another exception.
    Failed,
}

/// Reports an uncaught exception.
fn end_status(thread: &mut Thread, exception: &Value) -> Ended {
    if report::is_kind(thread, exception, ErrorKind::SystemExit) {
        return Ended::Exit(exit_status(thread, exception));
    }
    match report::uncaught(thread, exception) {
        Uncaught::Exit(exit) => Ended::Exit(exit_status(thread, &exit)),
        Uncaught::Interrupted => Ended::Interrupted,
        Uncaught::Reported if report::is_kind(thread, exception, ErrorKind::KeyboardInterrupt) => {
            Ended::Interrupted
        }
        Uncaught::Reported => Ended::Failed,
    }
}

/// Returns the exit status for `sys.exit(code)`: nothing and `None` are 0, an integer is itself, anything else
/// is printed and gives 1. An exception whose code cannot be read is printed itself.
fn exit_status(thread: &mut Thread, exception: &Value) -> i32 {
    let name = thread.known().intern(thread, "code");
    let code = protocol::get_attr(thread, exception, &name).unwrap_or_else(|_| exception.clone());
    if code.is_none() {
        return 0;
    }
    match code.as_integer() {
        Some(crate::value::Integer::Small(status)) => (status & 0xff) as i32,
        Some(crate::value::Integer::Big(_)) => 255,
        None => {
            if let Ok(text) = protocol::str(thread, &code) {
                report::write_last_words(thread, text.as_str());
            }
            report::write_last_words(thread, "\n");
            1
        }
    }
}

/// Returns the folder of a script, where its imports are searched for first. Links are followed, as in CPython.
pub fn folder_of(script: &str) -> String {
    let found = path::to_system(script).and_then(|script| std::fs::canonicalize(script).ok());
    let real = found.unwrap_or_else(|| path::to_system(&absolute(script)).unwrap_or_default().into());
    real.parent().map_or_else(String::new, |folder| path::from_system(folder.as_os_str()))
}

/// Returns a path with the working folder in front of it if it is relative, and nothing else changed, as CPython
/// names a script; the path itself if there is no working folder.
pub fn absolute(path: &str) -> String {
    let Ok(folder) = std::env::current_dir() else { return path.to_owned() };
    let whole = path::to_system(path).map(|path| folder.join(path));
    whole.map_or_else(|| path.to_owned(), |whole| path::from_system(whole.as_os_str()))
}
