//! Reading and writing open files of the system, so that Ctrl-C reaches a thread that has to wait.
//!
//! A file that may block (a pipe, a terminal, a socket) is polled before each system call, and data is written
//! to it in pieces that it takes without blocking.

use std::os::fd::BorrowedFd;

use rustix::io::Errno;

use crate::memory;
use crate::protocol::check_interrupt;
use crate::thread::{Direction, Thread};
use crate::types::exception;
use crate::value::Run;

/// How many bytes a pipe that is ready for writing takes without blocking. (POSIX: PIPE_BUF)
const PIPE_BYTES: usize = 4096;

/// Tells whether reading or writing may have to wait for another process.
pub fn may_block(file: BorrowedFd<'_>) -> bool {
    let kind = rustix::fs::fstat(file).map(|facts| rustix::fs::FileType::from_raw_mode(facts.st_mode));
    kind != Ok(rustix::fs::FileType::RegularFile)
}

/// Waits until the file is ready. Raises `KeyboardInterrupt`.
fn wait(thread: &mut Thread, file: BorrowedFd<'_>, direction: Direction) -> Run<()> {
    while !thread.wait_for_file(file, direction) {
        check_interrupt(thread)?;
    }
    Ok(())
}

/// Reads what one system call yields, at most `most` bytes; empty at the end. Raises `OSError`, `MemoryError`,
/// and `KeyboardInterrupt` while waiting.
pub fn read(thread: &mut Thread, file: BorrowedFd<'_>, may_block: bool, most: usize) -> Run<Vec<u8>> {
    let mut chunk = memory::repeated(0, most)?;
    loop {
        if may_block {
            wait(thread, file, Direction::Read)?;
        }
        match thread.detached(|| rustix::io::read(file, &mut chunk[..])) {
            Ok(count) => {
                chunk.truncate(count);
                return Ok(chunk);
            }
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return Err(exception::errno::raise(thread, &error.into(), None)),
        }
    }
}

/// Writes all bytes. Returns how many were written, and the error that stopped it: `OSError`, or
/// `KeyboardInterrupt` raised while waiting.
pub fn write(thread: &mut Thread, file: BorrowedFd<'_>, may_block: bool, bytes: &[u8]) -> (usize, Run<()>) {
    let mut done = 0;
    while done < bytes.len() {
        if may_block && let Err(raised) = wait(thread, file, Direction::Write) {
            return (done, Err(raised));
        }
        let rest = &bytes[done..];
        let piece = if may_block { &rest[..rest.len().min(PIPE_BYTES)] } else { rest };
        match thread.detached(|| rustix::io::write(file, piece)) {
            Ok(count) => done += count,
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(error) => return (done, Err(exception::errno::raise(thread, &error.into(), None))),
        }
    }
    (done, Ok(()))
}
