//! Calls native functions: their arguments are checked against the signature before they run. All calls of
//! native functions go through here.

use crate::protocol::lend;
use crate::thread::Thread;
use crate::types::table::native_function;
use crate::value::{Args, Binding, Callee, Kind, MOST_PARAMETERS, NativeMethod, Run, StackRef, Value};

/// Calls a native function. `self`, if there is one, comes first among the arguments. Raises `TypeError` if the
/// arguments do not fit its signature, and what the function raises.
#[inline(always)]
pub fn invoke(
    thread: &mut Thread,
    callable: &Value,
    method: &'static NativeMethod,
    arguments: Args<'_>,
) -> Run<Value> {
    if method.takes(arguments) {
        return (method.function)(thread, arguments);
    }
    invoke_sorted(thread, callable, method, arguments)
}

/// Calls a native function after sorting arguments given by keyword; raises if they do not fit.
#[cold]
#[inline(never)]
fn invoke_sorted(
    thread: &mut Thread,
    callable: &Value,
    method: &'static NativeMethod,
    arguments: Args<'_>,
) -> Run<Value> {
    let (this, given) = match method.binding {
        Binding::Static => (None, arguments),
        Binding::Instance | Binding::Class => (arguments.get(0), arguments.skip_first()),
    };
    let is_bare = method.signature.takes_tuple() && callable.kind() == Kind::NativeFunction;
    let full_name = || match is_bare {
        true => method.name.to_owned(),
        false => native_function::full_name(thread, callable),
    };
    let callee = Callee { name: method.name, full_name: &full_name };
    let sorted = method.signature.sort(&callee, given)?;
    if method.signature.passes_arguments_through() {
        return (method.function)(thread, arguments);
    }
    let mut values = [StackRef::UNBOUND; MOST_PARAMETERS + 1];
    let first = usize::from(this.is_some());
    let mut count = first;
    for (index, value) in this.into_iter().map(Some).chain(sorted).enumerate() {
        if let Some(value) = value {
            [values[index]] = lend([value]);
            count = index + 1;
        }
    }
    (method.function)(thread, Args::positional(StackRef::as_values(&values[..count])))
}
