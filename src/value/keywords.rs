//! Arguments by position or by name, for native functions that take both.

use crate::value::args::Args;
use crate::value::raised::{Raised, Run};
use crate::value::str::Str;
use crate::value::value::Value;

impl<'a> Args<'a> {
    /// Sorts the arguments into the parameters `names`, of which the first `required` must be given.
    ///
    /// Raises `TypeError` in the words of CPython's argument parser.
    pub fn bind<const N: usize>(
        &self,
        function: &str,
        names: [&str; N],
        required: usize,
    ) -> Run<[Option<&'a Value>; N]> {
        self.bind_keyword_only(function, names, N, required)
    }

    /// Like [`Args::bind`], but only the first `positional` parameters can be given by position.
    pub fn bind_keyword_only<const N: usize>(
        &self,
        function: &str,
        names: [&str; N],
        positional: usize,
        required: usize,
    ) -> Run<[Option<&'a Value>; N]> {
        let given = self.count();
        if given > positional || given + self.names().len() > N {
            return Err(too_many(function, given, self.names().len(), positional, N, required));
        }
        let mut bound = [None; N];
        for (parameter, value) in bound.iter_mut().zip(self.positionals()) {
            *parameter = Some(value);
        }
        for (name, value) in self.keywords() {
            let name = name.downcast_ref::<Str>().map_or("", |name| name.as_str());
            match names.iter().position(|known| *known == name) {
                Some(index) if bound[index].is_none() => bound[index] = Some(value),
                Some(index) => {
                    return Err(Raised::type_error(format!(
                        "argument for {function}() given by name ('{name}') and position ({})",
                        index + 1
                    )));
                }
                None => {
                    return Err(Raised::type_error(format!(
                        "'{name}' is an invalid keyword argument for {function}()"
                    )));
                }
            }
        }
        match bound[..required].iter().position(Option::is_none) {
            Some(missing) => Err(Raised::type_error(format!(
                "{function}() missing required argument '{}' (pos {})",
                names[missing],
                missing + 1
            ))),
            None => Ok(bound),
        }
    }
}

#[cold]
fn too_many(
    function: &str,
    given: usize,
    named: usize,
    positional: usize,
    most: usize,
    required: usize,
) -> Raised {
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let quantity = if required == most { "exactly" } else { "at most" };
    Raised::type_error(if given + named > most {
        format!("{function}() takes {quantity} {most} argument{} ({} given)", plural(most), given + named)
    } else if positional == 0 {
        format!("{function}() takes no positional arguments")
    } else {
        let quantity = if required >= positional { "exactly" } else { "at most" };
        format!(
            "{function}() takes {quantity} {positional} positional argument{} ({given} given)",
            plural(positional)
        )
    })
}
