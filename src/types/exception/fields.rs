//! What single classes of exceptions add: named fields, how they are filled, how they print.
//!
//! Where a field lies in the row of the payload is in `places.rs`.

use crate::memory;
use crate::protocol::{self};
use crate::thread::Thread;
use crate::types::exception::places::{
    attribute_error, import_error, name_error, os_error, stop_iteration, syntax_error, system_exit,
    unicode_error,
};
use crate::types::exception::{self, Exception, payload};
use crate::types::exception::{errno, group, places, reduce, unicode};
use crate::value::{
    Args, ErrorKind, Kind, Name, NativeAttribute, NativeMethod, Object, Raised, Run, Signature, Slots, Style,
    Tuple, Value,
};

/// What an error class adds to its parent.
#[derive(Clone, Copy)]
pub struct Extra {
    /// Operations that differ from the parent's.
    pub slots: Slots,
    /// The fields.
    pub attributes: &'static [NativeAttribute],
    /// The methods.
    pub methods: &'static [NativeMethod],
}

const NOTHING: Extra = Extra { slots: Slots::EMPTY, attributes: &[], methods: &[] };

/// The methods of `AttributeError`.
const ATTRIBUTE_METHODS: &[NativeMethod] = &[
    NativeMethod::new("__reduce__", "", reduce::reduce_attribute),
    NativeMethod::new("__getstate__", "", reduce::get_state_of_attribute),
];
/// The methods of `ImportError`.
const IMPORT_METHODS: &[NativeMethod] = &[NativeMethod::new("__reduce__", "", reduce::reduce_import)];
/// The methods of `OSError`.
const OS_METHODS: &[NativeMethod] = &[NativeMethod::new("__reduce__", "", reduce::reduce_os)];

/// What a class of errors adds.
pub const fn extra(kind: ErrorKind) -> Extra {
    match kind {
        ErrorKind::StopIteration => Extra {
            slots: Slots { init: Some(init_stop), ..Slots::EMPTY },
            attributes: stop_iteration::ATTRIBUTES,
            ..NOTHING
        },
        ErrorKind::SystemExit => Extra {
            slots: Slots { init: Some(init_exit), ..Slots::EMPTY },
            attributes: system_exit::ATTRIBUTES,
            ..NOTHING
        },
        ErrorKind::KeyError => Extra { slots: Slots { str: Some(str_of_key), ..Slots::EMPTY }, ..NOTHING },
        ErrorKind::AttributeError => Extra {
            slots: Slots { init: Some(init_attribute), ..Slots::EMPTY },
            attributes: attribute_error::ATTRIBUTES,
            methods: ATTRIBUTE_METHODS,
        },
        ErrorKind::NameError => Extra {
            slots: Slots { init: Some(init_name), ..Slots::EMPTY },
            attributes: name_error::ATTRIBUTES,
            ..NOTHING
        },
        ErrorKind::ImportError => Extra {
            slots: Slots { init: Some(init_import), str: Some(str_of_import), ..Slots::EMPTY },
            attributes: import_error::ATTRIBUTES,
            methods: IMPORT_METHODS,
        },
        ErrorKind::OSError => Extra {
            slots: Slots {
                new: Some(errno::new),
                init: Some(errno::init),
                str: Some(errno::str),
                ..Slots::EMPTY
            },
            attributes: os_error::ATTRIBUTES,
            methods: OS_METHODS,
        },
        ErrorKind::SyntaxError => Extra {
            slots: Slots { init: Some(init_syntax), str: Some(str_of_syntax), ..Slots::EMPTY },
            attributes: syntax_error::ATTRIBUTES,
            ..NOTHING
        },
        ErrorKind::UnicodeDecodeError => unicode(Slots {
            init: Some(unicode::init_decode),
            str: Some(unicode::str_of_decode),
            ..Slots::EMPTY
        }),
        ErrorKind::UnicodeEncodeError => unicode(Slots {
            init: Some(unicode::init_encode),
            str: Some(unicode::str_of_encode),
            ..Slots::EMPTY
        }),
        ErrorKind::UnicodeTranslateError => unicode(Slots {
            init: Some(unicode::init_translate),
            str: Some(unicode::str_of_translate),
            ..Slots::EMPTY
        }),
        ErrorKind::BaseExceptionGroup => Extra {
            slots: Slots {
                repr: Some(group::repr),
                new: Some(group::new),
                str: Some(group::str),
                ..Slots::EMPTY
            },
            attributes: places::group::ATTRIBUTES,
            methods: group::METHODS,
        },
        _ => NOTHING,
    }
}

/// Tells whether a class of errors has `__new__` in its namespace, though it is that of `BaseException`.
pub fn has_new(kind: ErrorKind) -> bool {
    use ErrorKind::{UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError};
    matches!(kind, UnicodeDecodeError | UnicodeEncodeError | UnicodeTranslateError) || is_simple(kind)
}

/// Tells whether a class of errors and those above it have no fields, methods or operations of their own.
fn is_simple(kind: ErrorKind) -> bool {
    let Extra { slots, attributes, .. } = extra(kind);
    let adds = slots.new.is_some() || slots.init.is_some() || slots.str.is_some() || !attributes.is_empty();
    kind == ErrorKind::BaseException || !adds && is_simple(kind.parent())
}

const fn unicode(slots: Slots) -> Extra {
    Extra { slots, attributes: unicode_error::ATTRIBUTES, ..NOTHING }
}

/// Fills the fields of an exception that native code makes.
pub fn fill(thread: &mut Thread, kind: ErrorKind, exception: &Object<Exception>, arguments: &[Value]) {
    match kind {
        ErrorKind::StopIteration => {
            exception
                .set_field(stop_iteration::value::PLACE, arguments.first().cloned().unwrap_or(Value::NONE));
        }
        ErrorKind::SystemExit => exception.set_field(system_exit::code::PLACE, exit_code(thread, arguments)),
        ErrorKind::ImportError | ErrorKind::ModuleNotFoundError => {
            if let [message, ..] = arguments {
                exception.set_field(import_error::msg::PLACE, message.clone());
            }
        }
        _ if kind.is_subclass_of(ErrorKind::SyntaxError) => {
            if let [message, ..] = arguments {
                exception.set_field(syntax_error::msg::PLACE, message.clone());
            }
            if let [_, details] = arguments {
                set_details(exception, details);
            }
        }
        ErrorKind::UnicodeDecodeError | ErrorKind::UnicodeEncodeError => {
            for (place, argument) in arguments.iter().enumerate().take(unicode_error::ATTRIBUTES.len()) {
                exception.set_field(place, argument.clone());
            }
        }
        _ if arguments.len() >= 2 && kind.is_subclass_of(ErrorKind::OSError) => {
            errno::fill(thread, exception, arguments);
        }
        _ => {}
    }
}

/// Fills `name` and `obj` of an error about a missing attribute or name; `owner` is unbound for a name.
pub fn set_missing(exception: &Object<Exception>, name: Value, owner: Value) {
    if owner.is_unbound() {
        exception.set_field(name_error::name::PLACE, name);
    } else {
        exception.set_field(attribute_error::name::PLACE, name);
        exception.set_field(attribute_error::obj::PLACE, owner);
    }
}

fn init_stop(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::init(thread, value, arguments)?;
    payload(value).set_field(stop_iteration::value::PLACE, arguments.get(0).cloned().unwrap_or(Value::NONE));
    Ok(())
}

fn init_exit(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::init(thread, value, arguments)?;
    payload(value).set_field(system_exit::code::PLACE, exit_code(thread, arguments.positionals()));
    Ok(())
}

fn exit_code(thread: &Thread, arguments: &[Value]) -> Value {
    match arguments {
        [] => Value::NONE,
        [code] => code.clone(),
        more => thread.new_tuple(more.to_vec()),
    }
}

fn str_of_key(thread: &mut Thread, value: &Value) -> Run<Value> {
    // A missing key prints as its repr, so that a missing empty text can be seen.
    match payload(value).arguments().as_slice() {
        [key] => protocol::repr(thread, key).map(Value::from),
        _ => exception::str(thread, value),
    }
}

/// Sets fields from keyword arguments by name; those that are missing become `None`.
fn set_keywords(value: &Value, arguments: Args<'_>, fields: &[(&str, usize)]) {
    for &(name, index) in fields {
        payload(value).set_field(index, arguments.keyword(name).cloned().unwrap_or(Value::NONE));
    }
}

fn init_attribute(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::set_positionals(thread, value, arguments)?;
    const SIGNATURE: Signature = Signature::new("*args, name=None, obj=None").styled(Style::Parsed);
    SIGNATURE.check("AttributeError", arguments)?;
    set_keywords(
        value,
        arguments,
        &[("name", attribute_error::name::PLACE), ("obj", attribute_error::obj::PLACE)],
    );
    Ok(())
}

fn init_name(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::set_positionals(thread, value, arguments)?;
    const SIGNATURE: Signature = Signature::new("*args, name=None").styled(Style::Parsed);
    SIGNATURE.check("NameError", arguments)?;
    set_keywords(value, arguments, &[("name", name_error::name::PLACE)]);
    Ok(())
}

fn init_import(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::set_positionals(thread, value, arguments)?;
    let message = match arguments.positionals() {
        [message] => message.clone(),
        _ => Value::NONE,
    };
    payload(value).set_field(import_error::msg::PLACE, message);
    const SIGNATURE: Signature =
        Signature::new("*args, name=None, path=None, name_from=None").styled(Style::Parsed);
    SIGNATURE.check("ImportError", arguments)?;
    set_keywords(
        value,
        arguments,
        &[
            ("name", import_error::name::PLACE),
            ("path", import_error::path::PLACE),
            ("name_from", import_error::name_from::PLACE),
        ],
    );
    Ok(())
}

fn str_of_import(thread: &mut Thread, value: &Value) -> Run<Value> {
    let message = payload(value).field(import_error::msg::PLACE);
    if message.kind() == Kind::Str { Ok(message) } else { exception::str(thread, value) }
}

fn set_details(exception: &Object<Exception>, details: &Value) {
    if let Some(details) = details.downcast_ref::<Tuple>() {
        let places = syntax_error::filename::PLACE..=syntax_error::end_offset::PLACE;
        for (place, detail) in places.zip(details.items()) {
            exception.set_field(place, detail.clone());
        }
    }
}

fn init_syntax(thread: &mut Thread, value: &Value, arguments: Args<'_>) -> Run<()> {
    exception::init(thread, value, arguments)?;
    if let Some(message) = arguments.get(0) {
        payload(value).set_field(syntax_error::msg::PLACE, message.clone());
    }
    if let [_, details] = arguments.positionals() {
        let items = protocol::collect(thread, details)?;
        let (bound, count) = if items.len() < 4 { ("least", 4) } else { ("most", 6) };
        if !(4..=6).contains(&items.len()) {
            let given = items.len();
            return Err(Raised::type_error(format_args!(
                "function takes at {bound} {count} arguments ({given} given)"
            )));
        }
        if items.len() == 5 {
            return Err(Raised::type_error("end_offset must be provided when end_lineno is provided"));
        }
        let details = thread.new_tuple(items);
        set_details(payload(value), &details);
    }
    Ok(())
}

fn str_of_syntax(thread: &mut Thread, value: &Value) -> Run<Value> {
    let exception = payload(value);
    let message = exception.field(syntax_error::msg::PLACE);
    let message = if message.is_none() {
        Name::Own("None")
    } else {
        Name::of_or_unknown(protocol::str(thread, &message)?.into_value())
    };
    let path = Name::of(exception.field(syntax_error::filename::PLACE));
    let file = path.as_deref().map(|path| path.rsplit_once('/').map_or(path, |(_, base)| base));
    let line = exception.field(syntax_error::lineno::PLACE).as_i64();
    let text = match (file, line) {
        (Some(file), Some(line)) => memory::formatted(format_args!("{message} ({file}, line {line})"))?,
        (Some(file), None) => memory::formatted(format_args!("{message} ({file})"))?,
        (None, Some(line)) => memory::formatted(format_args!("{message} (line {line})"))?,
        (None, None) => memory::copy_text(&message)?,
    };
    Ok(thread.new_string(text))
}
