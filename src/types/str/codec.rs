//! `encode` and `decode`: texts as bytes and back. The conversions are in `text/codec.rs`.

use crate::memory;
use crate::text::codec::{self, Codec, Wrong};
use crate::thread::Thread;
use crate::types::object::bytes_like::{expect_bytes, new_bytes};
use crate::types::str::text_args::{expect_text, text_and_rest};
use crate::value::{Args, ErrorKind, Raised, Run, Value};

/// Returns an argument that names a codec or an error handler. Raises `TypeError` if it is no `str`.
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

/// The method `str.encode`. Raises as `encode` does, and `TypeError` for wrong arguments.
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
    match Codec::named(encoding) {
        Err(Wrong::Name(message)) => Err(Raised::new(ErrorKind::LookupError, message)),
        _ => Ok(()),
    }
}

/// Whether an encoding is UTF-8.
pub fn is_utf8(encoding: &str) -> bool {
    matches!(Codec::named(encoding), Ok(Codec::Utf8))
}

/// Encodes a text. Raises `LookupError` for an unknown codec or error handler, `UnicodeEncodeError`,
/// `MemoryError`.
pub fn encode(thread: &Thread, text: &str, encoding: &str, errors: &str) -> Run<Vec<u8>> {
    Codec::named(encoding)
        .and_then(|codec| codec::encode(text, codec, errors))
        .map_err(|wrong| raised(thread, wrong, ErrorKind::UnicodeEncodeError, || thread.try_str(text)))
}

/// Decodes bytes. Raises `LookupError` for an unknown codec or error handler, `UnicodeDecodeError`,
/// `MemoryError`.
pub fn decode(thread: &Thread, bytes: &[u8], encoding: &str, errors: &str) -> Run<String> {
    Codec::named(encoding).and_then(|codec| codec::decode(bytes, codec, errors)).map_err(|wrong| {
        raised(thread, wrong, ErrorKind::UnicodeDecodeError, || Ok(new_bytes(thread, memory::copy(bytes)?)))
    })
}

/// Makes the exception for a failed conversion of `object`; it is of kind `kind` if a part could not be
/// converted.
#[cold]
fn raised(thread: &Thread, wrong: Wrong, kind: ErrorKind, object: impl FnOnce() -> Run<Value>) -> Raised {
    let (codec, part, reason) = match wrong {
        Wrong::Name(message) => return Raised::new(ErrorKind::LookupError, message),
        Wrong::Memory => return Raised::memory_error(),
        Wrong::Part { codec, part, reason } => (codec, part, reason),
    };
    let object = match object() {
        Ok(object) => object,
        Err(raised) => return raised,
    };
    let encoding = thread.new_str(codec.name());
    let (start, end) = (thread.new_usize(part.start), thread.new_usize(part.end));
    Raised::with(kind, vec![encoding, object, start, end, thread.new_str(&reason)])
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
