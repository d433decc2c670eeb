//! Storing and deleting attributes; the caches are those of `attribute.rs`.
//!
//! `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Access, Word};
use crate::protocol;
use crate::value::class::shape::Shape;
use crate::value::word;
use crate::value::{Object, Run, Str, Value};
use crate::vm::code::{Entry, IN_INSTANCE};
use crate::vm::frame::{get, put};
use crate::vm::run::dispatch::{Flow, next, slow};
use crate::vm::run::hot::{block, hot, object, release_next, retained};
use crate::vm::run::ops::attribute::{cacheable, remember_offset};
use crate::vm::run::step::Step;

hot! {
    /// Stores an attribute that lies in the instance.
    fn store_attr(ip, fp, k, thread, word, w) {
        let owner = get(fp, w.b());
        // A value from a local for a temporary owner is rare enough.
        if !word::is_pointer(owner) || w.access() == Access::VALUE_STAYS {
            return store_attr_slow(ip, fp, k, thread, word);
        }
        let raw = object(owner);
        let cache = block(k, w.c() + 1);
        if (cache >> 32) as u32 != Shape::of(raw).id() || thread.is_multi() {
            return store_attr_add(ip, fp, k, thread, word);
        }
        let value = get(fp, w.a());
        let copies = w.access().contains(Access::VALUE_STAYS) || word::is_deferred(value);
        if copies && !retained(thread, value) {
            return store_attr_slow(ip, fp, k, thread, word);
        }
        let slot = raw.at::<u64>(cache as u32 as usize);
        let old = slot.read();
        slot.write(word::owning(value));
        if !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner) {
            if !word::is_owning(old) {
                return release_next(ip, fp, k, thread, owner);
            }
            put(fp, w.a(), old);
            return store_attr_release_both(ip, fp, k, thread, word);
        }
        if word::is_owning(old) {
            return release_next(ip, fp, k, thread, old);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Stores an attribute at a site that has seen several shapes, or one the instance does not have yet.
    fn store_attr_add(ip, fp, k, thread, word, w) {
        let owner = get(fp, w.b());
        let raw = object(owner);
        let Some(entry) = Entry::find(block(k, w.c() + 2), Shape::of(raw).id()) else {
            return store_attr_slow(ip, fp, k, thread, word);
        };
        let in_instance = entry.number == IN_INSTANCE;
        let releases_owner = !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner);
        // A word releases one thing at most, and an attribute that was there has an old value.
        if thread.is_multi()
            || in_instance && releases_owner
            || !in_instance && entry.number >= u32::from(raw.extra())
        {
            return store_attr_slow(ip, fp, k, thread, word);
        }
        let value = get(fp, w.a());
        let copies = w.access().contains(Access::VALUE_STAYS) || word::is_deferred(value);
        if copies && !retained(thread, value) {
            return store_attr_slow(ip, fp, k, thread, word);
        }
        let slot = raw.at::<u64>(entry.word as usize);
        if in_instance {
            let old = slot.read();
            slot.write(word::owning(value));
            if word::is_owning(old) {
                return release_next(ip, fp, k, thread, old);
            }
            return next(ip, fp, k, thread);
        }
        slot.write(word::owning(value));
        raw.set_type(std::ptr::with_exposed_provenance::<crate::object::TypeInfo>(entry.extra as usize));
        if releases_owner {
            return release_next(ip, fp, k, thread, owner);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn store_attr_release_both = release_both }

/// Releases both operands, which are temporaries; the value's slot holds the attribute's old value.
fn release_both(step: &mut Step, word: Word) -> Run<Flow> {
    let (old, owner) = (step.take(word.a()), step.take_temporary(word.b()));
    drop(old);
    step.release_temporary(owner);
    Ok(Flow::Next)
}

slow! { fn store_attr_slow = store_attr_body }

fn store_attr_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (value, owner, name) = (step.view(word.a()), step.view(word.b()), step.name(word.c()));
    let before = owner.as_raw().map(Shape::of);
    protocol::set_attr(step, owner, name, value)?;
    if let Some(before) = before {
        remember_store(step, owner, before, name, word.c());
    }
    let held = [word.a(), word.b()].map(|operand| step.take_temporary(operand));
    step.release_temporaries(held);
    Ok(Flow::Next)
}

fn remember_store(step: &mut Step, owner: &Value, before: &Shape, name: &Object<Str>, site: usize) {
    let Some((after, class)) = cacheable(owner) else { return };
    if !after.has_attributes() || before.is_dict_mode() || before.id() == 0 {
        return;
    }
    if let Some(found) = protocol::class_lookup(class, name)
        && protocol::slots_of(step, &found).descriptor_set.is_some()
    {
        return;
    }
    let Some(index) = after.find(name) else { return };
    let offset = u64::from(after.info.slots_offset) + 8 * index as u64;
    if std::ptr::eq(before, after) {
        remember_offset(step, site, after.id(), offset);
    } else if std::ptr::eq(before.class(), class) {
        let extra = (&raw const *after).expose_provenance() as u64;
        let entry = Entry { id: before.id(), number: index as u32, word: offset, extra, next: 0 };
        step.code().remember(site + 2, entry);
    }
}

/// Deletes an attribute. Raises what `protocol::del_attr` raises.
pub fn delete_attr(step: &mut Step, word: Word) -> Run<Flow> {
    let (first, second) = (step.view(word.b()), step.name(word.c()));
    protocol::del_attr(step, first, second)?;
    step.consume(word.b());
    Ok(Flow::Next)
}
