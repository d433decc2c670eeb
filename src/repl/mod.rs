//! The read-eval-print loop.
