//! Phase: what waited for a grace period is freed (B-45).
//!
//! With the world stopped nobody is reading an old buffer, so every goal counts as reached.

use crate::life;
use crate::thread::WorldStopped;

/// Frees everything that was unlinked but might still have been read.
///
/// References that waited are released once the world runs.
pub(super) fn run(stopped: &WorldStopped<'_>) {
    life::drain_all_delayed(stopped);
}
