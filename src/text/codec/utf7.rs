//! UTF-7: ASCII, in which `+` begins the UTF-16 of other characters in base 64, up to the first byte that is no digit.

use crate::memory::OutOfMemory;
use crate::text::stored;

/// The digits of base 64.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes that a code point takes at most: two units of 16 bits, and what begins and ends a section.
const MOST_BYTES: usize = 8;

const fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// Returns the value of a digit.
fn value(digit: u8) -> Option<u32> {
    DIGITS.iter().position(|&known| known == digit).map(|at| at as u32)
}

/// Tells whether a code point other than `+` is written as itself.
fn is_direct(code: u32) -> bool {
    let byte = u8::try_from(code).unwrap_or(0);
    matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~') && !matches!(byte, b'+' | b'\\' | b'~')
}

/// Bits that wait until there are enough of them.
#[derive(Default)]
struct Bits {
    bits: u32,
    count: u32,
}

impl Bits {
    fn add(&mut self, more: u32, count: u32) {
        self.bits = self.bits << count | more;
        self.count += count;
    }

    /// Takes out the oldest bits, if there are so many.
    fn take(&mut self, count: u32) -> Option<u32> {
        self.count = self.count.checked_sub(count)?;
        let taken = self.bits >> self.count;
        self.bits &= (1 << self.count) - 1;
        Some(taken)
    }
}

/// Appends the bytes of a text, whatever code points it has.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
    let mut section: Option<Bits> = None;
    for code in stored::code_points(text) {
        out.try_reserve(MOST_BYTES)?;
        if is_direct(code) {
            let byte = code as u8;
            if let Some(bits) = section.take() {
                end_section(bits, is_digit(byte) || byte == b'-', out);
            }
            out.push(byte);
            continue;
        }
        if code == u32::from(b'+') && section.is_none() {
            out.extend(b"+-");
            continue;
        }
        let bits = section.get_or_insert_with(|| {
            out.push(b'+');
            Bits::default()
        });
        let high = code.checked_sub(0x1_0000).map(|rest| 0xd800 | rest >> 10);
        let last = if high.is_some() { 0xdc00 | code & 0x3ff } else { code };
        for unit in high.into_iter().chain([last]) {
            bits.add(unit, 16);
            while let Some(digit) = bits.take(6) {
                out.push(DIGITS[digit as usize]);
            }
        }
    }
    if let Some(bits) = section {
        out.try_reserve(MOST_BYTES)?;
        end_section(bits, true, out);
    }
    Ok(())
}

fn end_section(bits: Bits, is_marked: bool, out: &mut Vec<u8>) {
    if bits.count > 0 {
        out.push(DIGITS[(bits.bits << (6 - bits.count)) as usize]);
    }
    if is_marked {
        out.push(b'-');
    }
}

/// Where decoding stopped before the end: the invalid bytes, and why.
pub(super) type Stop = Option<(std::ops::Range<usize>, &'static str)>;

/// Appends the code points of bytes from `at` on; moves `at` to the end, or to the first invalid bytes.
/// Unless the bytes `are_final`, a section that has not ended is left for later, and `at` is where it begins.
pub(super) fn decode(
    bytes: &[u8],
    at: &mut usize,
    are_final: bool,
    out: &mut String,
) -> Result<Stop, OutOfMemory> {
    while let Some(&byte) = bytes.get(*at) {
        let start = *at;
        out.try_reserve(stored::MOST_BYTES)?;
        match (byte, bytes.get(start + 1)) {
            (b'+', Some(b'-')) => {
                out.push('+');
                *at += 2;
            }
            (b'+', Some(&next)) if !is_digit(next) => {
                return Ok(Some((start..start + 2, "ill-formed sequence")));
            }
            (b'+', _) => {
                let kept = out.len();
                *at += 1;
                let wrong = decode_section(bytes, at, out)?;
                let is_open = *at == bytes.len() && bytes[start + 1..].iter().all(|&byte| is_digit(byte));
                if is_open && !are_final {
                    out.truncate(kept);
                    *at = start;
                    return Ok(None);
                }
                if let Some(reason) = wrong {
                    return Ok(Some((start..*at, reason)));
                }
            }
            (byte, _) if byte.is_ascii() => {
                out.push(byte as char);
                *at += 1;
            }
            _ => return Ok(Some((start..start + 1, "unexpected special character"))),
        }
    }
    Ok(None)
}

/// Appends the code points of a section; moves `at` behind it. Returns what is wrong at its end.
fn decode_section(
    bytes: &[u8],
    at: &mut usize,
    out: &mut String,
) -> Result<Option<&'static str>, OutOfMemory> {
    let mut bits = Bits::default();
    let mut high = None;
    while let Some(digit) = bytes.get(*at).copied().and_then(value) {
        *at += 1;
        bits.add(digit, 6);
        let Some(unit) = bits.take(16) else { continue };
        out.try_reserve(2 * stored::MOST_BYTES)?;
        match (high.take(), unit) {
            (Some(high), 0xdc00..0xe000) => {
                stored::push(0x1_0000_u32 + ((high & 0x3ff) << 10 | unit & 0x3ff), out);
            }
            (before, _) => {
                before.into_iter().for_each(|high| stored::push(high, out));
                match unit {
                    0xd800..0xdc00 => high = Some(unit),
                    _ => stored::push(unit, out),
                }
            }
        }
    }
    let is_rest = bits.count >= 6 || bits.bits != 0;
    let Some(&byte) = bytes.get(*at) else {
        return Ok((is_rest || high.is_some()).then_some("unterminated shift sequence"));
    };
    if is_rest {
        *at += 1;
        let is_digit_lost = bits.count >= 6;
        return Ok(Some(if is_digit_lost {
            "partial character in shift sequence"
        } else {
            "non-zero padding bits in shift sequence"
        }));
    }
    if let Some(high) = high
        && byte.is_ascii()
    {
        out.try_reserve(stored::MOST_BYTES)?;
        stored::push(high, out);
    }
    *at += usize::from(byte == b'-');
    Ok(None)
}
