//! Which loads of locals may find them unbound.
//!
//! Forward flow of a set: the locals that may be unbound. It grows where paths meet and at `del`,
//! and shrinks at a store and at a load that has succeeded. A handler may be entered from anywhere
//! in the blocks it covers.

use super::blocks::Blocks;
use crate::bytecode::{Flow, Instruction, Op, Operand, Passage};

/// The sets of all blocks, one row of bits for each.
struct Sets {
    words: usize,
    rows: Vec<u64>,
    is_reached: Vec<bool>,
    pending: Vec<u32>,
}

impl Sets {
    fn row(&self, block: u32) -> &[u64] {
        &self.rows[block as usize * self.words..][..self.words]
    }

    /// Adds a set to that of a block. If that set grows, the block is put on the list of blocks to look at
    /// again.
    fn merge(&mut self, block: u32, set: &[u64]) {
        let row = &mut self.rows[block as usize * self.words..][..self.words];
        let mut has_changed = !std::mem::replace(&mut self.is_reached[block as usize], true);
        for (word, more) in row.iter_mut().zip(set) {
            has_changed |= *word | more != *word;
            *word |= more;
        }
        if has_changed {
            self.pending.push(block);
        }
    }
}

/// Rewrites the loads of locals: a load keeps its check only where the local may be unbound.
pub(in crate::compile) fn find_unbound_loads(
    instructions: &mut [Instruction],
    blocks: &Blocks,
    locals: usize,
    parameters: usize,
) {
    let words = locals.div_ceil(64);
    let mut sets = Sets {
        words,
        rows: vec![0; words * blocks.len()],
        is_reached: vec![false; blocks.len()],
        pending: Vec::new(),
    };
    let mut entry = vec![0u64; words];
    (parameters..locals).for_each(|local| entry[local / 64] |= 1 << (local % 64));
    sets.merge(0, &entry);
    while let Some(block) = sets.pending.pop() {
        flow_through(instructions, blocks, block, &mut sets);
    }
    for (index, block) in (0..).zip(blocks.iter()) {
        let mut unbound = sets.row(index).to_vec();
        for instruction in &mut instructions[block.start as usize..block.end as usize] {
            if instruction.op.passage() == Passage::Loads {
                let local = instruction.arg as usize;
                let may_be_unbound = unbound[local / 64] >> (local % 64) & 1 != 0;
                instruction.op = if may_be_unbound { Op::LoadLocalCheck } else { Op::LoadLocal };
            }
            step(*instruction, &mut unbound);
        }
    }
}

/// Applies an instruction to the set of locals that may be unbound.
fn step(instruction: Instruction, unbound: &mut [u64]) {
    if instruction.op.operand() != Operand::Local {
        return;
    }
    let (word, bit) = (instruction.arg as usize / 64, 1 << (instruction.arg % 64));
    if instruction.op.passage() == Passage::Unbinds {
        unbound[word] |= bit;
    } else {
        unbound[word] &= !bit;
    }
}

fn flow_through(instructions: &[Instruction], blocks: &Blocks, index: u32, sets: &mut Sets) {
    let block = blocks.get(index);
    let mut unbound = sets.row(index).to_vec();
    if let Some(handler) = block.handler {
        sets.merge(handler, &unbound);
    }
    for at in block.start..block.end {
        let instruction = instructions[at as usize];
        step(instruction, &mut unbound);
        if let Some(handler) = block.handler
            && instruction.op.passage() == Passage::Unbinds
        {
            sets.merge(handler, &unbound);
        }
        match instruction.op.flow() {
            Flow::Next if at + 1 == block.end => sets.merge(blocks.starting_at(at + 1), &unbound),
            Flow::Next | Flow::Stop => {}
            Flow::Jump => sets.merge(blocks.starting_at(instruction.arg), &unbound),
            Flow::Branch { .. } => {
                sets.merge(blocks.starting_at(instruction.arg), &unbound);
                sets.merge(blocks.starting_at(at + 1), &unbound);
            }
        }
    }
}
