//! Functions that run code: `exec`, `eval`, `compile`, `__import__`, `__build_class__`, `globals`, `exit`.
//!
//! These functions lie below the compiler and the interpreter, so they may not name either. What they need of
//! both they call through the table of functions that the floors above hand in at start (`UpperFloors`).

use std::borrow::Cow;

use crate::memory;
use crate::protocol::{self, argument_kind, check_compiling, type_name};
use crate::text::{codec, stored};
use crate::thread::Thread;
use crate::types::class::build_class;
use crate::types::exception::syntax_error;
use crate::types::file;
use crate::types::object::bytes_like::own_contents_if_shown;
use crate::types::object::utf8::check_utf8;
use crate::types::sequence::has_items;
use crate::value::{
    Args, CompileFlags, CompileRequest, CompileSource, Dict, ErrorKind, Kind, NativeMethod, Object, Raised,
    Run, Str, Value,
};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("globals", "", globals),
    NativeMethod::function("locals", "", locals),
    NativeMethod::function(
        "compile",
        "source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1",
        compile,
    ),
    NativeMethod::function("breakpoint", "*args, **kws", breakpoint),
    NativeMethod::function("exec", "source, /, globals=None, locals=None, *, closure=None", exec),
    NativeMethod::function("eval", "source, /, globals=None, locals=None", eval),
    NativeMethod::function("__import__", "name, globals=None, locals=None, fromlist=(), level=0", import),
    NativeMethod::function("__build_class__", "*args, **kwargs", build_class::build_class),
    NativeMethod::function(
        "open",
        "file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None",
        open,
    ),
];

fn globals(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    (thread.known().upper_floors.globals)(thread)
}

fn locals(thread: &mut Thread, _args: Args<'_>) -> Run<Value> {
    (thread.known().upper_floors.locals)(thread)
}

/// The text of source code given as `str` or `bytes`.
fn source_text(thread: &mut Thread, source: &Value, function: &str, file: &str) -> Run<String> {
    let text = any_source_text(thread, source, function, file)?;
    if text.contains('\0') {
        return Err(null_bytes());
    }
    Ok(text)
}

#[cold]
fn null_bytes() -> Raised {
    Raised::new(ErrorKind::SyntaxError, "source code string cannot contain null bytes")
}

/// Returns a text as one of Rust. Raises `UnicodeEncodeError` if it has surrogates.
fn native(thread: &Thread, text: &Object<Str>) -> Run<String> {
    let text = check_utf8(thread, text)?;
    match stored::native(text) {
        Some(Cow::Owned(native)) => Ok(native),
        _ => Ok(memory::copy_text(text)?),
    }
}

fn any_source_text(thread: &mut Thread, source: &Value, function: &str, file: &str) -> Run<String> {
    if let Some(text) = source.downcast_ref::<Str>() {
        let text = native(thread, text)?;
        // A text needs no byte order mark: its first one is a character, behind the one that a source passes over.
        return Ok(if text.starts_with('\u{feff}') {
            memory::formatted(format_args!("\u{feff}{text}"))?
        } else {
            text
        });
    }
    if let Some(bytes) = own_contents_if_shown(thread, source)? {
        if bytes.contains(&0) {
            return Err(null_bytes());
        }
        let text = codec::source::decode(None, &bytes);
        return text.map_err(|error| syntax_error::undecodable(thread, &error, file));
    }
    let what = if function == "compile" { "AST" } else { "code" };
    Err(Raised::type_error(format_args!("{function}() arg 1 must be a string, bytes or {what} object")))
}

fn compile(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [source, file, mode, flags, inherits_nothing, optimize, _] = args.options();
    check_compiling(thread)?;
    let (source, file, mode) = (source.expect("required"), file.expect("required"), mode.expect("required"));
    let file = file_name(thread, file)?;
    let Some(mode) = mode.downcast_ref::<Str>() else {
        let given = argument_kind(thread, mode);
        return Err(Raised::type_error(format_args!("compile() argument 'mode' must be str, not {given}")));
    };
    if let Some(inherits_nothing) = inherits_nothing {
        // The flags of the calling code are `from __future__` imports, none of which changes anything any more.
        protocol::is_true(thread, inherits_nothing)?;
    }
    let (flags, optimize) = compile_flags(thread, flags, optimize)?;
    if !matches!(mode.as_str(), "exec" | "eval" | "single") {
        let is_type = mode.as_str() == "func_type";
        if !is_type || !flags.contains(CompileFlags::ONLY_TREE) {
            return Err(Raised::value_error(match (is_type, flags.contains(CompileFlags::ONLY_TREE)) {
                (true, _) => "compile() mode 'func_type' requires flag PyCF_ONLY_AST",
                (_, true) => "compile() mode must be 'exec', 'eval', 'single' or 'func_type'",
                (_, false) => "compile() mode must be 'exec', 'eval' or 'single'",
            }));
        }
    }
    let request = |source| CompileRequest { source, file: &file, mode: mode.as_str(), flags, optimize };
    let compile = thread.known().upper_floors.compile;
    if source.kind() == Kind::SyntaxNode {
        return compile(thread, &request(CompileSource::Tree(source)));
    }
    let source = source_text(thread, source, "compile", &file)?;
    compile(thread, &request(CompileSource::Text(&source)))
}

/// Reads the flags of `compile`, and how much it leaves out. Raises `ValueError` for what is neither.
fn compile_flags(
    thread: &mut Thread,
    flags: Option<&Value>,
    optimize: Option<&Value>,
) -> Run<(CompileFlags, Option<u8>)> {
    let mut number = |given: Option<&Value>, usual: i64| match given {
        Some(given) => protocol::index(thread, given).and_then(|given| match given.as_i64() {
            Some(number) if i32::try_from(number).is_ok() => Ok(number),
            _ => Err(Raised::overflow_error("Python int too large to convert to C int")),
        }),
        None => Ok(usual),
    };
    let (flags, optimize) = (number(flags, 0)?, number(optimize, -1)?);
    let Some(flags) = CompileFlags::from_bits(flags) else {
        return Err(Raised::value_error("compile(): unrecognised flags"));
    };
    if !(-1..=2).contains(&optimize) {
        return Err(Raised::value_error("compile(): invalid optimize value"));
    }
    if flags.contains(CompileFlags::TOP_LEVEL_AWAIT) {
        let text = "compile() does not make await outside of functions yet";
        return Err(Raised::new(ErrorKind::NotImplementedError, text));
    }
    Ok((flags, u8::try_from(optimize).ok()))
}

/// Returns the name of a file given as `str`, `bytes` or by `__fspath__`.
fn file_name(thread: &mut Thread, file: &Value) -> Run<String> {
    let mut path = file.clone();
    if !matches!(path.kind(), Kind::Str | Kind::Bytes) {
        let name = &thread.known().names().fspath;
        let Some(asked) = protocol::call_special_method(thread, file, name, Args::positional(&[])) else {
            let given = type_name(thread, file);
            return Err(Raised::type_error(format_args!(
                "expected str, bytes or os.PathLike object, not {given}"
            )));
        };
        path = asked?;
        if !matches!(path.kind(), Kind::Str | Kind::Bytes) {
            let (class, given) = (type_name(thread, file), type_name(thread, &path));
            return Err(Raised::type_error(format_args!(
                "expected {class}.__fspath__() to return str or bytes, not {given}"
            )));
        }
    }
    if path.kind() == Kind::Bytes {
        let name = thread.known().intern(thread, "decode");
        path = protocol::call_method(thread, &path, &name, &[])?;
    }
    Ok(memory::copy_text(path.downcast_ref::<Str>().map_or("", |path| path.as_str()))?)
}

/// Calls `sys.breakpointhook`. Raises `RuntimeError` if it is gone, and what it raises.
fn breakpoint(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let name = thread.known().intern(thread, "breakpointhook");
    let Some(hook) = thread.known().sys_namespace().get_str(&name) else {
        return Err(Raised::runtime_error("lost sys.breakpointhook"));
    };
    protocol::call(thread, &hook, args)
}

fn exec(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [source, globals, locals, closure] = args.options();
    let closure = closure.filter(|closure| !closure.is_none());
    run(thread, [source, globals, locals], closure, "exec")?;
    Ok(Value::NONE)
}

fn eval(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    run(thread, args.options(), None, "eval")
}

fn run(
    thread: &mut Thread,
    [source, globals, locals]: [Option<&Value>; 3],
    closure: Option<&Value>,
    function: &str,
) -> Run<Value> {
    check_compiling(thread)?;
    let interpreter = &thread.known().upper_floors;
    let source = source.expect("the first argument is required");
    let given_globals = globals.filter(|globals| !globals.is_none());
    let globals = match given_globals {
        Some(globals) if globals.downcast_ref::<Dict>().is_some() => globals.clone(),
        Some(other) if function == "exec" => {
            let kind = type_name(thread, other);
            return Err(Raised::type_error(format_args!("exec() globals must be a dict, not {kind}")));
        }
        Some(other) => {
            let hint = if has_items(thread, other) {
                "globals must be a real dict; try eval(expr, {}, mapping)"
            } else {
                "globals must be a dict"
            };
            return Err(Raised::type_error(hint));
        }
        None => (interpreter.globals)(thread)?,
    };
    let locals = match locals.filter(|locals| !locals.is_none()) {
        Some(locals) if has_items(thread, locals) => locals.clone(),
        Some(other) if function == "exec" => {
            let kind = type_name(thread, other);
            return Err(Raised::type_error(format_args!("locals must be a mapping or None, not {kind}")));
        }
        Some(_) => return Err(Raised::type_error("locals must be a mapping")),
        None if given_globals.is_some() => globals.clone(),
        None => (interpreter.locals)(thread)?,
    };
    let code = match source.kind() {
        Kind::Code => source.clone(),
        _ if closure.is_some() => {
            return Err(Raised::type_error("closure can only be used when source is a code object"));
        }
        _ => {
            let source = source_text(thread, source, function, "<string>")?;
            let source = if function == "eval" { source.trim_start_matches([' ', '\t']) } else { &source };
            let request = CompileRequest {
                source: CompileSource::Text(source),
                file: "<string>",
                mode: function,
                flags: CompileFlags::empty(),
                optimize: None,
            };
            (interpreter.compile)(thread, &request)?
        }
    };
    (interpreter.execute)(thread, &code, &globals, &locals, closure, function)
}

fn import(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    (thread.known().upper_floors.import)(thread, args)
}

fn open(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name, mode, buffering, encoding, errors, newline, closes, opener] = args.options();
    let name = name.expect("the first argument is required");
    if name.as_integer().is_some() {
        return Err(Raised::new(ErrorKind::NotImplementedError, "open() takes no file descriptor yet"));
    }
    if let Some(closes) = closes
        && !protocol::is_true(thread, closes)?
    {
        return Err(Raised::value_error("Cannot use closefd=False with file name"));
    }
    if opener.is_some_and(|opener| !opener.is_none()) {
        return Err(Raised::new(ErrorKind::NotImplementedError, "open() takes no opener yet"));
    }
    file::open::open(thread, &file::open::Request { name, mode, buffering, encoding, errors, newline })
}
