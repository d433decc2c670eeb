//! Reads the references of one object for the collector, and takes them out.
//!
//! Most objects are instances with attributes only, which are read word by word; all others by the `show`
//! function of their type. Functions that read need the proof that the world is stopped; those that take out
//! work on trash, for which the caller promises something.

use crate::life;
use crate::object::{RawObject, TAKEN_AT_ONCE, TypeFlags, TypeInfo};
use crate::thread::WorldStopped;
use crate::value::{Class, Dict, DictTable, Kind, List, Object, Set, SetTable, Shape, Value, alloc, word};

/// Calls `see` with each object that `object` refers to, once for each counted reference.
#[inline(always)]
pub(super) fn for_each_edge(_: &WorldStopped<'_>, object: RawObject, mut see: impl FnMut(RawObject)) {
    let info = object.type_info();
    // An instance of a class counts on it, through the class's id while it has one (B-33).
    if info.has(TypeFlags::COUNTS_CLASS) {
        see(Shape::of(object).class().raw());
    }
    if has_attributes_only(info) {
        // SAFETY: an instance is as long as its capacity says, and its words are initialised before it
        // is tracked; nobody writes them, since the world is stopped.
        let words = unsafe {
            std::slice::from_raw_parts(object.at::<u64>(info.slots_offset as usize), object.extra() as usize)
        };
        for &word in words {
            if let Some(child) = word::to_raw(word) {
                see(child);
            }
        }
        return;
    }
    // SAFETY: the object is alive and of this type; the world is stopped, so nobody changes it.
    unsafe {
        (info.show)(object, &mut |word| {
            if let Some(child) = word::to_raw(word) {
                see(child);
            }
        });
    }
}

/// Calls `see` as `for_each_edge` does, but looks through a hidden attribute dict of an instance.
/// What the dict refers to is shown in its place: a hidden dict is not tracked, so code that subtracts references
/// inside the heap treats its references as those of the instance. Marking does not need this, because it marks the
/// dict itself.
#[inline(always)]
pub(super) fn for_each_edge_of_whole(
    stopped: &WorldStopped<'_>,
    object: RawObject,
    mut see: impl FnMut(RawObject),
) {
    for_each_edge(stopped, object, &mut see);
    if let Some(dict) = hidden_dict(stopped, object) {
        for_each_edge_within(stopped, dict, &mut see);
    }
}

#[cold]
#[inline(never)]
fn for_each_edge_within(stopped: &WorldStopped<'_>, dict: RawObject, see: &mut dyn FnMut(RawObject)) {
    for_each_edge(stopped, dict, see);
}

/// What an object refers to: its class, or one of its words, numbers and constants included.
#[derive(Clone, Copy)]
pub(super) enum Referent {
    Class(RawObject),
    Word(u64),
}

impl Referent {
    /// Returns an owned copy of the value.
    pub fn retained(self, stopped: &WorldStopped<'_>) -> Value {
        match self {
            Referent::Class(class) => retain(stopped, class),
            Referent::Word(word) => match word::to_raw(word) {
                Some(child) => retain(stopped, child),
                // SAFETY: a word that is no pointer owns nothing.
                None => unsafe { Value::from_word(word) },
            },
        }
    }
}

/// Calls `see` with each word of an object, even if it is a number or constant.
/// Also with its class, if it counts a reference to it. For a hidden attribute dict, the dict's values are shown in
/// its place. Does nothing for an object that the collector does not traverse.
pub(super) fn for_each_referent(
    stopped: &WorldStopped<'_>,
    object: RawObject,
    see: &mut dyn FnMut(Referent),
) {
    let info = object.type_info();
    if !info.has(TypeFlags::HAS_GC) {
        return;
    }
    if info.has(TypeFlags::COUNTS_CLASS) {
        see(Referent::Class(Shape::of(object).class().raw()));
    }
    let hidden = hidden_dict(stopped, object);
    show_all(stopped, object, &mut |word| match word::to_raw(word) {
        Some(child) if Some(child) == hidden => {
            // Keys and values take turns.
            let mut is_value = false;
            show_all(stopped, child, &mut |word| {
                if is_value {
                    see(Referent::Word(word));
                }
                is_value = !is_value;
            });
        }
        _ => see(Referent::Word(word)),
    });
}

/// Calls `see` with every word of an object.
fn show_all(_: &WorldStopped<'_>, object: RawObject, see: &mut dyn FnMut(u64)) {
    // SAFETY: the object is alive and of this type; the world is stopped, so nobody changes it.
    unsafe { (object.type_info().show_all)(object, see) };
}

/// Tells whether an instance has nothing but attribute words.
#[inline(always)]
fn has_attributes_only(info: &TypeInfo) -> bool {
    info.has(TypeFlags::PAYLOAD_OWNS_NOTHING.union(TypeFlags::INLINE_SLOTS))
}

/// Moves the references of an object of the trash out, and releases them when the object is empty.
///
/// # Safety
/// Nobody but the caller reaches the object until the references are moved out: it is trash that the collector found.
/// It is not of an immutable type.
pub(super) unsafe fn clear_edges(trash: &Value, taken: &mut Vec<u64>) {
    let object = trash.as_raw().expect("trash is objects");
    let info = object.type_info();
    let contents = Contents::of(trash);
    // SAFETY: by the caller's promise nobody else reads or writes the object, and `trash` keeps it alive.
    unsafe {
        if has_attributes_only(info) {
            for index in 0..usize::from(object.extra()) {
                let slot = object.at::<u64>(info.slots_offset as usize + index * size_of::<u64>());
                if word::is_pointer(*slot) {
                    taken.push(std::mem::replace(&mut *slot, word::UNBOUND));
                }
            }
        } else {
            // All references are taken out before the first is released: releasing may run script code.
            while {
                let before = taken.len();
                (info.take)(object, taken);
                taken.len() - before >= TAKEN_AT_ONCE
            } {}
        }
    }
    contents.release();
    release(taken);
}

/// Releases references that were moved out.
fn release(taken: &mut Vec<u64>) {
    for word in taken.drain(..) {
        // SAFETY: the word owned its count in the object, which has given it up.
        drop(unsafe { Value::from_word(word) });
    }
}

/// Moves the attributes of an object of the trash out and releases them. Nothing else is taken from a tuple,
/// whose items never change.
///
/// # Safety
/// As for `clear_edges`, of any type.
pub(super) unsafe fn clear_attributes(trash: &Value, taken: &mut Vec<u64>) {
    let object = trash.as_raw().expect("trash is objects");
    // SAFETY: by the caller's promise nobody else reads or writes the object, and `trash` keeps it alive.
    for slot in unsafe { alloc::inline_slots(object) } {
        if word::is_pointer(*slot) {
            taken.push(std::mem::replace(slot, word::UNBOUND));
        }
    }
    release(taken);
}

/// The content of a container, moved out as a whole, because there may be no memory for a list of it.
enum Contents {
    Items(Vec<Value>),
    Entries(DictTable),
    Keys(SetTable),
    Few,
}

impl Contents {
    fn of(trash: &Value) -> Contents {
        if let Some(list) = trash.downcast_ref::<List>() {
            Contents::Items(list.with_items(std::mem::take))
        } else if let Some(dict) = trash.downcast_ref::<Dict>() {
            Contents::Entries(dict.with_table(DictTable::clear))
        } else if let Some(set) = trash.downcast_ref::<Set>() {
            Contents::Keys(set.with(|set| &set.table, SetTable::clear))
        } else {
            Contents::Few
        }
    }

    /// Releases the content in the order in which it is released when a container dies.
    fn release(self) {
        match self {
            Contents::Items(mut items) => {
                while let Some(item) = items.pop() {
                    drop(item);
                }
            }
            Contents::Entries(table) => drop(table),
            Contents::Keys(table) => drop(table),
            Contents::Few => {}
        }
    }
}

/// Asks the processor to load an object into its cache, because it will be read soon.
#[inline(always)]
pub(super) fn prefetch(object: RawObject) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: a prefetch has no effect a program could notice, whatever the address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(object.header_ptr().cast::<i8>());
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = object;
}

/// Returns an object as a class, if it is one; the result is valid as long as the object.
pub(super) fn as_class<'a>(object: RawObject) -> Option<&'a Object<Class>> {
    // SAFETY: the shape's kind says that a class lies behind the header, and whoever has a `RawObject` vouches that it
    // has not been freed.
    (Shape::of(object).kind == Kind::Class).then(|| unsafe { &*object.header_ptr().cast::<Object<Class>>() })
}

/// Returns the dict that holds the attributes of an instance, if it is hidden.
#[inline(always)]
fn hidden_dict(stopped: &WorldStopped<'_>, object: RawObject) -> Option<RawObject> {
    if Shape::of(object).is_dict_mode() { attribute_dict(stopped, object) } else { None }
}

#[cold]
fn attribute_dict(_: &WorldStopped<'_>, object: RawObject) -> Option<RawObject> {
    // SAFETY: the world is stopped, and an instance in dict mode has a word behind those of `__slots__`.
    let dict = word::to_raw(unsafe { alloc::inline_slots(object) }[Shape::of(object).fixed()])?;
    // SAFETY: the word leads to a live object, whose kind says that a dict lies behind the header.
    let is_hidden = Shape::of(dict).kind == Kind::Dict
        && unsafe { &*dict.header_ptr().cast::<Object<Dict>>() }.is_hidden();
    is_hidden.then_some(dict)
}

/// Tells whether an object is a weak reference or a proxy.
pub(super) fn is_weak_reference(object: RawObject) -> bool {
    matches!(Shape::of(object).kind, Kind::WeakRef | Kind::WeakProxy | Kind::WeakCallableProxy)
}

/// Returns a new reference to an object.
pub(super) fn retain(_: &WorldStopped<'_>, object: RawObject) -> Value {
    // SAFETY: objects found on pages, or referred to by such, are alive, and nothing dies in a pause.
    unsafe { Value::retain_raw(object) }
}

/// Returns a new reference to an object of the trash, while the world runs.
///
/// # Safety
/// The list of trash holds a count of the object for the length of the call.
pub(super) unsafe fn retain_trash(object: RawObject) -> Value {
    // SAFETY: the list owns a count, by the caller's promise.
    unsafe { Value::retain_raw(object) }
}

/// Adds the reference that the list of trash holds; from then on the object can die on this thread.
pub(super) fn hold_trash(stopped: &WorldStopped<'_>, object: RawObject) {
    if object.counts().owner() == stopped.thread().id {
        life::retain_with(stopped.thread(), object);
    } else {
        life::explicit_merge(object, 1);
    }
}

/// Takes over a reference that was added to an object.
///
/// # Safety
/// Somebody has added a count, has not given it to anybody else, and gives it up here.
pub(super) unsafe fn adopt(object: RawObject) -> Value {
    // SAFETY: the count is the result's, by the caller's promise.
    unsafe { Value::from_raw(object) }
}
