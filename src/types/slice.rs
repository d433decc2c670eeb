//! The type `slice`: three values and `indices`.

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
    let Ok(len) = usize::try_from(len.as_i64().unwrap_or(i64::MAX)) else {
        return Err(Raised::value_error("length should not be negative"));
    };
    let (start, stop, step) = protocol::slice_bounds(thread, &slice.to_value(), len)?;
    let items = [start, stop, step].map(|number| thread.new_int(number as i64));
    Ok(thread.new_tuple(items.to_vec()))
}
