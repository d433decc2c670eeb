//! Ranges beyond machine words, computed with big integers.

use dashu_int::IBig;

use crate::memory::Room;
use crate::protocol;
use crate::thread::Thread;
use crate::types::int::arithmetic::{PRODUCT, room_for};
use crate::types::int::divide::floor_div_rem;
use crate::types::range::new_range;
use crate::value::{BigSteps, Object, Raised, Range, RangeIterator, Run, Slice, Value};

fn big(value: &Value) -> IBig {
    value.as_integer().expect("the bounds of a range are integers").to_big()
}

/// Sets memory aside (a `Room`) for computing with these integers; each function here does that first.
fn room(values: &[&Value]) -> Run<Room> {
    let bits = values.iter().filter_map(|value| value.as_integer()).map(|integer| integer.bit_length()).sum();
    room_for(bits, PRODUCT)
}

fn room_of(range: &Object<Range>) -> Run<Room> {
    room(&[&range.start, &range.stop, &range.step, &range.count])
}

/// Returns how many numbers are in the range. Raises `MemoryError`.
pub fn count(thread: &Thread, start: &Value, stop: &Value, step: &Value) -> Run<Value> {
    let _room = room(&[start, stop, step])?;
    let (start, stop, step) = (big(start), big(stop), big(step));
    let (distance, stride) = if step > IBig::ZERO { (stop - start, step) } else { (start - stop, -step) };
    if distance <= IBig::ZERO {
        return Ok(thread.new_int(0));
    }
    Ok(thread.new_big(floor_div_rem(&(distance - IBig::ONE), &stride).0 + IBig::ONE))
}

/// Returns the number at an index; `None` if it is out of range. Raises `MemoryError`.
pub fn item(thread: &Thread, range: &Object<Range>, index: &Value) -> Run<Option<Value>> {
    let _room = (room_of(range)?, room(&[index])?);
    let (count, mut index) = (big(&range.count), big(index));
    if index < IBig::ZERO {
        index += &count;
    }
    if index < IBig::ZERO || index >= count {
        return Ok(None);
    }
    Ok(Some(thread.new_big(big(&range.start) + index * big(&range.step))))
}

/// Returns the position of an integer; `None` if it is not in the range. Raises `MemoryError`.
pub fn position(thread: &Thread, range: &Object<Range>, wanted: &Value) -> Run<Option<Value>> {
    let _room = (room_of(range)?, room(&[wanted])?);
    let distance = big(wanted) - big(&range.start);
    let (position, rest) = floor_div_rem(&distance, &big(&range.step));
    let inside = rest.is_zero() && position >= IBig::ZERO && position < big(&range.count);
    Ok(inside.then(|| thread.new_big(position)))
}

/// Returns the part of a range that a slice selects. Raises `TypeError` and `ValueError` for wrong slices,
/// `MemoryError`.
pub fn slice(thread: &mut Thread, range: &Object<Range>, key: &Value) -> Run<Value> {
    let key = key.downcast_ref::<Slice>().expect("the caller has a slice");
    let _room = (room_of(range)?, room(&[&key.start, &key.stop, &key.step])?);
    let count = big(&range.count);
    let one = IBig::ONE;
    let step = bound(thread, &key.step)?.unwrap_or(one.clone());
    if step.is_zero() {
        return Err(Raised::value_error("slice step cannot be zero"));
    }
    let backward = step < IBig::ZERO;
    let (least, most) = if backward { (-one.clone(), &count - &one) } else { (IBig::ZERO, count.clone()) };
    let cut = |given: Option<IBig>, default: &IBig| match given {
        None => default.clone(),
        Some(given) => {
            let given = if given < IBig::ZERO { given + &count } else { given };
            given.max(least.clone()).min(most.clone())
        }
    };
    let (first, last) = if backward { (&most, &least) } else { (&least, &most) };
    let start = cut(bound(thread, &key.start)?, first);
    let stop = cut(bound(thread, &key.stop)?, last);
    let (base, stride) = (big(&range.start), big(&range.step));
    let bounds = [&base + start * &stride, &base + stop * &stride, step * &stride];
    let [start, stop, step] = bounds.map(|bound| thread.new_big(bound));
    new_range(thread, start, stop, step)
}

fn bound(thread: &mut Thread, value: &Value) -> Run<Option<IBig>> {
    if value.is_none() {
        return Ok(None);
    }
    if protocol::slots_of(thread, value).index.is_none() {
        return Err(Raised::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    Ok(Some(big(&protocol::index(thread, value)?)))
}

/// Makes an iterator over the numbers, forward or backward. Raises `MemoryError`.
pub fn iterator(range: &Object<Range>, backward: bool) -> Run<RangeIterator> {
    let _room = room_of(range)?;
    let (start, step, count) = (big(&range.start), big(&range.step), big(&range.count));
    Ok(RangeIterator::new_big(if backward {
        BigSteps { current: start + (&count - IBig::ONE) * &step, step: -step, remaining: count }
    } else {
        BigSteps { current: start, step, remaining: count }
    }))
}
