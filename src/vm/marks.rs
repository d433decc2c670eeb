//! What is reported of each instruction of a unit: where its frame begins, where generators go on, where lines begin.
//!
//! A line begins (CPython: `initialize_lines`) at an instruction of another line than the one before it, at the target
//! of a jump from another line, and at the handler of an exception. Whether it is reported depends on the instruction
//! that was run before.

use crate::bytecode::{CodeUnit, Flow, Op, Operand};

bitflags::bitflags! {
    /// What is reported of an instruction.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Marks: u8 {
        /// The frame begins here; what is before makes cells and the generator.
        const START = 1;
        /// A generator goes on here.
        const RESUMES = 1 << 1;
        /// A line begins here.
        const LINE = 1 << 2;
        /// It is none of those before the beginning.
        const VISIBLE = 1 << 3;
        /// Control comes here without an exception, too.
        const WARM = 1 << 4;
        /// The jump back of a loop's test that stands once more at its end.
        const TESTS_AGAIN = 1 << 5;
    }
}

/// Returns the number of the instruction with which a frame begins.
pub fn start(unit: &CodeUnit) -> usize {
    let is_prologue = |index: usize| match unit.instructions[index].op {
        Op::CopyFree | Op::GeneratorStart => true,
        Op::MakeCell => unit.positions[index].is_inherited(),
        Op::Pop => index > 0 && unit.instructions[index - 1].op == Op::GeneratorStart,
        _ => false,
    };
    (0..unit.instructions.len()).find(|&index| !is_prologue(index)).unwrap_or(0)
}

/// Returns what is reported of each instruction.
pub fn of(unit: &CodeUnit) -> Vec<Marks> {
    let mut marks = vec![Marks::empty(); unit.instructions.len()];
    let line = |index: usize| unit.positions[index].line;
    let is_inherited = |index: usize| unit.positions[index].is_inherited();
    let mut begins_handling = vec![false; marks.len()];
    unit.handlers.iter().for_each(|handler| begins_handling[handler.target as usize] = true);
    let first = start(unit);
    marks[first] |= Marks::START;
    let mut current = 0;
    for index in first..marks.len() {
        marks[index] |= Marks::VISIBLE;
        if begins_handling[index] {
            // What begins to handle an exception has no line.
            current = 0;
        }
        if index == first || !is_inherited(index) {
            marks[index].set(Marks::LINE, index == first || line(index) != current);
            current = line(index);
        }
        match unit.instructions[index].op {
            Op::YieldFrom => marks[index] |= Marks::RESUMES,
            Op::Yield | Op::YieldAsync if index + 1 < marks.len() => marks[index + 1] |= Marks::RESUMES,
            _ => {}
        }
    }
    for (index, instruction) in unit.instructions.iter().enumerate().skip(first) {
        let target = instruction.arg as usize;
        let is_elsewhere = |target: usize| line(target) != line(index) || is_inherited(index);
        // The end of a loop is not marked, as what stands there in CPython's code begins no line.
        let jumps = instruction.op.operand().is_target() && instruction.op != Op::ForIter;
        if jumps && !is_inherited(target) && is_elsewhere(target) {
            marks[target] |= Marks::LINE;
        }
        if instruction.op == Op::BeginTest {
            marks[index] |= Marks::LINE;
        }
    }
    mark_warm(unit, &mut marks);
    mark_tests(unit, &mut marks);
    for handler in &unit.handlers {
        let target = handler.target as usize;
        marks[target].set(Marks::LINE, !is_inherited(target));
    }
    marks
}

/// Marks the instructions to which control comes without an exception.
fn mark_warm(unit: &CodeUnit, marks: &mut [Marks]) {
    let mut pending = vec![0];
    while let Some(index) = pending.pop() {
        if index >= marks.len() || marks[index].contains(Marks::WARM) {
            continue;
        }
        marks[index] |= Marks::WARM;
        let instruction = unit.instructions[index];
        let target = instruction.arg as usize;
        match instruction.op.flow() {
            Flow::Next => pending.push(index + 1),
            Flow::Stop => {}
            Flow::Jump => pending.push(target),
            Flow::Branch { .. } => pending.extend([index + 1, target]),
        }
    }
}

/// Marks the jumps back of tests that stand at the end of their loops, where each begins with an instruction of its own.
fn mark_tests(unit: &CodeUnit, marks: &mut [Marks]) {
    let mut begin = None;
    for (index, instruction) in unit.instructions.iter().enumerate() {
        match instruction.op {
            Op::BeginTest => begin = Some(index),
            op if op.operand() == Operand::Back => {
                let tests = begin.take().is_some_and(|begin| (instruction.arg as usize) <= begin);
                marks[index].set(Marks::TESTS_AGAIN, tests);
            }
            _ => {}
        }
    }
}
