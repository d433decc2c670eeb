//! `groupby`: runs of items with equal keys, each an iterator of its own.
//!
//! The groups and `groupby` itself ask the same source. A group ends when `groupby` goes on to the next one.

use super::iterator;
use crate::protocol;
use crate::references;
use crate::sync::{AtomicU64, Ordering};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators::next_direct;
use crate::types::object::method_arguments::{instantiate, new_arguments, own};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Kind, Object, Payload, Raised, Ref, Run, Signature, Slot, Style, TypeSpec, Value,
};

/// `groupby(iterable, key)`.
pub struct GroupBy {
    source: Value,
    /// The function that gives the key of an item; `None` if items are their own keys.
    key: Value,
    /// The key of the group that was begun last.
    wanted: Slot,
    /// The key of the item that was read last.
    current_key: Slot,
    /// That item, unless a group has yielded it.
    current: Slot,
    /// The number of the group that may go on.
    group: AtomicU64,
    /// How many groups there were.
    groups: AtomicU64,
}

/// The number of no group.
const NO_GROUP: u64 = 0;

references!(GroupBy { source, key, wanted, current_key, current });

impl Payload for GroupBy {
    const KIND: Kind = Kind::GroupBy;
}

/// The type `groupby`.
pub const GROUP_BY_SPEC: TypeSpec = iterator(Kind::GroupBy, type_info::<GroupBy>, new_group_by, next_group);

const GROUP_BY_SIGNATURE: Signature = Signature::new("iterable, key=None");

fn new_group_by(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [iterable, key] = GROUP_BY_SIGNATURE.bind("groupby", args)?;
    let source = protocol::iter(thread, iterable.expect("the first parameter is required"))?;
    let payload = GroupBy {
        source,
        key: key.cloned().unwrap_or(Value::NONE),
        wanted: Slot::empty(),
        current_key: Slot::empty(),
        current: Slot::empty(),
        group: AtomicU64::new(NO_GROUP),
        groups: AtomicU64::new(NO_GROUP),
    };
    Ok(instantiate(thread, class, payload).into_value())
}

/// Reads an item and computes its key; false at the end.
fn step(thread: &mut Thread, groups: &GroupBy) -> Run<bool> {
    let Some(item) = next_direct(thread, &groups.source)? else { return Ok(false) };
    let key = match groups.key.is_none() {
        true => item.clone(),
        false => protocol::call(thread, &groups.key, Args::positional(std::slice::from_ref(&item)))?,
    };
    let old = (groups.current.set_with(thread, item), groups.current_key.set_with(thread, key));
    drop(old);
    Ok(true)
}

fn next_group(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let groups = own::<GroupBy>(iterator);
    // Relaxed, as everywhere here: the numbers only say which group may go on.
    groups.group.store(NO_GROUP, Ordering::Relaxed);
    loop {
        let key = groups.current_key.get();
        if !key.is_unbound() {
            let wanted = groups.wanted.get();
            if wanted.is_unbound() || !protocol::equal(thread, &wanted, &key)? {
                break;
            }
        }
        if !step(thread, groups)? {
            return Ok(None);
        }
        protocol::check_interrupt(thread)?;
    }
    let key = groups.current_key.get();
    if key.is_unbound() {
        // What compared the keys has gone on to the end.
        return Ok(None);
    }
    drop(groups.wanted.set_with(thread, key.clone()));
    let group = group_of(thread, &groups.to_ref(), key.clone());
    thread.try_tuple(vec![key, group]).map(Some)
}

/// Makes the group of a key, and the only one that may go on.
fn group_of(thread: &Thread, groups: &Ref<GroupBy>, wanted: Value) -> Value {
    let number = groups.groups.fetch_add(1, Ordering::Relaxed) + 1;
    groups.group.store(number, Ordering::Relaxed);
    thread.alloc(Grouper { groups: groups.clone(), wanted, number }).into_value()
}

/// A group: the items with one key.
pub struct Grouper {
    groups: Ref<GroupBy>,
    wanted: Value,
    number: u64,
}

references!(Grouper { groups, wanted });

impl Payload for Grouper {
    const KIND: Kind = Kind::Grouper;
}

/// The type of groups.
pub const GROUPER_SPEC: TypeSpec = TypeSpec {
    flags: ClassFlags::empty(),
    ..iterator(Kind::Grouper, type_info::<Grouper>, new_grouper, next_item)
};

const GROUPER_SIGNATURE: Signature = Signature::new("parent, tgtkey, /").styled(Style::Unpacked);

fn new_grouper(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let [groups, wanted] = new_arguments(thread, class, &GROUPER_SIGNATURE, args)? else {
        unreachable!("the signature promises two arguments")
    };
    let Some(groups) = groups.downcast_ref::<GroupBy>() else {
        let given = protocol::argument_kind(thread, groups);
        let complaint = format_args!("_grouper() argument 1 must be itertools.groupby, not {given}");
        return Err(Raised::type_error(complaint));
    };
    Ok(group_of(thread, &groups.to_ref(), wanted.clone()))
}

fn next_item(thread: &mut Thread, iterator: &Value) -> Run<Option<Value>> {
    let group = own::<Grouper>(iterator);
    let groups = &group.groups;
    if groups.group.load(Ordering::Relaxed) != group.number {
        return Ok(None);
    }
    if groups.current.is_empty() && !step(thread, groups)? {
        return Ok(None);
    }
    let key = groups.current_key.get();
    if key.is_unbound() || !protocol::equal(thread, &group.wanted, &key)? {
        return Ok(None);
    }
    let item = groups.current.set(Value::UNBOUND);
    drop(groups.current_key.set(Value::UNBOUND));
    Ok(Some(item).filter(|item| !item.is_unbound()))
}
