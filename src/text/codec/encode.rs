//! Encodes texts: from characters to bytes.
//!
//! UTF-8, UTF-16, UTF-32 and the escapes can encode all characters of a text; only ASCII and Latin-1 have problems.

use super::{Codec, Order, Problem};
use crate::memory::{self, OutOfMemory};

/// Bytes of the longest escape that stands for a character.
const ESCAPE_BYTES: usize = 10;

/// Encodes a text; after a problem it can go on at any character.
pub struct Encoder<'a> {
    codec: Codec,
    text: &'a str,
    /// The position of the next character, in characters and in bytes.
    at: (usize, usize),
}

impl<'a> Encoder<'a> {
    /// Begins to encode a text; appends the byte order mark to `out`, if the encoding has one.
    pub fn new(codec: Codec, text: &'a str, out: &mut Vec<u8>) -> Encoder<'a> {
        let (codec, mark) = match codec {
            Codec::Utf8Sig => (Codec::Utf8, true),
            Codec::Utf16(None) => (Codec::Utf16(Some(Order::NATIVE)), true),
            Codec::Utf32(None) => (Codec::Utf32(Some(Order::NATIVE)), true),
            codec => (codec, false),
        };
        if mark {
            push(codec, '\u{feff}', out);
        }
        Encoder { codec, text, at: (0, 0) }
    }

    /// Continues at the character number `position`, which is at most the number of all.
    pub fn seek(&mut self, position: usize) {
        let within = self.text.char_indices().nth(position);
        self.at = (position, within.map_or(self.text.len(), |(at, _)| at));
    }

    /// Appends the bytes of the text to `out`, up to the end or to characters that cannot be encoded.
    /// Returns these characters as a `Problem`; the caller decides with `seek` where to continue. Fails if there is
    /// no memory for the bytes.
    pub fn run(&mut self, out: &mut Vec<u8>) -> Result<Option<Problem>, OutOfMemory> {
        let rest = &self.text[self.at.1..];
        if self.codec == Codec::Utf8 || (self.codec.limit() <= 256 && rest.is_ascii()) {
            out.try_reserve(rest.len())?;
            out.extend_from_slice(rest.as_bytes());
            return Ok(None);
        }
        for (count, (at, char)) in rest.char_indices().enumerate() {
            if char as u32 >= self.codec.limit() {
                let limit = self.codec.limit();
                let run = rest[at..].chars().take_while(|&char| char as u32 >= limit).count();
                let start = self.at.0 + count;
                let reason =
                    if limit == 128 { "ordinal not in range(128)" } else { "ordinal not in range(256)" };
                let part = start..start + run;
                return Ok(Some(Problem { encoding: self.codec.name(), part, reason }));
            }
            out.try_reserve(ESCAPE_BYTES)?;
            push(self.codec, char, out);
        }
        Ok(None)
    }
}

/// Appends the bytes of a character, which the encoding must be able to encode.
fn push(codec: Codec, char: char, out: &mut Vec<u8>) {
    let code = char as u32;
    match codec {
        Codec::Utf8 | Codec::Utf8Sig => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        Codec::Utf16(order) => {
            for unit in char.encode_utf16(&mut [0; 2]) {
                match order {
                    Some(Order::Big) => out.extend(unit.to_be_bytes()),
                    _ => out.extend(unit.to_le_bytes()),
                }
            }
        }
        Codec::Utf32(Some(Order::Big)) => out.extend(code.to_be_bytes()),
        Codec::Utf32(_) => out.extend(code.to_le_bytes()),
        Codec::Ascii | Codec::Latin1 => out.push(code as u8),
        Codec::UnicodeEscape => match char {
            '\n' => out.extend(br"\n"),
            '\t' => out.extend(br"\t"),
            '\r' => out.extend(br"\r"),
            '\\' => out.extend(br"\\"),
            ' '..='~' => out.push(code as u8),
            _ => out.extend(escaped(char).bytes()),
        },
        Codec::RawUnicodeEscape if code < 0x100 => out.push(code as u8),
        Codec::RawUnicodeEscape => out.extend(escaped(char).bytes()),
    }
}

/// Returns the shortest of the escapes `\x`, `\u` and `\U` of a character.
pub fn escaped(char: char) -> String {
    match char as u32 {
        code @ 0..0x100 => format!("\\x{code:02x}"),
        code @ 0x100..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Returns the escape of a character by its name, or another one if it has no name.
pub fn named(char: char) -> Result<String, OutOfMemory> {
    match unicode_names2::name(char) {
        Some(name) => memory::formatted(format_args!("\\N{{{name}}}")),
        None => Ok(escaped(char)),
    }
}
