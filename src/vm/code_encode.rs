//! Code as bytes: what `co_code`, `co_linetable` and `co_exceptiontable` show.
//!
//! The stack code is shown in units of two bytes as CPython's: the number of an operation and the low byte of
//! its operand. Higher bytes stand in units of their own before it, under the number `MORE`. Offsets
//! (`f_lasti`, `tb_lasti`, `co_lines`) count these bytes; the two tables have the form they have in CPython 3.11.
//! As there, all code begins with a unit that belongs to the line of the definition (`ENTER`); nothing is behind it.

use crate::bytecode::{CodeUnit, Flow, InstructionPosition, Operand};

/// Bytes of one unit.
pub const UNIT_BYTES: u32 = 2;
/// The operation of a unit that only contributes higher bytes to the operand of the next one.
const MORE: u8 = u8::MAX;
/// The operation of the first unit (CPython: RESUME).
const ENTER: u8 = u8::MAX - 1;
/// How many units there are before those of the first instruction.
const ENTER_UNITS: u32 = 1;

/// How many units an instruction with this operand takes.
fn units_of(arg: u32) -> u32 {
    (u32::BITS - arg.leading_zeros()).div_ceil(8).max(1)
}

/// Iterates over the entry of the code and each instruction, as `co_code` shows them.
/// Each item is the number of units and the position in the source, `None` if the instruction comes from no line.
pub fn units(unit: &CodeUnit) -> impl Iterator<Item = (u32, Option<InstructionPosition>)> {
    let instructions = unit.instructions.iter().zip(&unit.positions).map(|(one, &position)| {
        let position = if position.line == 0 { None } else { Some(position) };
        (units_of(one.arg), position)
    });
    std::iter::once((ENTER_UNITS, Some(entry_position(unit)))).chain(instructions)
}

/// Returns the position of the first unit: the line of the definition, or, for a module, the line before the
/// first.
pub fn entry_position(unit: &CodeUnit) -> InstructionPosition {
    let first = unit.first_line;
    let line = if &*unit.name == "<module>" { first.saturating_sub(1) } else { first };
    InstructionPosition { line, end_line: first, column: 0, end_column: 0 }
}

/// `co_code`.
pub fn code_bytes(unit: &CodeUnit) -> Vec<u8> {
    let mut bytes = Vec::with_capacity((unit.instructions.len() + 1) * UNIT_BYTES as usize);
    bytes.extend([ENTER, 0]);
    for instruction in &unit.instructions {
        for place in (1..units_of(instruction.arg)).rev() {
            bytes.extend([MORE, (instruction.arg >> (8 * place)) as u8]);
        }
        bytes.extend([instruction.op as u8, instruction.arg as u8]);
    }
    bytes
}

/// Returns the offsets of all instructions.
pub fn offsets(unit: &CodeUnit) -> Vec<u32> {
    let mut end = ENTER_UNITS;
    let each = unit.instructions.iter().map(|one| {
        end += units_of(one.arg);
        (end - 1) * UNIT_BYTES
    });
    each.collect()
}

/// Returns the ways that each conditional jump has: its offset, where control goes on if a condition holds that usually
/// does not lead elsewhere, and the other way.
pub fn branches(unit: &CodeUnit) -> Vec<[u32; 3]> {
    let offsets = offsets(unit);
    let at = |index: usize| offsets.get(index).copied().unwrap_or_default();
    let branch = |index: usize| {
        let instruction = unit.instructions[index];
        let Flow::Branch { .. } = instruction.op.flow() else { return None };
        let (next, target) = (at(index + 1), at(instruction.arg as usize));
        // At the end of a loop, the way back stays in it.
        let (left, right) =
            if instruction.op.operand() == Operand::Back { (target, next) } else { (next, target) };
        Some([at(index), left, right])
    };
    (0..unit.instructions.len()).filter_map(branch).collect()
}

/// Returns the offset of an instruction, which is that of its last unit.
pub fn offset_of(unit: &CodeUnit, instruction: u32) -> u32 {
    let units: u32 = unit.instructions[..=instruction as usize].iter().map(|one| units_of(one.arg)).sum();
    (ENTER_UNITS + units - 1) * UNIT_BYTES
}

/// Returns the instruction at an offset, if the code is that long.
pub fn instruction_at(unit: &CodeUnit, offset: i64) -> Option<u32> {
    let wanted = u32::try_from(offset).ok()? / UNIT_BYTES;
    let mut end = ENTER_UNITS;
    for (index, instruction) in (0..).zip(&unit.instructions) {
        end += units_of(instruction.arg);
        if wanted < end {
            return Some(index);
        }
    }
    None
}

/// Returns the unit at which each instruction begins, and the number of all units.
fn starts(unit: &CodeUnit) -> Vec<u32> {
    let mut at = ENTER_UNITS;
    let mut starts = vec![at];
    for instruction in &unit.instructions {
        at += units_of(instruction.arg);
        starts.push(at);
    }
    starts
}

/// How many units one entry of the table of positions covers at most.
const ENTRY_UNITS: u32 = 8;

/// Makes `co_linetable`: an entry for each instruction, in the long form with all numbers, or in the form
/// without position.
pub fn line_table(unit: &CodeUnit) -> Vec<u8> {
    let mut table = Vec::new();
    let mut line = unit.first_line;
    for (count, position) in units(unit) {
        debug_assert!(count <= ENTRY_UNITS, "an operand has four bytes");
        let kind: u8 = if position.is_none() { 15 } else { 14 };
        table.push(0x80 | kind << 3 | (count - 1) as u8);
        let Some(position) = position else { continue };
        let distance = i64::from(position.line) - i64::from(line);
        let signed = if distance < 0 { (-distance as u64) << 1 | 1 } else { (distance as u64) << 1 };
        push_low_first(&mut table, signed);
        push_low_first(&mut table, u64::from(position.end_line.saturating_sub(position.line)));
        push_low_first(&mut table, u64::from(position.column) + 1);
        push_low_first(&mut table, u64::from(position.end_column) + 1);
        line = position.line;
    }
    table
}

/// Makes `co_lnotab`: for each change of the line how many bytes and how many lines further.
pub fn line_steps(unit: &CodeUnit) -> Vec<u8> {
    let mut steps = Vec::new();
    let (mut line, mut bytes) = (unit.first_line, 0);
    for (count, position) in units(unit) {
        if let Some(position) = position.filter(|position| position.line != line) {
            let mut lines = i64::from(position.line) - i64::from(line);
            for _ in 0..bytes / 255 {
                steps.extend([255, 0]);
            }
            bytes %= 255;
            loop {
                let step = lines.clamp(-128, 127);
                steps.extend([bytes as u8, step as i8 as u8]);
                (lines, bytes) = (lines - step, 0);
                if lines == 0 {
                    break;
                }
            }
            line = position.line;
        }
        bytes += count * UNIT_BYTES;
    }
    steps
}

/// Appends a number in groups of six bits, the low ones first; bit 64 says that more follow.
fn push_low_first(table: &mut Vec<u8>, mut number: u64) {
    while number >= 64 {
        table.push(64 | (number & 63) as u8);
        number >>= 6;
    }
    table.push(number as u8);
}

/// `co_exceptiontable`: start, length, target and depth of each range, in units.
pub fn exception_table(unit: &CodeUnit) -> Vec<u8> {
    let starts = starts(unit);
    let mut table = Vec::new();
    for handler in &unit.handlers {
        let (start, end) = (starts[handler.start as usize], starts[handler.end as usize]);
        let first = table.len();
        push_high_first(&mut table, start);
        table[first] |= 0x80;
        push_high_first(&mut table, end - start);
        push_high_first(&mut table, starts[handler.target as usize]);
        push_high_first(&mut table, handler.depth << 1);
    }
    table
}

/// Appends a number in groups of six bits, the high ones first; bit 64 says that more follow.
fn push_high_first(table: &mut Vec<u8>, number: u32) {
    let parts = (u32::BITS - number.leading_zeros()).div_ceil(6).max(1);
    for part in (0..parts).rev() {
        let more = if part > 0 { 64 } else { 0 };
        table.push(more | (number >> (6 * part) & 63) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_operands_take_more_units() {
        assert_eq!([0, 255, 256, 65_536, u32::MAX].map(units_of), [1, 1, 2, 3, 4]);
    }

    #[test]
    fn numbers_are_split_into_parts_of_six_bits() {
        let (mut low, mut high) = (Vec::new(), Vec::new());
        push_low_first(&mut low, 200);
        push_high_first(&mut high, 200);
        assert_eq!((low, high), (vec![64 | 8, 3], vec![64 | 3, 8]));
    }
}
