//! Waits for a file in such a way that Ctrl-C ends the wait.
//!
//! Whoever interrupts first sets a bit in the breaker of each thread, then writes a byte to a pipe of the
//! runtime. A thread that has to wait polls its file together with the reading end of that pipe. It looks at
//! its bit before each wait; as the byte is written after the bit is set, either the thread sees the bit or the
//! byte ends its wait, so no interrupt is missed. A thread whose bit is not set takes the byte out of the pipe.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};

use super::{BreakerBits, Runtime, Thread};
use crate::sync::OnceLock;

/// The pipe that wakes waiting threads; made when a host first asks to be able to interrupt.
#[derive(Default)]
pub struct Alarm(OnceLock<Option<(OwnedFd, OwnedFd)>>);

/// Whether a thread waits until it can read a file, or until it can write to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Until reading does not block.
    Read,
    /// Until writing does not block.
    Write,
}

impl Alarm {
    /// Makes the pipe, unless there is one. If it cannot be made, waiting threads notice interrupts late.
    pub fn prepare(&self) {
        self.0.get_or_init(|| pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).ok());
    }

    /// Wakes every thread that waits.
    pub fn ring(&self) {
        if let Some((_, inlet)) = self.pipe() {
            // A pipe that is full wakes as well.
            let _ = rustix::io::write(inlet, &[0]);
        }
    }

    fn pipe(&self) -> Option<&(OwnedFd, OwnedFd)> {
        self.0.get().and_then(Option::as_ref)
    }

    fn silence(&self) {
        if let Some((outlet, _)) = self.pipe() {
            let _ = rustix::io::read(outlet, &mut [0; 64]);
        }
    }
}

impl Runtime {
    /// Interrupts every thread, as Ctrl-C does; any thread of the process may call this.
    pub fn interrupt(&self) {
        self.world.for_each_thread(|thread| thread.breaker.set(BreakerBits::SIGNAL));
        self.alarm.ring();
    }
}

impl Thread {
    /// Waits until a file can be read or written without blocking. Returns false if an interrupt comes first.
    pub fn wait_for_file(&mut self, file: BorrowedFd<'_>, direction: Direction) -> bool {
        let what = match direction {
            Direction::Read => PollFlags::IN,
            Direction::Write => PollFlags::OUT,
        };
        self.wait(Some((file, what)), None)
    }

    /// Waits for some time. Returns false if an interrupt comes first.
    pub fn wait_for_time(&mut self, time: Duration) -> bool {
        self.wait(None, Some(time))
    }

    fn wait(&mut self, file: Option<(BorrowedFd<'_>, PollFlags)>, time: Option<Duration>) -> bool {
        let runtime = self.runtime().to_arc();
        let end = time.and_then(|time| std::time::Instant::now().checked_add(time));
        loop {
            if self.breaker.bits().contains(BreakerBits::SIGNAL) {
                return false;
            }
            let left = end.map(|end| end.saturating_duration_since(std::time::Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return true;
            }
            let Some((outlet, _)) = runtime.alarm.pipe() else {
                // Nobody can interrupt: the file is left to block, the time is slept.
                self.detached(|| std::thread::sleep(left.unwrap_or_default()));
                return true;
            };
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            let alarm = PollFd::from_borrowed_fd(outlet.as_fd(), PollFlags::IN);
            let (is_ready, rings) = match file {
                Some((file, what)) => {
                    let mut both = [PollFd::from_borrowed_fd(file, what), alarm];
                    let polled = self.detached(|| poll(&mut both, left.as_ref()));
                    // A file that cannot be polled is left to say why.
                    let failed = polled.is_err_and(|error| error != rustix::io::Errno::INTR);
                    (failed || !both[0].revents().is_empty(), !both[1].revents().is_empty())
                }
                None => {
                    let mut only = [alarm];
                    let failed = self.detached(|| poll(&mut only, left.as_ref())).is_err();
                    (false, !failed && !only[0].revents().is_empty())
                }
            };
            if is_ready {
                return true;
            }
            if rings && !self.breaker.bits().contains(BreakerBits::SIGNAL) {
                runtime.alarm.silence();
            }
        }
    }
}
