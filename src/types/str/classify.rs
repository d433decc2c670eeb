//! Questions about all code points of a text: `isalpha`, `isdigit`, `isspace` and the like.

use crate::text::unicode;
use crate::thread::{Thread, ThreadState};
use crate::types::str::text_args::only_text;
use crate::value::{Args, NativeMethod, Run, Str, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 9] = [
    NativeMethod::new("isalpha", "", isalpha::slow).with_fast_path(isalpha::fast),
    NativeMethod::new("isalnum", "", isalnum::slow).with_fast_path(isalnum::fast),
    NativeMethod::new("isdecimal", "", isdecimal::slow).with_fast_path(isdecimal::fast),
    NativeMethod::new("isdigit", "", isdigit::slow).with_fast_path(isdigit::fast),
    NativeMethod::new("isnumeric", "", isnumeric::slow).with_fast_path(isnumeric::fast),
    NativeMethod::new("isspace", "", isspace::slow).with_fast_path(isspace::fast),
    NativeMethod::new("isascii", "", isascii),
    NativeMethod::new("isprintable", "", isprintable),
    NativeMethod::new("isidentifier", "", isidentifier),
];

macro_rules! question {
    ($name:ident, $function:literal, $holds:expr) => {
        mod $name {
            use super::*;

            /// The method. Raises nothing.
            pub(super) fn slow(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
                Ok(Value::bool(holds(only_text(args))))
            }

            /// Its fast path.
            pub(super) fn fast(_thread: &ThreadState, arguments: &[Value]) -> Option<Value> {
                let [text] = arguments else { return None };
                text.downcast_ref::<Str>().map(|text| Value::bool(holds(text)))
            }

            #[inline]
            fn holds(text: &Str) -> bool {
                let text = text.as_str();
                !text.is_empty() && text.chars().all($holds)
            }
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
    Ok(Value::bool(only_text(args).is_ascii()))
}

fn isprintable(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    Ok(Value::bool(only_text(args).as_str().chars().all(unicode::is_printable)))
}

fn isidentifier(_thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let text = only_text(args).as_str();
    let mut chars = text.chars();
    let begins = chars.next().is_some_and(unicode::begins_name);
    Ok(Value::bool(begins && chars.all(unicode::continues_name)))
}
