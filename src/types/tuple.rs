//! The type `tuple`.

use crate::memory;
use crate::protocol::{self, check_recursion, repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::iterator::sequence_iterators;
use crate::types::object::method_arguments::{attribute_capacity, new_arguments, own, split_self};
use crate::types::sequence::{self, Selection, Subscript, position_of};
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::hash::TupleHash;
use crate::value::{
    Args, Class, ClassFlags, Comparison, Kind, NativeMethod, Object, Raised, Run, Signature, Slots, Tuple,
    TypeSpec, Value,
};

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Tuple,
    base: Kind::Object,
    flags: ClassFlags::BASE,
    info: type_info::<Tuple>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        len: Some(|_, tuple| Ok(own::<Tuple>(tuple).len())),
        compare: Some(compare),
        concat: Some(concatenate),
        repeat: Some(repeat),
        get_item: Some(get_item),
        contains: Some(contains),
        iter: Some(sequence_iterators::tuple_iter),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("count", "value, /", count),
        NativeMethod::new("index", "value, start=0, stop=sys.maxsize, /", index),
        NativeMethod::new("__getnewargs__", "", get_new_args),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[],
    doc: "",
};

/// The parameters of `tuple(…)`.
const SIGNATURE: Signature = Signature::new("iterable=(), /");

fn new(thread: &mut Thread, class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    let shape = class.root_shape();
    let iterable = new_arguments(thread, class, &SIGNATURE, args)?.first();
    if shape.is_builtin()
        && let Some(tuple) = iterable
        && tuple.downcast_exact::<Tuple>().is_some()
    {
        return Ok(tuple.clone());
    }
    let items = match iterable {
        Some(iterable) => protocol::collect(thread, iterable)?,
        None => Vec::new(),
    };
    if shape.is_builtin() {
        return thread.try_tuple(items);
    }
    let (len, capacity) = (items.len(), attribute_capacity(class));
    thread.try_tuple_shaped(shape, items.into_iter(), len, capacity).map(crate::value::Ref::into_value)
}

fn repr(thread: &mut Thread, tuple: &Value) -> Run<Value> {
    let items = own::<Tuple>(tuple).items();
    if items.is_empty() {
        return Ok(thread.new_str("()"));
    }
    if !repr_enter(thread, tuple) {
        return Ok(thread.new_str("(...)"));
    }
    let text = sequence::join_reprs(thread, "(", |at| items.get(at).cloned());
    repr_leave(thread, tuple);
    let mut text = text?;
    memory::push_str(&mut text, if items.len() == 1 { ",)" } else { ")" })?;
    Ok(thread.new_string(text))
}

/// The hash of a tuple.
fn hash(thread: &mut Thread, tuple: &Value) -> Run<i64> {
    check_recursion(thread, "while calling a Python object")?;
    let items = own::<Tuple>(tuple).items();
    let mut hash = TupleHash::default();
    for item in items {
        hash.add(protocol::hash(thread, item)?);
    }
    Ok(hash.finish(items.len()))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<Tuple>(), right.downcast_ref::<Tuple>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (left, right) = (left.items(), right.items());
    for (left, right) in left.iter().zip(right) {
        if !sequence::same_or_equal(thread, left, right)? {
            return match comparison {
                Comparison::Equal => Ok(Value::FALSE),
                Comparison::NotEqual => Ok(Value::TRUE),
                _ => protocol::compare(thread, left, right, comparison),
            };
        }
    }
    Ok(Value::bool(comparison.holds(left.len().cmp(&right.len()))))
}

fn concatenate(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    let (Some(first), Some(second)) = (left.downcast_ref::<Tuple>(), right.downcast_ref::<Tuple>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if first.is_empty() && right.downcast_exact::<Tuple>().is_some() {
        return Ok(right.clone());
    }
    if second.is_empty() && left.downcast_exact::<Tuple>().is_some() {
        return Ok(left.clone());
    }
    let len = first.len() + second.len();
    let items = first.items().iter().chain(second.items()).cloned();
    thread.try_tuple_of(items, len)
}

fn repeat(thread: &mut Thread, tuple: &Value, count: &Value) -> Run<Value> {
    let Some(times) = sequence::times(thread, count)? else { return Ok(Value::NOT_IMPLEMENTED) };
    if times == 1 && tuple.downcast_exact::<Tuple>().is_some() {
        return Ok(tuple.clone());
    }
    let items = sequence::repeat(own::<Tuple>(tuple).items(), times)?;
    thread.try_tuple(items)
}

fn get_item(thread: &mut Thread, tuple: &Value, key: &Value) -> Run<Value> {
    let items = own::<Tuple>(tuple).items();
    match sequence::subscript(thread, key, "tuple")? {
        Subscript::At(index) => match position_of(index, items.len()) {
            Some(position) => Ok(items[position].clone()),
            None => Err(Raised::index_error("tuple index out of range")),
        },
        Subscript::Slice => {
            let selection = Selection::of(thread, key, items.len())?;
            if selection.count == items.len()
                && selection.step == 1
                && tuple.downcast_exact::<Tuple>().is_some()
            {
                return Ok(tuple.clone());
            }
            thread.try_tuple_of(selection.positions().map(|at: usize| items[at].clone()), selection.count)
        }
    }
}

fn contains(thread: &mut Thread, tuple: &Value, wanted: &Value) -> Run<bool> {
    for item in own::<Tuple>(tuple).items() {
        if sequence::same_or_equal(thread, item, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (tuple, args) = split_self::<Tuple>(args);
    let [wanted] = args.exactly();
    let count =
        sequence::count_item(thread, |from| sequence::scan(tuple.items(), wanted, from, usize::MAX), wanted)?;
    Ok(thread.new_usize(count))
}

fn index(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (tuple, args) = split_self::<Tuple>(args);
    let values = args.positionals();
    let (start, stop) = sequence::search_bounds(thread, &values[1..], || tuple.len())?;
    let look = |from| sequence::scan(tuple.items(), &values[0], from, stop);
    match sequence::find_item(thread, look, &values[0], start)? {
        Some(position) => Ok(thread.new_usize(position)),
        None => Err(Raised::value_error("tuple.index(x): x not in tuple")),
    }
}

fn get_new_args(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (tuple, _) = split_self::<Tuple>(args);
    let exact = thread.new_tuple(tuple.items().to_vec());
    Ok(thread.new_tuple(vec![exact]))
}
