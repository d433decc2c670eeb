//! Building parameters: sorting them into their five kinds and checking their order.

use super::literal::NEXT_TOKEN;
use super::{Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

/// One item between the commas of a parameter list.
pub enum ParamItem {
    /// `arg: annotation = default`.
    Named(Param, Option<Expr>),
    /// `/`, and where.
    Slash(u32),
    /// `*` alone, and where.
    BareStar(u32),
    /// `*arg`.
    Vararg(Param),
    /// `**arg`.
    Kwarg(Param),
}

/// An annotation, and where it ends with its parentheses.
pub type Annotation = (Expr, u32);

/// Makes an ordinary parameter.
pub fn param(arg: Identifier, annotation: Option<Annotation>, default: Option<Expr>) -> ParamItem {
    ParamItem::Named(annotated(arg, annotation), default)
}

/// Makes `*arg`.
pub fn vararg(arg: Identifier, annotation: Option<Annotation>) -> ParamItem {
    ParamItem::Vararg(annotated(arg, annotation))
}

/// Makes `**arg`.
pub fn kwarg(arg: Identifier, annotation: Option<Annotation>) -> ParamItem {
    ParamItem::Kwarg(annotated(arg, annotation))
}

fn annotated(arg: Identifier, annotation: Option<Annotation>) -> Param {
    let end = annotation.as_ref().map_or(arg.span.end, |(_, end)| *end);
    let span = Span::new(arg.span.start, end);
    Param { arg, annotation: annotation.map(|(annotation, _)| Box::new(annotation)), span }
}

impl ParamItem {
    /// Returns the span of the star or slash that begins the item: one character, or two for `**`.
    fn span(&self) -> Span {
        match self {
            ParamItem::Named(param, _) => match &param.annotation {
                Some(annotation) => param.arg.span.to(annotation.span),
                None => param.arg.span,
            },
            ParamItem::Slash(at) | ParamItem::BareStar(at) => Span::new(*at, *at + 1),
            ParamItem::Vararg(param) => Span::new(param.arg.span.start - 1, param.arg.span.start),
            ParamItem::Kwarg(param) => Span::new(param.arg.span.start - 2, param.arg.span.start),
        }
    }
}

/// Sorts the items of a parameter list, refusing what stands in the wrong order.
pub fn params(items: Vec<ParamItem>, of_lambda: bool) -> Made<Params> {
    let mut params = Params::default();
    let mut star: Option<Span> = None;
    let mut slash = false;
    let mut items = items.into_iter().peekable();
    while let Some(item) = items.next() {
        let span = item.span();
        if params.kwarg.is_some() {
            return Err(refuse(span, "arguments cannot follow var-keyword argument"));
        }
        match item {
            ParamItem::Named(param, default) if star.is_some() => {
                params.kwonly.push(param);
                params.kw_defaults.push(default);
            }
            ParamItem::Named(param, default) => {
                match default {
                    Some(default) => params.defaults.push(default),
                    None if !params.defaults.is_empty() => {
                        return Err(refuse(
                            span,
                            "parameter without a default follows parameter with a default",
                        ));
                    }
                    None => {}
                }
                params.args.push(param);
            }
            ParamItem::Slash(_) => {
                let message = match () {
                    () if slash => "/ may appear only once",
                    () if star.is_some() => "/ must be ahead of *",
                    () if params.args.is_empty() && items.peek().is_some() => {
                        "at least one argument must precede /"
                    }
                    () if params.args.is_empty() => "invalid syntax",
                    () => {
                        slash = true;
                        params.posonly = std::mem::take(&mut params.args);
                        continue;
                    }
                };
                return Err(refuse(span, message));
            }
            ParamItem::BareStar(_) if star.is_some() && items.peek().is_none() => {
                return Err(refuse(span, "invalid syntax"));
            }
            ParamItem::BareStar(_) | ParamItem::Vararg(_) if star.is_some() => {
                return Err(refuse(span, "* argument may appear only once"));
            }
            ParamItem::BareStar(_) if matches!(items.peek(), Some(ParamItem::Slash(_))) => {
                let slash = items.peek().map_or(span, ParamItem::span);
                return Err(refuse(slash, "/ must be ahead of *"));
            }
            ParamItem::BareStar(_) => {
                let wrong = match items.peek() {
                    Some(ParamItem::Named(..) | ParamItem::BareStar(_) | ParamItem::Vararg(_)) => None,
                    Some(next) if of_lambda => Some(next.span()),
                    None if of_lambda => Some(NEXT_TOKEN),
                    _ => Some(span),
                };
                if let Some(wrong) = wrong {
                    return Err(refuse(wrong, "named arguments must follow bare *"));
                }
                star = Some(span);
            }
            ParamItem::Vararg(param) => {
                star = Some(span);
                params.vararg = Some(param);
            }
            ParamItem::Kwarg(param) => params.kwarg = Some(param),
        }
    }
    Ok(params)
}
