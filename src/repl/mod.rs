//! The interactive session: reads a statement, runs it, and prints its value; an error is printed and the session
//! continues.
//!
//! A block continues until an empty line, an entry with an open bracket or string until it is closed. Lines that are
//! pasted together are run one by one. `lines.rs` reads the lines.
//!
//! Begin with `run` here.

#![forbid(unsafe_code)]

mod lines;

use std::io::Write;

use crate::embed::Vm;
use crate::protocol;
use crate::source::SourceText;
use crate::syntax::{self, Entry};
use crate::vm;
use crate::vm::machine::Machine;
use crate::vm::start::source;
use lines::{Lines, NO_TEXT, Typed};

/// The prompts, and the names in `sys` by which the program may change them.
const PROMPT: (&str, &str) = ("ps1", ">>> ");
const CONTINUATION: (&str, &str) = ("ps2", "... ");

/// Runs a session until the end of input or `exit()`, and returns the exit status.
pub fn run(vm: &mut Vm) -> i32 {
    let _ = writeln!(std::io::stdout(), "minivm {} (Python 3.14), Ctrl-D ends", env!("CARGO_PKG_VERSION"));
    let mut lines = match Lines::open(vm) {
        Ok(lines) => lines,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "minivm: no line editor on this terminal: {error}");
            return vm.end_session(1);
        }
    };
    for (name, usual) in [PROMPT, CONTINUATION] {
        let thread = vm.thread();
        let (name, usual) = (thread.known().intern(thread, name), thread.new_str(usual));
        drop(thread.known().sys_namespace().clone().set_str(thread, &name, usual));
    }
    let mut entry = String::new();
    loop {
        end_output_line(vm);
        let prompt = prompt(vm, if entry.is_empty() { PROMPT.0 } else { CONTINUATION.0 });
        let (line, is_end) = match lines.next(vm.thread(), &prompt) {
            Ok(Typed::Line(line)) => (line, false),
            Ok(Typed::Interrupt) => {
                let _ = writeln!(std::io::stdout(), "\nKeyboardInterrupt");
                entry.clear();
                continue;
            }
            Ok(Typed::Unreadable) => {
                let _ = writeln!(std::io::stderr(), "SyntaxError: (unicode error) {NO_TEXT}");
                entry.clear();
                continue;
            }
            Ok(Typed::End) if entry.is_empty() => return vm.end_session(0),
            // The end of the input ends a block, too.
            Ok(Typed::End) => (String::new(), true),
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "minivm: can't read: {error}");
                return vm.end_session(1);
            }
        };
        entry.push_str(&line);
        entry.push('\n');
        if let Some(status) = enter(vm, &mut lines, &mut entry, is_end) {
            return status;
        }
    }
}

/// Returns the prompt that the program wants: the text of the object that `sys` has by this name; empty if
/// there is none.
fn prompt(vm: &mut Vm, name: &str) -> String {
    let thread = vm.thread();
    let name = thread.known().intern(thread, name);
    let wanted = thread.known().sys_namespace().get_str(&name);
    wanted
        .and_then(|value| protocol::str(thread, &value).ok())
        .map_or_else(String::new, |text| text.as_str().to_owned())
}

/// Begins a new line on the terminal, if output has not ended its own line.
/// Otherwise the prompt would overwrite it.
fn end_output_line(vm: &mut Vm) {
    let streams = &Machine::of(vm.thread()).streams;
    // Both are asked, since asking is noting.
    let ended = [1, 2].map(|number| streams[number].as_ref().is_some_and(|stream| stream.end_line()));
    if ended.contains(&true) {
        let _ = writeln!(std::io::stdout());
    }
}

/// Runs the entry if it is complete, or if there is no more input; returns a status if the session is over.
fn enter(vm: &mut Vm, lines: &mut Lines, entry: &mut String, is_end: bool) -> Option<i32> {
    if entry.trim().is_empty() {
        entry.clear();
        return None;
    }
    let text = SourceText::typed("<stdin>", entry);
    let thread = vm.thread();
    let ran = match syntax::parse_interactive(&text) {
        Ok(Entry::OpenBlock | Entry::OpenText) if !is_end => return None,
        Ok(Entry::Complete(tree)) => source::interactive(thread, &text, &tree),
        Ok(Entry::OpenBlock | Entry::OpenText) => source::module(thread, &text),
        Err(error) => Err(source::refused(thread, &error, &text)),
    };
    lines.remember(entry.trim_end());
    entry.clear();
    let main = vm.main();
    let thread = vm.thread();
    let ran = ran.and_then(|code| vm::run(thread, &code, &main));
    vm.conclude_entry(ran)
}
