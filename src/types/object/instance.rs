//! Instances of classes written in the script, and where any object keeps its attributes.
//!
//! Attributes lie in inline words behind the payload; the shape says which word is whose. Adding one
//! moves the object on to the next shape. When there is no word left, when an attribute is deleted or
//! when the program asks for `__dict__`, the object switches to *dict mode* for good: its first word
//! then holds a dict with all of them, hidden until a program asks. An object with attributes always has at
//! least one word.
//! The words of `__slots__` come before all that, and are found by position.
//!
//! Words and shape change together under the object's byte lock; no script code runs under it, and
//! old values are dropped after it.

use std::ptr::NonNull;

use crate::life;
use crate::object::{RawObject, TypeFlags, TypeInfo};
use crate::protocol::{call_special_method, class_lookup, shape_of};
use crate::references;
use crate::sync::Ordering;
use crate::thread::{Thread, ThreadState, current_ptr};
use crate::value::alloc::inline_slots;
use crate::value::class::shape::{MAX_INLINE_NAMES, MAX_SHAPES};
use crate::value::{
    Args, Class, ClassFlags, Dict, Held, Kind, Known, Object, Payload, Ref, Run, Shape, StackRef, Str, Value,
    publish,
};

/// The payload of an instance of a class that derives from no built-in type but `object`: nothing but attributes.
pub struct Instance;

references!(Instance {});

impl Payload for Instance {
    const KIND: Kind = Kind::Object;
}

/// How many first instances of a class get spare room for attributes.
/// After these, the room is what instances have needed.
const WARM_UP: u16 = 32;
/// How many words the first instances of a class get.
const GUESS: u16 = 8;

/// Returns how many inline words the next instance of a class gets.
#[inline]
pub fn capacity_of_next(class: &Class) -> u16 {
    let fixed = class.root_shape().fixed() as u16;
    if !class.flags().contains(ClassFlags::HAS_DICT) {
        return fixed;
    }
    // Relaxed: both are estimates.
    let needed = class.capacity.load(Ordering::Relaxed).max(fixed + 1);
    if class.born.load(Ordering::Relaxed) >= WARM_UP {
        return needed;
    }
    class.born.fetch_add(1, Ordering::Relaxed);
    needed.max(fixed + GUESS)
}

/// Makes an instance of a class whose payload is a `T`: the built-in type itself or one derived from it.
#[inline]
pub fn allocate<T: Payload>(thread: &ThreadState, class: &Object<Class>, payload: T) -> Ref<T> {
    let shape = class.root_shape();
    let capacity = match (shape.has_attributes(), shape.is_builtin()) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => capacity_of_next(class),
    };
    thread.alloc_shaped(shape, payload, capacity)
}

/// Returns an attribute of the instance itself, not of its class.
#[inline]
pub fn find(value: &Value, name: &Object<Str>) -> Option<Value> {
    let object = value.as_raw()?;
    if !Shape::of(object).has_attributes() {
        return None;
    }
    let dict = {
        let _held = Held::take(object);
        let shape = Shape::of(object);
        if !shape.is_dict_mode() {
            let index = position(shape, name)?;
            return owned(word(object, index));
        }
        owned(word(object, shape.fixed()))
    };
    dict?.downcast_ref::<Dict>()?.get_str(name)
}

/// Whether an object has a word of `__slots__` at a position.
fn has_slot(object: RawObject, position: usize) -> bool {
    let shape = Shape::of(object);
    shape.has_attributes() && position < shape.fixed() && position < usize::from(object.extra())
}

/// The value of a slot of `__slots__`, by position.
pub fn slot(value: &Value, position: usize) -> Option<Value> {
    let object = value.as_raw().filter(|object| has_slot(*object, position))?;
    let _held = Held::take(object);
    owned(word(object, position))
}

/// Fills (`Some`) or empties (`None`) a slot of `__slots__`; returns the old value.
pub fn set_slot(value: &Value, position: usize, new: Option<&Value>) -> Option<Value> {
    let object = value.as_raw().filter(|object| has_slot(*object, position))?;
    let new = new.cloned().unwrap_or(Value::UNBOUND);
    let held = Held::take(object);
    let old = replace_word(object, position, new);
    drop(held);
    if old.is_unbound() { None } else { Some(old) }
}

/// Sets an attribute of an instance that has room for attributes; `name` must be interned. Raises
/// `MemoryError`.
pub fn store(thread: &ThreadState, value: &Value, name: &Object<Str>, new: Value) -> Run<()> {
    let object = value.as_raw().expect("inline values have no attributes");
    loop {
        let held = Held::take(object);
        let shape = Shape::of(object);
        if shape.is_dict_mode() {
            let dict = owned(word(object, shape.fixed()));
            drop(held);
            if let Some(dict) = dict.as_ref().and_then(Value::downcast_ref::<Dict>) {
                drop(dict.try_set_str(thread, name, new)?);
            }
            return Ok(());
        }
        if let Some(index) = shape.find(name) {
            let old = replace_word(object, index, new);
            drop(held);
            drop(old);
            return Ok(());
        }
        let count = shape.fixed() + shape.names().len();
        if count < usize::from(object.extra())
            && shape.names().len() < MAX_INLINE_NAMES
            && let Some(next) = next_shape(thread, shape, name)
        {
            let old = replace_word(object, count, new);
            object.set_type(next.cast());
            drop(held);
            shape.class().capacity.fetch_max(count as u16 + 1, Ordering::Relaxed);
            drop(old);
            return Ok(());
        }
        drop(held);
        let most = shape.fixed() + MAX_INLINE_NAMES;
        shape.class().capacity.fetch_max((count + 1).min(most) as u16, Ordering::Relaxed);
        if move_to_dict(thread, value)?.is_none() {
            // No room at all: the caller has checked that the class has attributes, its maker has not.
            return Ok(());
        }
    }
}

/// Removes an attribute from the instance and returns it; `None` if there was none. Raises `MemoryError`,
/// because the attributes move to a dict.
pub fn delete(thread: &ThreadState, value: &Value, name: &Object<Str>) -> Run<Option<Value>> {
    if find(value, name).is_none() {
        return Ok(None);
    }
    Ok(move_to_dict(thread, value)?.and_then(|dict| dict.remove_str(name)))
}

/// Tells whether an object has any attribute of its own.
pub fn has_any(value: &Value) -> bool {
    let Some(object) = value.as_raw() else { return false };
    if !Shape::of(object).has_attributes() {
        return false;
    }
    let dict = {
        let _held = Held::take(object);
        let shape = Shape::of(object);
        if !shape.is_dict_mode() {
            let places = shape.fixed()..shape.fixed() + shape.names().len();
            return places.into_iter().any(|place| !word(object, place).is_unbound());
        }
        owned(word(object, shape.fixed()))
    };
    dict.as_ref().and_then(Value::downcast_ref::<Dict>).is_some_and(|dict| !dict.is_empty())
}

/// Returns the dict with the attributes, which the program may keep: from here on it is an object of its own.
/// Raises `MemoryError`.
///
/// `None`: the object has no attributes.
pub fn dict_of(thread: &ThreadState, value: &Value) -> Run<Option<Ref<Dict>>> {
    let dict = move_to_dict(thread, value)?;
    if let Some(dict) = &dict {
        dict.reveal();
    }
    Ok(dict)
}

/// Moves the attributes to a dict, which stays hidden, and returns it.
fn move_to_dict(thread: &ThreadState, value: &Value) -> Run<Option<Ref<Dict>>> {
    let Some(object) = value.as_raw() else { return Ok(None) };
    let shape = Shape::of(object);
    if !shape.has_attributes() || usize::from(object.extra()) <= shape.fixed() {
        return Ok(None);
    }
    loop {
        let shape = Shape::of(object);
        if shape.is_dict_mode() {
            return Ok(known_dict(object));
        }
        let fresh = thread.alloc(Dict::default());
        fresh.hide();
        let count = shape.names().len();
        fresh.with_table(|table| table.make_room_for(count))?;
        if move_into(thread, object, &fresh, count) {
            return Ok(Some(fresh));
        }
        // Another thread was faster, or has added a name.
    }
}

/// Moves the attributes to a dict with room for `count` of them; false if there are more.
fn move_into(thread: &ThreadState, object: RawObject, fresh: &Ref<Dict>, count: usize) -> bool {
    let _held = Held::take(object);
    let shape = Shape::of(object);
    if shape.is_dict_mode() || shape.names().len() > count {
        return false;
    }
    for (index, name) in shape.names().iter().enumerate() {
        let old = replace_word(object, shape.fixed() + index, Value::UNBOUND);
        if !old.is_unbound() {
            fresh.set_str(thread, name, old);
        }
    }
    drop(replace_word(object, shape.fixed(), fresh.as_value().clone()));
    object.set_type(dict_shape(thread, shape).cast());
    true
}

/// The dict of an object whose shape is in dict mode.
fn known_dict(object: RawObject) -> Option<Ref<Dict>> {
    let _held = Held::take(object);
    owned(word(object, Shape::of(object).fixed()))?.downcast::<Dict>().ok()
}

/// Replaces all attributes by those of a dict (`object.__dict__ = dict`). Raises `MemoryError`.
pub fn set_dict(thread: &ThreadState, value: &Value, dict: &Object<Dict>) -> Run<()> {
    if move_to_dict(thread, value)?.is_none() {
        return Ok(());
    }
    let object = value.as_raw().expect("an object with a dict");
    let held = Held::take(object);
    let old = replace_word(object, Shape::of(object).fixed(), dict.to_value());
    drop(held);
    drop(old);
    Ok(())
}

/// Changes the class of an instance to another one of the same layout; the attributes are kept. Raises
/// `MemoryError`.
///
/// They move to a dict of their own, as if the program had asked for it.
pub fn set_class(thread: &ThreadState, value: &Value, class: &Object<Class>) -> Run<()> {
    // Modules have their namespace whatever their class.
    let has_attributes = class.kind != Kind::Module && dict_of(thread, value)?.is_some();
    let object = value.as_raw().expect("only objects change their class");
    let root = class.root_shape();
    let shape: *const Shape = if has_attributes { dict_shape(thread, root) } else { root };
    // The instance keeps its class alive: it counts on the new one before it forgets the old one.
    if root.info.has(TypeFlags::COUNTS_CLASS) {
        life::retain_type(thread, &root.info);
    }
    let held = Held::take(object);
    let old = Shape::of(object);
    object.set_type(shape.cast());
    drop(held);
    if old.info.has(TypeFlags::COUNTS_CLASS) {
        match old.info.count_id.load(Ordering::Relaxed) {
            // Another thread may be reading attributes by the old shape.
            0 => life::release_after_grace(thread, old.class().raw()),
            id => thread.counts.add(id, -1),
        }
    }
    Ok(())
}

/// Returns the shape after adding `name`; `None` if the class has too many shapes.
fn next_shape(thread: &ThreadState, shape: &Shape, name: &Object<Str>) -> Option<*const Shape> {
    if let Some(next) = shape.transition(name) {
        return Some(next);
    }
    let class = shape.class();
    let made = {
        let mut owned = class.owned.lock();
        if owned.shapes.len() >= MAX_SHAPES {
            return None;
        }
        let word = crate::value::word::from_raw(name.raw());
        if !owned.names.contains(&word) {
            owned.names.push(word);
        }
        shape.extended(name.to_ref(), thread.known().fresh_shape_id(), &owned.names)
    };
    let made = class.own_shape(made);
    Some(shape.add_transition(name, made))
}

/// Returns the shape of the same class in dict mode.
/// It is recorded as the transition by `__dict__` from the root.
fn dict_shape(thread: &ThreadState, shape: &Shape) -> *const Shape {
    let class = shape.class();
    let (root, name) = (class.root_shape(), &thread.known().names().dict);
    if let Some(known) = root.transition(name) {
        return known;
    }
    let made = class.own_shape(root.dict_mode_sibling(thread.known().fresh_shape_id()));
    root.add_transition(name, made)
}

fn position(shape: &Shape, name: &Object<Str>) -> Option<usize> {
    if name.is_interned() {
        return shape.find(name);
    }
    let position = shape.names().iter().position(|known| known.as_str() == name.as_str())?;
    Some(shape.fixed() + position)
}

fn word(object: RawObject, index: usize) -> StackRef {
    // SAFETY: the byte lock is held by every caller, so nobody changes the words meanwhile.
    StackRef::from_word(unsafe { inline_slots(object) }[index])
}

fn owned(word: StackRef) -> Option<Value> {
    if word.is_unbound() { None } else { Some(word.as_value().clone()) }
}

fn replace_word(object: RawObject, index: usize, new: Value) -> Value {
    publish(&new);
    // SAFETY: the byte lock is held by every caller, so nobody else touches the words.
    let slot = &mut unsafe { inline_slots(object) }[index];
    // SAFETY: the word owned its count and is replaced by one that does.
    unsafe { Value::from_word(std::mem::replace(slot, new.into_word())) }
}

/// Returns the table with finalizers that call the class's `__del__` and `__tp_del__`; whether they run depends
/// on the flags.
pub fn with_finalizers(mut info: TypeInfo) -> TypeInfo {
    info.finalize = Some(finalize);
    info.legacy_finalize = Some(legacy_finalize);
    info
}

/// What is said of errors of finalizers.
const FINALIZING: &str = "Exception ignored while calling deallocator";

/// Runs `__del__`.
///
/// # Safety
/// The running thread is attached and holds a reference to `object`.
unsafe fn finalize(object: RawObject) {
    let Some(operation) = Shape::of(object).slots().finalize else { return };
    // SAFETY: the caller promises that this thread is attached and holds a reference to the object.
    let (mut thread, value) = unsafe { (running_thread(), Value::retain_raw(object)) };
    if let Err(raised) = operation(&mut thread, &value) {
        let name = &thread.known().names().del;
        let method = class_lookup(shape_of(&thread, &value).class(), name);
        let method = method.filter(|method| method.kind() != Kind::SlotWrapper);
        Known::report_unraisable(
            &mut thread,
            raised,
            Some(FINALIZING),
            Some(method.as_ref().unwrap_or(&value)),
        );
    }
}

/// Runs `__tp_del__`, the legacy finalizer.
///
/// # Safety
/// As for `finalize`.
unsafe fn legacy_finalize(object: RawObject) {
    // SAFETY: the caller promises that this thread is attached and holds a reference to the object.
    let (mut thread, value) = unsafe { (running_thread(), Value::retain_raw(object)) };
    let name = &thread.known().names().tp_del;
    if let Some(Err(raised)) = call_special_method(&mut thread, &value, name, Args::positional(&[])) {
        let method = class_lookup(shape_of(&thread, &value).class(), name);
        Known::report_unraisable(
            &mut thread,
            raised,
            Some(FINALIZING),
            Some(method.as_ref().unwrap_or(&value)),
        );
    }
}

/// Returns a handle on the running thread.
///
/// # Safety
/// The running thread is attached.
unsafe fn running_thread() -> Thread {
    let state = NonNull::new(current_ptr().cast_mut()).expect("a finalizer runs on a registered thread");
    // SAFETY: it is the running thread's own state, and whoever else has a handle waits for this call.
    unsafe { Thread::from_state(state) }
}
