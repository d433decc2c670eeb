//! The one parser of native argument lists: sorts what a call gives into the parameters of a [`Signature`].
//!
//! A call by position with an acceptable number takes no more than a comparison (`Arity::accepts`); all
//! else comes here. Errors are CPython's, in its order: too many, too few by position, missing, given twice,
//! unknown.

use crate::text::suggest::suggest_among;
use crate::value::args::signature::{MOST_PARAMETERS, Signature, Style};
use crate::value::args::{Args, text_of};
use crate::value::raised::{Raised, Run};
use crate::value::value::Value;

/// The arguments of a call by parameter; `None` where nothing was given.
pub type Sorted<'a> = [Option<&'a Value>; MOST_PARAMETERS];

/// The names of a function for error messages.
pub struct Callee<'a> {
    /// The bare name: "append".
    pub name: &'a str,
    /// The name with the class or module: "list.append".
    pub full_name: &'a dyn Fn() -> String,
}

impl Signature {
    /// Assigns the arguments of a call to the `N` parameters. Raises `TypeError` if they do not fit.
    #[inline]
    pub fn bind<'a, const N: usize>(&self, name: &str, args: Args<'a>) -> Run<[Option<&'a Value>; N]> {
        assert!(N == self.total, "every parameter has a place");
        if self.takes(args) {
            return Ok(args.options());
        }
        let sorted = self.sort(&Callee { name, full_name: &|| name.to_owned() }, args)?;
        Ok(std::array::from_fn(|index| sorted[index]))
    }

    /// Raises `TypeError` unless the arguments fit the signature.
    #[inline]
    pub fn check(&self, name: &str, args: Args<'_>) -> Run<()> {
        if self.takes(args) {
            return Ok(());
        }
        self.sort(&Callee { name, full_name: &|| name.to_owned() }, args).map(drop)
    }

    /// Tells whether a call needs no further check: all arguments are by position, neither too few nor too
    /// many.
    #[inline]
    pub const fn takes(&self, args: Args<'_>) -> bool {
        !args.has_keywords() && self.arity().accepts(args.count())
    }

    /// Tells whether arguments are passed on as they are instead of being assigned to parameters.
    pub const fn passes_arguments_through(&self) -> bool {
        self.is_variadic || self.takes_any_name
    }

    /// Assigns the arguments of a call to parameters; those of a function with `*args` or `**kwargs` are only
    /// checked. Raises `TypeError` if they do not fit.
    #[cold]
    #[inline(never)]
    pub fn sort<'a>(&self, callee: &Callee<'_>, args: Args<'a>) -> Run<Sorted<'a>> {
        self.check_count(callee, args)?;
        let mut sorted: Sorted<'a> = [None; MOST_PARAMETERS];
        let by_position = args.count().min(self.positional);
        for (parameter, value) in sorted.iter_mut().zip(&args.positionals()[..by_position]) {
            *parameter = Some(value);
        }
        let mut unused = args.names().len();
        let first = by_position.max(self.positional_only);
        for (index, parameter) in sorted.iter_mut().enumerate().take(self.total).skip(first) {
            *parameter = args.keyword(self.name(index));
            match parameter {
                Some(_) => unused -= 1,
                None if index < self.required && self.style == Style::Direct && unused > 0 => {
                    return Err(self.unusable_name(callee, args));
                }
                None if index < self.required => return Err(self.missing(callee, index)),
                None => {}
            }
        }
        if unused > 0 && !self.takes_any_name {
            return Err(self.unusable_name(callee, args));
        }
        Ok(sorted)
    }

    fn check_count(&self, callee: &Callee<'_>, args: Args<'_>) -> Run<()> {
        let (given, named, name) = (args.count(), args.names().len(), callee.name);
        if !self.has_names() {
            return self.check_unnamed(callee, given, named);
        }
        if self.is_variadic || self.takes_any_name {
            let most = self.total - self.positional;
            if named > most && self.style == Style::Parsed {
                let plural = plural(most);
                return Err(Raised::type_error(format_args!(
                    "{name}() takes at most {most} keyword argument{plural} ({named} given)"
                )));
            }
            if self.is_variadic && given >= self.required
                || (self.required..=self.positional).contains(&given)
            {
                return Ok(());
            }
            return Err(self.expected(name, given));
        }
        if given + named > self.total {
            let (total, plural) = (self.total, plural(self.total));
            let keyword = if given == 0 && self.style != Style::Direct { "keyword " } else { "" };
            let all = given + named;
            return Err(Raised::type_error(format_args!(
                "{name}() takes at most {total} {keyword}argument{plural} ({all} given)"
            )));
        }
        let least = self.required.min(self.positional_only);
        let (quantity, count) = if given > self.positional {
            if self.positional == 0 {
                return Err(Raised::type_error(format_args!("{name}() takes no positional arguments")));
            }
            (if self.required < self.positional { "at most" } else { "exactly" }, self.positional)
        } else if given < least {
            (if least < self.positional { "at least" } else { "exactly" }, least)
        } else {
            return Ok(());
        };
        Err(Raised::type_error(format_args!(
            "{name}() takes {quantity} {count} positional argument{} ({given} given)",
            plural(count)
        )))
    }

    /// Checks the arguments of a function that takes none by name.
    fn check_unnamed(&self, callee: &Callee<'_>, given: usize, named: usize) -> Run<()> {
        let name = callee.name;
        if named > 0 {
            return Err(Raised::type_error(match self.style {
                Style::Wrapper | Style::UnpackedWrapper => {
                    format!("wrapper {name}() takes no keyword arguments")
                }
                _ => format!("{}() takes no keyword arguments", (callee.full_name)()),
            }));
        }
        if given >= self.required && (self.is_variadic || given <= self.positional) {
            return Ok(());
        }
        Err(match (self.style, self.required, self.positional) {
            (Style::ByShape, 0, 0) => Raised::type_error(format_args!(
                "{}() takes no arguments ({given} given)",
                (callee.full_name)()
            )),
            (Style::ByShape, 1, 1) if !self.is_variadic => Raised::type_error(format_args!(
                "{}() takes exactly one argument ({given} given)",
                (callee.full_name)()
            )),
            (Style::ByShape | Style::Unpacked | Style::Direct, ..) => self.expected(name, given),
            (Style::Parsed, _, 0) => Raised::type_error(format_args!("{name}() takes no arguments")),
            (Style::Parsed | Style::Nameless, ..) => {
                let function =
                    if self.style == Style::Parsed { format!("{name}()") } else { "function".to_owned() };
                let (quantity, count) = self.bound(given);
                let quantity = if quantity.is_empty() { "exactly " } else { quantity };
                let plural = plural(count);
                Raised::type_error(format_args!(
                    "{function} takes {quantity}{count} argument{plural} ({given} given)"
                ))
            }
            (Style::UnpackedWrapper, ..) => self.expected(name, given),
            (Style::Wrapper, 1, 2) => {
                Raised::type_error(format_args!("expected 1 or 2 arguments, got {given}"))
            }
            (Style::Wrapper, _, count) => {
                Raised::type_error(format_args!("expected {count} argument{}, got {given}", plural(count)))
            }
        })
    }

    fn expected(&self, name: &str, given: usize) -> Raised {
        let (quantity, count) = self.bound(given);
        Raised::type_error(format_args!(
            "{name} expected {quantity}{count} argument{}, got {given}",
            plural(count)
        ))
    }

    /// Tells which limit a number of arguments exceeds: the words for the message, and the limit.
    fn bound(&self, given: usize) -> (&'static str, usize) {
        if self.required == self.positional && !self.is_variadic {
            ("", self.required)
        } else if given < self.required {
            ("at least ", self.required)
        } else {
            ("at most ", self.positional)
        }
    }

    fn missing(&self, callee: &Callee<'_>, index: usize) -> Raised {
        let (function, name, position) = (callee.name, self.name(index), index + 1);
        Raised::type_error(match self.style {
            Style::Direct => format!("{function}() missing required argument '{name}'"),
            _ => format!("{function}() missing required argument '{name}' (pos {position})"),
        })
    }

    /// Makes the error for a keyword that is no parameter, or whose parameter was given by position.
    fn unusable_name(&self, callee: &Callee<'_>, args: Args<'_>) -> Raised {
        let function = callee.name;
        let twice = (self.positional_only..args.count().min(self.positional))
            .find(|&index| args.keyword(self.name(index)).is_some());
        if let Some(index) = twice.filter(|_| self.style != Style::Direct) {
            let (name, position) = (self.name(index), index + 1);
            return Raised::type_error(format_args!(
                "argument for {function}() given by name ('{name}') and position ({position})"
            ));
        }
        let is_known =
            |name: &&Value| (self.positional_only..self.total).any(|index| text_of(name) == self.name(index));
        let names = args.names();
        let unknown = names.iter().find(|name| !is_known(name)).or(names.last()).map_or("", text_of);
        if self.style == Style::Direct {
            let message = format_args!("'{unknown}' is an invalid keyword argument for {function}()");
            return Raised::type_error(message);
        }
        let parameters = (self.positional_only..self.total).map(|index| self.name(index));
        let suggestion = match suggest_among(unknown, parameters) {
            Some(near) => format!(". Did you mean '{near}'?"),
            None => String::new(),
        };
        Raised::type_error(format_args!(
            "{function}() got an unexpected keyword argument '{unknown}'{suggestion}"
        ))
    }
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
