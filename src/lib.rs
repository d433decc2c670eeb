//! A bytecode VM for a strict subset of Python 3.11, on a from-scratch free-threaded heap.

pub mod builtins;
pub mod bytecode;
pub mod cli;
pub mod compile;
pub mod embed;
pub mod gc;
pub mod heap;
pub mod life;
pub mod modules;
pub mod object;
pub mod protocol;
pub mod repl;
pub mod source;
pub mod sync;
pub mod syntax;
pub mod thread;
pub mod types;
pub mod value;
pub mod vm;
