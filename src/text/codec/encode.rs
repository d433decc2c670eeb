//! Encodes texts: from code points to bytes.
//!
//! The escapes and UTF-7 can encode every code point; UTF-8, UTF-16 and UTF-32 have a problem with surrogates, ASCII and Latin-1
//! with all that is beyond them.

use super::{Codec, Order, Problem, utf7};
use crate::memory::{self, OutOfMemory};
use crate::text::stored;

/// Bytes of the longest escape that stands for a character.
const ESCAPE_BYTES: usize = 10;

/// Encodes a text; after a problem it can go on at any code point.
pub struct Encoder<'a> {
    codec: Codec,
    /// The name of the encoding in messages.
    name: &'static str,
    text: &'a str,
    /// The position of the next code point, in code points and in bytes.
    at: (usize, usize),
}

impl<'a> Encoder<'a> {
    /// Begins to encode a text; appends the byte order mark to `out`, if the encoding has one.
    pub fn new(codec: Codec, text: &'a str, out: &mut Vec<u8>) -> Encoder<'a> {
        let (name, given, codec) = (codec.name(), codec, codec.continued());
        if given != codec {
            push(codec, 0xfeff, out);
        }
        Encoder { codec, name, text, at: (0, 0) }
    }

    /// Continues at the code point number `position`, which is at most the number of all.
    pub fn seek(&mut self, position: usize) {
        self.at = (position, stored::offset(self.text, position).unwrap_or(self.text.len()));
    }

    /// Appends the bytes of the text to `out`, up to the end or to code points that cannot be encoded.
    /// Returns these as a `Problem`; the caller decides with `seek` where to continue. Fails if there is no memory for
    /// the bytes.
    pub fn run(&mut self, out: &mut Vec<u8>) -> Result<Option<Problem>, OutOfMemory> {
        let rest = &self.text[self.at.1..];
        if self.codec == Codec::Utf7 {
            utf7::encode(rest, out)?;
            return Ok(None);
        }
        let is_as_it_is = match self.codec {
            Codec::Utf8 => !stored::may_have_pairs(rest),
            codec => codec.limit() <= 256 && rest.is_ascii(),
        };
        if is_as_it_is {
            out.try_reserve(rest.len())?;
            out.extend_from_slice(rest.as_bytes());
            return Ok(None);
        }
        let codec = self.codec;
        let is_refused =
            |code: u32| code >= codec.limit() || codec.refuses_surrogates() && stored::is_surrogate(code);
        for (count, (at, code)) in stored::code_point_indices(rest).enumerate() {
            if is_refused(code) {
                let run = stored::code_points(&rest[at..]).take_while(|&code| is_refused(code)).count();
                let (run, reason) = match codec {
                    Codec::Ascii => (run, "ordinal not in range(128)"),
                    Codec::Latin1 => (run, "ordinal not in range(256)"),
                    Codec::Utf8 => (run, "surrogates not allowed"),
                    // As in CPython, these stop at each one.
                    _ => (1, "surrogates not allowed"),
                };
                let start = self.at.0 + count;
                return Ok(Some(Problem { encoding: self.name, part: start..start + run, reason }));
            }
            out.try_reserve(ESCAPE_BYTES)?;
            push(codec, code, out);
        }
        Ok(None)
    }
}

/// Appends the bytes of a code point, which the encoding must be able to encode; of a surrogate, those that
/// `surrogatepass` lets pass.
pub fn push(codec: Codec, code: u32, out: &mut Vec<u8>) {
    let pair = |unit: u16, order: Option<Order>| match order {
        Some(Order::Big) => unit.to_be_bytes(),
        _ => unit.to_le_bytes(),
    };
    match (codec, char::from_u32(code)) {
        (Codec::Utf8 | Codec::Utf8Sig, Some(char)) => {
            out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        }
        (Codec::Utf8 | Codec::Utf8Sig, None) => {
            out.extend([
                0xe0 | (code >> 12) as u8,
                0x80 | (code >> 6 & 0x3f) as u8,
                0x80 | (code & 0x3f) as u8,
            ]);
        }
        (Codec::Utf16(order), Some(char)) => {
            for unit in char.encode_utf16(&mut [0; 2]) {
                out.extend(pair(*unit, order));
            }
        }
        (Codec::Utf16(order), None) => out.extend(pair(code as u16, order)),
        (Codec::Utf32(Some(Order::Big)), _) => out.extend(code.to_be_bytes()),
        (Codec::Utf32(_), _) => out.extend(code.to_le_bytes()),
        (Codec::Ascii | Codec::Latin1 | Codec::Utf7, _) => out.push(code as u8),
        (Codec::UnicodeEscape, char) => match char {
            Some('\n') => out.extend(br"\n"),
            Some('\t') => out.extend(br"\t"),
            Some('\r') => out.extend(br"\r"),
            Some('\\') => out.extend(br"\\"),
            Some(' '..='~') => out.push(code as u8),
            _ => out.extend(escaped(code).bytes()),
        },
        (Codec::RawUnicodeEscape, _) if code < 0x100 => out.push(code as u8),
        (Codec::RawUnicodeEscape, _) => out.extend(escaped(code).bytes()),
    }
}

/// Returns the shortest of the escapes `\x`, `\u` and `\U` of a code point.
pub fn escaped(code: u32) -> String {
    match code {
        0..0x100 => format!("\\x{code:02x}"),
        0x100..0x1_0000 => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

/// Returns the escape of a code point by its name, or another one if it has no name.
pub fn named(code: u32) -> Result<String, OutOfMemory> {
    match char::from_u32(code).and_then(unicode_names2::name) {
        Some(name) => memory::formatted(format_args!("\\N{{{name}}}")),
        None => Ok(escaped(code)),
    }
}
