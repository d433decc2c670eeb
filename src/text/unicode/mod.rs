//! What CPython 3.14 answers about one code point: `str.isalpha` and its kin, digits, case mappings, names.
//!
//! Where Rust's own tables and those of `unicode-ident` ask the same question they are used (upper and lower case,
//! names); the rest is looked up in `ranges.rs` and `case.rs`. ASCII is answered without a table.
//!
//! Those tables are of a later version of the Unicode database than CPython's. What the later one has added is no
//! character here: it is not printable, and letters with case and parts of names all are.
//!
//! Begin with `is_alpha` here.

mod case;
mod ranges;
mod wide;

use crate::text::unicode::case::{TO_FOLD, TO_TITLE};
use crate::text::unicode::ranges::{DIGITS, LETTERS, NOT_PRINTABLE, NUMERICS, TITLECASE, ZEROS};
use crate::text::unicode::wide::WIDE;

fn in_ranges(ranges: &[(u32, u32)], char: char) -> bool {
    let code = char as u32;
    let after = ranges.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= ranges[after - 1].1
}

/// Whether it is a letter (`isalpha`).
pub fn is_alpha(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_alphabetic() } else { in_ranges(LETTERS, char) }
}

/// The value of a decimal digit of any script.
pub fn decimal_value(char: char) -> Option<u32> {
    if char.is_ascii() {
        return char.to_digit(10);
    }
    let code = char as u32;
    let after = ZEROS.partition_point(|&zero| zero <= code);
    let value = code - ZEROS[after.checked_sub(1)?];
    if value < 10 { Some(value) } else { None }
}

/// Whether it is a decimal digit (`isdecimal`).
pub fn is_decimal(char: char) -> bool {
    decimal_value(char).is_some()
}

/// Whether it stands for a digit (`isdigit`).
pub fn is_digit(char: char) -> bool {
    is_decimal(char) || in_ranges(DIGITS, char)
}

/// Whether it has a numeric value (`isnumeric`).
pub fn is_numeric(char: char) -> bool {
    is_digit(char) || in_ranges(NUMERICS, char)
}

/// Whether it is a letter or has a numeric value (`isalnum`).
pub fn is_alphanumeric(char: char) -> bool {
    is_alpha(char) || is_numeric(char)
}

/// Whether `repr` shows it as it is (`isprintable`).
pub fn is_printable(char: char) -> bool {
    if char.is_ascii() { matches!(char, ' '..='~') } else { !in_ranges(NOT_PRINTABLE, char) }
}

/// Whether it is white space (`isspace`): the file separators count, unlike in Rust.
pub fn is_space(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{1c}'..='\u{1f}')
}

/// Whether it takes two columns on a terminal.
pub fn is_wide(char: char) -> bool {
    !char.is_ascii() && in_ranges(WIDE, char)
}

/// Whether it ends a line for `splitlines`.
pub const fn is_line_break(char: char) -> bool {
    matches!(char, '\n'..='\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether it is a title case letter such as `ǅ`.
pub fn is_title(char: char) -> bool {
    !char.is_ascii() && in_ranges(TITLECASE, char)
}

/// Whether it is an upper case letter.
pub fn is_upper(char: char) -> bool {
    if char.is_ascii() { char.is_ascii_uppercase() } else { char.is_uppercase() && is_printable(char) }
}

/// Whether it is a lower case letter.
pub fn is_lower(char: char) -> bool {
    match char {
        _ if char.is_ascii() => char.is_ascii_lowercase(),
        // It has lost its case later.
        'ʕ' => true,
        _ => char.is_lowercase() && is_printable(char),
    }
}

/// Whether it has case at all.
pub fn is_cased(char: char) -> bool {
    is_lower(char) || is_upper(char) || is_title(char)
}

/// Whether a name may begin with it.
pub fn begins_name(char: char) -> bool {
    if char.is_ascii() {
        char.is_ascii_alphabetic() || char == '_'
    } else {
        unicode_ident::is_xid_start(char) && is_printable(char)
    }
}

/// Whether it may stand in a name behind the first character.
pub fn continues_name(char: char) -> bool {
    if char.is_ascii() {
        char.is_ascii_alphanumeric() || char == '_'
    } else {
        unicode_ident::is_xid_continue(char) && is_printable(char)
    }
}

/// Whether Rust may know a case of the character that this version of the database does not.
pub fn may_be_later(char: char) -> bool {
    char > FIRST_LATER && !char.to_uppercase().chain(char.to_lowercase()).all(is_printable)
}

/// Below it, no letter with case has been added since.
const FIRST_LATER: char = '\u{2fff}';

/// Appends the upper case.
pub fn push_upper(char: char, into: &mut String) {
    push_mapped(char, char.to_uppercase(), into);
}

/// Appends the lower case.
pub fn push_lower(char: char, into: &mut String) {
    push_mapped(char, char.to_lowercase(), into);
}

/// Returns the first character of the upper case.
pub fn first_upper(char: char) -> char {
    first_mapped(char, char.to_uppercase())
}

/// Returns the first character of the lower case.
pub fn first_lower(char: char) -> char {
    first_mapped(char, char.to_lowercase())
}

/// Returns the first of the characters that one is mapped to, or itself if that was added later.
fn first_mapped(char: char, mut mapped: impl Iterator<Item = char> + Clone) -> char {
    let is_known = char.is_ascii() || is_printable(char) && mapped.clone().all(is_printable);
    mapped.next().filter(|_| is_known).unwrap_or(char)
}

/// Appends what a character is mapped to, or itself if that was added later.
fn push_mapped(char: char, mapped: impl Iterator<Item = char> + Clone, into: &mut String) {
    match char.is_ascii() || is_printable(char) && mapped.clone().all(is_printable) {
        true => into.extend(mapped),
        false => into.push(char),
    }
}

/// Appends the title case.
pub fn push_title(char: char, into: &mut String) {
    match TO_TITLE.binary_search_by_key(&char, |&(key, _)| key) {
        Ok(found) => into.push_str(TO_TITLE[found].1),
        Err(_) => push_upper(char, into),
    }
}

/// Appends the case folding.
pub fn push_fold(char: char, into: &mut String) {
    match TO_FOLD.binary_search_by_key(&char, |&(key, _)| key) {
        Ok(found) => into.push_str(TO_FOLD[found].1),
        Err(_) => push_lower(char, into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        for table in [LETTERS, NOT_PRINTABLE, DIGITS, NUMERICS, TITLECASE] {
            assert!(table.iter().all(|(first, last)| first <= last));
            assert!(table.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
        assert!(ZEROS.is_sorted());
        assert!(TO_TITLE.is_sorted() && TO_FOLD.is_sorted());
    }

    #[test]
    fn letters_added_later_lie_where_they_are_looked_for() {
        let changes = |char: char| !char.to_uppercase().eq([char]) || !char.to_lowercase().eq([char]);
        let is_later = |char: char| !char.to_uppercase().chain(char.to_lowercase()).all(is_printable);
        let mut later = ('\u{80}'..=char::MAX).filter(|&char| changes(char) && is_later(char));
        assert!(later.all(may_be_later));
    }

    #[test]
    fn code_points_are_classified_as_in_cpython() {
        assert!(is_alpha('é') && is_alpha('ª') && is_alpha('日') && !is_alpha('\u{345}') && !is_alpha('Ⅷ'));
        assert!(is_decimal('٣') && decimal_value('٣') == Some(3) && decimal_value('𝟗') == Some(9));
        assert!(is_digit('²') && !is_decimal('²') && !is_digit('½') && is_numeric('½') && is_numeric('三'));
        assert!(is_space('\u{1c}') && is_space('\u{a0}') && is_space('\u{3000}') && !is_space('\u{200b}'));
        assert!(
            !is_printable('\u{a0}')
                && !is_printable('\u{ad}')
                && is_printable('é')
                && !is_printable('\u{7f}')
        );
        let fold = |char| {
            let mut folded = String::new();
            push_fold(char, &mut folded);
            folded
        };
        assert_eq!((fold('ß').as_str(), fold('ς').as_str(), fold('A').as_str()), ("ss", "σ", "a"));
    }
}
