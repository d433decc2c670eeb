//! What `sys` has besides: audit hooks, encodings, paths of the installation, facts about single objects.

use super::{define, library_names};
use crate::memory;
use crate::protocol;
use crate::sync::Ordering::Relaxed;
use crate::text::path;
use crate::thread::Thread;
use crate::types::exception;
use crate::value::{Args, Dict, ErrorKind, List, NativeMethod, Object, Raised, Run, Str, Style, Value};
use crate::vm::audit::tell_hooks;
use crate::vm::frame;
use crate::vm::machine::Machine;
use crate::vm::report::warn;

/// The functions of this file.
pub(super) const FUNCTIONS: [NativeMethod; 15] =
    [
        NativeMethod::function("audit", "event, /, *args", audit),
        NativeMethod::function("addaudithook", "hook", add_audit_hook),
        NativeMethod::function("_getframemodulename", "depth=0", frame_module_name),
        NativeMethod::function("getfilesystemencoding", "", |thread, _| Ok(thread.new_str("utf-8"))),
        NativeMethod::function("getfilesystemencodeerrors", "", |thread, _| {
            Ok(thread.new_str("surrogateescape"))
        }),
        NativeMethod::function("getswitchinterval", "", get_switch_interval),
        NativeMethod::function("setswitchinterval", "interval, /", set_switch_interval),
        NativeMethod::function("_is_gil_enabled", "", |_, _| Ok(Value::FALSE)),
        NativeMethod::function("_is_interned", "string, /", is_interned),
        NativeMethod::function("_is_immortal", "op, /", is_immortal),
        // No number of processors is set on the command line.
        NativeMethod::function("_get_cpu_count_config", "", |thread, _| Ok(thread.new_int(-1))),
        NativeMethod::function("_clear_type_cache", "", |_, _| Ok(Value::NONE)),
        NativeMethod::function("_clear_internal_caches", "", |_, _| Ok(Value::NONE)),
        NativeMethod::function("breakpointhook", "*args, **kwargs", breakpoint_hook),
        NativeMethod::function("call_tracing", "func, args, /", call_tracing).styled(Style::ByShape),
    ];

/// Adds the constants of this file to the namespace of `sys`. Raises `MemoryError`.
pub(super) fn fill(thread: &mut Thread, names: &Object<Dict>) -> Run<()> {
    let library = library_names::all().map(|name| thread.known().intern(thread, name).into_value()).collect();
    let library = thread.new_tuple(library);
    let class = thread.known().class(crate::value::Kind::FrozenSet).to_value();
    let library = protocol::call(thread, &class, Args::positional(&[library]))?;
    define(thread, names, "stdlib_module_names", library);
    let mut native: Vec<&str> = super::ALL.iter().map(|spec| spec.name).chain(["builtins"]).collect();
    native.sort_unstable();
    let native = native.into_iter().map(|name| thread.known().intern(thread, name).into_value()).collect();
    let native = thread.new_tuple(native);
    define(thread, names, "builtin_module_names", native);
    let executable = std::env::current_exe().unwrap_or_default();
    let prefix = executable.parent().and_then(std::path::Path::parent).unwrap_or(std::path::Path::new(""));
    let prefix = path::from_system(prefix.as_os_str());
    for name in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        let prefix = thread.new_str(&prefix);
        define(thread, names, name, prefix);
    }
    for (name, text) in
        [("platlibdir", "lib"), ("abiflags", ""), ("float_repr_style", "short"), ("_framework", "")]
    {
        let text = thread.new_str(text);
        define(thread, names, name, text);
    }
    let given = std::env::args_os().map(|word| thread.new_string(path::from_system(&word))).collect();
    let given = thread.alloc(List::new(given)).into_value();
    define(thread, names, "orig_argv", given);
    let given = Machine::of(thread).options.flags.clone();
    let x_options = thread.alloc(Dict::default());
    for (name, value) in &given.x_options {
        let value = value.as_ref().map_or(Value::TRUE, |value| thread.new_str(value));
        let name = thread.known().intern(thread, name);
        drop(x_options.set_str(thread, &name, value));
    }
    let warn_options = given.warn_options.iter().map(|option| thread.new_str(option)).collect();
    let warn_options = thread.alloc(List::new(warn_options)).into_value();
    let constants = [
        ("api_version", thread.new_int(1013)),
        ("pycache_prefix", Value::NONE),
        ("dont_write_bytecode", Value::bool(given.number("dont_write_bytecode") > 0)),
        ("_xoptions", x_options.into_value()),
        ("warnoptions", warn_options),
    ];
    for (name, value) in constants {
        define(thread, names, name, value);
    }
    let own = thread.known().intern(thread, "breakpointhook");
    if let Some(hook) = names.get_str(&own) {
        define(thread, names, "__breakpointhook__", hook);
    }
    Ok(())
}

/// `sys.audit`: calls every hook with the event and its arguments. Raises what the hooks raise.
fn audit(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [event, rest @ ..] = args.positionals() else { unreachable!("the signature promises an argument") };
    if event.downcast_ref::<Str>().is_none() {
        let given = protocol::argument_kind(thread, event);
        return Err(Raised::type_error(format_args!("audit() argument 1 must be str, not {given}")));
    }
    tell_hooks(thread, event, rest)?;
    Ok(Value::NONE)
}

/// `sys.addaudithook`: adds a hook, unless one that is there already refuses by an `Exception`. Raises what they raise
/// otherwise.
fn add_audit_hook(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [hook] = args.exactly();
    let event = thread.new_str("sys.addaudithook");
    if let Err(raised) = tell_hooks(thread, &event, &[]) {
        let error = exception::instance(thread, raised);
        if exception::is_kind(thread, &error, ErrorKind::Exception) {
            return Ok(Value::NONE);
        }
        return Err(Raised::instance(error));
    }
    Machine::of(thread).audit_hooks.clone().push(hook.clone())?;
    Ok(Value::NONE)
}

/// `sys._getframemodulename`: the module of the function that runs `depth` calls outside; `None` if there is none.
fn frame_module_name(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [depth] = args.options();
    let depth = match depth {
        Some(depth) => protocol::index_isize(thread, depth)?.max(0) as usize,
        None => 0,
    };
    let Some(frame) = frame::object::at_depth(thread, depth) else { return Ok(Value::NONE) };
    Ok(frame.function.module(thread))
}

fn get_switch_interval(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    let seconds = f64::from_bits(Machine::of(thread).switch_interval.load(Relaxed));
    Ok(thread.new_float(seconds))
}

/// `sys.setswitchinterval`: threads run side by side, so the number is only kept.
fn set_switch_interval(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [seconds] = args.exactly();
    let seconds = protocol::to_float(thread, seconds)?;
    if seconds <= 0.0 {
        return Err(Raised::value_error("switch interval must be strictly positive"));
    }
    Machine::of(thread).switch_interval.store(seconds.to_bits(), Relaxed);
    Ok(Value::NONE)
}

fn is_interned(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [text] = args.exactly();
    match text.downcast_ref::<Str>() {
        Some(text) => Ok(Value::bool(text.is_interned())),
        None => {
            let given = protocol::argument_kind(thread, text);
            Err(Raised::type_error(format_args!("_is_interned() argument must be str, not {given}")))
        }
    }
}

fn is_immortal(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object] = args.exactly();
    Ok(Value::bool(object.as_raw().is_none_or(|object| object.is_immortal())))
}

/// `sys.call_tracing`: calls a function with a tuple of arguments.
fn call_tracing(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [function, arguments] = args.exactly();
    let Some(arguments) = arguments.downcast_ref::<crate::value::Tuple>() else {
        let given = protocol::argument_kind(thread, arguments);
        return Err(Raised::type_error(format_args!("call_tracing() argument 2 must be tuple, not {given}")));
    };
    protocol::call(thread, function, Args::positional(arguments.items()))
}

/// `sys.breakpointhook`: calls what the environment names, by default the debugger of the library; warns if there is no
/// such thing. Raises what importing it raises besides `ImportError`, and what calling it raises.
fn breakpoint_hook(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let named = super::posix::variable("PYTHONBREAKPOINT").and_then(|named| named.into_string().ok());
    let named = named.unwrap_or_default();
    let path = match named.as_str() {
        "0" => return Ok(Value::NONE),
        "" => "pdb.set_trace",
        other => other,
    };
    if let Some(hook) = find_hook(thread, path)? {
        return protocol::call(thread, &hook, args);
    }
    let text = memory::formatted(format_args!("Ignoring unimportable $PYTHONBREAKPOINT: \"{path}\""))?;
    warn::warn(thread, ErrorKind::RuntimeWarning, &text)?;
    Ok(Value::NONE)
}

/// Finds what a path of names stands for; `None` if there is nothing.
fn find_hook(thread: &mut Thread, path: &str) -> Run<Option<Value>> {
    let (module, name) = path.rsplit_once('.').unwrap_or(("builtins", path));
    if module.is_empty() {
        return Ok(None);
    }
    let module_name = thread.new_str(module);
    let first = thread.new_tuple(vec![thread.new_str(name)]);
    let arguments = [module_name, Value::NONE, Value::NONE, first];
    let module = match (thread.known().upper_floors.import)(thread, Args::positional(&arguments)) {
        Ok(module) => module,
        Err(raised) if raised.is_kind(thread, ErrorKind::ImportError) => return Ok(None),
        Err(raised) => return Err(raised),
    };
    let name = thread.known().intern(thread, name);
    protocol::find_attr(thread, &module, &name)
}
