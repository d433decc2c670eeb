//! Replacing in texts: `replace`, `translate`, `maketrans`.

use memchr::memmem;

use crate::memory;
use crate::protocol;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::str::concat::repeated_bytes;
use crate::types::str::text_args::{expect_text, integer, text_and_rest, unchanged};
use crate::value::{Args, Dict, ErrorKind, NativeMethod, Object, Raised, Run, Str, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 3] = [
    NativeMethod::new("replace", "old, new, /, count=-1", replace),
    NativeMethod::new("translate", "table, /", translate),
    NativeMethod::function("maketrans", "x, y=<unrepresentable>, z=<unrepresentable>, /", maketrans),
];

fn replace(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let arguments = rest.positionals();
    let old = expect_text(thread, &arguments[0], "replace() argument 1 must be str")?.as_str();
    let new = expect_text(thread, &arguments[1], "replace() argument 2 must be str")?.as_str();
    let most = match arguments.get(2) {
        Some(most) => usize::try_from(integer(thread, most)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let whole = text.as_str();
    if old.is_empty() {
        // A match lies before every code point and at the end.
        let matches = most.min(text.char_count() + 1);
        let extra = repeated_bytes(new.len(), matches)?;
        let mut replaced = memory::text_with_room(whole.len() + extra)?;
        let mut left = matches;
        for code in stored::code_points(whole) {
            if left > 0 {
                replaced.push_str(new);
                left -= 1;
            }
            stored::push(code, &mut replaced);
        }
        if left > 0 {
            replaced.push_str(new);
        }
        return Ok(thread.new_string(replaced));
    }
    let replaced = match old.as_bytes() {
        [byte] => {
            let matches = || memchr::memchr_iter(*byte, whole.as_bytes()).take(most);
            replace_at(whole, matches, 1, new)?
        }
        bytes => {
            let finder = memmem::Finder::new(bytes);
            let matches = || finder.find_iter(whole.as_bytes()).take(most);
            replace_at(whole, matches, bytes.len(), new)?
        }
    };
    Ok(match replaced {
        Some(replaced) => thread.new_string(replaced),
        None => unchanged(thread, text),
    })
}

/// Replaces `len` bytes at each match; `None` if there is no match.
fn replace_at<I: Iterator<Item = usize>>(
    text: &str,
    matches: impl Fn() -> I,
    len: usize,
    new: &str,
) -> Run<Option<String>> {
    let count = matches().count();
    if count == 0 {
        return Ok(None);
    }
    let bytes = text.len() - len * count + repeated_bytes(new.len(), count)?;
    let mut replaced = memory::text_with_room(bytes)?;
    let mut start = 0;
    for at in matches() {
        replaced.push_str(&text[start..at]);
        replaced.push_str(new);
        start = at + len;
    }
    replaced.push_str(&text[start..]);
    Ok(Some(replaced))
}

fn translate(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = text_and_rest(args).0;
    let [table] = args.skip_first().exactly();
    let mut translated = memory::text_with_room(text.as_str().len())?;
    for code in stored::code_points(text.as_str()) {
        translated.try_reserve(stored::MOST_BYTES)?;
        let key = thread.new_int(i64::from(code));
        match protocol::get_item(thread, table, &key) {
            Ok(value) => push_translation(&value, &mut translated)?,
            Err(raised) if raised.is_kind(thread, ErrorKind::LookupError) => {
                stored::push(code, &mut translated);
            }
            Err(raised) => return Err(raised),
        }
    }
    Ok(thread.new_string(translated))
}

fn push_translation(value: &Value, translated: &mut String) -> Run<()> {
    if value.is_none() {
        return Ok(());
    }
    if let Some(text) = value.downcast_ref::<Str>() {
        memory::push_str(translated, text.as_str())?;
        return Ok(());
    }
    let Some(code) = value.as_integer() else {
        return Err(Raised::type_error("character mapping must return integer, None or str"));
    };
    match code.to_i64().and_then(|code| u32::try_from(code).ok()).filter(|&code| code < 0x11_0000) {
        Some(code) => stored::push(code, translated),
        None => return Err(Raised::value_error("character mapping must be in range(0x110000)")),
    }
    Ok(())
}

fn maketrans(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let table = thread.alloc(Dict::default()).into_value();
    match args.positionals() {
        [mapping] => {
            let Some(mapping) = mapping.downcast_exact::<Dict>() else {
                return Err(Raised::type_error(
                    "if you give only one argument to maketrans it must be a dict",
                ));
            };
            for (key, value) in mapping.snapshot()? {
                let key = code_point_key(thread, key)?;
                protocol::set_item(thread, &table, &key, &value)?;
            }
        }
        [from, to, gone @ ..] => {
            let to = expect_text(thread, to, "maketrans() argument 2 must be str")?;
            let gone: Option<&Object<Str>> = match gone {
                [gone] => Some(expect_text(thread, gone, "maketrans() argument 3 must be str")?),
                _ => None,
            };
            let Some(from) = from.downcast_ref::<Str>() else {
                let complaint = "first maketrans argument must be a string if there is a second argument";
                return Err(Raised::type_error(complaint));
            };
            if from.char_count() != to.char_count() {
                let complaint = "the first two maketrans arguments must have equal length";
                return Err(Raised::value_error(complaint));
            }
            for (from, to) in stored::code_points(from.as_str()).zip(stored::code_points(to.as_str())) {
                enter(thread, &table, from, Value::small_int(i64::from(to)))?;
            }
            if let Some(gone) = gone {
                for code in stored::code_points(gone.as_str()) {
                    enter(thread, &table, code, Some(Value::NONE))?;
                }
            }
        }
        [] => unreachable!("one argument at least"),
    }
    Ok(table)
}

fn enter(thread: &mut Thread, table: &Value, code: u32, value: Option<Value>) -> Run<()> {
    let key = thread.new_int(i64::from(code));
    protocol::set_item(thread, table, &key, &value.expect("code points are inline"))
}

/// Converts a key of a translation table to the code point it stands for.
fn code_point_key(thread: &Thread, key: Value) -> Run<Value> {
    if key.as_integer().is_some() {
        return Ok(key);
    }
    let Some(text) = key.downcast_ref::<Str>() else {
        // The words are CPython's.
        return Err(Raised::type_error("keys in translate table mustbe strings or integers"));
    };
    match stored::only(text.as_str()) {
        Some(code) => Ok(thread.new_int(i64::from(code))),
        None => Err(Raised::value_error("string keys in translatetable must be of length 1")),
    }
}
