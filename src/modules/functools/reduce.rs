//! `reduce`: folds the items of an iterable by a function of two.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, ErrorKind, NativeMethod, Raised, Run, Value};

/// `reduce(function, iterable, initial)`.
pub const REDUCE: NativeMethod =
    NativeMethod::function("reduce", "function, iterable, /, initial=<unrepresentable>", reduce);

fn reduce(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [function, iterable, initial] = args.options();
    let required = "the first two parameters are required";
    let (function, iterable) = (function.expect(required), iterable.expect(required));
    let iterator = match protocol::iter(thread, iterable) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => {
            return Err(Raised::type_error("reduce() arg 2 must support iteration"));
        }
        iterator => iterator?,
    };
    let mut result = initial.cloned();
    while let Some(item) = protocol::next(thread, &iterator)? {
        result = Some(match result {
            None => item,
            Some(result) => protocol::call(thread, function, Args::positional(&[result, item]))?,
        });
    }
    result.ok_or_else(|| Raised::type_error("reduce() of empty iterable with no initial value"))
}
