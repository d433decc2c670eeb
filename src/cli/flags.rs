//! The options that CPython's command line has too, and the variables that stand for them.

use crate::vm::machine::Flags;

/// Options of one letter that only count how often they are given, and the fields of `sys.flags` that they raise.
const COUNTED: [(char, &[&str]); 11] = [
    ('b', &["bytes_warning"]),
    ('B', &["dont_write_bytecode"]),
    ('d', &["debug"]),
    ('E', &["ignore_environment"]),
    ('i', &["inspect", "interactive"]),
    ('O', &["optimize"]),
    ('P', &["safe_path"]),
    ('q', &["quiet"]),
    ('s', &["no_user_site"]),
    ('S', &["no_site"]),
    ('v', &["verbose"]),
];

/// Variables with a number, and the fields that they set: 1 for anything that is no number.
const NUMBERED: [(&str, &str); 7] = [
    ("PYTHONDEBUG", "debug"),
    ("PYTHONINSPECT", "inspect"),
    ("PYTHONOPTIMIZE", "optimize"),
    ("PYTHONDONTWRITEBYTECODE", "dont_write_bytecode"),
    ("PYTHONVERBOSE", "verbose"),
    ("PYTHONNOUSERSITE", "no_user_site"),
    ("PYTHONSAFEPATH", "safe_path"),
];

/// What a letter of a word like `-Bsc` means.
pub(super) enum Letter {
    /// It has been counted.
    Counted,
    /// It takes the rest of the word, or the next one: `c`, `m`, `W`, `X`.
    TakesText,
    /// Nothing.
    Unknown,
}

/// Notes an option of one letter.
pub(super) fn note(flags: &mut Flags, letter: char) -> Letter {
    match letter {
        'c' | 'm' | 'W' | 'X' => return Letter::TakesText,
        'I' => {
            for field in ["isolated", "ignore_environment", "no_user_site", "safe_path"] {
                flags.set(field, 1);
            }
        }
        // Output is written at the end of each line to a terminal, and in the order of the program otherwise.
        'u' | 'R' => {}
        _ => match COUNTED.iter().find(|(known, _)| *known == letter) {
            Some((_, fields)) => fields.iter().for_each(|field| flags.raise(field)),
            None => return Letter::Unknown,
        },
    }
    Letter::Counted
}

/// Adds what the environment says, unless it is to be ignored, and what follows from all options together.
pub(super) fn complete(flags: &mut Flags) {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let uses_variables = flags.number("ignore_environment") == 0;
    let mut warnings = Vec::new();
    if uses_variables {
        for (name, field) in NUMBERED {
            if let Some(value) = variable(name) {
                let number = value.parse().ok().filter(|number| *number >= 0).unwrap_or(1);
                flags.set(field, flags.number(field).max(number));
            }
        }
        if variable("PYTHONDEVMODE").is_some() {
            flags.set("dev_mode", 1);
        }
        let named = variable("PYTHONWARNINGS").unwrap_or_default();
        warnings.extend(named.split(',').filter(|option| !option.is_empty()).map(str::to_owned));
    }
    if flags.x_options.iter().any(|(name, _)| name == "dev") {
        flags.set("dev_mode", 1);
    }
    if flags.x_options.iter().any(|(name, value)| name == "utf8" && value.as_deref() != Some("0")) {
        flags.set("utf8_mode", 1);
    }
    if flags.number("dev_mode") > 0 {
        warnings.insert(0, "default".to_owned());
    }
    warnings.append(&mut flags.warn_options);
    match flags.number("bytes_warning") {
        0 => {}
        1 => warnings.push("default::BytesWarning".to_owned()),
        _ => warnings.push("error::BytesWarning".to_owned()),
    }
    flags.warn_options = warnings;
}

/// Notes `-X NAME` or `-X NAME=VALUE`.
pub(super) fn note_x(flags: &mut Flags, option: &str) {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (option, None),
    };
    flags.x_options.retain(|(known, _)| known != name);
    flags.x_options.push((name.to_owned(), value));
}
