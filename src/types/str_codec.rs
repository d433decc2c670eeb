//! Texts as bytes and back: UTF-8, ASCII and Latin-1, with the usual ways to treat errors.

use crate::memory;
use crate::protocol;
use crate::thread::Thread;
use crate::types::bytes::new_bytes;
use crate::types::str_repr::ascii_text;
use crate::types::text_args::{expect_text, text_and_rest};
use crate::value::{Args, ErrorKind, Raised, Run, Value};

/// Bytes of the longest escape that stands for a character.
const ESCAPE_BYTES: usize = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Codec {
    Utf8,
    Ascii,
    Latin1,
}

impl Codec {
    fn named(name: &str) -> Run<Codec> {
        match name.to_ascii_lowercase().replace(['_', ' '], "-").as_str() {
            "utf-8" | "utf8" | "u8" => Ok(Codec::Utf8),
            "ascii" | "us-ascii" | "646" => Ok(Codec::Ascii),
            "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" => Ok(Codec::Latin1),
            _ => Err(Raised::new(ErrorKind::LookupError, format!("unknown encoding: {name}"))),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
        }
    }

    /// Code points below it can be encoded.
    const fn limit(self) -> u32 {
        match self {
            Codec::Utf8 => 0x11_0000,
            Codec::Ascii => 128,
            Codec::Latin1 => 256,
        }
    }
}

/// An argument that names a codec or a treatment of errors.
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

/// The method `encode`.
pub fn encode_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [encoding, errors] = rest.options();
    let encoding = option(thread, encoding, "encode", "encoding", "utf-8")?;
    let errors = option(thread, errors, "encode", "errors", "strict")?;
    let bytes = encode(thread, text.as_str(), encoding, errors)?;
    Ok(new_bytes(thread, bytes))
}

/// Raises `LookupError` unless the encoding is known.
pub fn check(encoding: &str) -> Run<()> {
    Codec::named(encoding).map(drop)
}

/// Whether an encoding is UTF-8.
pub fn is_utf8(encoding: &str) -> bool {
    matches!(Codec::named(encoding), Ok(Codec::Utf8))
}

/// The bytes of a text.
pub fn encode(thread: &Thread, text: &str, encoding: &str, errors: &str) -> Run<Vec<u8>> {
    let codec = Codec::named(encoding)?;
    if codec == Codec::Utf8 || text.is_ascii() {
        return Ok(memory::copy(text.as_bytes())?);
    }
    let mut bytes = memory::with_room(text.len())?;
    for (position, char) in text.chars().enumerate() {
        let code = char as u32;
        bytes.try_reserve(ESCAPE_BYTES)?;
        if code < codec.limit() {
            bytes.push(code as u8);
            continue;
        }
        match errors {
            "ignore" => {}
            "replace" => bytes.push(b'?'),
            "backslashreplace" => bytes.extend(ascii_text(char.encode_utf8(&mut [0; 4]))?.bytes()),
            "xmlcharrefreplace" => bytes.extend(format!("&#{code};").bytes()),
            "strict" => return Err(cannot_encode(thread, codec, text, position)),
            _ => return Err(unknown_treatment(errors)),
        }
    }
    Ok(bytes)
}

#[cold]
fn unknown_treatment(errors: &str) -> Raised {
    Raised::new(ErrorKind::LookupError, format!("unknown error handler name '{errors}'"))
}

#[cold]
fn cannot_encode(thread: &Thread, codec: Codec, text: &str, position: usize) -> Raised {
    let too_large = |char: &char| *char as u32 >= codec.limit();
    let run = text.chars().skip(position).take_while(too_large).count();
    let reason = format!("ordinal not in range({})", codec.limit());
    let object = match thread.try_str(text) {
        Ok(object) => object,
        Err(raised) => return raised,
    };
    unicode_error(thread, ErrorKind::UnicodeEncodeError, codec, object, position..position + run, &reason)
}

/// The error with its five arguments.
fn unicode_error(
    thread: &Thread,
    kind: ErrorKind,
    codec: Codec,
    object: Value,
    wrong: std::ops::Range<usize>,
    reason: &str,
) -> Raised {
    let encoding = thread.new_str(codec.name());
    let (start, end) = (thread.new_usize(wrong.start), thread.new_usize(wrong.end));
    Raised::with(kind, vec![encoding, object, start, end, thread.new_str(reason)])
}

/// The text that bytes stand for.
pub fn decode(thread: &Thread, bytes: &[u8], encoding: &str, errors: &str) -> Run<String> {
    match Codec::named(encoding)? {
        Codec::Utf8 => decode_utf8(thread, bytes, errors),
        Codec::Latin1 => Ok(memory::collect_text(bytes.iter().map(|&byte| byte as char))?),
        Codec::Ascii => {
            let mut text = memory::text_with_room(bytes.len())?;
            for (position, &byte) in bytes.iter().enumerate() {
                text.try_reserve(ESCAPE_BYTES)?;
                if byte.is_ascii() {
                    text.push(byte as char);
                } else {
                    let reason = "ordinal not in range(128)";
                    treat_error(
                        thread,
                        &mut text,
                        Codec::Ascii,
                        bytes,
                        position..position + 1,
                        reason,
                        errors,
                    )?;
                }
            }
            Ok(text)
        }
    }
}

fn decode_utf8(thread: &Thread, bytes: &[u8], errors: &str) -> Run<String> {
    let mut text = memory::text_with_room(bytes.len())?;
    let mut done = 0;
    loop {
        let error = match std::str::from_utf8(&bytes[done..]) {
            Ok(rest) => {
                memory::push_str(&mut text, rest)?;
                return Ok(text);
            }
            Err(error) => error,
        };
        let start = done + error.valid_up_to();
        let valid = std::str::from_utf8(&bytes[done..start]).expect("checked to be valid up to there");
        memory::push_str(&mut text, valid)?;
        let (end, reason) = match error.error_len() {
            None => (bytes.len(), "unexpected end of data"),
            Some(len) if matches!(bytes[start], 0x80..=0xc1 | 0xf5..) => (start + len, "invalid start byte"),
            Some(len) => (start + len, "invalid continuation byte"),
        };
        treat_error(thread, &mut text, Codec::Utf8, bytes, start..end, reason, errors)?;
        done = end;
    }
}

fn treat_error(
    thread: &Thread,
    text: &mut String,
    codec: Codec,
    bytes: &[u8],
    wrong: std::ops::Range<usize>,
    reason: &str,
    errors: &str,
) -> Run<()> {
    text.try_reserve(wrong.len() * ESCAPE_BYTES)?;
    match errors {
        "ignore" => {}
        "replace" => text.push(char::REPLACEMENT_CHARACTER),
        "backslashreplace" => wrong.for_each(|at| text.push_str(&format!("\\x{:02x}", bytes[at]))),
        "strict" => {
            let object = new_bytes(thread, memory::copy(bytes)?);
            return Err(unicode_error(thread, ErrorKind::UnicodeDecodeError, codec, object, wrong, reason));
        }
        _ => return Err(unknown_treatment(errors)),
    }
    Ok(())
}

/// The method `decode` of `bytes`.
pub fn decode_method(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [encoding, errors] = args.skip_first().options();
    let encoding = option(thread, encoding, "decode", "encoding", "utf-8")?;
    let errors = option(thread, errors, "decode", "errors", "strict")?;
    let receiver = args.get(0).expect("a method has a receiver");
    let Some(bytes) = crate::types::bytes::as_bytes(receiver) else {
        let given = protocol::type_name(thread, receiver);
        return Err(Raised::type_error(format!("a bytes-like object is required, not '{given}'")));
    };
    if bytes.is_empty() {
        // As in CPython, nothing is decoded by any codec, known or not.
        return Ok(thread.new_str(""));
    }
    let text = decode(thread, bytes, encoding, errors)?;
    Ok(thread.new_string(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_treated_as_asked() {
        let runtime = crate::thread::Runtime::new(crate::thread::Hooks::none());
        let mut registration = runtime.register();
        let known = Box::into_raw(Box::new(crate::value::Known::new((0, 0))));
        registration.thread().known.set(known.cast_const().cast());
        crate::types::install::install(registration.thread(), &[]);
        treat_errors(registration.thread());
        crate::life::leave(registration);
    }

    fn treat_errors(thread: &Thread) {
        let decode = |bytes: &[u8], errors| decode(thread, bytes, "UTF_8", errors).ok();
        assert_eq!(decode(b"a\xffb", "replace").as_deref(), Some("a\u{fffd}b"));
        assert_eq!(decode(b"a\xe2\x82", "ignore").as_deref(), Some("a"));
        assert_eq!(decode(b"\xff\x00", "backslashreplace").as_deref(), Some("\\xff\0"));
        assert_eq!(decode(b"\xff", "strict"), None);
        assert_eq!(
            encode(thread, "aé日", "latin1", "xmlcharrefreplace").ok(),
            Some(b"a\xe9&#26085;".to_vec())
        );
        assert!(encode(thread, "é", "ascii", "strict").is_err());
    }
}
