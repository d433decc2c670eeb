//! The runtime, frames, the loop, caches, unwinding, functions, generators.
//!
//! Read `frame.rs` for where things lie, `dispatch.rs` for how words run, `ops` for what each does,
//! `enter.rs` and `unwind.rs` for how frames come and go.

pub mod attributes;
mod bind;
mod bind_in_place;
pub mod boot;
pub mod code;
mod code_compare;
mod code_encode;
mod code_replace;
mod code_type;
mod dispatch;
pub mod enter;
pub mod frame;
pub mod frame_object;
mod frame_type;
pub mod function;
mod function_new;
pub mod generator;
mod generator_close;
mod generator_throw;
mod generator_thrown;
mod generator_type;
mod hot;
pub mod import;
pub mod machine;
mod ops;
pub mod report;
mod report_group;
mod resume;
pub mod scan;
mod services;
mod shut_down;
pub mod source;
mod step;
mod table;
#[cfg(test)]
mod tests;
pub mod traceback;
mod traceback_entries;
mod traceback_text;
mod traceback_type;
pub mod types;
pub mod unwind;
mod watch;

use crate::thread::Thread;
use crate::value::{Dict, Ref, Run, Value};
use code::Code;

/// Runs the code of a module, or of anything else without parameters, in a module's namespace.
///
/// `namespace` takes the names that are stored, if they do not go into `globals`.
pub fn execute(
    thread: &mut Thread,
    code: &Ref<Code>,
    globals: &Ref<Dict>,
    builtins: &Ref<Dict>,
    namespace: Option<&Value>,
) -> Run<Value> {
    let function = function::new(thread, code.clone(), globals.clone(), builtins.clone());
    enter::call_bound(thread, &function, std::iter::empty(), namespace.cloned())
}

/// Runs the code of a module in its namespace, with the runtime's built-in names.
pub fn run(thread: &mut Thread, code: &Ref<Code>, globals: &Ref<Dict>) -> Run<Value> {
    let builtins = machine::Machine::of(thread).builtins.clone();
    execute(thread, code, globals, &builtins, None)
}
