//! The names of encodings, in all their spellings.

use super::{Codec, Order};

/// Bytes of the longest spelling of an encoding, generously.
const LONGEST_NAME: usize = 64;

/// Returns the name as the search for an encoding compares it: lower case, and `_` for any run of other characters than
/// letters, digits and dots. A very long name, which nothing has, becomes empty.
pub fn normalized(name: &str) -> String {
    let mut normal = String::new();
    let mut is_pending = false;
    for char in name.chars().filter(|_| name.len() <= LONGEST_NAME) {
        if char.is_ascii_alphanumeric() || char == '.' {
            if is_pending && !normal.is_empty() {
                normal.push('_');
            }
            is_pending = false;
            normal.push(char.to_ascii_lowercase());
        } else {
            is_pending = true;
        }
    }
    normal
}

impl Codec {
    /// Tells whether a name is one of those by which CPython knows an encoding without asking for its codec, whose errors
    /// come without a note.
    pub fn is_common(name: &str) -> bool {
        let name = normalized(name);
        let unit = name.strip_prefix("utf").map(|rest| rest.strip_prefix('_').unwrap_or(rest));
        matches!(unit, Some("8" | "16" | "32"))
            || matches!(
                name.as_str(),
                "ascii" | "us_ascii" | "latin1" | "latin_1" | "iso_8859_1" | "iso8859_1"
            )
    }

    /// The encoding of this name, by any of its spellings; `None` if it is not one of these.
    pub fn named(name: &str) -> Option<Codec> {
        Some(match normalized(name).replace('.', "_").as_str() {
            "utf_8" | "utf8" | "u8" | "utf" | "utf8_ucs2" | "utf8_ucs4" | "cp65001" => Codec::Utf8,
            "utf_8_sig" => Codec::Utf8Sig,
            "utf_7" | "utf7" | "u7" | "unicode_1_1_utf_7" => Codec::Utf7,
            "utf_16" | "utf16" | "u16" => Codec::Utf16(None),
            "utf_16_le" | "utf_16le" | "unicodelittleunmarked" => Codec::Utf16(Some(Order::Little)),
            "utf_16_be" | "utf_16be" | "unicodebigunmarked" => Codec::Utf16(Some(Order::Big)),
            "utf_32" | "utf32" | "u32" => Codec::Utf32(None),
            "utf_32_le" | "utf_32le" => Codec::Utf32(Some(Order::Little)),
            "utf_32_be" | "utf_32be" => Codec::Utf32(Some(Order::Big)),
            "ascii" | "us_ascii" | "646" | "us" | "ansi_x3_4_1968" | "ansi_x3_4_1986" | "cp367"
            | "csascii" | "ibm367" | "iso646_us" | "iso_646_irv_1991" | "iso_ir_6" => Codec::Ascii,
            "latin_1" | "latin1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "iso8859" | "8859"
            | "cp819" | "csisolatin1" | "ibm819" | "iso_8859_1_1987" | "iso_ir_100" => Codec::Latin1,
            "unicode_escape" => Codec::UnicodeEscape,
            "raw_unicode_escape" => Codec::RawUnicodeEscape,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_normalized() {
        assert_eq!(normalized("  UTF--8!"), "utf_8");
        assert_eq!(Codec::named("uTf~8"), Some(Codec::Utf8));
        assert_eq!(Codec::named("ANSI_X3.4-1968"), Some(Codec::Ascii));
        assert_eq!(Codec::named("UTF_16LE"), Some(Codec::Utf16(Some(Order::Little))));
        assert_eq!(Codec::named("utf8-sig"), None);
    }
}
