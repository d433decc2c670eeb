//! Mistakes in the fields of f-strings and t-strings.

use super::super::error::SyntaxError;
use super::super::token::Token;
use super::reparse::{Until, longest};
use super::stumble::Stumble;

/// Recognises any of them.
pub fn explain(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let field = field_around(stumble)?;
    let string = string_around(stumble, field)?;
    let letter = if stumble.token(string) == Token::TemplateStart { 't' } else { 'f' };
    let wrong = |message: &str, index: usize| {
        Some(SyntaxError::at(stumble.span(index), format!("{letter}-string: {message}")))
    };
    let first = field + 1;
    if let Token::Equal | Token::Exclamation | Token::Colon | Token::CloseBrace = stumble.token(first) {
        return wrong(&format!("valid expression required before '{}'", stumble.written(first)), first);
    }
    if let Some(error) = lambda(stumble, first, letter) {
        return Some(error);
    }
    let Some((_, end)) = longest(stumble, first, Until::List) else {
        return wrong("expecting a valid expression after '{'", first);
    };
    let equal = usize::from(stumble.token(end) == Token::Equal);
    let mark = end + equal;
    match stumble.token(mark) {
        Token::Exclamation if matches!(stumble.token(mark + 1), Token::Colon | Token::CloseBrace) => {
            wrong("missing conversion character", mark + 1)
        }
        Token::Exclamation if stumble.token(mark + 1) != Token::Name => {
            wrong("invalid conversion character", mark + 1)
        }
        Token::Exclamation if stumble.token(mark + 2) != Token::Colon => {
            wrong("expecting ':' or '}'", mark + 2)
        }
        Token::Colon | Token::Exclamation => wrong("expecting '}', or format specs", at),
        Token::CloseBrace => None,
        _ if equal == 1 => wrong("expecting '!', or ':', or '}'", mark),
        _ => wrong("expecting '=', or '!', or ':', or '}'", mark),
    }
}

/// Finds the brace of the innermost field that is open where the parser stopped.
fn field_around(stumble: &Stumble<'_>) -> Option<usize> {
    let mut inner = stumble.enclosing(stumble.at)?;
    loop {
        match stumble.token(inner) {
            Token::OpenField => return Some(inner),
            _ => inner = stumble.enclosing(inner)?,
        }
    }
}

/// Recognises a `lambda` without parentheses, whose colon has begun the format spec.
fn lambda(stumble: &Stumble<'_>, first: usize, letter: char) -> Option<Box<SyntaxError>> {
    let lambda = (first..stumble.at).rev().find(|&index| stumble.token(index) == Token::Lambda)?;
    let colon = stumble.find(lambda, stumble.at, Token::Colon)?;
    let message = format!("{letter}-string: lambda expressions are not allowed without parentheses");
    (colon + 1 == stumble.at).then(|| SyntaxError::at(stumble.range(lambda, colon), message))
}

/// Returns the string that holds the field which a token opens, by its index: the token that begins the string.
fn string_around(stumble: &Stumble<'_>, field: usize) -> Option<usize> {
    let mut depth = 0;
    for index in (0..field).rev() {
        let token = stumble.token(index);
        if token == Token::StringEnd {
            depth += 1;
        } else if matches!(token, Token::FormatStart | Token::TemplateStart) {
            if depth == 0 {
                return Some(index);
            }
            depth -= 1;
        }
    }
    None
}
