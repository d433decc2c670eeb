//! The state of a runtime above the heap: the modules, the built-in names, the options.
//!
//! There is one machine for each runtime; every thread that runs scripts finds it through its interpreter
//! (`vm/frame/interpreter.rs`). It is made in `vm/start/mod.rs`.

use std::sync::Arc;

use crate::sync::{AtomicU64, AtomicUsize, Mutex, OnceLock};
use crate::types::context::ContextVar;
use crate::types::file::stream::Stream;
use crate::value::hash::HashKeys;
use crate::value::{Class, Dict, List, Ref, Run, Slot};
use crate::vm::monitors::Monitors;

/// How long a thread runs at a time in CPython, in seconds, unless a program says otherwise.
pub const SWITCH_INTERVAL: f64 = 0.005;

/// The options of a runtime.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether runs of stack instructions are fused into one word each.
    pub fuse: bool,
    /// Collect at the safepoint after every so many allocations; 0: only when a collection is due.
    pub stress: u32,
    /// Whether the heap is audited before and after every collection.
    pub verify: bool,
    /// The keys of the string hash.
    pub hash_keys: HashKeys,
    /// `sys.argv`.
    pub arguments: Vec<String>,
    /// The first entries of `sys.path`.
    pub search_path: Vec<String>,
    /// Whether the process was started with descriptors 0, 1 and 2 open.
    pub open_streams: [bool; 3],
    /// What the command line and the environment say of how to run.
    pub flags: Flags,
}

/// The options of CPython's command line, as `sys.flags` has them.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// The fields of `sys.flags` that are not 0, by name.
    pub numbers: Vec<(&'static str, i64)>,
    /// `sys.warnoptions`.
    pub warn_options: Vec<String>,
    /// `sys._xoptions`: each name with its value, if it has one.
    pub x_options: Vec<(String, Option<String>)>,
}

impl Flags {
    /// Returns a field of `sys.flags`.
    pub fn number(&self, name: &str) -> i64 {
        self.numbers.iter().find(|(known, _)| *known == name).map_or(0, |(_, number)| *number)
    }

    /// Sets a field of `sys.flags` to a number.
    pub fn set(&mut self, name: &'static str, number: i64) {
        self.numbers.retain(|(known, _)| *known != name);
        self.numbers.push((name, number));
    }

    /// Adds 1 to a field of `sys.flags`.
    pub fn raise(&mut self, name: &'static str) {
        self.set(name, self.number(name) + 1);
    }
}

/// What decides about warnings.
pub struct Warnings {
    /// The filters, the one that is asked first in front: at first a list of the runtime, later what was last seen in
    /// the module `warnings`. So are the next two.
    pub filters: Slot,
    /// What has been shown by filters that say `once`.
    pub once: Slot,
    /// What is done with a warning that no filter fits.
    pub default_action: Slot,
    /// The variable in whose value `warnings` keeps its filters if they belong to contexts.
    pub context: Ref<ContextVar>,
    /// Grows with every change of the filters; registries that remember another one are out of date.
    pub version: AtomicU64,
}

/// The state of a runtime above the heap.
pub struct Machine {
    /// The options it was made with.
    pub options: Options,
    /// `sys.modules`.
    pub modules: Ref<Dict>,
    /// The namespace of the `builtins` module.
    pub builtins: Ref<Dict>,
    /// The streams of descriptors 0, 1 and 2, whatever the program stores in `sys`; `None` for a descriptor
    /// that was closed.
    pub streams: [Option<Ref<Stream>>; 3],
    /// The hooks for asynchronous generators: the one that is told of each before it first runs, and the one that ends
    /// those that are dropped (`sys.set_asyncgen_hooks`); unbound for none.
    pub async_hooks: [Slot; 2],
    /// The class of what `sys.get_asyncgen_hooks` returns, made when it is first needed.
    pub hooks_class: OnceLock<Ref<Class>>,
    /// How many callers a coroutine remembers (`sys.set_coroutine_origin_tracking_depth`).
    pub origin_depth: AtomicUsize,
    /// The two modules with the classes of the importer, once they are made (`vm/start/import/frozen.rs`).
    pub importer: [Slot; 2],
    /// The functions that `sys.audit` calls, oldest first.
    pub audit_hooks: Ref<List>,
    /// The filters of warnings.
    pub warnings: Warnings,
    /// What tools monitor.
    pub monitors: Monitors,
    /// How many trace functions there are, of all threads.
    pub tracers: AtomicUsize,
    /// The number of `sys.setswitchinterval`, the bits of a float.
    pub switch_interval: AtomicU64,
    /// Reads a line after a prompt for `input()`, if the session has a line editor.
    pub typed_lines: Mutex<Option<TypedLines>>,
}

/// A function that shows a prompt and reads a line; `None` at the end of input.
pub type TypedLines = Arc<dyn Fn(&str) -> Run<Option<String>> + Send + Sync>;
