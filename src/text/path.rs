//! Texts of the system: paths, arguments and variables, which are bytes that need not be UTF-8.
//!
//! As CPython's `os.fsdecode` and `os.fsencode` do, a byte that is no UTF-8 comes in as one of the surrogates
//! U+DC80…U+DCFF, and goes out as that byte again (`surrogateescape`).

use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::stored;
use crate::source::library;

/// The surrogate that stands for byte 0.
const ESCAPE: u32 = 0xdc00;

/// Returns the stored form of a text of the system.
pub fn from_system(text: &OsStr) -> String {
    let mut out = String::with_capacity(text.len());
    for chunk in text.as_bytes().utf8_chunks() {
        out.push_str(&stored::stored(chunk.valid()));
        chunk.invalid().iter().for_each(|&byte| stored::push(ESCAPE + u32::from(byte), &mut out));
    }
    out
}

/// Returns a stored text as a text of the system; `None` if it has surrogates that stand for no byte.
pub fn to_system(text: &str) -> Option<OsString> {
    if !stored::may_have_pairs(text) {
        return Some(OsString::from(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    for code in stored::code_points(text) {
        match char::from_u32(code) {
            Some(char) => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            None => bytes.push(code.checked_sub(ESCAPE).filter(|byte| *byte >= 0x80)?.try_into().ok()?),
        }
    }
    Some(OsString::from_vec(bytes))
}

/// Returns what the system knows of the file with a path in its stored form.
pub fn facts(path: &str) -> io::Result<Metadata> {
    std::fs::metadata(to_system(path).ok_or_else(no_path)?)
}

/// Reads the file with a path in its stored form.
///
/// It may be one of the library in the binary.
pub fn read(path: &str) -> io::Result<Vec<u8>> {
    if let Some(text) = library::read(path) {
        return text;
    }
    std::fs::read(to_system(path).ok_or_else(no_path)?)
}

/// The error for a path that no file can have.
fn no_path() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_utf_8_come_back() {
        for bytes in [&b"a\xff\x80b"[..], b"\xed\xa0\x80", b"\xee\x80\x80", b"", "äöü🎉".as_bytes()] {
            let text = from_system(OsStr::from_bytes(bytes));
            assert_eq!(to_system(&text).map(OsString::into_vec).as_deref(), Some(bytes));
        }
        let mut lone = String::new();
        stored::push(0xd800, &mut lone);
        assert_eq!(to_system(&lone), None);
    }
}
