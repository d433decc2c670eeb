//! A pool of small integers that hands out the smallest free one (CPython: `_PyIndexPool`).
//!
//! A runtime has one for its threads, whose ids are never used again: tables with an entry a thread, such as that of
//! grace periods, are as long as there have been threads at a time, and threads that come and go share entries.
//! Invariant: the heap of freed indices has room for every index handed out, so freeing cannot fail (B-35).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Room reserved for freed indices at first; doubled when needed.
const FIRST_CAPACITY: usize = 1024;

/// Hands out the smallest free index.
#[derive(Debug, Default)]
pub struct IndexPool {
    freed: BinaryHeap<Reverse<u32>>,
    next: u32,
    generation: u64,
}

/// There is no memory for another index.
#[derive(Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl IndexPool {
    /// Takes the smallest free index; on failure the pool is as before (B-36).
    pub fn allocate(&mut self) -> Result<u32, OutOfMemory> {
        if let Some(Reverse(index)) = self.freed.pop() {
            self.generation += 1;
            return Ok(index);
        }
        let wanted = self.next as usize + 1;
        if self.freed.capacity() < wanted {
            let capacity = (self.freed.capacity() * 2).max(FIRST_CAPACITY).max(wanted);
            self.freed.try_reserve_exact(capacity - self.freed.len()).map_err(|_| OutOfMemory)?;
        }
        self.generation += 1;
        self.next += 1;
        Ok(self.next - 1)
    }

    /// Gives an index back.
    pub fn free(&mut self, index: u32) {
        debug_assert!(index < self.next, "an index that was never handed out");
        self.generation += 1;
        self.freed.push(Reverse(index));
    }

    /// Returns a number that grows with every allocation and every free.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// B-35: ascending at first, then always the smallest free index.
    #[test]
    fn it_behaves_like_the_smallest_of_a_set() {
        let (mut pool, mut taken, mut seed) = (IndexPool::default(), BTreeSet::new(), 7u64);
        for _ in 0..if cfg!(miri) { 50 } else { 2000 } {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            if seed >> 33 & 3 != 0 {
                let smallest = (0..).find(|index| !taken.contains(index)).expect("endless");
                assert_eq!(pool.allocate(), Ok(smallest));
                taken.insert(smallest);
            } else if let Some(&index) = taken.iter().nth((seed >> 40) as usize % taken.len().max(1)) {
                taken.remove(&index);
                pool.free(index);
            }
        }
    }

    /// B-36: the generation grows on every allocation and every free.
    #[test]
    fn the_generation_grows_with_every_change() {
        let mut pool = IndexPool::default();
        let index = pool.allocate().expect("memory");
        assert_eq!(pool.generation(), 1);
        pool.free(index);
        assert_eq!(pool.generation(), 2);
    }
}
