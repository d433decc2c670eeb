//! The type `range`: numbers in arithmetic progression, none of them stored.
//!
//! Ranges of machine words compute with them; ranges past those compute with big integers in
//! `big.rs`. The iterator is in `iterator.rs`.
//!
//! Begin with `WordRange` in `value/payload/range.rs`, then here.

pub mod big;
pub mod iterator;

use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::types::object::method_arguments::{own, split_self};
use crate::types::object::reduced;
use crate::types::{float, sequence};
use crate::value::alloc::type_info;
use crate::value::{
    Args, Class, ClassFlags, Comparison, Complex, Kind, NativeAttribute, NativeMethod, Object, Raised, Range,
    Run, Signature, Slice, Slots, TypeSpec, Value, WordRange,
};

/// The table of `range`.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Range,
    base: Kind::Object,
    flags: ClassFlags::empty(),
    info: type_info::<Range>,
    slots: Slots {
        repr: Some(repr),
        hash: Some(hash),
        is_true: Some(|_, range| Ok(!is_empty(own(range)))),
        len: Some(len),
        compare: Some(compare),
        get_item: Some(get_item),
        contains: Some(contains),
        iter: Some(iterator::iter),
        new: Some(new),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("index", "object, /", index),
        NativeMethod::new("count", "object, /", count),
        NativeMethod::new("__reversed__", "", iterator::reversed),
        NativeMethod::new("__reduce__", "", |thread, args| {
            let (range, _) = split_self::<Range>(args);
            let bounds = [&range.start, &range.stop, &range.step].map(Value::clone);
            Ok(reduced::class_call(thread, &range.to_value(), bounds.to_vec()))
        }),
    ],
    attributes: &[
        NativeAttribute::field("start", |_, range| Ok(own::<Range>(range).start.clone())),
        NativeAttribute::field("stop", |_, range| Ok(own::<Range>(range).stop.clone())),
        NativeAttribute::field("step", |_, range| Ok(own::<Range>(range).step.clone())),
    ],
    doc: "",
};

/// The parameters of the constructor.
const SIGNATURE: Signature = Signature::new("start, stop=None, step=None, /");

fn new(thread: &mut Thread, _class: &Object<Class>, args: Args<'_>) -> Run<Value> {
    SIGNATURE.check("range", args)?;
    let arguments = args.positionals();
    let mut bounds = Vec::with_capacity(3);
    for argument in arguments {
        bounds.push(protocol::index(thread, argument)?);
    }
    let one = || Value::small_int(1).expect("one is inline");
    let zero = || Value::small_int(0).expect("zero is inline");
    let (start, stop, step) = match <[Value; 3]>::try_from(bounds) {
        Ok([start, stop, step]) => (start, stop, step),
        Err(mut bounds) => {
            let stop = bounds.pop().expect("one argument at least");
            (bounds.pop().unwrap_or_else(zero), stop, one())
        }
    };
    if step.as_i64() == Some(0) {
        return Err(Raised::value_error("range() arg 3 must not be zero"));
    }
    new_range(thread, start, stop, step)
}

/// Makes a range of exact integers; the step is not zero. Raises `MemoryError`.
pub fn new_range(thread: &Thread, start: Value, stop: Value, step: Value) -> Run<Value> {
    let words = match (start.as_i64(), stop.as_i64(), step.as_i64()) {
        (Some(start), Some(stop), Some(step)) => WordRange::new(start, stop, step),
        _ => None,
    };
    let count = match words {
        Some(words) => thread.new_int(words.count),
        None => big::count(thread, &start, &stop, &step)?,
    };
    Ok(thread.alloc(Range { start, stop, step, count, words }).into_value())
}

/// Makes a range of inline integers; `None` if its length is not an inline integer.
pub fn of_words(thread: &ThreadState, words: WordRange, stop: i64) -> Option<Value> {
    let (start, stop) = (Value::small_int(words.start)?, Value::small_int(stop)?);
    let (step, count) = (Value::small_int(words.step)?, Value::small_int(words.count)?);
    Some(thread.alloc(Range { start, stop, step, count, words: Some(words) }).into_value())
}

fn is_empty(range: &Object<Range>) -> bool {
    range.count.as_small_int() == Some(0)
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    let range = own::<Range>(value);
    let mut text = "range(".to_owned();
    sequence::push_repr(thread, &mut text, &range.start)?;
    text.push_str(", ");
    sequence::push_repr(thread, &mut text, &range.stop)?;
    if range.step.as_small_int() != Some(1) {
        text.push_str(", ");
        sequence::push_repr(thread, &mut text, &range.step)?;
    }
    text.push(')');
    Ok(thread.new_string(text))
}

fn len(_thread: &mut Thread, value: &Value) -> Run<usize> {
    match own::<Range>(value).count.as_i64() {
        Some(count) => Ok(count as usize),
        None => Err(Raised::overflow_error("Python int too large to convert to C ssize_t")),
    }
}

/// Returns what decides the equality of ranges: count, first number and step, as far as they matter.
fn essence(range: &Object<Range>) -> [Value; 3] {
    let (count, start, step) = (range.count.clone(), range.start.clone(), range.step.clone());
    match count.as_small_int() {
        Some(0) => [count, Value::NONE, Value::NONE],
        Some(1) => [count, start, Value::NONE],
        _ => [count, start, step],
    }
}

fn hash(thread: &mut Thread, value: &Value) -> Run<i64> {
    let essence = thread.new_tuple(essence(own(value)).to_vec());
    protocol::hash(thread, &essence)
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<Range>(), right.downcast_ref::<Range>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let wanted = match comparison {
        Comparison::Equal => true,
        Comparison::NotEqual => false,
        _ => return Ok(Value::NOT_IMPLEMENTED),
    };
    for (left, right) in essence(left).iter().zip(&essence(right)) {
        if !protocol::equal(thread, left, right)? {
            return Ok(Value::bool(!wanted));
        }
    }
    Ok(Value::bool(wanted))
}

fn get_item(thread: &mut Thread, value: &Value, key: &Value) -> Run<Value> {
    let range = own::<Range>(value);
    if key.kind() == Kind::Slice {
        return slice(thread, range, key);
    }
    if protocol::slots_of(thread, key).index.is_none() {
        let given = protocol::type_name(thread, key);
        return Err(Raised::type_error(format_args!(
            "range indices must be integers or slices, not {given}"
        )));
    }
    let index = protocol::index(thread, key)?;
    let item = match (range.words, index.as_i64()) {
        (Some(words), Some(index)) => {
            let position = if index < 0 { index + words.count } else { index };
            (0..words.count).contains(&position).then(|| thread.new_int(words.at(position)))
        }
        _ => big::item(thread, range, &index)?,
    };
    item.ok_or_else(|| Raised::index_error("range object index out of range"))
}

/// Tells whether the step of a slice is beyond machine words; a step, unlike bounds, is not limited to the
/// range.
fn is_large(step: &Value) -> bool {
    step.as_integer().is_some() && step.as_i64().is_none_or(|step| step.unsigned_abs() > isize::MAX as u64)
}

fn slice(thread: &mut Thread, range: &Object<Range>, key: &Value) -> Run<Value> {
    let is_large = key.downcast_ref::<Slice>().is_some_and(|key| is_large(&key.step));
    let Some(words) = range.words.filter(|_| !is_large) else { return big::slice(thread, range, key) };
    let (start, stop, step) = protocol::slice_bounds(thread, key, words.count as usize)?;
    // Bounds are cut to the count, so the ends stay within one step of the range; only the product of
    // the two steps may be larger than a word.
    let number = |position: isize| i128::from(words.start) + position as i128 * i128::from(words.step);
    let bounds = [number(start), number(stop), words.step as i128 * step as i128];
    let [start, stop, step] = bounds.map(|bound| thread.new_big(bound.into()));
    new_range(thread, start, stop, step)
}

/// The position of an integer in the range.
fn position_of(thread: &Thread, range: &Object<Range>, wanted: &Value) -> Run<Option<Value>> {
    Ok(match (range.words, wanted.as_i64()) {
        (Some(_), None) => None,
        (Some(words), Some(wanted)) => {
            let distance = i128::from(wanted) - i128::from(words.start);
            let (position, rest) = (distance / i128::from(words.step), distance % i128::from(words.step));
            let inside = rest == 0 && (0..i128::from(words.count)).contains(&position);
            inside.then(|| thread.new_int(position as i64))
        }
        (None, _) => big::position(thread, range, wanted)?,
    })
}

/// Returns the position of a value that is no exact integer, if need be by comparing it with each number.
fn search(thread: &mut Thread, range: &Object<Range>, wanted: &Value) -> Run<Option<Value>> {
    match sought(thread, wanted)? {
        Sought::Number(number) => return position_of(thread, range, &number),
        Sought::Nothing => return Ok(None),
        Sought::Unknown => {}
    }
    let iterator = iterator::iter(thread, &range.to_value())?;
    let mut position = 0;
    while let Some(number) = protocol::next(thread, &iterator)? {
        if protocol::equal(thread, &number, wanted)? {
            return Ok(Some(thread.new_int(position)));
        }
        position += 1;
    }
    Ok(None)
}

/// The number of a range that a value may be equal to.
enum Sought {
    /// It can only be equal to this integer.
    Number(Value),
    /// It is equal to no integer.
    Nothing,
    /// Only its `__eq__` can tell.
    Unknown,
}

/// Tells which number a value of a built-in type equals, without calling `__eq__`.
/// A range may be too long to search. A class derived from such a type counts if it compares in the same way.
fn sought(thread: &mut Thread, wanted: &Value) -> Run<Sought> {
    let class = protocol::class_of(thread, wanted);
    let compares = protocol::class_lookup(&class, &thread.known().names().eq);
    let is_native = compares.is_some_and(|found| found.kind() == Kind::SlotWrapper);
    if !is_native || matches!(wanted.kind(), Kind::WeakProxy | Kind::WeakCallableProxy) {
        return Ok(Sought::Unknown);
    }
    if wanted.as_integer().is_some() {
        return Ok(Sought::Number(wanted.clone()));
    }
    let number = match wanted.downcast_ref::<Complex>() {
        Some(complex) => (complex.imag == 0.0).then_some(complex.real),
        None => wanted.as_float_exact(),
    };
    match number {
        Some(number) if number.is_finite() && number == number.floor() => {
            float::arithmetic::truncate(thread, number).map(Sought::Number)
        }
        _ => Ok(Sought::Nothing),
    }
}

/// Tells whether a value is exactly an `int` or a `bool`, not an instance of a class of the script.
fn is_exact_integer(thread: &Thread, value: &Value) -> bool {
    value.as_integer().is_some() && protocol::shape_of(thread, value).is_builtin()
}

fn contains(thread: &mut Thread, value: &Value, wanted: &Value) -> Run<bool> {
    let range = own::<Range>(value);
    if is_exact_integer(thread, wanted) {
        return Ok(position_of(thread, range, wanted)?.is_some());
    }
    Ok(search(thread, range, wanted)?.is_some())
}

fn index(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (range, args) = split_self::<Range>(args);
    let [wanted] = args.exactly();
    if is_exact_integer(thread, wanted) {
        if let Some(position) = position_of(thread, range, wanted)? {
            return Ok(position);
        }
        return Err(Raised::value_error("range.index(x): x not in range"));
    }
    match search(thread, range, wanted)? {
        Some(position) => Ok(position),
        None => Err(Raised::value_error("sequence.index(x): x not in sequence")),
    }
}

fn count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (range, args) = split_self::<Range>(args);
    let [wanted] = args.exactly();
    if is_exact_integer(thread, wanted) {
        return Ok(thread.new_int(i64::from(position_of(thread, range, wanted)?.is_some())));
    }
    let found = match sought(thread, wanted)? {
        Sought::Number(number) => Some(position_of(thread, range, &number)?.is_some()),
        Sought::Nothing => Some(false),
        Sought::Unknown => None,
    };
    if let Some(found) = found {
        return Ok(thread.new_int(i64::from(found)));
    }
    let iterator = iterator::iter(thread, &range.to_value())?;
    let mut count = 0;
    while let Some(number) = protocol::next(thread, &iterator)? {
        count += i64::from(protocol::equal(thread, &number, wanted)?);
    }
    Ok(thread.new_int(count))
}
