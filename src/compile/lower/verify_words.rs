//! Proves that words are sound: what `vm/run/dispatch.rs` leans on when it runs them. Debug builds prove everything
//! they lower.
//!
//! What is checked of each word, by the roles of its operands: slots lie in the frame, results for locals go to
//! locals, constants, sites and jumps exist; the operand slots it reads hold values, and what it leaves is what
//! `live` says of the words that follow; no value that owns itself is forgotten or written over. And the rule of
//! deferred references: a slot that defers to a local is used up before the local changes and before the block ends.
//! And that no word runs script code or suspends whose stack instruction says that it does not, except those that report
//! an instruction to a trace function.

use std::fmt;

use super::{Lowered, SITE_WORDS};
use crate::bytecode::{Access, CodeUnit, Effect, Flow, Gives, Leads, Operand, Role, Word, WordOp};

/// Why words are not sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MalformedWord {
    /// The word at fault.
    pub index: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for MalformedWord {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a malformed word {}: {}", self.index, self.problem)
    }
}

/// What an operand slot holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Held {
    /// Nothing.
    Nothing,
    /// A value with a count of its own.
    Owned,
    /// A constant, which the code keeps.
    Constant,
    /// The value of a local, which keeps it.
    Deferred(usize),
}

type Slots = Vec<Held>;

/// Proves the words of a unit.
pub(super) fn verify(unit: &CodeUnit, lowered: &Lowered) -> Result<(), MalformedWord> {
    let count = lowered.words.len();
    let mut begins = vec![false; count];
    for (index, &word) in lowered.words.iter().enumerate() {
        if let Some(target) = target(index, word) {
            ensure(target < count, index, "the jump leaves the code")?;
            begins[target] = true;
        }
    }
    for handler in &lowered.handlers {
        ensure((handler.target as usize) < count, handler.target as usize, "the handler leaves the code")?;
        begins[handler.target as usize] = true;
    }
    let proof = Proof { unit, lowered, begins, base: unit.variable_slots() };
    // What the word before leaves, if it goes on with this one.
    let mut held = Some(vec![Held::Nothing; unit.max_stack as usize]);
    for index in 0..count {
        let entry = proof.arrive(index, held)?;
        held = proof.step(index, entry)?;
    }
    ensure(held.is_none(), count - 1, "control runs off the end")
}

fn ensure(holds: bool, index: usize, problem: &'static str) -> Result<(), MalformedWord> {
    if holds { Ok(()) } else { Err(MalformedWord { index, problem }) }
}

/// Tells whether a word of this effect may come from a stack instruction of that effect.
const fn does(word: Effect, instruction: Effect) -> bool {
    match word {
        Effect::Silent => true,
        Effect::Script => !matches!(instruction, Effect::Silent),
        Effect::Suspends => matches!(instruction, Effect::Suspends),
    }
}

/// Returns the index a word jumps to; `usize::MAX` if that would lie before the first word.
fn target(index: usize, word: Word) -> Option<usize> {
    let distance = match word.row().operands {
        [_, Role::Jump, ..] => word.signed_bc(),
        [_, _, Role::Jump, _] => word.signed_c(),
        _ => return None,
    };
    Some(usize::try_from(index as isize + distance).unwrap_or(usize::MAX))
}

/// The operands of a word with their roles.
fn operands(word: Word) -> [(Role, usize); 4] {
    let roles = word.row().operands;
    let second = if roles[2] == Role::Joined { word.bc() } else { word.b() };
    [(roles[0], word.a()), (roles[1], second), (roles[2], word.c()), (roles[3], word.x().into())]
}

struct Proof<'unit> {
    unit: &'unit CodeUnit,
    lowered: &'unit Lowered,
    /// Whether a word begins a block.
    begins: Vec<bool>,
    base: usize,
}

impl Proof<'_> {
    fn live(&self, index: usize) -> Vec<bool> {
        let mut live = vec![false; self.unit.max_stack as usize];
        let set = self.lowered.live_sets[self.lowered.live[index] as usize];
        set.positions().for_each(|position| live[position] = true);
        live
    }

    /// Checks, where a word begins, that the slots hold what the tables say. `held` is what the word before it
    /// left in them.
    fn arrive(&self, index: usize, held: Option<Slots>) -> Result<Slots, MalformedWord> {
        let live = self.live(index);
        let begins = self.begins[index];
        ensure(held.is_some() || begins, index, "nothing leads here")?;
        if let Some(held) = &held {
            self.agree(index, held, begins)?;
        }
        let origin = self.lowered.origins[index];
        let covers = |handler: &&super::WordHandler| handler.start <= origin && origin < handler.end;
        if let Some(handler) = self.lowered.handlers.iter().find(covers) {
            let is_kept = live[..handler.depth as usize].iter().all(|&live| live);
            ensure(is_kept, index, "what its handler keeps is not there")?;
        }
        let entry = match held {
            Some(held) if !begins => {
                held.iter().zip(&live).map(|(&held, &live)| if live { held } else { Held::Nothing }).collect()
            }
            _ => live.iter().map(|&live| if live { Held::Owned } else { Held::Nothing }).collect(),
        };
        Ok(entry)
    }

    /// Tells whether the contents of the slots are what the table `live` says of the word that follows.
    fn agree(&self, index: usize, held: &[Held], begins: bool) -> Result<(), MalformedWord> {
        for (&held, live) in held.iter().zip(self.live(index)) {
            ensure(!live || held != Held::Nothing, index, "a slot is live that holds nothing")?;
            ensure(live || held != Held::Owned, index, "a value is forgotten")?;
            let leaves = begins && live && matches!(held, Held::Deferred(_));
            ensure(!leaves, index, "a deferred reference leaves its block")?;
        }
        Ok(())
    }

    /// Returns what a word leaves for the next one, and checks what it leaves where it jumps to.
    fn step(&self, index: usize, held: Slots) -> Result<Option<Slots>, MalformedWord> {
        let word = self.lowered.words[index];
        let row = word.row();
        let (mut next, mut jumped) = (held.clone(), held);
        let instruction = self.unit.instructions[self.lowered.origins[index] as usize];
        let reports = word.op() == WordOp::Trace;
        ensure(
            reports || does(row.effect, instruction.op.effect()),
            index,
            "it does more than its instruction says",
        )?;
        for (role, operand) in operands(word) {
            self.use_operand(index, role, operand, &mut next, &mut jumped)?;
        }
        for (role, operand) in operands(word) {
            if matches!(role, Role::Stores | Role::Empties | Role::Local) {
                let defers = next.iter().chain(&jumped).any(|&held| held == Held::Deferred(operand));
                ensure(!defers, index, "a local changes that a slot defers to")?;
            }
            if role == Role::Writes {
                let made = match row.gives {
                    Gives::Constant => Held::Constant,
                    Gives::Deferred => Held::Deferred(word.b()),
                    Gives::Nothing => Held::Nothing,
                    Gives::Any
                    | Gives::Bool
                    | Gives::Integer
                    | Gives::Text
                    | Gives::Tuple
                    | Gives::List
                    | Gives::Set
                    | Gives::Dict
                    | Gives::Slice
                    | Gives::Function
                    | Gives::Cell => Held::Owned,
                };
                self.write(index, operand, made, &mut next)?;
            }
            if role == Role::Run && operand >= self.base {
                let borrows = word.access().contains(Access::OBJECT_BORROWED);
                self.write(index, operand, Held::Owned, &mut next)?;
                let this = if borrows { Held::Deferred(word.b()) } else { Held::Owned };
                self.write(index, operand + 1, this, &mut next)?;
            }
        }
        if let Some(target) = target(index, word) {
            self.agree(target, &jumped, true)?;
        }
        Ok(matches!(row.leads, Leads::Next | Leads::Branch).then_some(next))
    }

    /// Takes what an operand uses out of the slots, and checks that it was there.
    fn use_operand(
        &self,
        index: usize,
        role: Role,
        operand: usize,
        next: &mut Slots,
        jumped: &mut Slots,
    ) -> Result<(), MalformedWord> {
        match role {
            Role::Reads | Role::Takes | Role::Keeps if operand < self.base => Ok(()),
            Role::Reads | Role::Takes => {
                let position = self.full(index, operand, next)?;
                (next[position], jumped[position]) = (Held::Nothing, Held::Nothing);
                Ok(())
            }
            Role::Keeps => self.full(index, operand, next).map(drop),
            Role::Iterates => {
                jumped[self.full(index, operand, next)?] = Held::Nothing;
                Ok(())
            }
            Role::Stays => {
                let position = self.full(index, operand, next)?;
                next[position] = Held::Nothing;
                Ok(())
            }
            Role::Changes if operand >= self.base => {
                // Both slots of an exchange are operands: each gets what the other had.
                let word = self.lowered.words[index];
                let other = if operand == word.a() { word.b() } else { word.a() };
                let (to, from) = (self.position(index, operand)?, self.position(index, other)?);
                next[to] = jumped[from];
                Ok(())
            }
            Role::Window => self.window(index, operand, next, jumped),
            Role::Writes => {
                ensure(operand >= self.base, index, "a result for a temporary goes to a variable")
            }
            Role::Empties => ensure(operand < self.base, index, "there is no such variable"),
            Role::Stores | Role::Local => {
                ensure(operand < self.unit.local_names.len(), index, "there is no such local")
            }
            Role::Changes | Role::Run => {
                ensure(operand < self.base + next.len(), index, "there is no such slot")
            }
            Role::Constant => ensure(operand < self.unit.consts.len(), index, "there is no such constant"),
            Role::Site => {
                let within = operand.checked_sub(self.unit.consts.len());
                let is_one = within
                    .is_some_and(|at| at % SITE_WORDS == 0 && at / SITE_WORDS < self.lowered.sites.len());
                ensure(is_one, index, "there is no such site")
            }
            Role::Unused => ensure(operand == 0, index, "it has an operand"),
            Role::Joined
            | Role::Jump
            | Role::Count
            | Role::Access
            | Role::Augmented
            | Role::WrittenNotEqual => Ok(()),
        }
    }

    /// Pops and pushes slots as the table of stack instructions says.
    fn window(
        &self,
        index: usize,
        first: usize,
        next: &mut Slots,
        jumped: &mut Slots,
    ) -> Result<(), MalformedWord> {
        let origin = self.unit.instructions[self.lowered.origins[index] as usize];
        let (op, arg) = (origin.op, origin.arg);
        // The names of arguments are an operand of the word, not on the stack.
        let named = u32::from(op.operand() == Operand::NamedCount);
        let (pops, keeps) = ((op.pops(arg) - named) as usize, op.keeps(arg) as usize);
        let bottom = if pops + op.pushes(arg) as usize == 0 { 0 } else { self.position(index, first)? };
        for position in bottom..bottom + pops {
            let is_full = next.get(position).is_some_and(|&held| held != Held::Nothing);
            ensure(is_full, index, "it uses a slot that holds nothing")?;
            jumped[position] = Held::Nothing;
            if position >= bottom + keeps {
                next[position] = Held::Nothing;
            }
        }
        for position in bottom + keeps..bottom + op.pushes(arg) as usize {
            self.write(index, self.base + position, Held::Owned, next)?;
        }
        if let Flow::Branch { pushes, .. } = op.flow() {
            jumped[bottom..bottom + pushes as usize].fill(Held::Owned);
        }
        Ok(())
    }

    fn position(&self, index: usize, slot: usize) -> Result<usize, MalformedWord> {
        let position =
            slot.checked_sub(self.base).filter(|&position| position < self.unit.max_stack as usize);
        position.ok_or(MalformedWord { index, problem: "there is no such slot" })
    }

    /// Returns the stack position of a slot, which must hold something.
    fn full(&self, index: usize, slot: usize, held: &[Held]) -> Result<usize, MalformedWord> {
        let position = self.position(index, slot)?;
        ensure(held[position] != Held::Nothing, index, "it uses a slot that holds nothing")?;
        Ok(position)
    }

    fn write(&self, index: usize, slot: usize, made: Held, held: &mut Slots) -> Result<(), MalformedWord> {
        let position = self.position(index, slot)?;
        ensure(held[position] != Held::Owned, index, "a value is written over")?;
        held[position] = made;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::Op;
    use crate::compile::lower::tests::{lowered, unit};

    fn problem(unit: &CodeUnit, change: impl FnOnce(&mut Lowered)) -> &'static str {
        let mut lowered = lowered(unit, false);
        assert_eq!(verify(unit, &lowered), Ok(()));
        change(&mut lowered);
        verify(unit, &lowered).expect_err("it is wrong").problem
    }

    #[test]
    fn wrong_words_are_refused() {
        // v0 = 1; return v0 + v0
        let code = [
            (Op::LoadConst, 0),
            (Op::StoreLocal, 0),
            (Op::LoadLocal, 0),
            (Op::LoadLocal, 0),
            (Op::Add, 0),
            (Op::Return, 0),
        ];
        let unit = unit(1, 2, &code);
        let cases: [(usize, Word, &str); 10] = [
            (0, Word::wide(WordOp::LoadConst, 1, 7), "there is no such constant"),
            (0, Word::wide(WordOp::LoadConst, 0, 0), "a result for a temporary goes to a variable"),
            (0, Word::wide(WordOp::LoadConst, 9, 0), "there is no such slot"),
            (0, Word::wide(WordOp::Jump, 0, 99), "the jump leaves the code"),
            (0, Word::wide(WordOp::LoadGlobal, 1, 2), "it does more than its instruction says"),
            (1, Word::abc(WordOp::MoveStore, 5, 1, 0), "there is no such local"),
            (1, Word::abc(WordOp::MoveStore, 0, 2, 0), "it uses a slot that holds nothing"),
            (3, Word::abc(WordOp::CopyOwned, 1, 0, 0), "a value is written over"),
            (3, Word::abc(WordOp::Nop, 0, 0, 0), "a slot is live that holds nothing"),
            (5, Word::abc(WordOp::Nop, 0, 0, 0), "control runs off the end"),
        ];
        for (index, wrong, expected) in cases {
            assert_eq!(problem(&unit, |lowered| lowered.words[index] = wrong), expected, "{wrong:?}");
        }
        let site = Word::abc(WordOp::LoadAttr, 1, 0, 2);
        assert_eq!(problem(&unit, |lowered| lowered.words[4] = site), "there is no such site");
    }

    #[test]
    fn a_deferred_reference_ends_before_its_local_changes() {
        // v0 is on the stack while it gets another value.
        let code = [(Op::LoadLocal, 0), (Op::LoadConst, 0), (Op::StoreLocal, 0), (Op::Return, 0)];
        let deferred = Word::abc(WordOp::CopyDeferred, 1, 0, 0);
        let changed = problem(&unit(1, 2, &code), |lowered| lowered.words[0] = deferred);
        assert_eq!(changed, "a local changes that a slot defers to");
        // v0 is on the stack where two ways meet.
        let code = [(Op::LoadLocal, 0), (Op::LoadLocal, 0), (Op::PopJumpIfTrue, 3), (Op::Return, 0)];
        let crosses = problem(&unit(1, 2, &code), |lowered| lowered.words[0] = deferred);
        assert_eq!(crosses, "a deferred reference leaves its block");
    }
}
