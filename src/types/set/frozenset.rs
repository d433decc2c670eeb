//! The type `frozenset`.

use crate::thread::Thread;
use crate::types::object::method_arguments::{instantiate, new_arguments, own};
use crate::types::set::{self, iterator, methods, ops};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    AnySet, Args, Class, ClassFlags, FrozenSet, Kind, NativeMethod, Object, Run, Signature, Slots, TypeSpec,
    Value,
};

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::FrozenSet,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::WEAKREFABLE),
    info: type_info::<FrozenSet>,
    slots: Slots {
        repr: Some(set::repr),
        hash: Some(|_, frozen| Ok(hash(own(frozen)))),
        len: Some(|_, frozen| Ok(set::any(frozen).len())),
        compare: Some(set::compare),
        binary: set::OPERATORS,
        contains: Some(set::contains),
        iter: Some(iterator::iter),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__contains__", "object, /", set::contains_method),
        NativeMethod::new("copy", "", methods::copy),
        NativeMethod::new("difference", "*others", methods::difference),
        NativeMethod::new("intersection", "*others", methods::intersection),
        NativeMethod::new("isdisjoint", "other, /", methods::is_disjoint),
        NativeMethod::new("issubset", "other, /", methods::is_subset),
        NativeMethod::new("issuperset", "other, /", methods::is_superset),
        NativeMethod::new("symmetric_difference", "other, /", methods::symmetric_difference),
        NativeMethod::new("union", "*others", methods::union),
        NativeMethod::new("__reduce__", "", methods::reduce),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[],
    doc: "",
};

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("iterable=(), /");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let builtin = class.root_shape().is_builtin();
    let result = match new_arguments(thread, class, &SIGNATURE, args)? {
        [] => ops::scratch(thread),
        [frozen, ..] if builtin && frozen.downcast_exact::<FrozenSet>().is_some() => {
            return Ok(frozen.clone());
        }
        [iterable, ..] => ops::set_of(thread, iterable)?,
    };
    let table = AnySet::Set(&result).with(|table| table.clear());
    Ok(instantiate(thread, class, FrozenSet::new(table)).into_value())
}

/// The hash of a frozenset, which must not depend on the order of its keys (CPython: frozenset_hash).
fn hash(set: &Object<FrozenSet>) -> i64 {
    if let Some(hash) = set.known_hash() {
        return hash;
    }
    let (len, mixed) = AnySet::Frozen(set).with(|table| {
        (table.len() as u64, table.iter().fold(0, |mixed, (hash, _)| mixed ^ shuffle(hash as u64)))
    });
    let mut hash = mixed ^ (len + 1).wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    // -1 is no hash.
    let hash = if hash == u64::MAX { 590_923_713 } else { hash as i64 };
    set.remember_hash(hash);
    hash
}

/// Spreads the bits of a key's hash, so that sets of close numbers have different hashes.
const fn shuffle(hash: u64) -> u64 {
    ((hash ^ 89_869_747) ^ (hash << 16)).wrapping_mul(3_644_798_167)
}
