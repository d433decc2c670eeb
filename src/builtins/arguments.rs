//! Arguments that may be given by position or by name.

use crate::value::{Args, Raised, Run, Str, Value};

/// The arguments of a function whose parameters all have names; the first `required` must be given.
///
/// Raises `TypeError` in CPython's words: "pow() missing required argument 'exp' (pos 2)".
pub fn named<'a, const N: usize>(
    args: Args<'a>,
    function: &str,
    names: [&str; N],
    required: usize,
) -> Run<[Option<&'a Value>; N]> {
    let given = args.count() + args.names().len();
    if given > N {
        let plural = if N == 1 { "" } else { "s" };
        return Err(Raised::type_error(format!(
            "{function}() takes at most {N} argument{plural} ({given} given)"
        )));
    }
    let mut found = [None; N];
    for (slot, value) in found.iter_mut().zip(args.positionals()) {
        *slot = Some(value);
    }
    for (name, value) in args.keywords() {
        let text = text_of(name);
        let Some(index) = names.iter().position(|known| *known == text) else {
            return Err(invalid_keyword(function, text));
        };
        if found[index].is_some() {
            let position = index + 1;
            return Err(Raised::type_error(format!(
                "argument for {function}() given by name ('{text}') and position ({position})"
            )));
        }
        found[index] = Some(value);
    }
    match (0..required).find(|&index| found[index].is_none()) {
        None => Ok(found),
        Some(index) => {
            let (name, position) = (names[index], index + 1);
            Err(Raised::type_error(format!(
                "{function}() missing required argument '{name}' (pos {position})"
            )))
        }
    }
}

/// The keyword arguments of a function with these optional names; positional arguments are the caller's.
pub fn keywords<'a, const N: usize>(
    args: Args<'a>,
    function: &str,
    names: [&str; N],
) -> Run<[Option<&'a Value>; N]> {
    let mut found = [None; N];
    for (name, value) in args.keywords() {
        let text = text_of(name);
        match names.iter().position(|known| *known == text) {
            Some(index) => found[index] = Some(value),
            None => return Err(invalid_keyword(function, text)),
        }
    }
    Ok(found)
}

fn text_of(name: &Value) -> &str {
    name.downcast_ref::<Str>().map_or("", |name| name.as_str())
}

fn invalid_keyword(function: &str, name: &str) -> Raised {
    Raised::type_error(format!("'{name}' is an invalid keyword argument for {function}()"))
}
