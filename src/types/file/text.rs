//! The text of a file: bytes are decoded a chunk at a time, line ends are translated.
//!
//! ```text
//! bytes of the file ──chunk──▶ raw ──decode, translate──▶ text, of which `used` bytes were handed out
//!                     └ carry: the beginning of a character, or a '\r' that may go on
//! ```
//! A chunk is as large as CPython's, so that bytes that cannot be decoded are met at the same read.

use crate::memory;
use crate::text::codec::{Codec, Order, Problem};
use crate::text::stored;
use crate::thread::Thread;
use crate::types::file::bytes::Bytes;
use crate::types::str::codec;
use crate::value::{Raised, Run};

/// Bytes that are decoded at a time.
const CHUNK_BYTES: usize = 8192;

/// Which line ends are recognised, and whether they are translated (the parameter `newline`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Newline {
    /// Every line end is recognised, and read as `\n`.
    Translated,
    /// Every line end is recognised, and read as it is.
    Any,
    /// Only `\n` ends a line.
    Feed,
    /// Only `\r` ends a line.
    Return,
    /// Only `\r\n` ends a line.
    ReturnFeed,
}

impl Newline {
    /// Returns the meaning of the parameter `newline`; `None` for an illegal value.
    pub fn of(text: Option<&str>) -> Option<Newline> {
        Some(match text {
            None => Newline::Translated,
            Some("") => Newline::Any,
            Some("\n") => Newline::Feed,
            Some("\r") => Newline::Return,
            Some("\r\n") => Newline::ReturnFeed,
            Some(_) => return None,
        })
    }

    const fn is_universal(self) -> bool {
        matches!(self, Newline::Translated | Newline::Any)
    }

    /// Returns what a `\n` is written as.
    pub const fn written(self) -> &'static str {
        match self {
            Newline::Return => "\r",
            Newline::ReturnFeed => "\r\n",
            _ => "\n",
        }
    }

    /// Returns the offset behind the first line end.
    fn line_end(self, text: &str) -> Option<usize> {
        let after = |at: usize| at + 1;
        match self {
            Newline::Translated | Newline::Feed => memchr::memchr(b'\n', text.as_bytes()).map(after),
            Newline::Return => memchr::memchr(b'\r', text.as_bytes()).map(after),
            Newline::ReturnFeed => memchr::memmem::find(text.as_bytes(), b"\r\n").map(|at| at + 2),
            Newline::Any => {
                let at = memchr::memchr2(b'\n', b'\r', text.as_bytes())?;
                Some(if text[at..].starts_with("\r\n") { at + 2 } else { at + 1 })
            }
        }
    }
}

/// How the bytes of a file are decoded, and the text decoded but not read yet.
pub struct Text {
    /// The encoding as the program named it.
    pub encoding: Box<str>,
    /// The name of the error handler.
    pub errors: Box<str>,
    /// Line ends.
    pub newline: Newline,
    /// Whether every line is written at once.
    pub writes_lines: bool,
    /// Whether `tell` is allowed: not while the file is iterated over.
    pub tells: bool,
    /// The line ends that were read so far: `\n`, `\r`, `\r\n`.
    pub seen: [bool; 3],
    /// The encoding that was asked for.
    given: Codec,
    /// The encoding of what is read next: with the order of bytes, once that is known.
    codec: Codec,
    /// How many bytes of `raw` are a byte order mark.
    mark: usize,
    /// Whether something was written behind which there may be no byte order mark.
    is_written: bool,
    text: String,
    used: usize,
    raw: Vec<u8>,
    carry: Vec<u8>,
}

impl Text {
    /// Makes the state of a file of which nothing was read.
    pub fn new(encoding: &str, codec: Codec, errors: &str, newline: Newline, writes_lines: bool) -> Text {
        Text {
            encoding: encoding.into(),
            given: codec,
            codec,
            mark: 0,
            is_written: false,
            errors: errors.into(),
            newline,
            writes_lines,
            tells: true,
            seen: [false; 3],
            text: String::new(),
            used: 0,
            raw: Vec::new(),
            carry: Vec::new(),
        }
    }

    /// Drops what was read ahead.
    pub fn forget(&mut self) {
        self.text.clear();
        self.raw.clear();
        self.carry.clear();
        self.used = 0;
    }

    /// Reads and decodes the next chunk; false at the end of the file.
    fn fill(&mut self, thread: &mut Thread, bytes: &mut Bytes) -> Run<bool> {
        self.forget_text();
        let chunk = bytes.read_once(thread, CHUNK_BYTES)?;
        let is_end = chunk.is_empty();
        self.decode(thread, chunk, is_end)?;
        Ok(!is_end)
    }

    fn forget_text(&mut self) {
        self.text.clear();
        self.used = 0;
    }

    /// Decodes the bytes carried over from the last chunk and `chunk`.
    fn decode(&mut self, thread: &mut Thread, chunk: Vec<u8>, is_end: bool) -> Run<()> {
        let mut raw = chunk;
        if !self.carry.is_empty() {
            raw.try_reserve(self.carry.len())?;
            raw.splice(..0, self.carry.drain(..));
        }
        let (codec, mark) = self.codec.behind_mark(&raw);
        let is_begun = codec == self.codec;
        if !is_end {
            // Of a byte order mark, a part tells nothing.
            let mark = if self.codec == Codec::Utf8Sig { 3 } else { self.codec.unit() };
            let whole = if !is_begun && raw.len() < mark { 0 } else { self.whole(&raw, codec) };
            self.carry = raw.split_off(whole);
            if whole == 0 {
                self.raw = raw;
                return Ok(());
            }
        }
        if self.codec == Codec::Utf8Sig && b"\xef\xbb".starts_with(&raw) {
            // As in CPython, the beginning of a mark is passed over even at the end.
            self.raw = raw;
            return Ok(());
        }
        let decoded = codec::decode_native(thread, &raw, self.codec, &self.errors)?;
        if !is_begun && mark == 0 && codec.unit() > 1 && raw.len() >= codec.unit() {
            return Err(self.no_mark(thread, &raw));
        }
        self.codec = codec;
        (self.raw, self.mark) = (raw, mark);
        self.text = if self.newline.is_universal() { self.translate(decoded)? } else { decoded };
        Ok(())
    }

    /// The error for UTF-16 or UTF-32 that does not begin with a byte order mark.
    fn no_mark(&self, thread: &Thread, raw: &[u8]) -> Raised {
        let problem = Problem {
            encoding: self.codec.name(),
            part: 0..self.codec.unit(),
            reason: "Stream does not start with BOM",
        };
        codec::cannot_decode(thread, &problem, raw)
    }

    /// Returns how many bytes have no beginning of a character or line end behind them.
    fn whole(&self, raw: &[u8], codec: Codec) -> usize {
        let whole = raw.len() - incomplete(raw, codec);
        let ends_with_return =
            whole >= codec.unit() && starts_with(&raw[whole - codec.unit()..whole], b"\r", codec);
        if self.newline.is_universal() && ends_with_return { whole - codec.unit() } else { whole }
    }

    /// Notes the line ends of a text, and translates them to `\n` if that is wanted.
    fn translate(&mut self, text: String) -> Run<String> {
        if !text.contains('\r') {
            self.seen[0] |= text.contains('\n');
            return Ok(text);
        }
        let mut translated = memory::text_with_room(text.len())?;
        let mut rest = text.as_str();
        while let Some(at) = memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
            translated.push_str(&rest[..at]);
            translated.push('\n');
            let (kind, length) = match &rest.as_bytes()[at..] {
                [b'\n', ..] => (0, 1),
                [b'\r', b'\n', ..] => (2, 2),
                _ => (1, 1),
            };
            self.seen[kind] = true;
            rest = &rest[at + length..];
        }
        translated.push_str(rest);
        Ok(if self.newline == Newline::Translated { translated } else { text })
    }

    /// Reads `count` characters, or everything. Raises what reading the bytes raises, and `UnicodeDecodeError`.
    pub fn read(&mut self, thread: &mut Thread, bytes: &mut Bytes, count: Option<usize>) -> Run<String> {
        let Some(count) = count else {
            let mut all = memory::copy_text(&self.text[self.used..])?;
            self.forget_text();
            let rest = bytes.read_all(thread)?;
            self.decode(thread, rest, true)?;
            memory::push_str(&mut all, &self.text)?;
            self.used = self.text.len();
            return Ok(all);
        };
        let (mut got, mut missing) = (String::new(), count);
        while missing > 0 {
            let rest = &self.text[self.used..];
            let part = match stored::offset(rest, missing) {
                Some(end) => &rest[..end],
                None => rest,
            };
            memory::push_str(&mut got, part)?;
            missing -= stored::count(part);
            self.used += part.len();
            if missing > 0 && !self.fill(thread, bytes)? && self.text.is_empty() {
                break;
            }
        }
        Ok(got)
    }

    /// Reads a line with its end, or `limit` characters of it; empty at the end of the file. Raises as `read`
    /// does.
    pub fn read_line(&mut self, thread: &mut Thread, bytes: &mut Bytes, limit: Option<usize>) -> Run<String> {
        let mut line = String::new();
        // Counted only if there is a limit.
        let mut chars = 0;
        loop {
            // What was looked at before is not looked at again, but for half an end of a line.
            let before = line.len();
            let from = if line.ends_with('\r') { before - 1 } else { before };
            memory::push_str(&mut line, &self.text[self.used..])?;
            let end = self.newline.line_end(&line[from..]).map(|end| from + end);
            let fresh = &line[before..];
            let cut = limit.and_then(|limit| stored::offset(fresh, limit - chars));
            let cut = cut.map(|at| before + at);
            if limit.is_some() {
                chars += stored::count(fresh);
            }
            let end = match (end, cut) {
                (Some(end), Some(cut)) => Some(end.min(cut)),
                (end, cut) => end.or(cut),
            };
            if let Some(end) = end {
                self.used += end.saturating_sub(before);
                line.truncate(end);
                return Ok(line);
            }
            self.used = self.text.len();
            if !self.fill(thread, bytes)? && self.text.is_empty() {
                return Ok(line);
            }
        }
    }

    /// Returns the file position of the text that is read next; `end` is the position behind the last chunk.
    /// Raises what decoding raises.
    pub fn position(&self, thread: &mut Thread, end: u64) -> Run<u64> {
        let end = end - self.carry.len() as u64;
        if self.used == self.text.len() {
            return Ok(end);
        }
        // The bytes of what was handed out: decoded again character by character.
        let mut at = self.mark;
        let mut produced = 0;
        while produced < self.used && at < self.raw.len() {
            let length = self.unit(&self.raw[at..]);
            let unit = &self.raw[at..at + length];
            produced += match unit {
                unit if self.newline == Newline::Translated && starts_with(unit, b"\r\n", self.codec) => 1,
                _ => codec::decode_native(thread, unit, self.codec, &self.errors)?.len(),
            };
            at += length;
        }
        Ok(end - (self.raw.len() - at) as u64)
    }

    /// Returns how many bytes are decoded together: a character, invalid bytes, or a line end that is
    /// translated.
    fn unit(&self, raw: &[u8]) -> usize {
        let unit = self.codec.unit();
        if self.newline == Newline::Translated && starts_with(raw, b"\r\n", self.codec) {
            return 2 * unit;
        }
        if self.codec != Codec::Utf8 {
            let is_pair = is_high(raw, self.codec);
            return if is_pair { 2 * unit } else { unit }.min(raw.len());
        }
        let window = &raw[..raw.len().min(4)];
        match std::str::from_utf8(window) {
            Ok(text) => text.chars().next().map_or(1, char::len_utf8),
            Err(error) if error.valid_up_to() > 0 => {
                let valid = std::str::from_utf8(&window[..error.valid_up_to()]).unwrap_or_default();
                valid.chars().next().map_or(1, char::len_utf8)
            }
            Err(error) => error.error_len().unwrap_or(window.len()),
        }
    }

    /// Encodes a text to be written, behind a byte order mark if it is the first. Raises `UnicodeEncodeError` and
    /// `MemoryError`.
    pub fn encode(&mut self, thread: &Thread, text: &str) -> Run<Vec<u8>> {
        let end = self.newline.written();
        let codec = if self.is_written { self.given.continued() } else { self.given };
        let bytes = if end != "\n" && text.contains('\n') {
            codec::encode_native(thread, &text.replace('\n', end), codec, &self.errors)?
        } else {
            codec::encode_native(thread, text, codec, &self.errors)?
        };
        self.is_written = true;
        Ok(bytes)
    }

    /// Notes that the file goes on at another position. Only at the start a byte order mark is read or written.
    pub fn is_moved_to(&mut self, position: u64) {
        self.is_written = position > 0;
        if position == 0 {
            self.codec = self.given;
        }
    }
}

/// Returns how many bytes at the end may be the beginning of a character.
fn incomplete(raw: &[u8], codec: Codec) -> usize {
    let rest = raw.len() % codec.unit();
    match codec {
        Codec::Utf8 => {
            let from = raw.len().saturating_sub(3);
            // The last one that begins: those before it are whole.
            let start = (from..raw.len()).rev().find(|&at| raw[at] >= 0xC0);
            let is_open = |at: &usize| {
                std::str::from_utf8(&raw[*at..])
                    .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
            };
            start.filter(is_open).map_or(0, |at| raw.len() - at)
        }
        Codec::Utf16(_) if raw.len() >= 2 && is_high(&raw[raw.len() - rest - 2..], codec) => rest + 2,
        _ => rest,
    }
}

/// Tells whether bytes of UTF-16 begin with the first half of a character.
fn is_high(raw: &[u8], codec: Codec) -> bool {
    match (codec, raw) {
        (Codec::Utf16(Some(Order::Big)), [high, ..]) | (Codec::Utf16(_), [_, high, ..]) => {
            matches!(high, 0xd8..0xdc)
        }
        _ => false,
    }
}

/// Tells whether bytes begin with ASCII characters in an encoding.
fn starts_with(raw: &[u8], text: &[u8], codec: Codec) -> bool {
    let unit = codec.unit();
    let place = match codec {
        Codec::Utf16(Some(Order::Big)) | Codec::Utf32(Some(Order::Big)) => unit - 1,
        _ => 0,
    };
    raw.len() >= text.len() * unit
        && raw.chunks(unit).zip(text).all(|(chunk, wanted)| {
            chunk.iter().enumerate().all(|(at, byte)| *byte == if at == place { *wanted } else { 0 })
        })
}
