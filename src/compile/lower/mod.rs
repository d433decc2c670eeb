//! Turns stack instructions into the words that run.
//!
//! The depth of the operand stack is static, so stack position `d` is frame slot `variables + d`, and
//! every instruction becomes one word on slots. With fusing on, the pass runs the operand stack
//! *symbolically* within a basic block: a loaded local or constant is only noted, and its use names the
//! local's own slot; a result that is stored at once goes straight to the local; a comparison and the
//! branch on it are one word. At the ends of blocks every note is written out to its canonical slot.
//!
//! Invariant: for each word the table `live` says which operand slots hold values when it starts; the
//! rest is stale memory that nobody may look at.
//!
//! `recipe.rs` says how each instruction becomes words, `symbols.rs` is the symbolic stack, `emit.rs` and `window.rs`
//! write the words.
//!
//! Begin with `recipe.rs`.

mod emit;
mod recipe;
mod symbols;
mod traced;
#[cfg(any(test, debug_assertions))]
mod verify_words;
mod window;

#[cfg(test)]
mod tests;

use crate::bytecode::{CodeUnit, Flow, Verified, Word, WordOp};
pub use symbols::Symbol;
use symbols::{Lowering, Placed};
pub use traced::{Crossing, TracedWords, lower_traced};

/// Which operand slots hold values: a bit for each of the first 64, and a depth for those above.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Live {
    /// Bit `d` is stack position `d`.
    pub low: u64,
    /// Positions from 64 up to this are all live.
    pub depth: u32,
}

impl Live {
    /// Returns the positions that hold values, from the bottom.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        let mut low = self.low;
        let next_low = move || {
            let position = low.trailing_zeros() as usize;
            low &= low.wrapping_sub(1);
            (position < 64).then_some(position)
        };
        std::iter::from_fn(next_low).chain(64..self.depth as usize)
    }

    /// Takes the highest position out and returns it: the order in which values are released.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<usize> {
        if self.depth > 64 {
            self.depth -= 1;
            return Some(self.depth as usize);
        }
        let position = self.low.checked_ilog2()?;
        self.low &= !(1 << position);
        Some(position as usize)
    }
}

/// A row of the exception table: which words of a unit it covers, and where its handler begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WordHandler {
    /// The first instruction covered.
    pub start: u32,
    /// The first instruction no longer covered.
    pub end: u32,
    /// The word where the handler begins.
    pub target: u32,
    /// How many operand slots the handler keeps; the exception goes into the next one.
    pub depth: u32,
}

/// The words of one unit and the tables beside them.
#[derive(Clone, PartialEq, Debug)]
pub struct Lowered {
    /// The words.
    pub words: Vec<Word>,
    /// The instruction each word comes from.
    pub origins: Vec<u32>,
    /// For each word an index into `live_sets`.
    pub live: Vec<u32>,
    /// The different sets of live operand slots.
    pub live_sets: Vec<Live>,
    /// The exception table, in the order of the unit's.
    pub handlers: Vec<WordHandler>,
    /// For each site of an inline cache the index of its name.
    pub sites: Vec<u32>,
    /// Slots of a frame: variables and the deepest operand stack.
    pub frame_slots: u32,
}

/// Constant-block words a site takes: its name and two cache words.
pub const SITE_WORDS: usize = 3;

/// The deepest operand stack. Each word looks at the whole of it, so that without a limit a call of a
/// hundred thousand arguments would take minutes to compile.
const DEEPEST_STACK: usize = 1 << 14;

/// A function too large for the operands of words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooLarge;

/// Lowers a unit. `fuse` off makes one word of each instruction.
pub fn lower(code: &Verified<'_>, fuse: bool) -> Result<Lowered, TooLarge> {
    // A fused branch reaches 32,767 words; where that is too short, none is fused.
    Ok(placed(code, fuse, Traces::No)?.0)
}

/// What is done for tracing, beyond making words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Traces {
    /// Nothing.
    No,
    /// The symbolic stacks are noted.
    Notes,
    /// Each instruction gets a word that reports it.
    Words,
}

/// Lowers a unit. Returns also where the words of each instruction are.
fn placed(code: &Verified<'_>, fuse: bool, traces: Traces) -> Result<(Lowered, Placed), TooLarge> {
    let near = attempt(code, fuse, false, traces);
    let made = near.or_else(|| attempt(code, fuse, true, traces)).ok_or(TooLarge)?;
    #[cfg(debug_assertions)]
    if let Err(malformed) = verify_words::verify(code.unit(), &made.0) {
        panic!("lowering made {malformed}\n{}", show(&made.0));
    }
    Ok(made)
}

fn attempt(code: &Verified<'_>, fuse: bool, far: bool, traces: Traces) -> Option<(Lowered, Placed)> {
    let unit = code.unit();
    let depth = unit.max_stack as usize;
    if depth > DEEPEST_STACK || unit.variable_slots() + depth + 4 > u16::MAX as usize {
        return None;
    }
    let mut lowering = Lowering::new(unit, fuse, far);
    if traces == Traces::Notes {
        lowering.take_notes();
    }
    let leaders = leaders(unit);
    let mut index = 0;
    let mut reachable = true;
    while index < unit.instructions.len() {
        if leaders[index] {
            if reachable {
                lowering.note_end();
                lowering.write_out();
            }
            lowering.begin_block(code.depth(index as u32));
        }
        lowering.place(index);
        reachable = code.depth(index as u32).is_some();
        if !reachable {
            index += 1;
            continue;
        }
        lowering.note();
        if traces == Traces::Words {
            lowering.emit(Word::abc(WordOp::Trace, 0, 0, 0), &[]);
        }
        let taken = lowering.instruction(index, &leaders);
        if traces == Traces::Words && traced::calls(unit.instructions[index].op) {
            lowering.emit(Word::abc(WordOp::TraceCalled, 0, 0, 0), &[]);
        }
        for skipped in index + 1..index + taken {
            lowering.place(skipped);
        }
        reachable = match unit.instructions[index + taken - 1].op.flow() {
            Flow::Next | Flow::Branch { .. } => true,
            Flow::Stop | Flow::Jump => false,
        };
        if lowering.overflow {
            return None;
        }
        index += taken;
    }
    lowering.finish()
}

/// Writes the words of a unit and of the functions in it, one line each: index, instruction, word.
pub fn disassemble(unit: &CodeUnit, fuse: bool) -> String {
    let mut out = format!("words of {}:\n", unit.qualname);
    match crate::bytecode::verify(unit).map(|code| lower(&code, fuse)) {
        Ok(Ok(lowered)) => out.push_str(&show(&lowered)),
        Ok(Err(TooLarge)) => out.push_str("  too large\n"),
        Err(malformed) => out.push_str(&format!("  {malformed}\n")),
    }
    for constant in &unit.consts {
        if let crate::bytecode::Const::Code(inner) = constant {
            out.push('\n');
            out.push_str(&disassemble(inner, fuse));
        }
    }
    out
}

fn show(lowered: &Lowered) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for (index, (word, origin)) in lowered.words.iter().zip(&lowered.origins).enumerate() {
        let (name, a, b, c) = (word.row().name, word.a(), word.b(), word.signed_c());
        let _ = writeln!(out, "{index:6}  {origin:6}  {name:<26} {a:5} {b:5} {c:6}");
    }
    out
}

/// Where basic blocks begin: at targets of jumps, at handlers and where what they cover begins.
fn leaders(unit: &CodeUnit) -> Vec<bool> {
    let mut leaders = vec![false; unit.instructions.len() + 1];
    for instruction in &unit.instructions {
        if instruction.op.operand().is_target() {
            leaders[instruction.arg as usize] = true;
        }
    }
    for handler in &unit.handlers {
        leaders[handler.start as usize] = true;
        leaders[handler.end as usize] = true;
        leaders[handler.target as usize] = true;
    }
    leaders
}
