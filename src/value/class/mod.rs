//! A class: its namespace, its order of resolution, its operations and its shapes.
//!
//! The payload only; what happens when a class is made, looked into or changed is in `types/class/`. Instances keep
//! their class alive; the class owns its shapes (`shape.rs`). `slots.rs` has one entry for each operation, `spec.rs`
//! is how a built-in type describes itself, `kind.rs` names the built-in layouts and errors, `known.rs` is what a
//! runtime knows by heart. Begin with `shape.rs`, to which every object points.

mod builtins;
pub(super) mod interned;
pub(super) mod kind;
pub(super) mod known;
pub(super) mod names;
pub(super) mod origin;
pub mod shape;
pub(super) mod slots;
pub(super) mod spec;
pub(super) mod subclasses;
pub(super) mod syntax_classes;

use crate::memory::Chunks;
use crate::references;
use crate::sync::{AtomicPtr, AtomicU16, AtomicU32, Mutex, Ordering};
use crate::value::class::kind::Kind;
use crate::value::class::shape::Shape;
use crate::value::class::slots::Slots;
use crate::value::class::subclasses::Subclasses;
use crate::value::guarded::{Guarded, Replaceable, SetOnce};
use crate::value::name::Name;
use crate::value::object::{Object, Payload, Ref};
use crate::value::payload::dict::Dict;
use crate::value::payload::str::Str;
use crate::value::payload::tuple::Tuple;
use crate::value::value::Value;

bitflags::bitflags! {
    /// Facts about a class.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct ClassFlags: u32 {
        /// Written in the script (or made by `type(…)`), so it can be changed.
        const SCRIPT = 1;
        /// May be derived from.
        const BASE = 1 << 1;
        /// Instances take arbitrary attributes.
        const HAS_DICT = 1 << 2;
        /// Instances can be referenced weakly.
        const WEAKREFABLE = 1 << 3;
        /// Instances are exceptions.
        const EXCEPTION = 1 << 4;
        /// A class in the order overrides `__getattribute__`, `__getattr__` or `__setattr__`.
        /// Attribute caches must not be used.
        const CUSTOM_ATTRIBUTES = 1 << 5;
        /// Has `__slots__` and no dict.
        const SLOTTED = 1 << 6;
        /// A value that is no descriptor and not callable was replaced in the namespace by another, as a counter is:
        /// caches look such values up, so that the next replacement need not invalidate them.
        const VOLATILE_VALUES = 1 << 7;
        /// `__class__` of an instance may be another class than its real one.
        const CLAIMS_CLASS = 1 << 8;
        /// Instances have storage that those of no base have: a payload of their own, or words of `__slots__`.
        const OWN_LAYOUT = 1 << 9;
        /// A collection found the class to be garbage.
        /// `__subclasses__` of its bases leaves it out, as weak references to it are dead.
        const UNLISTED = 1 << 10;
        /// `__abstractmethods__` was set to something true, so that no instances can be made.
        const ABSTRACT = 1 << 11;
        /// Instances match sequence patterns, whatever their layout.
        const MATCHES_SEQUENCE = 1 << 12;
        /// Instances match mapping patterns, whatever their layout.
        const MATCHES_MAPPING = 1 << 13;
    }
}

/// The payload of a class.
pub struct Class {
    /// `__name__`, `__qualname__`: both `str`, both assignable.
    pub names: Guarded<[Value; 2]>,
    /// `__bases__`, a tuple.
    pub bases: Replaceable,
    /// `__mro__`, a tuple that begins with the class itself.
    pub mro: Replaceable<true>,
    /// The base whose storage instances share and extend; unset for `object`. Unlike `mro`, a metaclass cannot
    /// change it.
    pub layout: Replaceable,
    /// The sorted names of the class's own `__slots__`, a tuple; unset if it adds none.
    pub own_slots: SetOnce,
    /// The namespace, a dict; scripts see it through a read-only proxy.
    pub namespace: SetOnce,
    /// The layout of instances.
    pub kind: Kind,
    flags: AtomicU32,
    slots: AtomicPtr<Slots>,
    root: AtomicPtr<Shape>,
    /// Every table and shape that the class ever had, because instances and other threads may still use them.
    pub(crate) owned: Mutex<Owned>,
    /// Classes that derive directly from this one, uncounted; each removes itself when it dies.
    pub subclasses: Mutex<Subclasses>,
    /// Inline words a new instance gets: the most any instance has needed so far.
    pub capacity: AtomicU16,
    /// How many instances were made while `capacity` was still being adapted; counting stops at a small number.
    pub born: AtomicU16,
    /// The index of the per-thread counts of this class, 0 for none.
    pub unique_id: AtomicU32,
}

/// What lives as long as the class.
#[derive(Default)]
pub struct Owned {
    /// Operation tables; the last one is in use.
    pub slots: Vec<Box<Slots>>,
    /// Shapes, the first one the root.
    pub shapes: Vec<Box<Shape>>,
    /// The attribute names that instances were given, in the order in which each first appeared, as words; the
    /// shapes hold the names.
    pub names: Vec<u64>,
}

references!(Class { names, bases, mro, layout, own_slots, namespace });

impl Payload for Class {
    const KIND: Kind = Kind::Class;
}

impl Class {
    /// A class whose bases, order and namespace are still to be set.
    pub fn new(
        name: Value,
        qualname: Value,
        kind: Kind,
        flags: ClassFlags,
        slots: Slots,
        root: Shape,
    ) -> Class {
        let class = Class {
            names: Guarded::new([name, qualname]),
            bases: Replaceable::unset(),
            mro: Replaceable::unset(),
            layout: Replaceable::unset(),
            own_slots: SetOnce::unset(),
            namespace: SetOnce::unset(),
            kind,
            flags: AtomicU32::new(flags.bits()),
            slots: AtomicPtr::default(),
            root: AtomicPtr::default(),
            owned: Mutex::default(),
            subclasses: Mutex::default(),
            capacity: AtomicU16::new(0),
            born: AtomicU16::new(0),
            unique_id: AtomicU32::new(0),
        };
        class.set_slots(slots);
        let root = class.own_shape(root);
        class.root.store(root.cast_mut(), Ordering::Release);
        class
    }

    /// The operations of instances.
    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        // SAFETY: set by `new` to a table that `owned` keeps until the class dies.
        unsafe { &*self.slots.load(Ordering::Acquire) }
    }

    /// Calls `action` with each class of `__bases__`; `action` must not run script code.
    fn for_each_base(&self, mut action: impl FnMut(&Object<Class>)) {
        self.bases.look(|bases| {
            let bases = bases.downcast_ref::<Tuple>().map_or(&[][..], |bases| bases.items());
            bases.iter().filter_map(Value::downcast_ref::<Class>).for_each(&mut action);
        });
    }

    /// Replaces the operations; the old table stays valid.
    pub fn set_slots(&self, slots: Slots) {
        debug_assert!(slots.have_origins(), "an operation of `{}` has no origin", self.kind.name());
        let table = Box::new(slots);
        let pointer = (&raw const *table).cast_mut();
        self.owned.lock().slots.push(table);
        // Release: pairs with the Acquire in `slots`.
        self.slots.store(pointer, Ordering::Release);
    }

    /// The shape of an instance without attributes.
    #[inline(always)]
    pub fn root_shape(&self) -> &Shape {
        // SAFETY: set by `new` to a shape that `owned` keeps until the class dies.
        unsafe { &*self.root.load(Ordering::Acquire) }
    }

    /// Takes over a shape; the result stays valid as long as the class.
    pub fn own_shape(&self, shape: Shape) -> *const Shape {
        let shape = Box::new(shape);
        let pointer = &raw const *shape;
        self.owned.lock().shapes.push(shape);
        pointer
    }

    /// Facts about the class.
    #[inline(always)]
    pub fn flags(&self) -> ClassFlags {
        ClassFlags::from_bits_retain(self.flags.load(Ordering::Relaxed))
    }

    /// Changes flags of the class; the caller gives the shapes fresh ids.
    pub fn set_flags(&self, flags: ClassFlags, on: bool) {
        if on {
            self.flags.fetch_or(flags.bits(), Ordering::Relaxed);
        } else {
            self.flags.fetch_and(!flags.bits(), Ordering::Relaxed);
        }
    }
}

/// The class is removed from the lists of its bases, which it has kept alive, and gives its id back.
impl Drop for Class {
    fn drop(&mut self) {
        // When a whole heap is dissolved, its bases may have gone first.
        if crate::thread::with_current(|thread| thread.is_dissolving()) {
            return;
        }
        let payload = (&raw const *self).addr();
        self.for_each_base(|base| {
            base.subclasses.lock().remove(payload);
        });
        let id = *self.unique_id.get_mut();
        if id != 0 {
            crate::thread::with_current(|thread| thread.runtime().unique_ids.release(id));
        }
    }
}

impl Object<Class> {
    /// The classes of `__bases__`.
    pub fn base_list(&self) -> Vec<Ref<Class>> {
        let mut bases = Vec::new();
        self.for_each_base(|base| bases.push(base.to_ref()));
        bases
    }

    /// Notes that this class derives directly from its bases.
    pub fn enter_into_bases(&self) {
        self.for_each_base(|base| base.subclasses.lock().add(self.raw()));
    }

    /// Makes instances count this class by its own counts from here on. A class that a collection found to be
    /// garbage may die by counting, so all its references must be in one place (B-27).
    ///
    /// The world is stopped and every thread's count for the id has been added.
    pub fn give_up_id(&self) {
        let id = self.unique_id.swap(0, Ordering::Relaxed);
        if id == 0 {
            return;
        }
        for shape in &self.owned.lock().shapes {
            shape.info.count_id.store(0, Ordering::Relaxed);
        }
        crate::thread::with_current(|thread| thread.runtime().unique_ids.release(id));
    }

    /// Iterates over the classes that derive directly from this one, oldest first.
    /// As with `__subclasses__`, those that a collection found to be garbage are left out.
    pub fn listed_subclasses(&self) -> impl Iterator<Item = Ref<Class>> {
        self.live_subclasses().into_iter().filter(|class| !class.flags().contains(ClassFlags::UNLISTED))
    }

    /// Returns the classes that derive directly from this one, oldest first.
    ///
    /// They are copied, so that no lock is held while the caller uses them.
    pub fn live_subclasses(&self) -> Chunks<Ref<Class>> {
        let known = self.subclasses.lock();
        let alive = known.iter().filter(|class| crate::life::try_retain(*class));
        // SAFETY: `try_retain` added the count; a class leaves the list before its memory goes, so each
        // entry is a class.
        alive.map(|class| unsafe { Ref::from_value_unchecked(Value::from_raw(class)) }).collect()
    }

    /// `__name__`.
    pub fn name(&self) -> Value {
        self.with(|class| &class.names, |names| names[0].clone())
    }

    /// The name as text, for messages.
    pub fn name_text(&self) -> Name {
        Name::of_or_unknown(self.name())
    }

    /// Calls `question` with each class of `__mro__`, this one first, and returns the first answer.
    ///
    /// `question` must not run script code, which might change the order.
    #[inline]
    pub fn find_in_order<R>(&self, question: impl FnMut(&Object<Class>) -> Option<R>) -> Option<R> {
        self.mro.look(|order| {
            let order = order.downcast_ref::<Tuple>().map_or(&[][..], |order| order.items());
            order.iter().filter_map(Value::downcast_ref::<Class>).find_map(question)
        })
    }

    /// Searches the classes behind `start` in `__mro__` for a name and returns what the first one has, unbound.
    pub fn find_behind(&self, start: &Object<Class>, name: &Object<Str>) -> Option<Value> {
        let mut is_behind = false;
        self.find_in_order(|class| match is_behind {
            true => class.namespace.get().downcast_ref::<Dict>()?.get_str(name),
            false => {
                is_behind = class.raw() == start.raw();
                None
            }
        })
    }

    /// The classes of `__mro__`, this one first.
    pub fn order(&self) -> Vec<Ref<Class>> {
        let mut order = Vec::new();
        let _: Option<()> = self.find_in_order(|class| {
            order.push(class.to_ref());
            None
        });
        order
    }

    /// Returns the class that introduced the storage of this class's instances (CPython: `solid_base`).
    pub fn layout_class(&self) -> Ref<Class> {
        let below = if self.flags().contains(ClassFlags::OWN_LAYOUT) { None } else { self.layout_below() };
        below.unwrap_or_else(|| self.to_ref())
    }

    /// Returns the class that introduced the storage which this class's own extends.
    pub fn layout_below(&self) -> Option<Ref<Class>> {
        self.layout.look(|layout| layout.downcast_ref::<Class>().map(Object::to_ref))
    }

    /// Tells whether the storage of this class's instances begins with that of another class.
    pub fn has_layout_of(&self, other: &Object<Class>) -> bool {
        let mut layout = Some(self.layout_class());
        let wanted = other.layout_class();
        while let Some(class) = layout {
            if class.raw() == wanted.raw() {
                return true;
            }
            layout = class.layout_below();
        }
        false
    }

    /// Whether this class is `other` or derives from it (by `__mro__`).
    pub fn is_subclass_of(&self, other: &Object<Class>) -> bool {
        let is_other = |class: &Object<Class>| if class.raw() == other.raw() { Some(()) } else { None };
        self.raw() == other.raw() || self.find_in_order(is_other).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::ClassFlags;

    #[test]
    fn no_two_flags_share_a_bit() {
        let declared = <ClassFlags as bitflags::Flags>::FLAGS.len();
        assert_eq!(declared, ClassFlags::all().bits().count_ones() as usize);
    }
}
