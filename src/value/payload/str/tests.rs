//! Positions of code points, and texts that grow.

use super::*;

fn text(text: &str) -> Str {
    Str::external(text.to_owned())
}

#[test]
fn positions_and_bytes_convert_both_ways() {
    let whole = "aé日🎉".repeat(100);
    let text = text(&whole);
    assert_eq!(text.char_count(), 400);
    for (position, (offset, char)) in whole.char_indices().enumerate() {
        assert_eq!(text.byte_offset(position), offset);
        assert_eq!(text.char_position(offset), position);
        assert_eq!(text.char_at(position), Some(char.into()));
    }
    assert_eq!(text.byte_offset(400), whole.len());
    assert_eq!(text.char_at(400), None);
    assert_eq!(text.slice(1, 4), "é日🎉");
}

#[test]
fn a_growing_text_keeps_its_index_right() {
    let (mut grown, mut expected) = (text("日本"), "日本".to_owned());
    for round in 0..100 {
        assert_eq!(grown.char_count(), expected.chars().count());
        let more = if round % 3 == 0 { "é🎉" } else { "ascii" };
        // SAFETY: the text is a local variable of this test, so nobody else knows of it.
        unsafe { Str::append(&raw mut grown, more) }.expect("there is memory");
        expected.push_str(more);
    }
    assert_eq!(grown.as_str(), expected);
    assert_eq!(grown.char_at(250), expected.chars().nth(250).map(u32::from));
}

#[test]
fn ascii_is_told_apart_however_the_text_came_about() {
    let mut grown = text("inside a buffer");
    let mut append = |more: &str| {
        // SAFETY: the text is a local variable of this test, so nobody else knows of it.
        unsafe { Str::append(&raw mut grown, more) }.expect("there is memory");
        (grown.is_ascii(), grown.as_str().to_owned(), grown.char_count())
    };
    assert_eq!(append(", and on"), (true, "inside a buffer, and on".to_owned(), 23));
    assert_eq!(append("é"), (false, "inside a buffer, and oné".to_owned(), 24));
    assert_eq!(append("!"), (false, "inside a buffer, and oné!".to_owned(), 25));
    assert_eq!(text("").char_count(), 0);
}

#[test]
fn an_empty_text_may_grow() {
    let mut grown = text("");
    // SAFETY: the text is a local variable of this test, so nobody else knows of it.
    unsafe { Str::append(&raw mut grown, "日") }.expect("there is memory");
    assert_eq!((grown.as_str(), grown.char_count(), grown.is_ascii()), ("日", 1, false));
}
