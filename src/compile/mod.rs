//! From the tree to code: scopes, code generation, constant folding, flow analyses.
//!
//! `compile_module` calls the passes in order. First the symbols are declared and resolved (`scope`). Then the tree is
//! walked, and the instructions of each unit are emitted into an assembler of its own (`emit`, `assembler.rs`). When a
//! unit is complete, chains of jumps are shortened, and two analyses find out for each load of a local whether the
//! local may be unbound and whether the loaded reference may be deferred (`flow`). `lower` makes words of
//! instructions. Begin with `scope/mod.rs` and `emit/generator.rs`.

#![forbid(unsafe_code)]

mod assembler;
mod emit;
mod flow;
mod fold;
pub mod lower;
mod scope;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;

use crate::bytecode::CodeUnit;
use crate::source::SourceText;
use crate::syntax::tree::{Module, Stmt};
use crate::syntax::{SyntaxError, SyntaxWarning};

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

/// Trees deeper than this are compiled on a thread of their own, which has a stack of `DEEP_STACK_BYTES`.
const SHALLOW: u32 = 100;

/// 256 MiB, of which only what is used is ever touched: enough for a tree of `MAX_DEPTH` in a debug build.
const DEEP_STACK_BYTES: usize = 256 << 20;

/// A compiled text, and the warnings about it.
pub type Compiled = (Arc<CodeUnit>, Vec<SyntaxWarning>);

/// Compiles a tree that was parsed from `source`, and leaves its warnings out.
pub fn compile_module(
    module: &Module,
    source: &SourceText,
    mode: Mode,
) -> Result<Arc<CodeUnit>, Box<SyntaxError>> {
    compile_with_warnings(module, source, mode, 0).map(|(unit, _)| unit)
}

/// Compiles a tree that was parsed from `source`. The warnings of the parser are not among those returned.
///
/// What is left out: assertions from `optimize` 1 on, docstrings from 2 on.
pub fn compile_with_warnings(
    module: &Module,
    source: &SourceText,
    mode: Mode,
    optimize: u8,
) -> Result<Compiled, Box<SyntaxError>> {
    if depth(&module.body) <= SHALLOW {
        return compile_here(module, source, mode, optimize);
    }
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(DEEP_STACK_BYTES)
            .spawn_scoped(scope, || compile_here(module, source, mode, optimize))
            .expect("the system can start a thread")
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn compile_here(
    module: &Module,
    source: &SourceText,
    mode: Mode,
    optimize: u8,
) -> Result<Compiled, Box<SyntaxError>> {
    let mut table = scope::declare::declare(module)?;
    scope::resolve::resolve(&mut table)?;
    emit::generator::generate(module, source, &table, mode, optimize)
}

fn depth(body: &[Stmt]) -> u32 {
    body.iter().map(|stmt| stmt.depth).max().unwrap_or(0)
}
