//! One conversion of `text % values`: its flags, its width and precision, and floats laid out by it.
//!
//! `%[(key)][flags][width][.precision]code`. Which value belongs to it is found in `types/str/percent.rs`.

use crate::memory;
use crate::text::format::float::{Notation, room_for_digits, write};
use crate::text::format::spec::{Spec, ZERO};
use crate::text::refused::Made;

/// One conversion, read so far.
#[derive(Default)]
pub struct Conversion {
    /// `-`: to the left.
    pub left: bool,
    /// `+`: a sign in front of every number.
    pub plus: bool,
    /// A blank: a blank in front of positive numbers.
    pub blank: bool,
    /// `#`: with a prefix or a point.
    pub alternate: bool,
    /// `0`: zeros up to the width.
    pub zero: bool,
    /// The least width.
    pub width: usize,
    /// What follows the point.
    pub precision: Option<usize>,
}

impl Conversion {
    /// Reads the flags off the front.
    pub fn take_flags(rest: &mut &str) -> Conversion {
        let mut conversion = Conversion::default();
        while let Some(flag) = rest.bytes().next() {
            match flag {
                b'-' => conversion.left = true,
                b'+' => conversion.plus = true,
                b' ' => conversion.blank = true,
                b'#' => conversion.alternate = true,
                b'0' => conversion.zero = true,
                _ => break,
            }
            *rest = &rest[1..];
        }
        conversion
    }

    /// Whether neither flags nor width nor precision were given.
    pub fn has_no_options(&self) -> bool {
        let flags = self.left || self.plus || self.blank || self.alternate || self.zero;
        !flags && self.width == 0 && self.precision.is_none()
    }

    /// The sign to show.
    pub fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.blank) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }

    /// Returns width and alignment as a `Spec`, so that the same code can pad the text.
    pub fn layout(&self, is_number: bool) -> Spec {
        let align = match self {
            Conversion { left: true, .. } => '<',
            Conversion { zero: true, .. } if is_number => '=',
            _ => '>',
        };
        let fill = if align == '=' { ZERO } else { u32::from(b' ') };
        Spec { fill, width: self.width, ..Spec::without_options(align) }
    }
}

/// Appends a float in the notation of its code: `e`, `f` or `g`.
pub fn push_float(out: &mut String, conversion: &Conversion, code: char, value: f64) -> Made<()> {
    let notation = match code {
        'e' | 'E' => Notation::Scientific,
        'f' | 'F' => Notation::Positional,
        _ => Notation::General,
    };
    let _room = room_for_digits(conversion.precision.unwrap_or(6))?;
    let mut text = write(value.abs(), notation, conversion.precision.unwrap_or(6), conversion.alternate);
    if code.is_ascii_uppercase() {
        text.make_ascii_uppercase();
    }
    let sign = conversion.sign(value.is_sign_negative() && !value.is_nan());
    // Infinities and NaN are no digits, but are filled with zeros all the same.
    let count = if value.is_finite() { text.bytes().take_while(u8::is_ascii_digit).count() } else { 0 };
    let (whole, rest) = text.split_at(count);
    memory::push_str(out, &conversion.layout(true).lay_out_number(sign, whole, rest)?)?;
    Ok(())
}
