//! Encodings of scripts: asks the functions that were registered with `codecs.register`.

use crate::memory;
use crate::protocol;
use crate::text::codec::normalized;
use crate::thread::Thread;
use crate::types::exception;
use crate::types::object::bytes_like::copied_bytes;
use crate::value::{Args, Bytes, ErrorKind, Object, Raised, Run, Str, Tuple, Value};

/// Returns what the registered functions return for an encoding, and keeps it for later.
/// It is a tuple of four items: the first encodes, the second decodes. Raises `LookupError` if no function knows the
/// encoding, `TypeError` if one returns anything but `None` or such a tuple, and what they raise.
pub fn lookup(thread: &mut Thread, encoding: &str) -> Run<Value> {
    let name = thread.new_string(normalized(encoding));
    let codecs = thread.known().codecs();
    if let Some(known) = protocol::dict_get(thread, &codecs.cache, &name)? {
        return Ok(known);
    }
    for search in codecs.search.to_vec()? {
        let found = protocol::call(thread, &search, Args::positional(std::slice::from_ref(&name)))?;
        if found.is_none() {
            continue;
        }
        if found.downcast_ref::<Tuple>().is_none_or(|found| found.items().len() != 4) {
            return Err(Raised::type_error("codec search functions must return 4-tuples"));
        }
        protocol::dict_set(thread, &codecs.cache, &name, found.clone())?;
        return Ok(found);
    }
    Err(Raised::new(ErrorKind::LookupError, format_args!("unknown encoding: {encoding}")))
}

/// Returns what `lookup` does, for an encoding of texts. Raises `LookupError` also for an encoding that says it is none;
/// `instead` is the function for those, if there is one.
pub fn lookup_text(thread: &mut Thread, encoding: &str, instead: Option<&str>) -> Run<Value> {
    let found = lookup(thread, encoding)?;
    if found.downcast_exact::<Tuple>().is_none() {
        let name = thread.known().intern(thread, "_is_text_encoding");
        if let Some(is_text) = protocol::find_attr(thread, &found, &name)?
            && !protocol::is_true(thread, &is_text)?
        {
            let mut text = format!("'{encoding}' is not a text encoding");
            if let Some(instead) = instead {
                text.push_str(&format!("; use {instead} to handle arbitrary codecs"));
            }
            return Err(Raised::new(ErrorKind::LookupError, text));
        }
    }
    Ok(found)
}

/// Encodes (`place` is 0) or decodes (1) an object with an encoding that was registered.
/// Raises as `lookup` does, `TypeError` if the function of the encoding returns no pair, and what that function
/// raises, with a note. Of the pair only the first item is returned.
pub fn convert(
    thread: &mut Thread,
    encoding: &str,
    place: usize,
    object: Value,
    errors: Option<&str>,
) -> Run<Value> {
    let found = lookup(thread, encoding)?;
    convert_by(thread, &found, encoding, place, object, errors)
}

/// Adds a note to what a codec has raised, that it was this one. Returns it, or what adding the note raises.
#[cold]
pub fn noted(thread: &mut Thread, raised: Raised, encoding: &str, place: usize) -> Raised {
    let what = if place == 0 { "encoding" } else { "decoding" };
    exception::with_note(thread, raised, &format!("{what} with '{encoding}' codec failed"))
}

fn convert_by(
    thread: &mut Thread,
    found: &Value,
    encoding: &str,
    place: usize,
    object: Value,
    errors: Option<&str>,
) -> Run<Value> {
    let function = found.downcast_ref::<Tuple>().map(|found| found.items()[place].clone());
    let function = function.expect("a search function returned four items");
    let mut arguments = vec![object];
    if let Some(errors) = errors {
        arguments.push(thread.try_str(errors)?);
    }
    let made = match protocol::call(thread, &function, Args::positional(&arguments)) {
        Ok(made) => made,
        Err(raised) => return Err(noted(thread, raised, encoding, place)),
    };
    match made.downcast_ref::<Tuple>().map(|made| made.items()) {
        Some([first, _]) => Ok(first.clone()),
        _ => {
            // The spellings are CPython's.
            Err(Raised::type_error(match place {
                0 => "encoder must return a tuple (object, integer)",
                _ => "decoder must return a tuple (object,integer)",
            }))
        }
    }
}

/// Encodes a text with an encoding that was registered.
/// Raises as `convert` does, and `TypeError` if the result is no `bytes`.
pub fn encode_text(thread: &mut Thread, text: &Object<Str>, encoding: &str, errors: &str) -> Run<Vec<u8>> {
    let found = lookup_text(thread, encoding, Some("codecs.encode()"))?;
    let made = convert_by(thread, &found, encoding, 0, text.to_value(), Some(errors))?;
    match made.downcast_ref::<Bytes>() {
        Some(bytes) => Ok(memory::copy(bytes.as_slice())?),
        None => {
            let given = protocol::type_name(thread, &made);
            Err(Raised::type_error(format_args!(
                "'{encoding}' encoder returned '{given}' instead of 'bytes'; use codecs.encode() to encode to \
                 arbitrary types"
            )))
        }
    }
}

/// Decodes bytes with an encoding that was registered.
/// Raises as `convert` does, and `TypeError` if the result is no `str`.
pub fn decode_text(thread: &mut Thread, bytes: &[u8], encoding: &str, errors: &str) -> Run<String> {
    let found = lookup_text(thread, encoding, Some("codecs.decode()"))?;
    let object = copied_bytes(thread, bytes)?;
    let made = convert_by(thread, &found, encoding, 1, object, Some(errors))?;
    match made.downcast_ref::<Str>() {
        Some(text) => Ok(memory::copy_text(text.as_str())?),
        None => {
            let given = protocol::type_name(thread, &made);
            Err(Raised::type_error(format_args!(
                "'{encoding}' decoder returned '{given}' instead of 'str'; use codecs.decode() to decode to \
                 arbitrary types"
            )))
        }
    }
}
