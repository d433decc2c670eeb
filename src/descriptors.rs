//! Records which of the descriptors 0, 1 and 2 the process was started with.
//!
//! The start of a Rust program opens the null device for those that are closed. A program run here has `None`
//! for such a stream, and its first files get the numbers. So it is recorded before that start which were
//! closed, and the null devices are handed out, to be closed.

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether each of the three was closed.
static WAS_CLOSED: [AtomicBool; 3] = [const { AtomicBool::new(false) }; 3];

/// The linker puts this among the functions that run before the start of the program.
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static NOTE: extern "C" fn() = note;

/// Asks for the flags of each descriptor, which only one that is open has.
extern "C" fn note() {
    for (number, was_closed) in WAS_CLOSED.iter().enumerate() {
        // SAFETY: the number is only asked about; that it may not be open is the question.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number as i32) };
        // Relaxed: nobody else runs yet.
        was_closed.store(rustix::io::fcntl_getfd(descriptor).is_err(), Ordering::Relaxed);
    }
}

/// Returns the null devices in place of the closed descriptors. Called once.
pub fn stand_ins() -> [Option<OwnedFd>; 3] {
    let mut numbers = 0..;
    WAS_CLOSED.each_ref().map(|was_closed| {
        let number = numbers.next().expect("there is a next number");
        // SAFETY: the start of the program opened the null device under this number, and nobody else owns it:
        // the standard streams of the library only borrow it.
        was_closed.load(Ordering::Relaxed).then(|| unsafe { OwnedFd::from_raw_fd(number) })
    })
}
