//! Reads the escapes of text literals from bytes; all other bytes are Latin-1.

use super::Read;

/// Reads one code point of `unicode_escape`.
pub(super) fn unicode(bytes: &[u8]) -> Read {
    if bytes[0] != b'\\' {
        return Ok((Some(u32::from(bytes[0])), 1));
    }
    let Some(&letter) = bytes.get(1) else { return Err((1, "\\ at end of string")) };
    let simple = match letter {
        b'\n' => return Ok((None, 2)),
        b'\\' | b'\'' | b'"' => letter as char,
        b'a' => '\x07',
        b'b' => '\x08',
        b'f' => '\x0c',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'v' => '\x0b',
        b'0'..=b'7' => {
            let digits = bytes[1..].iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7'));
            let (code, count) =
                digits.fold((0, 0), |(code, count), digit| (code * 8 + u32::from(digit - b'0'), count + 1));
            return Ok((Some(code), 1 + count));
        }
        b'x' => return digits(bytes, 2, "truncated \\xXX escape", ILLEGAL),
        b'u' => return digits(bytes, 4, "truncated \\uXXXX escape", ILLEGAL),
        b'U' => return digits(bytes, 8, "truncated \\UXXXXXXXX escape", ILLEGAL),
        b'N' => return named(bytes),
        // What is no escape stays as it is.
        _ => return Ok((Some(u32::from(b'\\')), 1)),
    };
    Ok((Some(simple as u32), 2))
}

const ILLEGAL: &str = "illegal Unicode character";

/// Tells what `unicode` has read from bytes that look like an escape and are none: the letter behind the backslash, or
/// the number of an octal escape above 255.
pub(super) fn no_escape(bytes: &[u8], read: &Read) -> Option<u32> {
    match (bytes, read) {
        ([b'\\', letter, ..], Ok((_, 1))) => Some(u32::from(*letter)),
        ([b'\\', b'0'..=b'7', ..], Ok((Some(code), _))) if *code > 0xff => Some(*code),
        _ => None,
    }
}

/// Reads one escape of `raw_unicode_escape`, `\u` or `\U`.
pub(super) fn raw(bytes: &[u8]) -> Read {
    match bytes {
        [_, b'u', ..] => digits(bytes, 4, "truncated \\uXXXX escape", ILLEGAL),
        _ => digits(bytes, 8, "truncated \\UXXXXXXXX escape", "\\Uxxxxxxxx out of range"),
    }
}

/// Reads a number of hexadecimal digits behind a backslash and a letter.
fn digits(bytes: &[u8], count: usize, truncated: &'static str, illegal: &'static str) -> Read {
    let digits = bytes[2..].iter().take(count).map_while(|&digit| (digit as char).to_digit(16));
    let (code, read) = digits.fold((0u64, 0), |(code, read), digit| (code * 16 + u64::from(digit), read + 1));
    if read < count {
        return Err((2 + read, truncated));
    }
    match u32::try_from(code).ok().filter(|&code| code < 0x11_0000) {
        Some(code) => Ok((Some(code), 2 + count)),
        None => Err((2 + count, illegal)),
    }
}

/// Reads `\N{NAME}`.
fn named(bytes: &[u8]) -> Read {
    let malformed = "malformed \\N character escape";
    if bytes.get(2) != Some(&b'{') {
        return Err((2, malformed));
    }
    let Some(end) = memchr::memchr(b'}', bytes) else { return Err((bytes.len(), malformed)) };
    if end == 3 {
        return Err((end, malformed));
    }
    let name = std::str::from_utf8(&bytes[3..end]).ok();
    match name.and_then(unicode_names2::character) {
        Some(char) => Ok((Some(char as u32), end + 1)),
        None => Err((end + 1, "unknown Unicode character name")),
    }
}
