//! The type `slice`: three values and `indices`.

use dashu_int::IBig;

use crate::protocol::{self, repr_enter, repr_leave};
use crate::thread::Thread;
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::types::sequence;
use crate::value::alloc::type_info;
use crate::value::hash::TupleHash;
use crate::value::{
    Args, Class, ClassFlags, Comparison, Kind, NativeAttribute, NativeMethod, Object, Raised, Run, Signature,
    Slice, Slots, TypeSpec, Value,
};

/// The table of `slice`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Slice,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Slice>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        compare: Some(compare),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("indices", "object, /", indices),
        NativeMethod::new("__reduce__", "", |thread, args| {
            let (slice, _) = split_self::<Slice>(args);
            Ok(reduced::class_call(thread, &slice.to_value(), parts(slice).map(Value::clone).to_vec()))
        }),
    ],
    attributes: &[
        NativeAttribute::field("start", |_, slice| Ok(own::<Slice>(slice).start.clone())),
        NativeAttribute::field("stop", |_, slice| Ok(own::<Slice>(slice).stop.clone())),
        NativeAttribute::field("step", |_, slice| Ok(own::<Slice>(slice).step.clone())),
    ],
    doc: "",
};

/// Makes a slice.
pub fn new_slice(thread: &Thread, start: Value, stop: Value, step: Value) -> Value {
    thread.alloc(Slice { start, stop, step }).into_value()
}

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("start, stop=None, step=None, /");

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    SIGNATURE.check("slice", args)?;
    let (start, stop, step) = match args.positionals() {
        [stop] => (&Value::NONE, stop, &Value::NONE),
        [start, stop] => (start, stop, &Value::NONE),
        [start, stop, step] => (start, stop, step),
        _ => unreachable!("one to three arguments"),
    };
    Ok(new_slice(thread, start.clone(), stop.clone(), step.clone()))
}

/// The hash of a slice: that of a tuple of its parts, without the number of items.
fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    let mut hash = TupleHash::default();
    for part in parts(own::<Slice>(value)) {
        hash.add(protocol::hash(thread, part)?);
    }
    Ok(hash.finish_parts())
}

fn parts(slice: &Object<Slice>) -> [&Value; 3] {
    [&slice.start, &slice.stop, &slice.step]
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    repr_enter(thread, value);
    let text = text_of(thread, own::<Slice>(value));
    repr_leave(thread, value);
    Ok(thread.new_string(text?))
}

fn text_of(thread: &mut Thread, slice: &Object<Slice>) -> Run<String> {
    let mut text = "slice(".to_owned();
    for (position, part) in parts(slice).into_iter().enumerate() {
        if position > 0 {
            text.push_str(", ");
        }
        sequence::push_repr(thread, &mut text, part)?;
    }
    text.push(')');
    Ok(text)
}

/// Slices compare as tuples of their three parts.
fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<Slice>(), right.downcast_ref::<Slice>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let left = |index: usize| parts(left).get(index).map(|&part| part.clone());
    let right = |index: usize| parts(right).get(index).map(|&part| part.clone());
    sequence::compare_items(thread, 0, left, right, || (3, 3), comparison)
}

fn indices(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (slice, args) = split_self::<Slice>(args);
    let [len] = args.exactly();
    let len = protocol::index(thread, len)?;
    if len.as_integer().is_some_and(|len| len.is_negative()) {
        return Err(Raised::value_error("length should not be negative"));
    }
    let is_word = |value: &Value| value.is_none() || value.as_small_int().is_some();
    let Some(len) = len.as_small_int().filter(|_| parts(slice).into_iter().all(is_word)) else {
        return long_indices(thread, slice, &len);
    };
    let len = len as usize;
    let (start, stop, step) = protocol::slice_bounds(thread, &slice.to_value(), len)?;
    let items = [start, stop, step].map(|number| thread.new_int(number as i64));
    Ok(thread.new_tuple(items.to_vec()))
}

/// Computes `slice.indices(len)` for parts of any size. Raises `TypeError` for parts that are no integers, `ValueError`
/// for a step of zero, and what `__index__` raises.
#[cold]
fn long_indices(thread: &mut Thread, slice: &Object<Slice>, len: &Value) -> Run<Value> {
    let mut given = Vec::with_capacity(3);
    for part in [&slice.step, &slice.start, &slice.stop] {
        given.push(if part.is_none() { None } else { Some(whole(thread, part)?) });
        if given.len() == 1 && given[0].as_ref().is_some_and(IBig::is_zero) {
            return Err(Raised::value_error("slice step cannot be zero"));
        }
    }
    let len = whole(thread, len)?;
    let (stop, start, step) = (given.pop().flatten(), given.pop().flatten(), given.pop().flatten());
    let step = step.unwrap_or(IBig::ONE);
    let is_backward = step < IBig::ZERO;
    let (least, most) =
        if is_backward { (IBig::NEG_ONE, &len - IBig::ONE) } else { (IBig::ZERO, len.clone()) };
    let cut = |position: Option<IBig>, left_out: &IBig| match position {
        None => left_out.clone(),
        Some(position) if position < IBig::ZERO => (position + &len).max(least.clone()),
        Some(position) => position.min(most.clone()),
    };
    let (first, last) = if is_backward { (&most, &least) } else { (&least, &most) };
    let numbers = [cut(start, first), cut(stop, last), step];
    let items = numbers.map(|number| thread.new_big(number));
    Ok(thread.new_tuple(items.to_vec()))
}

/// Returns an integer of any size. Raises `TypeError` for other objects, and what `__index__` raises.
fn whole(thread: &mut Thread, value: &Value) -> Run<IBig> {
    if protocol::slots_of(thread, value).index.is_none() {
        return Err(Raised::type_error("slice indices must be integers or None or have an __index__ method"));
    }
    let index = protocol::index(thread, value)?;
    Ok(index.as_integer().expect("an index is an integer").to_big())
}
