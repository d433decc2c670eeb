//! Why a text could not be made: this floor knows no exceptions, so it says which one its caller raises.

use crate::memory::OutOfMemory;
use std::collections::TryReserveError;

/// The result of anything that may be refused.
pub type Made<T> = Result<T, Refused>;

/// Why a text could not be made.
#[derive(Debug)]
pub enum Refused {
    /// `ValueError`, with its message.
    Value(String),
    /// `MemoryError`.
    Memory,
}

impl Refused {
    /// What was asked for makes no sense: `ValueError`.
    #[cold]
    pub fn value(message: impl Into<String>) -> Refused {
        Refused::Value(message.into())
    }
}

impl From<OutOfMemory> for Refused {
    #[cold]
    fn from(_: OutOfMemory) -> Refused {
        Refused::Memory
    }
}

impl From<TryReserveError> for Refused {
    #[cold]
    fn from(_: TryReserveError) -> Refused {
        Refused::Memory
    }
}
