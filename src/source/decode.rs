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

/// The byte order mark of UTF-8, which may precede a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes the bytes of the file `name`.
pub fn decode(name: &str, bytes: &[u8]) -> Result<String, DecodeError> {
    let Some(declared) = declared_encoding(bytes) else {
        return utf8(bytes).map_err(|(byte, line)| DecodeError {
            message: format!(
                "Non-UTF-8 code starting with '\\x{byte:02x}' in file {name} on line {line}, but no encoding \
                 declared; see https://peps.python.org/pep-0263/ for details"
            ),
        });
    };
    let encoding = normal_name(&declared);
    let problem = |what: &str| DecodeError { message: format!("encoding problem: {encoding}{what}") };
    if encoding != "utf-8" && bytes.starts_with(BYTE_ORDER_MARK) {
        return Err(problem(" with BOM"));
    }
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" | "u8" => utf8(bytes).map_err(|_| problem("")),
        "ascii" | "us-ascii" | "646" if bytes.is_ascii() => utf8(bytes).map_err(|_| problem("")),
        "iso-8859-1" | "latin1" | "iso8859-1" | "8859" | "cp819" | "latin" | "l1" => {
            Ok(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
        _ => Err(problem("")),
    }
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
        let error = decode("x.mv", b"a = 1\nb = '\xff'\n").unwrap_err();
        assert!(error.message.starts_with("Non-UTF-8 code starting with '\\xff' in file x.mv on line 2,"));
    }

    #[test]
    fn latin_1_may_be_declared() {
        assert_eq!(decode("x.mv", b"# coding: latin-1\n'\xe4'").unwrap(), "# coding: latin-1\n'ä'");
        assert!(decode("x.mv", b"#!/bin/sh\n# -*- coding: klingon -*-\n").is_err());
        assert_eq!(declared_encoding(b"x = 1\n# coding: klingon\n"), None);
    }

    #[test]
    fn a_byte_order_mark_allows_one_encoding() {
        let text = |name: &str| format!("\u{feff}# coding: {name}\n");
        assert!(decode("x.mv", text("UTF_8-unix").as_bytes()).is_ok());
        for (name, shown) in
            [("latin-1", "iso-8859-1"), ("utf8", "utf8"), ("ascii", "ascii"), ("klingon", "klingon")]
        {
            let error = decode("x.mv", text(name).as_bytes()).unwrap_err();
            assert_eq!(error.message, format!("encoding problem: {shown} with BOM"));
        }
    }
}
