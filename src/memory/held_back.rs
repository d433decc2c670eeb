//! What is held back: blocks of the real allocator that nobody uses, for short requests when there is no more.
//!
//! They are taken from the allocator itself and given back to it one by one, so that serving from them costs
//! freeing nothing: no address has to be looked at. Down to the half, each block that goes raises one
//! `MemoryError`; below it ([`is_low`]) every safepoint does, so that what is left serves handlers and reports.

use crate::sync::{AtomicBool, AtomicPtr, Ordering::AcqRel, Ordering::Relaxed};
use std::alloc::{GlobalAlloc, Layout};
use std::ptr::null_mut;

/// Bytes of a block: room for a few short requests.
const BLOCK_BYTES: usize = 4 * super::SERVED_BYTES;
/// How many blocks: 4 MiB together, of addresses only until they are used.
const BLOCKS: usize = 16;

static HELD: [AtomicPtr<u8>; BLOCKS] = [const { AtomicPtr::new(null_mut()) }; BLOCKS];
/// Whether anybody ever held back: without the allocator of this module nobody does.
static IS_USED: AtomicBool = AtomicBool::new(false);

const LAYOUT: Layout = match Layout::from_size_align(BLOCK_BYTES, 16) {
    Ok(layout) => layout,
    Err(_) => panic!("a power of two"),
};

/// Whether less than half is left.
pub fn is_low() -> bool {
    // Relaxed: a guess, which is made anew at the next safepoint.
    IS_USED.load(Relaxed) && HELD.iter().filter(|slot| !slot.load(Relaxed).is_null()).count() < BLOCKS / 2
}

/// Takes from the allocator what is missing; tells whether all is there. Not from the room of work that is under way.
pub fn refill() -> bool {
    if !IS_USED.load(Relaxed) {
        return true;
    }
    if super::room::is_taken() {
        return false;
    }
    for slot in &HELD {
        if slot.load(Relaxed).is_null() {
            // By way of the global allocator's wrapper, which lets a request this long fail.
            // SAFETY: the layout is not empty.
            let block = unsafe { std::alloc::alloc(LAYOUT) };
            if block.is_null() {
                return false;
            }
            hold(block);
        }
    }
    true
}

fn hold(block: *mut u8) {
    for slot in &HELD {
        // AcqRel: the block is handed over to whoever takes it.
        if slot.compare_exchange(null_mut(), block, AcqRel, Relaxed).is_ok() {
            return;
        }
    }
    // SAFETY: allocated with this layout, and nobody took it.
    unsafe { std::alloc::dealloc(block, LAYOUT) };
}

/// Holds blocks back for the first time.
pub(super) fn begin() {
    if !IS_USED.swap(true, Relaxed) {
        refill();
    }
}

/// Gives one block back to the allocator; false if there is none.
pub(super) fn give_one<A: GlobalAlloc>(allocator: &A) -> bool {
    for slot in &HELD {
        let block = slot.swap(null_mut(), AcqRel);
        if !block.is_null() {
            // SAFETY: the block came from the wrapper of this allocator with this layout.
            unsafe { allocator.dealloc(block, LAYOUT) };
            return true;
        }
    }
    false
}
