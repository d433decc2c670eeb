//! A list that grows by short requests only, however long it becomes: what the machine itself keeps, and cannot
//! fail to keep.
//!
//! ```text
//! chunks  │ 512 words │ 512 words │ … │ the last one, which grows like any buffer │
//! ```

use std::collections::VecDeque;

/// Items of a full chunk: 4 KiB of words.
const CHUNK: usize = 512;

/// A list of items in chunks of equal length, of which only the last one grows.
#[derive(Debug)]
pub struct Chunks<T> {
    /// All but the last are full, and the last is not empty.
    chunks: Vec<Vec<T>>,
}

impl<T> Default for Chunks<T> {
    fn default() -> Self {
        Chunks { chunks: Vec::new() }
    }
}

impl<T> Chunks<T> {
    /// Returns how many items there are.
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |last| (self.chunks.len() - 1) * CHUNK + last.len())
    }

    /// Tells whether the list has no item.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: T) {
        match self.chunks.last_mut() {
            Some(last) if last.len() < CHUNK => last.push(item),
            _ => self.chunks.push(vec![item]),
        }
    }

    /// Takes the last item off.
    pub fn pop(&mut self) -> Option<T> {
        let last = self.chunks.last_mut()?;
        let item = last.pop();
        if last.is_empty() {
            self.chunks.pop();
        }
        item
    }

    /// The item at an index.
    pub fn get(&self, index: usize) -> Option<&T> {
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    /// The item at an index, to change.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)
    }

    /// All items.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }
}

impl<T: Copy> Chunks<T> {
    /// Keeps the items for which `is_kept` answers true, in their order. Asks for no memory.
    pub fn retain(&mut self, mut is_kept: impl FnMut(&T) -> bool) {
        let mut kept = 0;
        for index in 0..self.len() {
            let item = self.chunks[index / CHUNK][index % CHUNK];
            if is_kept(&item) {
                self.chunks[kept / CHUNK][kept % CHUNK] = item;
                kept += 1;
            }
        }
        while self.len() > kept {
            self.pop();
        }
    }
}

/// A first-in, first-out queue in chunks of at most `CHUNK` items; no request for memory is longer than a
/// chunk.
#[derive(Debug)]
pub struct Queue<T> {
    /// The chunks, oldest first. None of them is empty.
    chunks: VecDeque<VecDeque<T>>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Queue { chunks: VecDeque::new() }
    }
}

impl<T> Queue<T> {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Adds an item at the end.
    pub fn push_back(&mut self, item: T) {
        match self.chunks.back_mut() {
            Some(last) if last.len() < CHUNK => last.push_back(item),
            _ => self.chunks.push_back(VecDeque::from([item])),
        }
    }

    /// Takes the first item off.
    pub fn pop_front(&mut self) -> Option<T> {
        let first = self.chunks.front_mut()?;
        let item = first.pop_front();
        if first.is_empty() {
            self.chunks.pop_front();
        }
        item
    }
}

impl<T> IntoIterator for Chunks<T> {
    type Item = T;
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Vec<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.chunks.into_iter().flatten()
    }
}

impl<T> FromIterator<T> for Chunks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut list = Chunks::default();
        list.extend(items);
        list
    }
}

impl<T> Extend<T> for Chunks<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, Chunks, Queue};

    /// It behaves as a `Vec` does, at the ends of chunks too.
    #[test]
    fn it_is_a_list() {
        let (mut list, mut model) = (Chunks::default(), Vec::new());
        for item in 0..3 * CHUNK {
            assert_eq!((list.len(), list.is_empty()), (model.len(), model.is_empty()));
            list.push(item);
            model.push(item);
        }
        *list.get_mut(CHUNK).expect("it is there") = 7;
        model[CHUNK] = 7;
        assert_eq!((list.get(CHUNK), list.get(3 * CHUNK)), (Some(&7), None));
        list.retain(|item| item % 3 == 1);
        model.retain(|item| item % 3 == 1);
        assert!(list.iter().eq(&model));
        for _ in 0..=model.len() {
            assert_eq!(list.pop(), model.pop());
        }
        list.extend(0..CHUNK + 1);
        assert!(list.into_iter().eq(0..CHUNK + 1));
    }

    /// First in, first out, whatever the chunks.
    #[test]
    fn a_queue_keeps_the_order() {
        let (mut queue, mut next) = (Queue::default(), 0);
        for item in 0..3 * CHUNK {
            queue.push_back(item);
            if item % 3 == 2 {
                assert_eq!(queue.pop_front(), Some(next));
                next += 1;
            }
        }
        assert!(std::iter::from_fn(|| queue.pop_front()).eq(next..3 * CHUNK));
        assert!(queue.is_empty());
    }
}
