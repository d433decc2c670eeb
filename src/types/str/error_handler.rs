//! Error handlers: they replace what cannot be encoded or decoded, or have an error raised.
//!
//! Those of CPython are here; those that scripts have registered are called from here.

use crate::memory;
use crate::protocol;
use crate::text::codec::{self, Codec, Order, Problem, escaped, named};
use crate::text::stored;
use crate::thread::Thread;
use crate::types::exception;
use crate::types::exception::places::unicode_error;
use crate::types::object::bytes_like::{copied_bytes, new_bytes};
use crate::types::str::text_args::integer;
use crate::value::{Args, Bytes, ErrorKind, Kind, Object, Payload, Raised, Ref, Run, Str, Tuple, Value};

/// The names of CPython's own handlers.
pub const OWN: [&str; 8] = [
    "strict",
    "ignore",
    "replace",
    "xmlcharrefreplace",
    "backslashreplace",
    "namereplace",
    "surrogatepass",
    "surrogateescape",
];

/// The answer of an error handler to a problem.
pub enum Treated {
    /// It has written the replacement; continue at this position.
    Passed(usize),
    /// This text is the replacement; continue at this position.
    Text(String, usize),
    /// These bytes are the replacement; continue at this position.
    Bytes(Vec<u8>, usize),
    /// It replaces nothing: raise an error.
    Refused,
    /// There is no handler of CPython with this name.
    Unknown,
}

/// Makes the error for a handler that nobody has registered.
#[cold]
pub fn unknown(errors: &str) -> Raised {
    Raised::new(ErrorKind::LookupError, format_args!("unknown error handler name '{errors}'"))
}

/// Replaces code points that cannot be encoded, as one of CPython's handlers does. Raises `MemoryError`.
pub fn treat_encode_plain(problem: &Problem, text: &str, errors: &str) -> Run<Treated> {
    let (start, end) = (problem.part.start, problem.part.end);
    let codes = stored::code_points(text).skip(start).take(problem.part.len());
    let escape: fn(u32) -> Result<String, memory::OutOfMemory> = match errors {
        "strict" => return Ok(Treated::Refused),
        "surrogateescape" => {
            let bytes = codes.map_while(|code| matches!(code, 0xdc80..0xdd00).then_some(code as u8));
            let bytes: Vec<u8> = memory::collect(bytes)?;
            let passed = bytes.len();
            return Ok(if passed == 0 { Treated::Refused } else { Treated::Bytes(bytes, start + passed) });
        }
        "surrogatepass" => {
            let codec = Codec::named(problem.encoding).filter(|codec| codec.refuses_surrogates());
            let Some(codec) = codec else { return Ok(Treated::Refused) };
            let mut bytes = memory::with_room(problem.part.len().saturating_mul(4))?;
            for code in codes {
                if !stored::is_surrogate(code) {
                    return Ok(Treated::Refused);
                }
                codec::push(codec, code, &mut bytes);
            }
            return Ok(Treated::Bytes(bytes, end));
        }
        "ignore" => return Ok(Treated::Passed(end)),
        "replace" => |_| Ok("?".to_owned()),
        "backslashreplace" => |code| Ok(escaped(code)),
        "xmlcharrefreplace" => |code| Ok(format!("&#{code};")),
        "namereplace" => named,
        _ => return Ok(Treated::Unknown),
    };
    let mut out = String::new();
    for code in codes {
        memory::push_str(&mut out, &escape(code)?)?;
    }
    Ok(Treated::Text(out, end))
}

/// Replaces invalid bytes, as one of CPython's handlers does.
/// The replacement is appended to `out`. Raises `TypeError` if the handler serves encoding only, `MemoryError`.
pub fn treat_decode_plain(problem: &Problem, bytes: &[u8], errors: &str, out: &mut String) -> Run<Treated> {
    let (start, mut end) = (problem.part.start, problem.part.end);
    match errors {
        "strict" => return Ok(Treated::Refused),
        "ignore" => {}
        "replace" => {
            out.try_reserve(char::REPLACEMENT_CHARACTER.len_utf8())?;
            out.push(char::REPLACEMENT_CHARACTER);
        }
        "backslashreplace" => {
            for &byte in &bytes[problem.part.clone()] {
                memory::push_str(out, &format!("\\x{byte:02x}"))?;
            }
        }
        "xmlcharrefreplace" | "namereplace" => {
            return Err(Raised::type_error("don't know how to handle UnicodeDecodeError in error callback"));
        }
        "surrogateescape" => {
            // No more at a time, as in CPython.
            let escaped = bytes[start..end].iter().take(4).take_while(|byte| !byte.is_ascii());
            end = start;
            for &byte in escaped {
                out.try_reserve(stored::MOST_BYTES)?;
                stored::push(0xdc00 + u32::from(byte), out);
                end += 1;
            }
            if end == start {
                return Ok(Treated::Refused);
            }
        }
        "surrogatepass" => {
            let Some((code, length)) = encoded_surrogate(problem.encoding, &bytes[start..]) else {
                return Ok(Treated::Refused);
            };
            out.try_reserve(stored::MOST_BYTES)?;
            stored::push(code, out);
            end = start + length;
        }
        _ => return Ok(Treated::Unknown),
    }
    Ok(Treated::Passed(end))
}

/// Reads a surrogate, as UTF-8, UTF-16 or UTF-32 would encode it, from the front of bytes; returns it with the number
/// of its bytes.
fn encoded_surrogate(encoding: &str, bytes: &[u8]) -> Option<(u32, usize)> {
    let (code, length) = match (Codec::named(encoding)?.continued(), bytes) {
        (Codec::Utf8, [0xed, second @ 0xa0..=0xbf, third @ 0x80..=0xbf, ..]) => {
            (0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f), 3)
        }
        (Codec::Utf16(Some(Order::Big)), [high, low, ..])
        | (Codec::Utf16(Some(Order::Little)), [low, high, ..]) => {
            (u32::from(u16::from_be_bytes([*high, *low])), 2)
        }
        (Codec::Utf32(Some(Order::Big)), [a, b, c, d, ..])
        | (Codec::Utf32(Some(Order::Little)), [d, c, b, a, ..]) => (u32::from_be_bytes([*a, *b, *c, *d]), 4),
        _ => return None,
    };
    stored::is_surrogate(code).then_some((code, length))
}

/// Returns the arguments of the exception for a problem with `object`, a text or bytes.
pub fn facts(thread: &Thread, problem: &Problem, object: Value) -> Vec<Value> {
    let encoding = thread.new_str(problem.encoding);
    let (start, end) = (thread.new_usize(problem.part.start), thread.new_usize(problem.part.end));
    vec![encoding, object, start, end, thread.new_str(problem.reason)]
}

/// Returns the handler that a script has registered. Raises `LookupError` if there is none.
pub fn registered(thread: &mut Thread, errors: &str) -> Run<Value> {
    let name = thread.try_str(errors)?;
    let handlers = thread.known().codecs().handlers.clone();
    protocol::dict_get(thread, &handlers, &name)?.ok_or_else(|| unknown(errors))
}

/// The exception that a registered handler is given: one for all problems of a conversion, as in CPython.
#[derive(Default)]
pub struct Report(Option<Reported>);

struct Reported {
    error: Value,
    /// What is converted, as far as the conversion knows: the handler may change it.
    object: Value,
}

/// What a registered handler puts in place of invalid bytes.
pub struct Replacement {
    /// The text.
    pub text: String,
    /// Where to go on.
    pub position: usize,
    /// The bytes to go on with, if the handler has exchanged them.
    pub object: Option<Ref<Bytes>>,
}

impl Report {
    /// Calls a handler. `object` is what is converted, asked for at the first problem. Raises what the handler raises.
    fn ask(
        &mut self,
        thread: &mut Thread,
        handler: &Value,
        (kind, problem): (ErrorKind, &Problem),
        object: impl FnOnce(&mut Thread) -> Run<Value>,
    ) -> Run<Value> {
        let error = match &self.0 {
            Some(Reported { error, .. }) => {
                let [_, _, start, end, reason] = <[Value; 5]>::try_from(facts(thread, problem, Value::NONE))
                    .expect("an error of a conversion has five facts");
                let payload = exception::payload(error);
                payload.set_field(unicode_error::start::PLACE, start);
                payload.set_field(unicode_error::end::PLACE, end);
                payload.set_field(unicode_error::reason::PLACE, reason);
                error.clone()
            }
            None => {
                let object = object(thread)?;
                let arguments = facts(thread, problem, object.clone());
                let class = thread.known().error(kind).to_value();
                let error = protocol::call(thread, &class, Args::positional(&arguments))?;
                self.0 = Some(Reported { error: error.clone(), object });
                error
            }
        };
        protocol::call(thread, handler, Args::positional(&[error]))
    }

    /// Calls the handler that a script has registered, for characters that cannot be encoded.
    /// Raises `LookupError` if there is none, `TypeError` if it returns anything but a replacement and a position,
    /// `IndexError` if the position lies outside of the text, and what it raises.
    pub fn ask_encode(
        &mut self,
        thread: &mut Thread,
        problem: &Problem,
        text: &Object<Str>,
        errors: &str,
    ) -> Run<Treated> {
        let handler = registered(thread, errors)?;
        let about = (ErrorKind::UnicodeEncodeError, problem);
        let answer = self.ask(thread, &handler, about, |_| Ok(text.to_value()))?;
        let wrong = || Raised::type_error("encoding error handler must return (str/bytes, int) tuple");
        let (replacement, position) = parts(&answer).ok_or_else(wrong)?;
        if !matches!(replacement.kind(), Kind::Str | Kind::Bytes) {
            return Err(wrong());
        }
        let position = integer(thread, position)?;
        let position = position_of(position, text.char_count())?;
        if let Some(bytes) = replacement.downcast_ref::<Bytes>() {
            return Ok(Treated::Bytes(memory::copy(bytes.as_slice())?, position));
        }
        let replacement = replacement.downcast_ref::<Str>().ok_or_else(wrong)?;
        Ok(Treated::Text(memory::copy_text(replacement.as_str())?, position))
    }

    /// Calls the handler that a script has registered, for invalid bytes. It may exchange them: the conversion goes on
    /// with the `object` of the exception. Raises as `ask_encode` does, and `TypeError` if that are no bytes.
    pub fn ask_decode(
        &mut self,
        thread: &mut Thread,
        problem: &Problem,
        bytes: &[u8],
        errors: &str,
    ) -> Run<Replacement> {
        let handler = registered(thread, errors)?;
        let about = (ErrorKind::UnicodeDecodeError, problem);
        let answer = self.ask(thread, &handler, about, |thread| copied_bytes(thread, bytes))?;
        let wrong = || Raised::type_error("decoding error handler must return (str, int) tuple");
        let (replacement, position) = parts(&answer).ok_or_else(wrong)?;
        let text = memory::copy_text(replacement.downcast_ref::<Str>().ok_or_else(wrong)?.as_str())?;
        let position = integer(thread, position)?;
        let reported = self.0.as_mut().expect("the handler was given an exception");
        let object = converted::<Bytes>(&reported.error)?;
        let position = position_of(position, object.as_slice().len())?;
        let is_other = !object.as_value().is(&reported.object);
        if is_other {
            reported.object = object.to_value();
        }
        Ok(Replacement { text, position, object: is_other.then_some(object) })
    }
}

/// Returns what an exception says was converted. Raises `TypeError` if it is not of this type.
fn converted<T: Payload>(error: &Value) -> Run<Ref<T>> {
    let object = exception::payload(error).field(unicode_error::object::PLACE);
    if object.is_none() {
        return Err(Raised::type_error("UnicodeError 'object' attribute is not set"));
    }
    let wanted = if T::KIND == Kind::Bytes { "bytes" } else { "string" };
    object
        .downcast::<T>()
        .map_err(|_| Raised::type_error(format_args!("UnicodeError 'object' attribute must be a {wanted}")))
}

fn parts(answer: &Value) -> Option<(&Value, &Value)> {
    match answer.downcast_ref::<Tuple>()?.items() {
        [replacement, position] => Some((replacement, position)),
        _ => None,
    }
}

/// Returns the position at which to go on, which may count from the end.
fn position_of(given: i64, len: usize) -> Run<usize> {
    let position = if given < 0 { given.saturating_add(len as i64) } else { given };
    match usize::try_from(position) {
        Ok(position) if position <= len => Ok(position),
        _ => Err(Raised::index_error(format_args!("position {position} from error handler out of bounds"))),
    }
}

/// Calls one of CPython's handlers for a script; returns `(replacement, position to continue at)`.
/// `error` is the exception that the handler is given. Raises that exception if the handler replaces nothing,
/// `TypeError` if it does not handle such exceptions, and as `treat_decode_plain` does.
pub fn call_own(thread: &mut Thread, errors: &str, error: &Value) -> Run<Value> {
    let known = thread.known();
    let is = |kind| protocol::is_instance_of(thread, error, known.error(kind));
    if errors == "strict" {
        return Err(match is(ErrorKind::BaseException) {
            true => Raised::instance(error.clone()),
            false => Raised::type_error("codec must pass exception instance"),
        });
    }
    let (encodes, decodes) = (is(ErrorKind::UnicodeEncodeError), is(ErrorKind::UnicodeDecodeError));
    let translates =
        is(ErrorKind::UnicodeTranslateError) && matches!(errors, "ignore" | "replace" | "backslashreplace");
    let only_encodes = matches!(errors, "xmlcharrefreplace" | "namereplace");
    if !(encodes || translates || decodes && !only_encodes) {
        let given = protocol::type_name(thread, error);
        return Err(Raised::type_error(format_args!("don't know how to handle {given} in error callback")));
    }
    let number = |place| exception::payload(error).field(place).as_i64().unwrap_or(0);
    let (start, end) = (number(unicode_error::start::PLACE), number(unicode_error::end::PLACE));
    // As in CPython, the part begins before the end of the object, and ends behind its first item.
    let adjusted = |len: usize| {
        let start = start.clamp(0, (len as i64 - 1).max(0)) as usize;
        let end = (end.max(1) as usize).min(len);
        (start..end.max(start), end)
    };
    let encoding = |error: &Value| {
        let encoding = exception::payload(error).field(unicode_error::encoding::PLACE);
        if encodes || decodes {
            if encoding.is_none() {
                return Err(Raised::type_error("UnicodeError 'encoding' attribute is not set"));
            }
            if encoding.downcast_ref::<Str>().is_none() {
                return Err(Raised::type_error("UnicodeError 'encoding' attribute must be a string"));
            }
        }
        Ok(encoding
            .downcast_ref::<Str>()
            .and_then(|name| Codec::named(name.as_str()))
            .map_or("", Codec::name))
    };
    let refused = || Raised::instance(error.clone());
    let (made, end) = if decodes {
        let encoding = if errors == "surrogatepass" { encoding(error)? } else { "" };
        let bytes = converted::<Bytes>(error)?;
        let (part, adjusted_end) = adjusted(bytes.as_slice().len());
        let problem = Problem { encoding, part, reason: "" };
        let mut out = String::new();
        match treat_decode_plain(&problem, bytes.as_slice(), errors, &mut out)? {
            Treated::Passed(end) if end == problem.part.end => (thread.new_string(out), adjusted_end),
            Treated::Passed(end) => (thread.new_string(out), end),
            _ => return Err(refused()),
        }
    } else {
        let encoding = if errors == "surrogatepass" { encoding(error)? } else { "" };
        let text = converted::<Str>(error)?;
        let (part, adjusted_end) = adjusted(text.char_count());
        let problem = Problem { encoding, part, reason: "" };
        let count = problem.part.len();
        let made = match errors {
            "replace" if translates => {
                let mut out = memory::text_with_room(count.saturating_mul(3))?;
                out.extend(std::iter::repeat_n(char::REPLACEMENT_CHARACTER, count));
                thread.new_string(out)
            }
            "surrogateescape" if count == 0 => new_bytes(thread, Vec::new()),
            _ => match treat_encode_plain(&problem, text.as_str(), errors)? {
                Treated::Passed(_) => thread.new_str(""),
                Treated::Text(made, _) => thread.new_string(made),
                // Where the encoder would go on, the handler alone refuses.
                Treated::Bytes(bytes, end) if end == problem.part.end => new_bytes(thread, bytes),
                _ => return Err(refused()),
            },
        };
        (made, if errors == "namereplace" { problem.part.end } else { adjusted_end })
    };
    let end = thread.new_usize(end);
    Ok(thread.new_tuple(vec![made, end]))
}
