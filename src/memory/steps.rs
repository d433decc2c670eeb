//! Decides when the growing use of a reserve raises `MemoryError`: once for each step of so many bytes.

use crate::sync::{AtomicUsize, Ordering::Relaxed};

/// Remembers up to which use of a reserve `MemoryError` has been raised.
#[derive(Debug, Default)]
pub struct Steps {
    /// `MemoryError` must be raised when more than this is in use.
    due: AtomicUsize,
}

impl Steps {
    /// Makes the record of a reserve of which nothing is in use.
    pub const fn new() -> Steps {
        Steps { due: AtomicUsize::new(0) }
    }

    /// Tells whether `is_due` would answer true, without noting it.
    pub fn is_beyond(&self, in_use: usize) -> bool {
        in_use > self.due.load(Relaxed)
    }

    /// Tells whether `MemoryError` must be raised for what is in use: for the first use, and again for each
    /// `step` more. Answers true once for each; what is given back and taken again counts again.
    pub fn is_due(&self, in_use: usize, step: usize) -> bool {
        // Relaxed: a guess, which is made anew at the next safepoint.
        let due = self.due.load(Relaxed);
        if in_use > due || in_use + 2 * step < due || in_use == 0 {
            self.due.store(if in_use == 0 { 0 } else { in_use + step }, Relaxed);
        }
        in_use > due
    }
}

#[cfg(test)]
mod tests {
    use super::Steps;

    /// One error for the first, one for each step, and again for what was given back.
    #[test]
    fn each_step_is_told_once() {
        let steps = Steps::new();
        let told = |in_use: std::ops::Range<usize>| {
            in_use.filter(|&bytes| steps.is_due(bytes, 10)).collect::<Vec<_>>()
        };
        assert_eq!(told(0..40), [1, 12, 23, 34]);
        assert!(!steps.is_due(30, 10));
        assert!(!steps.is_due(5, 10));
        assert_eq!(told(5..20), [16]);
        assert_eq!(told(0..3), [1]);
    }
}
