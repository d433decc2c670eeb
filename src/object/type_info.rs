//! What memory management may ask of an object: one table of function pointers for each type.
//!
//! Upper floors put a `TypeInfo` first in whatever they know about a type and fill it once. `life` and the
//! collector call upwards only through it.

use super::RawObject;
use crate::sync::{AtomicU32, Ordering};

/// How many references `take` moves out of a long container in one call, or one more.
/// So releasing it needs little memory: two portions with room for fields are one request that cannot fail
/// (`memory`).
pub const TAKEN_AT_ONCE: usize = 4000;

bitflags::bitflags! {
    /// What memory management must know about all objects of a type.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TypeFlags: u32 {
        /// Objects may refer to others and are tracked.
        const HAS_GC = 1 << 0;
        /// Objects have a finalizer; may be set later, when a class gets a `__del__` (B-99).
        const HAS_FINALIZER = 1 << 1;
        /// Objects have a legacy finalizer (`__tp_del__`).
        const LEGACY_FINALIZER = 1 << 2;
        /// Weak references to objects may be made.
        const WEAKREFABLE = 1 << 3;
        /// `extra` attribute words begin at `slots_offset`.
        const INLINE_SLOTS = 1 << 4;
        /// The payload itself owns nothing: with `INLINE_SLOTS`, only the attribute words have to be released.
        const PAYLOAD_OWNS_NOTHING = 1 << 5;
        /// Exact tuples and dicts, which a collection may untrack when they hold only atoms (B-82).
        const MAY_UNTRACK = 1 << 6;
        /// The collector does not clear objects of this type to break a cycle: they are immutable (tuples).
        /// Clearing another object of the cycle breaks it.
        const IMMUTABLE = 1 << 7;
        /// `take` moves everything out, so `drop` has nothing left to free.
        const TAKEN_WHOLE = 1 << 8;
        /// The payload of an instance of exactly this type owns nothing if its `extra` is 0.
        const DROPS_BY_EXTRA = 1 << 9;
        /// Each instance counts a reference to its class.
        /// It is counted per thread while the class has an id (B-33), and by the class's own counts otherwise.
        const COUNTS_CLASS = 1 << 10;
        /// The first bit that `value` may define for itself.
        const UPPER = 1 << 16;
    }
}

/// A function that calls its argument with every reference word of an object's payload.
pub type ShowFn = unsafe fn(RawObject, &mut dyn FnMut(u64));
/// A function that moves every reference word of an object's payload into a vector.
pub type TakeFn = unsafe fn(RawObject, &mut Vec<u64>);

/// What memory management knows of one type; the first field of `Shape` (`value/class/shape.rs`).
#[repr(C)]
pub struct TypeInfo {
    /// The name programs see.
    pub name: &'static str,
    /// Calls its argument with every owned reference word; takes no lock and changes nothing (D-8 to D-12).
    pub show: ShowFn,
    /// Like `show`, with the words of numbers and constants too; for introspection.
    pub show_all: ShowFn,
    /// Moves owned reference words into the vector, in the order in which they are to be released; the payload
    /// stays valid but empty (D-13). If there were `TAKEN_AT_ONCE` or more, another call may yield the rest.
    pub take: TakeFn,
    /// Drops what is left of the payload after `take`.
    pub drop: unsafe fn(RawObject),
    /// Returns the bytes of the block, header included.
    pub size: unsafe fn(RawObject) -> usize,
    /// Runs the finalizer; the function reports errors itself.
    pub finalize: Option<unsafe fn(RawObject)>,
    /// Runs the legacy finalizer.
    pub legacy_finalize: Option<unsafe fn(RawObject)>,
    /// Takes the reference one instance holds on its class. Used when `count_id` is 0.
    pub retain_type: Option<unsafe fn(*const TypeInfo)>,
    /// Gives back the reference one instance held on its class, once the block is gone (D-31). Used when
    /// `count_id` is 0.
    pub release_type: Option<unsafe fn(*const TypeInfo)>,
    flags: AtomicU32,
    /// Id in the per-thread counts of the class that instances refer to; 0 = none (B-33).
    pub count_id: AtomicU32,
    /// Bytes from the header's start to the inline attribute words.
    pub slots_offset: u32,
    /// Block size of a type whose objects are all of one size, else 0.
    pub block_bytes: u32,
}

impl TypeInfo {
    /// Makes the table of a type without references, flags or finalizer.
    pub const fn new(name: &'static str, block_bytes: u32, flags: TypeFlags) -> Self {
        TypeInfo {
            name,
            show: show_nothing,
            show_all: show_nothing,
            take: take_nothing,
            drop: drop_nothing,
            size: size_from_table,
            finalize: None,
            legacy_finalize: None,
            retain_type: None,
            release_type: None,
            flags: AtomicU32::new(flags.bits()),
            count_id: AtomicU32::new(0),
            slots_offset: super::Header::BYTES as u32,
            block_bytes,
        }
    }
    /// Returns a copy of the table, with the flags and the id that it has at this moment.
    pub fn duplicate(&self) -> TypeInfo {
        TypeInfo {
            flags: AtomicU32::new(self.flags.load(Ordering::Relaxed)),
            count_id: AtomicU32::new(self.count_id.load(Ordering::Relaxed)),
            ..*self
        }
    }
    /// Returns the flags.
    #[inline(always)]
    pub fn flags(&self) -> TypeFlags {
        TypeFlags::from_bits_retain(self.flags.load(Ordering::Relaxed))
    }
    /// Tells whether all of `flags` are set.
    #[inline(always)]
    pub fn has(&self, flags: TypeFlags) -> bool {
        self.flags().contains(flags)
    }
    /// Sets flags, for instance when a class gets a finalizer.
    pub fn set_flags(&self, flags: TypeFlags) {
        self.flags.fetch_or(flags.bits(), Ordering::Relaxed);
    }
    /// Clears flags.
    pub fn clear_flags(&self, flags: TypeFlags) {
        self.flags.fetch_and(!flags.bits(), Ordering::Relaxed);
    }
}

/// `show` of a payload without references.
///
/// # Safety
/// None: it looks at nothing.
pub unsafe fn show_nothing(_object: RawObject, _see: &mut dyn FnMut(u64)) {}

/// `take` of a payload without references.
///
/// # Safety
/// None: it looks at nothing.
pub unsafe fn take_nothing(_object: RawObject, _into: &mut Vec<u64>) {}

/// `drop` of a payload that owns nothing.
///
/// # Safety
/// None: it looks at nothing.
pub unsafe fn drop_nothing(_object: RawObject) {}

/// `size` of an object whose type says it all.
///
/// # Safety
/// The object is alive.
pub unsafe fn size_from_table(object: RawObject) -> usize {
    let info = object.type_info();
    if info.block_bytes != 0 {
        info.block_bytes as usize
    } else {
        info.slots_offset as usize + 8 * usize::from(object.extra())
    }
}
