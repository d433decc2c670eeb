//! `SyntaxError` objects: made from what the compiler found, and shown again in tracebacks.

use crate::memory::{self, OutOfMemory};
use crate::protocol;
use crate::source::{DecodeError, SourceText};
use crate::syntax::error::{SyntaxError, SyntaxErrorKind};
use crate::thread::Thread;
use crate::types::exception::places::syntax_error::{end_lineno, end_offset, filename, lineno, msg, offset};
use crate::types::exception::{Exception, make_builtin, places};
use crate::value::{ErrorKind, Integer, Name, Raised, Value};

/// Raises what the compiler says is wrong with a text.
pub fn raise(thread: &mut Thread, error: &SyntaxError, source: &SourceText) -> Raised {
    let kind = match error.kind {
        SyntaxErrorKind::Syntax => ErrorKind::SyntaxError,
        SyntaxErrorKind::Indentation => ErrorKind::IndentationError,
        SyntaxErrorKind::Tab => ErrorKind::TabError,
        SyntaxErrorKind::Recursion => return Raised::new(ErrorKind::RecursionError, &error.message),
    };
    let details = error.details(source);
    let message = thread.new_str(&error.message);
    let file = thread.new_str(source.name());
    let text = thread.new_string(details.text);
    let numbers = [details.line, details.offset, details.end_line, details.end_offset];
    let [line, offset, end_line, end_offset] = numbers.map(|number| thread.new_int(number.into()));
    let facts = thread.new_tuple(vec![file, line, offset, text, end_line, end_offset]);
    Raised::instance(make_builtin(thread, kind, &[message, facts]))
}

/// Raises `SyntaxError` for bytes that are no source text.
pub fn undecodable(thread: &mut Thread, error: &DecodeError) -> Raised {
    let message = thread.new_str(&error.message);
    Raised::instance(make_builtin(thread, ErrorKind::SyntaxError, &[message]))
}

/// The file, line and carets of a syntax error as a traceback shows them, and its message.
///
/// Nothing if the exception has no position, or there is no memory to show it.
pub fn excerpt(thread: &mut Thread, exception: &Value) -> Option<(String, Name)> {
    let error = exception.downcast_ref::<Exception>()?;
    let number = |place: usize| match error.field(place).as_integer() {
        Some(Integer::Small(number)) => usize::try_from(number).ok(),
        _ => None,
    };
    let quoted = Name::of(error.field(places::syntax_error::text::PLACE));
    let file = Name::of(error.field(filename::PLACE)).unwrap_or(Name::Own("<string>"));
    let line = number(lineno::PLACE)?;
    let message = Name::of(protocol::str(thread, &error.field(msg::PLACE)).ok()?.into_value())?;
    let mut out = memory::formatted(format_args!("  File \"{file}\", line {line}\n")).ok()?;
    if let Some(quoted) = quoted {
        let spans_lines = number(end_lineno::PLACE).unwrap_or(line) > line;
        let (begin, end) = (number(offset::PLACE), number(end_offset::PLACE));
        write_quote(&mut out, &quoted, begin, spans_lines, end).ok()?;
    }
    Some((out, message))
}

fn write_quote(
    out: &mut String,
    quoted: &str,
    offset: Option<usize>,
    spans_lines: bool,
    end: Option<usize>,
) -> Result<(), OutOfMemory> {
    let line = quoted.trim_end_matches('\n');
    let shown = line.trim_start_matches([' ', '\x0c']);
    let skipped = line.chars().count() - shown.chars().count();
    let length = shown.chars().count();
    for part in ["    ", shown.trim_end(), "\n"] {
        memory::push_str(out, part)?;
    }
    let Some(column) = offset.and_then(|offset| offset.checked_sub(1 + skipped)) else { return Ok(()) };
    // A script may have set the positions to anything.
    let column = column.min(length);
    let offset = column + skipped + 1;
    let end =
        if spans_lines { length + skipped + 1 } else { end.filter(|&end| end > 0).unwrap_or(offset + 1) };
    let line_end = length + skipped + 1 + usize::from(quoted.ends_with('\n'));
    let carets = end.min(line_end).saturating_sub(offset).max(1);
    memory::push_str(out, "    ")?;
    // Tabs are repeated, so that the carets stand below what they mean.
    for c in shown.chars().chain(std::iter::repeat(' ')).take(column) {
        let blank = if c.is_whitespace() { c } else { ' ' };
        memory::push_str(out, blank.encode_utf8(&mut [0; 4]))?;
    }
    for (part, count) in [("^", carets), ("\n", 1)] {
        memory::push_str(out, &memory::repeated_text(part, count)?)?;
    }
    Ok(())
}
