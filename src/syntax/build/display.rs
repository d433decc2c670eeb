//! Building what stands between brackets: tuples, lists, dicts, sets and comprehensions.

use super::{Builder, Listing, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

/// One item of a dict display.
pub struct DictItem {
    key: Option<Expr>,
    value: Expr,
    start: u32,
}

impl DictItem {
    /// Makes the item `key: value`.
    pub fn pair(key: Expr, value: Expr) -> Self {
        let start = key.span.start;
        DictItem { key: Some(key), value, start }
    }

    /// Makes the item `**value`, whose stars are at `start`.
    pub fn unpacked(start: u32, value: Expr) -> Self {
        DictItem { key: None, value, start }
    }
}

/// Makes one `for` clause of a comprehension.
pub fn comprehension(is_async: bool, target: Expr, iter: Expr, ifs: Vec<Expr>) -> Comprehension {
    Comprehension { target, iter, ifs, is_async }
}

/// What stands between parentheses, still without its span.
pub enum Grouped {
    /// One expression: the parentheses leave no trace.
    Expr(Expr),
    /// `a, *b`.
    Tuple(Vec<Expr>),
    /// `elt for …`.
    Generator(Expr, Vec<Comprehension>),
}

/// Sorts items between parentheses into one expression or a tuple.
pub fn group(items: Listing<Expr>) -> Made<Grouped> {
    match items.into_only() {
        Ok(only) if matches!(only.kind, ExprKind::Starred { .. }) => {
            Err(refuse(only.span, "cannot use starred expression here"))
        }
        Ok(only) => Ok(Grouped::Expr(only)),
        Err(elts) => Ok(Grouped::Tuple(elts)),
    }
}

impl Builder<'_> {
    /// Makes `()`.
    pub fn empty_tuple(&mut self, l: u32, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Tuple { elts: Vec::new() }, l, r)
    }

    /// Makes what stands between the parentheses at `l` and before `r`.
    pub fn parenthesised(&mut self, l: u32, grouped: Grouped, r: u32) -> Made<Expr> {
        match grouped {
            Grouped::Expr(expr) => Ok(expr),
            Grouped::Tuple(elts) => self.expr(ExprKind::Tuple { elts }, l, r),
            Grouped::Generator(elt, generators) => self.generator(l, elt, generators, r),
        }
    }

    /// Makes `elt for …`.
    pub fn generator(&mut self, l: u32, elt: Expr, generators: Vec<Comprehension>, r: u32) -> Made<Expr> {
        not_unpacked(&elt)?;
        self.expr(ExprKind::GeneratorExp { elt: Box::new(elt), generators }, l, r)
    }

    /// Makes `[a, *b]`.
    pub fn list(&mut self, l: u32, items: Option<Listing<Expr>>, r: u32) -> Made<Expr> {
        let elts = items.map_or_else(Vec::new, |listing| listing.items);
        self.expr(ExprKind::List { elts }, l, r)
    }

    /// Makes `[elt for …]`.
    pub fn list_comp(
        &mut self,
        l: u32,
        elts: Listing<Expr>,
        generators: Vec<Comprehension>,
        r: u32,
    ) -> Made<Expr> {
        let elt = Box::new(only_element(elts)?);
        self.expr(ExprKind::ListComp { elt, generators }, l, r)
    }

    /// Makes `{a, *b}`.
    pub fn set(&mut self, l: u32, elts: Vec<Expr>, r: u32) -> Made<Expr> {
        self.expr(ExprKind::Set { elts }, l, r)
    }

    /// Makes `{elt for …}`.
    pub fn set_comp(
        &mut self,
        l: u32,
        elts: Listing<Expr>,
        generators: Vec<Comprehension>,
        r: u32,
    ) -> Made<Expr> {
        let elt = Box::new(only_element(elts)?);
        self.expr(ExprKind::SetComp { elt, generators }, l, r)
    }

    /// Makes `{key: value, **value}`.
    pub fn dict(&mut self, l: u32, items: Vec<DictItem>, r: u32) -> Made<Expr> {
        let (keys, values) = items.into_iter().map(|item| (item.key, item.value)).unzip();
        self.expr(ExprKind::Dict { keys, values }, l, r)
    }

    /// Makes `{key: value for …}`.
    pub fn dict_comp(
        &mut self,
        l: u32,
        item: DictItem,
        generators: Vec<Comprehension>,
        r: u32,
    ) -> Made<Expr> {
        let Some(key) = item.key else {
            let stars = Span::new(item.start, item.start + 2);
            return Err(refuse(stars, "dict unpacking cannot be used in dict comprehension"));
        };
        let (key, value) = (Box::new(key), Box::new(item.value));
        self.expr(ExprKind::DictComp { key, value, generators }, l, r)
    }
}

/// Returns the element of a comprehension, which must be one and not unpacked.
fn only_element(elts: Listing<Expr>) -> Made<Expr> {
    match elts.into_only() {
        Ok(only) => not_unpacked(&only).map(|()| only),
        Err(elts) => {
            not_unpacked(&elts[0])?;
            let last = elts.last().expect("a listing is never empty").span;
            Err(refuse(elts[0].span.to(last), "did you forget parentheses around the comprehension target?"))
        }
    }
}

/// Refuses `*a` as the element of a comprehension.
fn not_unpacked(elt: &Expr) -> Made<()> {
    match elt.kind {
        ExprKind::Starred { .. } => {
            Err(refuse(elt.span, "iterable unpacking cannot be used in comprehension"))
        }
        _ => Ok(()),
    }
}
