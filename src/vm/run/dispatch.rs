//! How words run: a handler for each, found in a table, each ending in a jump to the next.
//!
//! Invariant: a hot handler holds no value that needs dropping, lets no address of its own stack escape
//! and calls nothing: whatever is rare is a function of the same signature in tail position. Then the
//! optimiser turns every `next` into a jump (`.ci/asm` reads the machine code to make sure). Where it would not,
//! which `build.rs` knows from the target and the optimisation level, a handler returns to `run`, which goes on at
//! the saved `ip`.
//!
//! `SAFETY` of all handlers: a `Code` is made by `Code::with_constants` alone, which verifies the stack instructions
//! in every build and lowers only what it has verified. Lowering keeps what the verifier proved: slots lie in the
//! frame, indices in the code's block, jumps lead to words, operand slots hold values where they are read, and a
//! deferred reference is used up before its local changes. `compile/lower/verify_words.rs` proves that of the words
//! themselves, in debug builds for every code that is made.

use crate::bytecode::Word;
use crate::sync::AtomicU64;
use crate::thread::{Thread, ThreadState};
use crate::value::{Raised, Run, StackRef};
use crate::vm::frame::watch;
use crate::vm::frame::{Interpreter, current};
pub use crate::vm::run::flow::{Exit, Flow, Handler};
use crate::vm::run::step::Step;
use crate::vm::run::unwind;

/// Continues with the word at `ip`.
///
/// # Safety
/// `ip`, `fp` and `k` are those of the innermost frame, and the word is one of its code.
#[inline(always)]
pub unsafe fn go(ip: *const Word, fp: *mut StackRef, k: *const AtomicU64, thread: &ThreadState) -> Exit {
    if cfg!(any(miri, not(dispatch_by_tail_calls))) {
        let _ = (fp, k);
        // SAFETY: a handler runs, so the thread has an innermost record.
        unsafe { (*current(thread)).ip = ip };
        return Exit::Continue;
    }
    // SAFETY: the caller promises that `ip` leads to a word of the running code.
    let word = unsafe { *ip };
    // SAFETY: the table is indexed by the word's own operation, and the caller promises `ip`, `fp` and `k` of
    // the innermost frame.
    unsafe { super::table::HANDLERS[word.op_index()](ip, fp, k, thread, word.bits()) }
}

/// Continues with the word after `ip`.
///
/// # Safety
/// As for `go`.
#[inline(always)]
pub unsafe fn next(ip: *const Word, fp: *mut StackRef, k: *const AtomicU64, thread: &ThreadState) -> Exit {
    // SAFETY: code ends in a word that does not come here, by verification.
    unsafe { go(ip.add(1), fp, k, thread) }
}

/// Continues as a body has told.
///
/// # Safety
/// As for `go`.
#[inline(always)]
pub unsafe fn follow(
    flow: Flow,
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
) -> Exit {
    match flow {
        // SAFETY: the caller promises what `go` asks for, and nothing has moved since.
        Flow::Next => unsafe { next(ip, fp, k, thread) },
        // SAFETY: the innermost frame's record is complete.
        Flow::Reload => unsafe {
            let frame = current(thread);
            go((*frame).ip, (*frame).fp, (*frame).k, thread)
        },
        Flow::Leave => Exit::Returned,
        // SAFETY: the caller promises what `go` asks for, and nothing has moved since.
        _ => unsafe { follow_rare(ip, fp, k, thread, flow as u64) },
    }
}

/// Continues as `follow` does, for the rarer ways in which a body ends.
///
/// # Safety
/// As for `go`.
#[inline(never)]
unsafe extern "C" fn follow_rare(
    _ip: *const Word,
    _fp: *mut StackRef,
    _k: *const AtomicU64,
    thread: &ThreadState,
    flow: u64,
) -> Exit {
    if flow == Flow::Raise as u64 && unwind::unwind(thread) == Flow::LeaveRaised {
        return Exit::Raised;
    }
    // SAFETY: the innermost frame's record is complete.
    unsafe {
        let frame = current(thread);
        go((*frame).ip, (*frame).fp, (*frame).k, thread)
    }
}

/// Runs a body for a word, with the frame's `ip` saved. Raises what the body raises.
///
/// # Safety
/// As for `go`.
#[inline(always)]
pub unsafe fn perform(
    ip: *const Word,
    thread: &ThreadState,
    word: u64,
    body: impl FnOnce(&mut Step, Word) -> Run<Flow>,
) -> Flow {
    // SAFETY: a handler runs, so the thread has an innermost record.
    unsafe { (*current(thread)).ip = ip };
    // SAFETY: this is the running thread, attached, and handlers hold no other handle.
    let handle = unsafe { Thread::from_state(std::ptr::NonNull::from(thread)) };
    let mut step = Step::new(handle);
    match body(&mut step, Word::from_bits(word)) {
        Ok(flow) => flow,
        Err(raised) => raise(thread, raised),
    }
}

#[cold]
#[inline(never)]
fn raise(thread: &ThreadState, raised: Raised) -> Flow {
    Interpreter::of(thread).raised.set(Some(raised));
    Flow::Raise
}

/// Makes a handler that calls a body, an ordinary function of a step and a word:
/// `from_body!(build::build_list)`.
macro_rules! from_body {
    ($body:path) => {{
        #[inline(never)]
        unsafe fn invoke(
            ip: *const $crate::bytecode::Word,
            thread: &$crate::thread::ThreadState,
            word: u64,
        ) -> $crate::vm::run::dispatch::Flow {
            // SAFETY: the handler got `ip`, the thread and the word from `go`, whose promise is that of
            // `perform`.
            unsafe { $crate::vm::run::dispatch::perform(ip, thread, word, $body) }
        }
        unsafe extern "C" fn handler(
            ip: *const $crate::bytecode::Word,
            fp: *mut $crate::value::StackRef,
            k: *const $crate::sync::AtomicU64,
            thread: &$crate::thread::ThreadState,
            word: u64,
        ) -> $crate::vm::run::dispatch::Exit {
            // SAFETY: a handler is only reached by `go`, whose promise is that of `follow`: see the head of
            // `dispatch.rs`.
            unsafe { $crate::vm::run::dispatch::follow(invoke(ip, thread, word), ip, fp, k, thread) }
        }
        handler as $crate::vm::run::dispatch::Handler
    }};
}
pub(crate) use from_body;

/// Makes a named handler that calls a body, for hot handlers to continue with in rare cases: `slow!(pub fn name
/// = body)`.
macro_rules! slow {
    ($(#[$doc:meta])* $visibility:vis fn $name:ident = $body:path) => {
        $(#[$doc])*
        #[cold]
        #[inline(never)]
        $visibility unsafe extern "C" fn $name(
            ip: *const $crate::bytecode::Word,
            fp: *mut $crate::value::StackRef,
            k: *const $crate::sync::AtomicU64,
            thread: &$crate::thread::ThreadState,
            word: u64,
        ) -> $crate::vm::run::dispatch::Exit {
            const HANDLER: $crate::vm::run::dispatch::Handler = $crate::vm::run::dispatch::from_body!($body);
            // SAFETY: this handler is only reached by another one with the same state: see the head of
            // `dispatch.rs`.
            unsafe { HANDLER(ip, fp, k, thread, word) }
        }
    };
}
pub(crate) use slow;

/// Runs the innermost frame until its entry frame is left.
///
/// Never inlined: it calls the first handler, which `.ci/asm` allows in no other function.
#[inline(never)]
pub fn run(thread: &ThreadState) -> Exit {
    let outer = watch::enter(thread);
    loop {
        // SAFETY: a complete record was pushed by the caller, and its code is verified.
        let exit = unsafe {
            watch::begin(thread);
            let frame = current(thread);
            let word = *(*frame).ip;
            let handler = super::table::HANDLERS[word.op_index()];
            handler((*frame).ip, (*frame).fp, (*frame).k, thread, word.bits())
        };
        if exit != Exit::Continue {
            watch::leave(thread, outer);
            return exit;
        }
    }
}
