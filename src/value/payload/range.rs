//! The payloads of `range` and of its iterator.
//!
//! Nearly every range consists of machine words, and keeps them in [`Range::words`] beside the bounds as
//! scripts see them. The iterator's fields are public, so that a `for` loop can step it without a call. The
//! type itself is in `types/range/mod.rs`.

use dashu_int::IBig;

use crate::object::TypeFlags;
use crate::references;
use crate::sync::{AtomicI64, Ordering};
use crate::value::class::kind::Kind;
use crate::value::guarded::Guarded;
use crate::value::object::{Object, Payload};
use crate::value::value::Value;

/// The payload of a `range`.
pub struct Range {
    /// The first number.
    pub start: Value,
    /// The number it stays below (or above).
    pub stop: Value,
    /// The distance, never zero.
    pub step: Value,
    /// How many numbers, an `int`.
    pub count: Value,
    /// The same as machine words, if all its numbers, and the number after the last one, fit.
    pub words: Option<WordRange>,
}

/// A range of machine words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WordRange {
    /// The first number.
    pub start: i64,
    /// The distance.
    pub step: i64,
    /// How many numbers.
    pub count: i64,
}

references!(Range { start, stop, step, count });

impl Payload for Range {
    const KIND: Kind = Kind::Range;
    // Its references are integers, which refer to nothing.
    const FLAGS: TypeFlags = TypeFlags::empty();
}

impl WordRange {
    /// The range of these bounds; `None` if it does not stay within machine words. `step` is not zero.
    pub const fn new(start: i64, stop: i64, step: i64) -> Option<WordRange> {
        // By far the commonest, and a wide division takes its time.
        if step == 1
            && let Some(count) = stop.checked_sub(start)
        {
            return Some(WordRange { start, step, count: if count > 0 { count } else { 0 } });
        }
        let (distance, stride) = if step > 0 {
            (stop as i128 - start as i128, step as i128)
        } else {
            (start as i128 - stop as i128, -(step as i128))
        };
        let count = if distance <= 0 { 0 } else { (distance + stride - 1) / stride };
        let after = start as i128 + count * step as i128;
        if count > i64::MAX as i128 || after > i64::MAX as i128 || after < i64::MIN as i128 {
            return None;
        }
        Some(WordRange { start, step, count: count as i64 })
    }

    /// The number at a position below `count`.
    #[inline]
    pub const fn at(self, position: i64) -> i64 {
        self.start + position * self.step
    }
}

/// The payload of a range iterator.
pub struct RangeIterator {
    /// The next number.
    pub current: AtomicI64,
    /// The distance.
    pub step: i64,
    /// How many numbers are left; 0 for an iterator through big integers.
    pub remaining: AtomicI64,
    /// Where the iterator is if the numbers are past machine words.
    pub big: Option<Guarded<BigSteps>>,
}

/// The state of an iterator through big integers.
pub struct BigSteps {
    /// The next number.
    pub current: IBig,
    /// The distance.
    pub step: IBig,
    /// How many numbers are left.
    pub remaining: IBig,
}

references!(RangeIterator {});

impl Payload for RangeIterator {
    const KIND: Kind = Kind::RangeIterator;
    const FLAGS: TypeFlags = TypeFlags::empty();
    const HAS_ATTRIBUTES: bool = false;
}

impl RangeIterator {
    /// An iterator through machine words.
    pub const fn new(range: WordRange) -> RangeIterator {
        RangeIterator {
            current: AtomicI64::new(range.start),
            step: range.step,
            remaining: AtomicI64::new(range.count),
            big: None,
        }
    }

    /// An iterator through big integers.
    pub const fn new_big(steps: BigSteps) -> RangeIterator {
        RangeIterator {
            current: AtomicI64::new(0),
            step: 0,
            remaining: AtomicI64::new(0),
            big: Some(Guarded::new(steps)),
        }
    }

    /// Steps through machine words; `None` at the end, and always for big integers.
    #[inline(always)]
    pub fn step(&self) -> Option<i64> {
        // Relaxed: threads that share an iterator may see a number twice, as in free-threaded CPython.
        let remaining = self.remaining.load(Ordering::Relaxed);
        if remaining <= 0 {
            return None;
        }
        let current = self.current.load(Ordering::Relaxed);
        self.remaining.store(remaining - 1, Ordering::Relaxed);
        self.current.store(current.wrapping_add(self.step), Ordering::Relaxed);
        Some(current)
    }
}

impl Object<RangeIterator> {
    /// Steps through big integers; `None` at the end.
    pub fn step_big(&self) -> Option<IBig> {
        self.big.as_ref()?;
        self.with(
            |iterator| iterator.big.as_ref().expect("checked above"),
            |steps| {
                if steps.remaining.is_zero() {
                    return None;
                }
                steps.remaining -= 1;
                let next = &steps.current + &steps.step;
                Some(std::mem::replace(&mut steps.current, next))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_python() {
        let count = |start, stop, step| WordRange::new(start, stop, step).map(|range| range.count);
        assert_eq!(count(0, 10, 1), Some(10));
        assert_eq!(count(0, 10, 3), Some(4));
        assert_eq!(count(10, 0, -3), Some(4));
        assert_eq!(count(5, 5, 1), Some(0));
        assert_eq!(count(5, 0, 1), Some(0));
        assert_eq!(count(i64::MIN, i64::MAX, 1), None);
        assert_eq!(count(0, i64::MAX, i64::MAX - 1), None);
        assert_eq!(WordRange::new(3, 9, 2).map(|range| range.at(2)), Some(7));
    }

    #[test]
    fn an_iterator_runs_out_once() {
        let iterator = RangeIterator::new(WordRange::new(7, 1, -3).expect("words"));
        assert_eq!([iterator.step(), iterator.step(), iterator.step()], [Some(7), Some(4), None]);
    }
}
