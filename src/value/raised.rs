//! The program's mistakes, on their way to a handler.
//!
//! Native code raises by kind and text; the exception object is only made when a handler or a
//! traceback wants one (`types::exception::instance`). One pointer wide, so that `Run<Value>` comes back in registers.

use crate::memory::{self, OutOfMemory};
use crate::text::refused::Refused;
use crate::value::class::kind::ErrorKind;
use crate::value::value::Value;
use std::collections::TryReserveError;
use std::fmt;

/// The result of anything that can raise.
pub type Run<T> = Result<T, Raised>;

impl From<TryReserveError> for Raised {
    #[cold]
    fn from(_: TryReserveError) -> Raised {
        Raised::memory_error()
    }
}

impl From<OutOfMemory> for Raised {
    #[cold]
    fn from(_: OutOfMemory) -> Raised {
        Raised::memory_error()
    }
}

impl From<Refused> for Raised {
    #[cold]
    fn from(refused: Refused) -> Raised {
        match refused {
            Refused::Value(message) => Raised::value_error(message),
            Refused::Memory => Raised::memory_error(),
        }
    }
}

/// What an error says. It may quote what a program made as long as it likes: where there is no room for the text, the
/// error is a `MemoryError`.
pub trait Message {
    /// The text.
    fn text(self) -> Result<String, OutOfMemory>;
}

impl Message for String {
    fn text(self) -> Result<String, OutOfMemory> {
        Ok(self)
    }
}

impl Message for &str {
    fn text(self) -> Result<String, OutOfMemory> {
        memory::copy_text(self)
    }
}

impl Message for &String {
    fn text(self) -> Result<String, OutOfMemory> {
        memory::copy_text(self)
    }
}

/// Texts that follow each other, for a message that is made often: cheaper than `format_args!`.
impl<const PIECES: usize> Message for [&str; PIECES] {
    fn text(self) -> Result<String, OutOfMemory> {
        let mut text = memory::text_with_room(self.iter().map(|piece| piece.len()).sum())?;
        self.iter().for_each(|piece| text.push_str(piece));
        Ok(text)
    }
}

/// Pieces that are put together here, by `format_args!`.
impl Message for fmt::Arguments<'_> {
    fn text(self) -> Result<String, OutOfMemory> {
        memory::formatted(self)
    }
}

/// An exception in flight.
#[derive(Debug)]
pub struct Raised(Box<Pending>);

/// An exception that has been raised, before somebody needs it as an object.
#[derive(Debug)]
pub enum Pending {
    /// An exception object the program made or has already seen.
    Instance(Value),
    /// An exception object that has been passed on by at least one frame. Its context was set where it was
    /// raised and must not be set again.
    Unwound(Value),
    /// A built-in error with one text as its argument.
    Message(ErrorKind, String),
    /// An `AttributeError` or `NameError` with the name and the object in which it was not found.
    ///
    /// Without a message the text is "'C' object has no attribute 'x'", made when somebody reads it.
    Missing(ErrorKind, Option<String>, Value, Value),
    /// A built-in error with these arguments (`KeyError(key)`, `StopIteration(value)`).
    Arguments(ErrorKind, Vec<Value>),
}

const _: () = assert!(size_of::<Run<()>>() == 8);

impl Raised {
    /// Raises a built-in error with a message.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Message) -> Raised {
        match message.text() {
            Ok(text) => Raised(Box::new(Pending::Message(kind, text))),
            Err(OutOfMemory) => Raised::memory_error(),
        }
    }

    /// Raises a built-in error with arguments of any type.
    #[cold]
    pub fn with(kind: ErrorKind, arguments: Vec<Value>) -> Raised {
        Raised(Box::new(Pending::Arguments(kind, arguments)))
    }

    /// Raises an exception object.
    #[cold]
    pub fn instance(exception: Value) -> Raised {
        Raised(Box::new(Pending::Instance(exception)))
    }

    /// Passes on an exception object that at least one frame has passed on already.
    #[cold]
    pub fn unwound(exception: Value) -> Raised {
        Raised(Box::new(Pending::Unwound(exception)))
    }

    /// Tells whether the context of the error has been set. The value that a generator returns comes with none.
    pub fn is_unwound(&self) -> bool {
        match self.pending() {
            Pending::Unwound(_) => true,
            Pending::Arguments(ErrorKind::StopIteration, value) => !value.is_empty(),
            _ => false,
        }
    }

    /// Raises `TypeError`.
    #[cold]
    pub fn type_error(message: impl Message) -> Raised {
        Raised::new(ErrorKind::TypeError, message)
    }

    /// Raises `ValueError`.
    #[cold]
    pub fn value_error(message: impl Message) -> Raised {
        Raised::new(ErrorKind::ValueError, message)
    }

    /// Raises `AttributeError`.
    #[cold]
    pub fn attribute_error(message: impl Message) -> Raised {
        Raised::new(ErrorKind::AttributeError, message)
    }

    /// Raises `AttributeError`, remembering what was looked for in what.
    #[cold]
    pub fn missing_attribute(message: impl Message, name: Value, object: Value) -> Raised {
        Raised::missing(ErrorKind::AttributeError, message, name, object)
    }

    /// Raises the `AttributeError` of an ordinary object, whose message is made when somebody reads it.
    #[cold]
    pub fn no_attribute(name: Value, object: Value) -> Raised {
        Raised(Box::new(Pending::Missing(ErrorKind::AttributeError, None, name, object)))
    }

    /// Raises `NameError`, remembering the name.
    #[cold]
    pub fn missing_name(message: impl Message, name: Value) -> Raised {
        Raised::missing(ErrorKind::NameError, message, name, Value::UNBOUND)
    }

    fn missing(kind: ErrorKind, message: impl Message, name: Value, object: Value) -> Raised {
        match message.text() {
            Ok(text) => Raised(Box::new(Pending::Missing(kind, Some(text), name, object))),
            Err(OutOfMemory) => Raised::memory_error(),
        }
    }

    /// Raises `IndexError`.
    #[cold]
    pub fn index_error(message: impl Message) -> Raised {
        Raised::new(ErrorKind::IndexError, message)
    }

    /// Raises `KeyError` with the key that was not there.
    #[cold]
    pub fn key_error(key: Value) -> Raised {
        Raised::with(ErrorKind::KeyError, vec![key])
    }

    /// Raises `OverflowError`.
    #[cold]
    pub fn overflow_error(message: impl Message) -> Raised {
        Raised::new(ErrorKind::OverflowError, message)
    }

    /// Raises `ZeroDivisionError`.
    #[cold]
    pub fn zero_division(message: impl Message) -> Raised {
        Raised::new(ErrorKind::ZeroDivisionError, message)
    }

    /// Raises `RuntimeError`.
    #[cold]
    pub fn runtime_error(message: impl Message) -> Raised {
        Raised::new(ErrorKind::RuntimeError, message)
    }

    /// Raises `MemoryError`: a request too large to serve.
    #[cold]
    pub fn memory_error() -> Raised {
        Raised::with(ErrorKind::MemoryError, Vec::new())
    }

    /// Returns the raised error, to inspect.
    pub fn pending(&self) -> &Pending {
        &self.0
    }

    /// Returns the raised error, to take apart.
    pub fn into_pending(self) -> Pending {
        *self.0
    }
}

impl Raised {
    /// Tells whether `except KIND` would catch the error.
    pub fn is_kind(&self, thread: &crate::thread::ThreadState, kind: ErrorKind) -> bool {
        match self.pending() {
            Pending::Instance(exception) | Pending::Unwound(exception) => {
                exception.as_raw().is_some_and(|object| {
                    crate::value::class::shape::Shape::of(object)
                        .class()
                        .is_subclass_of(thread.known().error(kind))
                })
            }
            Pending::Message(raised, _) | Pending::Arguments(raised, _) | Pending::Missing(raised, ..) => {
                raised.is_subclass_of(kind)
            }
        }
    }
}

impl ErrorKind {
    /// Whether this class is `other` or derives from it.
    pub fn is_subclass_of(self, other: ErrorKind) -> bool {
        self == other || (self != ErrorKind::BaseException && self.parent().is_subclass_of(other))
    }
}
