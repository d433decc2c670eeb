//! Formats texts by the format mini-language: the precision cuts, the width pads.

use crate::text::format::spec::Spec;
use crate::text::refused::{Made, Refused};
use crate::text::stored;

/// Formats a text by a specification.
pub fn format_text(text: &str, spec: &Spec, type_name: &str) -> Made<String> {
    let complaint = match spec {
        Spec { kind: Some(kind), .. } if *kind != 's' => return Err(spec.unknown_code(type_name)),
        Spec { sign: Some(' '), .. } => "Space not allowed in string format specifier",
        Spec { sign: Some(_), .. } => "Sign not allowed in string format specifier",
        Spec { positive_zero: true, .. } => {
            "Negative zero coercion (z) not allowed in string format specifier"
        }
        Spec { alternate: true, .. } => "Alternate form (#) not allowed in string format specifier",
        Spec { align: '=', .. } => "'=' alignment not allowed in string format specifier",
        _ => return spec.pad(first_chars(text, spec.precision)),
    };
    Err(Refused::value(complaint))
}

/// Returns the first `precision` code points of a text; all of it without a precision.
pub fn first_chars(text: &str, precision: Option<usize>) -> &str {
    match precision.and_then(|precision| stored::offset(text, precision)) {
        Some(end) => &text[..end],
        None => text,
    }
}
