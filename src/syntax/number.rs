//! Numbers: finishing the token, and reading its value.
//!
//! The shapes and the messages are CPython's tokenizer's. A caret stands on the last good
//! character, except that a digit too large for its base is pointed at itself.

use std::sync::Arc;

use logos::Lexer;

use super::error::SyntaxError;
use super::scan::refuse;
use super::token::Token;
use super::tree::Constant;
use crate::source::Span;

/// Tells whether a text begins with a keyword that may follow a number without a space.
fn begins_with_keyword(rest: &[u8]) -> bool {
    const MAY_FOLLOW: [&[u8]; 8] = [b"and", b"else", b"for", b"if", b"in", b"is", b"or", b"not"];
    MAY_FOLLOW.iter().any(|keyword| rest.starts_with(keyword))
}

/// Returns the warning about a number that a keyword follows without a space; `rest` is what follows the number.
pub fn warning(number: &str, rest: &str) -> Option<String> {
    if !begins_with_keyword(rest.as_bytes()) {
        return None;
    }
    let kind = match number.as_bytes() {
        [.., b'j' | b'J'] => "imaginary",
        [b'0', b'x' | b'X', ..] => "hexadecimal",
        [b'0', b'o' | b'O', ..] => "octal",
        [b'0', b'b' | b'B', ..] => "binary",
        _ => "decimal",
    };
    Some(format!("invalid {kind} literal"))
}

/// Why a number is refused: where, relative to its first character, and what is said.
struct Wrong {
    at: usize,
    end: usize,
    message: String,
}

/// Finishes a number whose first digit has been matched.
pub fn finish(lexer: &mut Lexer<'_, Token>) -> bool {
    let span = lexer.span();
    let text = &lexer.source().as_bytes()[span.start..];
    match length(text) {
        Ok(length) => {
            lexer.bump(length - span.len());
            true
        }
        Err(wrong) => {
            let start = span.start as u32;
            let span = Span::new(start + wrong.at as u32, start + wrong.end as u32);
            refuse(lexer, SyntaxError::at(span, wrong.message))
        }
    }
}

/// A place in a number that is being measured.
struct Cursor<'text> {
    text: &'text [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn peek_is(&self, wanted: &[u8]) -> bool {
        wanted.contains(&self.peek())
    }

    /// Refuses the number, pointing at its last good character.
    fn wrong<T>(&self, kind: &str) -> Result<T, Wrong> {
        Err(Wrong { at: self.at - 1, end: self.at - 1, message: format!("invalid {kind} literal") })
    }

    /// Moves past digits and the single underscores between them.
    fn digits(&mut self) -> Result<(), Wrong> {
        loop {
            while self.peek().is_ascii_digit() {
                self.at += 1;
            }
            if self.peek() != b'_' {
                return Ok(());
            }
            self.at += 1;
            if !self.peek().is_ascii_digit() {
                return self.wrong("decimal");
            }
        }
    }

    /// Moves past the digits of a base, each group after one optional underscore.
    fn digits_of_base(&mut self, base: u32, kind: &str) -> Result<usize, Wrong> {
        self.at += 1;
        loop {
            if self.peek() == b'_' {
                self.at += 1;
            }
            if !char::from(self.peek()).is_digit(base) {
                self.no_digit_too_large(kind)?;
                return self.wrong(kind);
            }
            while char::from(self.peek()).is_digit(base) {
                self.at += 1;
            }
            if self.peek() != b'_' {
                break;
            }
        }
        self.no_digit_too_large(kind)?;
        self.end(kind)
    }

    fn no_digit_too_large(&self, kind: &str) -> Result<(), Wrong> {
        if !self.peek().is_ascii_digit() {
            return Ok(());
        }
        let message = format!("invalid digit '{}' in {kind} literal", char::from(self.peek()));
        Err(Wrong { at: self.at, end: self.at, message })
    }

    /// Checks that no letter follows, other than a keyword that may.
    fn end(&self, kind: &str) -> Result<usize, Wrong> {
        let rest = &self.text[self.at..];
        if begins_with_keyword(rest) {
            return Ok(self.at);
        }
        let next = self.peek();
        if next.is_ascii_alphanumeric() || next == b'_' || next >= 128 {
            self.wrong(kind)
        } else {
            Ok(self.at)
        }
    }

    /// Measures what may follow the digits before the point.
    fn fraction_and_exponent(&mut self) -> Result<usize, Wrong> {
        if self.peek() == b'.' {
            self.at += 1;
            if self.peek().is_ascii_digit() {
                self.digits()?;
            }
        }
        if self.peek_is(b"eE") {
            let letter = self.at;
            self.at += 1;
            let signed = self.peek_is(b"+-");
            self.at += usize::from(signed);
            if self.peek().is_ascii_digit() {
                self.digits()?;
            } else if signed {
                return self.wrong("decimal");
            } else {
                self.at = letter;
                return self.end("decimal");
            }
        }
        if self.peek_is(b"jJ") {
            self.at += 1;
            return self.end("imaginary");
        }
        self.end("decimal")
    }
}

/// Returns the length of the number at the start of `text`.
fn length(text: &[u8]) -> Result<usize, Wrong> {
    let mut cursor = Cursor { text, at: 0 };
    if cursor.peek() != b'0' {
        if cursor.peek() != b'.' {
            cursor.digits()?;
        }
        return cursor.fraction_and_exponent();
    }
    cursor.at = 1;
    match cursor.peek().to_ascii_lowercase() {
        b'x' => return cursor.digits_of_base(16, "hexadecimal"),
        b'o' => return cursor.digits_of_base(8, "octal"),
        b'b' => return cursor.digits_of_base(2, "binary"),
        _ => {}
    }
    loop {
        let underscore = cursor.peek() == b'_';
        cursor.at += usize::from(underscore);
        if underscore && !cursor.peek().is_ascii_digit() {
            return cursor.wrong("decimal");
        }
        if cursor.peek() != b'0' {
            break;
        }
        cursor.at += 1;
    }
    let zeros_end = cursor.at;
    let leading_zeros = cursor.peek().is_ascii_digit();
    if leading_zeros {
        cursor.digits()?;
    }
    if leading_zeros && !cursor.peek_is(b".eEjJ") {
        let message = "leading zeros in decimal integer literals are not permitted; \
                       use an 0o prefix for octal integers";
        return Err(Wrong { at: 0, end: zeros_end, message: message.to_owned() });
    }
    cursor.fraction_and_exponent()
}

/// Returns the value of a number token.
pub fn value(text: &str) -> Constant {
    let digits = text.replace('_', "");
    let lower = digits.to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return integer(digits, radix);
        }
    }
    if let Some(imaginary) = lower.strip_suffix('j') {
        return Constant::Imaginary(float(imaginary));
    }
    if lower.contains(['.', 'e']) { Constant::Float(float(&lower)) } else { integer(&lower, 10) }
}

fn float(digits: &str) -> f64 {
    digits.parse().expect("the lexer let only floats through")
}

fn integer(digits: &str, radix: u32) -> Constant {
    match i64::from_str_radix(digits, radix) {
        Ok(small) => Constant::Int(small),
        Err(_) => Constant::BigInt { digits: Arc::from(digits), radix },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_has_its_value() {
        for (text, wanted) in [
            ("1_000", Constant::Int(1000)),
            ("0xFf", Constant::Int(255)),
            ("0o_17", Constant::Int(15)),
            ("0B11", Constant::Int(3)),
            ("00", Constant::Int(0)),
            ("1.", Constant::Float(1.0)),
            (".5e-1", Constant::Float(0.05)),
            ("1_0e1_0", Constant::Float(1e11)),
            ("007.5", Constant::Float(7.5)),
            ("3J", Constant::Imaginary(3.0)),
            ("09j", Constant::Imaginary(9.0)),
        ] {
            assert_eq!(length(text.as_bytes()).ok(), Some(text.len()), "{text}");
            assert_eq!(value(text), wanted, "{text}");
        }
        let big = Constant::BigInt { digits: "ffffffffffffffff".into(), radix: 16 };
        assert_eq!(value("0xFFFF_FFFF_FFFF_FFFF"), big);
    }

    #[test]
    fn a_number_ends_where_it_must() {
        assert_eq!(length(b"1if x else y").ok(), Some(1));
        assert_eq!(length(b"1..real").ok(), Some(2));
        assert_eq!(length(b"0x1for").ok(), Some(4));
    }

    #[test]
    fn wrong_numbers_say_why() {
        for (text, at, message) in [
            ("1abc", 0, "invalid decimal literal"),
            ("1__0", 1, "invalid decimal literal"),
            ("0x", 1, "invalid hexadecimal literal"),
            ("0b12", 3, "invalid digit '2' in binary literal"),
            ("0o8", 2, "invalid digit '8' in octal literal"),
            ("1e+", 2, "invalid decimal literal"),
            ("1ex", 0, "invalid decimal literal"),
            ("1jx", 1, "invalid imaginary literal"),
        ] {
            let wrong = length(text.as_bytes()).expect_err(text);
            assert_eq!((wrong.at, wrong.message.as_str()), (at, message), "{text}");
        }
    }
}
