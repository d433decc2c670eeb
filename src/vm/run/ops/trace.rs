//! The words of traced code: reporting instructions, and the ways between ordinary and traced words.
//!
//! See `vm/trace/mod.rs`. `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Op, Word};
use crate::compile::lower::Symbol;
use crate::thread::{Thread, ThreadState};
use crate::types::function::bound_method::BoundMethod;
use crate::value::word;
use crate::value::{Object, Run, Tuple, Value};
use crate::vm::code::{Code, Traced};
use crate::vm::frame::tracing::{Event, Place};
use crate::vm::frame::{Frame, FrameFlags, Interpreter, current, object, watch};
use crate::vm::function::Function;
use crate::vm::machine::Machine;
use crate::vm::marks::Marks;
use crate::vm::run::dispatch::{Flow, follow, perform};
use crate::vm::run::hot::hot;
use crate::vm::run::step::Step;
use crate::vm::trace::{divert, report};

/// `Frame::last` of a frame that has just begun, or goes on after a `yield`.
const FRESH: u32 = u32::MAX;
/// `Frame::last` of a frame that was under way when it went over to traced words.
const UNDER_WAY: u32 = u32::MAX - 1;

hot! {
    /// Goes over to the traced words, or runs the ordinary word if there is no way from here.
    fn enter_traced(ip, fp, k, thread, word, w) {
        match cross_at(ip, thread, w.bits()) {
            Flow::Next => {
                let ordinary = ordinary_word(ip, thread);
                let handler = crate::vm::run::table::HANDLERS[(ordinary & 0xff) as usize];
                handler(ip, fp, k, thread, ordinary)
            }
            other => follow(other, ip, fp, k, thread),
        }
    }
}

#[inline(never)]
unsafe fn cross_at(ip: *const Word, thread: &ThreadState, word: u64) -> Flow {
    // SAFETY: the handler got `ip`, the thread and the word from `go`, whose promise is that of `perform`.
    unsafe { perform(ip, thread, word, cross) }
}

/// Returns the bits of the word that was at `ip` before code was diverted.
#[inline(never)]
unsafe fn ordinary_word(ip: *const Word, thread: &ThreadState) -> u64 {
    watch::end(thread);
    // SAFETY: a handler runs, so the thread has an innermost record, of whose code `ip` is.
    unsafe { (*current(thread)).code().ordinary_word(ip).bits() }
}

/// Goes over to the traced words. `Next` if there is no way from the word: it must be run first.
fn cross(step: &mut Step, _word: Word) -> Run<Flow> {
    let code = step.code();
    let ip = step.frame().ip;
    if !divert::is_on(step) {
        divert::restore(step, code);
        return Ok(Flow::Reload);
    }
    let fuse = Machine::of(step).options.fuse;
    let twin = code.twin(step, fuse)?;
    let traced = traced_of(twin);
    let under_way = step.frame().flags.contains(FrameFlags::UNDER_WAY);
    let index = code.word_index(ip);
    let instruction = if index == 0 && !under_way {
        0
    } else {
        let Some(crossing) = &traced.crossings[index] else { return Ok(Flow::Next) };
        write_out(step, &crossing.symbols);
        crossing.instruction
    };
    let record = step.frame();
    record.flags -= FrameFlags::UNDER_WAY;
    record.last = if under_way { UNDER_WAY } else { FRESH };
    (record.code, record.k) = (&raw const *twin, twin.block());
    // SAFETY: each instruction has a word that reports it, of the code that the frame runs now.
    record.ip = unsafe { twin.entry_point().add(traced.reports[instruction as usize] as usize) };
    // With a frame object the frame's end and suspension take the general ways.
    drop(object::of(step, current(step)));
    Ok(Flow::Reload)
}

/// Writes operands to the slots of their positions.
fn write_out(step: &mut Step, symbols: &[Symbol]) {
    let base = step.code().base as usize;
    let held: Vec<u64> = symbols
        .iter()
        .map(|&symbol| match symbol {
            Symbol::Temp(slot) => step.word(slot.into()),
            Symbol::Local { slot, borrowed: true } => word::deferred(step.word(slot.into())),
            Symbol::Local { slot, borrowed: false } => step.clone_slot(slot.into()).into_word(),
            Symbol::Const(index) => word::deferred(step.block_view(index as usize).word()),
        })
        .collect();
    for (position, held) in held.into_iter().enumerate() {
        step.put_word(base + position, held);
    }
}

fn traced_of(code: &Object<Code>) -> &Traced {
    code.traced.as_ref().expect("only traced code has these words")
}

/// Reports an instruction before it runs. Raises what the trace functions raise.
pub fn trace(step: &mut Step, _word: Word) -> Run<Flow> {
    let code = step.code();
    let record = step.frame();
    let instruction = code.instruction_of(record.ip);
    let made = code.unit.instructions[instruction as usize];
    let position = code.unit.positions[instruction as usize];
    let last = record.last;
    // What no text stands for belongs to the line before, whatever that is: a `return` at the end of two branches.
    if !position.is_inherited() || made.op.operand().is_target() || last >= UNDER_WAY {
        record.last = instruction;
    }
    if !divert::is_on(step) {
        return Ok(go_home(step, code, instruction));
    }
    let marks = traced_of(code).marks[instruction as usize];
    if !Interpreter::of(step).tracing.listens() || !marks.contains(Marks::VISIBLE) {
        return Ok(Flow::Next);
    }
    let frame = current(step);
    let begins = marks.contains(Marks::START) && (last == FRESH || last < instruction);
    if begins {
        report::report(step, frame, Event::Start, &Value::NONE)?;
    } else if marks.contains(Marks::RESUMES) && last == FRESH {
        report::report(step, frame, Event::Resume, &Value::NONE)?;
    }
    let before = if begins { None } else { code.unit.positions.get(last as usize).map(|before| before.line) };
    if let Some(passed) = passed_line(code, last, instruction) {
        tell(step, frame, Event::Line, Place::Instruction(last, passed))?;
    }
    let here = Place::Instruction(instruction, position.line);
    let is_other = before != Some(position.line) || made.op == Op::BeginTest;
    if marks.contains(Marks::LINE) && is_other || !is_other && jumps_back(code, last, instruction) {
        tell(step, frame, Event::Line, here)?;
    }
    if !Interpreter::of(step).tracing.has_jumped.get() {
        tell(step, frame, Event::Instruction, here)?;
    }
    if Interpreter::of(step).tracing.has_jumped.replace(false) {
        return Ok(Flow::Reload);
    }
    tell_of_operation(step, frame, code, instruction)?;
    Ok(Flow::Next)
}

/// Tells of a line or instruction, if the frame's trace function asks for it.
fn tell(thread: &mut Thread, frame: *mut Frame, event: Event, place: Place) -> Run<()> {
    if Interpreter::of(thread).tracing.tracer.is_empty() || !report::is_asked(thread, frame, event) {
        return Ok(());
    }
    report::report_at(thread, frame, event, &Value::NONE, place)
}

/// Tells whether control came to an instruction by a jump back that is no test.
fn jumps_back(code: &Code, last: u32, instruction: u32) -> bool {
    let before = code.unit.instructions.get(last as usize);
    before.is_some_and(|before| before.op == Op::JumpBack && before.arg == instruction)
}

/// Returns the line of the statement that the jump has passed by which control came to an instruction.
fn passed_line(code: &Code, last: u32, instruction: u32) -> Option<u32> {
    let lines = &code.unit.passed_lines;
    let at = lines.binary_search_by_key(&last, |&(jump, _)| jump).ok()?;
    (code.unit.instructions[last as usize].arg == instruction).then_some(lines[at].1)
}

/// Goes home to the ordinary words, if all operands are in their slots.
fn go_home(step: &mut Step, code: &Object<Code>, instruction: u32) -> Flow {
    let Some(home) = traced_of(code).homes[instruction as usize] else { return Flow::Next };
    let ordinary = code.ordinary();
    let record = step.frame();
    record.flags |= FrameFlags::UNDER_WAY;
    (record.code, record.k) = (&raw const *ordinary, ordinary.block());
    // SAFETY: the table has words of the ordinary code.
    record.ip = unsafe { ordinary.entry_point().add(home as usize) };
    Flow::Reload
}

/// Returns the ordinary word with which a generator goes on that runs traced words; `ip` leads to the word after the
/// one that suspends it, or to the one that delegates.
pub fn suspended_at(code: &Object<Code>, ip: *const Word) -> *const Word {
    let Some(traced) = &code.traced else { return ip };
    let home = traced.homes[code.instruction_of(ip) as usize].expect("a suspended generator has no symbols");
    // SAFETY: the table has words of the ordinary code.
    unsafe { code.ordinary().entry_point().add(home as usize) }
}

/// Tells of what an instruction does: it returns, yields or calls something.
fn tell_of_operation(step: &mut Step, frame: *mut Frame, code: &Object<Code>, instruction: u32) -> Run<()> {
    let made = code.unit.instructions[instruction as usize];
    let top = || code.live_at(step.frame().ip).positions().last();
    let base = code.base as usize;
    match made.op {
        Op::Return | Op::Yield | Op::YieldAsync => {
            let event = if made.op == Op::Return { Event::Return } else { Event::Yield };
            let value = top().map_or(Value::NONE, |top| step.clone_slot(base + top));
            report::report(step, frame, event, &value)
        }
        Op::Call | Op::CallKeywords | Op::CallMethod | Op::CallMethodKeywords | Op::CallUnpacked => {
            let Some(top) = top() else { return Ok(()) };
            let first = base + top + 1 - made.op.pops(made.arg) as usize;
            let (callable, argument) = called(step, made.op, first, base + top);
            report::calls(step, frame, &callable, argument.as_ref())
        }
        _ => Ok(()),
    }
}

/// Returns what is called with the operands from a slot on, and the first argument.
fn called(step: &Step, op: Op, first: usize, top: usize) -> (Value, Option<Value>) {
    let unbound_method =
        matches!(op, Op::CallMethod | Op::CallMethodKeywords) && step.view(first).is_unbound();
    let at = first + usize::from(unbound_method);
    // The names of arguments are no argument.
    let end = top + usize::from(!matches!(op, Op::CallKeywords | Op::CallMethodKeywords));
    let argument = match op {
        Op::CallUnpacked => {
            step.view(at + 1).downcast_ref::<Tuple>().and_then(|arguments| arguments.items().first().cloned())
        }
        _ => (at + 1 < end).then(|| step.clone_slot(at + 1)),
    };
    let callable = step.clone_slot(at);
    if let Some(method) = callable.downcast_ref::<BoundMethod>()
        && method.function.downcast_ref::<Function>().is_some()
    {
        return (method.function.clone(), Some(method.self_object.clone()));
    }
    (callable, argument)
}

/// Reports the end of a call, if its begin was reported. Raises what the profiler raises.
pub fn trace_called(step: &mut Step, _word: Word) -> Run<Flow> {
    let frame = current(step);
    report::called(step, frame, Event::CalledReturn)?;
    Ok(Flow::Next)
}
