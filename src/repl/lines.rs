//! The source of a session's lines: a line editor, or standard input if the terminal does not support one.
//!
//! The editor keeps what it has read beyond a line for the next one, so `input()` uses it too; without an
//! editor that text is kept by the stream of standard input.

use std::collections::VecDeque;

use rustyline::error::ReadlineError;
use rustyline::{Cmd, DefaultEditor, EventHandler, KeyCode, KeyEvent, Modifiers};

use crate::embed::Vm;
use crate::sync::{Arc, Mutex};
use crate::text::stored::shown;
use crate::thread::Thread;
use crate::types::file::stream::Stream;
use crate::value::{ErrorKind, Raised, Ref};
use crate::vm::machine::Machine;

/// The values of `TERM` for terminals that no editor can draw on.
const DUMB_TERMINALS: [&str; 3] = ["dumb", "cons25", "emacs"];

/// The message for bytes that are no text.
pub const NO_TEXT: &str = "the line is not UTF-8";

/// A source of lines.
pub enum Lines {
    /// An editor; earlier lines of the session can be recalled.
    Edited(Arc<Mutex<Editor>>),
    /// Standard input, edited only by the terminal itself.
    Piped,
}

/// The line editor, and lines that were pasted together and have not been returned yet.
pub struct Editor {
    editor: DefaultEditor,
    pasted: VecDeque<String>,
}

/// The result of waiting for a line.
pub enum Typed {
    /// A line, without its end.
    Line(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D at the beginning of a line, or a terminal that is gone.
    End,
    /// Bytes that are no text.
    Unreadable,
}

impl Lines {
    /// Begins to read lines from the terminal, for `input()` of the machine as well.
    pub fn open(vm: &mut Vm) -> Result<Lines, ReadlineError> {
        let kind = std::env::var("TERM").unwrap_or_default();
        if DUMB_TERMINALS.contains(&kind.to_ascii_lowercase().as_str()) {
            return Ok(Lines::Piped);
        }
        let mut editor = DefaultEditor::new()?;
        // There is nothing to complete, and a tab may indent.
        let tab = KeyEvent(KeyCode::Tab, Modifiers::NONE);
        editor.bind_sequence(tab, EventHandler::Simple(Cmd::SelfInsert(1, '\t')));
        let editor = Arc::new(Mutex::new(Editor { editor, pasted: VecDeque::new() }));
        let shared = editor.clone();
        *Machine::of(vm.thread()).typed_lines.lock() =
            Some(Arc::new(move |prompt: &str| match shared.lock().next(prompt) {
                Ok(Typed::Line(line)) => Ok(Some(line)),
                Ok(Typed::End) => Ok(None),
                Ok(Typed::Interrupt) => Err(Raised::with(ErrorKind::KeyboardInterrupt, Vec::new())),
                Ok(Typed::Unreadable) => Err(Raised::new(ErrorKind::OSError, NO_TEXT)),
                Err(error) => Err(Raised::new(ErrorKind::OSError, error)),
            }));
        Ok(Lines::Edited(editor))
    }

    /// Waits for the next line.
    pub fn next(&mut self, thread: &mut Thread, prompt: &str) -> Result<Typed, String> {
        match self {
            Lines::Edited(editor) => editor.lock().next(prompt),
            Lines::Piped => {
                let [input, output, _] = Machine::of(thread).streams.clone();
                let Some(input) = input else { return Ok(Typed::End) };
                read_piped(thread, &input, output.as_ref(), prompt)
            }
        }
    }

    /// Adds an entry to those that can be recalled.
    pub fn remember(&mut self, entry: &str) {
        if let Lines::Edited(editor) = self {
            // A history that cannot take an entry is no reason to stop.
            let _ = editor.lock().editor.add_history_entry(entry);
        }
    }
}

impl Editor {
    fn next(&mut self, prompt: &str) -> Result<Typed, String> {
        if let Some(line) = self.pasted.pop_front() {
            return Ok(Typed::Line(line));
        }
        match self.editor.readline(prompt) {
            Ok(text) => {
                let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r').to_owned());
                let first = lines.next().unwrap_or_default();
                self.pasted.extend(lines);
                Ok(Typed::Line(first))
            }
            Err(ReadlineError::Interrupted) => Ok(Typed::Interrupt),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(ReadlineError::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
                Ok(Typed::Unreadable)
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

fn read_piped(
    thread: &mut Thread,
    input: &Ref<Stream>,
    output: Option<&Ref<Stream>>,
    prompt: &str,
) -> Result<Typed, String> {
    if let Some(output) = output {
        // A terminal that is gone is noticed by reading from it.
        let _ = output.write_text(thread, prompt).and_then(|()| output.write_out(thread));
        output.end_line();
    }
    match input.read_line(thread, None) {
        Ok(line) if line.is_empty() => Ok(Typed::End),
        Ok(line) => Ok(Typed::Line(shown(line.trim_end_matches(['\r', '\n'])).into_owned())),
        Err(raised) if raised.is_kind(thread, ErrorKind::KeyboardInterrupt) => Ok(Typed::Interrupt),
        Err(raised) if raised.is_kind(thread, ErrorKind::UnicodeDecodeError) => Ok(Typed::Unreadable),
        Err(raised) => {
            let error = crate::types::exception::instance(thread, raised);
            let text = crate::protocol::str(thread, &error);
            Err(text.map_or_else(|_| String::new(), |text| shown(text.as_str()).into_owned()))
        }
    }
}
