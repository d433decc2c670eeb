//! Functions that iterate: `iter`, `next`, `any`, `all`, `sorted`.

use crate::protocol::{self, slots_of};
use crate::thread::Thread;
use crate::types::{callable_iterator, list_sort};
use crate::value::{Args, List, NativeMethod, Raised, Run, Value};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("iter", iter),
    NativeMethod::function("next", protocol::next_of_arguments),
    NativeMethod::function("any", |thread, args| any_is(thread, args, "any", true)),
    NativeMethod::function("all", |thread, args| any_is(thread, args, "all", false).map(negated)),
    NativeMethod::function("sorted", sorted),
];

fn iter(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.between("iter", 1, 2)?;
    match given.get(1) {
        None => protocol::iter(thread, &given[0]),
        Some(_) if slots_of(thread, &given[0]).call.is_none() => {
            Err(Raised::type_error("iter(v, w): v must be callable"))
        }
        Some(sentinel) => Ok(callable_iterator::new(thread, &given[0], sentinel)),
    }
}

/// Whether the truth of any item is `wanted`.
fn any_is(thread: &mut Thread, args: Args<'_>, name: &str, wanted: bool) -> Run<Value> {
    let [iterable] = args.exactly(name)?;
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
    let [iterable] = args.positionals() else {
        return Err(Raised::type_error(format!("sorted expected 1 argument, got {}", args.count())));
    };
    let (key, reverse) = list_sort::sort_arguments(thread, args.skip_first())?;
    let key = key.cloned();
    let items = protocol::collect(thread, iterable)?;
    let list = thread.alloc(List::new(items));
    list_sort::sort_list(thread, &list, key.as_ref(), reverse)?;
    Ok(list.into_value())
}
