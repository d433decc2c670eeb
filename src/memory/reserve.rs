//! The reserve: memory of the process's own that serves short requests when the allocator has nothing left.
//!
//! It lies beside the allocator, not in it. A block that is held back and given to an allocator serves the sizes
//! which that allocator thinks fit: mimalloc dedicates spans of 32 MiB to pages of one size, so that megabytes given
//! back in one size serve nobody who asks for another. Memory of our own serves whoever asks; that a block belongs to
//! it shows in its address, one comparison when the block is freed. It is room in the address space and nothing else
//! until something is served from it.
//!
//! What is served and still in use at the thread's next safepoint raises `MemoryError` there ([`is_due`]); what a
//! handler and a report take then does not raise another, until it is a [`STEP`]. When the last step is reached
//! ([`is_low`]), every safepoint raises.

use super::Steps;
use crate::sync::{AtomicUsize, Mutex, MutexGuard, Ordering::Relaxed};
use std::alloc::{Layout, alloc, dealloc};
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use talc::DefaultBinning;
use talc::base::Talc;
use talc::source::Claim;

/// How many bytes the reserve has.
const RESERVE_BYTES: usize = 8 << 20;

/// After how many more bytes in use the next `MemoryError` is raised.
const STEP: usize = RESERVE_BYTES / 8;

/// The longest request that is served while a [`Room`](super::Room) is taken: its block, given back, does not serve
/// every size.
pub(super) const SERVED_WITH_ROOM: usize = RESERVE_BYTES / 4;

#[repr(align(4096))]
struct Span(UnsafeCell<[MaybeUninit<u8>; RESERVE_BYTES]>);

// SAFETY: only `BOOKS` hands out parts of it, each to one owner.
unsafe impl Sync for Span {}

static SPAN: Span = Span(UnsafeCell::new([MaybeUninit::uninit(); RESERVE_BYTES]));

type Books = Talc<Claim, DefaultBinning>;

// SAFETY: the span is the claim's alone, and lives as long as the process.
static BOOKS: Mutex<Books> = Mutex::new(Books::new(unsafe { Claim::array(SPAN.0.get()) }));

/// How many bytes have been served and not been given back.
static IN_USE: AtomicUsize = AtomicUsize::new(0);
/// Up to which use of the reserve `MemoryError` has been raised.
static STEPS: Steps = Steps::new();
/// The request that the allocator refused last: bytes and alignment. None at first.
static REFUSED: (AtomicUsize, AtomicUsize) = (AtomicUsize::new(0), AtomicUsize::new(1));

thread_local! {
    /// Whether this thread is only testing if the allocator has memory again; the reserve must not serve that
    /// request.
    static IS_ASKING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a block lies in the reserve.
#[inline(always)]
pub(super) fn holds(block: *const u8) -> bool {
    block.addr().wrapping_sub(SPAN.0.get().addr()) < RESERVE_BYTES
}

/// Serves a request that the allocator refused; null if the reserve has no room for it either.
pub(super) fn serve(layout: Layout) -> *mut u8 {
    if layout.size() == 0 || IS_ASKING.get() {
        return null_mut();
    }
    REFUSED.0.store(layout.size(), Relaxed);
    REFUSED.1.store(layout.align(), Relaxed);
    // SAFETY: the layout is not empty.
    let Some(block) = (unsafe { books().allocate(layout) }) else { return null_mut() };
    IN_USE.fetch_add(layout.size(), Relaxed);
    block.as_ptr()
}

/// Takes back what was served.
///
/// # Safety
/// [`serve`] gave the block for this layout, and nobody uses it.
#[cold]
#[inline(never)]
pub(super) unsafe fn take_back(block: *mut u8, layout: Layout) {
    // SAFETY: the caller promises that `serve` gave the block for this layout, out of these books.
    unsafe { books().deallocate(block, layout) };
    IN_USE.fetch_sub(layout.size(), Relaxed);
}

/// Locks the records of which parts of the reserve are in use. Waits by spinning, because parking a thread may
/// allocate.
fn books() -> MutexGuard<'static, Books> {
    loop {
        match BOOKS.try_lock() {
            Some(books) => return books,
            None => std::thread::yield_now(),
        }
    }
}

/// Tells whether `MemoryError` must be raised for what is in use. Answers true once for each `STEP` of it.
pub fn is_due() -> bool {
    // Relaxed, here and below: a guess, which is made anew at the next safepoint.
    STEPS.is_due(IN_USE.load(Relaxed), STEP)
}

/// Tells whether the reserve is nearly used up: at most a `STEP` is left and the allocator still has nothing,
/// or hardly any bytes are left at all.
pub fn is_low() -> bool {
    let left = RESERVE_BYTES.saturating_sub(IN_USE.load(Relaxed));
    left < STEP / 2 || left < STEP && !has_refused()
}

/// Tells whether memory is there again: the allocator serves the request it refused last, and, because it may
/// refuse other sizes, most of the reserve is free.
pub fn has_recovered() -> bool {
    IN_USE.load(Relaxed) < RESERVE_BYTES / 2 && has_refused()
}

/// Tells whether the reserve can serve `bytes` more and still have one `STEP` left.
pub(super) fn has(bytes: usize) -> bool {
    IN_USE.load(Relaxed) + bytes <= RESERVE_BYTES - STEP
}

/// Tells whether the allocator can serve the request that it refused last, by repeating it.
fn has_refused() -> bool {
    let (bytes, align) = (REFUSED.0.load(Relaxed), REFUSED.1.load(Relaxed));
    let Ok(layout) = Layout::from_size_align(bytes.max(1), align) else { return true };
    IS_ASKING.set(true);
    // SAFETY: the layout is not empty; the block is freed as it was asked for.
    let has_it = unsafe {
        let block = alloc(layout);
        if !block.is_null() {
            dealloc(block, layout);
        }
        !block.is_null()
    };
    IS_ASKING.set(false);
    has_it
}

/// Tells whether the running thread is only testing if the allocator has memory again.
pub(super) fn is_asking() -> bool {
    IS_ASKING.get()
}

#[cfg(test)]
mod tests {
    use super::{RESERVE_BYTES, STEP, holds, is_due, serve, take_back};
    use std::alloc::Layout;

    /// Blocks of all lengths are the caller's alone, an error is due for each step, and what comes back serves again.
    #[test]
    fn it_serves_and_takes_back() {
        let lengths = (0..).map(|turn| 1 << (turn % 17));
        let mut served = Vec::new();
        let mut errors = 0;
        for (mark, bytes) in (0..=u8::MAX).cycle().zip(lengths) {
            let layout = Layout::from_size_align(bytes, 1 << (mark % 7)).expect("short");
            let block = serve(layout);
            if block.is_null() {
                break;
            }
            assert!(holds(block) && block.addr().is_multiple_of(layout.align()));
            // SAFETY: `serve` has just handed out this many bytes.
            unsafe { block.write_bytes(mark, bytes) };
            served.push((block, layout, mark));
            errors += usize::from(is_due());
        }
        assert!((RESERVE_BYTES / STEP / 2..=RESERVE_BYTES / STEP + 1).contains(&errors), "{errors} errors");
        for (block, layout, mark) in served {
            // SAFETY: `serve` handed the block out above, and it was written whole.
            unsafe {
                let bytes = std::slice::from_raw_parts(block, layout.size());
                assert!(bytes.iter().all(|&byte| byte == mark));
                take_back(block, layout);
            }
        }
        assert!(!is_due());
        let half = Layout::from_size_align(RESERVE_BYTES / 2, 16).expect("short");
        let block = serve(half);
        assert!(holds(block));
        // SAFETY: `serve` has just handed out this block with this layout.
        unsafe { take_back(block, half) };
    }
}
