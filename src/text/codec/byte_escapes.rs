//! The escapes of bytes literals, for `escape_encode` and `escape_decode` of `_codecs`.

use crate::memory::{self, OutOfMemory};

/// What a decoder did not like.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The bytes end with a backslash.
    Trailing,
    /// Digits are missing behind the `\x` at this position.
    Hexadecimal(usize),
    /// There is no handler of this name for that.
    Handler,
}

/// Bytes read from a text with escapes, and the first escape that is none: its letter, or a number above 255.
pub type Read = (Vec<u8>, Option<u32>);

/// Writes bytes as a literal has them between single quotes.
pub fn encode(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    let mut out = memory::with_room(bytes.len())?;
    for &byte in bytes {
        out.try_reserve(4)?;
        match byte {
            b'\'' | b'\\' => out.extend([b'\\', byte]),
            b'\t' => out.extend(br"\t"),
            b'\n' => out.extend(br"\n"),
            b'\r' => out.extend(br"\r"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend(format!("\\x{byte:02x}").into_bytes()),
        }
    }
    Ok(out)
}

/// Reads the escapes of a bytes literal. `errors` is `strict`, or says what to do with a broken `\x`: `replace` it by a
/// question mark, or `ignore` it.
pub fn decode(bytes: &[u8], errors: &str) -> Result<Result<Read, Wrong>, OutOfMemory> {
    let mut out = memory::with_room(bytes.len())?;
    let (mut at, mut unknown) = (0, None);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some(&letter) = bytes.get(at) else { return Ok(Err(Wrong::Trailing)) };
        at += 1;
        out.push(match letter {
            b'\n' => continue,
            b'\\' | b'\'' | b'"' => letter,
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            b'0'..=b'7' => {
                let digits = bytes[at - 1..].iter().take(3).take_while(|digit| matches!(digit, b'0'..=b'7'));
                let (code, count) = digits
                    .fold((0, 0), |(code, count), digit| (code * 8 + u32::from(digit - b'0'), count + 1));
                at += count - 1;
                if code > 0xff {
                    unknown = unknown.or(Some(code));
                }
                code as u8
            }
            b'x' => {
                let digit = |at: usize| bytes.get(at).and_then(|&byte| (byte as char).to_digit(16));
                match (digit(at), digit(at + 1)) {
                    (Some(high), Some(low)) => {
                        at += 2;
                        (high * 16 + low) as u8
                    }
                    (first, _) => {
                        let position = at - 2;
                        at += usize::from(first.is_some());
                        match errors {
                            "strict" => return Ok(Err(Wrong::Hexadecimal(position))),
                            "replace" => b'?',
                            "ignore" => continue,
                            _ => return Ok(Err(Wrong::Handler)),
                        }
                    }
                }
            }
            other => {
                unknown = unknown.or(Some(u32::from(other)));
                out.push(b'\\');
                // What is no escape stays as it is, and is read again.
                at -= 1;
                continue;
            }
        });
    }
    Ok(Ok((out, unknown)))
}
