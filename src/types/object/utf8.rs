//! Texts where CPython needs their UTF-8: a text with surrogates has none.

use crate::text::stored;
use crate::thread::Thread;
use crate::value::{ErrorKind, Object, Raised, Run, Str};

/// Returns the stored form of a text, which has no surrogates. Raises `UnicodeEncodeError` if it has.
pub fn check_utf8<'a>(thread: &Thread, text: &'a Object<Str>) -> Run<&'a str> {
    if stored::may_have_pairs(text.as_str()) {
        refuse_surrogates(thread, text)?;
    }
    Ok(text.as_str())
}

#[cold]
fn refuse_surrogates(thread: &Thread, text: &Object<Str>) -> Run<()> {
    let codes = || stored::code_points(text.as_str());
    let Some(start) = codes().position(stored::is_surrogate) else { return Ok(()) };
    let end = start + codes().skip(start).take_while(|&code| stored::is_surrogate(code)).count();
    let (start, end) = (thread.new_usize(start), thread.new_usize(end));
    let (encoding, reason) = (thread.new_str("utf-8"), thread.new_str("surrogates not allowed"));
    Err(Raised::with(ErrorKind::UnicodeEncodeError, vec![encoding, text.to_value(), start, end, reason]))
}
