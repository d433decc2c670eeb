//! Assigning `f_lineno` in a trace function: the frame goes on with another line.
//!
//! The operands at the two places have to agree: what the frame has more than the other place needs is dropped, and what
//! it has not cannot be made. So a program can jump out of loops and handlers, but not into them.
//!
//! CPython (`mark_stacks`) takes any value for any other, and crashes where an instruction relies on what the compiler
//! put there: the list of a display that is being built, the two operands of a method. Here a value fits only where it
//! is wanted from the same instruction; iterators and the ends of `with` blocks fit any loop and block.

use crate::bytecode::{CodeUnit, Flow, Op};
use crate::thread::Thread;
use crate::value::{ErrorKind, Object, Raised, Run, StackRef, Value};
use crate::vm::frame::object::FrameObject;
use crate::vm::frame::tracing::Event;
use crate::vm::frame::{Frame, Interpreter};
use crate::vm::marks;
use crate::vm::run::unwind;

/// What an operand is, as far as jumps care.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Operand {
    /// What the instruction at this index has left, a value or nothing.
    Of(usize),
    /// The iterator of a loop.
    Iterator,
    /// What ends a `with` block.
    Exit,
    /// The exception that a handler handles.
    Raised,
    /// The exception that was handled before.
    Previous,
}

impl Operand {
    /// Whether an operand of this kind may be taken for one of another kind.
    fn fits(self, wanted: Operand) -> bool {
        match wanted {
            Operand::Of(_) | Operand::Iterator | Operand::Exit => self == wanted,
            Operand::Raised | Operand::Previous => matches!(self, Operand::Raised | Operand::Previous),
        }
    }
}

/// Lets a frame go on with another line. Raises `ValueError` where it must not, and the warning about variables without
/// a value, if a filter says so.
pub fn jump(thread: &mut Thread, frame: &Object<FrameObject>, line: i64) -> Run<()> {
    let tracing = &Interpreter::of(thread).tracing;
    let record = tracing.frame.get();
    let refused = |text: &str| Err(Raised::value_error(text));
    match tracing.event.get() {
        None => return refused("f_lineno can only be set in a trace function"),
        Some(Event::Start) => return refused("can't jump from the 'call' trace event of a new frame"),
        Some(Event::Call | Event::CalledReturn) => return refused("can't jump during a call"),
        Some(
            Event::Throw
            | Event::Return
            | Event::Unwind
            | Event::Raise
            | Event::Reraise
            | Event::Handled
            | Event::CalledRaise,
        ) => {
            return refused("can only jump from a 'line' trace event");
        }
        Some(
            Event::Line
            | Event::Instruction
            | Event::Resume
            | Event::Yield
            | Event::Jump
            | Event::BranchLeft
            | Event::BranchRight
            | Event::StopIteration,
        ) => {}
    }
    if !frame.is_at(record) {
        // Other frames stand within a call.
        return refused("f_lineno can only be set in a trace function");
    }
    let code = frame.code.clone();
    let unit = &*code.unit;
    let first = i64::from(unit.first_line);
    if line < first {
        let message = format_args!("line {line} comes before the current code block");
        return Err(Raised::value_error(message));
    }
    let begins = marks::of(unit);
    let lines = |index: usize| i64::from(unit.positions[index].line);
    let starts: Vec<usize> =
        (0..begins.len()).filter(|&index| begins[index].contains(marks::Marks::LINE)).collect();
    let Some(line) = starts.iter().map(|&index| lines(index)).filter(|&found| found >= line).min() else {
        let message = format_args!("line {line} comes after the current code block");
        return Err(Raised::value_error(message));
    };
    let stacks = stacks(unit);
    let instruction = frame.instruction() as usize;
    let Some(held) = &stacks[instruction] else { return refused("can't jump from unreachable code") };
    let mut refusal = None;
    let mut best: Option<(usize, &[Operand])> = None;
    for &index in starts.iter().filter(|&&index| lines(index) == line) {
        let Some(wanted) = &stacks[index] else { continue };
        if !fits(held, wanted) {
            refusal.get_or_insert(explain(wanted));
        } else if best.is_none_or(|(_, known)| known.len() < wanted.len()) {
            best = Some((index, wanted));
        }
    }
    let Some((target, wanted)) = best else {
        return refused(refusal.unwrap_or("cannot find bytecode for specified line"));
    };
    let (drops, kept) = (held.clone(), wanted.len());
    bind_variables(thread, record)?;
    // SAFETY: `is_at` says that the frame runs, so its record is complete; its trace function has been told of an
    // instruction before which it stands, so its operands are those of the instruction.
    unsafe { go_on_at(thread, record, &drops, kept, target) };
    Interpreter::of(thread).tracing.has_jumped.set(true);
    Ok(())
}

/// Drops the operands of a frame from position `kept` on, and lets it go on with an instruction.
///
/// # Safety
/// The frame stands before an instruction, at a traced word, and `held` are its operands.
unsafe fn go_on_at(thread: &mut Thread, record: *mut Frame, held: &[Operand], kept: usize, target: usize) {
    for position in (kept..held.len()).rev() {
        // SAFETY: the operand is live; it is taken out once.
        let value = unsafe {
            let slot = (*record).fp.add((*record).code().base as usize + position);
            std::mem::replace(&mut *slot, StackRef::UNBOUND).into_owned(thread)
        };
        match held[position] {
            Operand::Previous => drop(unwind::replace_handled(thread, value)),
            _ => drop(value),
        }
    }
    // SAFETY: each instruction has a word that reports it.
    unsafe {
        let code = (*record).code();
        let traced = code.traced.as_ref().expect("the frame runs traced words");
        (*record).ip = code.entry_point().add(traced.reports[target] as usize);
    }
}

/// Gives `None` to the variables that have no value, since code may take for granted that they have one. Warns of it.
fn bind_variables(thread: &mut Thread, record: *mut Frame) -> Run<()> {
    // SAFETY: the record is complete, and locals always hold a word.
    let unbound: Vec<usize> = unsafe {
        let is_unbound = |&slot: &usize| (*(*record).fp.add(slot)).is_unbound();
        (0..(*record).code().locals as usize).filter(is_unbound).collect()
    };
    if unbound.is_empty() {
        return Ok(());
    }
    let (count, plural) = (unbound.len(), if unbound.len() == 1 { "" } else { "s" });
    let message = format!("assigning None to {count} unbound local{plural}");
    (thread.known().upper_floors.warn)(thread, ErrorKind::RuntimeWarning, &message)?;
    for slot in unbound {
        // SAFETY: as above; the slot held nothing.
        unsafe { *(*record).fp.add(slot) = StackRef::from_value(Value::NONE) };
    }
    Ok(())
}

/// Tells whether a frame with some operands may go on where others are wanted.
fn fits(held: &[Operand], wanted: &[Operand]) -> bool {
    held.len() >= wanted.len() && held.iter().zip(wanted).all(|(held, &wanted)| held.fits(wanted))
}

/// Says why a frame cannot go on where some operands are wanted.
fn explain(wanted: &[Operand]) -> &'static str {
    match wanted.last() {
        Some(Operand::Raised | Operand::Previous) => {
            "can't jump into an 'except' block as there's no exception"
        }
        Some(Operand::Iterator) => "can't jump into the body of a for loop",
        Some(Operand::Of(_) | Operand::Exit) | None => "incompatible stacks",
    }
}

/// Returns the operands before each instruction that is ever reached.
fn stacks(unit: &CodeUnit) -> Vec<Option<Vec<Operand>>> {
    let mut stacks: Vec<Option<Vec<Operand>>> = vec![None; unit.instructions.len()];
    let mut pending = vec![(0, Vec::new())];
    while let Some((index, stack)) = pending.pop() {
        if stacks[index].is_some() {
            continue;
        }
        let instruction = unit.instructions[index];
        let (op, arg) = (instruction.op, instruction.arg);
        if let Some(handler) =
            unit.handlers.iter().find(|handler| (handler.start..handler.end).contains(&(index as u32)))
        {
            let mut handled = stack[..handler.depth as usize].to_vec();
            handled.push(Operand::Raised);
            pending.push((handler.target as usize, handled));
        }
        let mut next = stack.clone();
        match op {
            Op::Copy => next.push(stack[stack.len() - arg as usize]),
            Op::Swap => next.swap(stack.len() - 1, stack.len() - arg as usize),
            Op::PushExcInfo => next.insert(stack.len() - 1, Operand::Previous),
            _ => {
                let (pops, keeps) = (op.pops(arg) as usize, op.keeps(arg) as usize);
                next.truncate(stack.len() - pops + keeps);
                let made = match op {
                    Op::GetIter | Op::GetAsyncIter => Operand::Iterator,
                    _ => Operand::Of(index),
                };
                if matches!(op, Op::BeforeWith | Op::BeforeAsyncWith) {
                    next.push(Operand::Exit);
                }
                next.resize(stack.len() - pops + op.pushes(arg) as usize, made);
            }
        }
        let jumped = |pushes: u32| {
            let mut jumped = stack[..stack.len() - op.pops(arg) as usize].to_vec();
            jumped.resize(jumped.len() + pushes as usize, Operand::Of(index));
            (arg as usize, jumped)
        };
        stacks[index] = Some(stack.clone());
        // Last in, first out: as control usually goes.
        match op.flow() {
            Flow::Next => pending.push((index + 1, next)),
            Flow::Stop => {}
            Flow::Jump => pending.push((arg as usize, next)),
            Flow::Branch { pushes, .. } => {
                pending.push(jumped(pushes));
                pending.push((index + 1, next));
            }
        }
    }
    stacks
}
