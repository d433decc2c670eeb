//! What arguments a native function takes, declared beside it as CPython's `__text_signature__` has it.
//!
//! ```text
//! "x, /"                            one argument, by position only
//! "sep=None, maxsplit=-1"           two that may be left out, by position or by name
//! "bytes, byteorder='big', *, signed=False"      the last by name only
//! "*args, sep=' ', end='\n'"        any number by position, some by name
//! "*args, **kwargs"                 whatever is given
//! ```
//!
//! The `self` of a method is not listed. The text is read when the table is compiled; `bind.rs`
//! sorts the arguments of a call into the parameters and raises the errors.

/// How many named parameters a native function has at most.
pub const MOST_PARAMETERS: usize = 8;

/// Which of CPython's argument parsers words the errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// By the shape of the list: none, just one, several by position, or names too (Argument Clinic).
    ByShape,
    /// "f expected 1 argument, got 2" whatever the shape (`PyArg_UnpackTuple`).
    Unpacked,
    /// "f() takes at most 1 argument (2 given)" (`PyArg_ParseTuple`, `PyArg_ParseTupleAndKeywords`).
    Parsed,
    /// The function words its errors itself, as `enumerate` does.
    /// An unknown keyword is reported before a missing argument.
    Direct,
    /// "function takes exactly 1 argument (2 given)" (`PyArg_ParseTuple` without a name).
    Nameless,
    /// "expected 1 argument, got 2", of special methods (`wrap_binaryfunc`, `wrap_ternaryfunc` and the like).
    Wrapper,
    /// "__set__ expected 2 arguments, got 1", of special methods that take two (`wrap_objobjargproc` and the like).
    UnpackedWrapper,
}

/// The parameters of a native function.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    text: &'static str,
    /// Where in the text the names of the parameters begin and end.
    names: [(u8, u8); MOST_PARAMETERS],
    /// How many named parameters there are, those by name only last.
    pub(super) total: usize,
    /// How many can be given by position only.
    pub(super) positional_only: usize,
    /// How many can be given by position.
    pub(super) positional: usize,
    /// How many have to be given.
    pub(super) required: usize,
    /// Whether it takes any number of arguments by position (`*args`).
    pub(super) is_variadic: bool,
    /// Whether it takes arguments by any name (`**kwargs`).
    pub(super) takes_any_name: bool,
    /// How its errors are worded.
    pub(super) style: Style,
}

impl Signature {
    /// No arguments at all.
    pub const NONE: Signature = Signature::new("");
    /// One argument, by position.
    pub const ONE: Signature = Signature::new("object, /");
    /// Whatever is given.
    pub const ANY: Signature = Signature::new("*args, **kwargs");

    /// Reads a list of parameters. Panics (at compile time, in a table) if it is none.
    pub const fn new(text: &'static str) -> Signature {
        let mut signature = Signature {
            text,
            names: [(0, 0); MOST_PARAMETERS],
            total: 0,
            positional_only: 0,
            positional: 0,
            required: 0,
            is_variadic: false,
            takes_any_name: false,
            style: Style::ByShape,
        };
        let bytes = text.as_bytes();
        assert!(bytes.len() <= u8::MAX as usize, "a place in the text is one byte");
        let mut only_by_name = false;
        let mut at = 0;
        while at < bytes.len() {
            let start = if bytes[at] == b' ' { at + 1 } else { at };
            let name_end = end_of(bytes, start, b'=');
            at = end_of(bytes, start, b',');
            let has_default = name_end < at;
            if bytes[start] == b'/' {
                signature.positional_only = signature.total;
            } else if bytes[start] == b'*' {
                let is_names = start + 1 < at && bytes[start + 1] == b'*';
                signature.takes_any_name |= is_names;
                signature.is_variadic |= !is_names && start + 1 < at;
                only_by_name = true;
            } else {
                signature.names[signature.total] =
                    (start as u8, if has_default { name_end as u8 } else { at as u8 });
                signature.total += 1;
                assert!(has_default || !only_by_name, "what has to be given can be given by position");
                assert!(has_default || signature.required + 1 == signature.total, "required ones come first");
                signature.positional += !only_by_name as usize;
                signature.required += !has_default as usize;
            }
            at += 1;
        }
        signature
    }

    /// Returns the signature with another style of error messages.
    pub const fn styled(self, style: Style) -> Signature {
        Signature { style, ..self }
    }

    /// How errors about the arguments are worded.
    pub const fn style(&self) -> Style {
        self.style
    }

    /// Tells whether CPython calls such a function with a tuple and a dictionary (`METH_VARARGS`).
    ///
    /// Then errors about keywords use the bare name, and a function without named parameters ignores keywords.
    pub const fn takes_tuple(&self) -> bool {
        matches!(self.style, Style::Parsed | Style::Unpacked | Style::Nameless)
    }

    /// Tells whether a call with any keyword raises.
    pub const fn refuses_names(&self) -> bool {
        !self.has_names()
    }

    /// The list of parameters as it is declared.
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The name of a parameter.
    pub(super) fn name(&self, index: usize) -> &'static str {
        let (start, end) = self.names[index];
        &self.text[usize::from(start)..usize::from(end)]
    }

    /// Returns how many positional arguments need no further check: the least number, and how many more.
    pub const fn arity(&self) -> Arity {
        let most = if self.is_variadic { u16::MAX as usize } else { self.positional };
        Arity { least: self.required as u16, more: (most - self.required) as u16 }
    }

    /// Whether any parameter can be given by name.
    pub(super) const fn has_names(&self) -> bool {
        self.total > self.positional_only || self.takes_any_name
    }
}

/// Returns the position of a byte, or of the end of the parameter if that comes first.
const fn end_of(bytes: &[u8], mut at: usize, byte: u8) -> usize {
    while at < bytes.len() && bytes[at] != byte && bytes[at] != b',' {
        at += 1;
    }
    at
}

/// How many values a call by position may have.
#[derive(Clone, Copy, Debug)]
pub struct Arity {
    least: u16,
    more: u16,
}

impl Arity {
    /// The same with `self` in front.
    pub const fn with_self(self) -> Arity {
        Arity { least: self.least + 1, more: self.more }
    }

    /// Whether this many values are neither too few nor too many.
    #[inline(always)]
    pub const fn accepts(self, count: usize) -> bool {
        count.wrapping_sub(self.least as usize) <= self.more as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_every_kind_of_parameter_is_read() {
        let signature = Signature::new("source, /, mode='r', *, flag=False");
        assert_eq!((signature.total, signature.positional_only, signature.positional), (3, 1, 2));
        assert_eq!((signature.required, signature.is_variadic, signature.takes_any_name), (1, false, false));
        assert_eq!([0, 1, 2].map(|index| signature.name(index)), ["source", "mode", "flag"]);
        assert!([1, 2].iter().all(|&count| signature.arity().accepts(count)));
        assert!([0, 3].iter().all(|&count| !signature.arity().accepts(count)));
    }

    #[test]
    fn whatever_is_given_is_taken() {
        let any = Signature::new("*args, **kwargs");
        assert_eq!((any.is_variadic, any.takes_any_name), (true, true));
        assert!([0, 1, 1000].iter().all(|&count| any.arity().accepts(count)));
    }

    #[test]
    fn a_receiver_counts_as_one_more() {
        let arity = Signature::ONE.arity().with_self();
        assert!(arity.accepts(2) && !arity.accepts(0) && !arity.accepts(1) && !arity.accepts(3));
    }
}
