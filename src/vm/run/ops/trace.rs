//! The words of traced code: reporting instructions, and the ways between ordinary and traced words.
//!
//! See `vm/trace/mod.rs`. `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Flow as Control, Op, Operand, Word};
use crate::compile::lower::Symbol;
use crate::thread::{Thread, ThreadState};
use crate::types::function::bound_method::BoundMethod;
use crate::value::word;
use crate::value::{Object, Ref, Run, Tuple, Value};
use crate::vm::code::{Code, Traced};
use crate::vm::frame::object::FrameObject;
use crate::vm::frame::tracing::{Event, Place};
use crate::vm::frame::{Frame, FrameFlags, Interpreter, current, object, watch};
use crate::vm::function::Function;
use crate::vm::machine::Machine;
use crate::vm::marks::Marks;
use crate::vm::monitors::Events;
use crate::vm::run::dispatch::{Flow, follow, perform};
use crate::vm::run::hot::hot;
use crate::vm::run::step::Step;
use crate::vm::trace::{divert, monitor, report};

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

/// Goes over to the traced words, because something is traced or the frame has late writes. `Next` if there is no way from
/// the word: it must be run first.
fn cross(step: &mut Step, _word: Word) -> Run<Flow> {
    let code = step.code();
    let ip = step.frame().ip;
    let captured = frame_object(step);
    let is_late = captured.as_ref().is_some_and(|object| object.has_late_writes());
    if !divert::is_on_for(step, code) && !is_late {
        // Another frame with late writes has to come to such a word.
        if code.has_late_writers() {
            return Ok(Flow::Next);
        }
        divert::restore(step, code);
        return Ok(Flow::Reload);
    }
    let fuse = Machine::of(step).options.fuse;
    let twin = code.twin(step, fuse)?;
    let traced = traced_of(twin);
    let under_way = is_late || step.frame().flags.contains(FrameFlags::UNDER_WAY);
    let index = code.word_index(ip);
    let instruction = if index == 0 && !under_way {
        0
    } else {
        let Some(crossing) = &traced.crossings[index] else { return Ok(Flow::Next) };
        write_out(step, &crossing.symbols);
        crossing.instruction
    };
    if let Some(object) = captured.filter(|_| is_late) {
        object.do_late_writes(step, step.frame(), Some(index));
    }
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

/// Returns the object of the innermost frame, if it has one.
fn frame_object(step: &Step) -> Option<Ref<FrameObject>> {
    step.frame().flags.contains(FrameFlags::OBJECT).then(|| object::of(step, current(step)))
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
    let has_jumped = record.flags.contains(FrameFlags::JUMPS);
    record.flags -= FrameFlags::JUMPS;
    if !divert::is_on_for(step, code) {
        return Ok(go_home(step, code, instruction));
    }
    let marks = traced_of(code).marks[instruction as usize];
    let wanted = monitor::wanted(step, code);
    let listens = !wanted.is_empty() || Interpreter::of(step).tracing.listens();
    if !listens || !marks.contains(Marks::VISIBLE) {
        return Ok(Flow::Next);
    }
    if wanted.intersects(Events::BRANCHES | Events::JUMP) && made.op.operand().is_target() {
        record.flags |= FrameFlags::JUMPS;
    }
    let told = tell_of_instruction(step, code, (last, instruction), (has_jumped, wanted));
    // A callback or trace function that has set `f_lineno` has moved the frame, whatever it has raised then.
    let is_elsewhere = has_moved(step);
    Interpreter::of(step).tracing.has_jumped.set(false);
    if is_elsewhere || told.is_err() {
        step.frame().flags -= FrameFlags::JUMPS;
    }
    told?;
    Ok(if is_elsewhere { Flow::Reload } else { Flow::Next })
}

/// Whether whoever was told last has moved the frame, so that nobody is to be told more.
fn has_moved(thread: &Thread) -> bool {
    Interpreter::of(thread).tracing.has_jumped.get()
}

/// Tells of all that begins with an instruction, in order. Raises what the trace functions and callbacks raise.
fn tell_of_instruction(
    step: &mut Step,
    code: &Object<Code>,
    (last, instruction): (u32, u32),
    (has_jumped, wanted): (bool, Events),
) -> Run<()> {
    let frame = current(step);
    let made = code.unit.instructions[instruction as usize];
    let position = code.unit.positions[instruction as usize];
    let marks = traced_of(code).marks[instruction as usize];
    if has_jumped || made.op == Op::BeginTest {
        tell_of_jump(step, frame, code, (last, instruction))?;
    }
    let begins = marks.contains(Marks::START) && (last == FRESH || last < instruction);
    if begins {
        report::report(step, frame, Event::Start, &Value::NONE)?;
    } else if marks.contains(Marks::RESUMES) && last == FRESH {
        report::report(step, frame, Event::Resume, &Value::NONE)?;
    }
    let before = if begins { None } else { code.unit.positions.get(last as usize).map(|before| before.line) };
    if has_moved(step) {
        return Ok(());
    }
    if let Some(passed) = passed_line(code, last, instruction) {
        let place = Place::Instruction(last, passed);
        tell_function(step, frame, Event::Line, place)?;
        let is_told = has_jumped && wanted.intersects(Events::BRANCHES | Events::JUMP);
        if before != Some(passed) && !is_told && !has_moved(step) {
            monitor::tell(step, frame, Event::Line, place, &[])?;
        }
    }
    let here = Place::Instruction(instruction, position.line);
    let is_other = before != Some(position.line);
    if has_moved(step) {
        return Ok(());
    }
    if marks.contains(Marks::LINE) && is_other {
        tell(step, frame, Event::Line, here)?;
    } else if !is_other && (made.op == Op::BeginTest || jumps_back(code, last, instruction)) {
        // Only trace functions hear of a line that begins once more.
        tell_function(step, frame, Event::Line, here)?;
    }
    if !has_moved(step) {
        tell(step, frame, Event::Instruction, here)?;
    }
    if !has_moved(step) {
        tell_of_operation(step, frame, code, instruction)?;
    }
    Ok(())
}

/// Tells the frame's trace function of a line or instruction if it asks for it, and tools.
fn tell(thread: &mut Thread, frame: *mut Frame, event: Event, place: Place) -> Run<()> {
    tell_function(thread, frame, event, place)?;
    if has_moved(thread) {
        return Ok(());
    }
    monitor::tell(thread, frame, event, place, &[])
}

/// Tells tools how control came from the instruction that was reported last to the one that begins.
fn tell_of_jump(
    thread: &mut Thread,
    frame: *mut Frame,
    code: &Object<Code>,
    (last, instruction): (u32, u32),
) -> Run<()> {
    let unit = &code.unit;
    let Some(before) = unit.instructions.get(last as usize) else { return Ok(()) };
    let line = unit.positions[last as usize].line;
    let marks = &traced_of(code).marks;
    let tell = |thread: &mut Thread, event: Event, to: u32| {
        let to = monitor::offset(thread, frame, to);
        monitor::tell_at(thread, frame, (event, Place::Instruction(last, line)), last, &[to])
    };
    if unit.instructions[instruction as usize].op == Op::BeginTest {
        // Whoever is told takes the test for the one at the beginning of the loop.
        let test = unit.positions[instruction as usize].line;
        let begins = |&index: &u32| {
            let position = &unit.positions[index as usize];
            position.line == test && !position.is_inherited()
        };
        return tell(thread, Event::Jump, (0..instruction).find(begins).unwrap_or(instruction));
    }
    let is_taken = instruction == before.arg;
    if !is_taken && instruction != last + 1 {
        return Ok(());
    }
    let is_back = before.op.operand() == Operand::Back;
    if let Control::Branch { .. } = before.op.flow() {
        let event = if is_taken == is_back { Event::BranchLeft } else { Event::BranchRight };
        tell(thread, event, instruction)?;
        // Otherwise the branch leads to a jump back, which is part of it here.
        if !(is_taken && is_back) || marks[last as usize].contains(Marks::TESTS_AGAIN) {
            return Ok(());
        }
        if let Some(passed) = passed_line(code, last, instruction)
            && passed != line
            && !has_moved(thread)
        {
            monitor::tell(thread, frame, Event::Line, Place::Instruction(last, passed), &[])?;
        }
        return tell(thread, Event::Jump, instruction);
    }
    // Handlers stand apart in CPython's code: neither is their way back to where control goes without an exception a jump
    // (CPython: JUMP_BACKWARD_NO_INTERRUPT), nor the way past them.
    let is_warm = |index: u32| marks[index as usize].contains(Marks::WARM);
    let passes_handlers = is_warm(last) && instruction > last && !(last + 1..instruction).any(is_warm);
    if is_taken && !passes_handlers && (is_warm(last) || !is_warm(instruction)) {
        tell(thread, Event::Jump, instruction)?;
    }
    Ok(())
}

/// Tells the frame's trace function of a line or instruction, if it asks for it.
fn tell_function(thread: &mut Thread, frame: *mut Frame, event: Event, place: Place) -> Run<()> {
    if Interpreter::of(thread).tracing.tracer.is_empty() || !report::is_asked(thread, frame, event) {
        return Ok(());
    }
    report::report_to_functions(thread, frame, event, &Value::NONE, place)
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
