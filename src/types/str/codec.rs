//! `str.encode` and `bytes.decode`: converts texts to bytes and back.
//!
//! The conversions are in `text/codec`. What cannot be converted goes to an error handler (`error_handler.rs`).
//! Encodings that scripts have registered are found in `codec_registry.rs`.
//!
//! Functions whose name ends in `plain` call no script code: they know only the native encodings and CPython's own
//! error handlers.

use crate::protocol;
use crate::sync::Ordering;
use crate::text::codec::{Codec, Decoder, Encoder, Problem};
use crate::thread::Thread;
use crate::types::object::bytes_like::{expect_bytes, new_bytes};
use crate::types::object::utf8::check_utf8;
use crate::types::str::codec_registry;
use crate::types::str::error_handler::{self, Replacement, Report, Treated};
use crate::types::str::text_args::{expect_text, text_and_rest};
use crate::value::{Args, Bytes, ErrorKind, Object, Raised, Ref, Run, Str, Value};

/// Returns the name of an encoding or of an error handler. Raises `UnicodeEncodeError` if it has surrogates, `ValueError`
/// if it has a null character.
pub fn codec_name<'a>(thread: &Thread, name: &'a Object<Str>) -> Run<&'a str> {
    let name = check_utf8(thread, name)?;
    if name.contains('\0') {
        return Err(Raised::value_error("embedded null character"));
    }
    Ok(name)
}

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
            codec_name(thread, expect_text(thread, value, &complaint)?)
        }
        None => Ok(default),
    }
}

/// Returns the error handler that an argument of a function of `_codecs` names.
/// `None`, or no argument, stands for `strict`. Raises `TypeError` if it is no `str`; `function` is for the message.
pub fn handler<'a>(thread: &Thread, errors: Option<&'a Value>, function: &str) -> Run<&'a str> {
    match errors.filter(|errors| !errors.is_none()) {
        Some(errors) => {
            let complaint = format!("{function}() argument 2 must be str or None");
            codec_name(thread, expect_text(thread, errors, &complaint)?)
        }
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
pub fn check(encoding: &str) -> Run<Codec> {
    match Codec::named(encoding) {
        Some(codec @ (Codec::Utf7 | Codec::UnicodeEscape | Codec::RawUnicodeEscape)) => {
            let name = codec.name();
            Err(Raised::new(ErrorKind::NotImplementedError, format_args!("text files in {name}")))
        }
        Some(codec) => Ok(codec),
        None => Err(unknown(encoding)),
    }
}

#[cold]
fn unknown(encoding: &str) -> Raised {
    Raised::new(ErrorKind::LookupError, format_args!("unknown encoding: {encoding}"))
}

/// Checks in development mode that an encoding and an error handler exist, also where nothing is to be converted.
/// Raises `LookupError`, and what functions raise that look for the encoding.
pub fn check_names(thread: &mut Thread, encoding: &str, errors: &str) -> Run<()> {
    // Relaxed: set before any code runs.
    if !thread.known().is_dev_mode.load(Ordering::Relaxed) {
        return Ok(());
    }
    if Codec::named(encoding).is_none() {
        codec_registry::lookup(thread, encoding)?;
    }
    if !error_handler::OWN.contains(&errors) {
        error_handler::registered(thread, errors)?;
    }
    Ok(())
}

/// Encodes a text. Raises `LookupError` for an unknown encoding or error handler, `UnicodeEncodeError`, `MemoryError`,
/// and what script code raises that was registered for the encoding or the errors.
pub fn encode(thread: &mut Thread, text: &Object<Str>, encoding: &str, errors: &str) -> Run<Vec<u8>> {
    check_names(thread, encoding, errors)?;
    match Codec::named(encoding) {
        Some(codec) => match encode_as(thread, text, codec, errors) {
            Err(raised) if !Codec::is_common(encoding) => {
                Err(codec_registry::noted(thread, raised, encoding, 0))
            }
            encoded => encoded,
        },
        None => codec_registry::encode_text(thread, text, encoding, errors),
    }
}

/// Encodes a text with a native encoding. Raises as `encode` does.
pub fn encode_as(thread: &mut Thread, text: &Object<Str>, codec: Codec, errors: &str) -> Run<Vec<u8>> {
    // A text that somebody else refers to does not grow in place while a handler of the script runs.
    let text = text.to_ref();
    let mut report = Report::default();
    run_encoder(text.as_str(), codec, |problem, out| {
        let treated = match error_handler::treat_encode_plain(problem, text.as_str(), errors)? {
            Treated::Unknown => {
                protocol::check_interrupt(thread)?;
                report.ask_encode(thread, problem, &text, errors)?
            }
            treated => treated,
        };
        match add_replacement(treated, codec, out)? {
            Some(end) => Ok(end),
            None => Err(cannot_encode(thread, problem, text.as_value().clone())),
        }
    })
}

/// Encodes a text as `encode` does, without script code. Raises `LookupError`, `UnicodeEncodeError`, `MemoryError`.
pub fn encode_plain(thread: &Thread, text: &str, encoding: &str, errors: &str) -> Run<Vec<u8>> {
    let codec = Codec::named(encoding).ok_or_else(|| unknown(encoding))?;
    encode_native(thread, text, codec, errors)
}

/// Encodes a text with a native encoding, without script code. Raises as `encode_plain` does.
pub fn encode_native(thread: &Thread, text: &str, codec: Codec, errors: &str) -> Run<Vec<u8>> {
    run_encoder(text, codec, |problem, out| {
        let treated = error_handler::treat_encode_plain(problem, text, errors)?;
        if matches!(treated, Treated::Unknown) {
            return Err(error_handler::unknown(errors));
        }
        match add_replacement(treated, codec, out)? {
            Some(end) => Ok(end),
            None => Err(cannot_encode(thread, problem, thread.try_str(text)?)),
        }
    })
}

/// Appends what a handler puts in place of code points that cannot be encoded; returns where to continue.
/// `None` if it puts nothing in their place, or what cannot be encoded either. Raises `MemoryError`.
fn add_replacement(treated: Treated, codec: Codec, out: &mut Vec<u8>) -> Run<Option<usize>> {
    match treated {
        Treated::Passed(end) => Ok(Some(end)),
        Treated::Bytes(bytes, end) if bytes.len().is_multiple_of(codec.unit()) => {
            out.try_reserve(bytes.len())?;
            out.extend_from_slice(&bytes);
            Ok(Some(end))
        }
        Treated::Text(replacement, end) if is_encodable(&replacement, codec) => {
            let codec = codec.continued();
            let more = run_encoder(&replacement, codec, |problem, _| Ok(problem.part.end))?;
            out.try_reserve(more.len())?;
            out.extend_from_slice(&more);
            Ok(Some(end))
        }
        Treated::Refused | Treated::Unknown | Treated::Text(..) | Treated::Bytes(..) => Ok(None),
    }
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

/// Tells whether an encoding takes a replacement: Latin-1 if it is Latin-1, any other, as in CPython, ASCII.
fn is_encodable(text: &str, codec: Codec) -> bool {
    let limit = if codec == Codec::Latin1 { 0x100 } else { 0x80 };
    text.chars().all(|char| u32::from(char) < limit)
}

/// Decodes bytes. Raises `LookupError` for an unknown encoding or error handler, `UnicodeDecodeError`, `MemoryError`,
/// and what script code raises that was registered for the encoding or the errors.
pub fn decode(thread: &mut Thread, bytes: &[u8], encoding: &str, errors: &str) -> Run<String> {
    check_names(thread, encoding, errors)?;
    match Codec::named(encoding) {
        Some(codec) => match decode_as(thread, bytes, codec, errors, true) {
            Ok((text, _)) => Ok(text),
            Err(raised) if Codec::is_common(encoding) => Err(raised),
            Err(raised) => Err(codec_registry::noted(thread, raised, encoding, 1)),
        },
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
    let mut report = Report::default();
    let mut first = Decoder::new(codec, bytes);
    if !is_final {
        first.goes_on();
    }
    let mut exchanged = decode_part(thread, &mut first, errors, is_final, &mut report, &mut out)?;
    let (mut consumed, mut escape) = (first.consumed(), first.no_escape());
    while let Some((object, position)) = exchanged {
        let mut decoder = first.with_bytes(object.as_slice(), position);
        exchanged = decode_part(thread, &mut decoder, errors, is_final, &mut report, &mut out)?;
        (consumed, escape) = (decoder.consumed(), decoder.no_escape());
    }
    if let Some(code) = escape {
        warn_of_escape(thread, code, "")?;
    }
    Ok((out, consumed))
}

/// Decodes until the end, or until an error handler exchanges the bytes: then returns these, and where to go on.
fn decode_part(
    thread: &mut Thread,
    decoder: &mut Decoder<'_>,
    errors: &str,
    is_final: bool,
    report: &mut Report,
    out: &mut String,
) -> Run<Option<(Ref<Bytes>, usize)>> {
    while let Some(problem) = decoder.run(out)? {
        let rest = &decoder.bytes()[problem.part.start..];
        let breaks_off = problem.part.len() == rest.len() && is_incomplete(problem.reason)
            || decoder.is_utf8() && matches!(rest, [0xed, 0xa0..=0xbf]);
        if !is_final && breaks_off {
            break;
        }
        match error_handler::treat_decode_plain(&problem, decoder.bytes(), errors, out)? {
            Treated::Passed(end) => decoder.seek(end),
            Treated::Unknown => {
                let Replacement { text, position, object } =
                    report.ask_decode(thread, &problem, decoder.bytes(), errors)?;
                crate::memory::push_str(out, &text)?;
                if let Some(object) = object {
                    return Ok(Some((object, position)));
                }
                decoder.seek(position);
                protocol::check_interrupt(thread)?;
            }
            Treated::Refused | Treated::Text(..) | Treated::Bytes(..) => {
                return Err(cannot_decode(thread, &problem, decoder.bytes()));
            }
        }
    }
    Ok(None)
}

/// Warns that an escape is none: of a letter, or of an octal number above 255. `prefix` is that of the literal. Raises
/// the warning if a filter says so.
#[cold]
pub fn warn_of_escape(thread: &mut Thread, code: u32, prefix: &str) -> Run<()> {
    let escape = match u8::try_from(code) {
        Ok(letter) => format!("{prefix}\"\\{}\" is an invalid escape sequence", char::from(letter)),
        Err(_) => format!("{prefix}\"\\{code:o}\" is an invalid octal escape sequence"),
    };
    let text = format!("{escape}. Such sequences will not work in the future. ");
    (thread.known().upper_floors.warn)(thread, ErrorKind::DeprecationWarning, &text)
}

/// Tells whether bytes at the end are invalid only because more bytes are missing; the beginning of a surrogate, which
/// is invalid in UTF-8 in any case, is left to the caller.
fn is_incomplete(reason: &str) -> bool {
    matches!(reason, "unexpected end of data" | "truncated data" | "\\ at end of string")
        || reason.starts_with("truncated \\")
}

/// Decodes bytes as `decode` does, without script code. Raises `LookupError`, `UnicodeDecodeError`, `MemoryError`.
pub fn decode_plain(thread: &Thread, bytes: &[u8], encoding: &str, errors: &str) -> Run<String> {
    let codec = Codec::named(encoding).ok_or_else(|| unknown(encoding))?;
    decode_native(thread, bytes, codec, errors)
}

/// Decodes bytes with a native encoding, without script code. Raises as `decode_plain` does.
pub fn decode_native(thread: &Thread, bytes: &[u8], codec: Codec, errors: &str) -> Run<String> {
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
    check_names(thread, encoding, errors)?;
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
