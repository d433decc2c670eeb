//! The lexer's callbacks for strings and for names beyond ASCII.
//!
//! A callback stands just past what the regular expression matched and says whether the token is
//! good, moving past the rest of it; when not, it leaves the reason in the lexer's extras.

use logos::Lexer;

use super::error::SyntaxError;
use super::open_string::{MAX_OPEN_STRINGS, OpenString};
use super::token::Token;
use crate::source::Span;
use crate::text::unicode;

/// Refuses the token at hand.
pub fn refuse(lexer: &mut Lexer<'_, Token>, error: Box<SyntaxError>) -> bool {
    lexer.extras.refused = Some(error);
    false
}

/// Finishes a string whose prefix and first quote have been matched.
pub fn string(lexer: &mut Lexer<'_, Token>) -> bool {
    let rest = lexer.remainder().as_bytes();
    let quote = *lexer.slice().as_bytes().last().expect("the expression ends with a quote");
    let triple = rest.starts_with(&[quote, quote]);
    let length = if triple { triple_end(rest, quote) } else { single_end(rest, quote) };
    if let Some(length) = length {
        lexer.bump(length);
        return true;
    }
    let start = lexer.span().start;
    let text = lexer.source().as_bytes();
    let (name, seen) = if triple {
        ("triple-quoted string", text)
    } else {
        ("string", &text[..lexer.span().end + line_left(rest)])
    };
    // A quote that also ends the string around means that a field was not closed.
    if let Some(open) = lexer.extras.strings.last()
        && open.quote == quote
        && open.is_triple == triple
    {
        let message = format!("{}-string: expecting '}}'", open.letter);
        return refuse(lexer, SyntaxError::at(Span::at(start as u32), message));
    }
    let detected = lines(seen) + usize::from(seen.last() == Some(&b'\n') && seen.len() < text.len());
    let escaped = [b'\\', quote];
    let hint = if !triple && memchr::memmem::find(&seen[start..], &escaped).is_some() {
        "; perhaps you escaped the end quote?"
    } else {
        ""
    };
    let message = format!("unterminated {name} literal (detected at line {detected}){hint}");
    refuse(lexer, SyntaxError::at(Span::at(start as u32), message))
}

/// Finishes the quotes that begin an f-string or t-string, and opens it.
pub fn string_start(lexer: &mut Lexer<'_, Token>) -> bool {
    let quote = *lexer.slice().as_bytes().last().expect("the expression ends with a quote");
    let is_triple = lexer.remainder().as_bytes().starts_with(&[quote, quote]);
    if is_triple {
        lexer.bump(2);
    }
    let span = lexer.span();
    if lexer.extras.strings.len() >= MAX_OPEN_STRINGS {
        let error = SyntaxError::at(Span::at(span.end as u32 - 1), "too many nested f-strings or t-strings");
        return refuse(lexer, error);
    }
    let open = OpenString::new(lexer.slice(), Span::new(span.start as u32, span.end as u32));
    lexer.extras.strings.push(open);
    true
}

/// Counts the lines of a text; a final line end begins no further one.
pub fn lines(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count() + usize::from(text.last() != Some(&b'\n'))
}

/// Finds the end of a string in single quotes, or none when its line ends before.
fn single_end(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr3(quote, b'\\', b'\n', &rest[at..])?;
        match rest[at] {
            b'\n' => return None,
            b'\\' => at += 2,
            _ => return Some(at + 1),
        }
        if at >= rest.len() {
            return None;
        }
    }
}

/// Finds the end of a string in triple quotes, or none when the text ends before.
fn triple_end(rest: &[u8], quote: u8) -> Option<usize> {
    let mut at = 2;
    loop {
        at += memchr::memchr2(quote, b'\\', rest.get(at..)?)?;
        match rest[at] {
            b'\\' => at += 2,
            _ if rest[at..].starts_with(&[quote, quote, quote]) => return Some(at + 3),
            _ => at += 1,
        }
    }
}

/// Returns how many bytes of an unterminated string lie before the end of its line.
fn line_left(rest: &[u8]) -> usize {
    let mut at = 0;
    while at < rest.len() && rest[at] != b'\n' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at.min(rest.len())
}

/// Checks a name that holds characters beyond ASCII.
pub fn foreign_name(lexer: &mut Lexer<'_, Token>) -> bool {
    let start = lexer.span().start;
    let wrong = lexer
        .slice()
        .char_indices()
        .find(|&(at, c)| if at == 0 { !unicode::begins_name(c) } else { !unicode::continues_name(c) });
    match wrong {
        None => true,
        Some((at, c)) => {
            let error = SyntaxError::at(Span::at((start + at) as u32), wrong_character(c));
            refuse(lexer, error)
        }
    }
}

/// Says that a character cannot stand in a program.
pub fn wrong_character(c: char) -> String {
    let code = u32::from(c);
    if c.is_control() || is_unprintable(c) {
        format!("invalid non-printable character U+{code:04X}")
    } else {
        format!("invalid character '{c}' (U+{code:04X})")
    }
}

/// Says whether a character beyond ASCII has no glyph of its own.
fn is_unprintable(c: char) -> bool {
    c.is_whitespace() && c != ' '
        || matches!(u32::from(c), 0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe000..=0xf8ff | 0xe0000..=0xe0fff)
}
