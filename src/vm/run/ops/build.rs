//! Displays, results of comprehensions, formatted strings.

use crate::bytecode::{Word, conversion};
use crate::protocol;
use crate::thread::{Thread, ThreadState};
use crate::types::format_value::{self, Conversion};
use crate::types::{dict, list, set};
use crate::value::hash_fast;
use crate::value::{
    AnySet, Dict, DictTable, ErrorKind, List, Object, Pending, Probe, Raised, Run, Set, SetTable, Str, Value,
    word,
};
use crate::vm::call::bind;
use crate::vm::frame::{current, get};
use crate::vm::run::dispatch::{Flow, next, slow};
use crate::vm::run::hot::hot;
use crate::vm::run::hot::{object, retained};
use crate::vm::run::step::Step;

/// Makes a tuple of consecutive operands. Raises `MemoryError`.
pub fn build_tuple(step: &mut Step, word: Word) -> Run<Flow> {
    let count = word.b();
    if count == 0 {
        let empty = step.known().empty_tuple();
        step.put(word.a(), empty);
        return Ok(Flow::Next);
    }
    let first = step.slot_at(word.a());
    let thread: &ThreadState = step;
    // SAFETY: each operand is taken once; the first is overwritten by the result, the rest is stale.
    let items = (0..count).map(|index| unsafe { (*first.add(index)).into_owned(thread) });
    let tuple = thread.try_tuple_of(items, count)?;
    step.put(word.a(), tuple);
    Ok(Flow::Next)
}

/// Makes a list of consecutive operands. Raises nothing.
pub fn build_list(step: &mut Step, word: Word) -> Run<Flow> {
    let items = step.take_all(word.a(), word.b());
    let list = step.alloc(List::new(items)).into_value();
    step.put(word.a(), list);
    Ok(Flow::Next)
}

/// Makes a set of consecutive operands. Raises `TypeError` for an unhashable item, what `__hash__` and `__eq__`
/// raise, and `MemoryError`.
pub fn build_set(step: &mut Step, word: Word) -> Run<Flow> {
    let items = step.views(word.a(), word.b());
    let set = match set_fast(step, items) {
        Some(table) => step.alloc(Set::new(table)),
        None => {
            let set = step.alloc(Set::default());
            for item in items {
                set::ops::add(step, AnySet::Set(&set), item)?;
            }
            set
        }
    };
    step.release_all(word.a(), word.b());
    step.put(word.a(), set.into_value());
    Ok(Flow::Next)
}

/// Makes the table of a set of items whose hashes and equality need no script code.
fn set_fast(thread: &ThreadState, items: &[Value]) -> Option<SetTable> {
    let mut table = SetTable::default();
    for item in items {
        let hash = hash_fast(thread, item)?;
        let mut search = table.start(hash);
        match table.resume(hash, item, &mut search) {
            Probe::Missing => table.insert_missing(&search, hash, item.clone()).ok()?,
            Probe::Found(_) => {}
            Probe::Ask(_) => return None,
        }
    }
    Some(table)
}

/// Makes a dict of consecutive keys and values. Raises `TypeError` for an unhashable key, what `__hash__` and
/// `__eq__` raise, and `MemoryError`.
pub fn build_dict(step: &mut Step, word: Word) -> Run<Flow> {
    let dict = step.alloc(Dict::new(DictTable::with_capacity(word.b())?));
    for index in 0..word.b() {
        let (key, value) = (step.view(word.a() + 2 * index), step.view(word.a() + 2 * index + 1));
        protocol::dict_set(step, &dict, key, value.clone())?;
    }
    step.release_all(word.a(), 2 * word.b());
    step.put(word.a(), dict.into_value());
    Ok(Flow::Next)
}

/// Joins strings. Raises `MemoryError`.
pub fn build_string(step: &mut Step, word: Word) -> Run<Flow> {
    let joined = step.new_joined(step.views(word.a(), word.b()))?;
    step.release_all(word.a(), word.b());
    step.put(word.a(), joined);
    Ok(Flow::Next)
}

fn list<'a>(step: &Step, slot: usize) -> &'a Object<List> {
    step.view(slot).downcast_ref().expect("the compiler made a list there")
}

fn set<'a>(step: &Step, slot: usize) -> &'a Object<Set> {
    step.view(slot).downcast_ref().expect("the compiler made a set there")
}

fn dict<'a>(step: &Step, slot: usize) -> &'a Object<Dict> {
    step.view(slot).downcast_ref().expect("the compiler made a dict there")
}

fn list_append_body(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.take_operand(word.b());
    list(step, word.a()).push(value)?;
    Ok(Flow::Next)
}

slow! { fn list_append_slow = list_append_body }

hot! {
    /// Appends to the list of a comprehension, where it has room.
    fn list_append(ip, fp, k, thread, word, w) {
        let list = &*object(get(fp, w.a())).at::<Object<List>>(0);
        let items = &mut *list.items.as_ptr();
        let value = get(fp, w.b());
        let base = (*current(thread)).code().base as usize;
        let copies = w.b() < base || word::is_deferred(value);
        if items.len() == items.capacity() || thread.is_multi() || copies && !retained(thread, value) {
            return list_append_slow(ip, fp, k, thread, word);
        }
        let end = items.len();
        items.as_mut_ptr().add(end).cast::<u64>().write(word::owning(value));
        items.set_len(end + 1);
        next(ip, fp, k, thread)
    }
}

/// Adds to the set of a comprehension, or to the one that tells which annotations were reached. Raises `TypeError` if
/// that is no set, and what `set::ops::add` raises.
pub fn set_add(step: &mut Step, word: Word) -> Run<Flow> {
    let value = step.view(word.b());
    let target = step.view(word.a());
    let Some(set) = target.downcast_ref::<Set>() else {
        // A program may have bound the name of the set that is kept for conditional annotations.
        let given = protocol::type_name(step, target);
        return Err(Raised::type_error(format_args!("'{given}' object is not a set")));
    };
    let first = AnySet::Set(set);
    let hash = hash_fast(step, value);
    let added = hash.and_then(|hash| {
        first.with(|table| {
            let mut search = table.start(hash);
            match table.resume(hash, value, &mut search) {
                Probe::Found(_) => Some(Ok(())),
                Probe::Missing => Some(table.insert_missing(&search, hash, step.take_operand(word.b()))),
                Probe::Ask(_) => None,
            }
        })
    });
    match added {
        Some(added) => added?,
        None => set::ops::add(step, first, value)?,
    }
    step.consume(word.b());
    Ok(Flow::Next)
}

/// Sets an item of the dict of a comprehension. Raises what `protocol::dict_set` raises.
pub fn dict_set(step: &mut Step, word: Word) -> Run<Flow> {
    let (key, value) = (step.view(word.b()), step.view(word.c()));
    let first = dict(step, word.a());
    let hash = hash_fast(step, key);
    let old = hash.and_then(|hash| {
        first.with_table(|table| match table.find(hash, key) {
            Probe::Found(position) => Some(table.replace_value_at(position, step.take_operand(word.c()))),
            // Without memory, the other way raises.
            Probe::Missing if table.make_room().is_err() => None,
            Probe::Missing => {
                table.insert_new(hash, key.clone(), step.take_operand(word.c()));
                Some(Value::UNBOUND)
            }
            Probe::Ask(_) => None,
        })
    });
    match old {
        Some(old) => drop(old),
        None => protocol::dict_set(step, first, key, value.clone())?,
    }
    let held = [word.b(), word.c()].map(|operand| step.take_temporary(operand));
    step.release_temporaries(held);
    Ok(Flow::Next)
}

/// Adds the items of `*iterable` in a list display or call. Raises `TypeError` if it is not iterable, what iterating
/// raises, and `MemoryError`.
pub fn list_extend(step: &mut Step, word: Word) -> Run<Flow> {
    let iterable = step.view(word.b());
    if protocol::slots_of(step, iterable).iter.is_none() {
        let name = protocol::type_name(step, iterable);
        return Err(Raised::type_error(format_args!("Value after * must be an iterable, not {name}")));
    }
    let first = list(step, word.a());
    list::methods::extend(step, first, iterable)?;
    step.release(word.b());
    Ok(Flow::Next)
}

/// Adds the items of `*iterable` in a set display. Raises what `set::ops::update` raises.
pub fn set_update(step: &mut Step, word: Word) -> Run<Flow> {
    let iterable = step.view(word.b());
    let first = AnySet::Set(set(step, word.a()));
    set::ops::update(step, first, iterable)?;
    step.release(word.b());
    Ok(Flow::Next)
}

/// Adds the items of `**mapping` in a dict display. Raises `TypeError` if it is no mapping, and what
/// `dict::update::update` raises.
pub fn dict_update(step: &mut Step, word: Word) -> Run<Flow> {
    let mapping = step.view(word.b());
    if mapping.downcast_ref::<Dict>().is_none() {
        let keys = step.known().names().keys.clone();
        if protocol::find_attr(step, mapping, &keys)?.is_none() {
            let name = protocol::type_name(step, mapping);
            return Err(Raised::type_error(format_args!("'{name}' object is not a mapping")));
        }
    }
    let first = dict(step, word.a());
    dict::update::update(step, first, mapping)?;
    step.release(word.b());
    Ok(Flow::Next)
}

/// Adds the items of `**mapping` to the keyword arguments of a call.
/// Raises `TypeError` for a keyword that is given twice and for what is no mapping, what the methods of the mapping
/// raise, and `MemoryError`.
pub fn dict_merge(step: &mut Step, word: Word) -> Run<Flow> {
    let (into, mapping, callable) = (dict(step, word.a()), step.view(word.b()), step.view(word.c()));
    let as_dict = mapping.downcast_ref::<Dict>();
    let pairs = match as_dict.filter(|_| !dict::update::overrides_iteration(step, mapping)) {
        Some(dict) => dict.snapshot()?,
        None => {
            let keys = step.known().names().keys.clone();
            if protocol::find_attr(step, mapping, &keys)?.is_none() {
                let name = protocol::type_name(step, mapping);
                let function = bind::callable_text(step, callable)?;
                return Err(Raised::type_error(format_args!(
                    "{function} argument after ** must be a mapping, not {name}"
                )));
            }
            let copy = step.alloc(Dict::default());
            if let Err(raised) = dict::update::update(step, &copy, mapping) {
                return Err(match raised.pending() {
                    // CPython takes a key that a mapping lists and lacks for one that is there already.
                    Pending::Arguments(ErrorKind::KeyError, key) if key.len() == 1 => {
                        let key = key[0].clone();
                        given_twice(step, callable, &key)?
                    }
                    _ => raised,
                });
            }
            copy.snapshot()?
        }
    };
    for (key, value) in pairs {
        if protocol::dict_contains(step, into, &key)? {
            return Err(given_twice(step, callable, &key)?);
        }
        protocol::dict_set(step, into, &key, value)?;
    }
    step.release(word.b());
    Ok(Flow::Next)
}

/// Makes the error for a keyword argument that is given more than once.
fn given_twice(thread: &mut Thread, callable: &Value, key: &Value) -> Run<Raised> {
    let function = bind::callable_text(thread, callable)?;
    let key = protocol::str(thread, key)?;
    let complaint = format_args!("{function} got multiple values for keyword argument '{}'", key.as_str());
    Ok(Raised::type_error(complaint))
}

/// Makes a tuple of a list. Raises `MemoryError`.
pub fn list_to_tuple(step: &mut Step, word: Word) -> Run<Flow> {
    let items = list(step, word.a()).to_vec()?;
    let tuple = step.try_tuple(items)?;
    let held = step.take(word.a());
    step.put(word.a(), tuple);
    drop(held);
    Ok(Flow::Next)
}

/// `{value!r:spec}`. Raises what `format_value::format_value` raises.
pub fn format_value(step: &mut Step, word: Word) -> Run<Flow> {
    let flags = word.b() as u32;
    let value = step.view(word.a());
    let kind = match flags & conversion::MASK {
        conversion::STR => Conversion::Str,
        conversion::REPR => Conversion::Repr,
        conversion::ASCII => Conversion::Ascii,
        _ => Conversion::None,
    };
    let has_spec = flags & conversion::HAS_SPEC != 0;
    let spec = match has_spec.then(|| step.view(word.a() + 1)) {
        Some(spec) => match spec.downcast_ref::<Str>() {
            Some(spec) => spec.as_str(),
            None => {
                let given = protocol::type_name(step, spec);
                let text = format_args!("Format specifier must be a string, not {given}");
                return Err(Raised::new(ErrorKind::SystemError, text));
            }
        },
        None => "",
    };
    let text = format_value::format_value(step, value, kind, spec)?;
    if has_spec {
        step.release(word.a() + 1);
    }
    Ok(step.finish_unary(word.a(), word.a(), text))
}
