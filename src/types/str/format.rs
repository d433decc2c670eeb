//! `str.format` and `str.format_map`: replacement fields, their names, nested specifications.
//!
//! `{[name][.attribute | [index]]*[!conversion][:specification]}`; the specification may contain fields
//! itself, one level deep.

use crate::memory;
use crate::protocol;
use crate::text::number::digits::to_ascii_digits;
use crate::text::stored;
use crate::thread::Thread;
use crate::types::format_value::{Conversion, format_value};
use crate::types::str::text_args::text_and_rest;
use crate::value::{Args, ErrorKind, NativeMethod, Raised, Run, Str, Value};

/// The methods of this file.
pub(super) const METHODS: [NativeMethod; 2] = [
    NativeMethod::new("format", "*args, **kwargs", format),
    NativeMethod::new("format_map", "mapping, /", format_map),
];

fn format(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let mut fields = Fields { arguments: Some(rest), mapping: None, numbering: Numbering::Undecided };
    let formatted = fields.render(thread, text.as_str(), 2)?;
    Ok(thread.new_string(formatted))
}

fn format_map(thread: &mut Thread, args: Args<'_>) -> Run<Value> {
    let (text, rest) = text_and_rest(args);
    let [mapping] = rest.exactly();
    let mut fields = Fields { arguments: None, mapping: Some(mapping), numbering: Numbering::Undecided };
    let formatted = fields.render(thread, text.as_str(), 2)?;
    Ok(thread.new_string(formatted))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Undecided,
    Automatic(usize),
    Manual,
}

/// What the fields of one call of `format` or `format_map` refer to.
struct Fields<'a> {
    /// The arguments of `format`; none for `format_map`.
    arguments: Option<Args<'a>>,
    mapping: Option<&'a Value>,
    numbering: Numbering,
}

impl Fields<'_> {
    /// Replaces all fields; specifications may be nested `depth - 1` times.
    fn render(&mut self, thread: &mut Thread, text: &str, depth: usize) -> Run<String> {
        if depth == 0 {
            return Err(Raised::value_error("Max string recursion exceeded"));
        }
        let mut out = memory::text_with_room(text.len() + 16)?;
        let mut rest = text;
        while let Some(at) = memchr::memchr2(b'{', b'}', rest.as_bytes()) {
            memory::push_str(&mut out, &rest[..at])?;
            let brace = rest.as_bytes()[at];
            rest = &rest[at + 1..];
            if rest.as_bytes().first() == Some(&brace) {
                out.try_reserve(1)?;
                out.push(brace as char);
                rest = &rest[1..];
            } else if brace == b'}' {
                return Err(Raised::value_error("Single '}' encountered in format string"));
            } else if rest.is_empty() {
                return Err(Raised::value_error("Single '{' encountered in format string"));
            } else {
                let field = Field::take(&mut rest)?;
                let value = self.find(thread, field.name)?;
                let nested;
                let spec = if field.spec.contains(['{', '}']) {
                    nested = self.render(thread, field.spec, depth - 1)?;
                    &nested
                } else {
                    field.spec
                };
                let formatted = format_value(thread, &value, field.conversion, spec)?;
                memory::push_str(&mut out, formatted.downcast_ref::<Str>().map_or("", |text| text.as_str()))?;
            }
        }
        memory::push_str(&mut out, rest)?;
        Ok(out)
    }

    /// Returns the value of a field name, with its attributes and indices.
    fn find(&mut self, thread: &mut Thread, name: &str) -> Run<Value> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let mut value = self.first(thread, &name[..end])?;
        let mut rest = &name[end..];
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                if end == 0 {
                    return Err(Raised::value_error("Empty attribute in format string"));
                }
                let attribute = thread.known().intern(thread, &after[..end]);
                value = protocol::get_attr(thread, &value, &attribute)?;
                rest = &after[end..];
            } else if let Some(after) = rest.strip_prefix('[') {
                let Some(end) = after.find(']') else {
                    return Err(Raised::value_error("Missing ']' in format string"));
                };
                if end == 0 {
                    return Err(Raised::value_error("Empty attribute in format string"));
                }
                let key = match number(&after[..end])? {
                    Some(index) => thread.new_usize(index),
                    None => thread.new_str(&after[..end]),
                };
                value = protocol::get_item(thread, &value, &key)?;
                rest = &after[end + 1..];
            } else {
                return Err(Raised::value_error("Only '.' or '[' may follow ']' in format field specifier"));
            }
        }
        Ok(value)
    }

    fn first(&mut self, thread: &mut Thread, name: &str) -> Run<Value> {
        let index = match number(name)? {
            Some(index) => {
                if matches!(self.numbering, Numbering::Automatic(_)) {
                    return Err(cannot_switch("automatic field numbering", "manual field specification"));
                }
                self.numbering = Numbering::Manual;
                Some(index)
            }
            None if name.is_empty() => match self.numbering {
                Numbering::Manual => {
                    return Err(cannot_switch("manual field specification", "automatic field numbering"));
                }
                Numbering::Undecided => {
                    self.numbering = Numbering::Automatic(1);
                    Some(0)
                }
                Numbering::Automatic(next) => {
                    self.numbering = Numbering::Automatic(next + 1);
                    Some(next)
                }
            },
            None => None,
        };
        match (index, self.arguments) {
            (Some(index), Some(arguments)) => arguments.get(index).cloned().ok_or_else(|| {
                let complaint =
                    format_args!("Replacement index {index} out of range for positional args tuple");
                Raised::index_error(complaint)
            }),
            (Some(_), None) => Err(Raised::value_error("Format string contains positional fields")),
            (None, Some(arguments)) => {
                let is_it = |key: &Value| key.downcast_ref::<Str>().is_some_and(|key| key.as_str() == name);
                match arguments.keywords().find(|(key, _)| is_it(key)) {
                    Some((_, value)) => Ok(value.clone()),
                    None => Err(Raised::key_error(thread.new_str(name))),
                }
            }
            (None, None) => {
                let mapping = self.mapping.expect("there are arguments or a mapping");
                let key = thread.new_str(name);
                protocol::get_item(thread, mapping, &key)
            }
        }
    }
}

#[cold]
fn cannot_switch(from: &str, to: &str) -> Raised {
    Raised::value_error(format_args!("cannot switch from {from} to {to}"))
}

/// Returns a name that consists of digits as a number.
fn number(name: &str) -> Run<Option<usize>> {
    let name = to_ascii_digits(name);
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    match name.parse::<i64>() {
        Ok(number) => Ok(Some(number as usize)),
        Err(_) => Err(Raised::new(ErrorKind::ValueError, "Too many decimal digits in format string")),
    }
}

/// The parts of a replacement field.
struct Field<'a> {
    name: &'a str,
    conversion: Conversion,
    spec: &'a str,
}

impl<'a> Field<'a> {
    /// Reads a field, from behind its opening brace to its closing one.
    fn take(rest: &mut &'a str) -> Run<Field<'a>> {
        let unfinished = || Raised::value_error("expected '}' before end of string");
        let text = *rest;
        let end = Field::name_end(text)?.ok_or_else(unfinished)?;
        let name = &text[..end];
        let (after, mut conversion) = (&text[end + 1..], Conversion::None);
        match text.as_bytes()[end] {
            b'}' => {
                *rest = after;
                return Ok(Field { name, conversion, spec: "" });
            }
            b':' => *rest = after,
            _ => {
                let mut codes = stored::code_point_indices(after);
                let Some((_, code)) = codes.next() else {
                    return Err(Raised::value_error("end of string while looking for conversion specifier"));
                };
                let rest_of = &after[codes.offset()..];
                let behind = rest_of.chars().next();
                if code == u32::from(b'}') || behind.is_none() {
                    return Err(Raised::value_error("unmatched '{' in format spec"));
                }
                conversion = match char::from_u32(code) {
                    Some('s') => Conversion::Str,
                    Some('r') => Conversion::Repr,
                    Some('a') => Conversion::Ascii,
                    _ if matches!(behind, Some('}' | ':')) => return Err(unknown_conversion(code)),
                    _ => Conversion::None,
                };
                *rest = &rest_of[behind.map_or(0, char::len_utf8)..];
                match behind {
                    Some('}') => return Ok(Field { name, conversion, spec: "" }),
                    Some(':') => {}
                    _ => return Err(Raised::value_error("expected ':' after conversion specifier")),
                }
            }
        }
        let text = *rest;
        let end = spec_end(text).ok_or_else(|| Raised::value_error("unmatched '{' in format spec"))?;
        *rest = &text[end + 1..];
        Ok(Field { name, conversion, spec: &text[..end] })
    }

    /// Returns where the name ends: at `}`, `:` or `!` outside of square brackets.
    fn name_end(text: &str) -> Run<Option<usize>> {
        let mut in_brackets = false;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'{' if !in_brackets => return Err(Raised::value_error("unexpected '{' in field name")),
                b'[' => in_brackets = true,
                b']' => in_brackets = false,
                b'}' | b':' | b'!' if !in_brackets => return Ok(Some(at)),
                _ => {}
            }
        }
        Ok(None)
    }
}

#[cold]
fn unknown_conversion(code: u32) -> Raised {
    match char::from_u32(code) {
        Some(code @ '!'..='~') => Raised::value_error(format_args!("Unknown conversion specifier {code}")),
        _ => Raised::value_error(format_args!("Unknown conversion specifier \\x{code:x}")),
    }
}

/// Returns where a specification ends: at the brace that closes the field.
fn spec_end(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}
