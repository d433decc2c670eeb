//! What the built-in functions ask of the interpreter, which is a floor between them and the types.
//!
//! The runtime enters the table once, before its first script.

use crate::thread::Thread;
use crate::value::args::Args;
use crate::value::raised::Run;
use crate::value::value::Value;

/// Runs a code object, given the global and the local namespace, a tuple of cells if it has free variables, and the
/// name of the function that was called for it (`exec` or `eval`).
pub type ExecuteFn = fn(&mut Thread, &Value, &Value, &Value, Option<&Value>, &str) -> Run<Value>;

/// Calls up to the interpreter.
#[derive(Clone, Copy)]
pub struct Services {
    /// The global namespace of the innermost frame, a dict.
    pub globals: fn(&mut Thread) -> Run<Value>,
    /// The local namespace of the innermost frame, a dict.
    pub locals: fn(&mut Thread) -> Run<Value>,
    /// Compiles a text: source, file name, mode (`exec`, `eval` or `single`).
    pub compile: fn(&mut Thread, &str, &str, &str) -> Run<Value>,
    /// Runs code in namespaces.
    pub execute: ExecuteFn,
    /// `__import__`.
    pub import: fn(&mut Thread, Args<'_>) -> Run<Value>,
    /// Runs the body of a class, a function, in a namespace; answers the `__class__` cell or `None`.
    pub class_body: fn(&mut Thread, &Value, &Value) -> Run<Value>,
    /// What `super()` without arguments stands for in the innermost frame: the class and the object (`self`).
    pub super_arguments: fn(&mut Thread) -> Run<(Value, Value)>,
}
