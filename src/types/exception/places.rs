//! Where the fields of each class of errors lie in the row of its payload, and the functions that get and set
//! them.
//!
//! There is a module for each class, and in it one for each field: `syntax_error::lineno` has its `PLACE` and
//! its `ATTRIBUTE`. The order of the fields in the list of a class is that of the row.

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
    import_error { msg, name, path }
}

fields! {
    /// `OSError`.
    os_error { errno, strerror, filename, filename2 }
}

fields! {
    /// `SyntaxError`.
    syntax_error { msg, filename, lineno, offset, text, end_lineno, end_offset, print_file_and_line }
}

fields! {
    /// `UnicodeDecodeError`, `UnicodeEncodeError` and `UnicodeTranslateError`.
    unicode_error {
        encoding,
        object,
        start: set crate::types::exception::unicode::assigned_position,
        end: set crate::types::exception::unicode::assigned_position,
        reason
    }
}

fields! {
    /// `BaseExceptionGroup`.
    group { message: fixed, exceptions: fixed }
}
