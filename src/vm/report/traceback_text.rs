//! Tracebacks as text: the lines, the quoted source and the carets under what went wrong.
//!
//! ```text
//!   File "shop.mv", line 12, in total
//!     return price * count + fee[zone]
//!                            ~~~^^^^^^
//! ```
//! The rules are those of CPython 3.11, line for line.

use std::fmt::Write;

use crate::source::SourceText;
use crate::syntax::{self, tree};

/// One entry of a traceback: a frame and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The file.
    pub filename: String,
    /// The function, `<module>` for a module.
    pub name: String,
    /// The position of what was running.
    pub position: crate::bytecode::InstructionPosition,
}

/// How often the same line is shown before further repetitions are only counted.
const REPEATS_SHOWN: usize = 3;

/// Writes the entries, oldest first. `line` returns a line of a file, counted from 1.
pub fn write_entries(
    out: &mut String,
    entries: impl Iterator<Item = Entry>,
    mut line: impl FnMut(&str, u32) -> Option<String>,
) {
    let mut entries = entries.peekable();
    while let Some(entry) = entries.next() {
        let mut run = 1;
        write_entry(out, &entry, line(&entry.filename, entry.position.line).as_deref());
        while let Some(again) = entries.next_if(|next| next.is_same_line(&entry)) {
            run += 1;
            if run <= REPEATS_SHOWN {
                write_entry(out, &again, line(&again.filename, again.position.line).as_deref());
            }
        }
        if run > REPEATS_SHOWN {
            let more = run - REPEATS_SHOWN;
            let plural = if more == 1 { "" } else { "s" };
            let _ = writeln!(out, "  [Previous line repeated {more} more time{plural}]");
        }
    }
}

impl Entry {
    fn is_same_line(&self, other: &Entry) -> bool {
        self.filename == other.filename
            && self.name == other.name
            && self.position.line == other.position.line
    }
}

fn write_entry(out: &mut String, entry: &Entry, source: Option<&str>) {
    let _ = writeln!(out, "  File \"{}\", line {}, in {}", entry.filename, entry.position.line, entry.name);
    let Some(source) = source else { return };
    let stripped = source.trim_start_matches([' ', '\t', '\x0c']);
    if stripped.trim_end().is_empty() {
        return;
    }
    let _ = writeln!(out, "    {}", stripped.trim_end());
    write_carets(out, entry, source, source.chars().count() - stripped.chars().count());
}

/// Writes the line of carets, unless it would mark the whole line.
fn write_carets(out: &mut String, entry: &Entry, source: &str, indent: usize) {
    let position = &entry.position;
    if position.end_column == 0 && position.column == 0 {
        return;
    }
    let start = chars_before(source, position.column as usize);
    let (end, operator) = if position.end_line == position.line {
        let range = position.column as usize..position.end_column as usize;
        let operator = source.get(range).and_then(operator_range);
        (chars_before(source, position.end_column as usize), operator)
    } else {
        (source.trim_end().chars().count(), None)
    };
    if operator.is_none() && end - start.min(end) == source.chars().count() - indent {
        return;
    }
    out.push_str("    ");
    for column in indent..end {
        out.push(match operator {
            _ if column < start => ' ',
            Some((from, to)) if !(start + from..start + to).contains(&column) => '~',
            _ => '^',
        });
    }
    out.push('\n');
}

fn chars_before(text: &str, bytes: usize) -> usize {
    text.char_indices().take_while(|(offset, _)| *offset < bytes).count()
}

/// Returns the range of the operator in a binary operation, or of the brackets in a subscript, in characters.
fn operator_range(segment: &str) -> Option<(usize, usize)> {
    let source = SourceText::new("<traceback>", segment);
    let expression = syntax::parse_expression(&source).ok()?;
    let (from, to) = match &expression.kind {
        tree::ExprKind::BinOp { left, right, .. } => {
            let between = segment.get(left.span.end as usize..right.span.start as usize)?;
            let skipped = between.find(|c: char| !c.is_whitespace() && c != ')')?;
            let from = left.span.end as usize + skipped;
            let second = segment[from + 1..right.span.start as usize].chars().next();
            let length = if second.is_some_and(|c| !c.is_whitespace() && c != '(') { 2 } else { 1 };
            (from, from + length)
        }
        tree::ExprKind::Subscript { value, .. } => {
            // From the opening bracket to the closing one, which is the last character of a subscript.
            let after = segment.get(value.span.end as usize..)?;
            let skipped = after.find(|c: char| !c.is_whitespace() && c != ')')?;
            (value.span.end as usize + skipped, expression.span.end as usize)
        }
        _ => return None,
    };
    Some((chars_before(segment, from), chars_before(segment, to)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::InstructionPosition;

    fn shown(source: &str, column: u32, end_column: u32) -> String {
        let position = InstructionPosition { line: 1, end_line: 1, column, end_column };
        let entry = Entry { filename: "t.mv".into(), name: "f".into(), position };
        let mut out = String::new();
        write_entries(&mut out, std::iter::once(entry), |_, _| Some(source.to_owned()));
        out.lines().skip(2).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_operator_of_a_binary_operation_is_marked() {
        assert_eq!(shown("    return (a) + (b)", 11, 20), "           ~~~~^~~~~");
        assert_eq!(shown("x = a // b", 4, 10), "        ~~^^~~");
    }

    #[test]
    fn a_subscript_is_marked_from_its_bracket() {
        assert_eq!(shown("    return x [ 5 ].foo", 11, 18), "           ~~^^^^^");
    }

    #[test]
    fn a_whole_line_gets_no_carets() {
        assert_eq!(shown("    f()", 4, 7), "");
        assert_eq!(shown("    f()  # why", 4, 7), "    ^^^");
    }

    #[test]
    fn columns_are_counted_in_characters() {
        assert_eq!(shown("é = 5 + f(1)   # cé", 9, 13), "            ^^^^");
    }

    #[test]
    fn repeated_lines_are_counted_after_three() {
        let position = InstructionPosition { line: 1, end_line: 1, column: 0, end_column: 0 };
        let entry = Entry { filename: "t.mv".into(), name: "f".into(), position };
        let mut out = String::new();
        write_entries(&mut out, std::iter::repeat_n(entry, 10), |_, _| None);
        assert!(out.ends_with("  [Previous line repeated 7 more times]\n"));
    }
}
