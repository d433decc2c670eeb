//! Verifies the code of a unit, and computes the depth of the operand stack at every instruction.
//!
//! What is checked: operands are in range, jumps go where their names say, every instruction is always reached with
//! the same depth and never pops below the bottom or, under a handler, below what the handler keeps, control never
//! runs off the end, and the tables fit together. The interpreter runs only units of which it holds a `Verified`.

use std::fmt;
use std::ops::Range;

use super::operand::{Effect, awaited, conversion, function_flags, intrinsic, raised_class, unpacked};
use super::{CodeFlags, CodeUnit, Const, Flow, Handler, Instruction, Op, Operand};

/// A unit that is sound, with the depth of the stack before every instruction.
#[derive(Clone, Debug)]
pub struct Verified<'unit> {
    unit: &'unit CodeUnit,
    depths: Vec<u32>,
}

/// The depth of an instruction that is never reached.
const UNREACHED: u32 = u32::MAX;

impl<'unit> Verified<'unit> {
    /// Returns the unit.
    pub fn unit(&self) -> &'unit CodeUnit {
        self.unit
    }

    /// Returns the depth of the stack before an instruction, if that is ever reached.
    pub fn depth(&self, index: u32) -> Option<u32> {
        Some(self.depths[index as usize]).filter(|&depth| depth != UNREACHED)
    }
}

/// Why a unit is not sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The instruction at fault.
    pub index: u32,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "malformed at instruction {}: {}", self.index, self.problem)
    }
}

/// Proves that a unit is sound; code among its constants is not looked into.
pub fn verify(unit: &CodeUnit) -> Result<Verified<'_>, Malformed> {
    check_tables(unit)?;
    for index in 0..unit.instructions.len() as u32 {
        check_operand(unit, index)?;
    }
    let mut depths = Depths {
        unit,
        depths: vec![UNREACHED; unit.instructions.len()],
        pending: Vec::new(),
        handler: None,
        section: 0..0,
    };
    depths.jump(0, 0)?;
    while let Some(mut index) = depths.pending.pop() {
        while depths.step(index)? {
            index += 1;
        }
    }
    Ok(Verified { unit, depths: depths.depths })
}

fn ensure(holds: bool, index: u32, problem: &'static str) -> Result<(), Malformed> {
    if holds { Ok(()) } else { Err(Malformed { index, problem }) }
}

fn check_tables(unit: &CodeUnit) -> Result<(), Malformed> {
    let length = unit.instructions.len() as u32;
    ensure(length > 0, 0, "there are no instructions")?;
    ensure(unit.positions.len() as u32 == length, 0, "the positions are not parallel")?;
    ensure(unit.posonly_count <= unit.arg_count, 0, "there are fewer parameters than positional ones")?;
    let parameters = unit.parameter_slots();
    ensure(parameters as usize <= unit.local_names.len(), 0, "a parameter has no local")?;
    let starts_well = |cell: &super::CellName| cell.parameter.is_none_or(|local| local < parameters);
    ensure(unit.cell_names.iter().all(starts_well), 0, "a cell starts from what is no parameter")?;
    let mut end = 0;
    for &Handler { start, end: next_end, target, .. } in &unit.handlers {
        let is_ordered = end <= start && start < next_end && next_end <= length;
        ensure(is_ordered, start, "the handlers are out of order")?;
        ensure(target < length, start, "a handler is past the end")?;
        end = next_end;
    }
    Ok(())
}

/// The largest count an operand may have. No stack is that deep, and sums of such counts do not overflow.
const LARGEST_COUNT: u32 = 1 << 24;

fn check_operand(unit: &CodeUnit, index: u32) -> Result<(), Malformed> {
    let Instruction { op, arg } = unit.instructions[index as usize];
    let below = |length: usize| (arg as usize) < length;
    let (holds, problem) = match op.operand() {
        Operand::Unused => (arg == 0, "it has an operand"),
        Operand::Const => (below(unit.consts.len()), "there is no such constant"),
        Operand::Local => (below(unit.local_names.len()), "there is no such local"),
        Operand::Cell => (below(unit.cell_names.len() + unit.free_names.len()), "there is no such cell"),
        Operand::OwnCell => (below(unit.cell_names.len()), "there is no such cell"),
        Operand::Name => (below(unit.names.len()), "there is no such name"),
        Operand::Forward => (below(unit.instructions.len()) && arg > index, "the jump goes astray"),
        Operand::Back => (arg <= index, "the jump goes astray"),
        Operand::Count => (arg < LARGEST_COUNT, "the count is too large"),
        Operand::NamedCount => match loaded_before(unit, index) {
            Some(Const::Tuple(names)) => {
                let are_names = names.iter().all(|name| matches!(name, Const::Str(_)));
                let fit = are_names && names.len() <= arg as usize && arg < LARGEST_COUNT;
                (fit, "the names of the arguments do not fit")
            }
            _ => (false, "the names of the arguments are missing"),
        },
        Operand::FreeCount => (arg as usize == unit.free_names.len(), "a free variable is missing"),
        Operand::SliceParts => (arg == 2 || arg == 3, "a slice has two or three parts"),
        Operand::RaiseParts => (arg <= 2, "an exception and its cause are two"),
        Operand::UnpackedFlag => (arg <= 1, "there is no such flag"),
        Operand::Depth => ((1..LARGEST_COUNT).contains(&arg), "the depth is out of range"),
        Operand::SwapDepth => ((2..LARGEST_COUNT).contains(&arg), "the depth is out of range"),
        Operand::Function => match loaded_before(unit, index) {
            Some(Const::Code(inner)) => {
                let has_closure = arg & function_flags::CLOSURE != 0;
                (arg < 16 && has_closure != inner.free_names.is_empty(), "the closure does not fit the code")
            }
            _ => (false, "the code of the function is missing"),
        },
        Operand::Format => (arg <= conversion::MASK | conversion::HAS_SPEC, "there is no such conversion"),
        Operand::Intrinsic => (arg <= intrinsic::TEMPLATE, "there is no such operation"),
        Operand::ErrorClass => (arg <= raised_class::NOT_IMPLEMENTED, "there is no such class"),
        Operand::Awaited => (arg <= awaited::EXIT, "nothing else is awaited"),
        Operand::Unpack => (unpacked(arg) < LARGEST_COUNT, "the count is too large"),
    };
    ensure(holds, index, problem)?;
    let may_suspend = op.effect() != Effect::Suspends || unit.flags.intersects(CodeFlags::SUSPENDS);
    ensure(may_suspend, index, "only a generator can be suspended")
}

/// Returns the constant that the instruction before `index` loads, if it loads one.
fn loaded_before(unit: &CodeUnit, index: u32) -> Option<&Const> {
    let before = unit.instructions[index.checked_sub(1)? as usize];
    unit.consts.get(before.arg as usize).filter(|_| before.op == Op::LoadConst)
}

/// The walk along all paths.
struct Depths<'unit> {
    unit: &'unit CodeUnit,
    depths: Vec<u32>,
    pending: Vec<u32>,
    /// The handler that covers the instruction looked at last; it covers all of `section`.
    handler: Option<Handler>,
    section: Range<u32>,
}

impl Depths<'_> {
    /// Records the depth with which control reaches an instruction. Returns true if it was not reached before.
    fn reach(&mut self, index: u32, depth: u32) -> Result<bool, Malformed> {
        let Some(known) = self.depths.get_mut(index as usize) else {
            return Err(Malformed { index: index - 1, problem: "control runs off the end" });
        };
        let is_first = *known == UNREACHED;
        if is_first {
            ensure(depth <= self.unit.max_stack, index, "the stack is deeper than its maximum")?;
            *known = depth;
        }
        ensure(*known == depth, index, "it is reached with different depths")?;
        Ok(is_first)
    }

    fn jump(&mut self, index: u32, depth: u32) -> Result<(), Malformed> {
        if self.reach(index, depth)? {
            self.pending.push(index);
        }
        Ok(())
    }

    fn handler_at(&mut self, index: u32) -> Option<Handler> {
        if !self.section.contains(&index) {
            let handlers = &self.unit.handlers;
            let after = handlers.partition_point(|handler| handler.start <= index);
            let next = handlers.get(after).map_or(u32::MAX, |handler| handler.start);
            (self.section, self.handler) = match handlers[..after].last() {
                Some(&handler) if index < handler.end => (handler.start..handler.end, Some(handler)),
                Some(handler) => (handler.end..next, None),
                None => (0..next, None),
            };
        }
        self.handler
    }

    /// Follows an instruction to its successors. Returns true if the next instruction must be looked at too.
    fn step(&mut self, index: u32) -> Result<bool, Malformed> {
        let instruction = self.unit.instructions[index as usize];
        let (op, arg) = (instruction.op, instruction.arg);
        let below = self.depths[index as usize].checked_sub(op.pops(arg));
        let Some(below) = below else {
            return Err(Malformed { index, problem: "it pops from an empty stack" });
        };
        if let Some(Handler { target, depth, .. }) = self.handler_at(index) {
            ensure(depth <= below + op.keeps(arg), index, "it pops what its handler keeps")?;
            self.jump(target, depth + 1)?;
        }
        match op.flow() {
            Flow::Next => self.reach(index + 1, below + op.pushes(arg)),
            Flow::Stop => Ok(false),
            Flow::Jump => self.jump(arg, below + op.pushes(arg)).map(|()| false),
            Flow::Branch { pushes, .. } => {
                self.jump(arg, below + pushes)?;
                self.reach(index + 1, below + op.pushes(arg))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::InstructionPosition;

    fn unit(code: &[(Op, u32)]) -> CodeUnit {
        CodeUnit {
            name: "f".into(),
            qualname: "f".into(),
            filename: "f.mv".into(),
            typed_text: None,
            first_line: 1,
            posonly_count: 0,
            arg_count: 0,
            kwonly_count: 0,
            flags: CodeFlags::empty(),
            local_names: vec!["x".into()],
            cell_names: Vec::new(),
            free_names: Vec::new(),
            inner_variables: Vec::new(),
            names: Vec::new(),
            consts: vec![Const::None],
            instructions: code.iter().map(|&(op, arg)| Instruction::new(op, arg)).collect(),
            positions: vec![InstructionPosition::default(); code.len()],
            passed_lines: Vec::new(),
            handlers: Vec::new(),
            max_stack: 2,
            docstring: None,
            self_attrs: 0,
        }
    }

    fn problem(code: &[(Op, u32)]) -> &'static str {
        verify(&unit(code)).map(|_| "").unwrap_or_else(|malformed| malformed.problem)
    }

    #[test]
    fn depths_are_known_after_proof() {
        let unit = unit(&[(Op::LoadConst, 0), (Op::Return, 0), (Op::Nop, 0)]);
        let verified = verify(&unit).unwrap();
        assert_eq!([0, 1, 2].map(|index| verified.depth(index)), [Some(0), Some(1), None]);
    }

    #[test]
    fn malformed_code_is_refused() {
        assert_eq!(problem(&[]), "there are no instructions");
        assert_eq!(problem(&[(Op::LoadConst, 1)]), "there is no such constant");
        assert_eq!(problem(&[(Op::LoadLocal, 1)]), "there is no such local");
        assert_eq!(problem(&[(Op::LoadConst, 0)]), "control runs off the end");
        assert_eq!(problem(&[(Op::Return, 0)]), "it pops from an empty stack");
        assert_eq!(problem(&[(Op::Jump, 0)]), "the jump goes astray");
        assert_eq!(
            problem(&[(Op::LoadConst, 0), (Op::Call, 0), (Op::Yield, 0)]),
            "only a generator can be suspended"
        );
        let push = (Op::LoadConst, 0);
        assert_eq!(problem(&[push, push, push, (Op::Return, 0)]), "the stack is deeper than its maximum");
        let join = [push, (Op::PopJumpIfTrue, 3), push, push, (Op::Return, 0)];
        assert_eq!(problem(&join), "it is reached with different depths");
        assert_eq!(problem(&[push, (Op::CallKeywords, 0)]), "the names of the arguments are missing");
    }

    #[test]
    fn a_handler_keeps_its_part_of_the_stack() {
        let mut unit = unit(&[(Op::LoadConst, 0), (Op::Pop, 0), (Op::LoadConst, 0), (Op::Return, 0)]);
        unit.handlers.push(Handler { start: 1, end: 2, target: 3, depth: 0 });
        assert!(verify(&unit).is_ok());
        unit.handlers[0].depth = 1;
        assert_eq!(verify(&unit).unwrap_err().problem, "it pops what its handler keeps");
    }
}
