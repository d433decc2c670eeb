//! The tokens, and the part of the lexer that `logos` generates from them.
//!
//! A token is its kind alone; its text is the span's. The layer in `lexer.rs` adds what regular
//! expressions cannot: indentation, brackets, end of file. What begins like a number, a string or
//! a foreign name is finished by hand in `number.rs` and `scan.rs`.

use logos::Logos;

use super::error::SyntaxError;
use super::open_string::OpenString;
use super::{number, scan};

/// What the hand-written callbacks know, and what they leave behind when they refuse a token.
#[derive(Default)]
pub struct Extras {
    /// Why a token was refused.
    pub refused: Option<Box<SyntaxError>>,
    /// The strings with fields that are open, the innermost last.
    pub strings: Vec<OpenString>,
}

/// The kinds of token.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[logos(extras = Extras, skip r"[ \t\x0c]+")]
pub enum Token {
    #[token("False")]
    False,
    #[token("None")]
    None,
    #[token("True")]
    True,
    #[token("and")]
    And,
    #[token("as")]
    As,
    #[token("assert")]
    Assert,
    #[token("async")]
    Async,
    #[token("await")]
    Await,
    #[token("break")]
    Break,
    #[token("class")]
    Class,
    #[token("continue")]
    Continue,
    #[token("def")]
    Def,
    #[token("del")]
    Del,
    #[token("elif")]
    Elif,
    #[token("else")]
    Else,
    #[token("except")]
    Except,
    #[token("finally")]
    Finally,
    #[token("for")]
    For,
    #[token("from")]
    From,
    #[token("global")]
    Global,
    #[token("if")]
    If,
    #[token("import")]
    Import,
    #[token("in")]
    In,
    #[token("is")]
    Is,
    #[token("lambda")]
    Lambda,
    #[token("nonlocal")]
    Nonlocal,
    #[token("not")]
    Not,
    #[token("or")]
    Or,
    #[token("pass")]
    Pass,
    #[token("raise")]
    Raise,
    #[token("return")]
    Return,
    #[token("try")]
    Try,
    #[token("while")]
    While,
    #[token("with")]
    With,
    #[token("yield")]
    Yield,
    /// `type`, where it begins a statement.
    Type,

    #[token("(")]
    OpenParen,
    #[token(")")]
    CloseParen,
    #[token("[")]
    OpenBracket,
    #[token("]")]
    CloseBracket,
    #[token("{")]
    OpenBrace,
    #[token("}")]
    CloseBrace,
    #[token(":")]
    Colon,
    #[token(",")]
    Comma,
    #[token(";")]
    Semicolon,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("|")]
    Bar,
    #[token("&")]
    Ampersand,
    #[token("<")]
    Less,
    #[token(">")]
    Greater,
    #[token("=")]
    Equal,
    #[token(".")]
    Dot,
    #[token("%")]
    Percent,
    #[token("==")]
    EqEqual,
    #[token("!=")]
    NotEqual,
    #[token("<=")]
    LessEqual,
    #[token(">=")]
    GreaterEqual,
    #[token("~")]
    Tilde,
    #[token("^")]
    Caret,
    #[token("<<")]
    LeftShift,
    #[token(">>")]
    RightShift,
    #[token("**")]
    DoubleStar,
    #[token("+=")]
    PlusEqual,
    #[token("-=")]
    MinusEqual,
    #[token("*=")]
    StarEqual,
    #[token("/=")]
    SlashEqual,
    #[token("%=")]
    PercentEqual,
    #[token("&=")]
    AmpersandEqual,
    #[token("|=")]
    BarEqual,
    #[token("^=")]
    CaretEqual,
    #[token("<<=")]
    LeftShiftEqual,
    #[token(">>=")]
    RightShiftEqual,
    #[token("**=")]
    DoubleStarEqual,
    #[token("//")]
    DoubleSlash,
    #[token("//=")]
    DoubleSlashEqual,
    #[token("@")]
    At,
    #[token("@=")]
    AtEqual,
    #[token("->")]
    Arrow,
    #[token("...")]
    Ellipsis,
    #[token(":=")]
    Walrus,

    /// A name, soft keywords included.
    #[regex(r"[a-zA-Z_][a-zA-Z0-9_]*")]
    #[regex(r"(?:[a-zA-Z_][a-zA-Z0-9_]*)?[^\x00-\x7F][a-zA-Z0-9_[^\x00-\x7F]]*", scan::foreign_name)]
    Name,
    /// An integer, a float or an imaginary number.
    #[regex(r"\.?[0-9]", number::finish)]
    Number,
    /// A string or bytes literal with its prefix and quotes.
    #[regex("(?:[rRbBuU]|[bB][rR]|[rR][bB])?['\"]", scan::string)]
    String,
    /// The prefix and the quotes that begin an f-string.
    #[regex("(?:[fF]|[fF][rR]|[rR][fF])['\"]", scan::string_start)]
    FormatStart,
    /// The prefix and the quotes that begin a t-string.
    #[regex("(?:[tT]|[tT][rR]|[rR][tT])['\"]", scan::string_start)]
    TemplateStart,
    /// The mark of a conversion in a field.
    #[token("!")]
    Exclamation,
    /// A printable character, or `<>`, that begins no token; no production has it.
    #[regex(r"[$?`]")]
    #[token("<>")]
    Unknown,

    /// The end of a line; the layer decides whether it counts.
    #[regex(r"\n")]
    Newline,
    /// A comment up to its line end; the layer drops it.
    #[regex(r"#[^\n]*", allow_greedy = true)]
    Comment,
    /// A backslash; the layer looks at what follows.
    #[token("\\")]
    Backslash,

    /// The beginning of a block.
    Indent,
    /// The end of a block.
    Dedent,
    /// The end of the text.
    EndOfText,
    /// Text of an f-string or t-string, as it is written.
    StringMiddle,
    /// The quotes that end an f-string or t-string.
    StringEnd,
    /// The brace that begins a field.
    OpenField,
    /// The soft keyword `match` where it begins a statement.
    Match,
    /// The soft keyword `case` where it begins a clause.
    Case,
    /// The parenthesis around the items of a `with` statement.
    OpenWithItems,
    /// The marker in front of the tokens of a whole file.
    StartModule,
    /// The marker in front of the tokens of one entry of an interactive session.
    StartInteractive,
    /// The marker in front of the tokens of a single expression, as `eval` takes it.
    StartExpression,
}

impl Token {
    /// Returns the closing bracket of an opening one. The quotes around an f-string or t-string are brackets, too.
    pub fn closing(self) -> Option<Token> {
        match self {
            Token::OpenParen | Token::OpenWithItems => Some(Token::CloseParen),
            Token::OpenBracket => Some(Token::CloseBracket),
            Token::OpenBrace | Token::OpenField => Some(Token::CloseBrace),
            Token::FormatStart | Token::TemplateStart => Some(Token::StringEnd),
            _ => Option::None,
        }
    }

    /// Says whether the token closes a bracket.
    pub fn is_closing(self) -> bool {
        matches!(self, Token::CloseParen | Token::CloseBracket | Token::CloseBrace | Token::StringEnd)
    }
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexeme {
    /// Its kind.
    pub token: Token,
    /// Where it stands.
    pub span: crate::source::Span,
}
