//! The objects of these tests: rows of reference words, some with a finalizer, some with their own buffer.

use crate::life;
use crate::object::{RawObject, TypeFlags, TypeInfo, word};
use crate::thread::{Hooks, Registration, Runtime, Thread, ThreadState, with_current};
use std::cell::RefCell;

/// How many objects make a long chain; Miri is slow.
pub const LONG: usize = if cfg!(miri) { 120 } else { 1_000_000 };

/// Words below one page that are no pointers.
pub const NOTHING: u64 = 9;

thread_local! {
    /// What finalizers and callbacks of this thread have to tell.
    pub static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// Where a finalizer stores what it brings back.
    pub static SAVED: RefCell<Vec<RawObject>> = const { RefCell::new(Vec::new()) };
}

pub fn log(line: impl Into<String>) {
    LOG.with_borrow_mut(|log| log.push(line.into()));
}

pub fn take_log() -> Vec<String> {
    LOG.take()
}

/// A row of slots without finalizer, torn down by the short path.
pub fn node_type() -> &'static TypeInfo {
    let flags = TypeFlags::HAS_GC
        | TypeFlags::INLINE_SLOTS
        | TypeFlags::PAYLOAD_OWNS_NOTHING
        | TypeFlags::WEAKREFABLE;
    let mut info = TypeInfo::new("node", 0, flags);
    (info.show, info.take) = (show_slots, take_slots);
    Box::leak(Box::new(info))
}

/// A row of slots that goes through `take`.
pub fn taken_type() -> &'static TypeInfo {
    let mut info = TypeInfo::new("taken", 0, TypeFlags::HAS_GC | TypeFlags::WEAKREFABLE);
    (info.show, info.take, info.drop) = (show_slots, take_slots, log_drop);
    Box::leak(Box::new(info))
}

/// A row of slots with this finalizer.
pub fn finalized_type(finalize: unsafe fn(RawObject)) -> &'static TypeInfo {
    let flags = TypeFlags::HAS_GC | TypeFlags::HAS_FINALIZER | TypeFlags::WEAKREFABLE;
    let mut info = TypeInfo::new("finalized", 0, flags);
    (info.show, info.take, info.drop) = (show_slots, take_slots, log_drop);
    info.finalize = Some(finalize);
    Box::leak(Box::new(info))
}

fn slots(object: RawObject) -> &'static mut [u64] {
    // SAFETY: every object of these tests has `extra` initialised words behind its header.
    unsafe { std::slice::from_raw_parts_mut(object.payload::<u64>(), usize::from(object.extra())) }
}

unsafe fn show_slots(object: RawObject, see: &mut dyn FnMut(u64)) {
    slots(object).iter().for_each(|&word| see(word));
}

unsafe fn take_slots(object: RawObject, into: &mut Vec<u64>) {
    let taken = slots(object).iter_mut().map(|slot| std::mem::replace(slot, NOTHING));
    into.extend(taken.filter(|&word| word::is_pointer(word)));
}

unsafe fn log_drop(_object: RawObject) {
    if !cfg!(miri) || LOG.with_borrow(Vec::len) < 1000 {
        log("dropped");
    }
}

/// Makes a tracked object whose slots take over the given references.
pub fn make(thread: &ThreadState, info: &'static TypeInfo, children: &[RawObject]) -> RawObject {
    let bytes = 32 + 8 * children.len();
    // SAFETY: the type is never freed, and the slots are written right below.
    let object = unsafe { life::allocate(thread, info, bytes, children.len() as u16) };
    for (at, &child) in children.iter().enumerate() {
        // SAFETY: the block has room for that many words.
        unsafe { object.payload::<u64>().add(at).write(word::owned(child)) };
    }
    life::track(object);
    object
}

/// A runtime with one registered thread, this one.
pub fn alone() -> Registration {
    Runtime::new(Hooks::none()).register()
}

/// Runs something on another registered thread and waits for its end, detached.
pub fn elsewhere<R: Send>(thread: &mut Thread, run: impl FnOnce(&mut Thread) -> R + Send) -> R {
    let runtime = thread.runtime().to_arc();
    thread.detached(|| {
        std::thread::scope(|scope| {
            let other = scope.spawn(move || {
                let mut there = runtime.register();
                let result = run(there.thread());
                life::leave(there);
                result
            });
            other.join().expect("the other thread does not panic")
        })
    })
}

/// Releases on the current thread.
pub fn release(object: RawObject) {
    life::release(object);
}

/// The current thread's id.
pub fn me() -> u32 {
    with_current(|thread| thread.id)
}
