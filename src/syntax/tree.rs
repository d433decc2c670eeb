//! The syntax tree: a mirror of CPython's `ast` module, same nodes, same field names.
//!
//! What differs: nodes have one span of byte offsets; there is no `ctx`, for where an expression
//! stands says whether it is loaded, stored or deleted; names carry the span they were written at.
//! Every node knows its depth, and no tree is deeper than `depth::MAX_DEPTH`, so the recursive
//! passes and the recursive drop are safe. Patterns and parameters are in `tree_parts.rs`.

use std::sync::Arc;

use super::error::SyntaxWarning;
pub use super::tree_parts::*;
use crate::source::Span;

/// A name, cheap to clone; equal names of one text share one allocation.
pub type Name = Arc<str>;

/// A name and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Identifier {
    /// The name itself.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
}

/// A whole file, or one entry of an interactive session.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The statements, in order.
    pub body: Vec<Stmt>,
    /// The warnings about its literals.
    pub warnings: Vec<SyntaxWarning>,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it does.
    pub kind: StmtKind,
    /// From its first token (`def`, `class` or `async`, not the decorators) to its last.
    pub span: Span,
    /// Nodes on the longest way down, this one included.
    pub depth: u32,
}

/// The kinds of statement, named as in CPython's `ast`.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of CPython's ast, and documented there")]
pub enum StmtKind {
    /// `def name(params): body`, also with `async`.
    FunctionDef(Box<FunctionDef>),
    /// `class name(bases, keywords): body`.
    ClassDef(Box<ClassDef>),
    /// `return value`.
    Return { value: Option<Box<Expr>> },
    /// `del targets`.
    Delete { targets: Vec<Expr> },
    /// `a = b = value`.
    Assign { targets: Vec<Expr>, value: Box<Expr> },
    /// `target op= value`.
    AugAssign { target: Box<Expr>, op: Operator, value: Box<Expr> },
    /// `target: annotation = value`; `simple` when the target is a bare name.
    AnnAssign { target: Box<Expr>, annotation: Box<Expr>, value: Option<Box<Expr>>, simple: bool },
    /// `for target in iter: body else: orelse`.
    For { target: Box<Expr>, iter: Box<Expr>, body: Vec<Stmt>, orelse: Vec<Stmt>, is_async: bool },
    /// `while test: body else: orelse`.
    While { test: Box<Expr>, body: Vec<Stmt>, orelse: Vec<Stmt> },
    /// `if test: body else: orelse`; an `elif` is an `If` alone in `orelse`.
    If { test: Box<Expr>, body: Vec<Stmt>, orelse: Vec<Stmt> },
    /// `with items: body`.
    With { items: Vec<WithItem>, body: Vec<Stmt>, is_async: bool },
    /// `match subject: cases`.
    Match { subject: Box<Expr>, cases: Vec<MatchCase> },
    /// `raise exc from cause`.
    Raise { exc: Option<Box<Expr>>, cause: Option<Box<Expr>> },
    /// `try: body handlers else: orelse finally: finalbody`; `is_star` for `except*`.
    Try(Box<Try>),
    /// `assert test, msg`.
    Assert { test: Box<Expr>, msg: Option<Box<Expr>> },
    /// `type name[type_params] = value`.
    TypeAlias { name: Identifier, type_params: Vec<TypeParam>, value: Box<Expr> },
    /// `import names`.
    Import { names: Vec<Alias> },
    /// `from ..module import names`; `level` counts the dots; the one name `*` imports all.
    ImportFrom { module: Option<Identifier>, names: Vec<Alias>, level: u32 },
    /// `global names`.
    Global { names: Vec<Identifier> },
    /// `nonlocal names`.
    Nonlocal { names: Vec<Identifier> },
    /// An expression on a line of its own.
    Expr { value: Box<Expr> },
    /// `pass`.
    Pass,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
}

/// A function definition.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDef {
    /// Its name.
    pub name: Identifier,
    /// Its parameters.
    pub params: Params,
    /// Its statements, the docstring included.
    pub body: Vec<Stmt>,
    /// Its decorators, outermost first, without the `@`.
    pub decorators: Vec<Expr>,
    /// The annotation after `->`.
    pub returns: Option<Expr>,
    /// Whether it began with `async`.
    pub is_async: bool,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
}

/// A class definition.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDef {
    /// Its name.
    pub name: Identifier,
    /// The positional arguments of its header.
    pub bases: Vec<Expr>,
    /// The keyword arguments of its header.
    pub keywords: Vec<Keyword>,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// Its statements, the docstring included.
    pub body: Vec<Stmt>,
    /// Its decorators, outermost first, without the `@`.
    pub decorators: Vec<Expr>,
}

/// A `try` statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    /// What is tried.
    pub body: Vec<Stmt>,
    /// The `except` clauses.
    pub handlers: Vec<ExceptHandler>,
    /// The `else` clause, or empty.
    pub orelse: Vec<Stmt>,
    /// The `finally` clause, or empty.
    pub finalbody: Vec<Stmt>,
    /// Whether the handlers are `except*`.
    pub is_star: bool,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it computes.
    pub kind: ExprKind,
    /// From its first token to its last, without parentheses around it.
    pub span: Span,
    /// Nodes on the longest way down, this one included.
    pub depth: u32,
}

/// The kinds of expression, named as in CPython's `ast`.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of CPython's ast, and documented there")]
pub enum ExprKind {
    /// `a and b and c`.
    BoolOp { op: BoolOperator, values: Vec<Expr> },
    /// `target := value`; the target is a name.
    NamedExpr { target: Box<Expr>, value: Box<Expr> },
    /// `left op right`.
    BinOp { left: Box<Expr>, op: Operator, right: Box<Expr> },
    /// `op operand`.
    UnaryOp { op: UnaryOperator, operand: Box<Expr> },
    /// `lambda params: body`.
    Lambda { params: Box<Params>, body: Box<Expr> },
    /// `body if test else orelse`.
    IfExp { test: Box<Expr>, body: Box<Expr>, orelse: Box<Expr> },
    /// `{key: value, **value}`; a missing key unpacks the value.
    Dict { keys: Vec<Option<Expr>>, values: Vec<Expr> },
    /// `{a, *b}`.
    Set { elts: Vec<Expr> },
    /// `[elt for …]`.
    ListComp { elt: Box<Expr>, generators: Vec<Comprehension> },
    /// `{elt for …}`.
    SetComp { elt: Box<Expr>, generators: Vec<Comprehension> },
    /// `{key: value for …}`.
    DictComp { key: Box<Expr>, value: Box<Expr>, generators: Vec<Comprehension> },
    /// `(elt for …)`; its span includes the parentheses.
    GeneratorExp { elt: Box<Expr>, generators: Vec<Comprehension> },
    /// `await value`.
    Await { value: Box<Expr> },
    /// `yield value`.
    Yield { value: Option<Box<Expr>> },
    /// `yield from value`.
    YieldFrom { value: Box<Expr> },
    /// `left op comparator op comparator …`.
    Compare { left: Box<Expr>, ops: Vec<CompareOperator>, comparators: Vec<Expr> },
    /// `func(args, keywords)`; `*iterable` is a `Starred` argument, `**mapping` a keyword without name.
    Call { func: Box<Expr>, args: Vec<Expr>, keywords: Vec<Keyword> },
    /// `{value!conversion:format_spec}` of an f-string; the spec is a `JoinedStr`.
    FormattedValue { value: Box<Expr>, conversion: Option<Conversion>, format_spec: Option<Box<Expr>> },
    /// An f-string: constant pieces and `FormattedValue`s.
    JoinedStr { values: Vec<Expr> },
    /// `{value!conversion:format_spec}` of a t-string, with the text of the value.
    Interpolation {
        value: Box<Expr>,
        code: Arc<str>,
        conversion: Option<Conversion>,
        format_spec: Option<Box<Expr>>,
    },
    /// A t-string: constant pieces and `Interpolation`s.
    TemplateStr { values: Vec<Expr> },
    /// A literal.
    Constant { value: Constant },
    /// `value.attr`.
    Attribute { value: Box<Expr>, attr: Identifier },
    /// `value[slice]`.
    Subscript { value: Box<Expr>, slice: Box<Expr> },
    /// `*value`.
    Starred { value: Box<Expr> },
    /// A name.
    Name { id: Name },
    /// `[a, *b]`.
    List { elts: Vec<Expr> },
    /// `(a, *b)`; its span includes the parentheses if there are any.
    Tuple { elts: Vec<Expr> },
    /// `lower:upper:step` between brackets.
    Slice { lower: Option<Box<Expr>>, upper: Option<Box<Expr>>, step: Option<Box<Expr>> },
}
