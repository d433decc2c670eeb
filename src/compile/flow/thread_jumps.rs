//! Jumps that lead to jumps, and code that nothing leads to.
//!
//! Targets are indices of instructions here, and stay so; dropping instructions moves them.

use crate::bytecode::{Flow, Op, Operand};
use crate::compile::assembler::Emitted;
use crate::source::Span;

/// The most steps that are followed along a chain of jumps: 16, so that hostile chains cost no more than long
/// ones.
const MAX_STEPS: usize = 16;

/// Makes every jump go directly to where a chain of jumps ends.
pub(in crate::compile) fn thread_jumps(code: &mut [Emitted]) {
    for at in 0..code.len() {
        for _ in 0..MAX_STEPS {
            if !code[at].op.operand().is_target() {
                break;
            }
            let target = code[at].arg as usize;
            let Some((op, arg)) = shorter(code[at].op, code[target], target) else { break };
            if code[at].passes == Span::default() && code[target].op.flow() == Flow::Jump {
                code[at].passes = code[target].span;
            }
            code[at].op = op;
            code[at].arg = arg;
        }
    }
}

/// Turns a conditional jump over a jump into one conditional jump: `if c: continue`. It notes the statement that it
/// passes by, which has no instruction of its own any more.
pub(in crate::compile) fn invert_jumps(code: &mut [Emitted], handlers: &[(u32, u32)]) {
    let mut is_target = vec![false; code.len() + 1];
    let targets = code.iter().filter(|emitted| emitted.op.operand().is_target());
    let targets = targets.map(|emitted| emitted.arg).chain(handlers.iter().map(|&(target, _)| target));
    targets.for_each(|target| is_target[target as usize] = true);
    for at in 0..code.len().saturating_sub(1) {
        let next = code[at + 1];
        let Flow::Branch { on, pushes } = code[at].op.flow() else { continue };
        if next.op.flow() != Flow::Jump {
            continue;
        }
        let inverted = on.inverted().and_then(|on| Op::branch(on, next.op.operand(), pushes));
        let Some(inverted) = inverted else { continue };
        if code[at].arg as usize == at + 2 && !is_target[at + 1] {
            code[at].op = inverted;
            code[at].arg = next.arg;
            code[at].passes = next.span;
            code[at + 1].op = Op::Nop;
            code[at + 1].arg = 0;
        }
    }
}

/// Returns a jump that does in one step what `op` followed by the jump `next`, which stands at `at`, does.
fn shorter(op: Op, next: Emitted, at: usize) -> Option<(Op, u32)> {
    let after = at as u32 + 1;
    let goes_on = (op, next.arg);
    if op.operand() != Operand::Forward {
        return None;
    }
    match (op.flow(), next.op.flow()) {
        (_, Flow::Jump) if next.op.operand() == Operand::Forward => Some(goes_on),
        (Flow::Jump, Flow::Jump) => Some((next.op, next.arg)),
        (Flow::Branch { on, pushes }, Flow::Jump) => {
            Some((Op::branch(on, next.op.operand(), pushes)?, next.arg))
        }
        // The value is still there, and asked again: the answer is known.
        (Flow::Branch { on, pushes: 1 }, Flow::Branch { on: again, pushes }) => {
            if on == again && pushes == 1 {
                Some(goes_on)
            } else if on == again && next.op.operand() == Operand::Forward {
                Some((Op::branch(on, Operand::Forward, 0)?, next.arg))
            } else if on.inverted() == Some(again) {
                Some((Op::branch(on, Operand::Forward, 0)?, after))
            } else {
                None
            }
        }
        (Flow::Jump, Flow::Branch { .. } | Flow::Next | Flow::Stop) => None,
        (Flow::Branch { .. }, Flow::Branch { .. } | Flow::Next | Flow::Stop) => None,
        (Flow::Next | Flow::Stop, _) => None,
    }
}

/// Drops unreachable instructions and jumps to the next one; `handlers` are targets and depths. Of a statement that is
/// such a jump the line stays.
pub(in crate::compile) fn drop_useless(code: &mut Vec<Emitted>, handlers: &mut [(u32, u32)]) {
    let mut is_kept = reachable(code, handlers);
    // For each index the first kept instruction from there on.
    let mut first_kept = vec![code.len() as u32; code.len() + 1];
    for at in (0..code.len()).rev() {
        let next = first_kept[at + 1];
        let is_jump_to_next = code[at].op == Op::Jump
            && first_kept[code[at].arg as usize] == next
            && code[at].passes == Span::default();
        if is_jump_to_next && code[at].span != Span::default() {
            (code[at].op, code[at].arg) = (Op::BeginLine, 0);
        }
        is_kept[at] &= !matches!(code[at].op, Op::Jump if is_jump_to_next) && code[at].op != Op::Nop;
        first_kept[at] = if is_kept[at] { at as u32 } else { next };
    }
    let mut moved = vec![0u32; code.len() + 1];
    let mut count = 0;
    for at in 0..code.len() {
        moved[at] = count;
        count += u32::from(is_kept[at]);
    }
    moved[code.len()] = count;
    for emitted in code.iter_mut().filter(|emitted| emitted.op.operand().is_target()) {
        emitted.arg = moved[emitted.arg as usize];
    }
    for (target, _) in handlers {
        *target = moved[*target as usize];
    }
    let mut kept = is_kept.into_iter();
    code.retain(|_| kept.next().expect("there is one answer for each instruction"));
}

fn reachable(code: &[Emitted], handlers: &[(u32, u32)]) -> Vec<bool> {
    let mut is_reached = vec![false; code.len()];
    let mut has_handled = vec![false; handlers.len()];
    let mut pending = vec![0u32];
    while let Some(start) = pending.pop() {
        let mut at = start as usize;
        while !is_reached[at] {
            is_reached[at] = true;
            let Emitted { op, arg, handler, .. } = code[at];
            if let Some(handler) = handler.0
                && !std::mem::replace(&mut has_handled[handler as usize], true)
            {
                pending.push(handlers[handler as usize].0);
            }
            match op.flow() {
                Flow::Next => at += 1,
                Flow::Stop => break,
                Flow::Jump => at = arg as usize,
                Flow::Branch { .. } => {
                    pending.push(arg);
                    at += 1;
                }
            }
        }
    }
    is_reached
}
