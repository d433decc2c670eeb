//! The arguments of a native call: a view of the caller's stack, nothing is copied.
//!
//! The values of keyword arguments come last, in the order of their names. The values are borrowed
//! from slots that outlive the call; clone what has to live longer. A native function gets them sorted: by
//! position in the order of its [`Signature`](crate::value::Signature), `UNBOUND` where one in the middle is
//! left out; only those of a function that takes any number keep their names.
//!
//! What may be given is declared by `signature.rs`, and sorted by `bind.rs`. Begin with `Args` here.

pub(super) mod bind;
pub(super) mod signature;

use crate::value::payload::str::Str;
use crate::value::raised::Run;
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

    /// The positional arguments as a call of their own.
    pub fn without_keywords(&self) -> Args<'a> {
        Args::positional(self.positionals())
    }

    /// The same call without its first positional argument (`self`).
    pub fn skip_first(&self) -> Args<'a> {
        assert!(self.count() > 0);
        Args { values: &self.values[1..], names: self.names }
    }

    /// The value of the keyword argument of this name.
    pub fn keyword(&self, name: &str) -> Option<&'a Value> {
        self.keywords().find(|(key, _)| text_of(key) == name).map(|(_, value)| value)
    }

    /// All arguments of a call whose number is known.
    ///
    /// Panics if it is another: the function's signature promises it.
    #[inline(always)]
    pub fn exactly<const N: usize>(&self) -> [&'a Value; N] {
        <&[Value; N]>::try_from(self.values).expect("the signature promises the number").each_ref()
    }

    /// The first `N` arguments by position, `None` for those not given.
    #[inline(always)]
    pub fn options<const N: usize>(&self) -> [Option<&'a Value>; N] {
        std::array::from_fn(|index| self.get(index).filter(|value| !value.is_unbound()))
    }
}

/// The text of the name of a keyword argument.
fn text_of(name: &Value) -> &str {
    name.downcast_ref::<Str>().map_or("", |name| name.as_str())
}
