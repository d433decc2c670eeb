//! Segments: what pages are cut from, handed out one after the other from ever larger chunks.
//!
//! The first chunk is a single segment, so that a small program touches few pages of the system. Later
//! chunks double up to a bound, and the system is asked to back them with huge pages: a heap that grows
//! then costs a fraction of the page faults, and walking it far fewer misses of the address cache.

use super::page::PAGE_BYTES;
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Bytes of a segment: a huge page where the system has them.
pub(super) const SEGMENT_BYTES: usize = if cfg!(miri) { 4 * PAGE_BYTES } else { 2 << 20 };

/// Segments of the largest chunk: 32 MiB, of which only what is used takes memory.
const MOST_SEGMENTS: usize = if cfg!(miri) { 1 } else { 16 };

/// The chunks of one runtime.
#[derive(Default)]
pub(super) struct Segments {
    chunks: Vec<(NonNull<u8>, usize)>,
    /// Segments of the last chunk that were handed out.
    taken: usize,
    count: usize,
}

impl Segments {
    /// How many segments were handed out.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Hands out a segment, aligned to its size.
    pub(super) fn next(&mut self) -> NonNull<u8> {
        let last = match self.chunks.last() {
            Some(&(chunk, segments)) if self.taken < segments => chunk,
            Some(&(_, segments)) => self.add_chunk((segments * 2).min(MOST_SEGMENTS)),
            None => self.add_chunk(1),
        };
        // SAFETY: the chunk has more segments than were taken.
        let segment = unsafe { last.add(self.taken * SEGMENT_BYTES) };
        self.taken += 1;
        self.count += 1;
        segment
    }

    fn add_chunk(&mut self, segments: usize) -> NonNull<u8> {
        let layout = layout(segments);
        // SAFETY: the layout is not empty.
        let Some(chunk) = NonNull::new(unsafe { alloc(layout) }) else { handle_alloc_error(layout) };
        if segments > 1 {
            ask_for_huge_pages(chunk, layout.size());
        }
        self.chunks.push((chunk, segments));
        self.taken = 0;
        chunk
    }
}

impl Drop for Segments {
    fn drop(&mut self) {
        for &(chunk, segments) in &self.chunks {
            // SAFETY: allocated with this layout in `add_chunk`; nobody uses a dropped pool.
            unsafe { dealloc(chunk.as_ptr(), layout(segments)) };
        }
    }
}

fn layout(segments: usize) -> Layout {
    Layout::from_size_align(segments * SEGMENT_BYTES, SEGMENT_BYTES).expect("a power of two")
}

/// Only a hint: where it is refused, nothing changes.
#[cfg(all(target_os = "linux", not(miri)))]
fn ask_for_huge_pages(chunk: NonNull<u8>, bytes: usize) {
    // SAFETY: the range is a live allocation of whole pages, and the advice changes no content.
    let _ = unsafe { rustix::mm::madvise(chunk.as_ptr().cast(), bytes, rustix::mm::Advice::LinuxHugepage) };
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn ask_for_huge_pages(_chunk: NonNull<u8>, _bytes: usize) {}
