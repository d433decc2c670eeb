//! Borrow analysis: which loads of locals may push a deferred reference.
//!
//! A deferred reference owns nothing: it is good as long as the local keeps the object alive. A
//! load may be deferred if what it pushes leaves the stack in the same basic block, before the
//! local is stored or deleted. Nobody else can change a local: what inner functions share is in
//! cells. Each block is run once over a stack that remembers which load an entry came from.

use super::blocks::Blocks;
use crate::bytecode::{Instruction, Op, Passage};

/// The index of the load that an entry of the stack came from, if it came from one.
type Origin = Option<u32>;

/// Rewrites the loads of locals that may be deferred.
pub(in crate::compile) fn borrow_loads(instructions: &mut [Instruction], blocks: &Blocks) {
    let mut run = Run { stack: Vec::new(), must_own: vec![false; instructions.len()] };
    for block in blocks.iter() {
        run.stack.clear();
        for at in block.start..block.end {
            run.step(instructions, at);
        }
        run.own_all(|_| true);
    }
    for (instruction, must_own) in instructions.iter_mut().zip(run.must_own) {
        let deferred = DEFERRED_LOADS.iter().find(|(owned, _)| *owned == instruction.op);
        if let Some(&(_, deferred)) = deferred
            && !must_own
        {
            instruction.op = deferred;
        }
    }
}

/// The loads that can be deferred, and what they become.
const DEFERRED_LOADS: [(Op, Op); 2] =
    [(Op::LoadLocal, Op::LoadLocalBorrow), (Op::LoadLocalCheck, Op::LoadLocalCheckBorrow)];

struct Run {
    stack: Vec<Origin>,
    must_own: Vec<bool>,
}

impl Run {
    /// Takes the top entry; `None` if it was on the stack before the block began.
    fn pop(&mut self) -> Origin {
        self.stack.pop().flatten()
    }

    /// Takes the top `count` entries.
    fn forget(&mut self, count: u32) {
        self.stack.truncate(self.stack.len().saturating_sub(count as usize));
    }

    /// Makes those loads owning whose values are on the stack and for which `which` answers true.
    fn own_all(&mut self, which: impl Fn(u32) -> bool) {
        for load in self.stack.iter().flatten().copied().filter(|&load| which(load)) {
            self.must_own[load as usize] = true;
        }
    }

    fn step(&mut self, instructions: &[Instruction], at: u32) {
        let Instruction { op, arg } = instructions[at as usize];
        match op.passage() {
            Passage::New => self.replace(op, arg),
            Passage::Loads => self.stack.push(Some(at)),
            Passage::Stores | Passage::Unbinds => {
                self.forget(op.pops(arg));
                self.own_all(|load| instructions[load as usize].arg == arg);
            }
            Passage::Copies => {
                let entry = self.stack.len().checked_sub(arg as usize).and_then(|entry| self.stack[entry]);
                self.stack.push(entry);
            }
            Passage::Swaps => self.swap(arg as usize),
            Passage::Binds => {
                let object = self.pop();
                self.forget(op.pops(arg) - 1);
                self.stack.extend((1..op.pushes(arg)).map(|_| None));
                self.stack.push(object);
            }
            Passage::Same => {}
            Passage::Stays => {
                if let Some(load) = self.pop() {
                    self.must_own[load as usize] = true;
                }
            }
        }
    }

    fn swap(&mut self, depth: usize) {
        let length = self.stack.len();
        if length >= depth {
            self.stack.swap(length - 1, length - depth);
        } else if let Some(top) = self.stack.last_mut() {
            // The other one was there before the block; the top goes where it is not followed.
            if let Some(load) = top.take() {
                self.must_own[load as usize] = true;
            }
        }
    }

    /// Pops and pushes as the table says. An entry that the instruction leaves in place keeps its origin.
    fn replace(&mut self, op: Op, arg: u32) {
        let (pops, pushes, left) = (op.pops(arg), op.pushes(arg), op.keeps(arg));
        self.forget(pops - left);
        self.stack.extend((left..pushes).map(|_| None));
    }
}
