//! From the assembler to the finished unit.
//!
//! Labels become indices, instructions without effect and constants that are no longer used are dropped, spans become
//! lines and columns, handlers become ranges of instructions. Then the flow analyses choose the instructions that
//! load locals.

use super::unit::Unit;
use crate::bytecode::{CodeFlags, CodeUnit, Const, Handler, Instruction, InstructionPosition};
use crate::compile::assembler::{Assembler, Emitted};
use crate::compile::flow::assigned::find_unbound_loads;
use crate::compile::flow::blocks::Blocks;
use crate::compile::flow::borrow::borrow_loads;
use crate::compile::flow::thread_jumps::{drop_useless, invert_jumps, thread_jumps};
use crate::source::{SourceText, Span};

/// Makes the code unit of a unit that is complete.
pub(super) fn finish(unit: Unit<'_>, source: &SourceText) -> CodeUnit {
    let inner_variables = unit.inner_variables();
    let mut asm = unit.asm;
    let mut handlers = resolve_labels(&mut asm);
    let mut code = std::mem::take(&mut asm.code);
    thread_jumps(&mut code);
    drop_useless(&mut code, &mut handlers);
    invert_jumps(&mut code, &handlers);
    drop_useless(&mut code, &mut handlers);
    let consts = used_consts(&mut code, &asm.consts);
    let handlers = handler_table(&code, &handlers);
    let mut instructions: Vec<_> =
        code.iter().map(|emitted| Instruction::new(emitted.op, emitted.arg)).collect();
    let (posonly_count, arg_count, kwonly_count) = unit.parameters;

    if !unit.local_names.is_empty() {
        let blocks = Blocks::new(&instructions, &handlers);
        let stars = unit.flags & (CodeFlags::VARARGS | CodeFlags::VARKEYWORDS);
        let parameters = arg_count + kwonly_count + stars.bits().count_ones();
        find_unbound_loads(&mut instructions, &blocks, unit.local_names.len(), parameters as usize);
        borrow_loads(&mut instructions, &blocks);
    }
    let finished = CodeUnit {
        name: unit.name,
        qualname: unit.qualname,
        filename: source.name().clone(),
        typed_text: source.is_typed().then(|| source.clone()),
        first_line: unit.first_line,
        posonly_count,
        arg_count,
        kwonly_count,
        flags: unit.flags,
        local_names: unit.local_names,
        cell_names: unit.cell_names,
        free_names: unit.free_names,
        inner_variables,
        names: asm.names,
        consts,
        instructions,
        positions: positions(&code, unit.first_line, source),
        passed_lines: passed_lines(&code, source),
        handlers,
        max_stack: asm.max_depth,
        docstring: unit.docstring,
        self_attrs: unit.self_attrs.len() as u32,
    };
    #[cfg(debug_assertions)]
    if let Err(malformed) = crate::bytecode::verify(&finished) {
        panic!("the compiler made code that is {malformed}\n{}", crate::bytecode::disassemble(&finished));
    }
    finished
}

/// Replaces labels by indices of instructions; returns target and stack depth of each handler.
fn resolve_labels(asm: &mut Assembler) -> Vec<(u32, u32)> {
    let mut code = std::mem::take(&mut asm.code);
    for emitted in code.iter_mut().filter(|emitted| emitted.op.operand().is_target()) {
        emitted.arg = asm.position_of(crate::compile::assembler::Label(emitted.arg));
    }
    asm.code = code;
    asm.handlers.iter().map(|&(label, depth)| (asm.position_of(label), depth)).collect()
}

/// Returns the constants that the code uses, and renumbers them in the code.
fn used_consts(code: &mut [Emitted], consts: &[Const]) -> Vec<Const> {
    let mut renumbered = vec![u32::MAX; consts.len()];
    let mut used = Vec::new();
    for emitted in code.iter_mut().filter(|emitted| emitted.op.operand().is_constant()) {
        let index = &mut renumbered[emitted.arg as usize];
        if *index == u32::MAX {
            *index = used.len() as u32;
            used.push(consts[emitted.arg as usize].clone());
        }
        emitted.arg = *index;
    }
    used
}

/// Makes the exception table: an entry for each run of instructions with the same handler.
fn handler_table(code: &[Emitted], handlers: &[(u32, u32)]) -> Vec<Handler> {
    let mut table: Vec<Handler> = Vec::new();
    let mut start = 0;
    for run in code.chunk_by(|a, b| a.handler == b.handler) {
        let end = start + run.len() as u32;
        if let Some(handler) = run[0].handler.0 {
            let (target, depth) = handlers[handler as usize];
            table.push(Handler { start, end, target, depth });
        }
        start = end;
    }
    table
}

/// Returns the lines of the statements that jumps pass.
fn passed_lines(code: &[Emitted], source: &SourceText) -> Vec<(u32, u32)> {
    let passing = (0..).zip(code).filter(|(_, emitted)| emitted.passes != Span::default());
    passing.map(|(index, emitted)| (index, source.line(emitted.passes.start))).collect()
}

/// Returns the position of each instruction. One without a span gets the line of the one before it.
fn positions(code: &[Emitted], first_line: u32, source: &SourceText) -> Vec<InstructionPosition> {
    let mut last = InstructionPosition { line: first_line, end_line: first_line, column: 0, end_column: 0 };
    let mut last_span = Span::default();
    let mut positions = Vec::with_capacity(code.len());
    for emitted in code {
        let span = emitted.span;
        if span == Span::default() {
            last = InstructionPosition { end_line: last.line, column: 0, end_column: 0, ..last };
        } else if span != last_span {
            let (start, end) = (source.position(span.start), source.position(span.end));
            last = if span.is_empty() {
                InstructionPosition { line: start.line, end_line: start.line, column: 0, end_column: 0 }
            } else {
                InstructionPosition {
                    line: start.line,
                    end_line: end.line,
                    column: start.column,
                    end_column: end.column,
                }
            };
        }
        last_span = span;
        positions.push(last);
    }
    positions
}
