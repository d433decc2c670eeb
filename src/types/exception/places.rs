//! The places of the fields of each class of errors, and the functions that get and set them.
//!
//! The place is an index into the row of fields in the payload. There is a module for each class, and in it one for
//! each field: `syntax_error::lineno` has its `PLACE` and its `ATTRIBUTE`. The order of the fields in the list of a
//! class is that of the row.

use crate::protocol;
use crate::thread::Thread;
use crate::value::{Raised, Run, Value};

/// Makes the modules of a class: for each field its place, its getter, and its setter if it has one.
///
/// A field may have a setter of its own (`field: set function`) or none (`field: fixed`).
macro_rules! fields {
    ($(#[$about:meta])* $class:ident { $($field:ident $(: $setter:tt $($function:path)?)?),+ }) => {
        $(#[$about])*
        pub mod $class {
            use crate::value::NativeAttribute;

            /// The fields in the order of the row.
            #[expect(non_camel_case_types, reason = "fields are named as scripts name them")]
            enum Place {
                $($field),+
            }

            /// The attributes of the class.
            pub const ATTRIBUTES: &[NativeAttribute] = &[$($field::ATTRIBUTE),+];

            $(
                #[doc = concat!("`", stringify!($field), "`.")]
                pub mod $field {
                    use crate::thread::Thread;
                    use crate::types::exception::payload;
                    use crate::value::{NativeAttribute, Run, Value};

                    /// The position of the field in the row.
                    pub const PLACE: usize = super::Place::$field as usize;

                    fn get(_thread: &mut Thread, error: &Value) -> Run<Value> {
                        Ok(payload(error).field(PLACE))
                    }

                    fields!(@attribute $field $(: $setter $($function)?)?);
                }
            )+
        }
    };
    (@attribute $field:ident) => {
        fn set(_thread: &mut Thread, error: &Value, new: Option<&Value>) -> Run<()> {
            payload(error).set_field(PLACE, new.cloned().unwrap_or(Value::NONE));
            Ok(())
        }

        /// The attribute that reads and writes the field.
        pub const ATTRIBUTE: NativeAttribute = NativeAttribute::new(stringify!($field), get, set).as_field();
    };
    (@attribute $field:ident : fixed) => {
        /// The attribute that reads the field.
        pub const ATTRIBUTE: NativeAttribute = NativeAttribute::field(stringify!($field), get);
    };
    (@attribute $field:ident : set $function:path) => {
        fn set(thread: &mut Thread, error: &Value, new: Option<&Value>) -> Run<()> {
            payload(error).set_field(PLACE, $function(thread, new)?);
            Ok(())
        }

        /// The attribute that reads and writes the field.
        pub const ATTRIBUTE: NativeAttribute = NativeAttribute::new(stringify!($field), get, set).as_field();
    };
}

fields! {
    /// `StopIteration`.
    stop_iteration { value }
}

fields! {
    /// `SystemExit`.
    system_exit { code }
}

fields! {
    /// `AttributeError`.
    attribute_error { name, obj }
}

fields! {
    /// `NameError`.
    name_error { name }
}

fields! {
    /// `ImportError`.
    import_error { msg, name, path, name_from }
}

fields! {
    /// `OSError`.
    os_error { errno, strerror, filename, filename2 }
}

fields! {
    /// `SyntaxError`.
    syntax_error { msg, filename, lineno, offset, text, end_lineno, end_offset, print_file_and_line, _metadata }
}

fields! {
    /// `UnicodeDecodeError`, `UnicodeEncodeError` and `UnicodeTranslateError`.
    unicode_error {
        encoding,
        object,
        start: set crate::types::exception::places::assigned_position,
        end: set crate::types::exception::places::assigned_position,
        reason
    }
}

fields! {
    /// `BaseExceptionGroup`.
    group { message: fixed, exceptions: fixed }
}

/// What `start` or `end` becomes when it is assigned, which must be an integer that fits a machine word. Raises
/// `TypeError` for anything else or a deletion, `OverflowError` for a larger integer.
fn assigned_position(thread: &mut Thread, new: Option<&Value>) -> Run<Value> {
    let Some(new) = new else {
        return Err(Raised::type_error("can't delete numeric/char attribute"));
    };
    if new.as_integer().is_none() {
        return Err(Raised::type_error("an integer is required"));
    }
    position(thread, new)
}

/// Returns a position in a text or in bytes as it is kept. Raises what `__index__` raises, and `OverflowError` if the
/// integer does not fit a machine word.
pub(super) fn position(thread: &mut Thread, value: &Value) -> Run<Value> {
    let index = protocol::index(thread, value)?;
    match index.as_i64() {
        Some(_) => Ok(index),
        None => Err(Raised::overflow_error("Python int too large to convert to C ssize_t")),
    }
}
