//! `SyntaxError` objects: made from what the compiler found, and shown again in tracebacks.

use crate::memory::{self, OutOfMemory};
use crate::protocol;
use crate::source::SourceText;
use crate::syntax::error::{SyntaxError, SyntaxErrorKind};
use crate::text::codec::source::DecodeError;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::exception::places::syntax_error::{end_lineno, end_offset, filename, lineno, msg, offset};
use crate::types::exception::{make_builtin, payload, places};
use crate::types::object::utf8::check_utf8;
use crate::value::{ErrorKind, Name, Raised, Str, Value};

/// Raises what the compiler says is wrong with a text.
pub fn raise(thread: &mut Thread, error: &SyntaxError, source: &SourceText) -> Raised {
    let kind = match error.kind {
        SyntaxErrorKind::Syntax => ErrorKind::SyntaxError,
        SyntaxErrorKind::Indentation => ErrorKind::IndentationError,
        SyntaxErrorKind::Tab => ErrorKind::TabError,
        SyntaxErrorKind::Recursion => return Raised::new(ErrorKind::RecursionError, &error.message),
        SyntaxErrorKind::Surrogates => return surrogates(thread, &error.message),
    };
    let details = error.details(source);
    let message = thread.new_str(&error.message);
    let file = thread.new_str(source.name());
    let text = match source.has_text() {
        true => thread.new_str(&stored::stored(&details.text)),
        false => Value::NONE,
    };
    let numbers = [details.line, details.offset, details.end_line];
    let [line, offset, end_line] = numbers.map(|number| thread.new_int(number.into()));
    let end_offset = thread.new_int(details.end_offset.into());
    let facts = thread.new_tuple(vec![file, line, offset, text, end_line, end_offset]);
    Raised::instance(make_builtin(thread, kind, &[message, facts]))
}

/// Raises `UnicodeEncodeError` for a text with surrogates in a place where there may be none.
fn surrogates(thread: &Thread, text: &str) -> Raised {
    let text = thread.new_str(text);
    let refused = text.downcast_ref::<Str>().and_then(|text| check_utf8(thread, text).err());
    refused.unwrap_or_else(Raised::memory_error)
}

/// Raises `SyntaxError` for bytes of a file that are no source text.
pub fn undecodable(thread: &mut Thread, error: &DecodeError, file: &str) -> Raised {
    let message = thread.new_str(&stored::stored(&error.message));
    let place = match &error.line {
        // As in CPython, the line of a module names no file.
        Some(line) => {
            let text = thread.new_str(&stored::stored(&line.text));
            let [number, start, end] =
                [line.number, line.columns.0, line.columns.1].map(|number| thread.new_usize(number));
            let file = line.file.as_deref().map_or(Value::NONE, |file| thread.new_str(file));
            vec![file, number.clone(), start, text, number, end]
        }
        None => vec![thread.new_str(file), thread.new_int(0), thread.new_int(-1), Value::NONE],
    };
    let place = thread.new_tuple(place);
    Raised::instance(make_builtin(thread, ErrorKind::SyntaxError, &[message, place]))
}

/// Returns what a traceback shows of a syntax error below the stack: the place, the line with carets, class and message.
/// `class` is the name of the class.
pub fn shown(thread: &mut Thread, exception: &Value, class: &str) -> Result<String, OutOfMemory> {
    let field = |place: usize| payload(exception).field(place);
    let file = Some(field(filename::PLACE)).filter(|file| !file.is_none());
    let mut text = |value: &Value| -> Result<String, OutOfMemory> {
        match protocol::str(thread, value) {
            Ok(text) => memory::copy_text(text.as_str()),
            Err(_) => Ok("<unknown>".to_owned()),
        }
    };
    let file = file.as_ref().map(&mut text).transpose()?.filter(|file| !file.is_empty());
    let (line, end_line) = (text(&field(lineno::PLACE))?, text(&field(end_lineno::PLACE))?);
    let has_line = !field(lineno::PLACE).is_none();
    let mut out = String::new();
    if has_line {
        let file = file.as_deref().unwrap_or("<string>");
        out = memory::formatted(format_args!("  File \"{file}\", line {line}\n"))?;
    }
    if let Some(quoted) = Name::of(field(places::syntax_error::text::PLACE)) {
        let number = |place: usize| match field(place) {
            value if value.is_none() => Offset::Missing,
            value => value.as_i64().map_or(Offset::Other, Offset::Number),
        };
        let end = if line == end_line { number(end_offset::PLACE) } else { Offset::Number(i64::MAX) };
        write_quote(&mut out, &quoted, number(offset::PLACE), end)?;
    }
    let message = field(msg::PLACE);
    let message = match protocol::is_true(thread, &message) {
        Ok(false) => "<no detail available>".to_owned(),
        _ => match protocol::str(thread, &message) {
            Ok(message) => memory::copy_text(message.as_str())?,
            Err(_) => "<exception str() failed>".to_owned(),
        },
    };
    for part in [class, ": ", &message] {
        memory::push_str(&mut out, part)?;
    }
    if let Some(file) = file.filter(|_| !has_line) {
        memory::push_str(&mut out, &memory::formatted(format_args!(" ({file})"))?)?;
    }
    out.push('\n');
    Ok(out)
}

/// A position in the quoted line, as a script may have set it.
enum Offset {
    Missing,
    Number(i64),
    Other,
}

/// Writes the quoted line without its indentation, and carets from one offset to the other, which count from 1.
fn write_quote(out: &mut String, quoted: &str, offset: Offset, end: Offset) -> Result<(), OutOfMemory> {
    let line = quoted.trim_end_matches('\n');
    let shown = line.trim_start_matches([' ', '\n', '\x0c']);
    let indent = (line.chars().count() - shown.chars().count()) as i64;
    let (past_line, past_text) = (line.chars().count() as i64 + 1, quoted.chars().count() as i64);
    let mut write_line = || ["    ", shown, "\n"].iter().try_for_each(|part| memory::push_str(out, part));
    let mut offset = match offset {
        Offset::Missing => return write_line(),
        Offset::Number(offset) => offset,
        Offset::Other => return Ok(()),
    };
    let mut end = match end {
        Offset::Number(end) if end != 0 => end,
        _ => offset,
    };
    // A script may have set the positions to anything.
    if past_text > 0 && offset > past_text {
        offset = past_line;
    }
    if end == i64::MAX || past_text > 0 && end > past_text {
        end = past_line;
    }
    if offset >= end || end < 0 {
        end = offset.saturating_add(1);
    }
    write_line()?;
    let column = offset.saturating_sub(1 + indent);
    if column < 0 {
        return Ok(());
    }
    memory::push_str(out, "    ")?;
    // Tabs are repeated, so that the carets stand below what they mean.
    for c in shown.chars().take(column as usize) {
        let blank = if c.is_whitespace() { c } else { ' ' };
        memory::push_str(out, blank.encode_utf8(&mut [0; 4]))?;
    }
    memory::push_str(out, &memory::repeated_text("^", (end - offset) as usize)?)?;
    memory::push_str(out, "\n")
}
