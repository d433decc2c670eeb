//! The interpreter: frames, the loop, calls, generators, error reports, starting and ending.
//!
//! A folder uses what comes before it in this order, and only the loop and calls use each other:
//!
//! | | what it contains |
//! |---|---|
//! | `marks`, `code_encode`, `monitors` | what of code is reported; code as bytes; what tools monitor |
//! | `code`, `function`, `machine` | the objects that programs are made of, and the state of a runtime |
//! | `audit` | telling hooks of audit events |
//! | `frame` | where variables are while code runs, and while a generator is suspended |
//! | `trace` | trace functions, and how code is traced |
//! | `run`, `call` | what each word does; how functions are entered and left |
//! | `generator` | `throw` and `close` |
//! | `types` | what scripts see of all these |
//! | `report` | errors as text |
//! | `start` | starting, importing, ending |
//!
//! Begin with `frame/mod.rs` for where variables and operands are, then `run/dispatch.rs` for how words run.

pub mod audit;
pub mod call;
pub mod code;
pub mod code_encode;
pub mod frame;
pub mod function;
pub mod generator;
pub mod machine;
pub mod marks;
pub mod monitors;
pub mod report;
pub mod run;
pub mod start;
#[cfg(test)]
mod tests;
pub mod trace;
pub mod types;

use crate::thread::Thread;
use crate::value::{Dict, Ref, Run, Value};
use code::Code;

/// Runs the code of a module, or other code without parameters, with the globals of a module. Raises what the
/// code raises.
///
/// Names are stored in `namespace`, if there is one, instead of `globals`.
pub fn execute(
    thread: &mut Thread,
    code: &Ref<Code>,
    globals: &Ref<Dict>,
    builtins: &Ref<Dict>,
    namespace: Option<&Value>,
) -> Run<Value> {
    let function = function::new(thread, code.clone(), globals.clone(), builtins.clone());
    call::enter::call_bound(thread, &function, std::iter::empty(), namespace.cloned())
}

/// Runs the code of a module in its namespace, with the runtime's built-in names. Raises what the code raises.
pub fn run(thread: &mut Thread, code: &Ref<Code>, globals: &Ref<Dict>) -> Run<Value> {
    let builtins = machine::Machine::of(thread).builtins.clone();
    execute(thread, code, globals, &builtins, None)
}
