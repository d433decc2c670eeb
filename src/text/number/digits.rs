//! Digits in texts that are to be numbers: those of other scripts, underscores between them, prefixes of a base.

use crate::text::unicode;

/// Returns the text with all decimal digits in ASCII, and a blank for every white space.
/// Decimal digits of any script are replaced.
pub fn to_ascii_digits(text: &str) -> std::borrow::Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let replace = |char| match unicode::decimal_value(char) {
        Some(value) => (b'0' + value as u8) as char,
        None if unicode::is_space(char) => ' ',
        None => char,
    };
    text.chars().map(replace).collect::<String>().into()
}

/// Splits off the prefix `0b`, `0o` or `0x` and returns the base with the rest; `None` for a leading zero when
/// `base` is 0.
pub fn split_prefix(text: &str, base: u32) -> Option<(u32, &str)> {
    let prefixed = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'o' | b'O', ..] => Some(8),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    };
    match prefixed {
        Some(found) if base == 0 || base == found => {
            let digits = &text[2..];
            // One underscore may stand right behind the prefix.
            Some((found, digits.strip_prefix('_').unwrap_or(digits)))
        }
        _ if base != 0 => Some((base, text)),
        _ if text.starts_with('0') && text.contains(|char| ('1'..='9').contains(&char)) => None,
        _ => Some((10, text)),
    }
}

/// Returns the digits without the underscores between them; `None` if an underscore stands anywhere but between
/// two digits.
pub fn without_underscores(digits: &str) -> Option<std::borrow::Cow<'_, str>> {
    if digits.is_empty() || digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    if digits.contains('_') { Some(digits.replace('_', "").into()) } else { Some(digits.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_underscores_follow_the_rules() {
        assert_eq!(split_prefix("0x1f", 0), Some((16, "1f")));
        assert_eq!(split_prefix("0b1", 16), Some((16, "0b1")));
        assert_eq!(split_prefix("010", 0), None);
        assert_eq!(split_prefix("00", 0), Some((10, "00")));
        assert_eq!(split_prefix("0x_1", 16), Some((16, "1")));
        assert_eq!(without_underscores("1_000").as_deref(), Some("1000"));
        for wrong in ["", "_1", "1_", "1__0"] {
            assert_eq!(without_underscores(wrong), None);
        }
        assert_eq!(to_ascii_digits("\u{3000}٤٢x"), " 42x");
    }
}
