//! From the bytes of a file to its characters.
//!
//! Source is UTF-8. A declaration (`# -*- coding: NAME -*-` in the first two lines) may say
//! Latin-1 or ASCII instead; any other encoding is refused. Next: `text.rs`.

/// Why bytes are not a source text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What CPython says about it, without the kind.
    pub message: String,
}

/// Decodes the bytes of the file `name`.
pub fn decode(name: &str, bytes: &[u8]) -> Result<String, DecodeError> {
    match declared_encoding(bytes) {
        None => utf8(bytes).map_err(|(byte, line)| DecodeError {
            message: format!(
                "Non-UTF-8 code starting with '\\x{byte:02x}' in file {name} on line {line}, but no encoding \
                 declared; see https://peps.python.org/pep-0263/ for details"
            ),
        }),
        Some(encoding) => match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
            "utf-8" | "utf8" | "utf-8-sig" | "ascii" | "us-ascii" => {
                utf8(bytes).map_err(|_| DecodeError { message: format!("encoding problem: {encoding}") })
            }
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "iso-latin-1" => {
                Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
            }
            _ => Err(DecodeError { message: format!("encoding problem: {encoding}") }),
        },
    }
}

/// Checks that bytes are UTF-8; otherwise returns the first wrong byte and its line.
fn utf8(bytes: &[u8]) -> Result<String, (u8, usize)> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let (good, bad) = bytes.split_at(error.valid_up_to());
            Err((bad[0], 1 + memchr::memchr_iter(b'\n', good).count()))
        }
    }
}

/// Finds the encoding that a comment in the first two lines declares.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|&byte| byte == b'\n').take(2) {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
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
        let error = decode("x.mv", b"a = 1\nb = '\xff'\n").unwrap_err();
        assert!(error.message.starts_with("Non-UTF-8 code starting with '\\xff' in file x.mv on line 2,"));
    }

    #[test]
    fn latin_1_may_be_declared() {
        assert_eq!(decode("x.mv", b"# coding: latin-1\n'\xe4'").unwrap(), "# coding: latin-1\n'ä'");
        assert!(decode("x.mv", b"#!/bin/sh\n# -*- coding: klingon -*-\n").is_err());
        assert_eq!(declared_encoding(b"x = 1\n# coding: klingon\n"), None);
    }
}
