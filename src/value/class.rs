//! A class: its namespace, its order of resolution, its operations and its shapes.
//!
//! The payload only; what happens when a class is made, looked into or changed is in
//! `types/class*.rs`. Instances keep their class alive; the class owns its shapes.

use crate::object::RawObject;
use crate::references;
use crate::sync::{AtomicPtr, AtomicU16, AtomicU32, Mutex, Ordering};
use crate::value::guarded::{Guarded, SetOnce};
use crate::value::kind::Kind;
use crate::value::object::{Object, Payload};
use crate::value::shape::Shape;
use crate::value::slots::Slots;
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
        /// `__getattribute__`, `__getattr__` or `__setattr__` are overridden: attribute caches keep off.
        const CUSTOM_ATTRIBUTES = 1 << 5;
        /// Has `__slots__` and no dict.
        const SLOTTED = 1 << 6;
        /// A plain value in the namespace was replaced by another, as a counter is: caches look such
        /// values up, so that the next replacement need not invalidate them.
        const VOLATILE_VALUES = 1 << 7;
        /// `__class__` of an instance may be another class than the one it has.
        const CLAIMS_CLASS = 1 << 8;
        /// Instances have storage that those of no base have: a payload of their own, or words of `__slots__`.
        const OWN_LAYOUT = 1 << 9;
        /// The collector took the class for trash once: `__subclasses__` of its bases leaves it out, as a weak
        /// reference to it is dead.
        const UNLISTED = 1 << 10;
    }
}

/// The payload of a class.
pub struct Class {
    /// `__name__`, `__qualname__`: both `str`, both assignable.
    pub names: Guarded<[Value; 2]>,
    /// `__bases__`, a tuple.
    pub bases: SetOnce,
    /// `__mro__`, a tuple that begins with the class itself.
    pub mro: SetOnce<true>,
    /// The class below whose storage instances share and add to; unset for `object`. Unlike `mro`, no metaclass
    /// has a say in it.
    pub layout: SetOnce,
    /// The sorted names of the class's own `__slots__`, a tuple; unset if it adds none.
    pub own_slots: SetOnce,
    /// The namespace, a dict; scripts see it through a read-only proxy.
    pub namespace: SetOnce,
    /// The layout of instances.
    pub kind: Kind,
    flags: AtomicU32,
    slots: AtomicPtr<Slots>,
    root: AtomicPtr<Shape>,
    /// Every table and shape the class ever had: instances and other threads may still look at them.
    pub(crate) owned: Mutex<Owned>,
    /// Classes that derive from this one directly; not counted, each removes itself when it dies.
    pub subclasses: Mutex<Vec<RawObject>>,
    /// Inline words a new instance gets: the most any instance has needed so far.
    pub capacity: AtomicU16,
    /// Instances made while `capacity` was still being learnt; stops at a small number.
    pub born: AtomicU16,
    /// The index of the per-thread counts of this class, 0 for none.
    pub unique_id: AtomicU32,
}

/// What lives as long as the class.
#[derive(Default)]
pub struct Owned {
    /// Operation tables, the last one in use.
    pub slots: Vec<Box<Slots>>,
    /// Shapes, the first one the root.
    pub shapes: Vec<Box<Shape>>,
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
            bases: SetOnce::unset(),
            mro: SetOnce::unset(),
            layout: SetOnce::unset(),
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

    /// Replaces the operations; the old table stays readable.
    pub fn set_slots(&self, slots: Slots) {
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

    /// Takes over a shape; the result is good as long as the class.
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

    /// Changes facts about the class; shapes get fresh ids by the caller.
    pub fn set_flags(&self, flags: ClassFlags, on: bool) {
        if on {
            self.flags.fetch_or(flags.bits(), Ordering::Relaxed);
        } else {
            self.flags.fetch_and(!flags.bits(), Ordering::Relaxed);
        }
    }
}

/// A class leaves the lists of its bases, which it keeps alive until the very end, and gives its id back.
impl Drop for Class {
    fn drop(&mut self) {
        // When a whole heap is dissolved, its bases may have gone first.
        if crate::thread::with_current(|thread| thread.is_dissolving()) {
            return;
        }
        let bases = self.bases.get().downcast_ref::<crate::value::tuple::Tuple>();
        let payload = (&raw const *self).addr();
        for base in bases.map_or(&[][..], |bases| bases.items()) {
            if let Some(base) = base.downcast_ref::<Class>() {
                base.subclasses.lock().retain(|known| known.payload::<Class>().addr() != payload);
            }
        }
        let id = *self.unique_id.get_mut();
        if id != 0 {
            crate::thread::with_current(|thread| thread.runtime().unique_ids.release(id));
        }
    }
}

impl Object<Class> {
    /// Notes that this class derives directly from its bases.
    pub fn enter_into_bases(&self) {
        let bases = self.bases.get().downcast_ref::<crate::value::tuple::Tuple>();
        for base in bases.map_or(&[][..], |bases| bases.items()) {
            if let Some(base) = base.downcast_ref::<Class>() {
                base.subclasses.lock().push(self.raw());
            }
        }
    }

    /// From here on instances count this class in its own words. A class that a collection takes for trash may
    /// die by counting, so all its references have to be in one place (B-27).
    ///
    /// The world is stopped and every thread's count for the id has been folded in.
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

    /// The classes that derive directly from this one and are no secret, oldest first (`__subclasses__`).
    pub fn listed_subclasses(&self) -> Vec<crate::value::object::Ref<Class>> {
        let mut classes = self.live_subclasses();
        classes.retain(|class| !class.flags().contains(ClassFlags::UNLISTED));
        classes
    }

    /// The classes that derive directly from this one, oldest first.
    pub fn live_subclasses(&self) -> Vec<crate::value::object::Ref<Class>> {
        let known = self.subclasses.lock();
        let alive = known.iter().filter(|class| crate::life::try_retain(**class));
        // SAFETY: `try_retain` added the count; a class leaves the list before its memory goes, so each
        // entry is a class.
        alive
            .map(|class| unsafe { crate::value::object::Ref::from_value_unchecked(Value::from_raw(*class)) })
            .collect()
    }

    /// `__name__`.
    pub fn name(&self) -> Value {
        self.with(|class| &class.names, |names| names[0].clone())
    }

    /// The name as text, for messages.
    pub fn name_text(&self) -> String {
        match self.name().downcast_ref::<crate::value::str::Str>() {
            Some(name) => name.as_str().to_owned(),
            None => "?".to_owned(),
        }
    }

    /// The classes of `__mro__`, this one first.
    pub fn resolution(&self) -> impl Iterator<Item = &Object<Class>> {
        let order: &[Value] = match self.mro.get().downcast_ref::<crate::value::tuple::Tuple>() {
            Some(tuple) => tuple.items(),
            None => &[],
        };
        order.iter().filter_map(Value::downcast_ref::<Class>)
    }

    /// The class that brought the storage which instances of this one have (CPython: solid_base).
    pub fn layout_class(&self) -> &Object<Class> {
        let below = if self.flags().contains(ClassFlags::OWN_LAYOUT) { None } else { self.layout_below() };
        below.unwrap_or(self)
    }

    /// The class that brought the storage below this class's own.
    pub fn layout_below(&self) -> Option<&Object<Class>> {
        self.layout.get().downcast_ref::<Class>()
    }

    /// Whether the storage of this class begins with that of another.
    pub fn has_layout_of(&self, other: &Object<Class>) -> bool {
        let mut layout = Some(self.layout_class());
        let wanted = other.layout_class().raw();
        while let Some(class) = layout {
            if class.raw() == wanted {
                return true;
            }
            layout = class.layout_below();
        }
        false
    }

    /// Whether this class is `other` or derives from it (by `__mro__`).
    pub fn is_subclass_of(&self, other: &Object<Class>) -> bool {
        self.raw() == other.raw() || self.resolution().any(|class| class.raw() == other.raw())
    }
}
