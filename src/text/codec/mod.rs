//! Encodes texts as bytes and decodes them, up to the first part that cannot be converted. Texts are in their stored
//! form (`text/stored.rs`).
//!
//! [`Decoder`] and [`Encoder`] stop at that part and return it as a [`Problem`]. What replaces it, an error handler
//! decides (`types/str/error_handler.rs`). `names.rs` has the spellings of the names, `decode.rs` and `encode.rs` the
//! conversions, `source.rs` decodes source files, `escape.rs` reads the escapes of literals, `byte_escapes.rs` those of bytes
//! literals.

pub mod byte_escapes;
mod decode;
mod encode;
mod escape;
mod names;
pub mod source;
mod utf7;

pub use decode::Decoder;
pub use encode::{Encoder, escaped, named, push};
pub use names::normalized;

use std::ops::Range;

/// What was read from the front of some bytes: a code point, and from how many bytes.
/// The code point is `None` for bytes that encode none, such as an escaped end of line. An error is the number of
/// invalid bytes, and why they are invalid.
type Read = Result<(Option<u32>, usize), (usize, &'static str)>;

/// The order of the bytes of a unit of 16 or 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The lowest byte first.
    Little,
    /// The highest byte first.
    Big,
}

impl Order {
    /// The order of this machine.
    pub const NATIVE: Order = if cfg!(target_endian = "little") { Order::Little } else { Order::Big };
}

/// The encodings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark in front, which decoding skips.
    Utf8Sig,
    /// UTF-7.
    Utf7,
    /// UTF-16; without an order, a byte order mark in front tells it.
    Utf16(Option<Order>),
    /// UTF-32; without an order, a byte order mark in front tells it.
    Utf32(Option<Order>),
    /// ASCII: seven bits.
    Ascii,
    /// Latin-1: a byte is a code point.
    Latin1,
    /// The escapes of a text literal.
    UnicodeEscape,
    /// The escapes `\u` and `\U` alone, in Latin-1.
    RawUnicodeEscape,
}

impl Codec {
    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Utf8 | Codec::Utf8Sig => "utf-8",
            Codec::Utf7 => "utf7",
            Codec::Utf16(None) => "utf-16",
            Codec::Utf16(Some(Order::Little)) => "utf-16-le",
            Codec::Utf16(Some(Order::Big)) => "utf-16-be",
            Codec::Utf32(None) => "utf-32",
            Codec::Utf32(Some(Order::Little)) => "utf-32-le",
            Codec::Utf32(Some(Order::Big)) => "utf-32-be",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::UnicodeEscape => "unicodeescape",
            Codec::RawUnicodeEscape => "rawunicodeescape",
        }
    }

    /// Returns the encoding that goes on where a byte order mark and some text were written.
    pub const fn continued(self) -> Codec {
        match self {
            Codec::Utf8Sig => Codec::Utf8,
            Codec::Utf16(None) => Codec::Utf16(Some(Order::NATIVE)),
            Codec::Utf32(None) => Codec::Utf32(Some(Order::NATIVE)),
            codec => codec,
        }
    }

    /// Returns the encoding of the rest of bytes, and how many of them are a byte order mark in front of it.
    /// For UTF-16 and UTF-32 without a given order, the mark tells the order; without a mark it is that of the machine.
    pub fn behind_mark(self, bytes: &[u8]) -> (Codec, usize) {
        let marks: &[(&[u8], Order)] = match self {
            Codec::Utf8Sig => &[(b"\xef\xbb\xbf", Order::NATIVE)],
            Codec::Utf16(None) => &[(b"\xff\xfe", Order::Little), (b"\xfe\xff", Order::Big)],
            Codec::Utf32(None) => &[(b"\xff\xfe\0\0", Order::Little), (b"\0\0\xfe\xff", Order::Big)],
            codec => return (codec, 0),
        };
        let Some((mark, order)) = marks.iter().find(|(mark, _)| bytes.starts_with(mark)) else {
            return (self.continued(), 0);
        };
        let codec = match self {
            Codec::Utf16(_) => Codec::Utf16(Some(*order)),
            Codec::Utf32(_) => Codec::Utf32(Some(*order)),
            _ => Codec::Utf8,
        };
        (codec, mark.len())
    }

    /// Returns of how many bytes the encoding takes at least one for a character.
    pub const fn unit(self) -> usize {
        match self {
            Codec::Utf16(_) => 2,
            Codec::Utf32(_) => 4,
            _ => 1,
        }
    }

    /// Tells whether the encoding refuses surrogates though it has the code points behind them.
    pub const fn refuses_surrogates(self) -> bool {
        matches!(self, Codec::Utf8 | Codec::Utf8Sig | Codec::Utf16(_) | Codec::Utf32(_))
    }

    /// Returns the first code point that the encoding cannot encode; all later ones it cannot either.
    const fn limit(self) -> u32 {
        match self {
            Codec::Ascii => 128,
            Codec::Latin1 => 256,
            _ => 0x11_0000,
        }
    }
}

/// A part of the input that cannot be converted.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The name of the encoding in messages.
    pub encoding: &'static str,
    /// The positions of the code points of a text, or of the bytes that are decoded.
    pub part: Range<usize>,
    /// What is wrong with it.
    pub reason: &'static str,
}
