//! The arguments of a native call: a view of the caller's stack, nothing is copied.
//!
//! The values of keyword arguments come last, in the order of their names. The values are borrowed
//! from slots that outlive the call; clone what has to live longer.

use crate::value::raised::{Raised, Run};
use crate::value::value::Value;

/// The arguments of one call.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    values: &'a [Value],
    names: &'a [Value],
}

/// A function the runtime implements.
pub type NativeFn = fn(&mut crate::thread::Thread, Args<'_>) -> Run<Value>;

impl<'a> Args<'a> {
    /// Positional arguments only.
    #[inline(always)]
    pub const fn positional(values: &'a [Value]) -> Args<'a> {
        Args { values, names: &[] }
    }

    /// The last `names.len()` of `values` are keyword arguments; each name is a `str`.
    #[inline(always)]
    pub const fn with_keywords(values: &'a [Value], names: &'a [Value]) -> Args<'a> {
        assert!(names.len() <= values.len());
        Args { values, names }
    }

    /// The positional arguments.
    #[inline(always)]
    pub fn positionals(&self) -> &'a [Value] {
        &self.values[..self.values.len() - self.names.len()]
    }

    /// How many positional arguments there are.
    #[inline(always)]
    pub const fn count(&self) -> usize {
        self.values.len() - self.names.len()
    }

    /// A positional argument.
    #[inline(always)]
    pub fn get(&self, index: usize) -> Option<&'a Value> {
        self.positionals().get(index)
    }

    /// Whether any keyword argument was given.
    #[inline(always)]
    pub const fn has_keywords(&self) -> bool {
        !self.names.is_empty()
    }

    /// The names of the keyword arguments, each a `str`.
    pub const fn names(&self) -> &'a [Value] {
        self.names
    }

    /// Positional and keyword values together, as they lie on the stack.
    pub const fn all_values(&self) -> &'a [Value] {
        self.values
    }

    /// The keyword arguments, name and value.
    pub fn keywords(&self) -> impl Iterator<Item = (&'a Value, &'a Value)> + use<'a> {
        self.names.iter().zip(&self.values[self.values.len() - self.names.len()..])
    }

    /// The same call without its first positional argument (`self`).
    pub fn skip_first(&self) -> Args<'a> {
        assert!(self.count() > 0);
        Args { values: &self.values[1..], names: self.names }
    }

    /// Exactly `N` positional arguments and no keywords.
    ///
    /// Raises `TypeError` in CPython's words: "len() takes exactly one argument (2 given)".
    #[inline]
    pub fn exactly<const N: usize>(&self, function: &str) -> Run<[&'a Value; N]> {
        self.no_keywords(function)?;
        match <&[Value; N]>::try_from(self.values) {
            Ok(values) => Ok(values.each_ref()),
            Err(_) => Err(wrong_count(function, N, N, self.count())),
        }
    }

    /// Between `least` and `most` positional arguments and no keywords.
    #[inline]
    pub fn between(&self, function: &str, least: usize, most: usize) -> Run<&'a [Value]> {
        self.no_keywords(function)?;
        if (least..=most).contains(&self.count()) {
            Ok(self.values)
        } else {
            Err(wrong_count(function, least, most, self.count()))
        }
    }

    /// Raises `TypeError` when keyword arguments were given.
    #[inline]
    pub fn no_keywords(&self, function: &str) -> Run<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        Err(Raised::type_error(format!("{function}() takes no keyword arguments")))
    }
}

#[cold]
fn wrong_count(function: &str, least: usize, most: usize, given: usize) -> Raised {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    Raised::type_error(match (least, most) {
        (0, 0) => format!("{function}() takes no arguments ({given} given)"),
        (1, 1) => format!("{function}() takes exactly one argument ({given} given)"),
        _ if least == most => format!("{function} expected {least} argument{}, got {given}", plural(least)),
        _ if given < least => {
            format!("{function} expected at least {least} argument{}, got {given}", plural(least))
        }
        _ => format!("{function} expected at most {most} argument{}, got {given}", plural(most)),
    })
}
