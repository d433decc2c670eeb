//! The type `list`: its operators.
//!
//! Methods are in `methods.rs`, slices in `slice.rs`, sorting in `sort.rs` and, for keys whose order runs no script
//! code, in `typed_sort.rs`; what lists share with tuples is in `types/sequence.rs`. Begin with `methods.rs`.

pub mod methods;
pub mod slice;
pub mod sort;
pub mod typed_sort;

use crate::memory;
use crate::protocol::{self, repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::dict::fast_methods;
use crate::types::iterator::sequence_iterators;
use crate::types::list::methods::extend;
use crate::types::object::method_arguments::{init_arguments, instantiate, own};
use crate::types::sequence::{self, Subscript, position_of};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::{
    Args, ClassFlags, Comparison, Intrinsic, Kind, List, NativeMethod, Object, Raised, Run, Signature, Slots,
    TypeSpec, Value, equal_fast,
};

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::List,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<List>,
    slots: Slots {
        repr: Some(repr),
        len: Some(|_, list| Ok(own::<List>(list).len())),
        compare: Some(compare),
        concat: Some(concatenate),
        repeat: Some(repeat),
        concat_in_place: Some(extend_in_place),
        repeat_in_place: Some(repeat_in_place),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(contains),
        iter: Some(sequence_iterators::list_iter),
        new: Some(|thread, class, _| Ok(instantiate(thread, class, List::default()).into_value())),
        init: Some(init),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("__getitem__", "index, /", |thread, args| {
            let [list, key] = args.exactly();
            get_item(thread, list, key)
        }),
        NativeMethod::new("append", "object, /", methods::append).intrinsic(Intrinsic::ListAppend),
        NativeMethod::new("clear", "", methods::clear),
        NativeMethod::new("copy", "", methods::copy),
        NativeMethod::new("count", "value, /", methods::count),
        NativeMethod::new("extend", "iterable, /", methods::extend_method),
        NativeMethod::new("index", "value, start=0, stop=sys.maxsize, /", methods::index),
        NativeMethod::new("insert", "index, object, /", methods::insert),
        NativeMethod::new("pop", "index=-1, /", methods::pop).with_fast_path(fast_methods::list_pop),
        NativeMethod::new("remove", "value, /", methods::remove),
        NativeMethod::new("reverse", "", methods::reverse),
        NativeMethod::new("sort", "*, key=None, reverse=False", sort::sort),
        NativeMethod::new("__reversed__", "", sequence_iterators::list_reversed),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[],
    doc: "",
};

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("iterable=(), /");

fn init(thread: &mut Thread, list: &Value, args: Args<'_>) -> Run<()> {
    let items = match init_arguments(thread, list, &SIGNATURE, args)? {
        [] => Vec::new(),
        [iterable, ..] => protocol::collect_list(thread, iterable)?,
    };
    replace_items(own(list), items);
    Ok(())
}

/// Replaces all items; the old ones are dropped outside of the lock.
pub fn replace_items(list: &Object<List>, items: Vec<Value>) {
    drop_backwards(list.with_items(|place| std::mem::replace(place, items)));
}

/// Drops items, the last one first, as CPython does.
pub fn drop_backwards(mut items: Vec<Value>) {
    while let Some(item) = items.pop() {
        drop(item);
    }
}

fn repr(thread: &mut Thread, list: &Value) -> Run<Value> {
    if own::<List>(list).is_empty() {
        return Ok(thread.new_str("[]"));
    }
    if !repr_enter(thread, list) {
        return Ok(thread.new_str("[...]"));
    }
    let text = sequence::join_reprs(thread, "[", |position| own::<List>(list).get(position));
    repr_leave(thread, list);
    let mut text = text?;
    memory::push_str(&mut text, "]")?;
    Ok(thread.new_string(text))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<List>(), right.downcast_ref::<List>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let lens = || (left.len(), right.len());
    let start = common_start(thread, left, right);
    sequence::compare_items(thread, start, |at| left.get(at), |at| right.get(at), lens, comparison)
}

/// Returns how many items at the front are equal, as far as can be told without running script code.
fn common_start(thread: &Thread, left: &Object<List>, right: &Object<List>) -> usize {
    // Two locks are never held together; a program of one thread has none.
    if thread.is_multi() || left.raw() == right.raw() {
        return 0;
    }
    let equal = |(left, right): &(&Value, &Value)| equal_fast(left, right) == Some(true);
    left.with_items(|left| right.with_items(|right| left.iter().zip(right.iter()).take_while(equal).count()))
}

fn concatenate(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<List>(), right.downcast_ref::<List>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    // One after the other: two locks are never held together.
    let tail = right.to_vec()?;
    let mut items = left.with_items(|items| -> Run<Vec<Value>> {
        let mut joined = memory::with_room(items.len() + tail.len())?;
        joined.extend_from_slice(items);
        Ok(joined)
    })?;
    items.extend(tail);
    Ok(thread.alloc(List::new(items)).into_value())
}

fn repeat(thread: &mut Thread, list: &Value, count: &Value) -> Run<Value> {
    let Some(times) = sequence::times(thread, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let items = own::<List>(list).with_items(|items| sequence::repeat(items, times))?;
    Ok(thread.alloc(List::new(items)).into_value())
}

fn extend_in_place(thread: &mut Thread, list: &Value, iterable: &Value) -> Run<Value> {
    extend(thread, own(list), iterable)?;
    Ok(list.clone())
}

fn repeat_in_place(thread: &mut Thread, list: &Value, count: &Value) -> Run<Value> {
    let Some(times) = sequence::times(thread, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let items = own::<List>(list).with_items(|items| sequence::repeat(items, times))?;
    replace_items(own(list), items);
    Ok(list.clone())
}

fn get_item(thread: &mut Thread, list: &Value, key: &Value) -> Run<Value> {
    match sequence::subscript(thread, key, "list")? {
        Subscript::At(index) => own::<List>(list)
            .with_items(|items| position_of(index, items.len()).map(|at| items[at].clone()))
            .ok_or_else(|| Raised::index_error("list index out of range")),
        Subscript::Slice => slice::get(thread, own(list), key),
    }
}

fn set_item(thread: &mut Thread, list: &Value, key: &Value, value: Option<&Value>) -> Run<()> {
    let index = match (sequence::subscript(thread, key, "list")?, value) {
        (Subscript::At(index), _) => index,
        (Subscript::Slice, Some(value)) => return slice::set(thread, own(list), key, value),
        (Subscript::Slice, None) => return slice::delete(thread, own(list), key),
    };
    let value = value.cloned();
    let old = own::<List>(list).with_items(|items| {
        let position = position_of(index, items.len())?;
        Some(match value {
            Some(value) => std::mem::replace(&mut items[position], value),
            None => items.remove(position),
        })
    });
    match old {
        Some(_old) => Ok(()),
        None => Err(Raised::index_error("list assignment index out of range")),
    }
}

fn contains(thread: &mut Thread, list: &Value, wanted: &Value) -> Run<bool> {
    let list = own::<List>(list);
    Ok(find(thread, list, wanted, 0, usize::MAX)?.is_some())
}

/// Finds the first item equal to `wanted` from `start` on and below `stop`. Raises what `__eq__` raises.
pub fn find(
    thread: &mut Thread,
    list: &Object<List>,
    wanted: &Value,
    start: usize,
    stop: usize,
) -> Run<Option<usize>> {
    let look = |from| list.with_items(|items| sequence::scan(items, wanted, from, stop));
    sequence::find_item(thread, look, wanted, start)
}
