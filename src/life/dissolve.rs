//! Frees what the last objects of a heap own outside of it, when a runtime ends.
//!
//! A runtime that ends still has its types and whatever an immortal object holds. Their blocks go with the
//! pages; this gives back the buffers of their payloads, so that a program may start and end any number of
//! runtimes.

use rustc_hash::FxHashMap;

use crate::heap;
use crate::object::{RawObject, TypeFlags};
use crate::thread::{Thread, world};

/// Drops the payload of every object that is left in the heap. No script code runs, and nothing is finalized.
///
/// # Safety
/// Nobody looks at an object of the heap any more, and the thread is its last.
pub unsafe fn dissolve(thread: &mut Thread) {
    // The types' own tables are payloads too: the functions are looked up before the first one goes, and no
    // payload may ask what type another object has. Classes and weak references do, so
    // they look whether their heap is dissolved. Each object keeps the number of its function in its scratch word.
    let mut drops: Vec<unsafe fn(RawObject)> = Vec::new();
    let mut numbers: FxHashMap<usize, u32> = FxHashMap::default();
    let stopped = world::stop(thread);
    heap::for_each_page(&stopped, |page| {
        for object in page.blocks() {
            // Payloads refer to each other: with every object immortal, the order does not matter.
            object.counts().make_immortal();
            let info = object.type_info();
            let number = match info.has(TypeFlags::PAYLOAD_OWNS_NOTHING) {
                true => 0,
                false => *numbers.entry(info.drop as usize).or_insert_with(|| {
                    drops.push(info.drop);
                    drops.len() as u32
                }),
            };
            object.set_scratch(number);
        }
    });
    heap::for_each_page(&stopped, |page| {
        for object in page.blocks() {
            if let Some(at) = (object.scratch() as usize).checked_sub(1) {
                // SAFETY: the block is still there, nobody looks at the payload, and it is dropped once.
                unsafe { drops[at](object) };
            }
        }
    });
    stopped.resume();
}
