//! Making and growing buffers whose length a program chooses: what the standard library aborts on is an answer here.

use super::OutOfMemory;

/// Adds an item at the end; gives it back if there is no memory, to drop where that may be done.
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

/// An empty buffer with room for `count` items.
pub fn with_room<T>(count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut items = Vec::new();
    items.try_reserve_exact(count)?;
    Ok(items)
}

/// A copy of some items.
pub fn copy<T: Clone>(items: &[T]) -> Result<Vec<T>, OutOfMemory> {
    let mut copied = with_room(items.len())?;
    copied.extend_from_slice(items);
    Ok(copied)
}

/// Takes the items from `at` on out into a buffer of their own.
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

/// `count` times the same item.
pub fn repeated<T: Clone>(item: T, count: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut items = with_room(count)?;
    items.resize(count, item);
    Ok(items)
}

/// Some bytes, `count` times.
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

/// All that an iterator gives.
pub fn collect<T>(source: impl IntoIterator<Item = T>) -> Result<Vec<T>, OutOfMemory> {
    let source = source.into_iter();
    let mut items = with_room(source.size_hint().0)?;
    for item in source {
        push(&mut items, item).map_err(|_| OutOfMemory)?;
    }
    Ok(items)
}

/// An empty text with room for `bytes`.
pub fn text_with_room(bytes: usize) -> Result<String, OutOfMemory> {
    let mut text = String::new();
    text.try_reserve_exact(bytes)?;
    Ok(text)
}

/// A text, `count` times.
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

/// All characters that an iterator gives.
pub fn collect_text(source: impl Iterator<Item = char>) -> Result<String, OutOfMemory> {
    let mut text = text_with_room(source.size_hint().0)?;
    for character in source {
        text.try_reserve(4)?;
        text.push(character);
    }
    Ok(text)
}

/// Whether the process may have so many addresses more: asked for and given back.
pub fn has_addresses(bytes: usize) -> bool {
    Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

/// Many enough for stacks as long as one may wish.
const MANY_ADDRESSES: usize = 512 << 20;

/// Whether addresses are no concern.
pub fn has_many_addresses() -> bool {
    has_addresses(MANY_ADDRESSES)
}
