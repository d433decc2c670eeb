//! `str.encode` and `bytes.decode`: converts texts to bytes and back.
//!
//! The conversions are in `text/codec`. What cannot be converted goes to an error handler (`error_handler.rs`).
//! Encodings that scripts have registered are found in `codec_registry.rs`.
//!
//! Functions whose name ends in `plain` call no script code: they know only the native encodings and CPython's own
//! error handlers.

use crate::text::codec::{Codec, Decoder, Encoder, Problem};
use crate::thread::Thread;
use crate::types::object::bytes_like::{expect_bytes, new_bytes};
use crate::types::str::codec_registry;
use crate::types::str::error_handler::{self, Treated};
use crate::types::str::text_args::{expect_text, text_and_rest};
use crate::value::{Args, ErrorKind, Object, Raised, Run, Str, Value};

/// Returns the text of an optional argument that names an encoding or an error handler.
/// That is `default` if the argument is missing. Raises `TypeError` if it is no `str`; `function` and `name` are for
/// the message.
pub fn option<'a>(
    thread: &Thread,
    value: Option<&'a Value>,
    function: &str,
    name: &str,
    default: &'static str,
) -> Run<&'a str> {
    match value {
        Some(value) => {
            let complaint = format!("{function}() argument '{name}' must be str");
            Ok(expect_text(thread, value, &complaint)?.as_str())
        }
        None => Ok(default),
    }
}

/// Returns the error handler that an argument of a function of `_codecs` names.
/// `None`, or no argument, stands for `strict`. Raises `TypeError` if it is no `str`.
pub fn handler<'a>(thread: &Thread, errors: Option<&'a Value>) -> Run<&'a str> {
    match errors.filter(|errors| !errors.is_none()) {
        Some(errors) => Ok(expect_text(thread, errors, "argument 2 must be str or None")?.as_str()),
        None => Ok("strict"),
    }
}

/// The method `str.encode`. Raises as `encode` does, and `TypeError` for wrong arguments.
pub fn encode_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [encoding, errors] = rest.options();
    let encoding = option(thread, encoding, "encode", "encoding", "utf-8")?;
    let errors = option(thread, errors, "encode", "errors", "strict")?;
    let bytes = encode(thread, text, encoding, errors)?;
    Ok(new_bytes(thread, bytes))
}

/// Checks that text files may have an encoding.
/// Raises `LookupError` unless it is a native one, `NotImplementedError` if files in it are not supported.
pub fn check(encoding: &str) -> Run<()> {
    match Codec::named(encoding) {
        Some(Codec::Utf8 | Codec::Ascii | Codec::Latin1) => Ok(()),
        Some(codec) => {
            let name = codec.name();
            Err(Raised::new(ErrorKind::NotImplementedError, format_args!("text files in {name}")))
        }
        None => Err(unknown(encoding)),
    }
}

#[cold]
fn unknown(encoding: &str) -> Raised {
    Raised::new(ErrorKind::LookupError, format_args!("unknown encoding: {encoding}"))
}

/// Whether an encoding is UTF-8.
pub fn is_utf8(encoding: &str) -> bool {
    Codec::named(encoding) == Some(Codec::Utf8)
}

/// Encodes a text. Raises `LookupError` for an unknown encoding or error handler, `UnicodeEncodeError`, `MemoryError`,
/// and what script code raises that was registered for the encoding or the errors.
pub fn encode(thread: &mut Thread, text: &Object<Str>, encoding: &str, errors: &str) -> Run<Vec<u8>> {
    match Codec::named(encoding) {
        Some(codec) => encode_as(thread, text, codec, errors),
        None => codec_registry::encode_text(thread, text, encoding, errors),
    }
}

/// Encodes a text with a native encoding. Raises as `encode` does.
pub fn encode_as(thread: &mut Thread, text: &Object<Str>, codec: Codec, errors: &str) -> Run<Vec<u8>> {
    // A text that somebody else refers to does not grow in place while a handler of the script runs.
    let text = text.to_ref();
    run_encoder(text.as_str(), codec, |problem, out| {
        let treated = match error_handler::treat_encode_plain(problem, text.as_str(), errors, out)? {
            Treated::Unknown => error_handler::ask_encode(thread, problem, &text, errors)?,
            treated => treated,
        };
        match treated {
            Treated::Passed(end) => Ok(end),
            Treated::Bytes(bytes, end) => {
                out.try_reserve(bytes.len())?;
                out.extend_from_slice(&bytes);
                Ok(end)
            }
            Treated::Text(replacement, end) if is_encodable(&replacement, codec) => {
                run_encoder_inner(&replacement, codec, out)?;
                Ok(end)
            }
            Treated::Refused | Treated::Unknown | Treated::Text(..) => {
                Err(cannot_encode(thread, problem, text.as_value().clone()))
            }
        }
    })
}

/// Encodes a text as `encode` does, without script code. Raises `LookupError`, `UnicodeEncodeError`, `MemoryError`.
pub fn encode_plain(thread: &Thread, text: &str, encoding: &str, errors: &str) -> Run<Vec<u8>> {
    let codec = Codec::named(encoding).ok_or_else(|| unknown(encoding))?;
    run_encoder(text, codec, |problem, out| {
        match error_handler::treat_encode_plain(problem, text, errors, out)? {
            Treated::Passed(end) => Ok(end),
            Treated::Unknown => Err(error_handler::unknown(errors)),
            _ => Err(cannot_encode(thread, problem, thread.try_str(text)?)),
        }
    })
}

/// Encodes a text; calls `treat` for each part that cannot be encoded.
/// `treat` appends a replacement and returns the position of the character to continue at. Raises what `treat`
/// raises, and `MemoryError`.
fn run_encoder(
    text: &str,
    codec: Codec,
    mut treat: impl FnMut(&Problem, &mut Vec<u8>) -> Run<usize>,
) -> Run<Vec<u8>> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(codec, text, &mut out);
    while let Some(problem) = encoder.run(&mut out)? {
        let position = treat(&problem, &mut out)?;
        encoder.seek(position);
    }
    Ok(out)
}

/// Tells whether ASCII or Latin-1, as `codec` says, can encode all characters of a text.
fn is_encodable(text: &str, codec: Codec) -> bool {
    let limit = if codec == Codec::Ascii { 0x80 } else { 0x100 };
    text.chars().all(|char| u32::from(char) < limit)
}

fn run_encoder_inner(text: &str, codec: Codec, out: &mut Vec<u8>) -> Run<()> {
    let more = run_encoder(text, codec, |problem, _| Ok(problem.part.end))?;
    out.try_reserve(more.len())?;
    out.extend_from_slice(&more);
    Ok(())
}

/// Decodes bytes. Raises `LookupError` for an unknown encoding or error handler, `UnicodeDecodeError`, `MemoryError`,
/// and what script code raises that was registered for the encoding or the errors.
pub fn decode(thread: &mut Thread, bytes: &[u8], encoding: &str, errors: &str) -> Run<String> {
    match Codec::named(encoding) {
        Some(codec) => Ok(decode_as(thread, bytes, codec, errors, true)?.0),
        None => codec_registry::decode_text(thread, bytes, encoding, errors),
    }
}

/// Decodes bytes with a native encoding; returns the text and how many bytes were read.
/// Unless `is_final`, the beginning of a character at the end is no error: it is not read. Raises as `decode` does.
pub fn decode_as(
    thread: &mut Thread,
    bytes: &[u8],
    codec: Codec,
    errors: &str,
    is_final: bool,
) -> Run<(String, usize)> {
    let mut out = String::new();
    let mut decoder = Decoder::new(codec, bytes);
    while let Some(problem) = decoder.run(&mut out)? {
        if !is_final && problem.part.end == decoder.bytes().len() && is_incomplete(problem.reason) {
            break;
        }
        let treated = match error_handler::treat_decode_plain(&problem, decoder.bytes(), errors, &mut out)? {
            Treated::Unknown => error_handler::ask_decode(thread, &problem, decoder.bytes(), errors)?,
            treated => treated,
        };
        match treated {
            Treated::Passed(end) => decoder.seek(end),
            Treated::Text(replacement, end) => {
                crate::memory::push_str(&mut out, &replacement)?;
                decoder.seek(end);
            }
            Treated::Refused | Treated::Unknown | Treated::Bytes(..) => {
                return Err(cannot_decode(thread, &problem, decoder.bytes()));
            }
        }
    }
    Ok((out, decoder.consumed()))
}

/// Tells whether bytes at the end are invalid only because more bytes are missing.
fn is_incomplete(reason: &str) -> bool {
    matches!(reason, "unexpected end of data" | "truncated data" | "\\ at end of string")
        || reason.starts_with("truncated \\")
}

/// Decodes bytes as `decode` does, without script code. Raises `LookupError`, `UnicodeDecodeError`, `MemoryError`.
pub fn decode_plain(thread: &Thread, bytes: &[u8], encoding: &str, errors: &str) -> Run<String> {
    let codec = Codec::named(encoding).ok_or_else(|| unknown(encoding))?;
    let mut out = String::new();
    let mut decoder = Decoder::new(codec, bytes);
    while let Some(problem) = decoder.run(&mut out)? {
        match error_handler::treat_decode_plain(&problem, decoder.bytes(), errors, &mut out)? {
            Treated::Passed(end) => decoder.seek(end),
            Treated::Unknown => return Err(error_handler::unknown(errors)),
            _ => return Err(cannot_decode(thread, &problem, decoder.bytes())),
        }
    }
    Ok(out)
}

/// Makes the `UnicodeEncodeError` for characters of the text `object` that cannot be encoded.
#[cold]
pub fn cannot_encode(thread: &Thread, problem: &Problem, object: Value) -> Raised {
    let arguments = error_handler::facts(thread, problem, object);
    Raised::with(ErrorKind::UnicodeEncodeError, arguments)
}

/// Makes the `UnicodeDecodeError` for invalid bytes; a `MemoryError` if there is no memory for it.
#[cold]
pub fn cannot_decode(thread: &Thread, problem: &Problem, bytes: &[u8]) -> Raised {
    match crate::types::object::bytes_like::copied_bytes(thread, bytes) {
        Ok(object) => {
            let arguments = error_handler::facts(thread, problem, object);
            Raised::with(ErrorKind::UnicodeDecodeError, arguments)
        }
        Err(raised) => raised,
    }
}

/// The method `bytes.decode`. Raises as `decode` does, and `TypeError` for wrong arguments.
pub fn decode_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [encoding, errors] = args.skip_first().options();
    let encoding = option(thread, encoding, "decode", "encoding", "utf-8")?;
    let errors = option(thread, errors, "decode", "errors", "strict")?;
    let this = args.get(0).expect("a method gets `self`");
    let bytes = expect_bytes(thread, this)?;
    if bytes.is_empty() {
        // As in CPython, nothing is decoded by any codec, known or not.
        return Ok(thread.new_str(""));
    }
    let text = decode(thread, &bytes, encoding, errors)?;
    Ok(thread.new_string(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_treated_as_asked() {
        treat_errors(crate::types::start::Started::without_interpreter().thread());
    }

    fn treat_errors(thread: &Thread) {
        let decode = |bytes: &[u8], errors| decode_plain(thread, bytes, "UTF_8", errors).ok();
        assert_eq!(decode(b"a\xffb", "replace").as_deref(), Some("a\u{fffd}b"));
        assert_eq!(decode(b"a\xe2\x82", "ignore").as_deref(), Some("a"));
        assert_eq!(decode(b"\xff\x00", "backslashreplace").as_deref(), Some("\\xff\0"));
        assert_eq!(decode(b"\xff", "strict"), None);
        assert_eq!(
            encode_plain(thread, "aé日", "latin1", "xmlcharrefreplace").ok(),
            Some(b"a\xe9&#26085;".to_vec())
        );
        assert!(encode_plain(thread, "é", "ascii", "strict").is_err());
    }
}
