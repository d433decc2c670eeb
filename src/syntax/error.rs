//! What is wrong with a text, and how it is shown.
//!
//! A `SyntaxError` holds a span; lines, columns and the quoted line are worked out when it is
//! shown. Offsets are CPython's: characters counted from 1, the end exclusive.

use std::fmt::Write;

use crate::source::{SourceText, Span};
use crate::text::stored;

/// The exception type that a syntax error becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyntaxErrorKind {
    /// `SyntaxError`.
    #[default]
    Syntax,
    /// `IndentationError`.
    Indentation,
    /// `TabError`.
    Tab,
    /// `RecursionError`: the tree would be too deep.
    Recursion,
    /// `UnicodeEncodeError`: the text that is the message has surrogates.
    Surrogates,
}

impl SyntaxErrorKind {
    /// Returns the name of the exception type.
    pub fn name(self) -> &'static str {
        match self {
            SyntaxErrorKind::Syntax => "SyntaxError",
            SyntaxErrorKind::Indentation => "IndentationError",
            SyntaxErrorKind::Tab => "TabError",
            SyntaxErrorKind::Recursion => "RecursionError",
            SyntaxErrorKind::Surrogates => "UnicodeEncodeError",
        }
    }
}

/// A text shown in place of the source line: CPython quotes f-string fields by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// What is quoted.
    pub text: String,
    /// The line to name; 1 unless known better.
    pub line: u32,
    /// The first character, counted from 1.
    pub offset: u32,
    /// Just past the last character.
    pub end_offset: u32,
}

/// How the columns of a mistake are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    /// In characters.
    #[default]
    Chars,
    /// In bytes.
    Bytes,
    /// Not at all: only the line is known.
    Unknown,
}

/// What `end_offset` tells of a mistake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// Where the span ends.
    #[default]
    Span,
    /// Nothing, as 0: CPython knows only the beginning.
    Zero,
    /// Nothing, as -1: CPython knows only where its reading had come to.
    Below,
}

/// A warning about valid code that is probably not what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxWarning {
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
}

impl SyntaxWarning {
    /// Returns what CPython prints: the place, and the line unless the text came from no file.
    pub fn render(&self, source: &SourceText) -> String {
        let line = source.line(self.span.start);
        let mut out = format!("{}:{line}: SyntaxWarning: {}\n", source.name(), self.message);
        let text = source.line_text(line).trim();
        if !source.name().starts_with('<') && !text.is_empty() {
            let _ = writeln!(out, "  {text}");
        }
        out
    }
}

/// A mistake in a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The exception it becomes.
    pub kind: SyntaxErrorKind,
    /// What is wrong.
    pub message: String,
    /// Where; an empty span is shown as one caret.
    pub span: Span,
    /// How its columns are counted.
    pub columns: Columns,
    /// What is told of its end.
    pub end: End,
    /// What to quote instead of the source line.
    pub excerpt: Option<Excerpt>,
}

/// The attributes that the exception object carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// `lineno`.
    pub line: u32,
    /// `offset`.
    pub offset: u32,
    /// `end_lineno`.
    pub end_line: u32,
    /// `end_offset`; 0 or -1 if the end is not known.
    pub end_offset: i32,
    /// `text`, with its line end.
    pub text: String,
}

impl SyntaxError {
    /// Makes a `SyntaxError` of no subclass.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        let kind = SyntaxErrorKind::Syntax;
        SyntaxError {
            kind,
            message: message.into(),
            span,
            columns: Columns::Chars,
            end: End::Span,
            excerpt: None,
        }
    }

    /// Makes a `SyntaxError` of no subclass, boxed.
    pub fn at(span: Span, message: impl Into<String>) -> Box<Self> {
        Self::of(SyntaxErrorKind::Syntax, span, message)
    }

    /// Makes an error of any kind, boxed.
    pub fn of(kind: SyntaxErrorKind, span: Span, message: impl Into<String>) -> Box<Self> {
        Box::new(SyntaxError {
            kind,
            message: message.into(),
            span,
            columns: Columns::Chars,
            end: End::Span,
            excerpt: None,
        })
    }

    /// Says how the columns are counted.
    pub fn counting(mut self: Box<Self>, columns: Columns) -> Box<Self> {
        self.columns = columns;
        self
    }

    /// Says that no more is known of the end than this.
    pub fn ending(mut self: Box<Self>, end: End) -> Box<Self> {
        self.end = end;
        self
    }

    /// Works out the attributes of the exception object.
    pub fn details(&self, source: &SourceText) -> Details {
        if let Some(excerpt) = &self.excerpt {
            let (line, offset, end_offset) = (excerpt.line, excerpt.offset, excerpt.end_offset as i32);
            return Details { line, offset, end_line: line, end_offset, text: excerpt.text.clone() };
        }
        if !source.has_text() {
            let (begin, end) = (source.position(self.span.start), source.position(self.span.end));
            let (offset, end_offset) = (begin.column + 1, end.column as i32 + 1);
            let text = String::new();
            return Details { line: begin.line, offset, end_line: end.line, end_offset, text };
        }
        let end = source.text().len() as u32;
        let start = self.span.start.min(end);
        // Past the final line end there is no line to quote: CPython stays on the last one.
        let line = source.line(start).min(source.line_count().max(1));
        let offset = self.offset(source, start);
        let at_line_end = matches!(source.text().as_bytes().get(start as usize), None | Some(b'\n'));
        let (end_line, end_offset) = if self.end != End::Span {
            (line, 0)
        } else if self.span.end <= start {
            // The end of a line is a token of one character.
            (line, offset + u32::from(at_line_end && offset > 0))
        } else {
            let last = self.span.end.min(end);
            // The end of a line belongs to that line.
            let before = last - u32::from(source.text().as_bytes()[last as usize - 1] == b'\n');
            (source.line(before), self.offset(source, before) + last - before)
        };
        let end_offset = if self.end == End::Below { -1 } else { end_offset as i32 };
        Details { line, offset, end_line, end_offset, text: format!("{}\n", source.line_text(line)) }
    }
}

impl SyntaxError {
    /// Returns the column of a byte as CPython counts it, from 1; 0 when it is not known.
    fn offset(&self, source: &SourceText, at: u32) -> u32 {
        match self.columns {
            Columns::Chars => source.column_in_chars(at) + 1,
            Columns::Bytes => source.position(at).column + 1,
            Columns::Unknown => 0,
        }
    }
}

/// Returns what CPython prints for an uncaught syntax error, with its line end.
pub fn render(error: &SyntaxError, source: &SourceText) -> String {
    let mut out = String::new();
    if !matches!(error.kind, SyntaxErrorKind::Recursion | SyntaxErrorKind::Surrogates) {
        let details = error.details(source);
        let _ = writeln!(out, "  File \"{}\", line {}", source.name(), details.line);
        write_excerpt(&mut out, &details);
    }
    let _ = writeln!(out, "{}: {}", error.kind.name(), stored::shown(&error.message));
    out
}

/// Writes the quoted line and its carets.
fn write_excerpt(out: &mut String, details: &Details) {
    let line = details.text.trim_end_matches('\n');
    let shown = line.trim_start_matches([' ', '\x0c']);
    let skipped = (line.chars().count() - shown.chars().count()) as u32;
    let length = shown.chars().count() as u32;
    let _ = writeln!(out, "    {shown}");
    if details.offset <= skipped {
        return;
    }
    let column = (details.offset - 1 - skipped).min(length.max(details.offset.saturating_sub(1 + skipped)));
    let end_offset =
        if details.end_line > details.line { length + skipped + 1 } else { details.end_offset.max(0) as u32 };
    let carets = end_offset.saturating_sub(details.offset).max(1);
    // Tabs are repeated, so that the carets stand below what they mean.
    let blank = |c: char| if c.is_whitespace() { c } else { ' ' };
    let padding: String =
        shown.chars().map(blank).chain(std::iter::repeat(' ')).take(column as usize).collect();
    let _ = writeln!(out, "    {padding}{}", "^".repeat(carets as usize));
}
