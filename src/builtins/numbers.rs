//! Functions about numbers: `abs`, `round`, `divmod`, `bin`, `oct`, `hex`, `chr`, `ord`.

use crate::builtins::fast;
use crate::protocol::{self, call_special_method, index, type_name};
use crate::text::stored;
use crate::thread::Thread;
use crate::types::int;
use crate::types::object::bytes_like::ByteSelf;
use crate::value::{Args, Kind, NativeMethod, Raised, Run, Str, Value};

/// The functions of this file.
pub const TABLE: &[NativeMethod] = &[
    NativeMethod::function("abs", "x, /", abs),
    NativeMethod::function("round", "number, ndigits=None", round),
    NativeMethod::function("divmod", "x, y, /", divmod),
    NativeMethod::function("bin", "number, /", |thread, args| in_base(thread, args, 2)),
    NativeMethod::function("oct", "number, /", |thread, args| in_base(thread, args, 8)),
    NativeMethod::function("hex", "number, /", |thread, args| in_base(thread, args, 16)),
    NativeMethod::function("chr", "i, /", chr).with_fast_path(fast::chr),
    NativeMethod::function("ord", "character, /", ord).with_fast_path(fast::ord),
];

fn abs(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number] = args.exactly();
    protocol::absolute(thread, number)
}

fn round(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [number, digits] = args.options();
    let number = number.expect("the first argument is required");
    let name = &thread.known().names().round;
    let digits: Vec<Value> = digits.filter(|digits| !digits.is_none()).cloned().into_iter().collect();
    call_special_method(thread, number, name, Args::positional(&digits)).unwrap_or_else(|| {
        Err(Raised::type_error(format_args!(
            "type {} doesn't define __round__ method",
            type_name(thread, number)
        )))
    })
}

fn divmod(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [left, right] = args.exactly();
    protocol::divmod(thread, left, right)
}

fn in_base(thread: &mut Thread, args: Args<'_>, base: u32) -> Run<Value> {
    let [number] = args.exactly();
    let number = index(thread, number)?;
    let integer = number.as_integer().expect("an index is an integer");
    let text = int::format::with_prefix(thread, integer, base)?;
    Ok(thread.new_string(text))
}

fn chr(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [code] = args.exactly();
    let code = index(thread, code)?;
    let code = code.as_i64().unwrap_or(i64::MAX);
    match u32::try_from(code).ok().filter(|&code| code < 0x11_0000) {
        Some(code) => Ok(thread.new_char(code)),
        None => Err(Raised::value_error("chr() arg not in range(0x110000)")),
    }
}

fn ord(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [char] = args.exactly();
    let count = match char.downcast_ref::<Str>() {
        Some(text) => match stored::only(text.as_str()) {
            Some(code) => return Ok(thread.new_int(i64::from(code))),
            None => text.char_count(),
        },
        None if matches!(char.kind(), Kind::Bytes | Kind::ByteArray) => {
            let only = ByteSelf::of(char).with(|bytes| match *bytes {
                [byte] => Ok(byte),
                _ => Err(bytes.len()),
            });
            match only {
                Ok(byte) => return Ok(thread.new_int(i64::from(byte))),
                Err(len) => len,
            }
        }
        None => {
            let given = type_name(thread, char);
            return Err(Raised::type_error(format_args!(
                "ord() expected string of length 1, but {given} found"
            )));
        }
    };
    Err(Raised::type_error(format_args!("ord() expected a character, but string of length {count} found")))
}
