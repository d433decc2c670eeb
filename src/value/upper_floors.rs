//! Functions of the floors above that the types call: of the interpreter, and the list of built-in functions
//! and modules.
//!
//! They are passed in when a runtime starts and stay the same until it ends. Those that may run script code
//! raise its errors, and must be called on the running thread.

use crate::thread::Thread;
use crate::value::args::Args;
use crate::value::class::kind::ErrorKind;
use crate::value::object::{Object, Ref};
use crate::value::payload::dict::Dict;
use crate::value::payload::str::Str;
use crate::value::raised::{Raised, Run};
use crate::value::value::Value;

/// Runs a code object (`exec`, `eval`).
/// The arguments are the code, the global and the local namespace, a tuple of cells if the code has free variables,
/// and the name of the function that was called.
pub type ExecuteFn = fn(&mut Thread, &Value, &Value, &Value, Option<&Value>, &str) -> Run<Value>;

/// What is compiled.
#[derive(Clone, Copy)]
pub enum CompileSource<'a> {
    /// A text.
    Text(&'a str),
    /// The object of a syntax tree.
    Tree(&'a Value),
}

/// What is compiled, and how.
#[derive(Clone, Copy)]
pub struct CompileRequest<'a> {
    /// The text or tree.
    pub source: CompileSource<'a>,
    /// The file name.
    pub file: &'a str,
    /// `exec`, `eval` or `single`.
    pub mode: &'a str,
    /// The flags.
    pub flags: CompileFlags,
    /// How much is left out: assertions from 1 on, docstrings from 2 on; what the command line says if missing.
    pub optimize: Option<u8>,
}

bitflags::bitflags! {
    /// The flags of `compile` (CPython: `PyCF_…`).
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct CompileFlags: i64 {
        /// The result is a syntax tree.
        const ONLY_TREE = 0x400;
        /// Comments about types are kept in the tree.
        const TYPE_COMMENTS = 0x1000;
        /// `await` may stand outside of functions.
        const TOP_LEVEL_AWAIT = 0x2000;
        /// A text that only breaks off raises `_IncompleteInputError`.
        const INCOMPLETE_INPUT = 0x4000;
        /// The tree is optimized as far as that is done before code is generated.
        const OPTIMIZED_TREE = 0x8000;
        /// What changes nothing here: features that are no longer in the future, and of the parser.
        const OTHERS = 0x1fe_0000 | 0x10 | 0x200 | 0x800;
    }
}

/// The functions.
#[derive(Clone, Copy)]
pub struct UpperFloors {
    /// The global namespace of the innermost frame, a dict.
    pub globals: fn(&mut Thread) -> Run<Value>,
    /// The local namespace of the innermost frame, a dict.
    pub locals: fn(&mut Thread) -> Run<Value>,
    /// Compiles a text or a syntax tree.
    pub compile: fn(&mut Thread, &CompileRequest<'_>) -> Run<Value>,
    /// Runs code in namespaces.
    pub execute: ExecuteFn,
    /// `__import__`.
    pub import: fn(&mut Thread, Args<'_>) -> Run<Value>,
    /// Runs the body of a class, which is a function, in a namespace; returns the `__class__` cell or `None`.
    pub class_body: fn(&mut Thread, &Value, &Value) -> Run<Value>,
    /// Returns the arguments that `super()` without arguments stands for in the innermost frame: the class and
    /// `self`.
    pub super_arguments: fn(&mut Thread) -> Run<(Value, Value)>,
    /// Reports an error that nobody can catch: the error, a message in front of it, the object it came from.
    pub report_unraisable: fn(&mut Thread, Raised, Option<&str>, Option<&Value>),
    /// What the innermost frame finds under a name among the built-in names.
    pub builtin: fn(&mut Thread, &str) -> Run<Value>,
    /// Warns at the line that runs, by a class of warnings.
    pub warn: fn(&mut Thread, ErrorKind, &str) -> Run<()>,
    /// Warns that a coroutine is dropped that nobody has awaited.
    pub warn_unawaited: fn(&mut Thread, &Value),
    /// Warns that what a method of an asynchronous generator returned is dropped and nobody has awaited it: the
    /// generator and the method.
    pub warn_unawaited_method: fn(&mut Thread, &Value, &str),
    /// Makes the namespace of the `builtins` module.
    pub builtins: fn(&mut Thread) -> Ref<Dict>,
    /// Makes a native module; `None` if there is none of this name.
    pub native_module: fn(&mut Thread, &str) -> Option<Run<Value>>,
    /// Tells whether there is a native module of this name.
    pub has_native_module: fn(&str) -> bool,
    /// Adds to a native module the names that the importer owes it.
    pub complete_module: fn(&mut Thread, &Value) -> Run<()>,
    /// Makes the error for an attribute that a module does not have.
    pub no_module_attribute: fn(&mut Thread, &Value, &Object<Str>) -> Raised,
}

impl UpperFloors {
    /// Makes the functions of a runtime without interpreter: it has no frames, runs no code and knows no names.
    ///
    /// What would need an interpreter raises `SystemError`; errors nobody can catch are dropped.
    pub const fn none() -> UpperFloors {
        fn missing<T>() -> Run<T> {
            Err(Raised::new(ErrorKind::SystemError, "this runtime has no interpreter"))
        }
        UpperFloors {
            globals: |_| missing(),
            locals: |_| missing(),
            compile: |_, _| missing(),
            execute: |_, _, _, _, _, _| missing(),
            import: |_, _| missing(),
            class_body: |_, _, _| missing(),
            super_arguments: |_| missing(),
            report_unraisable: |_, _, _, _| (),
            builtin: |_, _| missing(),
            warn: |_, _, _| Ok(()),
            warn_unawaited: |_, _| (),
            warn_unawaited_method: |_, _, _| (),
            builtins: |thread| thread.alloc(Dict::default()),
            native_module: |_, _| None,
            has_native_module: |_| false,
            complete_module: |_, _| Ok(()),
            no_module_attribute: |_, module, name| Raised::no_attribute(name.to_value(), module.clone()),
        }
    }
}
