//! Implements the questions of scripts about the heap: which objects are tracked, who refers to whom, what is
//! frozen.
//!
//! Each function gathers counted references in a short pause and makes its list after it (D-38). Trash of a
//! running collection and frozen objects are left out (B-126, B-130).

use super::edges::{as_class, for_each_edge_of_whole, for_each_referent, retain};
use crate::heap;
use crate::memory::{self, OutOfMemory};
use crate::object::{GcBits, RawObject};
use crate::sync::Ordering::Relaxed;
use crate::thread::{Thread, WorldStopped, world};
use crate::value::Value;

/// Returns every tracked object (`gc.get_objects`). Fails if there is no memory for the list.
pub fn get_objects(thread: &mut Thread) -> Result<Vec<Value>, OutOfMemory> {
    gather(thread, |_, _| true)
}

/// Every tracked object that refers to one of `targets` directly (`gc.get_referrers`).
pub fn get_referrers(thread: &mut Thread, targets: &[Value]) -> Result<Vec<Value>, OutOfMemory> {
    let targets: Vec<RawObject> = memory::collect(targets.iter().filter_map(Value::as_raw))?;
    gather(thread, |stopped, object| {
        let mut refers = false;
        for_each_edge_of_whole(stopped, object, |child| refers |= targets.contains(&child));
        refers
    })
}

/// Everything `objects` refer to directly, once for each reference, numbers included (`gc.get_referents`).
pub fn get_referents(thread: &mut Thread, objects: &[Value]) -> Result<Vec<Value>, OutOfMemory> {
    let stopped = world::stop(thread);
    let mut referents = Vec::new();
    let mut has_room = true;
    for object in objects.iter().filter_map(Value::as_raw) {
        for_each_referent(&stopped, object, &mut |referent| {
            has_room = has_room && referents.try_reserve(1).is_ok();
            if has_room {
                referents.push(referent.retained(&stopped));
            }
        });
    }
    stopped.resume();
    if has_room { Ok(referents) } else { Err(OutOfMemory) }
}

/// Whether the finalizer of an object has been called (`gc.is_finalized`).
pub fn is_finalized(value: &Value) -> bool {
    value.as_raw().is_some_and(|object| object.has(GcBits::FINALIZED))
}

/// Tells whether the collector traverses an object (`gc.is_tracked`). Built-in classes are not: they never die,
/// and CPython does not traverse them either.
pub fn is_tracked(value: &Value) -> bool {
    let is_builtin = |object| as_class(object).is_some_and(|class| class.root_shape().is_builtin());
    value.as_raw().is_some_and(|object| object.has(GcBits::TRACKED) && !is_builtin(object))
}

/// Sets every tracked object aside, except the trash of a running collection (B-131, B-134).
pub fn freeze(thread: &mut Thread) {
    let stopped = world::stop(thread);
    let mut frozen = 0;
    for_each_listed(&stopped, |object| {
        object.set_bits(GcBits::FROZEN);
        frozen += 1;
    });
    stopped.runtime().gc.frozen.fetch_add(frozen, Relaxed);
    stopped.resume();
}

/// Makes frozen objects ordinary ones again.
pub fn unfreeze(thread: &mut Thread) {
    let stopped = world::stop(thread);
    heap::for_each_page(&stopped, |page| {
        for object in page.blocks() {
            object.clear_bits(GcBits::FROZEN);
        }
    });
    stopped.runtime().gc.frozen.store(0, Relaxed);
    stopped.resume();
}

/// Returns how many objects are frozen, not counting those that have died since.
pub fn frozen_count(thread: &mut Thread) -> usize {
    let stopped = world::stop(thread);
    let mut count = 0;
    heap::for_each_page(&stopped, |page| {
        count += page.blocks().filter(|object| object.has(GcBits::FROZEN)).count()
    });
    stopped.resume();
    count
}

fn gather(
    thread: &mut Thread,
    wanted: impl Fn(&WorldStopped<'_>, RawObject) -> bool,
) -> Result<Vec<Value>, OutOfMemory> {
    let stopped = world::stop(thread);
    let mut found = Vec::new();
    let mut has_room = true;
    for_each_listed(&stopped, |object| {
        if has_room && wanted(&stopped, object) {
            has_room = found.try_reserve(1).is_ok();
            if has_room {
                found.push(retain(&stopped, object));
            }
        }
    });
    stopped.resume();
    // What was found is given back with the world running.
    if has_room { Ok(found) } else { Err(OutOfMemory) }
}

/// Calls `see` with each tracked object that is neither frozen nor trash.
fn for_each_listed(stopped: &WorldStopped<'_>, mut see: impl FnMut(RawObject)) {
    heap::for_each_page(stopped, |page| {
        for object in page.blocks() {
            let bits = object.bits();
            if bits.contains(GcBits::TRACKED) && !bits.intersects(GcBits::FROZEN.union(GcBits::UNREACHABLE)) {
                see(object);
            }
        }
    });
}
