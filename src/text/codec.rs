//! Encodes texts as bytes and decodes them: UTF-8, ASCII and Latin-1, with CPython's error handlers (`strict`,
//! `ignore`, `replace` and others).

use crate::memory::{self, OutOfMemory};
use crate::text::repr::ascii_text;
use std::collections::TryReserveError;
use std::ops::Range;

/// The result of a conversion.
pub type Converted<T> = Result<T, Wrong>;

/// Why a conversion failed.
#[derive(Debug)]
pub enum Wrong {
    /// Either the encoding or the error handler is unknown; the message says which.
    Name(String),
    /// A range of code points or bytes cannot be converted.
    Part {
        /// The encoding.
        codec: Codec,
        /// The range of code points or bytes.
        part: Range<usize>,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no memory for the result.
    Memory,
}

impl From<OutOfMemory> for Wrong {
    #[cold]
    fn from(_: OutOfMemory) -> Wrong {
        Wrong::Memory
    }
}

impl From<TryReserveError> for Wrong {
    #[cold]
    fn from(_: TryReserveError) -> Wrong {
        Wrong::Memory
    }
}

/// Bytes of the longest escape that stands for a character.
const ESCAPE_BYTES: usize = 10;

/// Bytes of the longest spelling of an encoding, generously.
const LONGEST_NAME: usize = 64;

/// The encodings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// UTF-8.
    Utf8,
    /// ASCII: seven bits.
    Ascii,
    /// Latin-1: a byte is a code point.
    Latin1,
}

impl Codec {
    /// The encoding of this name, by any of its spellings.
    pub fn named(name: &str) -> Converted<Codec> {
        // No known name is so long, and what is copied here should be short.
        let known = if name.len() <= LONGEST_NAME { name } else { "" };
        match known.to_ascii_lowercase().replace(['_', ' '], "-").as_str() {
            "utf-8" | "utf8" | "u8" => Ok(Codec::Utf8),
            "ascii" | "us-ascii" | "646" => Ok(Codec::Ascii),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Ok(Codec::Latin1),
            _ => Err(Wrong::Name(memory::formatted(format_args!("unknown encoding: {name}"))?)),
        }
    }

    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
        }
    }

    /// Returns the first code point that the encoding does not have.
    const fn limit(self) -> u32 {
        match self {
            Codec::Utf8 => 0x11_0000,
            Codec::Ascii => 128,
            Codec::Latin1 => 256,
        }
    }
}

/// Encodes a text. `errors` names the error handler for characters that the encoding does not have.
pub fn encode(text: &str, codec: Codec, errors: &str) -> Converted<Vec<u8>> {
    if codec == Codec::Utf8 || text.is_ascii() {
        return Ok(memory::copy(text.as_bytes())?);
    }
    let mut bytes = memory::with_room(text.len())?;
    for (position, char) in text.chars().enumerate() {
        let code = char as u32;
        bytes.try_reserve(ESCAPE_BYTES)?;
        if code < codec.limit() {
            bytes.push(code as u8);
            continue;
        }
        match errors {
            "ignore" => {}
            "replace" => bytes.push(b'?'),
            "backslashreplace" => bytes.extend(ascii_text(char.encode_utf8(&mut [0; 4]))?.bytes()),
            "xmlcharrefreplace" => bytes.extend(format!("&#{code};").bytes()),
            "strict" => return Err(cannot_encode(codec, text, position)),
            _ => return Err(unknown_treatment(errors)),
        }
    }
    Ok(bytes)
}

#[cold]
fn unknown_treatment(errors: &str) -> Wrong {
    match memory::formatted(format_args!("unknown error handler name '{errors}'")) {
        Ok(message) => Wrong::Name(message),
        Err(memory) => memory.into(),
    }
}

#[cold]
fn cannot_encode(codec: Codec, text: &str, position: usize) -> Wrong {
    let too_large = |char: &char| *char as u32 >= codec.limit();
    let run = text.chars().skip(position).take_while(too_large).count();
    let reason = format!("ordinal not in range({})", codec.limit());
    Wrong::Part { codec, part: position..position + run, reason }
}

/// Decodes bytes. `errors` names the error handler for bytes that are not valid in the encoding.
pub fn decode(bytes: &[u8], codec: Codec, errors: &str) -> Converted<String> {
    match codec {
        Codec::Utf8 => decode_utf8(bytes, errors),
        Codec::Latin1 => Ok(memory::collect_text(bytes.iter().map(|&byte| byte as char))?),
        Codec::Ascii => {
            let mut text = memory::text_with_room(bytes.len())?;
            for (position, &byte) in bytes.iter().enumerate() {
                text.try_reserve(ESCAPE_BYTES)?;
                if byte.is_ascii() {
                    text.push(byte as char);
                } else {
                    let reason = "ordinal not in range(128)";
                    treat_error(&mut text, Codec::Ascii, bytes, position..position + 1, reason, errors)?;
                }
            }
            Ok(text)
        }
    }
}

fn decode_utf8(bytes: &[u8], errors: &str) -> Converted<String> {
    let mut text = memory::text_with_room(bytes.len())?;
    let mut done = 0;
    loop {
        let error = match std::str::from_utf8(&bytes[done..]) {
            Ok(rest) => {
                memory::push_str(&mut text, rest)?;
                return Ok(text);
            }
            Err(error) => error,
        };
        let start = done + error.valid_up_to();
        let valid = std::str::from_utf8(&bytes[done..start]).expect("checked to be valid up to there");
        memory::push_str(&mut text, valid)?;
        let (end, reason) = match error.error_len() {
            None => (bytes.len(), "unexpected end of data"),
            Some(len) if matches!(bytes[start], 0x80..=0xc1 | 0xf5..) => (start + len, "invalid start byte"),
            Some(len) => (start + len, "invalid continuation byte"),
        };
        treat_error(&mut text, Codec::Utf8, bytes, start..end, reason, errors)?;
        done = end;
    }
}

fn treat_error(
    text: &mut String,
    codec: Codec,
    bytes: &[u8],
    wrong: Range<usize>,
    reason: &str,
    errors: &str,
) -> Converted<()> {
    text.try_reserve(wrong.len() * ESCAPE_BYTES)?;
    match errors {
        "ignore" => {}
        "replace" => text.push(char::REPLACEMENT_CHARACTER),
        "backslashreplace" => wrong.for_each(|at| text.push_str(&format!("\\x{:02x}", bytes[at]))),
        "strict" => {
            return Err(Wrong::Part { codec, part: wrong, reason: reason.to_owned() });
        }
        _ => return Err(unknown_treatment(errors)),
    }
    Ok(())
}
