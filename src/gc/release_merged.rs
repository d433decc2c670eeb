//! Phase: objects that only a queue or a grace period kept alive are freed (B-17).

use super::cycle::Cycle;
use crate::life;
use crate::thread::Thread;

/// Releases the references that draining the queues left over.
pub(super) fn run(thread: &mut Thread, cycle: &mut Cycle) {
    cycle.ran_script |= life::release_orphans(thread);
}
