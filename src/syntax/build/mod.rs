//! What the actions of the grammar call: each makes one node, or refuses with CPython's words.
//!
//! The `Builder` is the parser's only state: the text, and the names seen so far. Spans arrive as
//! two offsets, of the first token's start and of the last token's end.
//!
//! Begin with `Builder` here, then `stmt.rs`.

mod call;
mod compound;
mod display;
mod expr;
mod fstring;
mod literal;
mod params;
mod pattern;
mod stmt;
mod string;
mod target;
mod type_params;

use lalrpop_util::ParseError;
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

pub use call::{Argument, double_star_argument};
pub use compound::{handler, star_handler, with_item, with_item_as};
pub use display::{DictItem, Grouped, comprehension, group};
use literal::first_wrong_escape;

pub use fstring::{FormatString, Piece, StringPart};
pub use literal::NEXT_TOKEN;
pub use params::{Annotation, ParamItem, kwarg, param, params, vararg};
pub use pattern::{MappingItem, PatternArgument, match_case};
pub use stmt::{ImportFrom, alias, without_final_comma};
pub use target::{TargetOf, wrong_part};
pub use type_params::{no_type_params, type_param, type_param_without_bound};

use super::depth::TooDeep;
use super::error::{SyntaxError, SyntaxErrorKind, SyntaxWarning};
use super::token::Token;
use super::tree::*;
use crate::source::Span;

/// How a parse ends early.
pub type Failed = ParseError<u32, Token, Box<SyntaxError>>;

/// What an action that may refuse returns.
pub type Made<T> = Result<T, Failed>;

/// What a parse yields.
pub enum Parsed {
    /// The statements of a file or an entry.
    Statements(Vec<Stmt>),
    /// An expression alone.
    Expression(Expr),
}

/// The state of the parser: the text and the names seen so far.
pub struct Builder<'text> {
    text: &'text str,
    names: FxHashMap<&'text str, Name>,
    /// The warnings about literals.
    warnings: Vec<SyntaxWarning>,
}

/// Items between commas.
pub struct Listing<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether a comma followed the last one.
    pub final_comma: bool,
}

impl<T> Listing<T> {
    /// Makes a list that does not end with a comma.
    pub fn without_final_comma(items: Vec<T>) -> Self {
        Listing { items, final_comma: false }
    }

    /// Makes a list that ends with a comma.
    pub fn with_final_comma(items: Vec<T>) -> Self {
        Listing { items, final_comma: true }
    }

    /// Returns the item if it is one without a comma.
    pub fn into_only(mut self) -> Result<T, Vec<T>> {
        if self.final_comma || self.items.len() != 1 {
            return Err(self.items);
        }
        Ok(self.items.pop().expect("there is one item"))
    }
}

/// Adds an item to a list.
pub fn push<T>(mut list: Vec<T>, item: T) -> Vec<T> {
    list.push(item);
    list
}

/// Adds items to a list.
pub fn append<T>(mut list: Vec<T>, mut items: Vec<T>) -> Vec<T> {
    list.append(&mut items);
    list
}

/// Adds two counts.
pub fn sum(left: u32, right: u32) -> u32 {
    left + right
}

/// Makes the failure of a refused construct.
pub fn refuse(span: Span, message: impl Into<String>) -> Failed {
    ParseError::User { error: SyntaxError::at(span, message) }
}

/// Makes the failure of a tree that would be too deep.
fn too_deep(span: Span) -> Failed {
    let message = "maximum recursion depth exceeded during compilation";
    ParseError::User { error: SyntaxError::of(SyntaxErrorKind::Recursion, span, message) }
}

impl<'text> Builder<'text> {
    /// Makes the state for parsing `text`.
    pub fn new(text: &'text str) -> Self {
        Builder { text, names: FxHashMap::default(), warnings: Vec::new() }
    }

    /// Returns the warnings about literals, in their order.
    pub fn into_warnings(self) -> Vec<SyntaxWarning> {
        self.warnings
    }

    /// Warns of the first backslash in the text `body` that begins no escape.
    fn check_escapes(&mut self, body: Span, is_bytes: bool) {
        // Before a field, the brace that follows is not part of the text.
        let text = &self.text[body.start as usize..];
        let Some((at, shown)) = first_wrong_escape(text, body.range().len(), is_bytes) else { return };
        let kind = if shown.len() == 3 && shown.is_ascii() { "octal " } else { "" };
        let message = format!(
            "\"\\{shown}\" is an invalid {kind}escape sequence. Such sequences will not work in the future. Did you mean \
             \"\\\\{shown}\"? A raw string is also an option."
        );
        let start = body.start + at as u32;
        let span = Span::new(start, start + 1 + shown.len() as u32);
        self.warnings.push(SyntaxWarning { span, message });
    }

    /// Warns of a part of the text.
    pub fn warn(&mut self, span: Span, message: String) {
        self.warnings.push(SyntaxWarning { span, message });
    }

    /// Returns the text being parsed.
    pub fn text(&self) -> &'text str {
        self.text
    }

    /// Returns the characters between two offsets.
    fn written(&self, l: u32, r: u32) -> &'text str {
        &self.text[l as usize..r as usize]
    }

    /// Makes an expression.
    fn expr(&self, kind: ExprKind, l: u32, r: u32) -> Made<Expr> {
        let span = Span::new(l, r);
        Expr::new(kind, span).map_err(|TooDeep| too_deep(span))
    }

    /// Makes a statement.
    pub fn stmt(&self, kind: StmtKind, l: u32, r: u32) -> Made<Stmt> {
        let span = Span::new(l, r);
        Stmt::new(kind, span).map_err(|TooDeep| too_deep(span))
    }

    /// Makes a pattern.
    pub fn pattern(&self, kind: PatternKind, l: u32, r: u32) -> Made<Pattern> {
        let span = Span::new(l, r);
        Pattern::new(kind, span).map_err(|TooDeep| too_deep(span))
    }

    /// Returns the one copy of a name.
    fn intern(&mut self, l: u32, r: u32) -> Name {
        let name = self.written(l, r);
        // As the language has it: names are compared in normal form KC.
        let normal = || if name.is_ascii() { name.into() } else { name.nfkc().collect::<String>().into() };
        self.names.entry(name).or_insert_with(normal).clone()
    }

    /// Makes a name with its span.
    pub fn identifier(&mut self, l: u32, r: u32) -> Identifier {
        Identifier { name: self.intern(l, r), span: Span::new(l, r) }
    }

    /// Joins two parts of a dotted name.
    pub fn dotted(&mut self, left: Identifier, right: Identifier) -> Identifier {
        let name = format!("{}.{}", left.name, right.name).into();
        Identifier { name, span: left.span.to(right.span) }
    }
}
