//! Mistakes in parameter lists.

use super::super::error::SyntaxError;
use super::super::token::Token;
use super::stumble::Stumble;

/// Whose parameters the refused token stands among.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Function,
    Lambda,
}

/// Recognises any of them.
pub fn explain(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let owner = owner(stumble)?;
    let at = stumble.at;
    let at_token = |message: &str| Some(SyntaxError::at(stumble.span(at), message));
    match (stumble.token(at - 1), stumble.token(at)) {
        (Token::Name, Token::Equal) => match stumble.token(at - 2) {
            Token::Star => at_token("var-positional argument cannot have default value"),
            Token::DoubleStar => at_token("var-keyword argument cannot have default value"),
            _ => None,
        },
        (Token::Slash, Token::Star) => at_token("expected comma between / and *"),
        (Token::Equal, Token::Comma | Token::CloseParen) => {
            Some(SyntaxError::at(stumble.span(at - 1), "expected default value expression"))
        }
        (_, Token::OpenParen) => parenthesised(stumble, owner),
        _ => None,
    }
}

/// Finds whose parameters the refused token stands among.
fn owner(stumble: &Stumble<'_>) -> Option<Owner> {
    let at = stumble.at;
    let open = stumble.enclosing(at);
    if let Some(open) = open
        && open >= 2
        && stumble.token(open - 1) == Token::Name
        && stumble.token(open - 2) == Token::Def
    {
        return Some(Owner::Function);
    }
    let first = open.map_or(stumble.line_start(at), |open| open + 1);
    let lambda = (first..at).rev().find(|&index| stumble.token(index) == Token::Lambda)?;
    let same_depth = stumble.enclosing(lambda) == open;
    (same_depth && stumble.find(lambda, at, Token::Colon).is_none()).then_some(Owner::Lambda)
}

/// Recognises parameters between parentheses of their own.
fn parenthesised(stumble: &Stumble<'_>, owner: Owner) -> Option<Box<SyntaxError>> {
    let open = stumble.at;
    let close = stumble.closing(open)?;
    let names_only = (open + 1..close).all(|index| {
        let wanted = if (index - open) % 2 == 1 { Token::Name } else { Token::Comma };
        stumble.token(index) == wanted
    });
    let begins = matches!(stumble.token(open - 1), Token::Comma | Token::OpenParen | Token::Lambda);
    if !names_only || !begins || close == open + 1 {
        return None;
    }
    let whose = if owner == Owner::Lambda { "Lambda expression" } else { "Function" };
    let message = format!("{whose} parameters cannot be parenthesized");
    Some(SyntaxError::at(stumble.range(open, close), message))
}
