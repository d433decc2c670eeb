//! Merges two neighbouring sorted runs in place, using a copy of the shorter one.
//!
//! While one side keeps winning, the merge gallops, as in CPython: it searches for how many items in a row come
//! from that side. Each gallop that gains nothing makes the next one start later.

use super::{Less, MIN_GALLOP};
use crate::memory::{self, OutOfMemory};

/// Merges `order[..split]` and `order[split..]`, both sorted.
pub(super) fn merge<E: From<OutOfMemory>>(
    order: &mut [u32],
    split: usize,
    gallop: &mut usize,
    less: &mut impl Less<E>,
) -> Result<(), E> {
    // What is in place already at either end stays out of it.
    let start = leap_right(order[split], &order[..split], 0, less)?;
    if start == split {
        return Ok(());
    }
    let right = &order[split..];
    let end = split + leap_left(order[split - 1], right, right.len() - 1, less)?;
    if end == split {
        return Ok(());
    }
    let (order, split) = (&mut order[start..end], split - start);
    if split <= order.len() - split {
        let copy = memory::copy(&order[..split])?;
        let mut side = Low { order, copy: &copy, left: 0, right: split, to: 0 };
        let result = side.merge(gallop, less);
        side.finish();
        result
    } else {
        let copy = memory::copy(&order[split..])?;
        let mut side = High { left: split, right: copy.len(), copy: &copy, order };
        let result = side.merge(gallop, less);
        side.finish();
        result
    }
}

/// A merge from the front: the left run is in the copy.
struct Low<'a> {
    order: &'a mut [u32],
    copy: &'a [u32],
    /// The next item of the copy.
    left: usize,
    /// The next item of the right run, in place.
    right: usize,
    to: usize,
}

impl Low<'_> {
    fn merge<E>(&mut self, gallop: &mut usize, less: &mut impl Less<E>) -> Result<(), E> {
        self.take_right(1);
        if self.is_over() {
            return Ok(());
        }
        let mut least = *gallop;
        loop {
            let (mut left_wins, mut right_wins) = (0, 0);
            while left_wins < least && right_wins < least {
                if less(self.order[self.right], self.copy[self.left])? {
                    self.take_right(1);
                    (left_wins, right_wins) = (0, right_wins + 1);
                } else {
                    self.take_left(1);
                    (left_wins, right_wins) = (left_wins + 1, 0);
                }
                if self.is_over() {
                    return Ok(());
                }
            }
            least += 1;
            loop {
                least -= usize::from(least > 1);
                *gallop = least;
                let left_leap = leap_right(self.order[self.right], &self.copy[self.left..], 0, less)?;
                self.take_left(left_leap);
                if left_leap > 0 && self.is_over() {
                    return Ok(());
                }
                self.take_right(1);
                if self.right == self.order.len() {
                    return Ok(());
                }
                let right_leap = leap_left(self.copy[self.left], &self.order[self.right..], 0, less)?;
                self.take_right(right_leap);
                if self.right == self.order.len() {
                    return Ok(());
                }
                self.take_left(1);
                if self.is_over() {
                    return Ok(());
                }
                if left_leap < MIN_GALLOP && right_leap < MIN_GALLOP {
                    break;
                }
            }
            least += 1;
            *gallop = least;
        }
    }

    /// Tells whether only the last item of the copy is left, which is known to come last.
    fn is_over(&self) -> bool {
        self.right == self.order.len() || self.copy.len() - self.left <= 1
    }

    fn take_left(&mut self, count: usize) {
        self.order[self.to..self.to + count].copy_from_slice(&self.copy[self.left..self.left + count]);
        self.left += count;
        self.to += count;
    }

    fn take_right(&mut self, count: usize) {
        self.order.copy_within(self.right..self.right + count, self.to);
        self.right += count;
        self.to += count;
    }

    /// Copies the items that are still in the copy back into place. Runs after an error too; their order does
    /// not matter then.
    fn finish(&mut self) {
        if self.copy.len() - self.left == 1 {
            self.take_right(self.order.len() - self.right);
        }
        self.take_left(self.copy.len() - self.left);
    }
}

/// A merge from the back: the right run is in the copy.
struct High<'a> {
    order: &'a mut [u32],
    copy: &'a [u32],
    /// How many items of the left run are not merged yet.
    left: usize,
    /// How many items of the copy are not merged yet.
    right: usize,
}

impl High<'_> {
    fn merge<E>(&mut self, gallop: &mut usize, less: &mut impl Less<E>) -> Result<(), E> {
        self.take_left(1);
        if self.is_over() {
            return Ok(());
        }
        let mut least = *gallop;
        loop {
            let (mut left_wins, mut right_wins) = (0, 0);
            while left_wins < least && right_wins < least {
                if less(self.copy[self.right - 1], self.order[self.left - 1])? {
                    self.take_left(1);
                    (left_wins, right_wins) = (left_wins + 1, 0);
                } else {
                    self.take_right(1);
                    (left_wins, right_wins) = (0, right_wins + 1);
                }
                if self.is_over() {
                    return Ok(());
                }
            }
            least += 1;
            loop {
                least -= usize::from(least > 1);
                *gallop = least;
                let pivot = self.copy[self.right - 1];
                let left_leap = self.left - leap_right(pivot, &self.order[..self.left], self.left - 1, less)?;
                self.take_left(left_leap);
                if self.left == 0 {
                    return Ok(());
                }
                self.take_right(1);
                if self.is_over() {
                    return Ok(());
                }
                let pivot = self.order[self.left - 1];
                let right_leap =
                    self.right - leap_left(pivot, &self.copy[..self.right], self.right - 1, less)?;
                self.take_right(right_leap);
                if right_leap > 0 && self.is_over() {
                    return Ok(());
                }
                self.take_left(1);
                if self.left == 0 {
                    return Ok(());
                }
                if left_leap < MIN_GALLOP && right_leap < MIN_GALLOP {
                    break;
                }
            }
            least += 1;
            *gallop = least;
        }
    }

    /// Tells whether only the first item of the copy is left, which is known to come first.
    fn is_over(&self) -> bool {
        self.left == 0 || self.right <= 1
    }

    fn take_left(&mut self, count: usize) {
        let to = self.left + self.right - count;
        self.order.copy_within(self.left - count..self.left, to);
        self.left -= count;
    }

    fn take_right(&mut self, count: usize) {
        let to = self.left + self.right;
        self.order[to - count..to].copy_from_slice(&self.copy[self.right - count..self.right]);
        self.right -= count;
    }

    /// Copies the items that are still in the copy back into place. Runs after an error too; their order does
    /// not matter then.
    fn finish(&mut self) {
        if self.right == 1 {
            self.take_left(self.left);
        }
        self.take_right(self.right);
    }
}

/// How many items of a sorted stretch are less than `key`; the search begins at `hint`.
fn leap_left<E>(key: u32, items: &[u32], hint: usize, less: &mut impl Less<E>) -> Result<usize, E> {
    leap(items, hint, |item| less(item, key))
}

/// How many items of a sorted stretch are less than or equal to `key`; the search begins at `hint`.
fn leap_right<E>(key: u32, items: &[u32], hint: usize, less: &mut impl Less<E>) -> Result<usize, E> {
    leap(items, hint, |item| Ok(!less(key, item)?))
}

/// Counts the leading items for which `holds` answers true; those items must all come first.
///
/// The search starts at `hint`, moves away in steps of 1, 3, 7, 15 …, then halves the interval.
fn leap<E>(items: &[u32], hint: usize, mut holds: impl FnMut(u32) -> Result<bool, E>) -> Result<usize, E> {
    let (mut last, mut step) = (0, 1);
    let (mut low, mut high);
    if holds(items[hint])? {
        let most = items.len() - hint;
        while step < most && holds(items[hint + step])? {
            (last, step) = (step, step * 2 + 1);
        }
        (low, high) = (hint + last + 1, hint + step.min(most));
    } else {
        let most = hint + 1;
        while step < most && !holds(items[hint - step])? {
            (last, step) = (step, step * 2 + 1);
        }
        (low, high) = (hint + 1 - step.min(most), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(items[middle])? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
