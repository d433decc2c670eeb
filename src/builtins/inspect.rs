//! Functions that ask an object something: `len`, `repr`, `hash`, `id`, `isinstance` and the like.

use crate::builtins::fast;
use crate::protocol::{self, slots_of};
use crate::thread::Thread;
use crate::value::{Args, NativeMethod, Raised, Ref, Run, Str, Value};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("len", "obj, /", len).with_fast_path(fast::len),
    NativeMethod::function("repr", "obj, /", repr),
    NativeMethod::function("ascii", "obj, /", ascii),
    NativeMethod::function("format", "value, format_spec='', /", format),
    NativeMethod::function("hash", "obj, /", hash),
    NativeMethod::function("id", "obj, /", id),
    NativeMethod::function("callable", "obj, /", callable),
    NativeMethod::function("isinstance", "obj, class_or_tuple, /", isinstance)
        .with_fast_path(fast::isinstance),
    NativeMethod::function("issubclass", "cls, class_or_tuple, /", issubclass),
];

fn len(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    let len = protocol::len(thread, object)?;
    Ok(thread.new_usize(len))
}

fn repr(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    protocol::repr(thread, object).map(Ref::into_value)
}

fn ascii(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    protocol::ascii(thread, object)
}

fn format(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let given = args.positionals();
    let spec = given.get(1).cloned().unwrap_or_else(|| thread.new_str(""));
    match spec.downcast_ref::<Str>() {
        Some(spec) => protocol::format(thread, &given[0], spec).map(Ref::into_value),
        None => {
            let kind = protocol::argument_kind(thread, &spec);
            Err(Raised::type_error(format_args!("format() argument 2 must be str, not {kind}")))
        }
    }
}

fn hash(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    let hash = protocol::hash(thread, object)?;
    Ok(thread.new_int(hash))
}

fn id(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    let id = object.as_raw().map_or(object.word(), |object| object.address() as u64);
    Ok(thread.new_usize(id as usize))
}

fn callable(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    Ok(Value::bool(slots_of(thread, object).call.is_some()))
}

fn isinstance(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, class] = args.exactly();
    protocol::instance_check(thread, object, class).map(Value::bool)
}

fn issubclass(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [class, other] = args.exactly();
    protocol::subclass_check(thread, class, other).map(Value::bool)
}
