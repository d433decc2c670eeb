//! Making texts: short ones in the block of their object, long ones in a buffer of their own.

use std::ptr::NonNull;

use crate::heap::SizeClass;
use crate::life;
use crate::memory;
use crate::text::stored;
use crate::thread::ThreadState;
use crate::value::class::shape::Shape;
use crate::value::object::{Object, Payload, Ref};
use crate::value::payload::str::{HAS_EXTRA, INLINE_BYTES, Str};
use crate::value::raised::{Raised, Run};
use crate::value::value::Value;

/// Bytes from the start of the object to a short ASCII text.
const SHORT_ASCII_OFFSET: usize = Object::<Str>::PAYLOAD_OFFSET + Str::SHORT_ASCII_OFFSET;

/// The decimal digits of 0 to 99, two each.
const TWO_DIGITS: [[u8; 2]; 100] = {
    let mut digits = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        digits[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    digits
};

/// Makes the error for a piece of a text that is none.
#[cold]
fn no_text(thread: &ThreadState, position: usize, piece: &Value) -> Raised {
    let class = match piece.as_raw() {
        Some(object) => Shape::of(object).class(),
        None => thread.known().class(piece.kind()),
    };
    let given = class.name_text();
    Raised::type_error(format_args!("sequence item {position}: expected str instance, {given} found"))
}

impl ThreadState {
    /// Makes a `str` of a text in its stored form.
    #[inline]
    pub fn new_str(&self, text: &str) -> Value {
        match text.as_bytes() {
            [byte] if byte.is_ascii() => self.known().ascii(*byte),
            [] => self.known().names().empty.as_value().clone(),
            _ => self.allocate_str(text).into_value(),
        }
    }

    /// Makes a `str` of one code point, which is below 0x110000.
    #[inline]
    pub fn new_char(&self, code: u32) -> Value {
        self.new_str(stored::encode(code, &mut [0; stored::MOST_BYTES]))
    }

    /// Makes a `str` of any length. Raises `MemoryError` if there is no memory for it.
    #[inline]
    pub fn try_str(&self, text: &str) -> Run<Value> {
        if text.len() <= INLINE_BYTES {
            return Ok(self.new_str(text));
        }
        Ok(self.alloc_external(memory::copy_text(text)?).into_value())
    }

    /// Makes a `str` of a text that has its own buffer; a long one is not copied.
    pub fn new_string(&self, text: String) -> Value {
        if text.len() <= INLINE_BYTES {
            return self.new_str(&text);
        }
        self.alloc_external(text).into_value()
    }

    /// Makes a `str` of bytes that are all ASCII. Panics if they are not.
    #[inline]
    pub fn new_ascii(&self, bytes: &[u8]) -> Value {
        assert!(bytes.is_ascii());
        // SAFETY: the assertion above has tested that all bytes are ASCII.
        unsafe { self.new_ascii_unchecked(bytes) }
    }

    /// Makes a `str` of the bytes from `start` to `end` of an ASCII text. Panics if they are out of range, or
    /// the text is not ASCII.
    #[inline]
    pub fn new_ascii_part(&self, text: &Str, start: usize, end: usize) -> Value {
        assert!(text.is_ascii());
        let part = &text.as_str().as_bytes()[start..end];
        // SAFETY: the text is ASCII, as was asserted above, and so is any part of it.
        unsafe { self.new_ascii_unchecked(part) }
    }

    /// Makes a `str` of an integer in decimal.
    #[inline]
    pub fn new_decimal(&self, value: i64) -> Value {
        let mut buffer = [0; 20];
        let mut at = buffer.len();
        let mut rest = value.unsigned_abs();
        while rest >= 10 {
            at -= 2;
            buffer[at..at + 2].copy_from_slice(&TWO_DIGITS[(rest % 100) as usize]);
            rest /= 100;
        }
        if rest > 0 || at == buffer.len() {
            at -= 1;
            buffer[at] = b'0' + rest as u8;
        }
        if value < 0 {
            at -= 1;
            buffer[at] = b'-';
        }
        // SAFETY: the buffer was filled with decimal digits and a minus sign, which are ASCII.
        unsafe { self.new_ascii_unchecked(&buffer[at..]) }
    }

    /// Makes a `str` of bytes without testing that they are ASCII.
    ///
    /// # Safety
    /// The bytes are ASCII.
    #[inline]
    unsafe fn new_ascii_unchecked(&self, bytes: &[u8]) -> Value {
        if bytes.len() < 2 || bytes.len() > INLINE_BYTES {
            // SAFETY: the caller promises ASCII, which is valid UTF-8.
            return self.new_str(unsafe { std::str::from_utf8_unchecked(bytes) });
        }
        self.allocate_inline_str(bytes, &[], true).into_value()
    }

    /// Makes a `str` that takes over the buffer of a text.
    fn alloc_external(&self, text: String) -> Ref<Str> {
        let made = self.alloc(Str::external(text));
        made.raw().set_extra(HAS_EXTRA);
        made
    }

    /// Makes a new `str` object, even for the empty and one-character texts that are otherwise shared.
    #[inline]
    pub fn allocate_str(&self, text: &str) -> Ref<Str> {
        if text.len() > INLINE_BYTES {
            return self.alloc_external(text.to_owned());
        }
        self.allocate_inline_str(text.as_bytes(), &[], text.is_ascii())
    }

    /// Makes a `str` of two texts, one after the other. Raises `MemoryError` if there is no memory for it.
    pub fn allocate_str_pair(&self, first: &Str, second: &Str) -> Run<Ref<Str>> {
        let bytes = first.as_str().len() + second.as_str().len();
        if bytes > INLINE_BYTES {
            let mut text = memory::text_with_room(bytes)?;
            text.push_str(first.as_str());
            text.push_str(second.as_str());
            return Ok(self.alloc_external(text));
        }
        let is_ascii = first.is_ascii() && second.is_ascii();
        Ok(self.allocate_inline_str(first.as_str().as_bytes(), second.as_str().as_bytes(), is_ascii))
    }

    /// Makes a `str` of the UTF-8 in two pieces, of at most `INLINE_BYTES` together.
    #[inline]
    fn allocate_inline_str(&self, first: &[u8], second: &[u8], is_ascii: bool) -> Ref<Str> {
        // SAFETY: both pieces come from texts, so together they are valid UTF-8 of this many bytes, and `fill`
        // writes them all.
        unsafe {
            self.allocate_inline(first.len() + second.len(), is_ascii, |data| {
                copy_short(first, data);
                copy_short(second, data.add(first.len()));
            })
        }
    }

    /// Makes a `str` of several texts, one after the other. Raises `MemoryError` if there is no memory for it, and
    /// `TypeError` if a piece is no text, as may be where a program has made the syntax tree.
    pub fn new_joined(&self, pieces: &[Value]) -> Run<Value> {
        fn text(piece: &Value) -> &Object<Str> {
            piece.downcast_ref::<Str>().expect("pieces were looked at before")
        }
        let (mut bytes, mut is_ascii) = (0, true);
        for (position, piece) in pieces.iter().enumerate() {
            let Some(piece) = piece.downcast_ref::<Str>() else {
                return Err(no_text(self, position, piece));
            };
            bytes += piece.as_str().len();
            is_ascii &= piece.is_ascii();
        }
        if !(2..=INLINE_BYTES).contains(&bytes) {
            let mut joined = memory::text_with_room(bytes)?;
            pieces.iter().for_each(|piece| joined.push_str(text(piece).as_str()));
            return Ok(self.new_string(joined));
        }
        // SAFETY: `bytes` and `is_ascii` were computed from these very pieces above.
        let made = unsafe {
            self.allocate_inline(bytes, is_ascii, |mut data| {
                for piece in pieces {
                    let piece = text(piece).as_str().as_bytes();
                    copy_short(piece, data);
                    data = data.add(piece.len());
                }
            })
        };
        Ok(made.into_value())
    }

    /// Makes a `str` of at most `INLINE_BYTES` that `fill` writes.
    ///
    /// # Safety
    /// `fill` writes exactly `bytes` of UTF-8, which is all ASCII if and only if `is_ascii`.
    #[inline]
    unsafe fn allocate_inline(
        &self,
        bytes: usize,
        is_ascii: bool,
        fill: impl FnOnce(NonNull<u8>),
    ) -> Ref<Str> {
        let shape = self.known().shape(Str::KIND);
        debug_assert!(bytes <= INLINE_BYTES);
        let offset = if is_ascii { SHORT_ASCII_OFFSET } else { size_of::<Object<Str>>() };
        let size = (offset + bytes).max(size_of::<Object<Str>>());
        // SAFETY: built-in shapes live as long as the runtime; the payload is written below.
        let object = unsafe { life::allocate_leaf(self, &raw const shape.info, SizeClass::fine(size)) };
        // SAFETY: the block has room for payload and text, and nobody else knows it. A short ASCII text overwrites
        // the end of the payload, as its head says.
        unsafe {
            let data = NonNull::new_unchecked(object.at::<u8>(offset));
            object.payload::<Str>().write(Str::inline(data, bytes));
            if !is_ascii {
                object.set_extra(HAS_EXTRA);
            }
            fill(data);
            Ref::from_value_unchecked(Value::from_raw(object))
        }
    }
}

/// Copies bytes; a few are copied without a call.
///
/// # Safety
/// There is room for them, in memory that is not theirs.
#[inline(always)]
unsafe fn copy_short(from: &[u8], to: NonNull<u8>) {
    let (len, from, to) = (from.len(), from.as_ptr(), to.as_ptr());
    // SAFETY: the caller's promise. Two overlapping words cover every length between one word and two.
    unsafe {
        match len {
            0 => {}
            1..4 => {
                *to = *from;
                *to.add(len / 2) = *from.add(len / 2);
                *to.add(len - 1) = *from.add(len - 1);
            }
            4..8 => copy_ends::<u32>(from, to, len),
            8..=16 => copy_ends::<u64>(from, to, len),
            _ => std::ptr::copy_nonoverlapping(from, to, len),
        }
    }
}

/// Copies `len` bytes by two accesses of a word `W`, which may overlap.
///
/// # Safety
/// As for `copy_short`; `len` is between the size of a word and twice that.
#[inline(always)]
unsafe fn copy_ends<W>(from: *const u8, to: *mut u8, len: usize) {
    let last = len - size_of::<W>();
    // SAFETY: the caller promises room for `len` bytes, which is between one and two `W`: both accesses stay
    // within.
    unsafe {
        let (head, tail) = (from.cast::<W>().read_unaligned(), from.add(last).cast::<W>().read_unaligned());
        to.cast::<W>().write_unaligned(head);
        to.add(last).cast::<W>().write_unaligned(tail);
    }
}
