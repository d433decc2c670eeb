//! Decodes bytes: from bytes to code points.

use super::{Codec, Order, Problem, Read, escape, utf7};
use crate::memory::{self, OutOfMemory};
use crate::text::stored;

/// Decodes bytes; after a problem it can go on at any byte, also of other bytes.
pub struct Decoder<'a> {
    codec: Codec,
    bytes: &'a [u8],
    /// The position of the next byte.
    at: usize,
    /// How many bytes of the input precede `bytes`: those of a byte order mark of UTF-8.
    passed: usize,
    /// Whether more bytes follow those of the input.
    goes_on: bool,
    /// The first escape that was none.
    no_escape: Option<u32>,
}

impl<'a> Decoder<'a> {
    /// Begins to decode bytes, behind a byte order mark if the encoding may have one.
    pub fn new(codec: Codec, bytes: &'a [u8]) -> Decoder<'a> {
        let (codec, at) = codec.behind_mark(bytes);
        // The codec that passes over the mark of UTF-8 gives the rest to another, which counts from there.
        match codec {
            Codec::Utf8 => {
                Decoder { codec, bytes: &bytes[at..], at: 0, passed: at, goes_on: false, no_escape: None }
            }
            codec => Decoder { codec, bytes, at, passed: 0, goes_on: false, no_escape: None },
        }
    }

    /// Says that more bytes will follow, so that a section of UTF-7 that has not ended is not read.
    pub const fn goes_on(&mut self) {
        self.goes_on = true;
    }

    /// Returns the bytes to which the positions in a `Problem` refer.
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether the encoding is UTF-8.
    pub const fn is_utf8(&self) -> bool {
        matches!(self.codec, Codec::Utf8 | Codec::Utf8Sig)
    }

    /// Returns how many bytes of the input have been read, with those of a byte order mark.
    pub const fn consumed(&self) -> usize {
        self.passed + self.at
    }

    /// Returns the first escape that was none and stays as it is: its letter, or a number above 255.
    pub const fn no_escape(&self) -> Option<u32> {
        self.no_escape
    }

    /// Continues at another byte of `bytes()`; `position` is at most their number.
    pub const fn seek(&mut self, position: usize) {
        self.at = position;
    }

    /// Returns a decoder that goes on as this one would, with other bytes; `position` is at most their number.
    pub const fn with_bytes<'b>(&self, bytes: &'b [u8], position: usize) -> Decoder<'b> {
        let Decoder { codec, passed, goes_on, no_escape, .. } = *self;
        Decoder { codec, bytes, at: position, passed, goes_on, no_escape }
    }

    /// Appends the decoded text to `out`, up to the end or up to the first invalid bytes.
    /// Returns the invalid bytes as a `Problem`; the caller decides with `seek` where to continue. Fails if there is
    /// no memory for the text.
    pub fn run(&mut self, out: &mut String) -> Result<Option<Problem>, OutOfMemory> {
        match self.codec {
            Codec::Utf8 | Codec::Utf8Sig => self.run_utf8(out),
            Codec::Utf16(order) => self.run_units(out, 2, |bytes| utf16(bytes, order)),
            Codec::Utf32(order) => self.run_units(out, 4, |bytes| utf32(bytes, order)),
            Codec::Ascii => {
                let rest = &self.bytes[self.at..];
                let good = rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
                out.try_reserve(good)?;
                out.extend(rest[..good].iter().map(|&byte| byte as char));
                self.at += good;
                let is_end = self.at == self.bytes.len();
                Ok((!is_end).then(|| self.problem(1, "ordinal not in range(128)")))
            }
            Codec::Latin1 => {
                let rest = &self.bytes[self.at..];
                out.try_reserve(rest.len().saturating_mul(2))?;
                out.extend(rest.iter().map(|&byte| byte as char));
                self.at = self.bytes.len();
                Ok(None)
            }
            Codec::Utf7 => {
                let stop = utf7::decode(self.bytes, &mut self.at, !self.goes_on, out)?;
                Ok(stop.map(|(part, reason)| Problem { encoding: self.codec.name(), part, reason }))
            }
            Codec::UnicodeEscape => {
                let mut first = self.no_escape;
                let read = |bytes: &[u8]| {
                    let read = escape::unicode(bytes);
                    first = first.or_else(|| escape::no_escape(bytes, &read));
                    read
                };
                let stop = self.run_units(out, 1, read);
                self.no_escape = first;
                stop
            }
            Codec::RawUnicodeEscape => self.run_raw(out),
        }
    }

    fn problem(&self, len: usize, reason: &'static str) -> Problem {
        Problem { encoding: self.codec.name(), part: self.at..self.at + len, reason }
    }

    fn run_utf8(&mut self, out: &mut String) -> Result<Option<Problem>, OutOfMemory> {
        let rest = &self.bytes[self.at..];
        let error = match std::str::from_utf8(rest) {
            Ok(rest) => {
                self.at = self.bytes.len();
                memory::push_str(out, &stored::stored(rest))?;
                return Ok(None);
            }
            Err(error) => error,
        };
        let valid = error.valid_up_to();
        let good = std::str::from_utf8(&rest[..valid]).expect("checked up to there");
        memory::push_str(out, &stored::stored(good))?;
        self.at += valid;
        Ok(Some(match error.error_len() {
            None => self.problem(self.bytes.len() - self.at, "unexpected end of data"),
            Some(len) if matches!(rest[valid], 0x80..=0xc1 | 0xf5..) => {
                self.problem(len, "invalid start byte")
            }
            Some(len) => self.problem(len, "invalid continuation byte"),
        }))
    }

    /// Decodes as `run` does; `read` reads one character from the front of the bytes it is given.
    /// It may also read bytes that encode no character. A character has at least `unit` bytes.
    fn run_units(
        &mut self,
        out: &mut String,
        unit: usize,
        mut read: impl FnMut(&[u8]) -> Read,
    ) -> Result<Option<Problem>, OutOfMemory> {
        out.try_reserve(self.bytes.len().saturating_sub(self.at) / unit)?;
        while self.at < self.bytes.len() {
            match read(&self.bytes[self.at..]) {
                Ok((code, len)) => {
                    out.try_reserve(stored::MOST_BYTES)?;
                    code.into_iter().for_each(|code| stored::push(code, out));
                    self.at += len;
                }
                Err((len, reason)) => return Ok(Some(self.problem(len, reason))),
            }
        }
        Ok(None)
    }

    /// Decodes as `run` does. A backslash behind which neither `u` nor `U` stands is taken with what does stand there,
    /// so that of two backslashes the second begins nothing.
    fn run_raw(&mut self, out: &mut String) -> Result<Option<Problem>, OutOfMemory> {
        out.try_reserve(self.bytes.len().saturating_sub(self.at))?;
        loop {
            let rest = &self.bytes[self.at..];
            out.try_reserve(2 * stored::MOST_BYTES)?;
            match rest {
                [] => return Ok(None),
                [b'\\'] if self.goes_on => return Ok(Some(self.problem(1, "\\ at end of string"))),
                [b'\\', b'u' | b'U', ..] => match escape::raw(rest) {
                    Ok((code, len)) => {
                        code.into_iter().for_each(|code| stored::push(code, out));
                        self.at += len;
                    }
                    Err((len, reason)) => return Ok(Some(self.problem(len, reason))),
                },
                [b'\\', letter, ..] => {
                    out.extend(['\\', *letter as char]);
                    self.at += 2;
                }
                [byte, ..] => {
                    out.push(*byte as char);
                    self.at += 1;
                }
            }
        }
    }
}

fn utf16(bytes: &[u8], order: Option<Order>) -> Read {
    let unit = |at: usize| -> Option<u16> {
        let pair = <[u8; 2]>::try_from(bytes.get(at..at + 2)?).ok()?;
        Some(if order == Some(Order::Big) { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let Some(first) = unit(0) else { return Err((bytes.len(), "truncated data")) };
    match first {
        0xd800..0xdc00 => match unit(2) {
            None => Err((bytes.len(), "unexpected end of data")),
            Some(second @ 0xdc00..0xe000) => {
                let code = 0x1_0000 + ((u32::from(first) & 0x3ff) << 10) + (u32::from(second) & 0x3ff);
                Ok((Some(code), 4))
            }
            Some(_) => Err((2, "illegal UTF-16 surrogate")),
        },
        0xdc00..0xe000 => Err((2, "illegal encoding")),
        unit => Ok((Some(u32::from(unit)), 2)),
    }
}

fn utf32(bytes: &[u8], order: Option<Order>) -> Read {
    let Some(unit) = bytes.first_chunk::<4>() else { return Err((bytes.len(), "truncated data")) };
    let code = if order == Some(Order::Big) { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
    match char::from_u32(code) {
        Some(_) => Ok((Some(code), 4)),
        None if code < 0xe000 => Err((4, "code point in surrogate code point range(0xd800, 0xe000)")),
        None => Err((4, "code point not in range(0x110000)")),
    }
}
