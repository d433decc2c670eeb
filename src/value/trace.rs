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

    /// Moves each counted reference out to `taken`, whose owner must release the words.
    fn take(&mut self, taken: &mut Vec<Word>);
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
            taken.push(Value::take(self).into_word());
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

/// Taking empties the vector, so that no reader finds an unbound item in it.
impl<T: Trace> Trace for Vec<T> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.iter().for_each(|item| item.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        let mut items = std::mem::take(self);
        items.iter_mut().for_each(|item| item.take(taken));
    }
}

impl<T: Trace> Trace for Box<[T]> {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.iter().for_each(|item| item.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        self.iter_mut().for_each(|item| item.take(taken));
    }
}

impl<T: Trace, const N: usize> Trace for [T; N] {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.iter().for_each(|item| item.show::<ALL>(visit));
    }

    fn take(&mut self, taken: &mut Vec<Word>) {
        self.iter_mut().for_each(|item| item.take(taken));
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
