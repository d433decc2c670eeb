//! Segments: what pages are cut from, handed out one after the other from ever larger chunks.
//!
//! The first chunk is a single segment, so that a small program touches few pages of the system. Later
//! chunks double up to a bound, and the system is asked to back them with huge pages: a heap that grows
//! then costs a fraction of the page faults, and walking it far fewer misses of the address cache.
//!
//! A few segments are held back: they serve when the system has no more, and the program hears of it (`pool`). They are
//! addresses and nothing else until then.

use super::page::PAGE_BYTES;
use std::ptr::NonNull;

/// Bytes of a segment: a huge page where the system has them.
pub(super) const SEGMENT_BYTES: usize = if cfg!(miri) { 4 * PAGE_BYTES } else { 2 << 20 };

/// Pages of a segment.
pub(super) const PAGES_IN_SEGMENT: usize = SEGMENT_BYTES / PAGE_BYTES;

/// How many segments the largest chunk has: 32 MiB of address space, of which only what is used takes memory.
const MOST_SEGMENTS: usize = if cfg!(miri) { 1 } else { 16 };

/// How many segments are held back as spare: 8 MiB, as much as the reserve for other memory.
const SPARE_SEGMENTS: usize = 4;

/// How many pages the spare segments have.
pub(super) const SPARE_PAGES: usize = SPARE_SEGMENTS * PAGES_IN_SEGMENT;

/// The chunks of one runtime.
#[derive(Default)]
pub(super) struct Segments {
    chunks: Vec<(NonNull<u8>, usize)>,
    /// The spare segments, used when the system has no more memory.
    spare: [Option<NonNull<u8>>; SPARE_SEGMENTS],
    /// Segments of the last chunk that were handed out.
    taken: usize,
    count: usize,
}

impl Segments {
    /// How many segments were handed out.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Hands out a segment, aligned to its size; a spare one if the system has no more memory. `None` if there
    /// is no spare one either.
    pub(super) fn next(&mut self) -> Option<NonNull<u8>> {
        let last = match self.chunks.last() {
            Some(&(chunk, segments)) if self.taken < segments => chunk,
            Some(&(_, segments)) => self.add_chunk((segments * 2).min(MOST_SEGMENTS))?,
            None => self.add_chunk(1)?,
        };
        // SAFETY: the chunk has more segments than were taken.
        let segment = unsafe { last.add(self.taken * SEGMENT_BYTES) };
        self.taken += 1;
        self.count += 1;
        Some(segment)
    }

    fn add_chunk(&mut self, segments: usize) -> Option<NonNull<u8>> {
        let mapped = match system::map(segments * SEGMENT_BYTES, segments > 1) {
            Some(chunk) => Some((chunk, segments)),
            None => system::map(SEGMENT_BYTES, false).or_else(|| self.take_spare()).map(|chunk| (chunk, 1)),
        };
        let (chunk, segments) = mapped?;
        self.chunks.push((chunk, segments));
        self.taken = 0;
        Some(chunk)
    }

    fn take_spare(&mut self) -> Option<NonNull<u8>> {
        self.spare.iter_mut().find_map(Option::take)
    }

    /// Takes spare segments from the system until there are `SPARE_SEGMENTS`, as far as the system has memory.
    #[inline]
    pub(super) fn hold_back(&mut self) {
        // The first is taken first.
        if self.spare[0].is_none() {
            self.fill_spare();
        }
    }

    #[cold]
    fn fill_spare(&mut self) {
        for place in self.spare.iter_mut().rev().filter(|place| place.is_none()) {
            *place = system::map(SEGMENT_BYTES, false);
            if place.is_none() {
                return;
            }
        }
    }

    /// Returns how many pages the spare segments have.
    pub(super) fn spare_pages(&self) -> usize {
        self.spare.iter().flatten().count() * PAGES_IN_SEGMENT
    }
}

impl Drop for Segments {
    fn drop(&mut self) {
        let spare = self.spare.iter().flatten().map(|&chunk| (chunk, 1));
        for (chunk, segments) in self.chunks.iter().copied().chain(spare) {
            // SAFETY: mapped with this length in `add_chunk` or `fill_spare`; nobody uses a dropped pool.
            unsafe { system::unmap(chunk, segments * SEGMENT_BYTES) };
        }
    }
}

/// Memory mapped directly from the system, since an allocator would keep records for every page of it.
#[cfg(all(target_os = "linux", not(miri)))]
mod system {
    use super::SEGMENT_BYTES;
    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};
    use std::ptr::{NonNull, null_mut};

    /// Maps memory that is aligned to a segment. It takes physical memory only where it is written; `huge` asks
    /// the system for huge pages.
    pub(super) fn map(bytes: usize, huge: bool) -> Option<NonNull<u8>> {
        let length = bytes + SEGMENT_BYTES;
        // SAFETY: the kernel chooses the address, so the mapping overlaps nothing that is in use.
        let start = unsafe {
            mmap_anonymous(null_mut(), length, ProtFlags::READ | ProtFlags::WRITE, MapFlags::PRIVATE)
        };
        let start = start.ok()?;
        let before = start.align_offset(SEGMENT_BYTES);
        // SAFETY: the chunk lies in the mapping, and what is left before and behind it is not used. Advice
        // changes no content, and where it or giving back is refused nothing is lost but room.
        unsafe {
            let chunk = start.byte_add(before);
            if before > 0 {
                let _ = munmap(start, before);
            }
            let _ = munmap(chunk.byte_add(bytes), length - before - bytes);
            if huge {
                let _ = madvise(chunk, bytes, Advice::LinuxHugepage);
            }
            NonNull::new(chunk.cast())
        }
    }

    /// Gives a chunk back.
    ///
    /// # Safety
    /// It was mapped with this length, and nobody uses it any more.
    pub(super) unsafe fn unmap(chunk: NonNull<u8>, bytes: usize) {
        // SAFETY: the caller's promise. Where it is refused, nothing is lost but room.
        let _ = unsafe { munmap(chunk.as_ptr().cast(), bytes) };
    }
}

/// Memory from the allocator, for systems without `mmap`.
#[cfg(not(all(target_os = "linux", not(miri))))]
mod system {
    use super::SEGMENT_BYTES;
    use std::alloc::{Layout, alloc, dealloc};
    use std::ptr::NonNull;

    fn layout(bytes: usize) -> Layout {
        Layout::from_size_align(bytes, SEGMENT_BYTES).expect("a power of two")
    }

    /// Takes memory that is aligned to a segment.
    pub(super) fn map(bytes: usize, _huge: bool) -> Option<NonNull<u8>> {
        // SAFETY: the layout is not empty.
        NonNull::new(unsafe { alloc(layout(bytes)) })
    }

    /// Gives a chunk back.
    ///
    /// # Safety
    /// It came from `map` with this length, and nobody uses it any more.
    pub(super) unsafe fn unmap(chunk: NonNull<u8>, bytes: usize) {
        // SAFETY: the caller promises that the chunk came from `map` with this length and is no longer used.
        unsafe { dealloc(chunk.as_ptr(), layout(bytes)) };
    }
}
