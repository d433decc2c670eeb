//! Basic blocks: runs of instructions that are entered at the top only and left at the bottom.
//!
//! A block lies under one handler or none, so an exception leaves it to one place.

use crate::bytecode::{Flow, Handler, Instruction};

/// One basic block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::compile) struct Block {
    /// Its first instruction.
    pub start: u32,
    /// Just past its last instruction.
    pub end: u32,
    /// The block that handles its exceptions.
    pub handler: Option<u32>,
}

/// The blocks of a unit, in the order of the code.
pub(in crate::compile) struct Blocks {
    blocks: Vec<Block>,
    /// For each instruction that begins a block, the index of that block.
    starting_at: Vec<u32>,
}

impl Blocks {
    /// Divides code into blocks.
    pub(in crate::compile) fn new(instructions: &[Instruction], handlers: &[Handler]) -> Self {
        let mut is_leader = vec![false; instructions.len() + 1];
        is_leader[0] = true;
        for (at, instruction) in instructions.iter().enumerate() {
            if instruction.op.operand().is_target() {
                is_leader[instruction.arg as usize] = true;
            }
            is_leader[at + 1] |= instruction.op.flow() != Flow::Next;
        }
        for handler in handlers {
            for at in [handler.start, handler.end, handler.target] {
                is_leader[at as usize] = true;
            }
        }
        let mut starting_at = vec![u32::MAX; instructions.len()];
        let mut blocks: Vec<Block> = Vec::new();
        for (at, _) in is_leader[..instructions.len()].iter().enumerate().filter(|(_, leads)| **leads) {
            if let Some(last) = blocks.last_mut() {
                last.end = at as u32;
            }
            starting_at[at] = blocks.len() as u32;
            blocks.push(Block { start: at as u32, end: instructions.len() as u32, handler: None });
        }
        let mut table = handlers.iter().peekable();
        for block in &mut blocks {
            while table.next_if(|handler| handler.end <= block.start).is_some() {}
            let covering = table.peek().filter(|handler| handler.start <= block.start);
            block.handler = covering.map(|handler| starting_at[handler.target as usize]);
        }
        Blocks { blocks, starting_at }
    }

    /// Returns every block.
    pub(in crate::compile) fn iter(&self) -> impl Iterator<Item = Block> {
        self.blocks.iter().copied()
    }

    /// Returns the number of blocks.
    pub(in crate::compile) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// Returns a block.
    pub(in crate::compile) fn get(&self, index: u32) -> Block {
        self.blocks[index as usize]
    }

    /// Returns the block that begins at an instruction.
    pub(in crate::compile) fn starting_at(&self, instruction: u32) -> u32 {
        self.starting_at[instruction as usize]
    }
}
