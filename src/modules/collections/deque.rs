//! `deque`: a sequence that grows and shrinks at both ends.
//!
//! The items lie in a ring. Whatever is asked of an item may change the deque: each change of its length counts up a
//! number, by which searches and iterators notice it.

use crate::memory;
use crate::object::TAKEN_AT_ONCE;
use crate::protocol::{self, class_of, repr_enter, repr_leave};
use crate::references;
use crate::sync::{AtomicI64, AtomicU64, Ordering};
use crate::thread::Thread;
use crate::types::object::method_arguments::{instantiate, own, split_self};
use crate::types::object::reduced;
use crate::types::object::size::size_of_object;
use crate::types::sequence;
use crate::types::typing::generic_alias::class_getitem;
use crate::value::alloc::type_info;
use crate::value::word::Word;
use crate::value::{
    Args, Class, ClassFlags, Comparison, ErrorKind, Guarded, Kind, NativeAttribute, NativeMethod, Object,
    Payload, Raised, Run, Signature, Slots, Style, Trace, TypeSpec, Value, make_room_for,
};
use std::collections::VecDeque;

use super::deque_iterator;

/// The deque.
pub struct Deque {
    items: Guarded<Items>,
    /// The most items there may be, or `UNBOUNDED`.
    limit: AtomicI64,
    /// How often the length has changed.
    changes: AtomicU64,
}

/// The ring of items.
#[derive(Default)]
struct Items(VecDeque<Value>);

const UNBOUNDED: i64 = -1;

impl Trace for Items {
    fn show<const ALL: bool>(&self, visit: &mut dyn FnMut(Word)) {
        self.0.iter().for_each(|item| item.show::<ALL>(visit));
    }

    /// Takes the first item first, a portion at a time, so that a long ring needs no long buffer when it dies.
    fn take(&mut self, taken: &mut Vec<Word>) {
        let full = taken.len() + TAKEN_AT_ONCE;
        make_room_for(taken, self.0.len().min(TAKEN_AT_ONCE));
        while taken.len() < full {
            let Some(mut item) = self.0.pop_front() else {
                self.0 = VecDeque::new();
                return;
            };
            Trace::take(&mut item, taken);
        }
    }
}

references!(Deque { items });

impl Payload for Deque {
    const KIND: Kind = Kind::Deque;
}

/// The type.
pub const SPEC: TypeSpec = TypeSpec {
    kind: Kind::Deque,
    base: Kind::Object,
    flags: ClassFlags::BASE.union(ClassFlags::WEAKREFABLE),
    info: type_info::<Deque>,
    slots: Slots {
        repr: Some(repr),
        len: Some(|_, deque| Ok(own::<Deque>(deque).len())),
        compare: Some(compare),
        concat: Some(concatenate),
        repeat: Some(repeat),
        concat_in_place: Some(extend_in_place),
        repeat_in_place: Some(repeat_in_place),
        get_item: Some(get_item),
        set_item: Some(set_item),
        contains: Some(|thread, deque, item| Ok(find(thread, own(deque), item, 0, usize::MAX)?.is_some())),
        iter: Some(deque_iterator::forward),
        new: Some(|thread, class, _| Ok(empty(thread, class, UNBOUNDED))),
        init: Some(init),
        ..Slots::EMPTY
    },
    methods: &[
        NativeMethod::new("append", "item, /", append),
        NativeMethod::new("appendleft", "item, /", append_left),
        NativeMethod::new("clear", "", clear),
        NativeMethod::new("__copy__", "", copy),
        NativeMethod::new("copy", "", copy),
        NativeMethod::new("count", "value, /", count),
        NativeMethod::new("extend", "iterable, /", extend_method),
        NativeMethod::new("extendleft", "iterable, /", extend_left),
        NativeMethod::new("index", "value, start=0, stop=sys.maxsize, /", index),
        NativeMethod::new("insert", "index, value, /", insert),
        NativeMethod::new("pop", "", pop),
        NativeMethod::new("popleft", "", pop_left),
        NativeMethod::new("__reduce__", "", reduce),
        NativeMethod::new("remove", "value, /", remove),
        NativeMethod::new("__reversed__", "", deque_iterator::backward),
        NativeMethod::new("reverse", "", reverse),
        NativeMethod::new("rotate", "n=1, /", rotate),
        NativeMethod::new("__sizeof__", "", sizeof),
        NativeMethod::class("__class_getitem__", "object, /", class_getitem),
    ],
    attributes: &[NativeAttribute::read_only("maxlen", |thread, deque| {
        Ok(own::<Deque>(deque).limit().map_or(Value::NONE, |limit| thread.new_usize(limit)))
    })],
    doc: "",
};

impl Object<Deque> {
    /// How many items.
    pub fn len(&self) -> usize {
        self.with(|deque| &deque.items, |items| items.0.len())
    }

    /// The item at a position.
    pub fn get(&self, position: usize) -> Option<Value> {
        self.with(|deque| &deque.items, |items| items.0.get(position).cloned())
    }

    /// How often the length has changed so far.
    pub fn changes(&self) -> u64 {
        // Relaxed: the number is read under no lock, and compared with an earlier one of its own.
        self.changes.load(Ordering::Relaxed)
    }

    fn limit(&self) -> Option<usize> {
        usize::try_from(self.limit.load(Ordering::Relaxed)).ok()
    }

    /// Runs `change`, which changes the length, on the items; it must not run script code.
    fn change<R>(&self, change: impl FnOnce(&mut VecDeque<Value>) -> R) -> R {
        self.changes.fetch_add(1, Ordering::Relaxed);
        self.with(|deque| &deque.items, |items| change(&mut items.0))
    }

    fn copied(&self) -> Run<VecDeque<Value>> {
        self.with(
            |deque| &deque.items,
            |items| {
                let mut copy = VecDeque::new();
                copy.try_reserve_exact(items.0.len())?;
                copy.extend(items.0.iter().cloned());
                Ok(copy)
            },
        )
    }

    /// Adds an item at the right; a full deque loses the leftmost one.
    fn push(&self, item: Value) -> Run<()> {
        let limit = self.limit();
        let lost = self.change(|items| -> Run<Option<Value>> {
            if limit == Some(0) {
                return Ok(Some(item));
            }
            let lost = if limit == Some(items.len()) { items.pop_front() } else { None };
            items.try_reserve(1)?;
            items.push_back(item);
            Ok(lost)
        })?;
        drop(lost);
        Ok(())
    }

    /// Adds an item at the left; a full deque loses the rightmost one.
    fn push_left(&self, item: Value) -> Run<()> {
        let limit = self.limit();
        let lost = self.change(|items| -> Run<Option<Value>> {
            if limit == Some(0) {
                return Ok(Some(item));
            }
            let lost = if limit == Some(items.len()) { items.pop_back() } else { None };
            items.try_reserve(1)?;
            items.push_front(item);
            Ok(lost)
        })?;
        drop(lost);
        Ok(())
    }
}

fn empty(thread: &Thread, class: &Object<Class>, limit: i64) -> Value {
    let (limit, changes) = (AtomicI64::new(limit), AtomicU64::new(0));
    instantiate(thread, class, Deque { items: Guarded::new(Items::default()), limit, changes }).into_value()
}

const SIGNATURE: Signature = Signature::new("iterable=None, maxlen=None").styled(Style::Parsed);

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Run<()> {
    let [iterable, limit] = SIGNATURE.bind("deque", args)?;
    let limit = match limit.filter(|limit| !limit.is_none()) {
        None => UNBOUNDED,
        Some(limit) if limit.as_integer().is_none() => {
            return Err(Raised::type_error("an integer is required"));
        }
        Some(limit) => match limit.as_i64() {
            None => return Err(Raised::overflow_error("Python int too large to convert to C ssize_t")),
            Some(limit) if limit < 0 => return Err(Raised::value_error("maxlen must be non-negative")),
            Some(limit) => limit,
        },
    };
    let deque = own::<Deque>(value);
    deque.limit.store(limit, Ordering::Relaxed);
    let old = deque.change(std::mem::take);
    drop(old);
    match iterable {
        Some(iterable) => extend(thread, deque, iterable),
        None => Ok(()),
    }
}

/// Adds the items of an iterable at the right.
fn extend(thread: &mut Thread, deque: &Object<Deque>, iterable: &Value) -> Run<()> {
    if deque.is(iterable) {
        for item in deque.copied()? {
            deque.push(item)?;
        }
        return Ok(());
    }
    let iterator = protocol::iter(thread, iterable)?;
    while let Some(item) = protocol::next(thread, &iterator)? {
        deque.push(item)?;
    }
    Ok(())
}

fn append(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [item] = args.exactly();
    deque.push(item.clone()).map(|()| Value::NONE)
}

fn append_left(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [item] = args.exactly();
    deque.push_left(item.clone()).map(|()| Value::NONE)
}

fn extend_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [iterable] = args.exactly();
    extend(thread, deque, iterable).map(|()| Value::NONE)
}

fn extend_left(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [iterable] = args.exactly();
    if deque.is(iterable) {
        for item in deque.copied()? {
            deque.push_left(item)?;
        }
        return Ok(Value::NONE);
    }
    let iterator = protocol::iter(thread, iterable)?;
    while let Some(item) = protocol::next(thread, &iterator)? {
        deque.push_left(item)?;
    }
    Ok(Value::NONE)
}

fn nothing_to_pop() -> Raised {
    Raised::index_error("pop from an empty deque")
}

fn pop(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, _) = split_self::<Deque>(args);
    deque.change(VecDeque::pop_back).ok_or_else(nothing_to_pop)
}

fn pop_left(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, _) = split_self::<Deque>(args);
    deque.change(VecDeque::pop_front).ok_or_else(nothing_to_pop)
}

fn clear(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, _) = split_self::<Deque>(args);
    let old = deque.change(std::mem::take);
    drop(old);
    Ok(Value::NONE)
}

fn copy(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, _) = split_self::<Deque>(args);
    copy_of(thread, deque)
}

fn copy_of(thread: &mut Thread, deque: &Object<Deque>) -> Run<Value> {
    let limit = deque.limit();
    let class = class_of(thread, &deque.to_value());
    if class.raw() == thread.known().class(Kind::Deque).raw() {
        let copy = empty(thread, &class, deque.limit.load(Ordering::Relaxed));
        let items = deque.copied()?;
        own::<Deque>(&copy).change(|place| *place = items);
        return Ok(copy);
    }
    let mut arguments = vec![deque.to_value()];
    arguments.extend(limit.map(|limit| thread.new_usize(limit)));
    let copy = protocol::call(thread, class.as_value(), Args::positional(&arguments))?;
    if copy.downcast_ref::<Deque>().is_none() {
        let (name, given) = (class.name_text(), protocol::type_name(thread, &copy));
        return Err(Raised::type_error(format_args!("{name}() must return a deque, not {given}")));
    }
    Ok(copy)
}

fn was_changed() -> Raised {
    Raised::runtime_error("deque mutated during iteration")
}

/// Finds an item between two positions. Raises `RuntimeError` if a comparison changes the length.
fn find(
    thread: &mut Thread,
    deque: &Object<Deque>,
    wanted: &Value,
    start: usize,
    stop: usize,
) -> Run<Option<usize>> {
    let changes = deque.changes();
    let mut position = start;
    while position < stop
        && let Some(item) = deque.get(position)
    {
        let is_equal = protocol::equal(thread, &item, wanted)?;
        if deque.changes() != changes {
            return Err(was_changed());
        }
        if is_equal {
            return Ok(Some(position));
        }
        position += 1;
        protocol::check_interrupt(thread)?;
    }
    Ok(None)
}

fn count(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [wanted] = args.exactly();
    let (mut count, mut position) = (0, 0);
    while let Some(found) = find(thread, deque, wanted, position, usize::MAX)? {
        count += 1;
        position = found + 1;
    }
    Ok(thread.new_int(count))
}

fn index(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [wanted, limits @ ..] = args.positionals() else { unreachable!("the first parameter is required") };
    let (start, stop) = sequence::search_bounds(thread, limits, || deque.len())?;
    match find(thread, deque, wanted, start, stop)? {
        Some(position) => Ok(thread.new_usize(position)),
        None => Err(Raised::value_error("deque.index(x): x not in deque")),
    }
}

fn remove(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [wanted] = args.exactly();
    let changes = deque.changes();
    let found = match find(thread, deque, wanted, 0, usize::MAX) {
        Err(raised) if deque.changes() != changes && raised.is_kind(thread, ErrorKind::RuntimeError) => {
            return Err(Raised::index_error("deque mutated during iteration"));
        }
        found => found?,
    };
    let Some(position) = found else {
        return Err(Raised::value_error("deque.remove(x): x not in deque"));
    };
    let removed = deque.change(|items| items.remove(position));
    drop(removed);
    Ok(Value::NONE)
}

fn insert(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [index, item] = args.exactly();
    let index = word_of(thread, index)?;
    let len = deque.len();
    if deque.limit() == Some(len) {
        return Err(Raised::index_error("deque already at its maximum size"));
    }
    let place = if index < 0 { (index + len as i64).max(0) } else { index } as usize;
    deque.change(|items| -> Run<()> {
        items.try_reserve(1)?;
        items.insert(place.min(items.len()), item.clone());
        Ok(())
    })?;
    Ok(Value::NONE)
}

/// Reads an index, or a number of items, that fits a machine word. Raises `TypeError`, `OverflowError`.
fn word_of(thread: &mut Thread, value: &Value) -> Run<i64> {
    let number = protocol::index(thread, value)?;
    number.as_i64().ok_or_else(|| Raised::overflow_error("Python int too large to convert to C ssize_t"))
}

fn reverse(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, _) = split_self::<Deque>(args);
    deque.with(|deque| &deque.items, |items| items.0.make_contiguous().reverse());
    Ok(Value::NONE)
}

fn rotate(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, args) = split_self::<Deque>(args);
    let [steps] = args.options();
    let steps = steps.map_or(Ok(1), |steps| word_of(thread, steps))?;
    if deque.len() > 1 {
        deque.change(|items| {
            let steps = steps.rem_euclid(items.len() as i64) as usize;
            items.rotate_right(steps);
        });
    }
    Ok(Value::NONE)
}

fn sizeof(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    let buffer = own::<Deque>(value).with(|deque| &deque.items, |items| items.0.capacity());
    Ok(thread.new_usize(size_of_object(value) + buffer * size_of::<Value>()))
}

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (deque, _) = split_self::<Deque>(args);
    let value = deque.to_value();
    let state = reduced::state_of(thread, &value)?;
    let iterator = protocol::iter(thread, &value)?;
    let arguments = match deque.limit() {
        None => Vec::new(),
        Some(limit) => vec![thread.known().empty_tuple(), thread.new_usize(limit)],
    };
    let arguments = thread.new_tuple(arguments);
    let class = class_of(thread, &value).into_value();
    Ok(thread.new_tuple(vec![class, arguments, state, iterator]))
}

fn repr(thread: &mut Thread, value: &Value) -> Run<Value> {
    if !repr_enter(thread, value) {
        return Ok(thread.new_str("[...]"));
    }
    let text = protocol::nest_repr(thread, |thread| {
        sequence::join_reprs(thread, "[", |position| own::<Deque>(value).get(position))
    });
    repr_leave(thread, value);
    let (name, items) = (class_of(thread, value).name_text(), text?);
    let text = match own::<Deque>(value).limit() {
        None => memory::formatted(format_args!("{name}({items}])"))?,
        Some(limit) => memory::formatted(format_args!("{name}({items}], maxlen={limit})"))?,
    };
    Ok(thread.new_string(text))
}

fn compare(thread: &mut Thread, left: &Value, right: &Value, comparison: Comparison) -> Run<Value> {
    let (Some(left), Some(right)) = (left.downcast_ref::<Deque>(), right.downcast_ref::<Deque>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if left.raw() == right.raw()
        && let Comparison::Equal | Comparison::NotEqual = comparison
    {
        return Ok(Value::bool(comparison == Comparison::Equal));
    }
    if left.len() != right.len()
        && let Comparison::Equal | Comparison::NotEqual = comparison
    {
        return Ok(Value::bool(comparison == Comparison::NotEqual));
    }
    let changes = (left.changes(), right.changes());
    let mut position = 0;
    loop {
        if changes != (left.changes(), right.changes()) {
            return Err(was_changed());
        }
        let (Some(one), Some(other)) = (left.get(position), right.get(position)) else { break };
        if !protocol::equal(thread, &one, &other)? {
            return match comparison {
                Comparison::Equal => Ok(Value::FALSE),
                Comparison::NotEqual => Ok(Value::TRUE),
                _ => protocol::compare(thread, &one, &other, comparison),
            };
        }
        position += 1;
        protocol::check_interrupt(thread)?;
    }
    Ok(Value::bool(comparison.holds(left.len().cmp(&right.len()))))
}

fn concatenate(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    if right.downcast_ref::<Deque>().is_none() {
        let given = protocol::type_name(thread, right);
        let complaint = format_args!("can only concatenate deque (not \"{given}\") to deque");
        return Err(Raised::type_error(complaint));
    }
    let joined = copy_of(thread, own(left))?;
    extend(thread, own(&joined), right)?;
    Ok(joined)
}

fn extend_in_place(thread: &mut Thread, left: &Value, right: &Value) -> Run<Value> {
    extend(thread, own(left), right)?;
    Ok(left.clone())
}

/// Repeats the items so many times; of a bounded deque only the last ones are made.
fn repeat_items(deque: &Object<Deque>, times: i64) -> Run<()> {
    let limit = deque.limit();
    let times = usize::try_from(times).unwrap_or(0);
    let old = deque.change(|items| -> Run<VecDeque<Value>> {
        if times == 0 {
            return Ok(std::mem::take(items));
        }
        let len = items.len();
        let all = len.checked_mul(times).filter(|&all| all <= isize::MAX as usize / size_of::<Value>());
        let wanted = match limit {
            Some(limit) => all.unwrap_or(usize::MAX).min(limit),
            None => all.ok_or_else(Raised::memory_error)?,
        };
        if wanted > len {
            items.try_reserve_exact(wanted - len)?;
            // The first round that is kept may begin anywhere in the items, so that the last one ends with them.
            let first = (len - wanted % len) % len;
            items.rotate_left(first);
            for position in 0..wanted - len {
                let item = items[position].clone();
                items.push_back(item);
            }
        }
        Ok(VecDeque::new())
    })?;
    drop(old);
    Ok(())
}

/// Returns how often to repeat the items; `None` if the operand is no integer.
fn times_of(thread: &mut Thread, times: &Value) -> Run<Option<i64>> {
    match protocol::slots_of(thread, times).index {
        Some(_) => word_of(thread, times).map(Some),
        None => Ok(None),
    }
}

fn repeat(thread: &mut Thread, deque: &Value, times: &Value) -> Run<Value> {
    let Some(times) = times_of(thread, times)? else { return Ok(Value::NOT_IMPLEMENTED) };
    let repeated = copy_of(thread, own(deque))?;
    repeat_items(own(&repeated), times)?;
    Ok(repeated)
}

fn repeat_in_place(thread: &mut Thread, deque: &Value, times: &Value) -> Run<Value> {
    let Some(times) = times_of(thread, times)? else { return Ok(Value::NOT_IMPLEMENTED) };
    repeat_items(own(deque), times)?;
    Ok(deque.clone())
}

/// Reads a subscript and returns its position.
fn position_of(thread: &mut Thread, deque: &Object<Deque>, key: &Value) -> Run<usize> {
    if protocol::slots_of(thread, key).index.is_none() {
        let given = protocol::type_name(thread, key);
        return Err(Raised::type_error(format_args!("sequence index must be integer, not '{given}'")));
    }
    let index = protocol::index_isize(thread, key)?;
    let out_of_range = || Raised::index_error("deque index out of range");
    sequence::position_of(index, deque.len()).ok_or_else(out_of_range)
}

fn get_item(thread: &mut Thread, deque: &Value, key: &Value) -> Run<Value> {
    let deque = own::<Deque>(deque);
    let position = position_of(thread, deque, key)?;
    deque.get(position).ok_or_else(|| Raised::index_error("deque index out of range"))
}

fn set_item(thread: &mut Thread, deque: &Value, key: &Value, value: Option<&Value>) -> Run<()> {
    let deque = own::<Deque>(deque);
    let position = position_of(thread, deque, key)?;
    let old = match value {
        Some(value) => deque.with(
            |deque| &deque.items,
            |items| items.0.get_mut(position).map(|item| std::mem::replace(item, value.clone())),
        ),
        None => deque.change(|items| items.remove(position)),
    };
    drop(old);
    Ok(())
}
