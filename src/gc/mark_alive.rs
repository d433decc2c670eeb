//! Phase: what is reachable from the roots is marked first.
//!
//! The roots are every slot of every thread's stack, deferred references included (B-24), the namespace of
//! `sys`, every built-in class and every frozen object. They reach most of the living heap, so the phases that
//! count references look only at the rest.

use super::cycle::Cycle;
use crate::heap;
use crate::object::GcBits;
use crate::thread::WorldStopped;
use crate::value::{ErrorKind, Kind, word};

/// Marks everything reachable from the roots.
pub(super) fn run(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    heap::prepare_marks(stopped);
    heap::for_each_page(stopped, |page| cycle.sealed += page.sealed_count());
    let marker = &mut cycle.marker;
    for thread in stopped.threads() {
        stopped.visit_stack(thread, &mut |word| {
            if let Some(object) = word::to_raw(word) {
                marker.push(stopped, object);
            }
        });
    }
    let known = stopped.thread().known();
    // Through `sys.modules` all that modules hold, whether or not one of their functions is running.
    if let Some(namespace) = known.sys_namespace_if_made() {
        marker.push(stopped, namespace.raw());
    }
    for &kind in Kind::ALL {
        if let Some(shape) = known.shape_if_made(kind) {
            marker.push(stopped, shape.class().raw());
        }
    }
    for &error in ErrorKind::ALL {
        if let Some(shape) = known.error_shape_if_made(error) {
            marker.push(stopped, shape.class().raw());
        }
    }
    marker.drain(stopped);
    if cycle.has_frozen {
        mark_frozen(stopped, cycle);
    }
}

/// Marks frozen objects as reachable, with all they refer to (B-133).
fn mark_frozen(stopped: &WorldStopped<'_>, cycle: &mut Cycle) {
    heap::for_each_page(stopped, |page| {
        for object in page.blocks().filter(|object| object.has(GcBits::FROZEN)) {
            cycle.marker.push(stopped, object);
        }
    });
    cycle.marker.drain(stopped);
}
