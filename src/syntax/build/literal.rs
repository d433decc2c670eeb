//! Reading string literals: prefixes, quotes and escapes.
//!
//! A mistake inside a literal is reported at the token after it, as CPython does: see `NEXT_TOKEN`.

use super::{Failed, Made, refuse};
use crate::source::Span;
use crate::text::stored;

/// Stands for the span of the token after the one being built; the parser fills it in.
pub const NEXT_TOKEN: Span = Span::new(u32::MAX, u32::MAX);

/// A string token taken apart.
#[derive(Clone, Copy)]
pub struct Literal {
    /// What stands between the quotes.
    pub body: Span,
    /// Whether backslashes stand for themselves.
    pub is_raw: bool,
    /// Whether it stands for bytes.
    pub is_bytes: bool,
}

impl Literal {
    /// Takes the token at `span` apart.
    pub fn read(text: &str, span: Span) -> Literal {
        let token = text[span.range()].as_bytes();
        let prefix = token.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let has = |letter: u8| token[..prefix].iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
        let quote = token[prefix];
        let quotes = if token[prefix..].starts_with(&[quote, quote, quote]) { 3 } else { 1 };
        // `""` begins with two quotes, but is one quote around nothing.
        let quotes = if token.len() - prefix < 6 { 1 } else { quotes };
        let body = Span::new(span.start + (prefix + quotes) as u32, span.end - quotes as u32);
        Literal { body, is_raw: has(b'r'), is_bytes: has(b'b') }
    }
}

/// Refuses a literal for a reason found inside it.
pub fn refuse_inside(message: impl Into<String>) -> Failed {
    refuse(NEXT_TOKEN, message)
}

/// Appends the stored form of what a piece of a string literal stands for.
pub fn decode(body: &str, is_raw: bool, out: &mut String) -> Made<()> {
    let mut rest = body;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()).filter(|_| !is_raw) {
        out.push_str(&stored::stored(&rest[..at]));
        let (length, c) = escape(&rest[at + 1..]).map_err(|wrong| wrong.located(body, &rest[at..]))?;
        match c {
            Escaped::Code(code) => stored::push(code, out),
            Escaped::Nothing => {}
            // What is no escape stays as it is written.
            Escaped::Itself => out.push('\\'),
        }
        rest = &rest[at + 1 + length..];
    }
    out.push_str(&stored::stored(rest));
    Ok(())
}

/// What an escape stands for.
enum Escaped {
    Code(u32),
    Nothing,
    Itself,
}

/// A wrong escape: how many bytes after the backslash it spans, and why.
struct WrongEscape {
    length: usize,
    reason: &'static str,
}

impl WrongEscape {
    /// Says where in the literal the escape stands; CPython counts a character beyond ASCII as ten.
    fn located(self, body: &str, escape: &str) -> Failed {
        let before = &body[..body.len() - escape.len()];
        let start: usize = before.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum();
        let reason = self.reason;
        let place = format!("bytes in position {start}-{}", start + self.length);
        refuse_inside(format!("(unicode error) 'unicodeescape' codec can't decode {place}: {reason}"))
    }
}

/// Reads the escape after a backslash: the bytes it takes, and what it stands for.
fn escape(rest: &str) -> Result<(usize, Escaped), WrongEscape> {
    let simple = |c: char| Ok((1, Escaped::Code(c as u32)));
    match rest.as_bytes().first() {
        // Only before a field: the brace is not part of the escape.
        None => Ok((0, Escaped::Itself)),
        Some(b'\n') => Ok((1, Escaped::Nothing)),
        Some(b'\\') => simple('\\'),
        Some(b'\'') => simple('\''),
        Some(b'"') => simple('"'),
        Some(b'a') => simple('\x07'),
        Some(b'b') => simple('\x08'),
        Some(b'f') => simple('\x0c'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'v') => simple('\x0b'),
        Some(b'x') => coded(rest, 2, "truncated \\xXX escape"),
        Some(b'u') => coded(rest, 4, "truncated \\uXXXX escape"),
        Some(b'U') => coded(rest, 8, "truncated \\UXXXXXXXX escape"),
        Some(b'N') => named(rest),
        Some(b'0'..=b'7') => {
            let length = octal_length(rest.as_bytes());
            let code = u32::from_str_radix(&rest[..length], 8).expect("these are octal digits");
            Ok((length, Escaped::Code(code)))
        }
        Some(_) => Ok((0, Escaped::Itself)),
    }
}

fn octal_length(rest: &[u8]) -> usize {
    rest.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count()
}

/// Reads the hexadecimal digits of `\x`, `\u` or `\U`.
fn coded(rest: &str, digits: usize, truncated: &'static str) -> Result<(usize, Escaped), WrongEscape> {
    let found = rest.bytes().skip(1).take(digits).take_while(u8::is_ascii_hexdigit).count();
    if found < digits {
        return Err(WrongEscape { length: found + 1, reason: truncated });
    }
    let code = u32::from_str_radix(&rest[1..=digits], 16).expect("these are hexadecimal digits");
    if code > 0x10ffff {
        return Err(WrongEscape { length: digits + 1, reason: "illegal Unicode character" });
    }
    Ok((1 + digits, Escaped::Code(code)))
}

/// Reads the name of `\N{…}`.
fn named(rest: &str) -> Result<(usize, Escaped), WrongEscape> {
    let name = rest.strip_prefix("N{").and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        let length = match rest.strip_prefix("N{") {
            None => 1,
            Some(rest) if rest.starts_with('}') => 2,
            Some(rest) => rest.find('}').map_or(rest.len() + 2, |at| at + 3),
        };
        return Err(WrongEscape { length, reason: "malformed \\N character escape" });
    };
    match unicode_names2::character(name) {
        Some(c) => Ok((name.len() + 3, Escaped::Code(c as u32))),
        None => Err(WrongEscape { length: name.len() + 3, reason: "unknown Unicode character name" }),
    }
}

/// Appends the bytes that a bytes literal stands for.
pub fn decode_bytes(body: &[u8], out: &mut Vec<u8>) -> Made<()> {
    let mut at = 0;
    while at < body.len() {
        if body[at] != b'\\' {
            out.push(body[at]);
            at += 1;
            continue;
        }
        let escape = &body[at + 1..];
        at += 2;
        match escape[0] {
            b'\n' => {}
            itself @ (b'\\' | b'\'' | b'"') => out.push(itself),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'0'..=b'7' => {
                let length = octal_length(escape);
                let code =
                    escape[..length].iter().fold(0u32, |code, digit| code * 8 + u32::from(digit - b'0'));
                out.push(code as u8);
                at += length - 1;
            }
            b'x' => {
                let digit = |index: usize| escape.get(index).and_then(|&byte| char::from(byte).to_digit(16));
                let (Some(high), Some(low)) = (digit(1), digit(2)) else {
                    return Err(refuse_inside(format!(
                        "(value error) invalid \\x escape at position {}",
                        at - 2
                    )));
                };
                out.push((high * 16 + low) as u8);
                at += 2;
            }
            other => out.extend_from_slice(&[b'\\', other]),
        }
    }
    Ok(())
}

/// Finds the first backslash in the first `length` bytes of a text that begins no escape, and what follows it.
pub fn first_wrong_escape(text: &str, length: usize, is_bytes: bool) -> Option<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', bytes[..length].get(at..)?) {
        at += found;
        match bytes.get(at + 1)? {
            b'\n' | b'\\' | b'\'' | b'"' | b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'x' => {}
            b'u' | b'U' | b'N' if !is_bytes => {}
            b'0'..=b'7' => {
                let digits = octal_length(&bytes[at + 1..length]);
                if digits == 3 && bytes[at + 1] > b'3' {
                    return Some((at, &text[at + 1..at + 4]));
                }
            }
            _ => {
                let c = text[at + 1..].chars().next()?;
                return Some((at, &text[at + 1..at + 1 + c.len_utf8()]));
            }
        }
        at += 2;
    }
    None
}
