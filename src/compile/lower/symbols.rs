//! The symbolic operand stack, and the words written so far.
//!
//! Each position of the operand stack holds a symbol: a temporary in some operand slot, a local that
//! was only noted, or a constant. Invariant: no two positions name the same temporary, and positions
//! from 64 on are always temporaries in their canonical slot.

use rustc_hash::FxHashMap;

use super::{Live, Lowered, SITE_WORDS, WordHandler};
use crate::bytecode::{CodeUnit, Word, WordOp};

/// Positions that may be symbolic: the live table has a bit for each.
const SYMBOLIC_DEPTH: usize = 64;

/// What a position of the operand stack holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Symbol {
    /// A value in an operand slot; its use consumes it.
    Temp(u16),
    /// The value of a local, which stays where it is.
    Local {
        /// Its slot.
        slot: u16,
        /// Whether the compiler showed that the local outlives the use.
        borrowed: bool,
    },
    /// A constant.
    Const(u32),
}

/// A jump whose target is not placed yet.
struct Jump {
    word: usize,
    target: u32,
    short: bool,
}

/// The state of the pass.
pub(super) struct Lowering<'unit> {
    pub(super) unit: &'unit CodeUnit,
    pub(super) fuse: bool,
    /// Whether jumps always get the long operand.
    pub(super) far: bool,
    /// The slot of stack position 0.
    pub(super) base: u16,
    pub(super) stack: Vec<Symbol>,
    /// The instruction being lowered.
    pub(super) index: usize,
    words: Vec<Word>,
    origins: Vec<u32>,
    live: Vec<u32>,
    live_sets: Vec<Live>,
    known_sets: FxHashMap<Live, u32>,
    sites: Vec<u32>,
    site_of_name: FxHashMap<u32, u32>,
    placed: Vec<u32>,
    jumps: Vec<Jump>,
    /// Whether an index did not fit into its operand, so that the unit is too large.
    pub(super) overflow: bool,
    /// The symbolic stack before each instruction that its words begin with, if somebody asked for it.
    notes: Option<Vec<Option<Vec<Symbol>>>>,
    /// The same at the ends of blocks.
    ends: Vec<BlockEnd>,
}

/// Where the words of each instruction begin.
pub(super) struct Placed {
    /// The first word of each instruction, or of the one after it if it has none of its own.
    pub words: Vec<u32>,
    /// The symbolic stack before each instruction, if it was asked for, and if no word does the work of the
    /// instruction together with that of the one before.
    pub notes: Vec<Option<Vec<Symbol>>>,
    /// Where blocks end by going on with the next one, if it was asked for.
    pub ends: Vec<BlockEnd>,
}

/// The end of a block that goes on with the next one: words follow that write its symbols out.
pub(super) struct BlockEnd {
    /// The first of these words.
    pub word: u32,
    /// The first instruction of the next block.
    pub instruction: u32,
    /// The symbolic stack before it is written out.
    pub symbols: Vec<Symbol>,
}

impl<'unit> Lowering<'unit> {
    pub(super) fn new(unit: &'unit CodeUnit, fuse: bool, far: bool) -> Self {
        Lowering {
            unit,
            fuse,
            far,
            base: unit.variable_slots() as u16,
            stack: Vec::new(),
            index: 0,
            words: Vec::new(),
            origins: Vec::new(),
            live: Vec::new(),
            live_sets: Vec::new(),
            known_sets: FxHashMap::default(),
            sites: Vec::new(),
            site_of_name: FxHashMap::default(),
            placed: Vec::new(),
            jumps: Vec::new(),
            overflow: false,
            notes: None,
            ends: Vec::new(),
        }
    }

    /// Asks for the symbolic stack before each instruction.
    pub(super) fn take_notes(&mut self) {
        self.notes = Some(Vec::new());
    }

    /// Notes the symbolic stack before the instruction that was placed last, if that was asked for.
    pub(super) fn note(&mut self) {
        if let Some(notes) = &mut self.notes {
            notes.resize(self.index, None);
            notes.push(Some(self.stack.clone()));
        }
    }

    /// Notes the symbolic stack at the end of a block, before its symbols are written out, if that was asked for.
    pub(super) fn note_end(&mut self) {
        if self.notes.is_some() {
            let (word, instruction) = (self.words.len() as u32, self.placed.len() as u32);
            self.ends.push(BlockEnd { word, instruction, symbols: self.stack.clone() });
        }
    }

    /// Starts a block in which every position is a temporary in its own slot.
    pub(super) fn begin_block(&mut self, depth: Option<u32>) {
        self.stack =
            (0..depth.unwrap_or(0) as u16).map(|position| Symbol::Temp(self.base + position)).collect();
    }

    /// Notes that the next word is the first of the next instruction.
    pub(super) fn place(&mut self, index: usize) {
        debug_assert_eq!(self.placed.len(), index);
        self.placed.push(self.words.len() as u32);
        self.index = index;
    }

    /// The canonical slot of a position.
    pub(super) fn canonical(&self, position: usize) -> u16 {
        self.base + position as u16
    }

    /// Appends a word. `operands` are the symbols it uses, which are no longer on the symbolic stack.
    pub(super) fn emit(&mut self, word: Word, operands: &[Symbol]) -> usize {
        let mut live = Live::default();
        for symbol in self.stack.iter().chain(operands) {
            if let Symbol::Temp(slot) = *symbol {
                let position = (slot - self.base) as usize;
                match position {
                    0..SYMBOLIC_DEPTH => live.low |= 1 << position,
                    _ => live.depth = live.depth.max(position as u32 + 1),
                }
            }
        }
        let next = self.live_sets.len() as u32;
        let set = *self.known_sets.entry(live).or_insert(next);
        if set == next {
            self.live_sets.push(live);
        }
        self.words.push(word);
        self.origins.push(self.index as u32);
        self.live.push(set);
        self.words.len() - 1
    }

    /// Appends a word that jumps to an instruction, with a 16-bit or a 32-bit distance.
    pub(super) fn emit_jump(&mut self, word: Word, target: u32, short: bool, operands: &[Symbol]) {
        let word = self.emit(word, operands);
        self.jumps.push(Jump { word, target, short });
    }

    /// Pushes a temporary in the canonical slot of the new top, and returns the slot.
    pub(super) fn push_temp(&mut self) -> u16 {
        let slot = self.canonical(self.stack.len());
        if self.stack.contains(&Symbol::Temp(slot)) {
            self.sort_temps();
        }
        self.stack.push(Symbol::Temp(slot));
        slot
    }

    /// Pops the operands of a word, the topmost last. Temporaries below them are moved to their canonical slots
    /// first, so that the slot of the result is free or belongs to an operand.
    pub(super) fn take<const N: usize>(&mut self) -> [Symbol; N] {
        let below = self.stack.len() - N;
        let has_const = self.stack[below..].iter().any(|symbol| matches!(symbol, Symbol::Const(_)));
        let checked = if has_const { self.stack.len() } else { below };
        if (0..checked).any(|position| self.is_displaced(position)) {
            self.sort_temps();
        }
        let operands = std::array::from_fn(|operand| self.stack[below + operand]);
        self.stack.truncate(below);
        operands
    }

    fn is_displaced(&self, position: usize) -> bool {
        matches!(self.stack[position], Symbol::Temp(slot) if slot != self.canonical(position))
    }

    /// Pushes a noted local or constant; without fusing it is written out at once.
    pub(super) fn push_symbol(&mut self, symbol: Symbol) {
        self.stack.push(symbol);
        if !self.fuse || self.stack.len() > SYMBOLIC_DEPTH {
            self.write_out_at(self.stack.len() - 1, &[]);
        }
    }

    pub(super) fn pop(&mut self) -> Symbol {
        self.stack.pop().expect("the verifier has checked the depth")
    }

    /// Moves every temporary back to its canonical slot, from which `Swap` may have moved it.
    fn sort_temps(&mut self) {
        for position in 0..self.stack.len() {
            let home = self.canonical(position);
            let Symbol::Temp(slot) = self.stack[position] else { continue };
            if slot == home {
                continue;
            }
            self.emit(Word::abc(WordOp::Swap, home, slot, 0), &[]);
            if let Some(other) = self.stack.iter().position(|&symbol| symbol == Symbol::Temp(home)) {
                self.stack[other] = Symbol::Temp(slot);
            }
            self.stack[position] = Symbol::Temp(home);
        }
    }

    /// Writes every symbol to its canonical slot.
    pub(super) fn write_out(&mut self) {
        self.write_out_from(0);
    }

    /// Writes the symbols from a position on to their canonical slots.
    pub(super) fn write_out_from(&mut self, first: usize) {
        if (0..self.stack.len()).any(|position| self.is_displaced(position)) {
            self.sort_temps();
        }
        for position in first..self.stack.len() {
            self.write_out_at(position, &[]);
        }
    }

    /// Writes the symbols below a position to their canonical slots.
    pub(super) fn write_out_below(&mut self, end: usize) {
        if (0..end).any(|position| self.is_displaced(position)) {
            self.sort_temps();
        }
        for position in 0..end {
            self.write_out_at(position, &[]);
        }
    }

    fn write_out_at(&mut self, position: usize, operands: &[Symbol]) {
        let home = self.canonical(position);
        let word = match self.stack[position] {
            Symbol::Temp(slot) if slot == home => return,
            Symbol::Temp(_) => return self.sort_temps(),
            Symbol::Local { slot, borrowed: true } => Word::abc(WordOp::CopyDeferred, home, slot, 0),
            Symbol::Local { slot, borrowed: false } => Word::abc(WordOp::CopyOwned, home, slot, 0),
            Symbol::Const(index) => Word::wide(WordOp::LoadConst, home, index),
        };
        if self.stack.contains(&Symbol::Temp(home)) {
            self.sort_temps();
        }
        self.emit(word, operands);
        self.stack[position] = Symbol::Temp(home);
    }

    /// Writes out every symbol that stands for a local which is about to change; `operands` are no longer on
    /// the stack.
    pub(super) fn protect_local(&mut self, local: u16, operands: &[Symbol]) {
        for position in 0..self.stack.len() {
            if matches!(self.stack[position], Symbol::Local { slot, .. } if slot == local) {
                // The local is about to change, so what the compiler showed does not hold: own it.
                self.stack[position] = Symbol::Local { slot: local, borrowed: false };
                self.write_out_at(position, operands);
            }
        }
    }

    /// Finds a slot for each operand; constants are written to their canonical slots, which `take` left free.
    pub(super) fn in_slots<const N: usize>(&mut self, mut operands: [Symbol; N]) -> ([u16; N], [Symbol; N]) {
        for operand in 0..N {
            if let Symbol::Const(index) = operands[operand] {
                let home = self.canonical(self.stack.len() + operand);
                self.emit(Word::wide(WordOp::LoadConst, home, index), &operands);
                operands[operand] = Symbol::Temp(home);
            }
        }
        let slots = operands.map(|symbol| match symbol {
            Symbol::Temp(slot) | Symbol::Local { slot, .. } => slot,
            Symbol::Const(_) => unreachable!("every constant was written to a slot"),
        });
        (slots, operands)
    }

    /// The constant block index of a new inline cache site for a name; 16 bits unless `wide`.
    pub(super) fn site(&mut self, name: u32, wide: bool) -> u32 {
        let first = self.unit.consts.len();
        let index = first + self.sites.len() * SITE_WORDS;
        if !wide && index > u16::MAX as usize {
            // Two sites that share a cache are slower, not wrong.
            if let Some(&shared) = self.site_of_name.get(&name) {
                return shared;
            }
            self.overflow = true;
        }
        self.sites.push(name);
        if index <= u16::MAX as usize {
            self.site_of_name.insert(name, index as u32);
        }
        index as u32
    }

    /// Narrows an index to an operand of 16 bits; if it does not fit, the unit is too large.
    pub(super) fn narrow(&mut self, index: u32) -> u16 {
        self.overflow |= index > u32::from(u16::MAX);
        index as u16
    }

    /// Resolves the jumps; `None` if one is too short or an operand too large.
    pub(super) fn finish(mut self) -> Option<(Lowered, Placed)> {
        if self.overflow {
            return None;
        }
        for jump in &self.jumps {
            let offset = i64::from(self.placed[jump.target as usize]) - jump.word as i64;
            let word = &mut self.words[jump.word];
            *word = if jump.short {
                word.with_c(i16::try_from(offset).ok()? as u16)
            } else {
                word.with_bc(i32::try_from(offset).ok()? as u32)
            };
        }
        let handler = |handler: &crate::bytecode::Handler| WordHandler {
            start: handler.start,
            end: handler.end,
            target: self.placed[handler.target as usize],
            depth: handler.depth,
        };
        let lowered = Lowered {
            handlers: self.unit.handlers.iter().map(handler).collect(),
            words: self.words,
            origins: self.origins,
            live: self.live,
            live_sets: self.live_sets,
            sites: self.sites,
            frame_slots: u32::from(self.base) + self.unit.max_stack,
        };
        let mut notes = self.notes.unwrap_or_default();
        notes.resize(self.unit.instructions.len(), None);
        Some((lowered, Placed { words: self.placed, notes, ends: self.ends }))
    }
}
