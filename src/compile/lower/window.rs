//! Instructions whose operands lie in consecutive slots: calls, displays and everything rare.
//!
//! The word's first operand is the slot of the lowest value, where the result goes.

use super::recipe::Window;
use super::symbols::{Lowering, Symbol};
use crate::bytecode::{Effect, Op, Role, Word, WordOp, unpack_counts};

/// Returns the first slot of a window as an operand; 0 for words that do not have one.
fn first_operand(word: WordOp, base: u16) -> u16 {
    if word.row().operands[0] == Role::Unused { 0 } else { base }
}

impl Lowering<'_> {
    /// Lowers an instruction with operands in consecutive slots. `word` makes the word from the first of these
    /// slots.
    pub(super) fn window(&mut self, op: Op, arg: u32, word: impl FnOnce(&mut Self, u16) -> Word) {
        let pops = op.pops(arg) as usize;
        let first = self.stack.len() - pops;
        if pops > 0 {
            self.write_out_from(first);
        }
        if op.effect() == Effect::Suspends {
            // The whole window moves to the heap, so nothing may be noted only.
            self.write_out();
        }
        let base = self.canonical(first);
        let word = word(self, base);
        self.emit(word, &[]);
        self.stack.truncate(first);
        for _ in 0..op.pushes(arg) {
            self.push_temp();
        }
    }

    /// Makes the word for an instruction whose operands lie in consecutive slots, the first of which is `base`.
    pub(super) fn word_of_window(&mut self, window: Window, arg: u32, base: u16) -> Word {
        let cell = self.cell_slot(arg);
        match window {
            Window::Counted(word) => Word::abc(word, first_operand(word, base), arg as u16, 0),
            Window::Call(word) => {
                // What a call site has seen is remembered without a name.
                let site = self.site(u32::MAX, false);
                Word::abc(word, base, arg as u16, site as u16)
            }
            Window::Name(word) => Word::wide(word, first_operand(word, base), self.site(arg, true)),
            Window::Attribute(word) => Word::abc(word, base, 0, self.site(arg, false) as u16),
            Window::DeleteAttr => Word::abc(WordOp::DeleteAttr, 0, base, self.site(arg, false) as u16),
            Window::MakeCell => {
                let parameter = self.unit.cell_names.get(arg as usize).and_then(|cell| cell.parameter);
                let parameter = parameter.map_or(0, |local| local as u16 + 1);
                Word::abc(WordOp::MakeCell, cell, parameter, 0)
            }
            Window::CopyFree => {
                let first = self.cell_slot(self.unit.cell_names.len() as u32);
                Word::abc(WordOp::CopyFree, first, arg as u16, 0)
            }
            Window::FromCell(word) => Word::abc(word, base, cell, 0),
            Window::OnCell(word) => Word::abc(word, cell, 0, 0),
            Window::Into(word) => Word::abc(word, base, base + 1, 0),
            Window::DictMerge => Word::abc(WordOp::DictMerge, base + 2, base + 3, base),
            Window::UnpackEx => {
                let (before, after) = unpack_counts(arg);
                Word::abc(WordOp::UnpackEx, base, before as u16, after as u16)
            }
        }
    }

    /// Lowers a call with keywords. Their names are a constant that was pushed just before.
    pub(super) fn call_keywords(&mut self, op: Op, word: WordOp, arg: u32) {
        let names = self.pop();
        let constant = match names {
            Symbol::Const(index) => index,
            // Without fusing it was written out: the instruction before is the load.
            _ => self.unit.instructions[self.index - 1].arg,
        };
        let pops = op.pops(arg) as usize - 1;
        let first = self.stack.len() - pops;
        self.write_out_from(first);
        let base = self.canonical(first);
        let constant = self.narrow(constant);
        // A written-out name tuple is a deferred reference, which needs no release.
        self.emit(Word::abc(word, base, arg as u16, constant), &[]);
        self.stack.truncate(first);
        self.push_temp();
    }
}
