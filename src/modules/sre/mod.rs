//! The `_sre` module: compiled patterns and their matches, on the engine of `text/regex`.
//!
//! ```text
//! re.compile ──▶ re._compiler ──numbers──▶ _sre.compile ──▶ Pattern ──search──▶ Match
//! ```
//!
//! `re` itself is CPython's. `scan.rs` has a search in progress, which all methods of a pattern use; `subject.rs` what is
//! searched. What patterns and matches have is in `compiled.rs` and `found.rs`, what scripts do with them in `pattern.rs` and
//! `matched.rs`. Begin with `pattern.rs`.

mod compiled;
mod find;
mod found;
mod matched;
mod pattern;
mod scan;
mod scanner;
mod subject;
mod substitute;
mod template;

use super::{ModuleSpec, define};
use crate::memory;
use crate::protocol;
use crate::text::regex::{self, MAGIC, MAXGROUPS, MAXREPEAT, Malformed, Program};
use crate::thread::Thread;
use crate::value::{Args, Dict, ErrorKind, List, NativeMethod, Object, Raised, Run, Str, Tuple, Value};
use compiled::Pattern;

/// `_sre`.
pub const SPEC: ModuleSpec = ModuleSpec {
    name: "_sre",
    home: "_sre",
    doc: "",
    types: &[pattern::SPEC, matched::SPEC, scanner::SPEC, template::SPEC],
    functions: &[
        NativeMethod::function("ascii_iscased", "character, /", |thread, args| {
            let code = character(thread, args)?;
            Ok(Value::bool(u32::try_from(code).is_ok_and(|code| code < 0x80 && regex::is_cased(code))))
        }),
        NativeMethod::function("unicode_iscased", "character, /", |thread, args| {
            let code = character(thread, args)?;
            Ok(Value::bool(u32::try_from(code).is_ok_and(regex::is_cased)))
        }),
        NativeMethod::function("ascii_tolower", "character, /", |thread, args| {
            let code = character(thread, args)?;
            Ok(thread.new_int(u32::try_from(code).map_or(code, |code| i64::from(regex::lower_ascii(code)))))
        }),
        NativeMethod::function("unicode_tolower", "character, /", |thread, args| {
            let code = character(thread, args)?;
            Ok(thread.new_int(u32::try_from(code).map_or(code, |code| i64::from(regex::lower(code)))))
        }),
        NativeMethod::function("getcodesize", "", |thread, _| Ok(thread.new_int(CODE_BYTES))),
        NativeMethod::function("compile", "pattern, flags, code, groups, groupindex, indexgroup", compile),
        NativeMethod::function("template", "pattern, template, /", template::new),
    ],
    fill,
};

/// Bytes of one of the numbers of which a pattern is made.
const CODE_BYTES: i64 = 4;

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let numbers = [
        ("MAGIC", i64::from(MAGIC)),
        ("CODESIZE", CODE_BYTES),
        ("MAXREPEAT", i64::from(MAXREPEAT)),
        ("MAXGROUPS", i64::from(MAXGROUPS)),
    ];
    for (name, number) in numbers {
        let number = thread.new_int(number);
        define(thread, namespace, name, number);
    }
    let copyright = thread.new_str(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ");
    define(thread, namespace, "copyright", copyright);
    Ok(())
}

/// Returns an integer argument that fits `int` of C. Raises `TypeError` for no integer, `OverflowError` for a larger one.
fn c_int(thread: &mut Thread, value: &Value) -> Run<i64> {
    let index = protocol::index(thread, value)?;
    let small = index.as_i64().filter(|&small| i32::try_from(small).is_ok());
    small.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C int"))
}

/// Returns an integer argument that fits a machine word. Raises `TypeError` for no integer, `OverflowError` for a larger
/// one.
fn word(thread: &mut Thread, value: &Value) -> Run<isize> {
    let index = protocol::index(thread, value)?;
    let small = index.as_i64().map(|small| small as isize);
    small.ok_or_else(|| Raised::overflow_error("Python int too large to convert to C ssize_t"))
}

fn character(thread: &mut Thread, args: Args<'_>) -> Run<i64> {
    let [value] = args.exactly();
    c_int(thread, value)
}

/// Raises `TypeError` for an argument of `compile` that is of another type.
fn wrong_argument(thread: &Thread, name: &str, wanted: &str, value: &Value) -> Raised {
    let given = protocol::argument_kind(thread, value);
    Raised::type_error(format_args!("compile() argument '{name}' must be {wanted}, not {given}"))
}

/// Makes a pattern of the numbers that `re._compiler` has made. Raises `RuntimeError` if they are none, `OverflowError` if
/// one is too large, `RecursionError` if the pattern is nested too deep.
fn compile(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [text, flags, code, groups, group_index, index_group] = args.exactly();
    let flags = c_int(thread, flags)?;
    let Some(code) = code.downcast_ref::<List>() else {
        return Err(wrong_argument(thread, "code", "list", code));
    };
    let groups = word(thread, groups)?;
    if group_index.downcast_ref::<Dict>().is_none() {
        return Err(wrong_argument(thread, "groupindex", "dict", group_index));
    }
    if index_group.downcast_ref::<Tuple>().is_none() {
        return Err(wrong_argument(thread, "indexgroup", "tuple", index_group));
    }
    let is_bytes = match text {
        text if text.is_none() => None,
        text => Some(text.downcast_ref::<Str>().is_none() && subject::is_bytes(thread, text)?),
    };
    let mut numbers = memory::with_room(code.len())?;
    for item in code.to_vec()? {
        numbers.push(number(&item)?);
    }
    let malformed = |malformed| match malformed {
        Malformed::Code => Raised::runtime_error("invalid SRE code"),
        Malformed::Memory => Raised::memory_error(),
        Malformed::Depth => Raised::new(ErrorKind::RecursionError, "the pattern is nested too deeply"),
    };
    let groups = u32::try_from(groups).map_err(|_| malformed(Malformed::Code))?;
    let program = Program::read(&numbers, groups).map_err(malformed)?;
    let pattern = Pattern {
        program,
        code: numbers.into_boxed_slice(),
        flags,
        is_bytes,
        text: text.clone(),
        group_index: group_index.clone(),
        index_group: index_group.clone(),
    };
    Ok(thread.alloc(pattern).into_value())
}

/// Makes the error for something that has to be an `int`.
#[cold]
fn no_integer() -> Raised {
    Raised::type_error("an integer is required")
}

/// Returns one of the numbers of a pattern. Raises `TypeError` if it is no integer, `OverflowError` for a larger one.
fn number(value: &Value) -> Run<u32> {
    if value.as_integer().is_none() {
        return Err(no_integer());
    }
    match value.as_i64() {
        Some(number) if number < 0 => {
            Err(Raised::overflow_error("can't convert negative value to unsigned int"))
        }
        number => number
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(|| Raised::overflow_error("regular expression code size limit exceeded")),
    }
}
