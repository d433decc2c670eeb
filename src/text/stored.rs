//! The stored form of texts: UTF-8 in which a surrogate is a pair of reserved characters.
//!
//! A text of Python may hold any code point, surrogates too; a `&str` of Rust may not. So a surrogate is stored as two
//! characters of the private use area, and so are the private characters that this takes up:
//!
//! ```text
//! code point          stored as
//! U+0000…U+D7FF       itself
//! U+D800…U+DFFF  ┐    two characters: a lead of U+E000…U+E021, then a trail of U+E022…U+E061
//! U+E000…U+E061  ┘
//! U+E062…U+10FFFF     itself
//! ```
//!
//! Every text has one stored form. No lead is a trail, so a stored text is found in another one, cut from it and put
//! behind it as bytes, with no thought of pairs; and since the pairs stand in the order of their code points, between
//! all that come before and after, the order of the bytes is that of the code points. What remains to be minded: to
//! count and to cut by code points ([`code_points`], [`count`]), to let texts in from outside ([`stored`]), and to let
//! them out ([`native`], [`shown`], or an encoder of `codec`).

use std::borrow::Cow;

/// The first code point that is stored as a pair: the first surrogate.
const FIRST: u32 = 0xd800;
/// The first lead; the leads are the first characters behind the surrogates.
const LEAD: u32 = 0xe000;
/// The first trail, behind the last lead.
const TRAIL: u32 = LEAD + LEADS;
/// How many code points share a lead.
const TRAILS: u32 = 64;
/// How many leads there are: enough for the surrogates, the leads and the trails.
const LEADS: u32 = 34;
/// The first code point behind those that are stored as pairs.
const END: u32 = TRAIL + TRAILS;

const _: () = assert!(LEADS * TRAILS >= END - FIRST);

/// The most bytes that a code point takes up: a pair of two characters of three bytes each.
pub const MOST_BYTES: usize = 6;

/// The first byte of each lead and trail in UTF-8; few other characters begin with it.
const MARK: u8 = 0xee;

/// Tells whether a code point is a surrogate.
pub const fn is_surrogate(code: u32) -> bool {
    matches!(code, 0xd800..0xe000)
}

/// Returns the lead and the trail of a code point that is stored as a pair.
fn pair(code: u32) -> Option<[char; 2]> {
    if !(FIRST..END).contains(&code) {
        return None;
    }
    let at = code - FIRST;
    Some([char::from_u32(LEAD + at / TRAILS)?, char::from_u32(TRAIL + at % TRAILS)?])
}

/// Returns the code point that two characters stand for, if they are a pair.
fn paired(lead: char, trail: char) -> Option<u32> {
    let (lead, trail) = ((lead as u32).wrapping_sub(LEAD), (trail as u32).wrapping_sub(TRAIL));
    let code = FIRST + lead.checked_mul(TRAILS)?.checked_add(trail)?;
    (lead < LEADS && trail < TRAILS && code < END).then_some(code)
}

/// Returns the stored form of a code point below 0x110000, written to `buffer`. Panics for any other.
pub fn encode(code: u32, buffer: &mut [u8; MOST_BYTES]) -> &str {
    match pair(code) {
        None => char::from_u32(code).expect("a code point that is no surrogate").encode_utf8(buffer),
        Some(chars) => {
            let (mut length, buffer) = (0, &mut *buffer);
            for char in chars {
                length += char.encode_utf8(&mut buffer[length..]).len();
            }
            std::str::from_utf8(&buffer[..length]).expect("characters were written there")
        }
    }
}

/// Appends a code point below 0x110000. Panics for any other.
#[inline]
pub fn push(code: u32, out: &mut String) {
    out.push_str(encode(code, &mut [0; MOST_BYTES]));
}

/// Tells whether a text may contain pairs, or characters that have to be stored as pairs. False tells that every
/// character of the text stands for itself.
#[inline]
pub fn may_have_pairs(text: &str) -> bool {
    memchr::memchr_iter(MARK, text.as_bytes())
        .any(|at| text.as_bytes().get(at + 1).is_some_and(|next| matches!(next, 0x80 | 0x81)))
}

/// Returns the stored form of a text of Rust: of a file, an argument, a host program.
pub fn stored(text: &str) -> Cow<'_, str> {
    if !may_have_pairs(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + MOST_BYTES);
    text.chars().for_each(|char| push(char as u32, &mut out));
    Cow::Owned(out)
}

/// Returns a stored text as a text of Rust; `None` if it contains surrogates.
pub fn native(text: &str) -> Option<Cow<'_, str>> {
    if !may_have_pairs(text) {
        return Some(Cow::Borrowed(text));
    }
    code_points(text).map(char::from_u32).collect::<Option<String>>().map(Cow::Owned)
}

/// Returns a stored text as a text of Rust, with an escape such as `\ud800` in place of each surrogate.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !may_have_pairs(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for code in code_points(text) {
        match char::from_u32(code) {
            Some(char) => out.push(char),
            None => out.push_str(&format!("\\u{code:04x}")),
        }
    }
    Cow::Owned(out)
}

/// Counts the code points of a stored text.
#[inline]
pub fn count(text: &str) -> usize {
    code_points(text).count()
}

/// Returns the byte offset of the code point at a position; `None` if there are not so many.
pub fn offset(text: &str, position: usize) -> Option<usize> {
    code_point_indices(text).nth(position).map(|(at, _)| at)
}

/// Returns the code point of a stored text that has no other; `None` if it has none, or several.
pub fn only(text: &str) -> Option<u32> {
    let mut codes = code_points(text);
    codes.next().filter(|_| codes.next().is_none())
}

/// Returns the last code point of a stored text, and the byte offset at which it begins; `None` if there is none.
pub fn last(text: &str) -> Option<(u32, usize)> {
    let mut chars = text.char_indices();
    let (at, char) = chars.next_back()?;
    if (char as u32).wrapping_sub(TRAIL) < TRAILS
        && let Some((before, lead)) = chars.next_back()
        && let Some(code) = paired(lead, char)
    {
        return Some((code, before));
    }
    Some((char as u32, at))
}

/// Iterates over the code points of a stored text.
#[inline]
pub fn code_points(text: &str) -> impl Iterator<Item = u32> + Clone {
    code_point_indices(text).map(|(_, code)| code)
}

/// Iterates over the code points of a stored text, with the byte offset of each.
#[inline]
pub fn code_point_indices(text: &str) -> CodePointIndices<'_> {
    CodePointIndices { chars: text.char_indices() }
}

/// The code points of a stored text, and where each begins.
#[derive(Clone)]
pub struct CodePointIndices<'a> {
    chars: std::str::CharIndices<'a>,
}

impl Iterator for CodePointIndices<'_> {
    type Item = (usize, u32);

    #[inline]
    fn next(&mut self) -> Option<(usize, u32)> {
        let (at, char) = self.chars.next()?;
        let code = char as u32;
        // One comparison for all but the leads.
        if code.wrapping_sub(LEAD) < LEADS {
            return Some((at, self.behind(char)));
        }
        Some((at, code))
    }
}

impl CodePointIndices<'_> {
    /// Returns the byte offset behind the last code point that was returned.
    #[inline]
    pub fn offset(&self) -> usize {
        self.chars.offset()
    }

    /// Returns the code point that begins with a lead, and passes over its trail.
    #[cold]
    fn behind(&mut self, lead: char) -> u32 {
        let mut rest = self.chars.clone();
        match rest.next().and_then(|(_, trail)| paired(lead, trail)) {
            Some(code) => {
                self.chars = rest;
                code
            }
            // Not a stored text, then; it stands for itself.
            None => lead as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(codes: &[u32]) -> String {
        let mut out = String::new();
        codes.iter().for_each(|&code| push(code, &mut out));
        out
    }

    #[test]
    fn every_code_point_comes_back() {
        for code in 0..0x11_0000 {
            assert_eq!(only(encode(code, &mut [0; MOST_BYTES])), Some(code), "{code:x}");
        }
    }

    #[test]
    fn bytes_have_the_order_of_code_points() {
        let codes = || (0xd7f0..0xe080).chain([0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x1_0000, 0x10_ffff]);
        for left in codes() {
            for right in codes() {
                assert_eq!(text(&[left]).cmp(&text(&[right])), left.cmp(&right), "{left:x} {right:x}");
            }
        }
    }

    #[test]
    fn halves_of_a_pair_are_found_nowhere_else() {
        let codes = [0xd800, 0xd801, 0xd83f, 0xd840, 0xdfff, 0xe000, 0xe021, 0xe022, 0xe061, 0xe062, 0x61];
        for one in codes {
            for two in codes {
                let whole = text(&[one, two]);
                assert_eq!(count(&whole), 2);
                for wanted in codes {
                    let found: Vec<usize> = whole.match_indices(&text(&[wanted])).map(|(at, _)| at).collect();
                    let expected: Vec<usize> = code_point_indices(&whole)
                        .filter(|&(_, code)| code == wanted)
                        .map(|(at, _)| at)
                        .collect();
                    assert_eq!(found, expected, "{wanted:x} in {one:x} {two:x}");
                }
            }
        }
    }

    #[test]
    fn the_last_code_point_is_what_it_is_from_the_front() {
        for code in [0x61, 0xe9, 0x20ac, 0xd800, 0xdfff, 0xe000, 0xe021, 0xe022, 0xe061, 0xe062, 0x1_f600] {
            for before in [0x61, 0xd800, 0xe000, 0xe022] {
                let whole = text(&[before, code]);
                assert_eq!(last(&whole), Some((code, text(&[before]).len())));
            }
        }
        assert_eq!(last(""), None);
    }

    #[test]
    fn texts_of_rust_come_in_and_go_out() {
        let given = "a\u{e000}\u{e021}\u{e061}\u{e062}\u{e0a0}🎉";
        assert_eq!(native(&stored(given)).as_deref(), Some(given));
        assert_eq!(count(&stored(given)), given.chars().count());
        assert_eq!(native(&text(&[0xd83d, 0xde00])), None);
        assert_eq!(shown(&text(&[0x61, 0xd83d, 0xde00, 0xe000])), "a\\ud83d\\ude00\u{e000}");
    }

    #[test]
    fn what_is_no_stored_text_is_read_all_the_same() {
        assert_eq!(code_points("\u{e000}").collect::<Vec<_>>(), [0xe000]);
        assert_eq!(code_points("\u{e021}\u{e061}a").collect::<Vec<_>>(), [0xe021, 0xe061, 0x61]);
    }
}
