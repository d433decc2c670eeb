//! The `sys` module: arguments, streams, limits and facts about the interpreter.

use super::{ModuleSpec, define, sys_async, sys_facts, sys_monitoring, sys_more, sys_trace};
use crate::life;
use crate::memory;
use crate::protocol;
use crate::sync::Ordering::Relaxed;
use crate::text::path;
use crate::thread::Thread;
use crate::types::class::unraisable_facts;
use crate::types::exception::Exception;
use crate::types::object::size;
use crate::types::str::{count, gather};
use crate::value::{Args, Dict, ErrorKind, List, NativeMethod, Object, Raised, Run, Str, Value};
use crate::vm::frame::Interpreter;
use crate::vm::machine::Machine;
use crate::vm::run::unwind;
use crate::vm::{frame, report};

/// `sys`.
pub const SPEC: ModuleSpec =
    ModuleSpec { name: "sys", home: "sys", doc: "", types: &[], functions: &FUNCTIONS, fill };

const GROUPS: [&[NativeMethod]; 4] =
    [&OWN, &sys_async::FUNCTIONS, &sys_more::FUNCTIONS, &sys_trace::FUNCTIONS];

const FUNCTIONS: [NativeMethod; count(&GROUPS)] = gather(&GROUPS);

const OWN: [NativeMethod; 16] = [
    NativeMethod::function("exit", "status=None, /", exit),
    NativeMethod::function("getrefcount", "object, /", getrefcount),
    NativeMethod::function("getrecursionlimit", "", getrecursionlimit),
    NativeMethod::function("setrecursionlimit", "limit, /", setrecursionlimit),
    NativeMethod::function("getsizeof", "object, default=None", getsizeof),
    NativeMethod::function("intern", "string, /", intern),
    NativeMethod::function("exc_info", "", exc_info),
    NativeMethod::function("exception", "", exception),
    NativeMethod::function("_getframe", "depth=0, /", getframe),
    NativeMethod::function("get_int_max_str_digits", "", get_int_max_str_digits),
    NativeMethod::function("set_int_max_str_digits", "maxdigits", set_int_max_str_digits),
    NativeMethod::function("getdefaultencoding", "", |thread, _| Ok(thread.new_str("utf-8"))),
    NativeMethod::function("is_finalizing", "", |_, _| Ok(Value::FALSE)),
    NativeMethod::function("displayhook", "object, /", displayhook),
    NativeMethod::function("excepthook", "exctype, value, traceback, /", excepthook),
    NativeMethod::function("unraisablehook", "unraisable, /", unraisablehook),
];

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let (arguments, path) = {
        let options = &Machine::of(thread).options;
        (options.arguments.clone(), options.search_path.clone())
    };
    for (name, texts) in [("argv", arguments), ("path", path)] {
        let texts = texts.into_iter().map(|text| thread.new_string(text)).collect();
        let list = thread.alloc(List::new(texts)).into_value();
        define(thread, namespace, name, list);
    }
    for (number, name) in ["stdin", "stdout", "stderr"].into_iter().enumerate() {
        let stream = Machine::of(thread).streams[number].as_ref();
        let stream = stream.map_or(Value::NONE, |stream| stream.to_value());
        define(thread, namespace, name, stream.clone());
        define(thread, namespace, &format!("__{name}__"), stream);
    }
    for name in ["displayhook", "excepthook", "unraisablehook"] {
        let own = thread.known().intern(thread, name);
        let hook = namespace.get_str(&own).expect("the functions are there already");
        define(thread, namespace, &format!("__{name}__"), hook);
    }
    let modules = Machine::of(thread).modules.as_value().clone();
    define(thread, namespace, "modules", modules);
    for (name, number) in
        [("maxsize", i64::MAX), ("maxunicode", 0x10_ffff), ("hexversion", sys_facts::HEX_VERSION)]
    {
        let number = thread.new_int(number);
        define(thread, namespace, name, number);
    }
    let executable =
        std::env::current_exe().map_or_else(|_| String::new(), |path| path::from_system(path.as_os_str()));
    let texts = [
        ("version", concat!("3.14.10 (minivm ", env!("CARGO_PKG_VERSION"), ")")),
        ("platform", std::env::consts::OS),
        ("byteorder", if cfg!(target_endian = "little") { "little" } else { "big" }),
        ("executable", executable.as_str()),
        ("copyright", "MIT OR Apache-2.0"),
    ];
    for (name, text) in texts {
        let text = thread.new_str(text);
        define(thread, namespace, name, text);
    }
    sys_facts::fill(thread, namespace)?;
    sys_monitoring::fill(thread, namespace)?;
    sys_more::fill(thread, namespace)
}

fn exit(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let values = args.positionals();
    Err(Raised::with(ErrorKind::SystemExit, values.to_vec()))
}

/// `sys.getrefcount`: the number of references to an object, including that of the argument, as in CPython.
fn getrefcount(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    let count = match object.as_raw() {
        // Constants and small numbers are no objects: a count that looks immortal.
        None => i64::from(u32::MAX),
        Some(object) if object.is_immortal() => i64::from(u32::MAX),
        Some(raw) => {
            // A deferred argument adds no count of its own; CPython's always does.
            let own = i64::from(crate::value::word::is_deferred(object.word()));
            life::count_of(raw) + own
        }
    };
    Ok(thread.new_int(count))
}

fn getrecursionlimit(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let limit = Interpreter::of(thread).recursion_limit();
    Ok(thread.new_usize(limit))
}

fn setrecursionlimit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [limit] = args.exactly();
    let limit = protocol::index_isize(thread, limit)?;
    let Ok(limit @ 1..) = usize::try_from(limit) else {
        return Err(Raised::value_error("recursion limit must be greater or equal than 1"));
    };
    let depth = Interpreter::of(thread).depth(thread);
    if limit <= depth {
        let message = format_args!(
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        );
        return Err(Raised::new(ErrorKind::RecursionError, message));
    }
    Interpreter::of(thread).set_recursion_limit(limit);
    Ok(Value::NONE)
}

/// `sys.getsizeof`: the bytes of an object, as its `__sizeof__` says; the default if that raises `TypeError`.
fn getsizeof(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, default] = args.options();
    let object = object.expect("the first parameter is required");
    match (size::asked_size(thread, object), default) {
        (Err(raised), Some(default)) if raised.is_kind(thread, ErrorKind::TypeError) => Ok(default.clone()),
        (size, _) => size,
    }
}

fn intern(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [text] = args.exactly();
    match text.downcast_exact::<Str>() {
        Some(text) => Ok(thread.known().intern_str(thread, text).into_value()),
        None => {
            let class = protocol::argument_kind(thread, text);
            Err(Raised::type_error(match text.downcast_ref::<Str>() {
                Some(_) => format!("can't intern {class}"),
                None => format!("intern() argument must be str, not {class}"),
            }))
        }
    }
}

fn exc_info(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let handled = unwind::handled(thread);
    if handled.is_none() {
        return Ok(thread.new_tuple(vec![Value::NONE, Value::NONE, Value::NONE]));
    }
    let class = protocol::class_of(thread, &handled).into_value();
    let traceback = traceback_of(&handled);
    Ok(thread.new_tuple(vec![class, handled, traceback]))
}

fn traceback_of(exception: &Value) -> Value {
    exception.downcast_ref::<Exception>().map_or(Value::NONE, |error| error.traceback.get())
}

fn exception(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    Ok(unwind::handled(thread))
}

fn getframe(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let depth = match args.positionals().first() {
        Some(depth) => protocol::index_isize(thread, depth)?.max(0) as usize,
        None => 0,
    };
    match frame::object::at_depth(thread, depth) {
        Some(frame) => Ok(frame.into_value()),
        None => Err(Raised::value_error("call stack is not deep enough")),
    }
}

fn get_int_max_str_digits(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let limit = thread.known().int_max_str_digits.load(Relaxed);
    Ok(thread.new_usize(limit))
}

fn set_int_max_str_digits(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [limit] = args.exactly();
    match usize::try_from(protocol::index_isize(thread, limit)?) {
        Ok(limit) if limit == 0 || limit >= sys_facts::LEAST_STR_DIGITS as usize => {
            thread.known().int_max_str_digits.store(limit, Relaxed);
            Ok(Value::NONE)
        }
        _ => Err(Raised::value_error("maxdigits must be 0 or larger than 640")),
    }
}

/// Shows the value of an expression in a session, and keeps it as `_`.
fn displayhook(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [value] = args.exactly();
    if value.is_none() {
        return Ok(Value::NONE);
    }
    let last = thread.known().intern(thread, "_");
    let builtins = Machine::of(thread).builtins.clone();
    // The last value is let go first, and is no value while this one is shown.
    drop(builtins.try_set_str(thread, &last, Value::NONE)?);
    let text = protocol::repr(thread, value)?;
    let line = thread.new_string(memory::formatted(format_args!("{}\n", text.as_str()))?);
    let names = thread.known().names();
    let stream = thread.known().sys_namespace().get_str(&names.stdout).filter(|stream| !stream.is_none());
    let Some(stream) = stream else { return Err(Raised::runtime_error("lost sys.stdout")) };
    protocol::call_method(thread, &stream, &names.write, &[line])?;
    drop(builtins.try_set_str(thread, &last, value.clone())?);
    Ok(Value::NONE)
}

fn excepthook(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [_, exception, _] = args.exactly();
    let text = report::exception_text(thread, exception);
    report::write_error(thread, &text);
    Ok(Value::NONE)
}

fn unraisablehook(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [facts] = args.exactly();
    if !unraisable_facts::is_facts(thread, facts) {
        return Err(Raised::type_error("sys.unraisablehook argument type must be UnraisableHookArgs"));
    }
    let mut fact = |name: &str| {
        let name = thread.known().intern(thread, name);
        protocol::get_attr(thread, facts, &name)
    };
    let (exception, message, object) = (fact("exc_value")?, fact("err_msg")?, fact("object")?);
    let message = message.downcast_ref::<Str>().map(|message| message.as_str());
    let object = Some(&object).filter(|object| !object.is_none());
    report::write_ignored(thread, &exception, message, object);
    Ok(Value::NONE)
}
