//! What is searched: bytes, each a character, or a text in its stored form. Positions are offsets of bytes.

use crate::text::stored;

/// Something that can be searched.
pub trait Subject: Copy {
    /// Whether every character is one byte.
    const IS_BYTES: bool;

    /// The bytes.
    fn bytes(&self) -> &[u8];

    /// Returns the character at a position, which is before the end, and the position behind it.
    fn next(&self, at: usize) -> (u32, usize);

    /// Returns the character before a position, which is behind the beginning, and where it begins.
    fn previous(&self, at: usize) -> (u32, usize);
}

impl Subject for &[u8] {
    const IS_BYTES: bool = true;

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self
    }

    #[inline(always)]
    fn next(&self, at: usize) -> (u32, usize) {
        (u32::from(self[at]), at + 1)
    }

    #[inline(always)]
    fn previous(&self, at: usize) -> (u32, usize) {
        (u32::from(self[at - 1]), at - 1)
    }
}

/// A text in its stored form.
#[derive(Clone, Copy)]
pub struct TextSubject<'a>(pub &'a str);

impl Subject for TextSubject<'_> {
    const IS_BYTES: bool = false;

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    #[inline(always)]
    fn next(&self, at: usize) -> (u32, usize) {
        let byte = self.0.as_bytes()[at];
        if byte < 0x80 { (u32::from(byte), at + 1) } else { self.next_long(at) }
    }

    #[inline(always)]
    fn previous(&self, at: usize) -> (u32, usize) {
        let byte = self.0.as_bytes()[at - 1];
        if byte < 0x80 { (u32::from(byte), at - 1) } else { self.previous_long(at) }
    }
}

impl TextSubject<'_> {
    fn next_long(&self, at: usize) -> (u32, usize) {
        let mut codes = stored::code_point_indices(&self.0[at..]);
        let (_, code) = codes.next().expect("a position before the end");
        (code, at + codes.offset())
    }

    fn previous_long(&self, at: usize) -> (u32, usize) {
        stored::last(&self.0[..at]).expect("a position behind the beginning")
    }
}
