//! The smaller parts of the tree: operators, constants, parameters, clauses and patterns.
//!
//! Named as in CPython's `ast`, like the rest of the tree; see `tree.rs`, which re-exports them.

use std::sync::Arc;

use super::tree::{Expr, Identifier, Name, Stmt};
use crate::source::Span;

/// The value of a literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    /// `None`.
    None,
    /// `True`.
    True,
    /// `False`.
    False,
    /// `...`.
    Ellipsis,
    /// An integer below 2^63.
    Int(i64),
    /// A larger integer, as its digits without underscores and prefix.
    BigInt {
        /// The digits.
        digits: Arc<str>,
        /// Their base: 2, 8, 10 or 16.
        radix: u32,
    },
    /// A float.
    Float(f64),
    /// `1j`: the imaginary part.
    Imaginary(f64),
    /// A complex number with a real part, which no literal has, but a tree that a program has made.
    Complex(f64, f64),
    /// A string in its stored form (`text/stored.rs`), adjacent literals joined.
    Str(Arc<str>),
    /// Bytes, adjacent literals joined.
    Bytes(Arc<[u8]>),
    /// A tuple of constants; likewise of such trees only.
    Tuple(Arc<[Constant]>),
    /// A frozen set of constants; likewise.
    FrozenSet(Arc<[Constant]>),
}

/// `and` or `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BoolOperator {
    And,
    Or,
}

/// An operator between two operands, also of `op=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of CPython's ast")]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

/// An operator before one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of CPython's ast")]
pub enum UnaryOperator {
    Invert,
    Not,
    UAdd,
    USub,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of CPython's ast")]
pub enum CompareOperator {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

/// What an f-string field does to its value before formatting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `!s`.
    Str,
    /// `!r`, also what `=` alone means.
    Repr,
    /// `!a`.
    Ascii,
}

/// The parameters of a function or lambda.
///
/// `defaults` belong to the last of `posonly` then `args`; `kw_defaults` is as long as `kwonly`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params {
    /// Those before `/`.
    pub posonly: Vec<Param>,
    /// The ordinary ones.
    pub args: Vec<Param>,
    /// `*name`.
    pub vararg: Option<Param>,
    /// Those after `*`.
    pub kwonly: Vec<Param>,
    /// The defaults of those after `*`, missing where there is none.
    pub kw_defaults: Vec<Option<Expr>>,
    /// `**name`.
    pub kwarg: Option<Param>,
    /// The defaults of the last positional parameters.
    pub defaults: Vec<Expr>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub arg: Identifier,
    /// What follows its colon.
    pub annotation: Option<Box<Expr>>,
    /// Both, without the star and the default.
    pub span: Span,
}

/// A type parameter: `T: bound = default`, `*Ts = default` or `**P = default`.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeParam {
    /// Its name.
    pub name: Identifier,
    /// Which of the three it is.
    pub kind: TypeParamKind,
    /// What follows its colon; a tuple has constraints.
    pub bound: Option<Expr>,
    /// What follows its equals sign.
    pub default: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// The kinds of type parameters, named as in CPython's `ast`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeParamKind {
    /// `T`.
    TypeVar,
    /// `**P`.
    ParamSpec,
    /// `*Ts`.
    TypeVarTuple,
}

/// `name=value` in a call, or `**value` when there is no name.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// The name, missing for `**value`.
    pub arg: Option<Identifier>,
    /// The value.
    pub value: Expr,
    /// All of it.
    pub span: Span,
}

/// `name as asname` of an import.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// What is imported, with dots; or `*`.
    pub name: Identifier,
    /// What it is bound to.
    pub asname: Option<Identifier>,
    /// All of it.
    pub span: Span,
}

/// `context_expr as optional_vars` of a `with` statement.
#[derive(Clone, Debug, PartialEq)]
pub struct WithItem {
    /// The context manager.
    pub context_expr: Expr,
    /// The target after `as`.
    pub optional_vars: Option<Expr>,
}

/// `except type as name: body`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExceptHandler {
    /// What is caught; missing when everything is.
    pub type_: Option<Expr>,
    /// What the exception is bound to.
    pub name: Option<Identifier>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// All of it.
    pub span: Span,
}

/// `for target in iter if test …` of a comprehension.
#[derive(Clone, Debug, PartialEq)]
pub struct Comprehension {
    /// What each item is bound to.
    pub target: Expr,
    /// Where the items come from.
    pub iter: Expr,
    /// The conditions.
    pub ifs: Vec<Expr>,
    /// Whether it began with `async`.
    pub is_async: bool,
}

/// `case pattern if guard: body`.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchCase {
    /// What must fit.
    pub pattern: Pattern,
    /// The condition.
    pub guard: Option<Expr>,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// A pattern of a `case`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it asks for.
    pub kind: PatternKind,
    /// Where it stands.
    pub span: Span,
    /// Nodes on the longest way down, this one included.
    pub depth: u32,
}

/// The kinds of pattern, named as in CPython's `ast`.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of CPython's ast, and documented there")]
pub enum PatternKind {
    /// A literal or a dotted name, compared by `==`.
    MatchValue { value: Expr },
    /// `None`, `True` or `False`, compared by `is`.
    MatchSingleton { value: Constant },
    /// `[a, *b]` or `a, *b`.
    MatchSequence { patterns: Vec<Pattern> },
    /// `{key: pattern, **rest}`.
    MatchMapping { keys: Vec<Expr>, patterns: Vec<Pattern>, rest: Option<Identifier> },
    /// `cls(patterns, kwd_attrs=kwd_patterns)`.
    MatchClass { cls: Box<Expr>, patterns: Vec<Pattern>, kwd_attrs: Vec<Name>, kwd_patterns: Vec<Pattern> },
    /// `*name`; `*_` has no name.
    MatchStar { name: Option<Identifier> },
    /// `pattern as name`; a capture has no pattern, the wildcard neither.
    MatchAs { pattern: Option<Box<Pattern>>, name: Option<Identifier> },
    /// `a | b`.
    MatchOr { patterns: Vec<Pattern> },
}
