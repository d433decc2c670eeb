//! Questions about all code points of a text: `isalpha`, `isdigit`, `isspace` and the like.

use crate::thread::Thread;
use crate::types::text_args::only_text;
use crate::types::unicode;
use crate::value::{Args, NativeMethod, Run, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 9] = [
    NativeMethod::new("isalpha", isalpha),
    NativeMethod::new("isalnum", isalnum),
    NativeMethod::new("isdecimal", isdecimal),
    NativeMethod::new("isdigit", isdigit),
    NativeMethod::new("isnumeric", isnumeric),
    NativeMethod::new("isspace", isspace),
    NativeMethod::new("isascii", isascii),
    NativeMethod::new("isprintable", isprintable),
    NativeMethod::new("isidentifier", isidentifier),
];

macro_rules! question {
    ($name:ident, $function:literal, $holds:expr) => {
        fn $name(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
            let text = only_text(args, $function)?.as_str();
            Ok(Value::bool(!text.is_empty() && text.chars().all($holds)))
        }
    };
}

question!(isalpha, "str.isalpha", unicode::is_alpha);
question!(isalnum, "str.isalnum", unicode::is_alphanumeric);
question!(isdecimal, "str.isdecimal", unicode::is_decimal);
question!(isdigit, "str.isdigit", unicode::is_digit);
question!(isnumeric, "str.isnumeric", unicode::is_numeric);
question!(isspace, "str.isspace", unicode::is_space);

fn isascii(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    Ok(Value::bool(only_text(args, "str.isascii")?.is_ascii()))
}

fn isprintable(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    Ok(Value::bool(only_text(args, "str.isprintable")?.as_str().chars().all(unicode::is_printable)))
}

fn isidentifier(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args, "str.isidentifier")?.as_str();
    let mut chars = text.chars();
    let begins = chars.next().is_some_and(|char| char == '_' || unicode_ident::is_xid_start(char));
    Ok(Value::bool(begins && chars.all(unicode_ident::is_xid_continue)))
}
