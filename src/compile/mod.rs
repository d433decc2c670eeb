//! From the tree to code: scopes, code generation, constant folding, flow analyses.
//!
//! `compile_module` is the table of contents. Symbols are declared (`declare.rs`), resolved
//! (`resolve.rs`); then `generator.rs` walks the tree and emits instructions into one assembler
//! (`emit.rs`) a unit, with a file for each family of statements; `finish.rs` threads jumps, drops
//! what is unreachable and lays out the unit; `assigned.rs` and `borrow.rs` decide for every load
//! of a local whether it may be unbound and whether it may be deferred.

#![forbid(unsafe_code)]

mod assigned;
mod assignment;
mod blocks;
mod borrow;
mod call;
mod comprehension;
mod condition;
mod declare;
mod declare_expr;
mod definition;
mod display;
mod emit;
mod exception;
mod expression;
mod finish;
mod flow;
mod fold;
mod generator;
mod import;
pub mod lower;
mod pattern;
mod pattern_parts;
mod resolve;
mod scope;
mod statement;
mod thread_jumps;
mod variable;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use crate::bytecode::CodeUnit;
use crate::source::SourceText;
use crate::syntax::SyntaxError;
use crate::syntax::tree::{Module, Stmt};

/// What a text is compiled as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A file: the values of expression statements are dropped.
    Module,
    /// An entry of an interactive session: they are shown.
    Interactive,
    /// One expression, whose value the code returns.
    Expression,
}

/// Deeper trees are compiled on a thread with a stack of `DEEP_STACK_BYTES`.
const SHALLOW: u32 = 100;

/// 256 MiB, of which only what is used is ever touched: enough for a tree of `MAX_DEPTH` in a debug build.
const DEEP_STACK_BYTES: usize = 256 << 20;

/// Compiles a tree that was parsed from `source`.
pub fn compile_module(
    module: &Module,
    source: &SourceText,
    mode: Mode,
) -> Result<Arc<CodeUnit>, Box<SyntaxError>> {
    if depth(&module.body) <= SHALLOW {
        return compile_here(module, source, mode);
    }
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(DEEP_STACK_BYTES)
            .spawn_scoped(scope, || compile_here(module, source, mode))
            .expect("the system can start a thread")
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn compile_here(module: &Module, source: &SourceText, mode: Mode) -> Result<Arc<CodeUnit>, Box<SyntaxError>> {
    let mut table = declare::declare(module)?;
    resolve::resolve(&mut table)?;
    generator::generate(module, source, &table, mode)
}

fn depth(body: &[Stmt]) -> u32 {
    body.iter().map(|stmt| stmt.depth).max().unwrap_or(0)
}
