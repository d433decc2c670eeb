//! Instructions whose operands lie in consecutive slots: calls, displays and everything rare.
//!
//! The word's first operand is the slot of the lowest value, where the result goes.

use super::symbols::{Lowering, Symbol};
use crate::bytecode::{Op, Word, WordOp, unpack_counts};

/// The word of an instruction whose operand, if any, goes into `b`.
fn counted(op: Op) -> Option<WordOp> {
    macro_rules! same_names {
        ($($name:ident)+) => {
            match op {
                $(Op::$name => Some(WordOp::$name),)+
                _ => None,
            }
        };
    }
    same_names! {
        Call CallMethod CallUnpacked MakeFunction LoadBuildClass GeneratorStart Yield GetYieldFromIter YieldFrom
        BuildTuple BuildList BuildSet BuildDict BuildString BuildSlice ListToTuple FormatValue UnpackSequence
        Raise Reraise PushExcInfo PopExcept CheckExcMatch BeforeWith WithExceptStart LoadAssertionError
        ImportStar SetupAnnotations PrintExpr GetLen MatchMapping MatchSequence MatchKeys MatchClass
    }
}

/// The word of an instruction whose operand is a name or constant in `bc`.
fn named(op: Op) -> Option<WordOp> {
    Some(match op {
        Op::LoadGlobal => WordOp::LoadGlobal,
        Op::StoreGlobal => WordOp::StoreGlobal,
        Op::DeleteGlobal => WordOp::DeleteGlobal,
        Op::LoadName => WordOp::LoadName,
        Op::StoreName => WordOp::StoreName,
        Op::DeleteName => WordOp::DeleteName,
        Op::ImportName => WordOp::ImportName,
        Op::ImportFrom => WordOp::ImportFrom,
        _ => return None,
    })
}

impl Lowering<'_> {
    /// Lowers an instruction with operands in consecutive slots.
    pub(super) fn plain(&mut self, op: Op, arg: u32) {
        if op == Op::CallKeywords || op == Op::CallMethodKeywords {
            return self.call_keywords(op, arg);
        }
        let pops = op.pops(arg) as usize;
        let first = self.stack.len() - pops;
        if pops > 0 {
            self.write_out_from(first);
        }
        if matches!(op, Op::Yield | Op::YieldFrom | Op::GeneratorStart) {
            // The whole window moves to the heap, so nothing may be noted only.
            self.write_out();
        }
        let base = self.canonical(first);
        let word = if op == Op::Call || op == Op::CallMethod {
            // What a call site has seen is remembered without a name.
            let site = self.site(u32::MAX, false);
            Word::abc(counted(op).expect("in the list"), base, arg as u16, site as u16)
        } else if let Some(word) = counted(op) {
            Word::abc(word, base, arg as u16, 0)
        } else if let Some(word) = named(op) {
            let site = self.site(arg, true);
            Word::wide(word, base, site)
        } else {
            self.special(op, arg, base)
        };
        self.emit(word, &[]);
        self.stack.truncate(first);
        for _ in 0..op.pushes(arg) {
            self.push_temp();
        }
    }

    fn special(&mut self, op: Op, arg: u32, base: u16) -> Word {
        let cell = self.cell_slot(arg);
        match op {
            Op::MakeCell => {
                let parameter = self.unit.cell_names.get(arg as usize).and_then(|cell| cell.parameter);
                let parameter = parameter.map_or(0, |local| local as u16 + 1);
                Word::abc(WordOp::MakeCell, cell, parameter, 0)
            }
            Op::CopyFree => {
                let first = self.cell_slot(self.unit.cell_names.len() as u32);
                Word::abc(WordOp::CopyFree, first, arg as u16, 0)
            }
            Op::LoadCell => Word::abc(WordOp::LoadCell, base, cell, 0),
            Op::DeleteCell => Word::abc(WordOp::DeleteCell, cell, 0, 0),
            Op::LoadClosure => Word::abc(WordOp::CopyOwned, base, cell, 0),
            Op::LoadClassCell => Word::abc(WordOp::LoadClassCell, base, cell, 0),
            Op::DeleteAttr => {
                let site = self.site(arg, false) as u16;
                Word::abc(WordOp::DeleteAttr, 0, base, site)
            }
            Op::LoadSuperAttr => Word::abc(WordOp::LoadSuperAttr, base, 0, self.site(arg, false) as u16),
            Op::LoadSuperMethod => Word::abc(WordOp::LoadSuperMethod, base, 0, self.site(arg, false) as u16),
            Op::ListExtend => Word::abc(WordOp::ListExtend, base, base + 1, 0),
            Op::SetUpdate => Word::abc(WordOp::SetUpdate, base, base + 1, 0),
            Op::DictUpdate => Word::abc(WordOp::DictUpdate, base, base + 1, 0),
            Op::DictMerge => Word::abc(WordOp::DictMerge, base + 2, base + 3, base),
            Op::UnpackEx => {
                let (before, after) = unpack_counts(arg);
                Word::abc(WordOp::UnpackEx, base, before as u16, after as u16)
            }
            Op::NotImplemented => Word::wide(WordOp::NotImplemented, 0, arg),
            _ => unreachable!("{} is lowered elsewhere", op.name()),
        }
    }

    /// The names of keyword arguments are a constant that was pushed just before.
    fn call_keywords(&mut self, op: Op, arg: u32) {
        let names = self.pop();
        let constant = match names {
            Symbol::Const(index) => index,
            // Without fusing it was written out: the instruction before is the load.
            _ => self.unit.instructions[self.index - 1].arg,
        };
        let pops = op.pops(arg) as usize - 1;
        let first = self.stack.len() - pops;
        self.write_out_from(first);
        let word = if op == Op::CallKeywords { WordOp::CallKeywords } else { WordOp::CallMethodKeywords };
        let base = self.canonical(first);
        let constant = self.narrow(constant);
        // A written-out name tuple is a deferred reference, which needs no release.
        self.emit(Word::abc(word, base, arg as u16, constant), &[]);
        self.stack.truncate(first);
        self.push_temp();
    }
}
