//! The format mini-language: `[[fill]align][sign][z][#][0][width][grouping][.[precision][grouping]][type]`.
//!
//! Parsing and the layout that texts and numbers share (padding, grouping of digits). What the types
//! make of it is in `text.rs`, `types/int/format.rs` and `float.rs`.

use crate::memory::{self, Room};
use crate::text::number::digits::to_ascii_digits;
use crate::text::refused::{Made, Refused};
use crate::text::stored;

/// The fill that counts as digits of a number.
pub const ZERO: u32 = b'0' as u32;

/// The most bytes of padding that are tried; more raises `MemoryError` at once.
const MAX_PADDING: usize = 1 << 31;

/// A parsed specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The code point that fills up to the width.
    pub fill: u32,
    /// `<`, `>`, `^` or `=`; the type's own when none was given.
    pub align: char,
    /// `+`, `-` or a blank, if given.
    pub sign: Option<char>,
    /// `z`: negative zero loses its sign.
    pub positive_zero: bool,
    /// `#`: the alternate form.
    pub alternate: bool,
    /// The least width.
    pub width: usize,
    /// `,` or `_` between groups of digits.
    pub grouping: Option<char>,
    /// `,` or `_` between groups of digits behind the point.
    pub fraction_grouping: Option<char>,
    /// How many digits follow the point, or how many characters of a text are kept.
    pub precision: Option<usize>,
    /// The type character, if given.
    pub kind: Option<char>,
}

const fn is_align(char: char) -> bool {
    matches!(char, '<' | '>' | '=' | '^')
}

/// Reads digits off the front; `None` if there are none.
pub fn take_number(text: &mut &str, complaint: &str) -> Made<Option<usize>> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    if digits.is_empty() {
        return Ok(None);
    }
    match digits.parse::<i64>() {
        Ok(number) => Ok(Some(number as usize)),
        Err(_) => Err(Refused::value(complaint)),
    }
}

/// Reads decimal digits of any script off the front, as the mini-language has them.
fn take_any_number(text: &mut &str, complaint: &str) -> Made<Option<usize>> {
    // Each digit stays one character, so that counting those that became digits says where they end.
    let digits = to_ascii_digits(text);
    let count = digits.chars().take_while(char::is_ascii_digit).count();
    let end = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    *text = &text[end..];
    take_number(&mut &digits[..count], complaint)
}

fn take_char(text: &mut &str, wanted: impl Fn(char) -> bool) -> Option<char> {
    let first = text.chars().next().filter(|&char| wanted(char))?;
    *text = &text[first.len_utf8()..];
    Some(first)
}

/// Reads the character between groups of digits off the front, if there is one.
fn take_grouping(rest: &mut &str) -> Made<Option<char>> {
    let both = || Refused::value("Cannot specify both ',' and '_'.");
    let comma = take_char(rest, |char| char == ',');
    if take_char(rest, |char| char == '_').is_none() {
        return Ok(comma);
    }
    if comma.is_some() || rest.starts_with(',') {
        return Err(both());
    }
    Ok(Some('_'))
}

impl Spec {
    /// Makes a specification without options.
    pub const fn without_options(align: char) -> Spec {
        Spec {
            fill: b' ' as u32,
            align,
            sign: None,
            positive_zero: false,
            alternate: false,
            width: 0,
            grouping: None,
            fraction_grouping: None,
            precision: None,
            kind: None,
        }
    }

    /// Parses a specification. `align` and `kind` are the type's own; `type_name` is for the message.
    pub fn parse(text: &str, align: char, kind: char, type_name: &str) -> Made<Spec> {
        let mut spec = Spec::without_options(align);
        let mut rest = text;
        let mut codes = stored::code_point_indices(text);
        let first = codes.next().map(|(_, code)| code);
        let behind = codes.offset();
        let second = text[behind..].chars().next();
        let first_char = first.and_then(char::from_u32);
        let (mut filled, mut aligned) = (false, true);
        match (first, second, first_char) {
            (Some(fill), Some(align), _) if is_align(align) => {
                (spec.fill, spec.align, filled) = (fill, align, true);
                rest = &text[behind + align.len_utf8()..];
            }
            (_, _, Some(align)) if is_align(align) => {
                spec.align = align;
                rest = &rest[1..];
            }
            _ => aligned = false,
        }
        spec.sign = take_char(&mut rest, |char| matches!(char, '+' | '-' | ' '));
        spec.positive_zero = take_char(&mut rest, |char| char == 'z').is_some();
        spec.alternate = take_char(&mut rest, |char| char == '#').is_some();
        if !filled && take_char(&mut rest, |char| char == '0').is_some() {
            spec.fill = ZERO;
            if !aligned && align == '>' {
                spec.align = '=';
            }
        }
        let too_long = "Too many decimal digits in format string";
        spec.width = take_any_number(&mut rest, too_long)?.unwrap_or(0);
        spec.grouping = take_grouping(&mut rest)?;
        if take_char(&mut rest, |char| char == '.').is_some() {
            spec.precision = take_any_number(&mut rest, too_long)?;
            spec.fraction_grouping = take_grouping(&mut rest)?;
            if spec.precision.is_none() && spec.fraction_grouping.is_none() {
                return Err(Refused::value("Format specifier missing precision"));
            }
        }
        if stored::offset(rest, 1).is_some() {
            let message = format_args!("Invalid format specifier '{text}' for object of type '{type_name}'");
            return Err(Refused::Value(memory::formatted(message)?));
        }
        spec.kind = rest.chars().next();
        if let Some(code) = stored::only(rest).filter(|_| stored::may_have_pairs(rest)) {
            return Err(unknown_code(&quoted(code), type_name));
        }
        spec.check_grouping(kind)?;
        Ok(spec)
    }

    fn check_grouping(&self, default_kind: char) -> Made<()> {
        if let (Some(separator), Some('n')) = (self.fraction_grouping, self.kind) {
            return Err(Refused::value(format!("Cannot specify '{separator}' with 'n'.")));
        }
        let Some(separator) = self.grouping else { return Ok(()) };
        match self.kind.unwrap_or(default_kind) {
            'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0' => Ok(()),
            'b' | 'o' | 'x' | 'X' if separator == '_' => Ok(()),
            kind => {
                let kind = quoted(kind as u32);
                Err(Refused::value(format!("Cannot specify '{separator}' with {kind}.")))
            }
        }
    }

    /// Raises `ValueError`: the type has no such format code.
    #[cold]
    pub fn unknown_code(&self, type_name: &str) -> Refused {
        unknown_code(&quoted(self.kind.unwrap_or('\0') as u32), type_name)
    }

    /// Pads a text to the width of the specification.
    pub fn pad(&self, text: &str) -> Made<String> {
        self.lay_out("", text, stored::count(text))
    }

    /// Puts a number together: sign and prefix, digits in groups, the rest (point, decimals, exponent).
    pub fn lay_out_number(&self, prefix: &str, digits: &str, rest: &str) -> Made<String> {
        let group = match self.kind {
            Some('b' | 'o' | 'x' | 'X') => 4,
            _ => 3,
        };
        let _fraction_room;
        let mut rest = rest;
        let fraction;
        if let Some(separator) = self.fraction_grouping {
            _fraction_room = Room::of(rest.len().saturating_mul(2))?;
            fraction = group_fraction(rest, separator);
            rest = &fraction;
        }
        let zeros = if self.fill == ZERO && self.align == '=' {
            self.check_width()?;
            self.width.saturating_sub(prefix.len() + rest.len())
        } else {
            0
        };
        let (_room, grouped);
        let body = match digits {
            "" => rest,
            _ if self.grouping.is_none() && zeros <= digits.len() && rest.is_empty() => digits,
            _ => {
                // Twice as long, twice, and the rest behind it.
                _room = Room::of((digits.len().max(zeros) + rest.len()).saturating_mul(8))?;
                grouped = group_digits(digits, self.grouping, group, zeros) + rest;
                &grouped
            }
        };
        self.lay_out(prefix, body, body.len())
    }

    fn check_width(&self) -> Made<()> {
        if self.width > MAX_PADDING { Err(Refused::Memory) } else { Ok(()) }
    }

    /// Pads `prefix + body`; `=` pads between the two. `count` is the code points of `body`.
    fn lay_out(&self, prefix: &str, body: &str, count: usize) -> Made<String> {
        if self.width <= count + prefix.len() {
            let mut text = memory::text_with_room(prefix.len() + body.len())?;
            text.push_str(prefix);
            text.push_str(body);
            return Ok(text);
        }
        self.check_width()?;
        let padding = self.width - (prefix.len() + count);
        let (left, middle) = match self.align {
            '<' => (0, 0),
            '^' => (padding / 2, 0),
            '=' => (0, padding),
            _ => (padding, 0),
        };
        let right = padding - left - middle;
        let mut buffer = [0; stored::MOST_BYTES];
        let fill = stored::encode(self.fill, &mut buffer);
        let bytes = prefix.len() + body.len() + padding * fill.len();
        let mut text = memory::text_with_room(bytes)?;
        text.extend(std::iter::repeat_n(fill, left));
        text.push_str(prefix);
        text.extend(std::iter::repeat_n(fill, middle));
        text.push_str(body);
        text.extend(std::iter::repeat_n(fill, right));
        Ok(text)
    }
}

/// A format code as messages show it.
fn quoted(code: u32) -> String {
    match char::from_u32(code) {
        Some(char @ '!'..='~') => format!("'{char}'"),
        _ => format!("'\\x{code:x}'"),
    }
}

#[cold]
fn unknown_code(code: &str, type_name: &str) -> Refused {
    Refused::value(format!("Unknown format code {code} for object of type '{type_name}'"))
}

/// Puts a separator between groups of three of the digits that follow the point; what follows them stays.
fn group_fraction(rest: &str, separator: char) -> String {
    let Some(decimals) = rest.strip_prefix('.') else { return rest.to_owned() };
    let end = decimals.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(decimals.len());
    let mut text = String::with_capacity(2 * rest.len());
    text.push('.');
    for (at, digit) in decimals[..end].chars().enumerate() {
        if at > 0 && at % 3 == 0 {
            text.push(separator);
        }
        text.push(digit);
    }
    text.push_str(&decimals[end..]);
    text
}

/// Puts separators between groups of digits, after zeros up to `width` (CPython: insert thousands).
fn group_digits(digits: &str, separator: Option<char>, group: usize, width: usize) -> String {
    let Some(separator) = separator else {
        let zeros = width.saturating_sub(digits.len());
        return "0".repeat(zeros) + digits;
    };
    // Built from the right, one group a turn.
    let mut reversed = String::with_capacity(digits.len().max(width) * 2);
    let mut left = digits.bytes().rev();
    let (mut remaining, mut width) = (digits.len() as isize, width as isize);
    loop {
        let take = (group as isize).min(remaining.max(width).max(1));
        for _ in 0..take {
            reversed.push(left.next().map_or('0', char::from));
        }
        remaining -= take;
        width -= take;
        if remaining <= 0 && width <= 0 {
            break;
        }
        reversed.push(separator);
        width -= 1;
    }
    reversed.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Spec> {
        Spec::parse(text, '>', 'd', "int").ok()
    }

    #[test]
    fn every_part_is_recognised() {
        let spec = parse("*^+#012_.3x").expect("well formed");
        assert_eq!(
            (spec.fill, spec.align, spec.sign, spec.alternate),
            (u32::from(b'*'), '^', Some('+'), true)
        );
        assert_eq!(
            (spec.width, spec.grouping, spec.precision, spec.kind),
            (12, Some('_'), Some(3), Some('x'))
        );
        assert_eq!(parse("05").map(|spec| (spec.fill, spec.align, spec.width)), Some((ZERO, '=', 5)));
        assert_eq!(parse("<05").map(|spec| (spec.fill, spec.align)), Some((ZERO, '<')));
        assert_eq!(parse(""), Some(Spec::without_options('>')));
        for wrong in [".", "dd", ",_", "_,", ",x", "99999999999999999999"] {
            assert!(parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn zeros_are_grouped_too() {
        assert_eq!(group_digits("1234", Some(','), 3, 0), "1,234");
        assert_eq!(group_digits("1234", Some(','), 3, 8), "0,001,234");
        assert_eq!(group_digits("1234", Some(','), 3, 9), "0,001,234");
        assert_eq!(group_digits("123456", Some(','), 3, 0), "123,456");
        assert_eq!(group_digits("ff", Some('_'), 4, 6), "0_00ff");
        assert_eq!(group_digits("7", None, 3, 3), "007");
    }
}
