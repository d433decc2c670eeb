//! From the bytes of a source file to its characters.
//!
//! Source is UTF-8. A declaration (`# -*- coding: NAME -*-` in the first two lines) may name another encoding: one of
//! this folder, or Windows-1252.

use super::{Codec, Decoder};
use crate::memory::OutOfMemory;
use crate::text::stored;

/// Why bytes are not a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What CPython says about it, without the kind.
    pub message: String,
    /// The line that is wrong; without one, all of the file is.
    pub line: Option<WrongLine>,
}

/// A line that cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongLine {
    /// The name of the file, if it is that of the program itself.
    pub file: Option<String>,
    /// Its number, from 1.
    pub number: usize,
    /// What of it is wrong begins at this character, counted from 1, and ends before this one.
    pub columns: (usize, usize),
    /// The line, with U+FFFD for what is wrong.
    pub text: String,
}

/// The byte order mark of UTF-8, which may precede a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What Windows-1252 has from 0x80 to 0x9f, where it differs from Latin-1; U+FFFD where it has nothing.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
    '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// Decodes the bytes of a source file; `name` is that of the program itself, which messages name.
pub fn decode(name: Option<&str>, bytes: &[u8]) -> Result<String, DecodeError> {
    let declared = declared_encoding(bytes);
    let encoding = declared.as_deref().map_or("utf-8", normal_name);
    if encoding != "utf-8" && bytes.starts_with(BYTE_ORDER_MARK) {
        let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let text = String::from_utf8_lossy(&first[BYTE_ORDER_MARK.len()..]).into_owned();
        let line =
            WrongLine { file: name.map(str::to_owned), number: 1, columns: (0, text.chars().count()), text };
        return Err(DecodeError {
            message: format!("encoding problem: {encoding} with BOM"),
            line: Some(line),
        });
    }
    match Codec::named(encoding) {
        Some(Codec::Utf8) => utf8(name, bytes),
        Some(codec) => by_codec(codec, bytes),
        None if matches!(&*super::normalized(encoding), "cp1252" | "1252" | "windows_1252") => windows(bytes),
        None => Err(whole(format!("unknown encoding: {encoding}"))),
    }
}

/// Makes the error for a file as a whole.
fn whole(message: String) -> DecodeError {
    DecodeError { message, line: None }
}

fn by_codec(codec: Codec, bytes: &[u8]) -> Result<String, DecodeError> {
    let mut text = String::new();
    let mut decoder = Decoder::new(codec, bytes);
    let problem = decoder.run(&mut text).map_err(|OutOfMemory| whole("out of memory".to_owned()))?;
    let Some(problem) = problem else {
        // A surrogate, which an escape may stand for, is no character of a source.
        return stored::native(&text).map(|text| text.into_owned()).ok_or_else(|| {
            whole("'utf-8' codec can't encode characters: surrogates not allowed".to_owned())
        });
    };
    let (encoding, start, last) = (problem.encoding, problem.part.start, problem.part.end - 1);
    let place = if start == last {
        format!("byte {:#04x} in position {start}", decoder.bytes()[start])
    } else {
        format!("bytes in position {start}-{last}")
    };
    Err(whole(format!("'{encoding}' codec can't decode {place}: {}", problem.reason)))
}

fn windows(bytes: &[u8]) -> Result<String, DecodeError> {
    let mut text = String::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            0x80..0xa0 if WINDOWS_1252[usize::from(byte - 0x80)] == char::REPLACEMENT_CHARACTER => {
                return Err(whole(format!(
                    "'charmap' codec can't decode byte {byte:#04x} in position {at}: character maps to <undefined>"
                )));
            }
            0x80..0xa0 => text.push(WINDOWS_1252[usize::from(byte - 0x80)]),
            _ => text.push(char::from(byte)),
        }
    }
    Ok(text)
}

/// Returns one name for all spellings of UTF-8, and one for those of Latin-1.
/// These are the spellings that CPython's reader of sources accepts, with any suffix after a hyphen. Any other name
/// is returned unchanged.
fn normal_name(declared: &str) -> &str {
    // No more of a name is looked at.
    let start: String = declared.chars().take(12).collect();
    let start = start.to_ascii_lowercase().replace('_', "-");
    let is =
        |known: &str| start.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    if is("utf-8") {
        "utf-8"
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        "iso-8859-1"
    } else {
        declared
    }
}

/// Decodes UTF-8.
fn utf8(name: Option<&str>, bytes: &[u8]) -> Result<String, DecodeError> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    let (good, bad) = bytes.split_at(error.valid_up_to());
    let start = memchr::memrchr(b'\n', good).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', bad).map_or(bytes.len(), |at| good.len() + at);
    let column = 1 + String::from_utf8_lossy(&good[start..]).chars().count();
    let line = WrongLine {
        file: name.map(str::to_owned),
        number: 1 + memchr::memchr_iter(b'\n', good).count(),
        columns: (column, column),
        text: String::from_utf8_lossy(&bytes[start..end]).into_owned(),
    };
    let (byte, number) = (bad[0], line.number);
    let file = name.map_or_else(String::new, |name| format!(" in file {name}"));
    Err(DecodeError {
        message: format!(
            "Non-UTF-8 code starting with '\\x{byte:02x}'{file} on line {number}, but no encoding declared; see \
             https://peps.python.org/pep-0263/ for details"
        ),
        line: Some(line),
    })
}

/// Finds the encoding that a comment in the first two lines declares.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line).trim_ascii();
        match line.first() {
            None => {}
            Some(b'#') => {
                if let Some(name) = encoding_in_comment(&String::from_utf8_lossy(line)) {
                    return Some(name);
                }
            }
            // A first line with code on it ends the search.
            Some(_) => return None,
        }
    }
    None
}

/// Finds `coding:NAME` or `coding=NAME` in a comment.
fn encoding_in_comment(comment: &str) -> Option<String> {
    comment.match_indices("coding").find_map(|(at, word)| {
        let rest = comment[at + word.len()..].strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        (!name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_bytes_are_located() {
        let error = decode(Some("x.mv"), b"a = 1\nb = '\xff'\n").unwrap_err();
        assert!(error.message.starts_with("Non-UTF-8 code starting with '\\xff' in file x.mv on line 2,"));
    }

    #[test]
    fn latin_1_may_be_declared() {
        assert_eq!(decode(None, b"# coding: latin-1\n'\xe4'").unwrap(), "# coding: latin-1\n'ä'");
        assert!(decode(None, b"#!/bin/sh\n# -*- coding: klingon -*-\n").is_err());
        assert_eq!(declared_encoding(b"x = 1\n# coding: klingon\n"), None);
    }

    #[test]
    fn a_byte_order_mark_allows_one_encoding() {
        let text = |name: &str| format!("\u{feff}# coding: {name}\n");
        assert!(decode(None, text("UTF_8-unix").as_bytes()).is_ok());
        for (name, shown) in
            [("latin-1", "iso-8859-1"), ("utf8", "utf8"), ("ascii", "ascii"), ("klingon", "klingon")]
        {
            let error = decode(None, text(name).as_bytes()).unwrap_err();
            assert_eq!(error.message, format!("encoding problem: {shown} with BOM"));
        }
    }
}
