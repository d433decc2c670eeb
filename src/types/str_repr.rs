//! `repr` of texts and bytes, exactly as CPython chooses quotes and escapes.

use crate::types::unicode;

/// The quote `repr` uses: double ones only if there is a single quote and no double one.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

/// `repr` of a text.
pub fn repr_text(text: &str) -> String {
    let quote = quote_for(text.contains('\''), text.contains('"'));
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push(quote);
    for char in text.chars() {
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
    shown
}

/// `ascii` of a text that `repr` made: what is not ASCII is escaped too.
pub fn ascii_text(repr: &str) -> String {
    let mut shown = String::with_capacity(repr.len());
    for char in repr.chars() {
        if char.is_ascii() { shown.push(char) } else { push_escape(char, &mut shown) }
    }
    shown
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
pub fn repr_bytes(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut shown = String::with_capacity(bytes.len() + 3);
    shown.push('b');
    shown.push(quote);
    for &byte in bytes {
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
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_are_cpythons() {
        assert_eq!(repr_text("it's"), "\"it's\"");
        assert_eq!(repr_text("'\""), "'\\'\"'");
        assert_eq!(
            repr_text("a\n\t\\\x07é\u{a0}\u{200b}🎉\u{e0001}"),
            "'a\\n\\t\\\\\\x07é\\xa0\\u200b🎉\\U000e0001'"
        );
        assert_eq!(ascii_text("'é日🎉'"), "'\\xe9\\u65e5\\U0001f389'");
        assert_eq!(repr_bytes(b"a'\x00\xff\n"), "b\"a'\\x00\\xff\\n\"");
    }
}
