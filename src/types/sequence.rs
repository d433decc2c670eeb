//! What lists and tuples have in common: positions, repetition, search, comparison, text.
//!
//! Items are fetched one by one by position, because whatever is asked of an item may run script code
//! that changes the sequence meanwhile.

use crate::memory;
use crate::protocol::{self, slots_of};
use crate::thread::Thread;

use crate::value::{Comparison, Container, Kind, Origin, Raised, Run, Value, equal_fast};

/// Converts an index, which may count from the end, to a position from the start.
#[inline]
pub fn position_of(index: isize, len: usize) -> Option<usize> {
    let position = if index < 0 { index + len as isize } else { index };
    (position >= 0 && (position as usize) < len).then_some(position as usize)
}

/// What a key of a sequence asks for.
pub enum Subscript {
    /// One item.
    At(isize),
    /// A slice object.
    Slice,
}

/// Interprets a key of a sequence; `type_name` is for the message. Raises `TypeError` if it is neither an
/// integer nor a slice, `IndexError` if it is too large.
#[inline]
pub fn subscript(thread: &mut Thread, key: &Value, type_name: &str) -> Run<Subscript> {
    if let Some(index) = key.as_small_int() {
        return Ok(Subscript::At(index as isize));
    }
    if key.kind() == Kind::Slice {
        return Ok(Subscript::Slice);
    }
    if slots_of(thread, key).index.is_some() {
        return Ok(Subscript::At(protocol::index_isize(thread, key)?));
    }
    let given = protocol::type_name(thread, key);
    Err(Raised::type_error(format_args!("{type_name} indices must be integers or slices, not {given}")))
}

/// The positions a slice selects.
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// The first position.
    pub start: isize,
    /// The distance between two positions; negative runs backwards.
    pub step: isize,
    /// How many positions.
    pub count: usize,
}

impl Selection {
    /// Returns the positions that a slice selects of `len` items. Raises what `protocol::slice_parts` raises.
    pub fn of(thread: &mut Thread, slice: &Value, len: usize) -> Run<Selection> {
        Ok(Selection::cut(protocol::slice_parts(thread, slice)?, len))
    }

    /// Returns the positions that the parts of a slice select of `len` items.
    #[inline]
    pub fn cut(parts: (isize, isize, isize), len: usize) -> Selection {
        let (start, stop, step) = protocol::cut_slice(parts, len);
        let count = match step {
            1 if start < stop => stop - start,
            -1 if stop < start => start - stop,
            step if step > 0 && start < stop => (stop - start - 1) / step + 1,
            step if step < 0 && stop < start => (start - stop - 1) / -step + 1,
            _ => 0,
        };
        Selection { start, step, count: count as usize }
    }

    /// The positions, in the order the slice runs.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |nth| (self.start + nth as isize * self.step) as usize)
    }

    /// Returns the same positions, the lowest first.
    pub fn ascending(self) -> Selection {
        if self.step > 0 || self.count == 0 {
            return self;
        }
        Selection { start: self.start + (self.count as isize - 1) * self.step, step: -self.step, ..self }
    }
}

/// Returns the arguments `start` and `stop` of `index(x, start, stop)` as positions.
/// These may lie behind the end. `len` is called after both are known, since their `__index__` may change the length.
/// Raises `TypeError` if one is no integer, and what `__index__` raises.
pub fn search_bounds(
    thread: &mut Thread,
    limits: &[Value],
    len: impl FnOnce() -> usize,
) -> Run<(usize, usize)> {
    let mut bounds = [0, i64::MAX];
    for (bound, limit) in bounds.iter_mut().zip(limits) {
        *bound = cut_index(thread, limit)?;
    }
    let len = len() as i64;
    let [start, stop] =
        bounds.map(|index| if index < 0 { index.saturating_add(len).max(0) } else { index } as usize);
    Ok((start, stop))
}

/// Returns an index as slices treat it: one too large is replaced by the largest.
fn cut_index(thread: &mut Thread, value: &Value) -> Run<i64> {
    if slots_of(thread, value).index.is_none() {
        return Err(Raised::type_error(
            "slice indices must be integers or have an __index__ method".to_owned(),
        ));
    }
    let exact = protocol::index(thread, value)?;
    Ok(match exact.as_integer() {
        Some(integer) => match exact.as_i64() {
            Some(index) => index,
            None if integer.is_negative() => i64::MIN,
            None => i64::MAX,
        },
        None => 0,
    })
}

/// Returns how often to repeat a sequence; `None` if the operand is no integer.
/// Raises `OverflowError` if the number is too large, and what `__index__` raises.
pub fn times(thread: &mut Thread, count: &Value) -> Run<Option<usize>> {
    if let Some(count) = count.as_small_int() {
        return Ok(Some(count.max(0) as usize));
    }
    if slots_of(thread, count).index.is_none() {
        return Ok(None);
    }
    match protocol::index(thread, count)?.as_i64() {
        Some(count) => Ok(Some(count.max(0) as usize)),
        None => {
            let given = protocol::type_name(thread, count);
            Err(Raised::overflow_error(format_args!("cannot fit '{given}' into an index-sized integer")))
        }
    }
}

/// Items repeated. Raises `MemoryError` before anything is allocated that could not be.
pub fn repeat(items: &[Value], times: usize) -> Run<Vec<Value>> {
    let total = items.len().checked_mul(times).filter(|&total| total <= isize::MAX as usize / 8);
    let mut repeated = Vec::new();
    let reserved = total.and_then(|total| repeated.try_reserve_exact(total).ok());
    if reserved.is_none() {
        return Err(Raised::memory_error());
    }
    if items.is_empty() {
        return Ok(repeated);
    }
    if let [item] = items {
        repeated.resize(times, item.clone());
    } else {
        (0..times).for_each(|_| repeated.extend_from_slice(items));
    }
    Ok(repeated)
}

/// Tells whether two items are the same object or equal. Raises what `__eq__` raises.
#[inline]
pub fn same_or_equal(thread: &mut Thread, left: &Value, right: &Value) -> Run<bool> {
    match equal_fast(left, right) {
        Some(answer) => Ok(answer),
        None => protocol::equal(thread, left, right),
    }
}

/// Compares two sequences item by item (CPython: list_richcompare). Raises what comparing the items raises.
///
/// `left` and `right` return the item at a position, or nothing past the end; the items before `start` are
/// known to be equal.
pub fn compare_items(
    thread: &mut Thread,
    start: usize,
    left: impl Fn(usize) -> Option<Value>,
    right: impl Fn(usize) -> Option<Value>,
    lens: impl Fn() -> (usize, usize),
    comparison: Comparison,
) -> Run<Value> {
    let decides_by_length = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let (left_len, right_len) = lens();
    if decides_by_length && left_len != right_len {
        return Ok(Value::bool(comparison == Comparison::NotEqual));
    }
    let mut position = start;
    while let (Some(left_item), Some(right_item)) = (left(position), right(position)) {
        if !same_or_equal(thread, &left_item, &right_item)? {
            // The comparison may have changed the sequences: what is there by now decides.
            let (Some(left), Some(right)) = (left(position), right(position)) else { break };
            return match comparison {
                Comparison::Equal => Ok(Value::FALSE),
                Comparison::NotEqual => Ok(Value::TRUE),
                _ => protocol::compare(thread, &left, &right, comparison),
            };
        }
        position += 1;
    }
    let (left_len, right_len) = lens();
    Ok(Value::bool(comparison.holds(left_len.cmp(&right_len))))
}

/// The result of scanning items without running script code.
pub enum Scan {
    /// The item at this position is equal.
    Found(usize),
    /// Only `__eq__` can tell whether the item at this position is equal.
    Ask(usize, Value),
    /// No item is equal.
    End,
}

/// Looks for `wanted` among the items from `start` on and below `stop`.
pub fn scan(items: &[Value], wanted: &Value, start: usize, stop: usize) -> Scan {
    let stop = stop.min(items.len());
    for (position, item) in items.iter().enumerate().take(stop).skip(start) {
        match equal_fast(item, wanted) {
            Some(true) => return Scan::Found(position),
            Some(false) => {}
            None => return Scan::Ask(position, item.clone()),
        }
    }
    Scan::End
}

/// Finds the first item equal to `wanted` from `start` on; `look` scans from a position on. Raises what
/// `__eq__` raises.
pub fn find_item(
    thread: &mut Thread,
    look: impl Fn(usize) -> Scan,
    wanted: &Value,
    start: usize,
) -> Run<Option<usize>> {
    let mut from = start;
    loop {
        match look(from) {
            Scan::Found(position) => return Ok(Some(position)),
            Scan::End => return Ok(None),
            Scan::Ask(position, item) if protocol::equal(thread, &item, wanted)? => {
                return Ok(Some(position));
            }
            Scan::Ask(position, _) => from = position + 1,
        }
    }
}

/// Counts the items equal to `wanted`. Raises what `__eq__` raises.
pub fn count_item(thread: &mut Thread, look: impl Fn(usize) -> Scan, wanted: &Value) -> Run<usize> {
    let (mut count, mut from) = (0, 0);
    while let Some(position) = find_item(thread, &look, wanted, from)? {
        count += 1;
        from = position + 1;
    }
    Ok(count)
}

/// Returns `open` followed by the `repr` of each item, with commas between. Raises what `repr` raises, and
/// `MemoryError`.
pub fn join_reprs(thread: &mut Thread, open: &str, item: impl Fn(usize) -> Option<Value>) -> Run<String> {
    let mut text = String::from(open);
    let mut position = 0;
    while let Some(item) = item(position) {
        if position > 0 {
            memory::push_str(&mut text, ", ")?;
        }
        protocol::check_interrupt(thread)?;
        push_repr(thread, &mut text, &item)?;
        position += 1;
    }
    Ok(text)
}

/// Appends the `repr` of a value; a small integer is written directly. Raises what `repr` raises, and
/// `MemoryError`.
pub fn push_repr(thread: &mut Thread, text: &mut String, value: &Value) -> Run<()> {
    use std::fmt::Write;
    match value.as_small_int() {
        Some(int) => {
            text.try_reserve(20)?;
            write!(text, "{int}").expect("writing to a string succeeds");
        }
        None => memory::push_str(text, protocol::repr(thread, value)?.as_str())?,
    }
    Ok(())
}

/// Returns an index as a machine word. Raises `OverflowError` if it is too large, as `insert` and `pop` do,
/// `TypeError` if it is no integer.
pub fn whole_index(thread: &mut Thread, value: &Value) -> Run<isize> {
    let exact = protocol::index(thread, value)?;
    match exact.as_i64() {
        Some(index) => Ok(index as isize),
        None => Err(Raised::overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// Tells whether a value has items in the sense of a mapping or a sequence. A class has none, though
/// `list[int]` is an expression.
pub fn has_items(thread: &Thread, value: &Value) -> bool {
    !matches!(slots_of(thread, value).origins.get_item, Origin::Nobody | Origin::Type(Kind::Class))
}

/// Tells whether a value counts as a sequence: its class has items and is no mapping (CPython:
/// PySequence_Check).
pub fn is_sequence(thread: &Thread, value: &Value) -> bool {
    // A proxy passes subscripts on, but does not say that it is a sequence.
    let is_other = matches!(value.kind().container(), Container::Mapping | Container::Proxy);
    !is_other && has_items(thread, value)
}
