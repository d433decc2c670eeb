//! The audit: every count equals what refers to it, every header is in order.
//!
//! With the world stopped, the references inside the heap are counted anew, by object. An object that
//! is counted less often than it is referred to would die too early: a fault. One that is counted more
//! often is held from outside the heap (by native code, by the stack), which is no fault in itself.

use rustc_hash::FxHashMap;

use super::edges::for_each_edge;
use crate::heap;
use crate::life;
use crate::object::{GcBits, RawObject, SharedState};
use crate::thread::{Thread, world};
use crate::value::word;

/// Something wrong with one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Its type.
    pub type_name: &'static str,
    /// Its address.
    pub address: usize,
    /// What is wrong.
    pub what: String,
}

/// Stops the world and checks the whole heap; an empty answer is good news.
pub fn verify(thread: &mut Thread) -> Vec<Fault> {
    let stopped = world::stop(thread);
    super::merge_refcounts::run(&stopped);
    let mut inbound: FxHashMap<RawObject, i64> = FxHashMap::default();
    let mut objects: Vec<RawObject> = Vec::new();
    heap::for_each_page(&stopped, |page| {
        for object in page.blocks() {
            // What is being torn down has given its references up, or is about to; a destructor of one of
            // its fields may be what collects.
            if is_dying(object) {
                continue;
            }
            objects.push(object);
            for_each_edge(object, |child| *inbound.entry(child).or_default() += 1);
        }
    });
    for state in stopped.threads() {
        stopped.visit_stack(state, &mut |word| {
            if let Some(object) = word::to_raw(word)
                && !word::is_deferred(word)
            {
                *inbound.entry(object).or_default() += 1;
            }
        });
    }
    let mut faults = Vec::new();
    let live: rustc_hash::FxHashSet<RawObject> = objects.iter().copied().collect();
    for (&object, &references) in &inbound {
        if !live.contains(&object) {
            faults.push(Fault {
                type_name: "freed block",
                address: object.address(),
                what: format!("{references} references lead to it"),
            });
        }
    }
    let mut fault = |object: RawObject, what: String| {
        faults.push(Fault { type_name: object.type_info().name, address: object.address(), what });
    };
    for object in objects {
        check_header(object, &mut fault);
        if object.is_immortal() {
            continue;
        }
        let counted = life::count_without_bias(object);
        let references = inbound.get(&object).copied().unwrap_or(0);
        if counted < references {
            fault(object, format!("counted {counted} times, referred to {references} times"));
        }
    }
    stopped.resume();
    super::release_merged::run(thread);
    faults
}

/// Whether an object's last reference is gone. Deferral alone keeps a count above zero.
fn is_dying(object: RawObject) -> bool {
    !object.is_immortal() && object.counts().total() == 0
}

/// Checks what must hold of every header outside of a collection (B-5).
fn check_header(object: RawObject, fault: &mut impl FnMut(RawObject, String)) {
    let counts = object.counts();
    if object.is_immortal() {
        return;
    }
    if (counts.owner() == 0) != (counts.shared().state() == SharedState::Merged) {
        fault(
            object,
            format!(
                "owner {} and merged {} disagree",
                counts.owner(),
                (counts.shared().state() == SharedState::Merged)
            ),
        );
    }
    if (counts.shared().state() == SharedState::Merged) && counts.local() != 0 {
        fault(object, format!("merged, but the local count is {}", counts.local()));
    }
    if object.has(GcBits::ALIVE) {
        fault(object, "marked alive outside of a collection".to_owned());
    }
}
