//! Which `match`, `case` and `type` are keywords, and which parentheses hold the items of a `with`.
//!
//! One pass over the tokens settles that by looking ahead, so that the grammar needs to guess
//! nothing. `match` is a keyword when it begins a line that ends in a colon and the block below
//! begins with `case`; `case` is one when it begins a line directly in such a block; `type` is one before a name and `=`
//! or a bracket.

use super::token::{Lexeme, Token};

/// Rewrites the tokens that mean something else than they look like.
pub fn settle(text: &str, lexemes: &mut [Lexeme]) {
    // For every open block, whether it is that of a `match`.
    let mut blocks = Vec::new();
    let mut match_block_next = false;
    let mut line_begins = true;
    for at in 0..lexemes.len() {
        let lexeme = lexemes[at];
        match lexeme.token {
            Token::Indent => blocks.push(std::mem::take(&mut match_block_next)),
            Token::Dedent => {
                blocks.pop();
            }
            Token::Name if &text[lexeme.span.range()] == "type" && begins_alias(&lexemes[at + 1..]) => {
                lexemes[at].token = Token::Type;
            }
            Token::Name if line_begins => {
                let name = &text[lexeme.span.range()];
                if name == "case" && blocks.last() == Some(&true) {
                    lexemes[at].token = Token::Case;
                } else if name == "match" && begins_match(text, &lexemes[at..]) {
                    lexemes[at].token = Token::Match;
                    match_block_next = true;
                } else if name == "type" && lexemes.get(at + 1).map(|next| next.token) == Some(Token::Name) {
                    lexemes[at].token = Token::Type;
                }
            }
            Token::With if holds_items(&lexemes[at + 1..]) => lexemes[at + 1].token = Token::OpenWithItems,
            _ => {}
        }
        line_begins = matches!(
            lexeme.token,
            Token::Newline | Token::Indent | Token::Dedent | Token::StartModule | Token::StartInteractive
        );
    }
}

/// Says whether a line that begins with `match` is the head of a `match` statement.
fn begins_match(text: &str, line: &[Lexeme]) -> bool {
    // Most lines that begin with the name use it as one; these tokens cannot begin a subject.
    if matches!(
        line.get(1).map(|next| next.token),
        Some(Token::Equal | Token::Dot | Token::Comma | Token::Colon)
    ) {
        return false;
    }
    let Some(end) = line.iter().position(|lexeme| lexeme.token == Token::Newline) else { return false };
    let follows = |offset: usize, token| line.get(end + offset).is_some_and(|lexeme| lexeme.token == token);
    line[end - 1].token == Token::Colon
        && follows(1, Token::Indent)
        && follows(2, Token::Name)
        && &text[line[end + 2].span.range()] == "case"
}

/// Says whether what follows `type` is the rest of a `type` statement: nowhere else do two names follow one another.
fn begins_alias(lexemes: &[Lexeme]) -> bool {
    let token = |at: usize| lexemes.get(at).map(|lexeme| lexeme.token);
    token(0) == Some(Token::Name) && matches!(token(1), Some(Token::Equal | Token::OpenBracket))
}

/// Says whether what follows `with` is a parenthesised list of items rather than an expression.
fn holds_items(lexemes: &[Lexeme]) -> bool {
    if lexemes.first().map(|lexeme| lexeme.token) != Some(Token::OpenParen) {
        return false;
    }
    let (mut depth, mut lambdas) = (0, 0);
    let (mut has_as, mut has_comma, mut is_tuple) = (false, false, false);
    for (at, lexeme) in lexemes.iter().enumerate() {
        match lexeme.token {
            Token::Newline => return false,
            token if token.closing().is_some() => depth += 1,
            token if token.is_closing() => {
                depth -= 1;
                if depth == 0 {
                    let colon_follows = lexemes.get(at + 1).is_some_and(|next| next.token == Token::Colon);
                    return has_as || colon_follows && has_comma && !is_tuple;
                }
            }
            _ if depth != 1 => {}
            Token::As => has_as = true,
            Token::Lambda => lambdas += 1,
            Token::Colon => lambdas -= 1,
            _ if lambdas > 0 => {}
            Token::Comma => has_comma = true,
            Token::Walrus | Token::For | Token::Yield => is_tuple = true,
            Token::Star if matches!(lexemes[at - 1].token, Token::Comma | Token::OpenParen) => {
                is_tuple = true
            }
            _ => {}
        }
    }
    // The parenthesis is never closed; what is said about that depends on what it was.
    has_as
}
