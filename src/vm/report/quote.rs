//! The source of a frame in a traceback: the lines that were running, and marks under what went wrong.
//!
//! ```text
//!     return price * count + fee[zone]
//!                            ~~~^^^^^^
//! ```
//! The marks are left out where they would only say that the whole line is meant. Of many lines the first, the last and
//! those around the operator are shown. Columns are those of a terminal, where some characters take two. The rules are
//! those of CPython 3.14, line for line (`StackSummary.format_frame_summary`).

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::bytecode::InstructionPosition;
use crate::memory::Room;
use crate::source::SourceText;
use crate::syntax;
use crate::syntax::tree::{ExprKind, StmtKind};
use crate::text::unicode;
use crate::vm::report::anchors::{self, Anchors};
use crate::vm::report::append;

/// About how many bytes of memory a byte of source takes while it is parsed and shown.
const BYTES_A_BYTE: usize = 64;

/// Writes the lines of a position with four blanks in front; nothing if there is no memory for them.
pub fn write_quote(out: &mut String, text: &SourceText, position: &InstructionPosition) {
    let end_line = position.end_line.max(position.line);
    let bytes: usize = (position.line..=end_line).map(|line| text.line_text(line).len() + 1).sum();
    let Ok(_room) = Room::of(bytes.saturating_mul(BYTES_A_BYTE)) else { return };
    let mut original = String::with_capacity(bytes);
    for line in position.line..=end_line {
        original.push_str(text.line_text(line).trim_end_matches(unicode::is_space));
        original.push('\n');
    }
    if original.trim_matches(unicode::is_space).is_empty() {
        return;
    }
    if position.column == 0 && position.end_column == 0 {
        let first = original.split('\n').next().unwrap_or("").trim_matches(unicode::is_space);
        write_indented(out, first);
        return;
    }
    let same = dedented(&original);
    let Some(quote) = Quote::new(&original, &same, position) else { return };
    let mut shown = String::with_capacity(bytes * 2);
    quote.write(&mut shown);
    for line in dedented(&shown).split_terminator('\n') {
        write_indented(out, line);
    }
}

fn write_indented(out: &mut String, line: &str) {
    out.push_str("    ");
    append(out, line);
    out.push('\n');
}

/// The lines of a position, and what of them is meant.
struct Quote<'a> {
    /// The lines without the indentation that all of them have.
    lines: Vec<&'a str>,
    /// What is meant of the first line begins at this character, and of the last line ends before this one.
    start: usize,
    end: usize,
    /// The operator or the brackets; lines from 0, columns in characters of a line.
    anchors: Option<Anchors>,
    has_marks: bool,
}

impl<'a> Quote<'a> {
    fn new(original: &str, dedented: &'a str, position: &InstructionPosition) -> Option<Quote<'a>> {
        let last = (position.end_line.max(position.line) - position.line) as usize;
        let lines: Vec<&str> = lines_of(dedented).take(last + 1).collect();
        let first_line = lines_of(original).next()?;
        let last_line = lines_of(original).nth(last)?;
        let removed = first_line.chars().count().saturating_sub(lines[0].chars().count());
        let start = anchors::chars_before(first_line, position.column as usize).saturating_sub(removed);
        let end = anchors::chars_before(last_line, position.end_column as usize).saturating_sub(removed);
        let mut quote = Quote { lines, start, end, anchors: None, has_marks: false };
        quote.anchors = anchors::find(&quote.segment());
        quote.has_marks = quote.needs_marks();
        // The places so far are those of the part that is meant.
        if let Some(anchors) = &mut quote.anchors {
            for place in [&mut anchors.left, &mut anchors.right] {
                place.column += if place.line == 0 { start } else { 0 };
            }
        }
        Some(quote)
    }

    /// Returns the part that is meant.
    fn segment(&self) -> String {
        let text = self.lines.join("\n");
        let rest = self.last().chars().count();
        let cut = rest.saturating_sub(self.end);
        let length = text.chars().count().saturating_sub(cut);
        text.chars().take(length).skip(self.start).collect()
    }

    fn last(&self) -> &'a str {
        self.lines[self.lines.len() - 1]
    }

    /// Whether marks say more than that all is meant: they mark an operator, or not all of the lines. A call that is all
    /// that a line returns, or assigns to one name, needs none either.
    fn needs_marks(&self) -> bool {
        let source = SourceText::new("<traceback>", &self.lines.join("\n"));
        if let Ok(tree) = syntax::parse_module(&source) {
            let Some(statement) = tree.body.first() else { return false };
            let is_name = |kind: &ExprKind| matches!(kind, ExprKind::Name { .. });
            let call = match &statement.kind {
                StmtKind::Return { value: Some(value) } => {
                    let is_plain = matches!(&value.kind, ExprKind::Call { func, .. } if is_name(&func.kind));
                    is_plain.then_some(value)
                }
                StmtKind::Assign { targets, value } => {
                    let is_plain = matches!(&targets[..], [target] if is_name(&target.kind))
                        && matches!(value.kind, ExprKind::Call { .. });
                    is_plain.then_some(value)
                }
                _ => None,
            };
            if let Some(call) = call {
                let (begin, end) = (source.position(call.span.start), source.position(call.span.end));
                if (begin.line, end.line as usize) == (1, self.lines.len())
                    && (begin.column as usize, end.column as usize) == (self.start, self.end)
                {
                    return false;
                }
            }
        }
        let has_more = |mut rest: std::str::Chars<'_>| rest.any(|char| !unicode::is_space(char));
        let before: String = self.lines[0].chars().take(self.start).collect();
        let after: String = self.last().chars().skip(self.end).collect();
        self.anchors.is_some() || has_more(before.chars()) || has_more(after.chars())
    }

    /// Writes the first line, the last, and those around the ends of what the anchors mark.
    fn write(&self, out: &mut String) {
        let last = self.lines.len() - 1;
        let mut significant = BTreeSet::from([0, last]);
        if let Some(anchors) = &self.anchors {
            for line in [anchors.left.line, anchors.right.line] {
                significant.extend((line.saturating_sub(1)..=line + 1).filter(|&near| near <= last));
            }
        }
        let mut before = None;
        for line in significant {
            match before.map(|before| line - before) {
                // A line alone takes no more room than the words in its place.
                Some(2) => self.write_line(out, line - 1),
                Some(apart @ 3..) => {
                    let _ = writeln!(out, "...<{} lines>...", apart - 1);
                }
                _ => {}
            }
            self.write_line(out, line);
            before = Some(line);
        }
    }

    fn write_line(&self, out: &mut String, line: usize) {
        let text = self.lines[line];
        out.push_str(text);
        out.push('\n');
        if !self.has_marks {
            return;
        }
        let is_last = line + 1 == self.lines.len();
        let end = if is_last { width(text, self.end) } else { width(text, text.chars().count()) };
        let indent = text.chars().take_while(|&char| unicode::is_space(char)).count();
        let start = if line == 0 { width(text, self.start).max(indent) } else { indent };
        let operator = self.anchors.as_ref().map(|anchors| {
            let column = |place: anchors::Place| width(self.lines[place.line], place.column);
            let left = (anchors.left.line, column(anchors.left));
            (left, (anchors.right.line, column(anchors.right)))
        });
        for column in 0..end {
            out.push(match operator {
                _ if column < start => ' ',
                Some((left, right)) if (line, column) < left || (line, column) >= right => '~',
                _ => '^',
            });
        }
        out.push('\n');
    }
}

/// Returns how many columns the first characters of a line take.
fn width(line: &str, chars: usize) -> usize {
    if line.is_ascii() {
        return chars;
    }
    line.chars().take(chars).map(|char| 1 + usize::from(unicode::is_wide(char))).sum()
}

/// Splits a text that ends in a line end as `str.splitlines` does.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split_terminator(unicode::is_line_break)
}

/// Returns the lines without the indentation that all have, and blank lines empty (CPython: `textwrap.dedent`).
fn dedented(text: &str) -> String {
    let is_blank = |line: &str| line.chars().all(unicode::is_space);
    let indents = text.split('\n').filter(|line| !is_blank(line)).map(|line| {
        let rest = line.trim_start_matches([' ', '\t']);
        &line.as_bytes()[..line.len() - rest.len()]
    });
    let common = |one: &'_ [u8], other: &'_ [u8]| one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let mut margin: Option<&[u8]> = None;
    for indent in indents {
        margin = Some(margin.map_or(indent, |margin| &margin[..common(margin, indent)]));
    }
    let margin = margin.map_or(0, <[u8]>::len);
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if !is_blank(line) {
            out.push_str(&line[margin..]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands below `source` in a traceback of an instruction from `column` of the first line to `end_column` of
    /// the last.
    fn marks(source: &str, column: u32, end_column: u32) -> String {
        let text = SourceText::new("t.mv", source);
        let position = InstructionPosition { line: 1, end_line: text.line_count(), column, end_column };
        let mut out = String::new();
        write_quote(&mut out, &text, &position);
        out.lines().skip(1).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_operator_of_a_binary_operation_is_marked() {
        assert_eq!(marks("    return (a) + (b)", 11, 20), "           ~~~~^~~~~");
        assert_eq!(marks("x = a // b", 4, 10), "        ~~^^~~");
    }

    #[test]
    fn a_subscript_and_a_call_are_marked_from_the_bracket() {
        assert_eq!(marks("    return x [ 5 ].foo", 11, 18), "           ~~^^^^^");
        assert_eq!(marks("    f()", 4, 7), "    ~^^");
    }

    #[test]
    fn a_whole_line_gets_no_marks() {
        assert_eq!(marks("    x.y", 4, 7), "");
        assert_eq!(marks("    x.y  # why", 4, 7), "    ^^^");
        assert_eq!(marks("    return f(1)", 11, 15), "");
        assert_eq!(marks("    x = o.f(1)", 8, 14), "");
    }

    #[test]
    fn columns_are_those_of_a_terminal() {
        assert_eq!(marks("é = 5 + f(1)   # cé", 9, 13), "            ~^^^");
        assert_eq!(marks("漢 = 5 + f(1)", 10, 14), "             ~^^^");
    }

    #[test]
    fn many_lines_are_cut_where_nothing_is_marked() {
        let shown = marks("    x = (a +\n        1,\n        2,\n        3,\n        b)", 9, 10);
        assert_eq!(shown, "         ^^^\n    ...<3 lines>...\n        b)\n        ^^");
    }
}
