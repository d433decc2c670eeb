//! Parsing a stretch of tokens again, to learn what expression stands there.

use std::cell::Cell;

use super::super::build::{Builder, Failed, NEXT_TOKEN, Parsed, StringPart};
use super::super::error::SyntaxError;
use super::super::grammar::TextParser;
use super::super::token::{Lexeme, Token};
use super::super::tree::Expr;
use super::stumble::Stumble;
use crate::source::Span;

/// 32, so that a hopeless stretch is given up soon.
const MAX_ATTEMPTS: usize = 32;

/// Where an expression is cut off at the latest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// After a list of expressions.
    List,
    /// Before a comma, a colon or an `=`.
    Expr,
    /// As `Expr`, and before every operator that binds less tightly than `|`: comparisons, `not`, `and`, `or`,
    /// `if`.
    Operand,
}

impl Until {
    fn stops(self, token: Token) -> bool {
        match token {
            Token::Newline | Token::Semicolon | Token::Equal | Token::Walrus | Token::EndOfText => true,
            Token::Comma => self != Until::List,
            Token::And
            | Token::Or
            | Token::Not
            | Token::If
            | Token::Else
            | Token::For
            | Token::In
            | Token::Is => self == Until::Operand,
            Token::Less | Token::Greater | Token::EqEqual | Token::NotEqual => self == Until::Operand,
            Token::LessEqual | Token::GreaterEqual | Token::Colon => self == Until::Operand,
            _ => token.is_closing(),
        }
    }
}

/// Parses the tokens `from..to` as an expression; otherwise says how many of them were good.
pub fn parse(stumble: &Stumble<'_>, from: usize, to: usize) -> Result<Expr, usize> {
    let lexemes = &stumble.lexemes[from..to];
    let Some(last) = lexemes.last() else { return Err(0) };
    let start = Lexeme { token: Token::StartExpression, span: Span::at(lexemes[0].span.start) };
    let end = Lexeme { token: Token::EndOfText, span: Span::at(last.span.end) };
    let pulled = Cell::new(0);
    let all = std::iter::once(&start).chain(lexemes).chain(std::iter::once(&end));
    let stream = all.map(|lexeme| {
        pulled.set(pulled.get() + 1);
        Ok((lexeme.span.start, lexeme.token, lexeme.span.end))
    });
    match TextParser::new().parse(&mut Builder::new(stumble.text), stream) {
        Ok(Parsed::Expression(expr)) => Ok(expr),
        // The start marker and the refused token are not counted.
        _ => Err((pulled.get() - 2usize).min(lexemes.len() - 1)),
    }
}

/// Finds the longest expression that begins at a token, and the token after it.
pub fn longest(stumble: &Stumble<'_>, from: usize, until: Until) -> Option<(Expr, usize)> {
    let mut to = from;
    while to < stumble.lexemes.len() && !until.stops(stumble.token(to)) {
        let opens = stumble.token(to).closing().is_some();
        to = if opens { stumble.closing(to).unwrap_or(stumble.lexemes.len()) + 1 } else { to + 1 };
    }
    to = to.min(stumble.lexemes.len());
    for _ in 0..MAX_ATTEMPTS {
        match parse(stumble, from, to) {
            Ok(expr) => return Some((expr, to)),
            Err(0) => return None,
            Err(good) => to = from + good,
        }
    }
    None
}

/// Says whether an expression can be parsed from the tokens `from..to`, and which.
pub fn exactly(stumble: &Stumble<'_>, from: usize, to: usize) -> Option<Expr> {
    parse(stumble, from, to).ok()
}

/// Finds what is wrong inside the strings that end before the refused token.
pub fn strings_before(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let first = (0..at).rev().take_while(|&index| stumble.token(index) == Token::String).last()?;
    let spans = (first..at).map(|index| StringPart::Plain(stumble.span(index))).collect();
    match Builder::new(stumble.text).strings(spans) {
        Err(Failed::User { mut error }) => {
            if error.span == NEXT_TOKEN {
                error.span = stumble.span(at);
            }
            Some(error)
        }
        _ => None,
    }
}
