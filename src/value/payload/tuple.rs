//! The tuple payload: a length and the items behind it, in the same block.
//!
//! ```text
//! header │ len │ inline attribute words (classes written in the script) │ items
//! ```
//!
//! Items never change once the tuple is built. The methods scripts call are in `types/tuple.rs`.

use crate::object::{Header, TAKEN_AT_ONCE, TypeFlags};
use crate::sync::Ordering;
use crate::value::class::kind::Kind;
use crate::value::object::{Object, Payload};
use crate::value::trace::{Trace, make_room_for};
use crate::value::value::Value;
use crate::value::word::Word;

/// The payload of a tuple; `len` values follow it.
#[repr(C)]
pub struct Tuple {
    len: usize,
    items: [Value; 0],
}

impl Tuple {
    /// Bytes of the payload of a tuple of `len` items.
    pub(in crate::value) const fn bytes(len: usize) -> usize {
        size_of::<Tuple>() + len * size_of::<Value>()
    }

    pub(in crate::value) const fn header(len: usize) -> Tuple {
        Tuple { len, items: [] }
    }

    /// Returns the bytes between payload and items. The attribute words are at the same offset as for any other
    /// payload.
    #[inline(always)]
    pub(in crate::value) const fn attribute_bytes(capacity: u16) -> usize {
        const PADDING: usize =
            size_of::<Object<Tuple>>() - Object::<Tuple>::PAYLOAD_OFFSET - size_of::<Tuple>();
        if capacity == 0 { 0 } else { PADDING + capacity as usize * size_of::<Word>() }
    }

    /// Returns the address of the first item, behind the attribute words.
    #[inline(always)]
    fn first(&self) -> usize {
        let end = self.items.as_ptr().addr();
        let header = end - size_of::<Tuple>() - Header::BYTES;
        // SAFETY: a tuple lies behind its header, in a block whose provenance is exposed.
        let header = unsafe { &*std::ptr::with_exposed_provenance::<Header>(header) };
        // Relaxed: written before anybody saw the tuple.
        end + Tuple::attribute_bytes(header.extra.load(Ordering::Relaxed))
    }

    /// The items.
    #[inline(always)]
    pub fn items(&self) -> &[Value] {
        // SAFETY: the allocator wrote `len` values there before anybody saw them. The pointer comes
        // from the object's block, whose provenance is exposed.
        unsafe {
            let first = std::ptr::with_exposed_provenance::<Value>(self.first());
            std::slice::from_raw_parts(first, self.len)
        }
    }
}

impl Object<Tuple> {
    /// How many items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no items.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Trace for Tuple {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.items().iter().for_each(|item| item.show::<ALL>(visit));
    }

    /// Takes the last item first, a portion at a time. Items that were taken are no longer counted in `len`.
    fn take(&mut self, taken: &mut Vec<Word>) {
        let first = std::ptr::with_exposed_provenance_mut::<Value>(self.first());
        let full = taken.len() + TAKEN_AT_ONCE;
        make_room_for(taken, self.len.min(TAKEN_AT_ONCE));
        while self.len > 0 && taken.len() < full {
            self.len -= 1;
            // SAFETY: the item was initialised and the tuple is dying: nobody else looks at it.
            Trace::take(unsafe { &mut *first.add(self.len) }, taken);
        }
    }
}

impl Payload for Tuple {
    const KIND: Kind = Kind::Tuple;
    const FLAGS: TypeFlags = TypeFlags::HAS_GC.union(TypeFlags::IMMUTABLE).union(TypeFlags::MAY_UNTRACK);
}
