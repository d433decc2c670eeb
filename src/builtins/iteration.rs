//! Functions that iterate: `iter`, `next`, `any`, `all`, `sorted`.

use crate::protocol::{self, slots_of};
use crate::thread::Thread;
use crate::types::iterator::callable_iterator;
use crate::types::list;
use crate::value::{Args, Intrinsic, List, NativeMethod, Raised, Run, Style, Value};
use crate::vm::types::next_or_default;

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("iter", "object, sentinel=None, /", iter),
    NativeMethod::function("next", "iterator, default=None, /", protocol::next_of_arguments)
        .intrinsic(Intrinsic::Next),
    NativeMethod::function("aiter", "async_iterable, /", aiter),
    NativeMethod::function("anext", "aiterator, default=<unrepresentable>, /", anext).styled(Style::Unpacked),
    NativeMethod::function("any", "iterable, /", |thread, args| any_is(thread, args, true)),
    NativeMethod::function("all", "iterable, /", |thread, args| any_is(thread, args, false).map(negated)),
    NativeMethod::function("sorted", "iterable, /, **kwargs", sorted),
];

fn iter(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.positionals();
    match given.get(1) {
        None => protocol::iter(thread, &given[0]),
        Some(_) if slots_of(thread, &given[0]).call.is_none() => {
            Err(Raised::type_error("iter(v, w): v must be callable"))
        }
        Some(sentinel) => Ok(callable_iterator::new(thread, &given[0], sentinel)),
    }
}

fn aiter(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [iterable] = args.exactly();
    let (aiter, anext) = (thread.known().names().aiter.clone(), thread.known().names().anext.clone());
    let Some(iterator) = protocol::call_special_method(thread, iterable, &aiter, Args::positional(&[]))
    else {
        let class = protocol::type_name(thread, iterable);
        return Err(Raised::type_error(format_args!("'{class}' object is not an async iterable")));
    };
    let iterator = iterator?;
    if protocol::lookup_special_method(thread, &iterator, &anext)?.is_none() {
        let class = protocol::type_name(thread, &iterator);
        let message = format_args!("aiter() returned not an async iterator of type '{class}'");
        return Err(Raised::type_error(message));
    }
    Ok(iterator)
}

fn anext(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.positionals();
    let name = thread.known().names().anext.clone();
    let no_arguments = Args::positional(&[]);
    let Some(next) = protocol::call_special_method(thread, &given[0], &name, no_arguments) else {
        let class = protocol::type_name(thread, &given[0]);
        return Err(Raised::type_error(format_args!("'{class}' object is not an async iterator")));
    };
    let next = next?;
    Ok(match given.get(1) {
        Some(default) => next_or_default::new(thread, next, default.clone()),
        None => next,
    })
}

/// Tells whether the truth of any item is `wanted`.
fn any_is(thread: &mut Thread, args: Args<'_>, wanted: bool) -> Run<Value> {
    let [iterable] = args.exactly();
    let iterator = protocol::iter(thread, iterable)?;
    while let Some(item) = protocol::next(thread, &iterator)? {
        if protocol::is_true(thread, &item)? == wanted {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

fn negated(value: Value) -> Value {
    Value::bool(value.as_bool() == Some(false))
}

fn sorted(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [iterable] = args.without_keywords().exactly();
    let items = protocol::collect_list(thread, iterable)?;
    let (key, reverse) = list::sort::sort_arguments(thread, args.skip_first())?;
    let key = key.cloned();
    let list = thread.alloc(List::new(items));
    list::sort::sort_list(thread, &list, key.as_ref(), reverse)?;
    Ok(list.into_value())
}
