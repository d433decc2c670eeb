//! `escape_encode` and `escape_decode` of `_codecs`: bytes with the escapes of a literal.

use crate::protocol;
use crate::text::codec::byte_escapes::{self, Wrong};
use crate::thread::Thread;
use crate::types::object::bytes_like::{expect_bytes, new_bytes};
use crate::types::object::utf8::check_utf8;
use crate::types::str::codec::{handler, warn_of_escape};
use crate::value::{Args, Bytes, NativeMethod, Raised, Run, Str, Value};

/// `escape_encode`: bytes as they stand between the quotes of a literal.
pub const ENCODE: NativeMethod = NativeMethod::function("escape_encode", "data, errors=None, /", encode);
/// `escape_decode`: the bytes that the text of a literal stands for.
pub const DECODE: NativeMethod = NativeMethod::function("escape_decode", "data, errors=None, /", decode);

fn encode(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [data, errors] = args.options();
    let data = data.expect("a required argument is there");
    let Some(bytes) = data.downcast_ref::<Bytes>() else {
        let given = protocol::argument_kind(thread, data);
        return Err(Raised::type_error(format_args!(
            "escape_encode() argument 1 must be bytes, not {given}"
        )));
    };
    handler(thread, errors, "escape_encode")?;
    let (written, count) = (byte_escapes::encode(bytes.as_slice())?, bytes.as_slice().len());
    let (written, count) = (new_bytes(thread, written), thread.new_usize(count));
    Ok(thread.new_tuple(vec![written, count]))
}

fn decode(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [data, errors] = args.options();
    let data = data.expect("a required argument is there");
    let bytes = match data.downcast_ref::<Str>() {
        Some(text) => {
            check_utf8(thread, text)?;
            crate::types::str::codec::encode_plain(thread, text.as_str(), "utf-8", "strict")?.into()
        }
        None => expect_bytes(thread, data)?,
    };
    let errors = handler(thread, errors, "escape_decode")?;
    let (read, unknown) = match byte_escapes::decode(&bytes, errors)? {
        Ok(read) => read,
        Err(Wrong::Trailing) => return Err(Raised::value_error("Trailing \\ in string")),
        Err(Wrong::Hexadecimal(at)) => {
            return Err(Raised::value_error(format_args!("invalid \\x escape at position {at}")));
        }
        Err(Wrong::Handler) => {
            let complaint = format_args!("decoding error; unknown error handling code: {errors}");
            return Err(Raised::value_error(complaint));
        }
    };
    if let Some(code) = unknown {
        warn_of_escape(thread, code, "b")?;
    }
    let (read, count) = (new_bytes(thread, read), thread.new_usize(bytes.len()));
    Ok(thread.new_tuple(vec![read, count]))
}
