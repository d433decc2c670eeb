//! Items of a memory view: reading them from bytes, and making bytes of them.

use crate::protocol;
use crate::thread::Thread;
use crate::types::float;
use crate::types::object::bytes_like::new_bytes;
use crate::value::payload::memory_view::Format;
use crate::value::{Bytes, ErrorKind, Raised, Run, Value};

/// The number of bytes of the longest item.
pub const MOST_BYTES: usize = 8;

/// Makes a value of the bytes of an item. There are as many bytes as the format says.
pub fn unpack(thread: &Thread, format: Format, bytes: &[u8]) -> Value {
    let wide = |signed: bool| {
        let mut all = [if signed && bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 }; 8];
        let start = if cfg!(target_endian = "little") { 0 } else { MOST_BYTES - bytes.len() };
        all[start..start + bytes.len()].copy_from_slice(bytes);
        u64::from_ne_bytes(all)
    };
    match format.code {
        b'c' => new_bytes(thread, bytes.to_vec()),
        b'?' => Value::bool(bytes.iter().any(|&byte| byte != 0)),
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => thread.new_int(wide(true) as i64),
        b'e' => thread.new_float(half_to_float(wide(false) as u16)),
        b'f' => thread.new_float(f64::from(f32::from_bits(wide(false) as u32))),
        b'd' => thread.new_float(f64::from_bits(wide(false))),
        _ => match i64::try_from(wide(false)) {
            Ok(int) => thread.new_int(int),
            Err(_) => thread.new_big(dashu_int::IBig::from(wide(false))),
        },
    }
}

/// Returns the bytes of an item, at the beginning of an array, and how many they are.
/// Raises `TypeError` if the value is of the wrong type, `ValueError` if it does not fit, and what converting it
/// raises.
pub fn pack(thread: &mut Thread, format: Format, value: &Value) -> Run<([u8; MOST_BYTES], usize)> {
    let size = format.item_bytes();
    let word = match format.code {
        b'c' => match value.downcast_ref::<Bytes>().map(|bytes| bytes.as_slice()) {
            Some(&[byte]) => u64::from(byte),
            Some(_) => return Err(wrong("value", format)),
            None => return Err(wrong("type", format)),
        },
        b'?' => u64::from(protocol::is_true(thread, value)?),
        b'e' | b'f' | b'd' => float_word(thread, format, value)?,
        _ => int_word(thread, format, value, size)?,
    };
    let mut bytes = word.to_ne_bytes();
    if cfg!(target_endian = "big") {
        bytes.rotate_left(MOST_BYTES - size);
    }
    Ok((bytes, size))
}

fn float_word(thread: &mut Thread, format: Format, value: &Value) -> Run<u64> {
    let float = match protocol::to_float(thread, value) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => return Err(wrong("type", format)),
        Err(raised) if raised.is_kind(thread, ErrorKind::OverflowError) => {
            return Err(wrong("value", format));
        }
        float => float?,
    };
    Ok(match format.code {
        b'd' => float.to_bits(),
        b'f' => u64::from((float as f32).to_bits()),
        _ => u64::from(float::half::from_float(float).ok_or_else(|| wrong("value", format))?),
    })
}

fn int_word(thread: &mut Thread, format: Format, value: &Value, size: usize) -> Run<u64> {
    let index = match protocol::index(thread, value) {
        Err(raised) if raised.is_kind(thread, ErrorKind::TypeError) => return Err(wrong("type", format)),
        index => index?,
    };
    let integer = index.as_integer().and_then(|integer| i128::try_from(&integer.to_big()).ok());
    let bits = 8 * size as u32;
    let limits = match format.code {
        b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => -(1_i128 << (bits - 1))..1 << (bits - 1),
        // An address may be given as a negative number.
        b'P' => -(1_i128 << (bits - 1))..1 << bits,
        _ => 0..1 << bits,
    };
    match integer {
        Some(integer) if limits.contains(&integer) => Ok(integer as u64),
        _ => Err(wrong("value", format)),
    }
}

#[cold]
fn wrong(what: &str, format: Format) -> Raised {
    let kind = if what == "type" { ErrorKind::TypeError } else { ErrorKind::ValueError };
    let format = format.text();
    Raised::new(kind, format_args!("memoryview: invalid {what} for format '{format}'"))
}

fn half_to_float(half: u16) -> f64 {
    float::half::to_float(half)
}
