//! The bytes of a file: an open file of the system, with what was read ahead and what is still to be written.
//!
//! At most one of the two buffers holds anything. System calls run detached.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;

use crate::memory::{self, OutOfMemory};
use crate::thread::Thread;
use crate::types::exception;
use crate::types::file::descriptor;
use crate::value::Run;

/// How many bytes are collected before they are written, and how many are read ahead.
const BUFFER_BYTES: usize = 8192;

/// An open file.
pub struct Bytes {
    file: File,
    may_block: bool,
    waiting: Vec<u8>,
    ahead: Vec<u8>,
    at: usize,
}

impl Bytes {
    /// Takes over an open file.
    pub fn new(file: File) -> Bytes {
        let may_block = descriptor::may_block(file.as_fd());
        Bytes { file, may_block, waiting: Vec::new(), ahead: Vec::new(), at: 0 }
    }

    /// The open file itself.
    pub const fn file(&self) -> &File {
        &self.file
    }

    /// Runs a system call while the thread is detached.
    fn call<R: Send>(
        &mut self,
        thread: &mut Thread,
        action: impl FnOnce(&mut Bytes) -> std::io::Result<R> + Send,
    ) -> Run<R> {
        let result = thread.detached(|| action(self));
        result.map_err(|error| exception::errno::raise(thread, &error, None))
    }

    /// The bytes that were read ahead.
    fn rest(&self) -> &[u8] {
        &self.ahead[self.at..]
    }

    fn take_ahead(&mut self, count: usize) -> Result<Vec<u8>, OutOfMemory> {
        let taken = memory::copy(&self.rest()[..count])?;
        self.at += count;
        Ok(taken)
    }

    /// Reads what one system call yields, at most `most` bytes; empty at the end. Raises `OSError`,
    /// `MemoryError`, and `KeyboardInterrupt` while waiting.
    pub fn read_once(&mut self, thread: &mut Thread, most: usize) -> Run<Vec<u8>> {
        self.flush(thread)?;
        if !self.rest().is_empty() {
            let count = self.rest().len().min(most);
            return Ok(self.take_ahead(count)?);
        }
        descriptor::read(thread, self.file.as_fd(), self.may_block, most)
    }

    /// Reads up to the end. Raises as `read_once` does.
    pub fn read_all(&mut self, thread: &mut Thread) -> Run<Vec<u8>> {
        self.flush(thread)?;
        let mut all = self.take_ahead(self.rest().len())?;
        if self.may_block {
            loop {
                let part = self.read_once(thread, BUFFER_BYTES)?;
                if part.is_empty() {
                    return Ok(all);
                }
                all.try_reserve(part.len())?;
                all.extend(part);
            }
        }
        self.call(thread, |this| this.file.read_to_end(&mut all).map(drop))?;
        Ok(all)
    }

    /// Reads `count` bytes, fewer only at the end. Raises as `read_once` does.
    pub fn read(&mut self, thread: &mut Thread, count: usize) -> Run<Vec<u8>> {
        let mut got = Vec::new();
        while got.len() < count {
            let missing = count - got.len();
            let part = self.read_once(thread, missing.min(1 << 20))?;
            if part.is_empty() {
                break;
            }
            got.try_reserve(part.len())?;
            got.extend(part);
        }
        Ok(got)
    }

    /// Reads up to a `\n`, or `limit` bytes. Raises as `read_once` does.
    pub fn read_line(&mut self, thread: &mut Thread, limit: Option<usize>) -> Run<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            if self.rest().is_empty() {
                self.ahead = self.read_once(thread, BUFFER_BYTES)?;
                self.at = 0;
            }
            let rest = self.rest();
            let most = limit.map_or(rest.len(), |limit| rest.len().min(limit - line.len()));
            let end = memchr::memchr(b'\n', &rest[..most]).map(|at| at + 1);
            let count = end.unwrap_or(most);
            line.try_reserve(count)?;
            line.extend(self.take_ahead(count)?);
            if end.is_some() || count == 0 || limit == Some(line.len()) {
                return Ok(line);
            }
        }
    }

    /// Buffers bytes, and writes all once the buffer is full. Raises `OSError`, `MemoryError`, and
    /// `KeyboardInterrupt` while waiting.
    pub fn write(&mut self, thread: &mut Thread, bytes: &[u8]) -> Run<()> {
        self.drop_ahead(thread)?;
        self.waiting.try_reserve(bytes.len())?;
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() > BUFFER_BYTES { self.flush(thread) } else { Ok(()) }
    }

    /// Writes the buffered bytes. Raises `OSError`, and `KeyboardInterrupt` while waiting.
    pub fn flush(&mut self, thread: &mut Thread) -> Run<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (done, written) = descriptor::write(thread, self.file.as_fd(), self.may_block, &self.waiting);
        // What could not be written stays for the next try, as far as a buffer goes.
        self.waiting.drain(..done);
        self.waiting.truncate(BUFFER_BYTES);
        written
    }

    /// Moves the file back to where the program has read to, and drops what was read ahead.
    fn drop_ahead(&mut self, thread: &mut Thread) -> Run<()> {
        let unused = self.rest().len() as i64;
        self.ahead.clear();
        self.at = 0;
        if unused == 0 {
            return Ok(());
        }
        self.call(thread, |this| this.file.seek(SeekFrom::Current(-unused)).map(drop))
    }

    /// Moves to another position and returns it. Raises `OSError`, and what `flush` raises.
    pub fn seek(&mut self, thread: &mut Thread, to: SeekFrom) -> Run<u64> {
        self.flush(thread)?;
        self.drop_ahead(thread)?;
        self.call(thread, |this| this.file.seek(to))
    }

    /// Returns the position up to which the program has read. Raises `OSError`, and what `flush` raises.
    pub fn position(&mut self, thread: &mut Thread) -> Run<u64> {
        self.flush(thread)?;
        let unused = self.rest().len() as u64;
        let position = self.call(thread, |this| this.file.stream_position())?;
        Ok(position - unused)
    }

    /// Makes the file `size` bytes long; the position stays. Raises `OSError`, and what `flush` raises.
    pub fn truncate(&mut self, thread: &mut Thread, size: u64) -> Run<()> {
        self.flush(thread)?;
        if i64::try_from(size).is_err() {
            let error = std::io::Error::from_raw_os_error(rustix::io::Errno::INVAL.raw_os_error());
            return Err(exception::errno::raise(thread, &error, None));
        }
        self.call(thread, |this| this.file.set_len(size))
    }
}

/// What still waits is written, though nobody hears of errors: the finalizer of a file has told of them.
impl Drop for Bytes {
    fn drop(&mut self) {
        drop(self.file.write_all(&self.waiting));
    }
}
