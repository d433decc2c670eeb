//! The words of code that is traced: one for each instruction, and before it one that reports the instruction.
//!
//! A frame that runs the ordinary words goes over to the traced ones between two words. There its operands may be
//! symbols only, since fusing leaves out what it can; a [`Crossing`] says which, so that they can be written to the
//! slots in which the traced words expect them.

use super::symbols::BlockEnd;
use super::{Lowered, Placed, Symbol, TooLarge, Traces, leaders, placed};
#[cfg(debug_assertions)]
use crate::bytecode::{Effect, Leads, Role};
use crate::bytecode::{Op, Verified, WordOp};

/// The traced words of a unit, and the ways to them.
pub struct TracedWords {
    /// The words with their tables.
    pub lowered: Lowered,
    /// The word that reports each instruction.
    pub reports: Vec<u32>,
    /// For each ordinary word the way from there, if there is one: not within the words of one instruction.
    pub crossings: Vec<Option<Crossing>>,
    /// For each instruction the ordinary word before which all operands are in their slots, if there is one.
    pub homes: Vec<Option<u32>>,
}

/// How a frame goes over to the traced words before an ordinary one.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The instruction to go on with.
    pub instruction: u32,
    /// What each position of the operand stack holds.
    pub symbols: Vec<Symbol>,
}

/// Tells whether the end of an instruction is reported too, because it calls something.
pub(super) const fn calls(op: Op) -> bool {
    matches!(op, Op::Call | Op::CallKeywords | Op::CallMethod | Op::CallMethodKeywords | Op::CallUnpacked)
}

/// Makes the traced words of a unit whose ordinary words were lowered with or without fusing.
pub fn lower_traced(code: &Verified<'_>, fuse: bool) -> Result<TracedWords, TooLarge> {
    let (ordinary, from) = placed(code, fuse, Traces::Notes)?;
    let (lowered, to) = placed(code, false, Traces::Words)?;
    let unit = code.unit();
    let base = unit.variable_slots() as u16;
    let is_home =
        |symbols: &[Symbol]| symbols.iter().zip(base..).all(|(&symbol, slot)| symbol == Symbol::Temp(slot));
    let leaders = leaders(unit);
    let mut crossings: Vec<Option<Crossing>> = vec![None; ordinary.words.len()];
    let mut homes = vec![None; unit.instructions.len()];
    let Placed { words, notes, ends } = from;
    for (index, note) in notes.into_iter().enumerate() {
        let Some(symbols) = note else { continue };
        let word = words[index];
        if is_home(&symbols) {
            homes[index] = Some(word);
        }
        // Of several instructions without words of their own the first is gone on with; those before the target of
        // a jump have nothing to do with who jumps there.
        let Some(crossing) = crossings.get_mut(word as usize) else { continue };
        if crossing.is_none() || leaders[index] {
            *crossing = Some(Crossing { instruction: index as u32, symbols });
        }
    }
    for BlockEnd { word, instruction, symbols } in ends {
        // Where nothing is written out it is the first word of the next block, which has its way by now.
        crossings[word as usize].get_or_insert(Crossing { instruction, symbols });
    }
    // A generator that delegates is suspended at the word itself, behind those that have written its operands out.
    for (word, &origin) in ordinary.origins.iter().enumerate() {
        if ordinary.words[word].op() == WordOp::YieldFrom {
            let depth = code.depth(origin).unwrap_or(0) as u16;
            let symbols = (0..depth).map(|position| Symbol::Temp(base + position)).collect();
            crossings[word] = Some(Crossing { instruction: origin, symbols });
            homes[origin as usize] = Some(word as u32);
        }
    }
    #[cfg(debug_assertions)]
    check_ways(&ordinary, &crossings);
    Ok(TracedWords { lowered, reports: to.words, crossings, homes })
}

/// Checks that there is a way from each word with which a frame may go on after script code has run.
///
/// Late writes depend on it (`vm/frame/late.rs`): the next word must not read a variable before they are done.
#[cfg(debug_assertions)]
fn check_ways(ordinary: &Lowered, crossings: &[Option<Crossing>]) {
    for (at, word) in ordinary.words.iter().enumerate() {
        let row = word.row();
        if row.effect == Effect::Silent {
            continue;
        }
        let mut nexts = Vec::new();
        if matches!(row.leads, Leads::Next | Leads::Branch) {
            nexts.push(at + 1);
        }
        if let Some(operand) = row.operands.iter().position(|&role| role == Role::Jump) {
            let is_wide = row.operands.get(operand + 1) == Some(&Role::Joined);
            let distance = if is_wide { word.signed_bc() } else { word.signed_c() };
            nexts.push((at as isize + distance) as usize);
        }
        for next in nexts {
            assert!(crossings[next].is_some(), "no way from word {next}, which follows `{}`", row.name);
        }
    }
}
