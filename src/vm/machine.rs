//! What a runtime needs to run scripts: the modules, the built-in names, the options.
//!
//! One machine a runtime; every thread finds it through what the runtime knows by heart. What lies on higher floors
//! (built-in functions, native modules) is handed in as functions. It is made in `vm/start/mod.rs`.

use std::sync::Arc;

use crate::sync::{Mutex, Ordering};
use crate::thread::{Thread, ThreadState};
use crate::types::file::stream::Stream;
use crate::types::module::Module;
use crate::value::hash::HashKeys;
use crate::value::{Dict, Object, Ref, Run, Value};

/// How scripts are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether runs of stack instructions are fused into one word each.
    pub fuse: bool,
    /// Collect at the safepoint after every so many allocations; 0 collects as scheduled.
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
}

/// What higher floors add to a runtime.
#[derive(Clone, Copy)]
pub struct Natives {
    /// Makes the namespace of the `builtins` module.
    pub builtins: fn(&mut Thread) -> Ref<Dict>,
    /// Makes a native module, if there is one of this name.
    pub module: fn(&mut Thread, &str) -> Option<Run<Value>>,
}

/// The state of a runtime above the heap.
pub struct Machine {
    /// The options it was made with.
    pub options: Options,
    /// `sys.modules`.
    pub modules: Ref<Dict>,
    /// The namespace of the `builtins` module.
    pub builtins: Ref<Dict>,
    /// The streams of descriptors 0, 1 and 2, whatever the program makes of `sys`; none for one that was closed.
    pub streams: [Option<Ref<Stream>>; 3],
    /// What reads a line behind a prompt for `input()`, in a session with an editor.
    pub typed_lines: Mutex<Option<TypedLines>>,
    /// What higher floors add.
    pub natives: Natives,
}

/// Reads a line behind a prompt; nothing at the end of input.
pub type TypedLines = Arc<dyn Fn(&str) -> Run<Option<String>> + Send + Sync>;

impl Machine {
    /// The machine of a thread's runtime.
    pub fn of(thread: &ThreadState) -> &Machine {
        Machine::find(thread).expect("the machine is made before scripts run")
    }

    /// The machine of a thread's runtime, if it has been made.
    pub fn find(thread: &ThreadState) -> Option<&Machine> {
        let machine = thread.known().upper.load(Ordering::Acquire).cast::<Machine>();
        // SAFETY: set by `start`, and freed when `Booted` is dropped, after the last script has ended.
        unsafe { machine.as_ref() }
    }
}

/// The built-in names of a namespace: a program may run code with fewer of them, or others.
pub fn builtins_of(thread: &Thread, globals: &Object<Dict>) -> Ref<Dict> {
    let named = globals.get_str(&thread.known().names().builtins).unwrap_or(Value::NONE);
    match (named.downcast_ref::<Dict>(), named.downcast_ref::<Module>()) {
        (Some(names), _) => names.to_ref(),
        (None, Some(module)) => module.namespace.clone(),
        (None, None) => Machine::of(thread).builtins.clone(),
    }
}
