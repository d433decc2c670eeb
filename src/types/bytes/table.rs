//! Methods of `bytes` and `bytearray` that look at one byte at a time: translation, tabulators, title case.

use crate::memory;
use crate::thread::Thread;
use crate::types::bytes::parts::ask;
use crate::types::object::bytes_like::{expect_bytes, new_bytes, split_byte_self};
use crate::types::str::concat::repeated_bytes;
use crate::types::str::text_args::c_int;
use crate::value::{Args, NativeMethod, Raised, Run, Value};

/// The methods of this file.
pub const METHODS: [NativeMethod; 4] = [
    NativeMethod::new("expandtabs", "tabsize=8", expandtabs),
    NativeMethod::new("istitle", "", istitle),
    NativeMethod::function("maketrans", "frm, to, /", maketrans),
    NativeMethod::new("translate", "table, /, delete=b''", translate),
];

/// `bytes.maketrans(from, to)`: a table of 256 bytes.
fn maketrans(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let [from, to] = args.exactly();
    let (from, to) = (expect_bytes(thread, from)?, expect_bytes(thread, to)?);
    if from.len() != to.len() {
        return Err(Raised::value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (&from, &to) in from.iter().zip(to.iter()) {
        table[usize::from(from)] = to;
    }
    Ok(new_bytes(thread, table))
}

/// `translate(table, /, delete=b"")`: translates each byte by a table and leaves some out; `None` as table
/// translates none.
fn translate(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let [table, delete] = rest.options();
    let table = match table.filter(|table| !table.is_none()) {
        Some(table) => Some(expect_bytes(thread, table)?),
        None => None,
    };
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(Raised::value_error("translation table must be 256 characters long"));
    }
    let delete = match delete {
        Some(delete) => expect_bytes(thread, delete)?,
        None => std::borrow::Cow::Borrowed(&[][..]),
    };
    let translated = this.with(|bytes| {
        let kept = bytes.iter().filter(|byte| !delete.contains(byte));
        memory::collect(kept.map(|&byte| table.as_ref().map_or(byte, |table| table[usize::from(byte)])))
    })?;
    Ok(this.make(thread, translated))
}

fn expandtabs(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (this, rest) = split_byte_self(args);
    let width = match rest.options() {
        [Some(width)] => c_int(thread, width)?.max(0) as usize,
        [None] => 8,
    };
    let whole = this.contents()?;
    let tabs = whole.iter().filter(|&&byte| byte == b'\t').count();
    let mut expanded = Vec::new();
    if expanded.try_reserve(repeated_bytes(width, tabs)?.saturating_add(whole.len())).is_err() {
        return Err(Raised::memory_error());
    }
    let mut column = 0;
    for &byte in whole.iter() {
        match byte {
            b'\t' => {
                let blanks = if width > 0 { width - column % width } else { 0 };
                expanded.resize(expanded.len() + blanks, b' ');
                column += blanks;
            }
            _ => {
                expanded.push(byte);
                column = if matches!(byte, b'\n' | b'\r') { 0 } else { column + 1 };
            }
        }
    }
    Ok(this.make(thread, expanded))
}

/// Tells whether every word begins with an upper case letter and goes on in lower case, and there is a word.
fn istitle(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    ask(args, |bytes| {
        let (mut in_word, mut has_word) = (false, false);
        for byte in bytes {
            if (byte.is_ascii_uppercase() && in_word) || (byte.is_ascii_lowercase() && !in_word) {
                return false;
            }
            in_word = byte.is_ascii_alphabetic();
            has_word |= in_word;
        }
        has_word
    })
}
