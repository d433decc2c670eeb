//! Open files by their numbers, as programs name them (`os.read(3, 10)`).
//!
//! A number may stand for no file, or for another one than the program thinks: the system checks it at each call.

use std::mem::ManuallyDrop;
use std::os::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};

use rustix::io::{self, Errno, FdFlags};

/// Returns the file of a number. Fails for negative ones, which stand for none; the system knows of the others.
pub fn file(number: i32) -> io::Result<BorrowedFd<'static>> {
    if number < 0 {
        return Err(Errno::BADF);
    }
    // SAFETY: the number is not -1. It may stand for no open file; it is only handed to system calls, which fail then.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}

/// Closes a file. Fails if none has the number.
pub fn close(number: i32) -> io::Result<()> {
    io::fcntl_getfd(file(number)?)?;
    // SAFETY: the number stands for an open file. Whoever else uses the number finds it closed, as the program wants.
    unsafe { io::close(number) };
    Ok(())
}

/// Makes another number for a file, the least that is free.
pub fn duplicate(number: i32, is_inherited: bool) -> io::Result<i32> {
    let file = file(number)?;
    let made = if is_inherited { io::dup(file)? } else { io::fcntl_dupfd_cloexec(file, 0)? };
    Ok(made.into_raw_fd())
}

/// Makes `new` a number of a file, in place of the file that it stood for.
pub fn duplicate_to(number: i32, new: i32, is_inherited: bool) -> io::Result<()> {
    let file = file(number)?;
    if new < 0 {
        return Err(Errno::BADF);
    }
    // SAFETY: the number is not -1, and the owner that is made of it never closes it.
    let mut place = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(new) });
    io::dup2(file, &mut place)?;
    inherit(new, is_inherited)
}

/// Sets whether programs that are started get the file.
pub fn inherit(number: i32, is_inherited: bool) -> io::Result<()> {
    let file = file(number)?;
    let mut flags = io::fcntl_getfd(file)?;
    flags.set(FdFlags::CLOEXEC, !is_inherited);
    io::fcntl_setfd(file, flags)
}
