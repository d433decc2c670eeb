//! The texts that tracebacks quote: files, and what somebody typed (CPython: `linecache`).
//!
//! A file is read once for each report. One that cannot be read or decoded has no lines, and neither has one for which
//! there is no memory.

use std::collections::HashMap;

use crate::memory::Room;
use crate::source::SourceText;
use crate::text::codec::source;
use crate::text::path;

/// The sources of one report.
#[derive(Default)]
pub struct Sources(HashMap<String, Option<SourceText>>);

/// How many bytes of memory a byte of a file takes at most while it is decoded: twice itself, and a line's start.
const BYTES_A_BYTE: usize = 8;

impl Sources {
    /// Returns the text of a file; none for what is no file, like `<stdin>`.
    pub fn file(&mut self, name: &str) -> Option<&SourceText> {
        if name.is_empty() || name.starts_with('<') && name.ends_with('>') {
            return None;
        }
        self.0.entry(name.to_owned()).or_insert_with(|| read(name)).as_ref()
    }
}

fn read(name: &str) -> Option<SourceText> {
    let bytes = path::read(name).ok()?;
    let _room = Room::of(bytes.len().saturating_mul(BYTES_A_BYTE)).ok()?;
    let text = source::decode(None, &bytes).ok()?;
    u32::try_from(text.len()).ok()?;
    Some(SourceText::new(name, &text))
}

/// Returns a line of a source file without the blanks around it; none for an empty one.
pub fn stripped_line(file: &str, line: u32) -> Option<String> {
    let mut sources = Sources::default();
    let line = sources.file(file)?.line_text(line).trim();
    (!line.is_empty()).then(|| line.to_owned())
}
