//! One source text with its name and its table of lines.
//!
//! The text holds only `\n` as line end and no byte order mark: `decode` sees to both. The table
//! holds the offset of the first byte of every line, so finding a line is a binary search.

use std::sync::Arc;

use super::{Position, Span};

/// A decoded source text: its name, its characters and where its lines begin.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceText {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[u32]>,
    is_typed: bool,
    /// What offsets stand for, if there is no text.
    places: Option<Arc<[Position]>>,
}

impl SourceText {
    /// Wraps `text`; line ends become `\n` and a byte order mark is skipped.
    pub fn new(name: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text: Arc<str> = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n").into()
        } else {
            text.into()
        };
        assert!(u32::try_from(text.len()).is_ok(), "a source text is shorter than 4 GiB");
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        let line_starts = std::iter::once(0).chain(newlines.map(|at| at as u32 + 1)).collect();
        SourceText { name: name.into(), text, line_starts, is_typed: false, places: None }
    }

    /// Wraps a text that somebody typed, in a session or as an argument: tracebacks quote it, though it is in no file.
    pub fn typed(name: &str, text: &str) -> Self {
        SourceText { is_typed: true, ..SourceText::new(name, text) }
    }

    /// Stands for the text of a tree that was not parsed: an offset is the position of a place in the list, which is in
    /// order.
    pub fn without_text(name: &str, places: Vec<Position>) -> Self {
        SourceText { places: Some(places.into()), ..SourceText::new(name, "") }
    }

    /// Tells whether there is a text to be quoted.
    pub fn has_text(&self) -> bool {
        self.places.is_none()
    }

    /// Tells whether the code of this text keeps it for tracebacks.
    pub fn is_typed(&self) -> bool {
        self.is_typed
    }

    /// Returns the name it was loaded under, usually a path.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Returns the whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the characters of a span.
    pub fn slice(&self, span: Span) -> &str {
        if self.places.is_some() {
            return "";
        }
        &self.text[span.range()]
    }

    /// Returns the number of lines; a final empty one after a line end does not count.
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts.len() as u32;
        if self.text.is_empty() || self.text.ends_with('\n') { starts - 1 } else { starts }
    }

    /// Returns the line, counted from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: u32) -> u32 {
        if let Some(places) = &self.places {
            return places.get(offset as usize).map_or(1, |place| place.line);
        }
        self.line_starts.partition_point(|&start| start <= offset) as u32
    }

    /// Returns the line and the byte column of `offset`.
    pub fn position(&self, offset: u32) -> Position {
        if let Some(places) = &self.places {
            return places.get(offset as usize).copied().unwrap_or(Position { line: 1, column: 0 });
        }
        let line = self.line(offset);
        Position { line, column: offset - self.line_starts[line as usize - 1] }
    }

    /// Returns the column of `offset` counted in characters from 0.
    pub fn column_in_chars(&self, offset: u32) -> u32 {
        if self.places.is_some() {
            return self.position(offset).column;
        }
        let start = self.line_starts[self.line(offset) as usize - 1] as usize;
        self.text[start..offset as usize].chars().count() as u32
    }

    /// Returns the span of a line counted from 1, without its line end; empty past the last line.
    pub fn line_span(&self, line: u32) -> Span {
        let end = self.text.len() as u32;
        let Some(&start) = self.line_starts.get((line as usize).wrapping_sub(1)) else {
            return Span::at(end);
        };
        let next = self.line_starts.get(line as usize).map_or(end, |next| next - 1);
        Span::new(start, next)
    }

    /// Returns the text of a line counted from 1, without its line end; empty past the last line.
    pub fn line_text(&self, line: u32) -> &str {
        self.slice(self.line_span(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_become_lines_and_columns() {
        let source = SourceText::new("x.mv", "a = 1\nä = b\n");
        assert_eq!(source.position(0), Position { line: 1, column: 0 });
        assert_eq!(source.position(6), Position { line: 2, column: 0 });
        let equals = source.text().rfind('=').unwrap() as u32;
        assert_eq!(source.position(equals), Position { line: 2, column: 3 });
        assert_eq!(source.column_in_chars(equals), 2);
        assert_eq!(source.line_text(2), "ä = b");
        assert_eq!(source.line_count(), 2);
    }

    #[test]
    fn every_line_end_becomes_one_newline() {
        let source = SourceText::new("x.mv", "\u{feff}a\r\nb\rc");
        assert_eq!(source.text(), "a\nb\nc");
        assert_eq!(source.line_text(3), "c");
    }

    #[test]
    fn lines_past_the_end_are_empty() {
        let source = SourceText::new("x.mv", "");
        assert_eq!((source.line_count(), source.line_text(1), source.line_text(7)), (0, "", ""));
    }
}
