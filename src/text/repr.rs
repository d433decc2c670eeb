//! `repr` of texts and bytes, exactly as CPython chooses quotes and escapes.

use crate::memory::{self, OutOfMemory};
use crate::text::{stored, unicode};

/// Bytes of the longest escape, and of the quote at the end.
const ESCAPE_BYTES: usize = 11;
/// Bytes of the quote at the end.
const QUOTE_BYTES: usize = 1;

/// The quote `repr` uses: double ones only if there is a single quote and no double one.
fn quote_for(has_single: bool, has_double: bool) -> char {
    if has_single && !has_double { '"' } else { '\'' }
}

/// `repr` of a text, both in their stored form.
pub fn repr_text(text: &str) -> Result<String, OutOfMemory> {
    let mut shown = memory::text_with_room(text.len() + 2)?;
    let is_ordinary = |&byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'"' | b'\\');
    if text.as_bytes().iter().all(is_ordinary) {
        shown.push('\'');
        shown.push_str(text);
        shown.push('\'');
        return Ok(shown);
    }
    let quote = quote_for(text.contains('\''), text.contains('"'));
    shown.push(quote);
    let is_printable = |code| char::from_u32(code).is_some_and(unicode::is_printable);
    let stays = |code| code != quote as u32 && code != '\\' as u32 && is_printable(code);
    escape_all_but(text, stays, quote, &mut shown)?;
    shown.push(quote);
    Ok(shown)
}

/// `ascii` of a text that `repr` made, in its stored form: what is not ASCII is escaped too.
pub fn ascii_text(repr: &str) -> Result<String, OutOfMemory> {
    let mut shown = memory::text_with_room(repr.len())?;
    escape_all_but(repr, |code| code < 0x80, '\'', &mut shown)?;
    Ok(shown)
}

/// Appends a text with escapes for all characters for which `stays` is false.
/// Escapes are those of a literal in these quotes. Leaves room in `shown` for the closing quote.
fn escape_all_but(
    text: &str,
    stays: impl Fn(u32) -> bool,
    quote: char,
    shown: &mut String,
) -> Result<(), OutOfMemory> {
    let mut copied = 0;
    let mut codes = stored::code_point_indices(text);
    while let Some((at, code)) = codes.next() {
        if stays(code) {
            continue;
        }
        shown.try_reserve(at - copied + ESCAPE_BYTES)?;
        shown.push_str(&text[copied..at]);
        push_escape(code, quote, shown);
        copied = codes.offset();
    }
    shown.try_reserve(text.len() - copied + QUOTE_BYTES)?;
    shown.push_str(&text[copied..]);
    Ok(())
}

fn push_escape(code: u32, quote: char, shown: &mut String) {
    shown.push('\\');
    let (letter, digits) = match code {
        0x5c => ('\\', 0),
        _ if code == quote as u32 => (quote, 0),
        0x09 => ('t', 0),
        0x0a => ('n', 0),
        0x0d => ('r', 0),
        0..=0xff => ('x', 2),
        0x100..=0xffff => ('u', 4),
        _ => ('U', 8),
    };
    shown.push(letter);
    for digit in (0..digits).rev() {
        shown.push(char::from_digit(code >> (4 * digit) & 0xf, 16).expect("four bits are a digit"));
    }
}

/// `repr` of bytes.
pub fn repr_bytes(bytes: &[u8]) -> Result<String, OutOfMemory> {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut shown = memory::text_with_room(bytes.len() + 3)?;
    push_bytes(bytes, quote, quote, &mut shown)?;
    Ok(shown)
}

/// `repr` of a `bytearray`, whose class has this name. A single quote is escaped whichever quotes are around it.
pub fn repr_byte_array(class: &str, bytes: &[u8]) -> Result<String, OutOfMemory> {
    let quote = quote_for(bytes.contains(&b'\''), bytes.contains(&b'"'));
    let mut shown = memory::text_with_room(class.len() + bytes.len() + 5)?;
    shown.push_str(class);
    shown.push('(');
    push_bytes(bytes, quote, '\'', &mut shown)?;
    memory::push_str(&mut shown, ")")?;
    Ok(shown)
}

/// Appends a literal of bytes between quotes; `escaped` is the quote that gets a backslash.
fn push_bytes(bytes: &[u8], quote: char, escaped: char, shown: &mut String) -> Result<(), OutOfMemory> {
    shown.push('b');
    shown.push(quote);
    for &byte in bytes {
        shown.try_reserve(ESCAPE_BYTES)?;
        let char = byte as char;
        if matches!(char, ' '..='~') && char != escaped && char != '\\' {
            shown.push(char);
        } else {
            push_escape(u32::from(byte), escaped, shown);
        }
    }
    shown.push(quote);
    Ok(())
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
