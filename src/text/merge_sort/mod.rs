//! A stable sort whose comparisons may fail: natural runs, merged two at a time (timsort).
//!
//! It sorts numbers that stand for the items, so that a failed comparison leaves a permutation and
//! nothing has to be put back. Runs, the order of merges and the leaps of a merge are those of CPython,
//! because programs that count their comparisons can see them:
//!
//! ```text
//! ascending │ descending │ short …   →  runs of at least `least_run`  →  merged by their power
//! ```
//!
//! Next: `merge.rs` joins two neighbouring runs.
//!
//! Begin with `sort` here.

mod merge;

use crate::memory::OutOfMemory;
use std::ops::Range;

/// How often in a row one side must win before a merge leaps.
const MIN_GALLOP: usize = 7;

/// Answers whether one item is less than another, or fails.
pub trait Less<E>: FnMut(u32, u32) -> Result<bool, E> {}
impl<E, F: FnMut(u32, u32) -> Result<bool, E>> Less<E> for F {}

struct Run {
    range: Range<usize>,
    /// The depth of the boundary after this run in a perfectly balanced tree of merges; decides which runs are
    /// merged first.
    power: u32,
}

/// Sorts the numbers in `order`, each of which stands for an item. After a failed comparison `order` still
/// holds each number once.
pub fn sort<E: From<OutOfMemory>>(order: &mut [u32], mut less: impl Less<E>) -> Result<(), E> {
    let len = order.len();
    if len < 2 {
        return Ok(());
    }
    let least_run = least_run(len);
    let mut runs: Vec<Run> = Vec::new();
    let mut gallop = MIN_GALLOP;
    let mut start = 0;
    while start < len {
        let rest = &mut order[start..];
        let mut count = count_run(rest, &mut less)?;
        if count < least_run {
            let forced = rest.len().min(least_run);
            insert_binary(&mut rest[..forced], count, &mut less)?;
            count = forced;
        }
        if let Some(last) = runs.last() {
            let power = power(last.range.start, last.range.len(), count, len);
            while runs.len() > 1 && runs[runs.len() - 2].power > power {
                let at = runs.len() - 2;
                merge_at(order, &mut runs, at, &mut gallop, &mut less)?;
            }
            runs.last_mut().expect("not empty").power = power;
        }
        runs.push(Run { range: start..start + count, power: 0 });
        start += count;
    }
    while runs.len() > 1 {
        let mut at = runs.len() - 2;
        if at > 0 && runs[at - 1].range.len() < runs[at + 1].range.len() {
            at -= 1;
        }
        merge_at(order, &mut runs, at, &mut gallop, &mut less)?;
    }
    Ok(())
}

/// Returns the minimal length to which short runs are extended: at most 64, chosen so that the number of runs
/// is a power of two or a little less.
fn least_run(mut len: usize) -> usize {
    let mut rest = 0;
    while len >= 64 {
        rest |= len & 1;
        len >>= 1;
    }
    len + rest
}

/// Returns the length of the run at the front, which is in order afterwards.
///
/// A run that descends is reversed, and so is each group of equal items in it before, which thereby keeps its order.
/// What ascends behind the reversed run belongs to it too.
fn count_run<E>(order: &mut [u32], less: &mut impl Less<E>) -> Result<usize, E> {
    let mut count = ascend(order, 1, less)?;
    if count >= order.len() {
        return Ok(order.len());
    }
    if count > 1 {
        // Items that are not all equal have ascended.
        if less(order[0], order[count - 1])? {
            return Ok(count);
        }
        order[..count].reverse();
    }
    count += 1;
    let mut equal = 1;
    while count < order.len() {
        if less(order[count], order[count - 1])? {
            order[count - equal..count].reverse();
            equal = 1;
        } else if less(order[count - 1], order[count])? {
            break;
        } else {
            equal += 1;
        }
        count += 1;
    }
    order[count - equal..count].reverse();
    order[..count].reverse();
    ascend(order, count, less)
}

/// Returns how far the items ascend, of which the first `count` do.
fn ascend<E>(order: &[u32], mut count: usize, less: &mut impl Less<E>) -> Result<usize, E> {
    while count < order.len() && !less(order[count], order[count - 1])? {
        count += 1;
    }
    Ok(count)
}

/// Sorts a short slice whose first `sorted` items are in order, by binary insertion.
fn insert_binary<E>(order: &mut [u32], sorted: usize, less: &mut impl Less<E>) -> Result<(), E> {
    for next in sorted.max(1)..order.len() {
        let pivot = order[next];
        let (mut low, mut high) = (0, next);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(pivot, order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        order[low..=next].rotate_right(1);
    }
    Ok(())
}

/// Returns the first binary digit in which the midpoints of two neighbouring runs differ.
/// The midpoints are taken as fractions of `len`.
fn power(start: usize, first: usize, second: usize, len: usize) -> u32 {
    let mut left = 2 * start + first;
    let mut right = left + first + second;
    let mut power = 0;
    loop {
        power += 1;
        if left >= len {
            left -= len;
            right -= len;
        } else if right >= len {
            return power;
        }
        left *= 2;
        right *= 2;
    }
}

fn merge_at<E: From<OutOfMemory>>(
    order: &mut [u32],
    runs: &mut Vec<Run>,
    at: usize,
    gallop: &mut usize,
    less: &mut impl Less<E>,
) -> Result<(), E> {
    let right = runs.remove(at + 1);
    let left = &mut runs[at];
    let range = left.range.start..right.range.end;
    let split = left.range.len();
    left.range = range.clone();
    left.power = right.power;
    merge::merge(&mut order[range], split, gallop, less)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &[i64]) -> (Vec<u32>, usize) {
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        let mut comparisons = 0;
        sort::<OutOfMemory>(&mut order, |left, right| {
            comparisons += 1;
            Ok(keys[left as usize] < keys[right as usize])
        })
        .unwrap();
        (order, comparisons)
    }

    fn mixed(len: usize, modulus: u64) -> Vec<i64> {
        let mut state = 12345u64;
        let step = |_| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            (state % modulus) as i64
        };
        (0..len).map(step).collect()
    }

    #[test]
    fn is_stable_and_in_order() {
        for (len, modulus) in [(0, 1), (1, 1), (2, 2), (63, 7), (64, 1000), (1000, 10), (5000, 1 << 30)] {
            let keys = mixed(len, modulus);
            let mut expected: Vec<u32> = (0..len as u32).collect();
            expected.sort_by_key(|&item| keys[item as usize]);
            assert_eq!(sorted(&keys).0, expected);
        }
    }

    /// The numbers were counted by `__lt__` under CPython 3.14.
    #[test]
    fn compares_as_often_as_cpython() {
        assert_eq!(sorted(&mixed(1000, 1 << 30)).1, 8664);
        assert_eq!(sorted(&mixed(5000, 50)).1, 46_495);
        let mut waves: Vec<i64> = (0..3000).map(|at| (at % 500) * 7 + at / 500).collect();
        assert_eq!(sorted(&waves).1, 10_998);
        waves.reverse();
        assert_eq!(sorted(&waves).1, 11_001);
        assert_eq!(sorted(&[3, 3, 2, 2, 1, 1].repeat(20)).1, 583);
        let descending: Vec<i64> = [[5; 50], [4; 50], [3; 50]].concat();
        assert_eq!(sorted(&descending).1, 248);
    }

    #[test]
    fn a_failed_comparison_leaves_a_permutation() {
        let keys = mixed(2000, 1 << 30);
        for limit in [0, 10, 500, 3000, 12_000] {
            let mut order: Vec<u32> = (0..keys.len() as u32).collect();
            let mut left = limit;
            let result = sort(&mut order, |one, other| {
                left -= 1;
                if left < 0 { Err(OutOfMemory) } else { Ok(keys[one as usize] < keys[other as usize]) }
            });
            assert!(result.is_err());
            order.sort_unstable();
            assert!(order.into_iter().eq(0..keys.len() as u32));
        }
    }
}
