//! Updates after a change to a class: its slot table, its shape ids, and both for its subclasses.
//!
//! Invariant: a slot calls the script exactly when the method found in `__mro__` is not the wrapper of the
//! built-in operation itself, so a class that inherits `list.__len__` runs `list`'s code directly.

use crate::object::TypeFlags;
use crate::protocol::class_lookup;
use crate::thread::{Thread, ThreadState};
use crate::types::class::slots;
use crate::types::object::class_names::namespace;
use crate::types::object::layout::base_of;
use crate::types::table::native_function::{MethodDescriptor, NativeFunction};
use crate::types::table::slot_wrapper::SlotWrapper;
use crate::types::table::special_method::SpecialMethod;
use crate::value::{BinaryOp, Class, ClassFlags, Kind, Object, Origin, Ref, Slots, Value};

/// Updates the slot of one special method, and of those that share it, from the methods in `__mro__`.
pub fn update_slot(thread: &ThreadState, class: &Object<Class>, slots: &mut Slots, special: SpecialMethod) {
    let mut direct: Option<Ref<Class>> = None;
    let mut scripted = false;
    // A sequence's own operation stays beside a scripted `__radd__`, which only the right operand is asked for.
    let mut sequence_replaced = false;
    let mut blocked = false;
    for member in special.group() {
        let name = thread.known().intern(thread, member.name());
        let Some(found) = class_lookup(class, &name) else { continue };
        match operation_behind(class, &found, member) {
            Some(owner) => direct = direct.or(Some(owner)),
            None if found.is_none() && member == SpecialMethod::Hash => blocked = true,
            None => {
                scripted = true;
                sequence_replaced |= member != SpecialMethod::Reflected(BinaryOp::Add);
            }
        }
    }
    match (scripted, direct) {
        (true, direct) => {
            slots::fill(special, slots);
            let owner = direct.filter(|_| !sequence_replaced);
            match special {
                SpecialMethod::Binary(op) | SpecialMethod::Reflected(op) => {
                    slots.set_sequence(op, owner.and_then(|owner| owner.slots().sequence(op)));
                }
                SpecialMethod::InPlace(op) => slots.set_sequence_in_place(op, None),
                _ => {}
            }
        }
        // Whatever `__new__` a class takes from a built-in type, what makes its instances is that of its base: only
        // that makes their layout.
        (false, Some(owner)) if special == SpecialMethod::New => {
            special.copy(slots, base_of(class).unwrap_or(owner).slots());
        }
        (false, Some(owner)) => special.copy(slots, owner.slots()),
        (false, None) => special.copy(slots, &Slots::EMPTY),
    }
    if blocked {
        slots.hash = None;
    }
    if matches!(special, SpecialMethod::Iter | SpecialMethod::GetItem) {
        update_iteration(thread, class, slots);
    }
}

/// Makes a class with `__getitem__` but no `__iter__` iterable by index.
fn update_iteration(thread: &ThreadState, class: &Object<Class>, slots: &mut Slots) {
    let names = thread.known().names();
    if class_lookup(class, &names.iter).is_none() {
        let by_item = class_lookup(class, &names.getitem).is_some();
        slots.iter = if by_item { Some(slots::iter_by_item) } else { None };
        slots.origins.iter = if by_item { Origin::Script } else { Origin::Nobody };
    }
}

/// Returns the class whose built-in operation a method in `__mro__` stands for, if it stands for one.
fn operation_behind(class: &Object<Class>, found: &Value, special: SpecialMethod) -> Option<Ref<Class>> {
    let owner = match special {
        // Of any class: as in CPython, it only says that no code of the script makes the instances.
        SpecialMethod::New => {
            let native = found.downcast_ref::<NativeFunction>()?;
            let owner = native.bound.downcast_ref::<Class>()?;
            return (native.method.name == "__new__").then(|| owner.to_ref());
        }
        _ => {
            // Some special methods of containers are methods besides.
            let (owner, behind) = match found.downcast_ref::<MethodDescriptor>() {
                Some(method) => (&method.owner, SpecialMethod::named(method.method.name)?),
                None => {
                    let wrapper = found.downcast_ref::<SlotWrapper>()?;
                    (&wrapper.owner, wrapper.special)
                }
            };
            if behind != special {
                return None;
            }
            owner.clone()
        }
    };
    if class.is_subclass_of(&owner) { Some(owner) } else { None }
}

/// Updates the flags of a class that follow from its slot table and namespace.
pub fn update_flags(thread: &ThreadState, class: &Object<Class>) {
    let slots = class.slots();
    let custom = slots::has_custom_attributes(slots);
    class.set_flags(ClassFlags::CUSTOM_ATTRIBUTES, custom);
    let names = thread.known().names();
    let usual = namespace(thread.known().class(Kind::Object)).get_str(&names.class);
    let has_usual = match (class_lookup(class, &names.class), usual) {
        (Some(found), Some(usual)) => found.is(&usual),
        _ => false,
    };
    class.set_flags(ClassFlags::CLAIMS_CLASS, custom || !has_usual);
    let legacy = class_lookup(class, &thread.known().names().tp_del).is_some();
    for shape in &class.owned.lock().shapes {
        for (flag, on) in
            [(TypeFlags::HAS_FINALIZER, slots.finalize.is_some()), (TypeFlags::LEGACY_FINALIZER, legacy)]
        {
            if on { shape.info.set_flags(flag) } else { shape.info.clear_flags(flag) }
        }
    }
}

/// Updates a class and all that derive from it after `class.name` was assigned or deleted: the entry in the table of
/// operations and the flags, if `name` is a special method. In any case their shapes get fresh ids, so that inline
/// caches miss.
pub fn attribute_changed(thread: &mut Thread, class: &Object<Class>, name: &str) {
    let special = SpecialMethod::named(name);
    for_each_subclass(class, &mut |class| {
        if let Some(special) = special {
            let mut slots = *class.slots();
            update_slot(thread, class, &mut slots, special);
            class.set_slots(slots);
        }
        if special.is_some() || matches!(name, "__tp_del__" | "__class__") {
            update_flags(thread, class);
        }
        renew_ids(thread, class);
    });
}

/// Updates a class and all that derive from it after its bases changed: their tables of operations are made anew, and
/// their shapes get fresh ids, so that inline caches miss.
pub fn bases_changed(thread: &ThreadState, class: &Object<Class>) {
    for_each_subclass(class, &mut |class| {
        let Some(best) = base_of(class) else { return };
        let mut slots = *best.slots();
        for special in SpecialMethod::all() {
            update_slot(thread, class, &mut slots, special);
        }
        class.set_slots(slots);
        update_flags(thread, class);
        renew_ids(thread, class);
    });
}

/// Gives every shape of a class, and the shape of the class object, a fresh id.
pub fn renew_ids(thread: &ThreadState, class: &Object<Class>) {
    for shape in &class.owned.lock().shapes {
        shape.set_id(thread.known().fresh_shape_id());
    }
}

/// Visits a class and all that derive from it, bases first.
pub fn for_each_subclass(class: &Object<Class>, visit: &mut dyn FnMut(&Object<Class>)) {
    visit(class);
    for subclass in class.live_subclasses() {
        for_each_subclass(&subclass, visit);
    }
}
