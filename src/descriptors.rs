//! Records which of the file descriptors 0, 1 and 2 were closed when the process was started.
//!
//! Before `main`, the start code of a Rust program opens the null device for each of the three that is closed.
//! A Python program expects otherwise: the stream of a closed descriptor (`sys.stdin`, `sys.stdout`,
//! `sys.stderr`) is `None`, and the first file it opens gets the number. So a function that runs before that
//! start code records which of the three were closed, and the caller gets the null devices in their place, in
//! order to close them.

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether each of the three was closed.
static WAS_CLOSED: [AtomicBool; 3] = [const { AtomicBool::new(false) }; 3];

/// The linker puts this among the functions that run before the start of the program.
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static NOTE: extern "C" fn() = note;

/// Records for each of the three descriptors whether it is closed: asking for the flags of a closed descriptor
/// fails.
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
