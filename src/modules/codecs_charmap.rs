//! `charmap_encode`, `charmap_decode` and `charmap_build` of `_codecs`: encodings whose characters stand in a table.
//!
//! A table is a text, indexed by bytes, or any object with `__getitem__`, which may run script code.

use crate::memory;
use crate::protocol;
use crate::text::codec::{Codec, Problem};
use crate::text::stored;
use crate::thread::Thread;
use crate::types::object::bytes_like::{expect_bytes, new_bytes};
use crate::types::str::codec::{self, cannot_decode, cannot_encode, handler};
use crate::types::str::error_handler::{self, Report, Treated};
use crate::types::str::text_args::expect_text;
use crate::value::{Args, Bytes, Dict, ErrorKind, NativeMethod, Object, Raised, Ref, Run, Str, Value};

/// `charmap_encode`: a text as the bytes that a table has for its characters.
pub const ENCODE: NativeMethod =
    NativeMethod::function("charmap_encode", "str, errors=None, mapping=None, /", encode);
/// `charmap_decode`: bytes as the characters that a table has for them.
pub const DECODE: NativeMethod =
    NativeMethod::function("charmap_decode", "data, errors=None, mapping=None, /", decode);
/// `charmap_build`: turns a table for decoding into one for encoding.
pub const BUILD: NativeMethod = NativeMethod::function("charmap_build", "map, /", build);

/// What a table has at a byte that no character is encoded as.
const UNDEFINED: u32 = 0xfffe;

fn problem(part: std::ops::Range<usize>) -> Problem {
    Problem { encoding: "charmap", part, reason: "character maps to <undefined>" }
}

/// Returns an item of a table; `None` if it has none or that is `None`. Raises what `__getitem__` raises but for
/// `LookupError`.
fn item(thread: &mut Thread, table: &Value, code: u32) -> Run<Option<Value>> {
    let key = thread.new_int(i64::from(code));
    match protocol::get_item(thread, table, &key) {
        Ok(item) => Ok((!item.is_none()).then_some(item)),
        Err(raised) if raised.is_kind(thread, ErrorKind::LookupError) => Ok(None),
        Err(raised) => Err(raised),
    }
}

fn decode(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [data, errors, table] = args.options();
    let bytes = expect_bytes(thread, data.expect("a required argument is there"))?;
    let errors = handler(thread, errors, "charmap_decode")?;
    let text = match table.filter(|table| !table.is_none()) {
        Some(table) => decode_by(thread, &bytes, errors, table)?,
        None => codec::decode_as(thread, &bytes, Codec::Latin1, errors, true)?.0,
    };
    let (text, consumed) = (thread.new_string(text), thread.new_usize(bytes.len()));
    Ok(thread.new_tuple(vec![text, consumed]))
}

fn decode_by(thread: &mut Thread, bytes: &[u8], errors: &str, table: &Value) -> Run<String> {
    let mut out = String::new();
    let mut report = Report::default();
    let mut exchanged: Option<Ref<Bytes>> = None;
    let mut at = 0;
    loop {
        let bytes = exchanged.as_ref().map_or(bytes, |object| object.as_slice());
        let Some(&byte) = bytes.get(at) else { break };
        protocol::check_interrupt(thread)?;
        if push_decoded(thread, table, byte, &mut out)? {
            at += 1;
            continue;
        }
        let problem = problem(at..at + 1);
        match error_handler::treat_decode_plain(&problem, bytes, errors, &mut out)? {
            Treated::Passed(end) => at = end,
            Treated::Unknown => {
                let answer = report.ask_decode(thread, &problem, bytes, errors)?;
                memory::push_str(&mut out, &answer.text)?;
                at = answer.position;
                exchanged = answer.object.or(exchanged);
            }
            Treated::Refused | Treated::Text(..) | Treated::Bytes(..) => {
                return Err(cannot_decode(thread, &problem, bytes));
            }
        }
    }
    Ok(out)
}

/// Appends the characters of a byte; false if the table has none for it.
fn push_decoded(thread: &mut Thread, table: &Value, byte: u8, out: &mut String) -> Run<bool> {
    if let Some(text) = table.downcast_exact::<Str>() {
        let Some(code) = text.char_at(usize::from(byte)).filter(|&code| code != UNDEFINED) else {
            return Ok(false);
        };
        push_code(code, out)?;
        return Ok(true);
    }
    let Some(found) = item(thread, table, u32::from(byte))? else { return Ok(false) };
    if let Some(text) = found.downcast_ref::<Str>() {
        let is_defined = stored::only(text.as_str()) != Some(UNDEFINED);
        if is_defined {
            memory::push_str(out, text.as_str())?;
        }
        return Ok(is_defined);
    }
    if found.as_integer().is_none() {
        return Err(Raised::type_error("character mapping must return integer, None or str"));
    }
    let code = found.as_i64().and_then(|code| u32::try_from(code).ok()).filter(|&code| code < 0x11_0000);
    let Some(code) = code else {
        return Err(Raised::type_error("character mapping must be in range(0x110000)"));
    };
    if code != UNDEFINED {
        push_code(code, out)?;
    }
    Ok(code != UNDEFINED)
}

fn push_code(code: u32, out: &mut String) -> Run<()> {
    Ok(memory::push_str(out, stored::encode(code, &mut [0; stored::MOST_BYTES]))?)
}

fn encode(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [given, errors, table] = args.options();
    let given = given.expect("a required argument is there");
    let Some(text) = given.downcast_ref::<Str>() else {
        let given = protocol::argument_kind(thread, given);
        return Err(Raised::type_error(format_args!("charmap_encode() argument 1 must be str, not {given}")));
    };
    let errors = handler(thread, errors, "charmap_encode")?;
    let bytes = match table.filter(|table| !table.is_none()) {
        Some(table) => encode_by(thread, text, errors, table)?,
        None => codec::encode_as(thread, text, Codec::Latin1, errors)?,
    };
    let (bytes, count) = (new_bytes(thread, bytes), thread.new_usize(text.char_count()));
    Ok(thread.new_tuple(vec![bytes, count]))
}

fn encode_by(thread: &mut Thread, text: &Object<Str>, errors: &str, table: &Value) -> Run<Vec<u8>> {
    // A text that somebody else refers to does not grow in place while code of the script runs.
    let text = text.to_ref();
    let mut report = Report::default();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(char) = text.char_at(at) {
        protocol::check_interrupt(thread)?;
        if push_encoded(thread, table, char, &mut out)? {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while let Some(char) = text.char_at(end)
            && !push_encoded(thread, table, char, &mut Vec::new())?
        {
            end += 1;
        }
        at = replace(thread, &text, problem(at..end), (errors, &mut report), table, &mut out)?;
    }
    Ok(out)
}

/// Asks an error handler about characters that the table lacks, and appends the replacement.
/// Returns the position to continue at. Raises `UnicodeEncodeError` if the handler replaces nothing or the table
/// lacks the replacement too, and as the handler does.
fn replace(
    thread: &mut Thread,
    text: &Object<Str>,
    problem: Problem,
    (errors, report): (&str, &mut Report),
    table: &Value,
    out: &mut Vec<u8>,
) -> Run<usize> {
    let treated = match error_handler::treat_encode_plain(&problem, text.as_str(), errors)? {
        Treated::Unknown => report.ask_encode(thread, &problem, text, errors)?,
        treated => treated,
    };
    let (replacement, end) = match treated {
        Treated::Passed(end) => (String::new(), end),
        Treated::Text(replacement, end) => (replacement, end),
        Treated::Bytes(bytes, end) => {
            out.try_reserve(bytes.len())?;
            out.extend_from_slice(&bytes);
            return Ok(end);
        }
        Treated::Refused | Treated::Unknown => return Err(cannot_encode(thread, &problem, text.to_value())),
    };
    for code in stored::code_points(&replacement) {
        if !push_encoded(thread, table, code, out)? {
            return Err(cannot_encode(thread, &problem, text.to_value()));
        }
    }
    Ok(end)
}

/// Appends the bytes of a character; false if it has none.
fn push_encoded(thread: &mut Thread, table: &Value, code: u32, out: &mut Vec<u8>) -> Run<bool> {
    let Some(found) = item(thread, table, code)? else { return Ok(false) };
    if let Some(bytes) = found.downcast_ref::<Bytes>() {
        out.try_reserve(bytes.as_slice().len())?;
        out.extend_from_slice(bytes.as_slice());
        return Ok(true);
    }
    if found.as_integer().is_none() {
        let given = protocol::type_name(thread, &found);
        return Err(Raised::type_error(format_args!(
            "character mapping must return integer, bytes or None, not {given}"
        )));
    }
    let Some(byte) = found.as_i64().and_then(|byte| u8::try_from(byte).ok()) else {
        return Err(Raised::type_error("character mapping must be in range(256)"));
    };
    out.try_reserve(1)?;
    out.push(byte);
    Ok(true)
}

fn build(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [table] = args.exactly();
    let table = expect_text(thread, table, "charmap_build() argument must be str")?;
    let bytes = thread.alloc(Dict::default());
    for (byte, code) in stored::code_points(table.as_str()).take(256).enumerate() {
        let (key, byte) = (thread.new_int(i64::from(code)), thread.new_usize(byte));
        if code != UNDEFINED {
            protocol::dict_set(thread, &bytes, &key, byte)?;
        }
    }
    Ok(bytes.into_value())
}
