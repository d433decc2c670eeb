//! The iterator over a text: a reference to it and a byte offset.

use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::text::stored;
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::value::alloc::type_info;
use crate::value::{Args, ClassFlags, Kind, NativeMethod, Payload, Ref, Run, Slots, Str, TypeSpec, Value};

/// The payload of a `str_iterator`.
pub struct StrIterator {
    /// The text.
    pub text: Ref<Str>,
    /// Where the next code point begins, in bytes; the text's length at the end.
    pub offset: AtomicUsize,
}

references!(StrIterator { text });

impl Payload for StrIterator {
    const KIND: Kind = Kind::StrIterator;
}

/// The table of `str_iterator`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::StrIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<StrIterator>,
    slots: Slots {
        iter: Some(|_, iterator| Ok(iterator.clone())),
        next: Some(|thread, iterator| Ok(own::<StrIterator>(iterator).step(thread))),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__length_hint__", "", length_hint),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("__setstate__", "object, /", set_state),
    ],
    attributes: &[],
    doc: "",
};

/// Computes `iter(text)`. Raises nothing.
pub fn iter(thread: &mut Thread, text: &Value) -> Run<Value> {
    let text = own::<Str>(text).to_ref();
    Ok(thread.alloc(StrIterator { text, offset: AtomicUsize::new(0) }).into_value())
}

impl StrIterator {
    /// The next code point as a text; nothing at the end.
    #[inline]
    pub fn step(&self, thread: &mut Thread) -> Option<Value> {
        // Relaxed: threads that share an iterator may see a code point twice, but never half of one,
        // as every offset that is stored is the beginning of one.
        let offset = self.offset.load(Ordering::Relaxed);
        let text = self.text.as_str();
        let &first = text.as_bytes().get(offset)?;
        if first.is_ascii() {
            self.offset.store(offset + 1, Ordering::Relaxed);
            return Some(thread.known().ascii(first));
        }
        let mut rest = stored::code_point_indices(&text[offset..]);
        rest.next()?;
        let end = offset + rest.offset();
        self.offset.store(end, Ordering::Relaxed);
        Some(thread.new_str(&text[offset..end]))
    }
}

fn length_hint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<StrIterator>(args);
    let rest = &iterator.text.as_str()[iterator.offset.load(Ordering::Relaxed)..];
    Ok(thread.new_usize(stored::count(rest)))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, _) = split_self::<StrIterator>(args);
    let (text, offset) = (iterator.text.as_str(), iterator.offset.load(Ordering::Relaxed));
    if offset >= text.len() {
        let empty = thread.new_str("");
        return reduced::builtin_call(thread, "iter", vec![empty]);
    }
    let position = stored::count(&text[..offset]);
    reduced::iterator_at(thread, "iter", iterator.text.to_value(), position as i64)
}

fn set_state(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (iterator, args) = split_self::<StrIterator>(args);
    let [state] = args.exactly();
    let position = reduced::position(state)?.max(0) as usize;
    let text = iterator.text.as_str();
    if iterator.offset.load(Ordering::Relaxed) < text.len() {
        let offset = stored::offset(text, position).unwrap_or(text.len());
        iterator.offset.store(offset, Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
