//! The functions of `sys` for trace functions and profilers.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Args, NativeMethod, Raised, Run, Slot, Tuple, Value};
use crate::vm::audit;
use crate::vm::frame::Interpreter;
use crate::vm::trace::divert;

/// The functions of this file.
pub const FUNCTIONS: [NativeMethod; 5] = [
    NativeMethod::function("settrace", "function, /", settrace),
    NativeMethod::function("gettrace", "", |thread, _| Ok(held(&Interpreter::of(thread).tracing.tracer))),
    NativeMethod::function("setprofile", "function, /", setprofile),
    NativeMethod::function("getprofile", "", |thread, _| Ok(held(&Interpreter::of(thread).tracing.profiler))),
    NativeMethod::function("call_tracing", "func, args, /", call_tracing),
];

fn held(slot: &Slot) -> Value {
    let function = slot.get();
    if function.is_unbound() { Value::NONE } else { function }
}

fn settrace(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [function] = args.exactly();
    audit::tell(thread, "sys.settrace", &[])?;
    divert::set(thread, |interpreter| &interpreter.tracing.tracer, function);
    Ok(Value::NONE)
}

fn setprofile(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [function] = args.exactly();
    audit::tell(thread, "sys.setprofile", &[])?;
    divert::set(thread, |interpreter| &interpreter.tracing.profiler, function);
    Ok(Value::NONE)
}

/// Calls a function while tracing is enabled, from within a trace function. Raises what the function raises, and
/// `TypeError` if its arguments are no tuple.
fn call_tracing(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [function, arguments] = args.exactly();
    let Some(arguments) = arguments.downcast_ref::<Tuple>() else {
        let kind = protocol::argument_kind(thread, arguments);
        return Err(Raised::type_error(format_args!("call_tracing() argument 2 must be tuple, not {kind}")));
    };
    let depth = Interpreter::of(thread).tracing.depth.replace(0);
    let result = protocol::call(thread, function, Args::positional(arguments.items()));
    Interpreter::of(thread).tracing.depth.set(depth);
    result
}
