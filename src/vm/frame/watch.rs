//! Asserts that handlers do what the table of words says of them, in builds with debug assertions.
//!
//! While a word runs whose `effect` is silent, no object may die, no frame may be entered and no safepoint be
//! reached. While another word runs, its frame must be at the place that the column `stands` names whenever
//! script code begins (a frame is pushed) or the collector looks (`scan.rs`). So every program that such a
//! build runs checks these columns; the golden files run through all words.
//!
//! A word is over, and no longer watched, once an error unwinds it or a safepoint is reached: that lies between
//! words, and the frame is then at the word it continues with.

use crate::bytecode::{Effect, Stands, Word, WordOp};
use crate::thread::ThreadState;
use crate::vm::frame::{Frame, FrameFlags, Interpreter, current};

/// The running word and its frame; null before the first word and when a word is over.
#[derive(Clone, Copy)]
pub struct Watch {
    frame: *const Frame,
    ip: *const Word,
}

impl Watch {
    /// The value when no word runs.
    pub const NOTHING: Watch = Watch { frame: std::ptr::null(), ip: std::ptr::null() };
}

/// Notes that the loop is entered on behalf of the watched word. Returns what `leave` needs.
#[inline(always)]
pub fn enter(thread: &ThreadState) -> Watch {
    if !cfg!(debug_assertions) {
        return Watch::NOTHING;
    }
    assert!(!thread.is_silent.get(), "a silent word enters the loop");
    Interpreter::of(thread).watch.replace(Watch::NOTHING)
}

/// Notes that the loop was left, and that the word which entered it continues.
#[inline(always)]
pub fn leave(thread: &ThreadState, outer: Watch) {
    if cfg!(debug_assertions) {
        thread.is_silent.set(false);
        Interpreter::of(thread).watch.set(outer);
    }
}

/// Watches the word that the innermost frame is about to run.
///
/// # Safety
/// The innermost record is complete, and its `ip` leads to a word.
#[inline(always)]
pub unsafe fn begin(thread: &ThreadState) {
    if cfg!(debug_assertions) {
        let frame = current(thread);
        // SAFETY: the caller promises that the innermost record is complete and its `ip` leads to a word.
        let (ip, word) = unsafe { ((*frame).ip, *(*frame).ip) };
        thread.is_silent.set(word.row().effect == Effect::Silent);
        Interpreter::of(thread).watch.set(Watch { frame, ip });
    }
}

/// Ends watching a word, because a safepoint is reached or an error unwinds the frame.
#[inline(always)]
pub fn end(thread: &ThreadState) {
    if cfg!(debug_assertions) {
        thread.is_silent.set(false);
        Interpreter::of(thread).watch.set(Watch::NOTHING);
    }
}

/// Asserts that the frame of the word is where the table says; called when script code begins, or the collector
/// looks at the frames.
#[inline(always)]
pub fn check(thread: &ThreadState) {
    if cfg!(debug_assertions) {
        check_stand(thread);
    }
}

fn check_stand(thread: &ThreadState) {
    let Watch { frame, ip } = Interpreter::of(thread).watch.get();
    // A word that leaves its frame has nowhere to stand.
    if ip.is_null() || frame > current(thread).cast_const() {
        return;
    }
    // SAFETY: the frame is still there, so its record and code are, and no word that goes on is the last.
    let (op, row, at, next, flags) =
        unsafe { ((*ip).op(), (*ip).row(), (*frame).ip, ip.add(1), (*frame).flags) };
    let is_past = flags.contains(FrameFlags::PAST);
    let (is_here, is_next) = (at == ip && !is_past, at == next && is_past);
    let is_right = |stands: Stands| match stands {
        Stands::Never => false,
        Stands::Here => is_here,
        Stands::Next => is_here || is_next,
    };
    // The word that goes over to traced ones may run the one in whose place it is.
    // SAFETY: as above; a word of the kind is one of the code that its frame runs, unless the frame has gone over.
    let ordinary = || unsafe { (*frame).code().ordinary_word(ip).row().stands };
    let is_own = op == WordOp::EnterTraced && (is_here || is_next);
    let stands_right = is_right(row.stands) || is_own && is_right(ordinary());
    assert!(stands_right, "`{}` lets script code run or the collector look, standing elsewhere", row.name);
}
