//! Which characters are digits, spaces and parts of words, and the case of single characters.
//!
//! A letter whose other case is several letters is mapped to the first of them, as CPython does.

use crate::text::regex::code::Category;
use crate::text::unicode;

/// How the case of characters is ignored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    /// It is not.
    None,
    /// For letters of ASCII.
    Ascii,
    /// For all letters.
    Unicode,
    /// As the locale says; letters beyond ASCII have no case in the only locale there is.
    Locale,
}

/// Returns the lower case of a letter of ASCII, any other code point as it is.
pub const fn lower_ascii(code: u32) -> u32 {
    if matches!(code, 0x41..=0x5a) { code + 0x20 } else { code }
}

/// Returns the upper case of a letter of ASCII, any other code point as it is.
pub const fn upper_ascii(code: u32) -> u32 {
    if matches!(code, 0x61..=0x7a) { code - 0x20 } else { code }
}

/// Returns the lower case of a letter, any other code point as it is.
pub fn lower(code: u32) -> u32 {
    match code {
        ..0x80 => lower_ascii(code),
        0x80..=0xbf | 0xd7 | 0xdf..=0xff => code,
        0xc0..=0xd6 | 0xd8..=0xde => code + 0x20,
        _ => char::from_u32(code).map_or(code, |char| unicode::first_lower(char) as u32),
    }
}

/// Returns the upper case of a letter, any other code point as it is.
pub fn upper(code: u32) -> u32 {
    match code {
        ..0x80 => upper_ascii(code),
        _ => char::from_u32(code).map_or(code, |char| unicode::first_upper(char) as u32),
    }
}

/// Tells whether a code point has another case.
pub fn is_cased(code: u32) -> bool {
    code != lower(code) || code != upper(code)
}

/// Tells whether a code point is of a kind.
pub fn is_in(category: Category, code: u32) -> bool {
    match category {
        Category::Digit => is_ascii(code, |byte| byte.is_ascii_digit()),
        Category::NotDigit => !is_in(Category::Digit, code),
        Category::Space => is_ascii(code, |byte| matches!(byte, b' ' | b'\t'..=b'\r')),
        Category::NotSpace => !is_in(Category::Space, code),
        Category::Word | Category::LocWord => is_word(code),
        Category::NotWord | Category::LocNotWord => !is_word(code),
        Category::LineBreak => code == 0x0a,
        Category::NotLineBreak => code != 0x0a,
        Category::UniDigit => char::from_u32(code).is_some_and(unicode::is_decimal),
        Category::UniNotDigit => !is_in(Category::UniDigit, code),
        Category::UniSpace => char::from_u32(code).is_some_and(unicode::is_space),
        Category::UniNotSpace => !is_in(Category::UniSpace, code),
        Category::UniWord => is_unicode_word(code),
        Category::UniNotWord => !is_unicode_word(code),
        Category::UniLineBreak => char::from_u32(code).is_some_and(unicode::is_line_break),
        Category::UniNotLineBreak => !is_in(Category::UniLineBreak, code),
    }
}

fn is_ascii(code: u32, is_in: impl FnOnce(u8) -> bool) -> bool {
    code < 0x80 && is_in(code as u8)
}

/// Tells whether a code point is a letter or digit of ASCII, or the underscore.
pub fn is_word(code: u32) -> bool {
    is_ascii(code, |byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Tells whether a code point is a letter or number of any script, or the underscore.
pub fn is_unicode_word(code: u32) -> bool {
    is_word(code) || code >= 0x80 && char::from_u32(code).is_some_and(unicode::is_alphanumeric)
}
