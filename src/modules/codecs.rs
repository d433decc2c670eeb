//! The `_codecs` module: registered encodings and error handlers, and the native encodings one by one.

use super::{ModuleSpec, codecs_charmap, codecs_escape, define};
use crate::protocol;
use crate::text::codec::{Codec, Order};
use crate::thread::Thread;
use crate::types::object::bytes_like::{expect_bytes, new_bytes};
use crate::types::str::text_args::expect_text;
use crate::types::str::{codec, codec_registry, error_handler};
use crate::types::table::native_function;
use crate::value::{Args, Dict, NativeMethod, Object, Raised, Run, Str, Value};

/// `_codecs`.
pub const SPEC: ModuleSpec =
    ModuleSpec { name: "_codecs", home: "_codecs", doc: "", types: &[], functions: FUNCTIONS, fill };

macro_rules! encoder {
    ($name:literal, $codec:expr) => {
        NativeMethod::function($name, "str, errors=None, /", |thread, args| {
            encode_as(thread, args, $name, $codec)
        })
    };
}

macro_rules! decoder {
    ($name:literal, $codec:expr) => {
        NativeMethod::function($name, "data, errors=None, final=False, /", |thread, args| {
            decode_as(thread, args, $name, $codec)
        })
    };
}

const FUNCTIONS: &[NativeMethod] = &[
    NativeMethod::function("register", "search_function, /", register),
    NativeMethod::function("unregister", "search_function, /", unregister),
    NativeMethod::function("lookup", "encoding, /", lookup),
    NativeMethod::function("register_error", "errors, handler, /", register_error),
    NativeMethod::function("_unregister_error", "errors, /", unregister_error),
    NativeMethod::function("lookup_error", "name, /", lookup_error),
    NativeMethod::function("encode", "obj, encoding='utf-8', errors='strict'", encode),
    NativeMethod::function("decode", "obj, encoding='utf-8', errors='strict'", decode),
    encoder!("utf_8_encode", Codec::Utf8),
    decoder!("utf_8_decode", Codec::Utf8),
    encoder!("utf_7_encode", Codec::Utf7),
    decoder!("utf_7_decode", Codec::Utf7),
    encoder!("utf_16_le_encode", Codec::Utf16(Some(Order::Little))),
    decoder!("utf_16_le_decode", Codec::Utf16(Some(Order::Little))),
    encoder!("utf_16_be_encode", Codec::Utf16(Some(Order::Big))),
    decoder!("utf_16_be_decode", Codec::Utf16(Some(Order::Big))),
    decoder!("utf_16_decode", Codec::Utf16(None)),
    encoder!("utf_32_le_encode", Codec::Utf32(Some(Order::Little))),
    decoder!("utf_32_le_decode", Codec::Utf32(Some(Order::Little))),
    encoder!("utf_32_be_encode", Codec::Utf32(Some(Order::Big))),
    decoder!("utf_32_be_decode", Codec::Utf32(Some(Order::Big))),
    decoder!("utf_32_decode", Codec::Utf32(None)),
    encoder!("latin_1_encode", Codec::Latin1),
    decoder!("latin_1_decode", Codec::Latin1),
    encoder!("ascii_encode", Codec::Ascii),
    decoder!("ascii_decode", Codec::Ascii),
    encoder!("unicode_escape_encode", Codec::UnicodeEscape),
    decoder!("unicode_escape_decode", Codec::UnicodeEscape),
    encoder!("raw_unicode_escape_encode", Codec::RawUnicodeEscape),
    decoder!("raw_unicode_escape_decode", Codec::RawUnicodeEscape),
    NativeMethod::function("utf_16_ex_decode", EX_PARAMETERS, |thread, args| {
        decode_ordered(thread, args, "utf_16_ex_decode", Codec::Utf16)
    }),
    NativeMethod::function("utf_32_ex_decode", EX_PARAMETERS, |thread, args| {
        decode_ordered(thread, args, "utf_32_ex_decode", Codec::Utf32)
    }),
    NativeMethod::function("readbuffer_encode", "data, errors=None, /", read_buffer),
    codecs_escape::ENCODE,
    codecs_escape::DECODE,
    codecs_charmap::ENCODE,
    codecs_charmap::DECODE,
    codecs_charmap::BUILD,
    NativeMethod::function("utf_16_encode", "str, errors=None, byteorder=0, /", |thread, args| {
        encode_ordered(thread, args, "utf_16_encode", Codec::Utf16)
    }),
    NativeMethod::function("utf_32_encode", "str, errors=None, byteorder=0, /", |thread, args| {
        encode_ordered(thread, args, "utf_32_encode", Codec::Utf32)
    }),
];

/// The parameters of the decoders that say in which order the bytes are.
const EX_PARAMETERS: &str = "data, errors=None, byteorder=0, final=False, /";

/// CPython's own error handlers, as functions of an exception.
const HANDLERS: [NativeMethod; 8] = [
    NativeMethod::function("strict_errors", "exc, /", |thread, args| own(thread, "strict", args)),
    NativeMethod::function("ignore_errors", "exc, /", |thread, args| own(thread, "ignore", args)),
    NativeMethod::function("replace_errors", "exc, /", |thread, args| own(thread, "replace", args)),
    NativeMethod::function("xmlcharrefreplace_errors", "exc, /", |thread, args| {
        own(thread, "xmlcharrefreplace", args)
    }),
    NativeMethod::function("backslashreplace_errors", "exc, /", |thread, args| {
        own(thread, "backslashreplace", args)
    }),
    NativeMethod::function("namereplace_errors", "exc, /", |thread, args| own(thread, "namereplace", args)),
    NativeMethod::function("surrogatepass", "exc, /", |thread, args| own(thread, "surrogatepass", args)),
    NativeMethod::function("surrogateescape", "exc, /", |thread, args| own(thread, "surrogateescape", args)),
];

fn own(thread: &mut Thread, errors: &str, args: Args<'_>) -> Run<Value> {
    let [error] = args.exactly();
    error_handler::call_own(thread, errors, error)
}

fn fill(thread: &mut Thread, _namespace: &Object<Dict>) -> Run<()> {
    let handlers = thread.known().codecs().handlers.clone();
    for (name, handler) in error_handler::OWN.iter().zip(&HANDLERS) {
        let function = native_function::new_function(thread, handler, "_codecs");
        define(thread, &handlers, name, function);
    }
    Ok(())
}

/// Returns an argument that must be a text. Raises `TypeError`.
fn text<'a>(thread: &Thread, value: &'a Value, function: &str) -> Run<&'a Object<Str>> {
    expect_text(thread, value, &format!("{function}() argument must be str"))
}

fn check_callable(thread: &Thread, value: &Value, complaint: &str) -> Run<()> {
    match protocol::slots_of(thread, value).call {
        Some(_) => Ok(()),
        None => Err(Raised::type_error(complaint)),
    }
}

fn register(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [search] = args.exactly();
    check_callable(thread, search, "argument must be callable")?;
    thread.known().codecs().search.push(search.clone())?;
    Ok(Value::NONE)
}

fn unregister(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [search] = args.exactly();
    let codecs = thread.known().codecs();
    let removed = codecs.search.with_items(|items| {
        let at = items.iter().position(|item| item.is(search))?;
        Some(items.remove(at))
    });
    if removed.is_some() {
        let clear = thread.known().intern(thread, "clear");
        protocol::call_method(thread, codecs.cache.as_value(), &clear, &[])?;
    }
    Ok(Value::NONE)
}

fn lookup(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [encoding] = args.exactly();
    let encoding = text(thread, encoding, "lookup")?.to_ref();
    codec::codec_name(thread, &encoding)?;
    codec_registry::lookup(thread, encoding.as_str())
}

fn register_error(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name, handler] = args.exactly();
    let complaint = "register_error() argument 1 must be str";
    codec::codec_name(thread, expect_text(thread, name, complaint)?)?;
    check_callable(thread, handler, "handler must be callable")?;
    let handlers = thread.known().codecs().handlers.clone();
    protocol::dict_set(thread, &handlers, name, handler.clone())?;
    Ok(Value::NONE)
}

fn unregister_error(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    let text = text(thread, name, "_unregister_error")?;
    codec::codec_name(thread, text)?;
    if error_handler::OWN.contains(&text.as_str()) {
        let shown = text.as_str();
        return Err(Raised::value_error(format_args!("cannot un-register built-in error handler '{shown}'")));
    }
    let handlers = thread.known().codecs().handlers.clone();
    Ok(Value::bool(protocol::dict_remove(thread, &handlers, name)?.is_some()))
}

fn lookup_error(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [name] = args.exactly();
    let name = text(thread, name, "lookup_error")?.to_ref();
    codec::codec_name(thread, &name)?;
    error_handler::registered(thread, name.as_str())
}

/// Returns the encoding and the error handler of `encode` and `decode`.
fn names<'a>(
    thread: &Thread,
    encoding: Option<&'a Value>,
    errors: Option<&'a Value>,
    function: &str,
) -> Run<(&'a str, Option<&'a str>)> {
    let encoding = codec::option(thread, encoding, function, "encoding", "utf-8")?;
    let errors = match errors {
        Some(_) => Some(codec::option(thread, errors, function, "errors", "strict")?),
        None => None,
    };
    Ok((encoding, errors))
}

fn encode(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, encoding, errors] = args.options();
    let object = object.expect("a required argument is there");
    let (encoding, errors) = names(thread, encoding, errors, "encode")?;
    match (Codec::named(encoding), object.downcast_ref::<Str>()) {
        (Some(known), Some(text)) => {
            match codec::encode_as(thread, text, known, errors.unwrap_or("strict")) {
                Ok(bytes) => Ok(new_bytes(thread, bytes)),
                Err(raised) => Err(codec_registry::noted(thread, raised, encoding, 0)),
            }
        }
        (Some(known), None) => {
            let function = format!("{}_encode", known.name().replace('-', "_"));
            let raised = no_text(thread, object, &function);
            Err(codec_registry::noted(thread, raised, encoding, 0))
        }
        (None, _) => codec_registry::convert(thread, encoding, 0, object.clone(), errors),
    }
}

#[cold]
fn no_text(thread: &Thread, object: &Value, function: &str) -> Raised {
    let given = protocol::argument_kind(thread, object);
    Raised::type_error(format_args!("{function}() argument 1 must be str, not {given}"))
}

fn decode(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [object, encoding, errors] = args.options();
    let object = object.expect("a required argument is there");
    let (encoding, errors) = names(thread, encoding, errors, "decode")?;
    match Codec::named(encoding) {
        Some(known) => {
            let decoded = expect_bytes(thread, object)
                .and_then(|bytes| codec::decode_as(thread, &bytes, known, errors.unwrap_or("strict"), true));
            match decoded {
                Ok((text, _)) => Ok(thread.new_string(text)),
                Err(raised) => Err(codec_registry::noted(thread, raised, encoding, 1)),
            }
        }
        None => codec_registry::convert(thread, encoding, 1, object.clone(), errors),
    }
}

fn encode_as(thread: &mut Thread, args: Args<'_>, function: &str, known: Codec) -> Run<Value> {
    let [given, errors, ..] = args.options::<3>();
    let given = given.expect("a required argument is there");
    let Some(text) = given.downcast_ref::<Str>() else { return Err(no_text(thread, given, function)) };
    let errors = codec::handler(thread, errors, function)?;
    let bytes = codec::encode_as(thread, text, known, errors)?;
    let (bytes, count) = (new_bytes(thread, bytes), thread.new_usize(text.char_count()));
    Ok(thread.new_tuple(vec![bytes, count]))
}

fn encode_ordered(
    thread: &mut Thread,
    args: Args<'_>,
    function: &str,
    known: fn(Option<Order>) -> Codec,
) -> Run<Value> {
    let [.., order] = args.options::<3>();
    let order = order_of(thread, order)?;
    encode_as(thread, args, function, known(order))
}

/// Returns the order that an argument names: by a number below or above zero, or none.
fn order_of(thread: &mut Thread, order: Option<&Value>) -> Run<Option<Order>> {
    let order = match order {
        Some(order) => protocol::index_isize(thread, order)?,
        None => 0,
    };
    Ok(match order {
        0 => None,
        order if order < 0 => Some(Order::Little),
        _ => Some(Order::Big),
    })
}

/// Decodes, and returns also the order of the bytes: the given one, or what a mark in front of them tells.
fn decode_ordered(
    thread: &mut Thread,
    args: Args<'_>,
    function: &str,
    known: fn(Option<Order>) -> Codec,
) -> Run<Value> {
    let [data, errors, order, is_final] = args.options();
    let bytes = expect_bytes(thread, data.expect("a required argument is there"))?;
    let errors = codec::handler(thread, errors, function)?;
    let given = order_of(thread, order)?;
    let is_final = match is_final {
        Some(is_final) => protocol::is_true(thread, is_final)?,
        None => false,
    };
    let order = match known(given).behind_mark(&bytes) {
        (_, 0) => given,
        (Codec::Utf16(order) | Codec::Utf32(order), _) => order,
        _ => None,
    };
    let order = match order {
        None => 0,
        Some(Order::Little) => -1,
        Some(Order::Big) => 1,
    };
    let (text, consumed) = codec::decode_as(thread, &bytes, known(given), errors, is_final)?;
    let items = vec![thread.new_string(text), thread.new_usize(consumed), thread.new_int(order)];
    Ok(thread.new_tuple(items))
}

/// `readbuffer_encode`: the bytes of an object, or a text in UTF-8, and their number.
fn read_buffer(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [data, errors] = args.options();
    let data = data.expect("a required argument is there");
    codec::handler(thread, errors, "readbuffer_encode")?;
    let bytes = match data.downcast_ref::<Str>() {
        Some(text) => codec::encode_as(thread, text, Codec::Utf8, "strict")?,
        None => expect_bytes(thread, data)?.into_owned(),
    };
    let count = thread.new_usize(bytes.len());
    let bytes = new_bytes(thread, bytes);
    Ok(thread.new_tuple(vec![bytes, count]))
}

fn decode_as(thread: &mut Thread, args: Args<'_>, function: &str, known: Codec) -> Run<Value> {
    let [data, errors, is_final] = args.options();
    let data = data.expect("a required argument is there");
    let bytes = match data.downcast_ref::<Str>() {
        // The escapes may be given as a text.
        Some(text) if matches!(known, Codec::UnicodeEscape | Codec::RawUnicodeEscape) => {
            std::borrow::Cow::Owned(codec::encode_as(thread, text, Codec::Utf8, "strict")?)
        }
        _ => expect_bytes(thread, data)?,
    };
    let errors = codec::handler(thread, errors, function)?;
    let is_final = match is_final {
        Some(is_final) => protocol::is_true(thread, is_final)?,
        // Escapes are whole unless it is said that they are not.
        None => {
            matches!(known, Codec::UnicodeEscape | Codec::RawUnicodeEscape | Codec::Ascii | Codec::Latin1)
        }
    };
    let (text, consumed) = codec::decode_as(thread, &bytes, known, errors, is_final)?;
    let (text, consumed) = (thread.new_string(text), thread.new_usize(consumed));
    Ok(thread.new_tuple(vec![text, consumed]))
}
