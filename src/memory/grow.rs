//! Makes and grows buffers whose length a program chooses. Where the standard library would abort for want of
//! memory, these functions return an error.

use super::OutOfMemory;
use std::fmt;

/// Adds an item at the end. If there is no memory the item is given back, so that the caller can drop it where
/// a destructor may run.
#[inline]
pub fn push<T>(items: &mut Vec<T>, item: T) -> Result<(), T> {
    if items.len() == items.capacity() && !has_grown(items) {
        return Err(item);
    }
    items.push(item);
    Ok(())
}

#[cold]
#[inline(never)]
fn has_grown<T>(items: &mut Vec<T>) -> bool {
    items.try_reserve(1).is_ok()
}

/// Makes an empty buffer with room for `count` items.
pub fn with_room<T>(count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut items = Vec::new();
    items.try_reserve_exact(count)?;
    Ok(items)
}

/// Makes a copy of some items.
pub fn copy<T: Clone>(items: &[T]) -> Result<Vec<T>, OutOfMemory> {
    let mut copied = with_room(items.len())?;
    copied.extend_from_slice(items);
    Ok(copied)
}

/// Moves the items from `at` on into a buffer of their own.
pub fn split_off<T>(items: &mut Vec<T>, at: usize) -> Result<Vec<T>, OutOfMemory> {
    if at == items.len() {
        return Ok(Vec::new());
    }
    if at == 0 {
        return Ok(std::mem::take(items));
    }
    let mut rest = with_room(items.len() - at)?;
    rest.extend(items.drain(at..));
    Ok(rest)
}

/// Makes a buffer with `count` copies of an item.
pub fn repeated<T: Clone>(item: T, count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut items = with_room(count)?;
    items.resize(count, item);
    Ok(items)
}

/// Makes a buffer with some bytes repeated `count` times.
pub fn repeated_bytes(bytes: &[u8], count: usize) -> Result<Vec<u8>, OutOfMemory> {
    let total = bytes.len().checked_mul(count).ok_or(OutOfMemory)?;
    let mut repeated = with_room(total)?;
    if total > 0 {
        repeated.extend_from_slice(bytes);
    }
    // Each turn copies all that is there.
    while repeated.len() < total {
        repeated.extend_from_within(..repeated.len().min(total - repeated.len()));
    }
    Ok(repeated)
}

/// Collects all items of an iterator.
pub fn collect<T>(source: impl IntoIterator<Item = T>) -> Result<Vec<T>, OutOfMemory> {
    let source = source.into_iter();
    let mut items = with_room(source.size_hint().0)?;
    for item in source {
        push(&mut items, item).map_err(|_| OutOfMemory)?;
    }
    Ok(items)
}

/// Puts the text together that `format!` would make, where what it quotes may be long.
pub fn formatted(pieces: fmt::Arguments<'_>) -> Result<String, OutOfMemory> {
    struct Growing(String);
    impl fmt::Write for Growing {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            push_str(&mut self.0, piece).map_err(|_| fmt::Error)
        }
    }
    // One request serves nearly all messages.
    let mut text = Growing(text_with_room(96)?);
    // Nothing else fails: no piece of ours refuses to be shown.
    fmt::write(&mut text, pieces).map_err(|_| OutOfMemory)?;
    Ok(text.0)
}

/// Makes an empty text with room for `bytes`.
pub fn text_with_room(bytes: usize) -> Result<String, OutOfMemory> {
    let mut text = String::new();
    text.try_reserve_exact(bytes)?;
    Ok(text)
}

/// Makes a text repeated `count` times.
pub fn repeated_text(text: &str, count: usize) -> Result<String, OutOfMemory> {
    let total = text.len().checked_mul(count).ok_or(OutOfMemory)?;
    let mut repeated = text_with_room(total)?;
    if total > 0 {
        repeated.push_str(text);
    }
    // Each turn copies all that is there, a whole number of times the text.
    while repeated.len() < total {
        repeated.extend_from_within(..repeated.len().min(total - repeated.len()));
    }
    Ok(repeated)
}

/// A copy of a text.
pub fn copy_text(text: &str) -> Result<String, OutOfMemory> {
    let mut copied = text_with_room(text.len())?;
    copied.push_str(text);
    Ok(copied)
}

/// Appends to a text.
#[inline]
pub fn push_str(text: &mut String, more: &str) -> Result<(), OutOfMemory> {
    text.try_reserve(more.len())?;
    text.push_str(more);
    Ok(())
}

/// Collects all characters of an iterator into a text.
pub fn collect_text(source: impl Iterator<Item = char>) -> Result<String, OutOfMemory> {
    let mut text = text_with_room(source.size_hint().0)?;
    for character in source {
        text.try_reserve(4)?;
        text.push(character);
    }
    Ok(text)
}

/// Tells whether the address space of the process has room for so many bytes more. It is tested by mapping them
/// and giving them back.
pub fn has_addresses(bytes: usize) -> bool {
    Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

/// If so many bytes of address space are free, there is enough for the longest native stacks.
const MANY_ADDRESSES: usize = 512 << 20;

/// Tells whether so much address space is free that the length of native stacks need not be limited.
pub fn has_many_addresses() -> bool {
    has_addresses(MANY_ADDRESSES)
}
