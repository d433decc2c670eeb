//! When what is in use of a reserve raises an error: once for each step of it.

use crate::sync::{AtomicUsize, Ordering::Relaxed};

/// How far the use of a reserve was told.
#[derive(Debug, Default)]
pub struct Steps {
    /// With more in use than this, an error is due.
    due: AtomicUsize,
}

impl Steps {
    /// None of it is in use.
    pub const fn new() -> Steps {
        Steps { due: AtomicUsize::new(0) }
    }

    /// Whether an error is due for what is in use, as `is_due` would tell.
    pub fn is_beyond(&self, in_use: usize) -> bool {
        in_use > self.due.load(Relaxed)
    }

    /// Whether an error is due for what is in use: for the first of it, and for each further step. Once; what is given
    /// back is told again when it is taken again.
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
