//! Names for messages, which programs make as long as they like: they are held, not copied.

use crate::value::payload::str::Str;
use crate::value::value::Value;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// The name of a class, function or module for a message: one of the binary's own, or a text of the program.
#[derive(Clone, Debug)]
pub enum Name {
    /// A name that stands in the binary.
    Own(&'static str),
    /// A `str` of the program.
    Given(Value),
}

/// The empty name.
impl Default for Name {
    fn default() -> Name {
        Name::Own("")
    }
}

impl Name {
    /// The text of a value; `None` if it is no text.
    pub fn of(value: Value) -> Option<Name> {
        value.downcast_ref::<Str>().is_some().then_some(Name::Given(value))
    }

    /// The text of a value; "?" if it is no text.
    pub fn of_or_unknown(value: Value) -> Name {
        Name::of(value).unwrap_or(Name::Own("?"))
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Name::Own(text) => text,
            Name::Given(value) => value.downcast_ref::<Str>().expect("a given name is a text").as_str(),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        **self == **other
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (**self).hash(hasher);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self)
    }
}
