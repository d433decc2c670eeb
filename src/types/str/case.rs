//! Case: `upper`, `lower`, `capitalize`, `title`, `swapcase`, `casefold`, and the tests for case.

use crate::memory::{self, Room};
use crate::text::unicode;
use crate::thread::Thread;
use crate::types::str::text_args::only_text;
use crate::value::{Args, NativeMethod, Object, Run, Str, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 9] = [
    NativeMethod::new("upper", "", upper),
    NativeMethod::new("lower", "", lower),
    NativeMethod::new("capitalize", "", capitalize),
    NativeMethod::new("title", "", title),
    NativeMethod::new("swapcase", "", swapcase),
    NativeMethod::new("casefold", "", casefold),
    NativeMethod::new("isupper", "", isupper),
    NativeMethod::new("islower", "", islower),
    NativeMethod::new("istitle", "", istitle),
];

fn upper(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args);
    if let Some(mapped) = map_short(thread, text, <[u8]>::make_ascii_uppercase) {
        return Ok(mapped);
    }
    if text.as_str().chars().any(unicode::may_be_later) {
        return Ok(thread.new_string(map_case(text.as_str(), |_, _| Case::Upper)?));
    }
    mapped(thread, text, str::make_ascii_uppercase, str::to_uppercase)
}

fn lower(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args);
    if let Some(mapped) = map_short(thread, text, <[u8]>::make_ascii_lowercase) {
        return Ok(mapped);
    }
    if text.as_str().chars().any(unicode::may_be_later) {
        return Ok(thread.new_string(map_case(text.as_str(), |_, _| Case::Lower)?));
    }
    mapped(thread, text, str::make_ascii_lowercase, str::to_lowercase)
}

/// Returns a text in another case; an ASCII text is changed byte by byte in a copy.
fn mapped(thread: &Thread, text: &Object<Str>, change: fn(&mut str), map: fn(&str) -> String) -> Run<Value> {
    if text.is_ascii() {
        let mut copy = memory::copy_text(text.as_str())?;
        change(&mut copy);
        return Ok(thread.new_string(copy));
    }
    let _room = Room::of(text.as_str().len() * CASE_GROWTH)?;
    Ok(thread.new_string(map(text.as_str())))
}

/// A short ASCII text with its bytes changed, without a buffer on the heap.
fn map_short(thread: &Thread, text: &Object<Str>, change: fn(&mut [u8])) -> Option<Value> {
    let bytes = text.as_str().as_bytes();
    let mut buffer = [0; 128];
    if !text.is_ascii() || bytes.len() > buffer.len() {
        return None;
    }
    let buffer = &mut buffer[..bytes.len()];
    buffer.copy_from_slice(bytes);
    change(buffer);
    Some(thread.new_ascii(buffer))
}

fn capitalize(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let mapped = map_case(text, |position, _| if position == 0 { Case::Title } else { Case::Lower })?;
    Ok(thread.new_string(mapped))
}

fn title(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let after_cased = |before: Option<char>| before.is_some_and(unicode::is_cased);
    let mapped = map_case(text, |offset, _| {
        if after_cased(text[..offset].chars().next_back()) { Case::Lower } else { Case::Title }
    })?;
    Ok(thread.new_string(mapped))
}

fn swapcase(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let mapped = map_case(text, |_, char| match char {
        char if unicode::is_upper(char) => Case::Lower,
        char if unicode::is_lower(char) => Case::Upper,
        _ => Case::Same,
    })?;
    Ok(thread.new_string(mapped))
}

fn casefold(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let _room = Room::of(text.len() * CASE_GROWTH)?;
    let mut folded = memory::text_with_room(text.len())?;
    text.chars().for_each(|char| unicode::push_fold(char, &mut folded));
    Ok(thread.new_string(folded))
}

/// How many times its length a text needs at most while its case changes: it may get three times as long, and
/// the buffer doubles while the old one is still there.
const CASE_GROWTH: usize = 8;
/// The most bytes that one character may have in another case: three of four each.
const CASE_BYTES: usize = 12;

enum Case {
    Upper,
    Lower,
    Title,
    Same,
}

/// Changes the case of each code point as `choose` says, given its byte offset.
fn map_case(text: &str, choose: impl Fn(usize, char) -> Case) -> Run<String> {
    let mut mapped = memory::text_with_room(text.len())?;
    for (offset, char) in text.char_indices() {
        mapped.try_reserve(CASE_BYTES)?;
        match choose(offset, char) {
            Case::Upper => unicode::push_upper(char, &mut mapped),
            Case::Lower if char == 'Σ' => mapped.push(lower_sigma(text, offset)),
            Case::Lower => unicode::push_lower(char, &mut mapped),
            Case::Title => unicode::push_title(char, &mut mapped),
            Case::Same => mapped.push(char),
        }
    }
    Ok(mapped)
}

/// Returns the lower case of a capital sigma, which is another letter at the end of a word.
fn lower_sigma(text: &str, offset: usize) -> char {
    // Rust knows the rule, so the word up to and behind the letter is handed to it.
    let before = text[..offset].chars().rev().take(8).collect::<Vec<_>>();
    let after = text[offset..].chars().take(8);
    let around: String = before.iter().rev().copied().chain(after).collect();
    around.to_lowercase().chars().nth(around_position(&before)).unwrap_or('σ')
}

/// Returns the position behind the text `before` once that is in lower case.
fn around_position(before: &[char]) -> usize {
    before.iter().map(|char| char.to_lowercase().count()).sum()
}

fn isupper(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let wrong = |char: char| unicode::is_lower(char) || unicode::is_title(char);
    Ok(Value::bool(!text.chars().any(wrong) && text.chars().any(unicode::is_upper)))
}

fn islower(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let wrong = |char: char| unicode::is_upper(char) || unicode::is_title(char);
    Ok(Value::bool(!text.chars().any(wrong) && text.chars().any(unicode::is_lower)))
}

fn istitle(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let (mut after_cased, mut any) = (false, false);
    for char in text.chars() {
        if unicode::is_upper(char) || unicode::is_title(char) {
            if after_cased {
                return Ok(Value::FALSE);
            }
            (after_cased, any) = (true, true);
        } else if unicode::is_lower(char) {
            if !after_cased {
                return Ok(Value::FALSE);
            }
            (after_cased, any) = (true, true);
        } else {
            after_cased = false;
        }
    }
    Ok(Value::bool(any))
}
