//! How the collector learns which objects an object refers to (CPython: `tp_traverse` and `tp_clear`).
//!
//! A payload lists its reference fields once, in [`references!`](crate::references). Both the function that
//! shows the fields to the collector and the one that takes them out when the object dies are made from that
//! list, so the two cannot disagree. Immutable typed handles (`Ref<T>`) are shown to the collector but are not
//! taken out when a cycle is broken: they are released together with the payload.

use crate::value::value::Value;
use crate::value::word::{self, Word};

/// Something that holds counted references.
pub trait Trace {
    /// Calls `visit` with the word of each counted reference. With `ALL` also with numbers and constants, which
    /// are no references but were stored by a program.
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word));

    /// Moves each counted reference out to `taken`, whose owner must release the words. The caller has made room
    /// for the fields (`make_room`); a container makes room for its items itself, and leaves room for the fields
    /// that come after it.
    fn take(&mut self, taken: &mut Vec<Word>);
}

/// How many reference fields a payload may have, besides those in containers that it owns. A portion of a dict's
/// entries may be one word longer than `TAKEN_AT_ONCE`, which this covers too.
pub const FIELDS: usize = 32;

/// Makes room for the fields of one payload, or of one item of a container.
///
/// Room is asked for once: code that may have to grow the vector at each field costs more than the fields.
#[inline(always)]
pub fn make_room(taken: &mut Vec<Word>) {
    make_room_for(taken, 0);
}

/// Makes room for so many references of a container, and for the fields that come after it. The vector does not grow
/// to more than is asked for, so that it stays a short request.
#[inline(always)]
pub fn make_room_for(taken: &mut Vec<Word>, count: usize) {
    #[cold]
    #[inline(never)]
    fn grow(taken: &mut Vec<Word>, count: usize) {
        taken.reserve_exact(count);
    }
    if taken.capacity() - taken.len() < count + FIELDS {
        grow(taken, count + FIELDS);
    }
}

/// Appends the reference of a field, for which there is room. Panics if there is none.
#[inline(always)]
pub fn push_field(taken: &mut Vec<Word>, word: Word) {
    taken.spare_capacity_mut()[0].write(word);
    // SAFETY: the line above has initialised the word behind the last one, within the capacity.
    unsafe { taken.set_len(taken.len() + 1) };
}

impl Trace for Value {
    #[inline]
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        if word::is_pointer(self.word()) || ALL && !self.is_unbound() {
            visit(self.word());
        }
    }

    #[inline]
    fn take(&mut self, taken: &mut Vec<Word>) {
        if word::is_pointer(self.word()) {
            push_field(taken, Value::take(self).into_word());
        }
    }
}

impl<T: Trace> Trace for Option<T> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        if let Some(inner) = self {
            inner.show::<ALL>(visit);
        }
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        if let Some(inner) = self {
            inner.take(taken);
        }
    }
}

/// What is in the box stays where it is, without its references.
impl<T: Trace> Trace for Box<T> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        (**self).show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        (**self).take(taken);
    }
}

/// Moves out the references of a row of items. Not inline, because it may grow the vector at each item.
#[inline(never)]
pub fn take_items<T: Trace>(items: &mut [T], taken: &mut Vec<Word>) {
    make_room_for(taken, items.len());
    for item in items {
        make_room(taken);
        item.take(taken);
    }
    make_room(taken);
}

/// Taking empties the vector, so that no reader finds an unbound item in it.
impl<T: Trace> Trace for Vec<T> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.iter().for_each(|item| item.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        if !self.is_empty() {
            take_items(&mut std::mem::take(self), taken);
        }
    }
}

impl<T: Trace> Trace for Box<[T]> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.iter().for_each(|item| item.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        take_items(self, taken);
    }
}

impl<T: Trace, const N: usize> Trace for [T; N] {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.iter().for_each(|item| item.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        take_items(self, taken);
    }
}

impl<A: Trace, B: Trace> Trace for (A, B) {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.0.show::<ALL>(visit);
        self.1.show::<ALL>(visit);
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        self.0.take(taken);
        self.1.take(taken);
    }
}

/// Derives [`Trace`] from the one list of a payload's reference fields.
///
/// `references!(Cell { contents });` · `references!(Range {});` for a payload without references.
#[macro_export]
macro_rules! references {
    ($payload:ty { $($field:ident),* $(,)? }) => {
        impl $crate::value::Trace for $payload {
            fn show<const ALL: bool>(&self, _visit: &mut dyn FnMut($crate::value::word::Word)) {
                $($crate::value::Trace::show::<ALL>(&self.$field, _visit);)*
            }

            fn take(&mut self, _taken: &mut Vec<$crate::value::word::Word>) {
                $($crate::value::Trace::take(&mut self.$field, _taken);)*
            }
        }
    };
}
