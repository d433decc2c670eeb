//! Phase: memory that waits for a grace period is freed (B-45).
//!
//! With the world stopped nobody reads an old buffer, so every goal counts as reached.

use crate::life;
use crate::thread::WorldStopped;

/// Frees everything that waits for a grace period.
///
/// References that waited are released once the world runs.
pub(super) fn run(stopped: &WorldStopped<'_>) {
    life::drain_all_delayed(stopped);
}
