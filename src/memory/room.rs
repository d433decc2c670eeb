//! Room for work that must not fail halfway: memory that a thread sets aside before the work, and that is given
//! to the allocator when a request of that work finds none.
//!
//! ```text
//! Room::of(bytes)?      a block nobody uses        the only place that fails
//! …work…                a request finds no memory: the block is freed, the request tried again
//! drop(room)            the block is freed, used or not
//! ```
//! A room belongs to the thread that took it; rooms nest.

use super::fault;
use super::reserve::{self, SERVED_WITH_ROOM};
use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr::null_mut;

/// The least that `Room::in_pieces` sets aside: address space for four of the 32 MiB spans that mimalloc
/// dedicates to one size. Memory is used only when written.
const PIECES_BYTES: usize = 128 << 20;

/// There was no memory for what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl From<std::collections::TryReserveError> for OutOfMemory {
    fn from(_: std::collections::TryReserveError) -> OutOfMemory {
        OutOfMemory
    }
}

thread_local! {
    /// The block of the innermost room that has not been given to the allocator yet, and how many rooms this
    /// thread has taken.
    static BLOCK: Cell<(*mut u8, usize)> = const { Cell::new((null_mut(), 0)) };
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Memory set aside for the work of this thread while the value lives.
#[derive(Debug)]
pub struct Room {
    /// The block of the room that was taken before this one.
    outer: (*mut u8, usize),
    is_empty: bool,
    _here: PhantomData<*const ()>,
}

impl Room {
    /// Sets `bytes` aside for a few long requests. Takes no block if so little can be served by the reserve.
    #[inline]
    pub fn of(bytes: usize) -> Result<Room, OutOfMemory> {
        if fault::serves(bytes) {
            return Ok(Room { outer: (null_mut(), 0), is_empty: true, _here: PhantomData });
        }
        Room::take(bytes)
    }

    /// Sets `bytes` aside for work that asks for them in many short pieces of many sizes.
    ///
    /// The reserve can serve a few pieces. For more, whole spans of the allocator are set aside, because only
    /// an empty span can serve every size.
    pub fn in_pieces(bytes: usize) -> Result<Room, OutOfMemory> {
        if bytes <= SERVED_WITH_ROOM && reserve::has(SERVED_WITH_ROOM) {
            return Ok(Room::enter(null_mut(), 0));
        }
        Room::take(bytes.saturating_mul(2).max(PIECES_BYTES))
    }

    /// Makes a room with this block the innermost one.
    fn enter(block: *mut u8, bytes: usize) -> Room {
        let outer = BLOCK.replace((block, bytes));
        DEPTH.set(DEPTH.get() + 1);
        Room { outer, is_empty: false, _here: PhantomData }
    }

    #[cold]
    fn take(bytes: usize) -> Result<Room, OutOfMemory> {
        let layout = layout(bytes).ok_or(OutOfMemory)?;
        // SAFETY: the layout is not empty.
        let block = unsafe { std::alloc::alloc(layout) };
        if block.is_null() {
            return Err(OutOfMemory);
        }
        Ok(Room::enter(block, bytes))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.is_empty {
            return;
        }
        let (block, bytes) = BLOCK.replace(self.outer);
        DEPTH.set(DEPTH.get() - 1);
        if !block.is_null() {
            // SAFETY: allocated in `take` with this layout, and not given back by `give`.
            unsafe { std::alloc::dealloc(block, layout(bytes).expect("as when it was taken")) };
        }
    }
}

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes, 16).ok()
}

/// Tells whether the thread has taken a room, whether or not its block was needed.
pub(super) fn is_taken() -> bool {
    DEPTH.get() > 0
}

/// Gives the innermost room's block back to the allocator. Returns false if there is no block to give.
pub(super) fn give<A: GlobalAlloc>(allocator: &A) -> bool {
    let (block, bytes) = BLOCK.get();
    if block.is_null() {
        return false;
    }
    BLOCK.set((null_mut(), 0));
    // SAFETY: the block came from the wrapper of this allocator with this layout.
    unsafe { allocator.dealloc(block, layout(bytes).expect("as when it was taken")) };
    true
}
