//! Groups of exceptions in a traceback: a tree with a margin, one branch an exception.
//!
//! ```text
//!   + Exception Group Traceback (most recent call last):
//!   | ExceptionGroup: some (2 sub-exceptions)
//!   +-+---------------- 1 ----------------
//!     | ValueError: 1
//!     +---------------- 2 ----------------
//! ```

use std::fmt::Write;

use crate::text::unicode::is_line_break;
use crate::thread::Thread;
use crate::types::exception::group::members;
use crate::value::Value;
use crate::vm::report::traceback_text::Quoting;
use crate::vm::report::{append, write_chain, write_last_lines, write_stack};

/// How many exceptions of a group are shown.
const MAX_WIDTH: usize = 15;
/// How deeply nested groups are shown.
const MAX_DEPTH: usize = 10;

/// The current place in a tree of groups.
#[derive(Default)]
pub struct Margin {
    depth: usize,
    needs_end: bool,
    /// The exceptions that were shown, so that none is shown twice as the cause or context of another.
    pub shown: Vec<Value>,
}

impl Margin {
    fn indent(&self) -> String {
        "  ".repeat(self.depth)
    }

    /// Writes lines with the margin in front.
    pub fn write(&self, out: &mut String, text: &str) {
        self.write_behind(out, text, '|');
    }

    fn write_behind(&self, out: &mut String, text: &str, margin: char) {
        if self.depth == 0 {
            append(out, text);
            return;
        }
        for line in text.split_inclusive(is_line_break) {
            let _ = write!(out, "{}{margin} ", self.indent());
            append(out, line);
        }
    }
}

/// Writes a group and all its exceptions.
pub fn write_group(thread: &mut Thread, out: &mut String, group: &Value, margin: &mut Margin) {
    if margin.depth > MAX_DEPTH {
        margin.write(out, &format!("... (max_group_depth is {MAX_DEPTH})\n"));
        return;
    }
    let is_outermost = margin.depth == 0;
    margin.depth += usize::from(is_outermost);
    let mut text = String::new();
    if write_stack(thread, &mut text, group, Quoting::Marked) {
        let heading = "Exception Group Traceback (most recent call last):\n";
        margin.write_behind(out, heading, if is_outermost { '+' } else { '|' });
        margin.write(out, &text);
    }
    write_last_lines(thread, out, group, margin);
    let members = members(group);
    let shown = members.len().min(MAX_WIDTH + 1);
    margin.needs_end = false;
    for (index, member) in members.iter().take(shown).enumerate() {
        let is_last = index + 1 == shown;
        margin.needs_end |= is_last;
        let is_cut = index >= MAX_WIDTH;
        let title = if is_cut { "...".to_owned() } else { (index + 1).to_string() };
        let branch = if index == 0 { "+-" } else { "  " };
        let _ = writeln!(out, "{}{branch}+---------------- {title} ----------------", margin.indent());
        margin.depth += 1;
        if is_cut {
            let rest = members.len() - MAX_WIDTH;
            let plural = if rest > 1 { "s" } else { "" };
            margin.write(out, &format!("and {rest} more exception{plural}\n"));
        } else {
            write_chain(thread, out, member, margin);
        }
        if is_last && margin.needs_end {
            let _ = writeln!(out, "{}+------------------------------------", margin.indent());
            margin.needs_end = false;
        }
        margin.depth -= 1;
    }
    margin.depth -= usize::from(is_outermost);
}
