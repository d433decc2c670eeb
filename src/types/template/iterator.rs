//! The iterator of a template: its texts, except empty ones, and its interpolations, in order.

use crate::references;
use crate::sync::{AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::own;
use crate::types::template::{Template, items};
use crate::value::{ClassFlags, Kind, Payload, Run, Slots, Str, TypeSpec, Value, alloc};

/// The payload of the iterator.
pub struct TemplateIterator {
    template: Value,
    /// How many parts it has come by: texts at even numbers, interpolations at odd ones.
    position: AtomicUsize,
}

references!(TemplateIterator { template });

impl Payload for TemplateIterator {
    const KIND: Kind = Kind::TemplateIterator;
}

/// Returns an iterator over a template. Raises nothing.
pub fn iter(thread: &mut Thread, template: &Value) -> Run<Value> {
    let iterator = TemplateIterator { template: template.clone(), position: AtomicUsize::new(0) };
    Ok(thread.alloc(iterator).into_value())
}

fn next(_thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let iterator = own::<TemplateIterator>(iterator);
    let template = own::<Template>(&iterator.template);
    loop {
        // Relaxed: the number guards nothing else.
        let position = iterator.position.fetch_add(1, Ordering::Relaxed);
        let from = if position.is_multiple_of(2) { &template.strings } else { &template.interpolations };
        let Some(part) = items(from).get(position / 2) else {
            iterator.position.store(position, Ordering::Relaxed);
            return Ok(None);
        };
        if part.downcast_ref::<Str>().is_some_and(|text| text.as_str().is_empty()) {
            continue;
        }
        return Ok(Some(part.clone()));
    }
}

/// The type of the iterators of templates.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::TemplateIterator,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: alloc::type_info::<TemplateIterator>,
    slots: Slots { iter: Some(|_, iterator| Ok(iterator.clone())), next: Some(next), ..Slots::EMPTY },
    methods: &[],
    attributes: &[],
    doc: "",
};
