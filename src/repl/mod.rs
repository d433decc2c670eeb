//! The interactive session: a statement in, its value echoed, errors printed and survived.
//!
//! Lines are edited with `rustyline`; a block goes on until an empty line. The history is kept for the
//! length of the session.

#![forbid(unsafe_code)]

use std::io::Write;

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use crate::embed::Vm;
use crate::source::SourceText;
use crate::syntax::{self, Entry};
use crate::vm::{self, source};

const PROMPT: &str = ">>> ";
const CONTINUATION: &str = "... ";

/// Runs a session until the end of input or `exit()`; answers the exit status.
pub fn run(vm: &mut Vm) -> i32 {
    let _ = writeln!(std::io::stdout(), "minivm {} (Python 3.11), Ctrl-D ends", env!("CARGO_PKG_VERSION"));
    let mut editor = match DefaultEditor::new() {
        Ok(editor) => editor,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "minivm: no line editor on this terminal: {error}");
            return 1;
        }
    };
    let mut entry = String::new();
    loop {
        let prompt = if entry.is_empty() { PROMPT } else { CONTINUATION };
        match editor.readline(prompt) {
            Ok(line) => {
                entry.push_str(&line);
                entry.push('\n');
                if let Some(status) = enter(vm, &mut editor, &mut entry, line.is_empty()) {
                    return status;
                }
            }
            Err(ReadlineError::Interrupted) => {
                let _ = writeln!(std::io::stdout(), "\nKeyboardInterrupt");
                entry.clear();
            }
            Err(ReadlineError::Eof) => return 0,
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "minivm: can't read: {error}");
                return 1;
            }
        }
    }
}

/// Runs the entry if it is complete; answers a status when the session is over.
fn enter(vm: &mut Vm, editor: &mut DefaultEditor, entry: &mut String, is_blank: bool) -> Option<i32> {
    if entry.trim().is_empty() {
        entry.clear();
        return None;
    }
    let text = SourceText::new("<stdin>", entry);
    let ran = match syntax::parse_interactive(&text) {
        Ok(Entry::Incomplete) if !is_blank => return None,
        Ok(Entry::Complete(tree)) => {
            let main = vm.main();
            let thread = vm.thread();
            source::interactive(thread, &text, &tree).and_then(|code| vm::run(thread, &code, &main))
        }
        Ok(Entry::Incomplete) => {
            let thread = vm.thread();
            source::module(thread, &text).map(|code| code.to_value())
        }
        Err(error) => {
            let thread = vm.thread();
            Err(source::refused(thread, &error, &text))
        }
    };
    // A history that cannot take an entry is no reason to stop.
    let _ = editor.add_history_entry(entry.trim_end());
    entry.clear();
    vm.conclude_entry(ran)
}
