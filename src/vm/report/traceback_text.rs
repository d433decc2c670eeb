//! Tracebacks as text: one line for each frame, and the source below it.
//!
//! Uncaught errors are shown with marks (`quote.rs`), as CPython's `traceback` module does. Errors that are ignored are
//! shown with the first line alone, as CPython's own printer does.

use std::fmt::Write;

use crate::vm::report::append;
use crate::vm::report::entries::Entry;
use crate::vm::report::lines::Sources;
use crate::vm::report::quote::write_quote;

/// How the source of an entry is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// All lines that are meant, and marks below them.
    Marked,
    /// The first line.
    FirstLine,
}

/// How often the same line is shown before further repetitions are only counted.
const REPEATS_SHOWN: usize = 3;

/// Writes the entries, oldest first.
pub fn write_entries(out: &mut String, entries: impl Iterator<Item = Entry>, quoting: Quoting) {
    let mut sources = Sources::default();
    let mut entries = entries.peekable();
    while let Some(entry) = entries.next() {
        let mut run = 1;
        write_entry(out, &entry, quoting, &mut sources);
        while let Some(again) = entries.next_if(|next| next.is_same_line(&entry)) {
            run += 1;
            if run <= REPEATS_SHOWN {
                write_entry(out, &again, quoting, &mut sources);
            }
        }
        if run > REPEATS_SHOWN {
            let more = run - REPEATS_SHOWN;
            let plural = if more == 1 { "" } else { "s" };
            let _ = writeln!(out, "  [Previous line repeated {more} more time{plural}]");
        }
    }
}

fn write_entry(out: &mut String, entry: &Entry, quoting: Quoting, sources: &mut Sources) {
    let line = match quoting {
        Quoting::Marked => entry.position.line,
        Quoting::FirstLine => entry.line,
    };
    let _ = writeln!(out, "  File \"{}\", line {line}, in {}", entry.filename, entry.name);
    match quoting {
        Quoting::Marked => {
            if let Some(text) = entry.typed_text.as_ref().or_else(|| sources.file(&entry.filename)) {
                write_quote(out, text, &entry.position);
            }
        }
        Quoting::FirstLine => {
            let Some(text) = sources.file(&entry.filename) else { return };
            if line <= text.line_count() {
                out.push_str("    ");
                append(out, text.line_text(line).trim_start_matches([' ', '\t', '\x0c']));
                out.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::InstructionPosition;

    #[test]
    fn repeated_lines_are_counted_after_three() {
        let position = InstructionPosition { line: 1, end_line: 1, column: 0, end_column: 0 };
        let entry = Entry { filename: "<t>".into(), name: "f".into(), position, line: 1, typed_text: None };
        let mut out = String::new();
        write_entries(&mut out, std::iter::repeat_n(entry, 10), Quoting::Marked);
        assert!(out.ends_with("  [Previous line repeated 7 more times]\n"));
    }
}
