//! `repr` of texts and bytes, exactly as CPython chooses quotes and escapes.

use crate::memory::{self, OutOfMemory};
use crate::text::unicode;

/// Bytes of the longest escape, and of the quote at the end.
const ESCAPE_BYTES: usize = 11;

/// The quote `repr` uses: double ones only if there is a single quote and no double one.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

/// `repr` of a text.
pub fn repr_text(text: &str) -> Result<String, OutOfMemory> {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut shown = memory::text_with_room(text.len() + 2)?;
    shown.push(quote);
    for char in text.chars() {
        shown.try_reserve(ESCAPE_BYTES)?;
        if char == quote || char == '\\' {
            shown.push('\\');
            shown.push(char);
        } else if unicode::is_printable(char) {
            shown.push(char);
        } else {
            push_escape(char, &mut shown);
        }
    }
    shown.push(quote);
    Ok(shown)
}

/// `ascii` of a text that `repr` made: what is not ASCII is escaped too.
pub fn ascii_text(repr: &str) -> Result<String, OutOfMemory> {
    let mut shown = memory::text_with_room(repr.len())?;
    for char in repr.chars() {
        shown.try_reserve(ESCAPE_BYTES)?;
        if char.is_ascii() { shown.push(char) } else { push_escape(char, &mut shown) }
    }
    Ok(shown)
}

fn push_escape(char: char, shown: &mut String) {
    match (char, char as u32) {
        ('\n', _) => shown.push_str("\\n"),
        ('\r', _) => shown.push_str("\\r"),
        ('\t', _) => shown.push_str("\\t"),
        (_, code @ 0..=0xff) => shown.push_str(&format!("\\x{code:02x}")),
        (_, code @ 0x100..=0xffff) => shown.push_str(&format!("\\u{code:04x}")),
        (_, code) => shown.push_str(&format!("\\U{code:08x}")),
    }
}

/// `repr` of bytes.
pub fn repr_bytes(bytes: &[u8]) -> Result<String, OutOfMemory> {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut shown = memory::text_with_room(bytes.len() + 3)?;
    shown.push('b');
    shown.push(quote);
    for &byte in bytes {
        shown.try_reserve(ESCAPE_BYTES)?;
        match byte as char {
            char if char == quote || char == '\\' => {
                shown.push('\\');
                shown.push(char);
            }
            char @ ' '..='~' => shown.push(char),
            char => push_escape(char, &mut shown),
        }
    }
    shown.push(quote);
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_are_cpythons() {
        assert_eq!(repr_text("it's").unwrap(), "\"it's\"");
        assert_eq!(repr_text("'\"").unwrap(), "'\\'\"'");
        assert_eq!(
            repr_text("a\n\t\\\x07é\u{a0}\u{200b}🎉\u{e0001}").unwrap(),
            "'a\\n\\t\\\\\\x07é\\xa0\\u200b🎉\\U000e0001'"
        );
        assert_eq!(ascii_text("'é日🎉'").unwrap(), "'\\xe9\\u65e5\\U0001f389'");
        assert_eq!(repr_bytes(b"a'\x00\xff\n").unwrap(), "b\"a'\\x00\\xff\\n\"");
    }
}
