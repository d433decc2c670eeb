//! The shape of an object: its class, its payload's layout and the names of its inline attributes.
//!
//! Every object points at a shape where other systems have a type. A built-in type has one; a class
//! has a tree of them, one for each list of attribute names its instances were given, in order:
//!
//! ```text
//! Point: []  ──x──▶  [x]  ──y──▶  [x, y]
//! ```
//!
//! `id` is fresh whenever the class changes and never used again, so an inline cache that compares it
//! has checked shape and class version in one load. The first inline words are those of `__slots__`, as many for
//! every shape of the class; the named attributes follow. A shape in *dict mode* keeps all of these in a dict in
//! the first word behind the slots.

use rustc_hash::FxHashMap;

use crate::life;
use crate::object::{RawObject, TypeFlags, TypeInfo};
use crate::sync::{AtomicPtr, AtomicU32, Mutex, Ordering};
use crate::thread::ThreadState;
use crate::value::class::Class;
use crate::value::class::kind::Kind;
use crate::value::class::slots::Slots;
use crate::value::object::{Object, Ref};
use crate::value::payload::str::Str;
use crate::value::value::Value;

/// Names an object may have inline; more put it in dict mode.
pub const MAX_INLINE_NAMES: usize = 64;

/// How many shapes a class may have; after that instances go to dict mode. Limits what unusual programs can use
/// up.
pub const MAX_SHAPES: usize = 1024;

/// The attributes are in a dict in the first inline word behind the slots: the shape is in dict mode.
const DICT_MODE: TypeFlags = TypeFlags::UPPER;

/// What an object points at: its type and where its attributes are.
#[repr(C)]
pub struct Shape {
    /// What memory management knows; the first field, so that a pointer to a shape is a pointer to a
    /// `TypeInfo`.
    pub info: TypeInfo,
    id: AtomicU32,
    /// The payload behind the header.
    pub kind: Kind,
    builtin: bool,
    /// How many inline words at the front belong to `__slots__`.
    fixed: u16,
    class: AtomicPtr<Object<Class>>,
    names: Box<[Ref<Str>]>,
    index: FxHashMap<u64, u16>,
    /// The positions of the inline words in the order in which they are released; empty if that is the order in
    /// which they lie.
    order_of_release: Box<[u16]>,
    transitions: Mutex<Vec<(u64, *const Shape)>>,
}

// SAFETY: everything mutable is atomic or behind a lock; the pointers go to objects and shapes that
// live as long as the class, which every instance keeps alive.
unsafe impl Send for Shape {}
// SAFETY: as for `Send`: shared parts are atomic or locked, and the pointers lead to what the class keeps
// alive.
unsafe impl Sync for Shape {}

impl Shape {
    /// The shape of an object.
    #[inline(always)]
    pub fn of<'a>(object: RawObject) -> &'a Shape {
        // SAFETY: every object's type word points at the `info` of a shape, which lives as long as
        // the object; callers hold the object while they look.
        unsafe { &*object.type_ptr().cast::<Shape>() }
    }

    /// The shape of any value, inline ones included.
    #[inline]
    pub fn of_value<'a>(thread: &ThreadState, value: &'a Value) -> &'a Shape {
        match value.as_raw() {
            Some(object) => Shape::of(object),
            None => thread.known().shape(value.kind()),
        }
    }

    /// A shape without attribute names. The class is filled in once it exists.
    pub fn new(info: TypeInfo, kind: Kind, builtin: bool, id: u32) -> Shape {
        Shape {
            info,
            id: AtomicU32::new(id),
            kind,
            builtin,
            fixed: 0,
            class: AtomicPtr::default(),
            names: Box::default(),
            index: FxHashMap::default(),
            order_of_release: Box::default(),
            transitions: Mutex::default(),
        }
    }

    /// Makes instances of a table count their class: per thread while the class has an id, else by the class's
    /// own counts.
    pub fn counting_class(mut info: TypeInfo) -> TypeInfo {
        info.set_flags(TypeFlags::COUNTS_CLASS);
        info.retain_type = Some(retain_class);
        info.release_type = Some(release_class);
        info
    }

    /// Returns the shape with so many words of `__slots__` in front.
    pub fn with_fixed(self, fixed: u16) -> Shape {
        Shape { fixed, ..self }
    }

    /// Returns the shape with one more name.
    ///
    /// `known` are all names that instances of the class were ever given, in the order in which each first
    /// appeared. Every instance releases its attributes in that order, whatever order it got them in.
    pub fn extended(&self, name: Ref<Str>, id: u32, known: &[u64]) -> Shape {
        let mut names = self.names.to_vec();
        let mut index = self.index.clone();
        index.insert(name.as_value().word(), names.len() as u16);
        names.push(name);
        let place = |name: &Ref<Str>| known.iter().position(|known| *known == name.as_value().word());
        let sibling = self.sibling(id);
        let mut order_of_release = Vec::new();
        if !names.is_sorted_by_key(place) {
            let mut positions: Vec<usize> = (0..names.len()).collect();
            positions.sort_by_key(|&position| place(&names[position]));
            order_of_release.extend(
                (0..self.fixed).map(usize::from).chain(positions.into_iter().map(|at| at + self.fixed())),
            );
            // Whatever has the table of instances without payload is released word by word.
            sibling.info.clear_flags(TypeFlags::PAYLOAD_OWNS_NOTHING);
        }
        let order_of_release = order_of_release.into_iter().map(|position| position as u16).collect();
        Shape { names: names.into(), index, order_of_release, ..sibling }
    }

    /// Returns the shape for instances of the class that keep their attributes in a dict.
    pub fn dict_mode_sibling(&self, id: u32) -> Shape {
        let shape = self.sibling(id);
        shape.info.set_flags(DICT_MODE);
        shape
    }

    fn sibling(&self, id: u32) -> Shape {
        let shape = Shape::new(self.info.duplicate(), self.kind, self.builtin, id).with_fixed(self.fixed);
        // Relaxed: the class of a shape in use was set long before.
        shape.class.store(self.class.load(Ordering::Relaxed), Ordering::Relaxed);
        shape
    }

    /// The number that inline caches compare. 0 is never cached.
    #[inline(always)]
    pub fn id(&self) -> u32 {
        // Relaxed: a cache that matches an id was filled by a thread that saw what the id stands for.
        self.id.load(Ordering::Relaxed)
    }

    /// Gives the shape a fresh id, so that every inline cache with the old one misses.
    pub fn set_id(&self, id: u32) {
        self.id.store(id, Ordering::Release);
    }

    /// Sets the class, once, while the class is being made.
    pub fn set_class(&self, class: &Object<Class>) {
        self.class.store((&raw const *class).cast_mut(), Ordering::Release);
    }

    /// The class. Every object keeps its class alive, so the reference is good while the shape is used.
    #[inline(always)]
    pub fn class(&self) -> &Object<Class> {
        let class = self.class.load(Ordering::Acquire);
        debug_assert!(!class.is_null(), "a shape in use has a class");
        // SAFETY: set before the shape is used by any object, and the class owns its shapes.
        unsafe { &*class }
    }

    /// The operations of the class.
    #[inline(always)]
    pub fn slots(&self) -> &Slots {
        self.class().slots()
    }

    /// Whether this is a built-in type itself rather than a class written in the script.
    #[inline(always)]
    pub const fn is_builtin(&self) -> bool {
        self.builtin
    }

    /// How many inline words at the front belong to `__slots__`.
    #[inline(always)]
    pub const fn fixed(&self) -> usize {
        self.fixed as usize
    }

    /// Whether the attributes are in a dict in the first inline word behind the slots.
    #[inline(always)]
    pub fn is_dict_mode(&self) -> bool {
        self.info.has(DICT_MODE)
    }

    /// Whether instances have room for attributes at all.
    #[inline(always)]
    pub fn has_attributes(&self) -> bool {
        self.info.has(TypeFlags::INLINE_SLOTS)
    }

    /// Returns the positions of the inline words in the order in which they are released; empty if that is the
    /// order in which they lie.
    pub fn order_of_release(&self) -> &[u16] {
        &self.order_of_release
    }

    /// The names of the inline attributes, in the order they were given.
    pub fn names(&self) -> &[Ref<Str>] {
        &self.names
    }

    /// The inline word of an attribute. `name` must be interned.
    #[inline]
    pub fn find(&self, name: &Object<Str>) -> Option<usize> {
        let word = crate::value::word::from_raw(name.raw());
        let position = match self.names.len() <= 6 {
            true => self.names.iter().position(|known| known.as_value().word() == word)?,
            false => usize::from(*self.index.get(&word)?),
        };
        Some(self.fixed() + position)
    }

    /// Returns the shape that adding `name` leads to, if it has been made for an earlier object.
    pub fn transition(&self, name: &Object<Str>) -> Option<*const Shape> {
        let word = crate::value::word::from_raw(name.raw());
        self.transitions.lock().iter().find(|(known, _)| *known == word).map(|&(_, shape)| shape)
    }

    /// Records the shape that adding `name` leads to; of two racing threads the first one wins.
    pub fn add_transition(&self, name: &Object<Str>, shape: *const Shape) -> *const Shape {
        let word = crate::value::word::from_raw(name.raw());
        let mut transitions = self.transitions.lock();
        match transitions.iter().find(|(known, _)| *known == word) {
            Some(&(_, first)) => first,
            None => {
                transitions.push((word, shape));
                shape
            }
        }
    }
}

/// Adds the reference that an instance with this table holds on its class.
///
/// # Safety
/// `info` is the table of a shape in use, and the caller holds its class.
unsafe fn retain_class(info: *const TypeInfo) {
    // SAFETY: the caller promises the table of a shape in use, and a table is the first field of its shape.
    life::retain(unsafe { &*info.cast::<Shape>() }.class().raw());
}

/// Releases the reference that an instance with this table held on its class.
///
/// # Safety
/// `info` is the table of a shape of a class that one instance held, and gives up here.
unsafe fn release_class(info: *const TypeInfo) {
    // SAFETY: the caller promises the table of a shape whose class the instance still holds; a table is the
    // first field of its shape.
    life::release(unsafe { &*info.cast::<Shape>() }.class().raw());
}
