//! Building calls: arguments of every kind, and the order they must stand in.

use super::{Builder, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

/// One argument of a call or of a class header.
pub enum Argument {
    /// `value` or `*value`.
    Positional(Expr),
    /// `value for …` without parentheses of its own.
    Generator(Expr),
    /// `name=value` or `**value`.
    Keyword(Keyword),
}

/// Makes `**value`.
pub fn double_star_argument(l: u32, value: Expr, r: u32) -> Argument {
    Argument::Keyword(Keyword { arg: None, value, span: Span::new(l, r) })
}

/// Separates positional arguments from keywords and checks their order, pointing at `close`.
pub fn sort(arguments: Vec<Argument>, close: Span) -> Made<(Vec<Expr>, Vec<Keyword>)> {
    let count = arguments.len();
    let (mut args, mut keywords) = (Vec::new(), Vec::<Keyword>::new());
    for argument in arguments {
        match argument {
            Argument::Generator(generator) if count > 1 => {
                return Err(refuse(generator.span, "Generator expression must be parenthesized"));
            }
            Argument::Positional(value) | Argument::Generator(value) => {
                check_order(&value, &keywords, close)?;
                args.push(value);
            }
            Argument::Keyword(keyword) => {
                keywords.push(keyword);
            }
        }
    }
    Ok((args, keywords))
}

/// Refuses a positional argument after certain keywords.
fn check_order(value: &Expr, before: &[Keyword], close: Span) -> Made<()> {
    let unpacked = before.iter().any(|keyword| keyword.arg.is_none());
    let message = match value.kind {
        _ if before.is_empty() => return Ok(()),
        ExprKind::Starred { .. } if unpacked => {
            // From the comma on.
            let span = Span::new(before[before.len() - 1].span.end, value.span.end);
            return Err(refuse(span, "iterable argument unpacking follows keyword argument unpacking"));
        }
        ExprKind::Starred { .. } => return Ok(()),
        _ if unpacked => "positional argument follows keyword argument unpacking",
        _ => "positional argument follows keyword argument",
    };
    Err(refuse(close, message))
}

impl Builder<'_> {
    /// Makes a call; `open` is where its parenthesis opens.
    pub fn call(&mut self, l: u32, func: Expr, open: u32, args: Vec<Argument>, r: u32) -> Made<Expr> {
        let (mut args, keywords) = match args.len() {
            0 => (Vec::new(), Vec::new()),
            1 if matches!(args[0], Argument::Generator(_)) => {
                let (mut args, keywords) = sort(args, Span::at(r - 1))?;
                // The parentheses of the call are those of the generator, too.
                args[0].span = Span::new(open, r);
                (args, keywords)
            }
            _ => sort(args, Span::at(r - 1))?,
        };
        args.shrink_to_fit();
        self.expr(ExprKind::Call { func: Box::new(func), args, keywords }, l, r)
    }

    /// Makes `target := value` as an argument, where CPython does not look at a wrong target.
    pub fn named_argument(
        &mut self,
        l: u32,
        target: Expr,
        walrus: u32,
        value: Expr,
        r: u32,
    ) -> Made<Argument> {
        if !matches!(target.kind, ExprKind::Name { .. }) || target.span.start != l {
            return Err(refuse(Span::new(walrus, walrus + 2), "invalid syntax"));
        }
        Ok(Argument::Positional(self.named_expr(l, target, value, r)?))
    }

    /// Makes `elt for …` standing alone as an argument.
    pub fn bare_generator(
        &mut self,
        l: u32,
        elt: Expr,
        generators: Vec<Comprehension>,
        r: u32,
    ) -> Made<Argument> {
        Ok(Argument::Generator(self.generator(l, elt, generators, r)?))
    }

    /// Sorts the arguments of a class header whose parenthesis closes before `r`.
    ///
    /// A generator expression cannot be the base; only in a call may its parentheses be those of the call.
    pub fn class_arguments(&self, arguments: Vec<Argument>, r: u32) -> Made<(Vec<Expr>, Vec<Keyword>)> {
        if let [Argument::Generator(Expr { kind: ExprKind::GeneratorExp { elt, .. }, .. })] = &arguments[..] {
            let from = elt.span.end;
            let rest = self.written(from, r);
            let word =
                ["async", "for"].into_iter().filter_map(|word| Some((rest.find(word)?, word.len()))).min();
            let (at, length) = word.unwrap_or_default();
            let at = from + at as u32;
            return Err(refuse(Span::new(at, at + length as u32), "invalid syntax"));
        }
        sort(arguments, Span::at(r - 1))
    }

    /// Makes `*value`.
    pub fn star_argument(&mut self, l: u32, value: Expr, r: u32) -> Made<Argument> {
        Ok(Argument::Positional(self.starred(l, value, r)?))
    }

    /// Makes `name=value`; what is not a name is refused.
    pub fn keyword(&mut self, l: u32, name: Expr, value: Expr, r: u32) -> Made<Argument> {
        let span = Span::new(l, r);
        match name.kind {
            ExprKind::Name { id } if name.span.start == l => {
                let arg = Some(Identifier { name: id, span: name.span });
                Ok(Argument::Keyword(Keyword { arg, value, span }))
            }
            ExprKind::Constant { value: Constant::None | Constant::True | Constant::False } => {
                let upto_equal = Span::new(l, self.after_equal(name.span.end));
                Err(refuse(upto_equal, format!("cannot assign to {}", self.written(l, name.span.end))))
            }
            _ => {
                let upto_equal = Span::new(l, self.after_equal(name.span.end));
                Err(refuse(upto_equal, "expression cannot contain assignment, perhaps you meant \"==\"?"))
            }
        }
    }

    /// Returns the offset just past the next `=`.
    fn after_equal(&self, from: u32) -> u32 {
        let rest = &self.text[from as usize..];
        rest.find('=').map_or(from, |at| from + at as u32 + 1)
    }
}
