//! Shows a unit for people: what `--dis` prints and golden tests compare.
//!
//! One instruction a line: source line where it changes, a mark on jump targets, index, name,
//! operand and what it means; then the exception table, then the units among the constants.

use std::fmt::Write;

use super::operand::{awaited, conversion, function_flags, intrinsic, raised_class, unpack_counts};
use super::{CodeUnit, Const, Instruction, Operand};

/// Returns the readable form of a unit and of those inside it.
pub fn disassemble(unit: &CodeUnit) -> String {
    let mut out = String::new();
    write_unit(&mut out, unit).expect("writing to a string cannot fail");
    out
}

fn write_unit(out: &mut String, unit: &CodeUnit) -> std::fmt::Result {
    write!(out, "code {} ({}:{})", unit.qualname, unit.filename, unit.first_line)?;
    write!(out, " stack {}", unit.max_stack)?;
    write_names(out, "locals", unit.local_names.iter().map(|name| &**name))?;
    write_names(out, "cells", unit.cell_names.iter().map(|cell| &*cell.name))?;
    write_names(out, "free", unit.free_names.iter().map(|name| &**name))?;
    writeln!(out)?;
    let mut is_target = vec![false; unit.instructions.len()];
    for instruction in unit.instructions.iter().filter(|one| one.op.operand().is_target()) {
        is_target[instruction.arg as usize] = true;
    }
    for handler in &unit.handlers {
        is_target[handler.target as usize] = true;
    }
    let mut last_line = 0;
    for (index, (instruction, position)) in unit.instructions.iter().zip(&unit.positions).enumerate() {
        let line = if position.line == last_line { String::new() } else { position.line.to_string() };
        last_line = position.line;
        let mark = if is_target[index] { ">>" } else { "  " };
        let text = format!("{line:>5} {mark} {index:>4} {}", describe(unit, *instruction));
        writeln!(out, "{}", text.trim_end())?;
    }
    for handler in &unit.handlers {
        let last = handler.end - 1;
        writeln!(out, "  {} to {last} -> {} keeping {}", handler.start, handler.target, handler.depth)?;
    }
    for inner in unit.consts.iter().filter_map(|constant| match constant {
        Const::Code(inner) => Some(inner),
        _ => None,
    }) {
        writeln!(out)?;
        write_unit(out, inner)?;
    }
    Ok(())
}

fn write_names<'a>(
    out: &mut String,
    what: &str,
    names: impl ExactSizeIterator<Item = &'a str>,
) -> std::fmt::Result {
    if names.len() == 0 {
        return Ok(());
    }
    write!(out, ", {what}")?;
    names.into_iter().try_for_each(|name| write!(out, " {name}"))
}

/// Returns an instruction as text: its name, its operand and what that stands for.
pub fn describe(unit: &CodeUnit, instruction: Instruction) -> String {
    let Instruction { op, arg } = instruction;
    let meaning = match op.operand() {
        Operand::Unused => return op.name().to_owned(),
        Operand::Const => show(&unit.consts[arg as usize]),
        Operand::Local => unit.local_names[arg as usize].to_string(),
        Operand::Cell | Operand::OwnCell => unit.cell_name(arg).to_string(),
        Operand::Name => unit.names[arg as usize].to_string(),
        Operand::Forward | Operand::Back => format!("to {arg}"),
        Operand::Count | Operand::NamedCount | Operand::FreeCount => arg.to_string(),
        Operand::SliceParts | Operand::RaiseParts | Operand::UnpackedFlag => arg.to_string(),
        Operand::Depth | Operand::SwapDepth => arg.to_string(),
        Operand::Intrinsic => intrinsic::NAMES[arg as usize].to_owned(),
        Operand::ErrorClass => match arg {
            raised_class::ASSERTION => "AssertionError",
            _ => "NotImplementedError",
        }
        .to_owned(),
        Operand::Awaited => match arg {
            awaited::ENTER => "__aenter__",
            awaited::EXIT => "__aexit__",
            _ => return op.name().to_owned(),
        }
        .to_owned(),
        Operand::Function => function(arg),
        Operand::Format => format(arg),
        Operand::Unpack => {
            let (before, after) = unpack_counts(arg);
            format!("{before} * {after}")
        }
    };
    format!("{:<20} {meaning}", op.name())
}

fn function(arg: u32) -> String {
    let all = [
        (function_flags::DEFAULTS, "defaults"),
        (function_flags::KEYWORD_DEFAULTS, "keyword defaults"),
        (function_flags::ANNOTATE, "annotate"),
        (function_flags::CLOSURE, "closure"),
    ];
    let given: Vec<_> = all.iter().filter(|(flag, _)| arg & flag != 0).map(|(_, name)| *name).collect();
    given.join(", ")
}

fn format(arg: u32) -> String {
    let how = match arg & conversion::MASK {
        conversion::STR => "str",
        conversion::REPR => "repr",
        conversion::ASCII => "ascii",
        _ => "plain",
    };
    let spec = if arg & conversion::HAS_SPEC != 0 { " with spec" } else { "" };
    format!("{how}{spec}")
}

/// Returns a constant roughly as Python writes it.
fn show(constant: &Const) -> String {
    let all = |items: &[Const]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match constant {
        Const::None => "None".to_owned(),
        Const::True => "True".to_owned(),
        Const::False => "False".to_owned(),
        Const::Ellipsis => "...".to_owned(),
        Const::Int(value) => value.to_string(),
        Const::BigInt(value) => value.to_string(),
        Const::Float(value) => format!("{value:?}"),
        Const::Complex(real, imag) if real.to_bits() == 0 => format!("{imag:?}j"),
        Const::Complex(real, imag) => format!("({real:?}{imag:+?}j)"),
        Const::Str(text) => format!("{text:?}"),
        Const::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", all(items)),
        Const::Tuple(items) => format!("({})", all(items)),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", all(items)),
        Const::Code(unit) => format!("<code {}>", unit.qualname),
    }
}
