//! Attributes and methods, by the shape an inline cache has seen.
//!
//! | word of a site | holds |
//! |---|---|
//! | name | the attribute's name |
//! | cache | `shape id << 32 \| byte offset` of an attribute that lies in the instance |
//! | entry | the address of an [`Entry`]: a method, a value of the class, or the shape after adding the name |
//!
//! A shape's id is fresh whenever its class changes and never used again, so whoever meets an id in a
//! cache knows that what was cached with it still holds. `SAFETY` of all handlers: see `vm/run/dispatch.rs`.

use crate::bytecode::{Access, Form, Word};
use crate::object::GcBits;
use crate::protocol;
use crate::sync::AtomicU64;
use crate::thread::ThreadState;
use crate::types::object::instance;
use crate::types::table::get_set::GetSet;
use crate::types::table::native_function::MethodDescriptor;
use crate::value::class::shape::Shape;
use crate::value::word;
use crate::value::{Class, ClassFlags, GetterFn, Kind, Object, Run, StackRef, Str, Value};
use crate::vm::code::{COMPUTED, Entry, IN_INSTANCE};
use crate::vm::frame::{get, put};
use crate::vm::run::dispatch::{Exit, Flow, next, slow};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{block, object, release_next, retained, store_next};
use crate::vm::run::step::Step;

/// Loads an attribute of an object, to a temporary (`STORE` off) or a local.
///
/// # Safety
/// See `vm/run/dispatch.rs`.
pub unsafe extern "C" fn load_attr<const STORE: bool>(
    ip: *const Word,
    fp: *mut StackRef,
    k: *const AtomicU64,
    thread: &ThreadState,
    word: u64,
) -> Exit {
    let w = Word::from_bits(word);
    // SAFETY: see `vm/run/dispatch.rs`.
    unsafe {
        let owner = get(fp, w.b());
        if !word::is_pointer(owner) {
            return load_attr_slow(ip, fp, k, thread, word);
        }
        let raw = object(owner);
        let cache = block(k, w.c() + 1);
        if (cache >> 32) as u32 != Shape::of(raw).id() || thread.is_multi() {
            return load_attr_entry(ip, fp, k, thread, word);
        }
        let value = raw.at::<u64>(cache as u32 as usize).read();
        if value == word::UNBOUND || !retained(thread, value) {
            return load_attr_slow(ip, fp, k, thread, word);
        }
        if STORE {
            return store_next(ip, fp, k, thread, w.a(), value);
        }
        put(fp, w.a(), value);
        if !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner) {
            return release_next(ip, fp, k, thread, owner);
        }
        next(ip, fp, k, thread)
    }
}

hot! {
    /// Loads an attribute at a site that has seen several shapes, or a value of the class that is no
    /// descriptor.
    fn load_attr_entry(ip, fp, k, thread, word, w) {
        let owner = get(fp, w.b());
        let raw = object(owner);
        let Some(entry) = Entry::find(block(k, w.c() + 2), Shape::of(raw).id()) else {
            return load_attr_slow(ip, fp, k, thread, word);
        };
        if entry.number == COMPUTED {
            return load_attr_slow(ip, fp, k, thread, word);
        }
        let value = if entry.number == IN_INSTANCE {
            raw.at::<u64>(entry.word as usize).read()
        } else {
            word::owning(entry.word)
        };
        if value == word::UNBOUND || thread.is_multi() || !retained(thread, value) {
            return load_attr_slow(ip, fp, k, thread, word);
        }
        if w.row().form.contains(Form::STORES) {
            return store_next(ip, fp, k, thread, w.a(), value);
        }
        put(fp, w.a(), value);
        if !w.access().intersects(Access::OBJECT_STAYS) && word::is_owning(owner) {
            return release_next(ip, fp, k, thread, owner);
        }
        next(ip, fp, k, thread)
    }
}

slow! { fn load_attr_slow = load_attr_body }

fn load_attr_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (owner, name) = (step.view(word.b()), step.name(word.c()));
    if let Some(get) = computed(step, owner, word.c()) {
        let value = get(step, owner)?;
        return Ok(step.finish_unary(word.a(), word.b(), value));
    }
    if let Some(value) = class_value(step, owner, name, word.c()) {
        return Ok(step.finish_unary(word.a(), word.b(), value));
    }
    let value = protocol::get_attr(step, owner, name)?;
    remember_load(step, owner, name, word.c());
    remember_class_value(step, owner, name, word.c());
    Ok(step.finish_unary(word.a(), word.b(), value))
}

/// Returns the function that computes an attribute, if this site has found it in the object's class before.
fn computed(step: &Step, owner: &Value, site: usize) -> Option<GetterFn> {
    let shape = Shape::of(owner.as_raw()?);
    // SAFETY: a chain that `Code::remember` built; entries live as long as the code.
    let entry = unsafe { Entry::find(step.cache(site + 2), shape.id()) }?;
    if entry.number != COMPUTED || shape.kind == Kind::Class {
        return None;
    }
    // The class has the id still, so it has the descriptor.
    let descriptor = StackRef::from_word(entry.word);
    descriptor.as_value().downcast_ref::<GetSet>().map(|descriptor| descriptor.attribute.get)
}

/// Returns the class, if its attributes can be read without its metaclass: the metaclass is `type` itself, and
/// only special methods and `mro` of `type` could hide an attribute.
fn class_without_hooks<'a>(step: &Step, owner: &'a Value, name: &Object<Str>) -> Option<&'a Object<Class>> {
    let class = owner.downcast_ref::<Class>()?;
    let has_no_hooks = std::ptr::eq(class.shape(), step.known().shape(Kind::Class));
    if has_no_hooks && !name.as_str().starts_with("__") { Some(class) } else { None }
}

/// A value of a class that this site has loaded before, by the id of the class's first shape.
fn class_value(step: &Step, owner: &Value, name: &Object<Str>, site: usize) -> Option<Value> {
    let class = class_without_hooks(step, owner, name)?;
    // SAFETY: a chain that `Code::remember` built; entries live as long as the code.
    let entry = unsafe { Entry::find(step.cache(site + 2), class.root_shape().id()) }?;
    if entry.number >= COMPUTED || step.is_multi() {
        return None;
    }
    Some(StackRef::from_word(entry.word).as_value().clone())
}

/// Tells whether values in a class or its bases have been replaced, so that they may be again.
/// Only values that are no descriptors count.
fn has_volatile_values(class: &Object<Class>) -> bool {
    let volatile = |class: &Object<Class>| class.flags().contains(ClassFlags::VOLATILE_VALUES).then_some(());
    class.find_in_order(volatile).is_some()
}

fn remember_class_value(step: &mut Step, owner: &Value, name: &Object<Str>, site: usize) {
    let Some(class) = class_without_hooks(step, owner, name) else { return };
    let id = class.root_shape().id();
    let Some(found) = protocol::class_lookup(class, name).filter(|_| id != 0) else { return };
    let slots = protocol::slots_of(step, &found);
    let is_value = slots.descriptor_get.is_none() && slots.descriptor_set.is_none();
    if is_value && !has_volatile_values(class) {
        let entry = Entry { id, number: 0, word: entry_word(&found), extra: 0, next: 0 };
        step.code().remember(site + 2, entry);
    }
}

/// Returns the class of an object, if inline caches may be used for its attributes.
pub(super) fn cacheable(owner: &Value) -> Option<(&Shape, &Object<Class>)> {
    let shape = Shape::of(owner.as_raw()?);
    let class = shape.class();
    let is_odd = class.flags().contains(ClassFlags::CUSTOM_ATTRIBUTES)
        || shape.is_dict_mode()
        || shape.id() == 0
        || matches!(
            shape.kind,
            Kind::Class | Kind::Module | Kind::Super | Kind::WeakProxy | Kind::WeakCallableProxy
        );
    if is_odd { None } else { Some((shape, class)) }
}

fn remember_load(step: &mut Step, owner: &Value, name: &Object<Str>, site: usize) {
    let Some((shape, class)) = cacheable(owner) else { return };
    let found = protocol::class_lookup(class, name);
    let is_descriptor = |found: &Value| {
        let slots = protocol::slots_of(step, found);
        (slots.descriptor_get.is_some(), slots.descriptor_set.is_some())
    };
    let (gets, sets) = found.as_ref().map_or((false, false), is_descriptor);
    if let Some(found) = found.as_ref().filter(|found| found.kind() == Kind::GetSet) {
        let word = word::deferred(found.word());
        step.code().remember(site + 2, Entry { id: shape.id(), number: COMPUTED, word, extra: 0, next: 0 });
    } else if shape.has_attributes()
        && let Some(index) = shape.find(name)
    {
        if !sets {
            let offset = shape.info.slots_offset as u64 + 8 * index as u64;
            remember_offset(step, site, shape.id(), offset);
        }
    } else if let Some(found) = found
        && !gets
        && !sets
        && !has_volatile_values(class)
    {
        let entry = Entry { id: shape.id(), number: 0, word: entry_word(&found), extra: 0, next: 0 };
        step.code().remember(site + 2, entry);
    }
}

/// Records where an attribute lies: in the cache word, or in a new entry if that is in use.
pub(super) fn remember_offset(step: &mut Step, site: usize, id: u32, offset: u64) {
    if step.cache(site + 1) == 0 {
        step.set_cache(site + 1, u64::from(id) << 32 | offset);
    } else {
        step.code().remember(site + 2, Entry { id, number: IN_INSTANCE, word: offset, extra: 0, next: 0 });
    }
}

/// Returns the word for something found in a class: deferred if it needs no count, else the class owns it.
fn entry_word(found: &Value) -> u64 {
    match found.as_raw() {
        Some(object) if object.has(GcBits::DEFERRED) || object.is_immortal() => word::deferred(found.word()),
        _ => word::owning(found.word()),
    }
}

hot! {
    /// Loads a method and its `self` into two slots, for the call that follows.
    fn load_method(ip, fp, k, thread, word, w) {
        let owner = get(fp, w.b());
        if !word::is_pointer(owner) {
            return load_method_slow(ip, fp, k, thread, word);
        }
        let Some(entry) = Entry::find(block(k, w.c() + 2), Shape::of(object(owner)).id()) else {
            return load_method_slow(ip, fp, k, thread, word);
        };
        if thread.is_multi() || !retained_unless_deferred(thread, entry.word) {
            return load_method_slow(ip, fp, k, thread, word);
        }
        let this = if !w.access().intersects(Access::OBJECT_STAYS) {
            owner
        } else if w.access().contains(Access::OBJECT_BORROWED) {
            word::deferred(owner)
        } else {
            if !retained(thread, owner) {
                return load_method_receiver_slow(ip, fp, k, thread, word);
            }
            word::owning(owner)
        };
        put(fp, w.a(), entry.word);
        put(fp, w.a() + 1, this);
        next(ip, fp, k, thread)
    }
}

/// Adds a reference to the object of a word, unless it is deferred; false if that takes more than a plain
/// store.
///
/// # Safety
/// The word leads to a live object.
#[inline(always)]
unsafe fn retained_unless_deferred(thread: &ThreadState, held: u64) -> bool {
    // SAFETY: the caller promises that the word leads to a live object.
    word::is_deferred(held) || unsafe { retained(thread, held) }
}

slow! { fn load_method_slow = load_method_body }
slow! { fn load_method_receiver_slow = load_method_after_retain }

/// Loads a method of an object of another thread; the method's count, if it was taken, is given back first.
fn load_method_after_retain(step: &mut Step, word: Word) -> Run<Flow> {
    let id = step.view(word.b()).as_raw().map_or(0, |raw| Shape::of(raw).id());
    // SAFETY: a chain that `Code::remember` built; entries live as long as the code.
    let entry = unsafe { Entry::find(step.cache(word.c() + 2), id) };
    if let Some(entry) = entry
        && !word::is_deferred(entry.word)
    {
        // SAFETY: the hot handler took this count.
        drop(unsafe { Value::from_word(entry.word) });
    }
    load_method_body(step, word)
}

fn load_method_body(step: &mut Step, word: Word) -> Run<Flow> {
    let (owner, name, site) = (step.view(word.b()), step.name(word.c()), word.c());
    if let Some((shape, class)) = cacheable(owner)
        && let Some(found) = protocol::class_lookup(class, name)
        && is_method(step, &found, owner)
        && !(shape.has_attributes() && shape.find(name).is_some())
    {
        let entry = Entry { id: shape.id(), number: 0, word: entry_word(&found), extra: 0, next: 0 };
        step.code().remember(site + 2, entry);
        let this = step.take_operand(word.b());
        step.put(word.a(), found);
        step.put(word.a() + 1, this);
        return Ok(Flow::Next);
    }
    if let Some(found) = method_of_dict_mode(step, owner, name).or_else(|| method_of_word(step, owner, name))
    {
        let this = step.take_operand(word.b());
        step.put(word.a(), found);
        step.put(word.a() + 1, this);
        return Ok(Flow::Next);
    }
    let attribute = protocol::get_attr(step, owner, name)?;
    let held = step.detach(word.b());
    step.put(word.a(), Value::UNBOUND);
    step.put(word.a() + 1, attribute);
    drop(held);
    Ok(Flow::Next)
}

/// Tells whether calling a value with `this` in front is the same as binding it first. A method of a built-in type is
/// only bound to instances of that, and what calls it relies on that.
pub(super) fn is_method(thread: &ThreadState, found: &Value, this: &Value) -> bool {
    match found.downcast_ref::<MethodDescriptor>() {
        Some(method) => protocol::is_instance_of(thread, this, &method.owner),
        None => {
            found.kind() == Kind::Function && found.as_raw().is_some_and(|raw| Shape::of(raw).is_builtin())
        }
    }
}

/// Returns a method of a value without a heap object, which has no attributes of its own.
fn method_of_word(thread: &ThreadState, owner: &Value, name: &Object<Str>) -> Option<Value> {
    if owner.as_raw().is_some() {
        return None;
    }
    protocol::class_lookup(&protocol::class_of(thread, owner), name)
        .filter(|found| is_method(thread, found, owner))
}

/// Returns a method of an instance whose attributes are in a dict that does not hide it.
fn method_of_dict_mode(thread: &ThreadState, owner: &Value, name: &Object<Str>) -> Option<Value> {
    let shape = Shape::of(owner.as_raw()?);
    if !shape.is_dict_mode() || shape.kind == Kind::Class || shape.kind == Kind::Module {
        return None;
    }
    let class = shape.class();
    if class.flags().contains(ClassFlags::CUSTOM_ATTRIBUTES) || instance::find(owner, name).is_some() {
        return None;
    }
    protocol::class_lookup(class, name).filter(|found| is_method(thread, found, owner))
}
