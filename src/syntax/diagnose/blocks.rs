//! Mistakes in how lines and blocks hang together.

use super::super::error::{Columns, End, SyntaxError, SyntaxErrorKind};
use super::super::token::Token;
use super::stumble::Stumble;
use crate::source::Span;

/// Recognises the head of a compound statement without the block below it.
pub fn missing_block(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    if at < 3 || stumble.token(at) == Token::Indent || stumble.token(at - 1) != Token::Newline {
        return None;
    }
    let line = stumble.line_start(at - 1);
    if stumble.token(at - 2) != Token::Colon {
        return None;
    }
    missing_block_of(stumble, line, at)
}

/// Says that the statement whose head is at `line` needs a block where the token `at` stands.
pub fn missing_block_of(stumble: &Stumble<'_>, line: usize, at: usize) -> Option<Box<SyntaxError>> {
    let head = stumble.head(line);
    let what = match stumble.token(head) {
        Token::Def => "function definition".to_owned(),
        Token::Class => "class definition".to_owned(),
        Token::Except if stumble.token(head + 1) == Token::Star => "'except*' statement".to_owned(),
        Token::If | Token::Elif | Token::Else | Token::For | Token::While | Token::With | Token::Try => {
            format!("'{}' statement", stumble.written(head))
        }
        Token::Except | Token::Finally | Token::Match | Token::Case => {
            format!("'{}' statement", stumble.written(head))
        }
        Token::Name if stumble.written(head) == "match" => "'match' statement".to_owned(),
        _ => return None,
    };
    let message = format!("expected an indented block after {what} on line {}", stumble.line_number(head));
    let mut error = SyntaxError::of(SyntaxErrorKind::Indentation, stumble.span(at), message);
    if matches!(stumble.token(at), Token::Dedent | Token::EndOfText) {
        error.columns = Columns::Unknown;
    }
    Some(error)
}

/// Recognises a line that is indented for no reason.
pub fn unexpected_indent(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    if stumble.token(at) != Token::Indent {
        return None;
    }
    let is = |index: usize, word: &str| stumble.token(index) == Token::Name && stumble.written(index) == word;
    if is(stumble.line_start(at - 1), "match") && is(at + 1, "case") {
        return Some(SyntaxError::at(stumble.span(at), "expected ':'"));
    }
    // At the last character of the indentation, as in CPython.
    let place = Span::at(stumble.span(at).end.saturating_sub(1));
    let error = SyntaxError::of(SyntaxErrorKind::Indentation, place, "unexpected indent");
    Some(error.ending(End::Below))
}

/// Recognises a `try` block that nothing follows.
pub fn try_alone(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let alone = stumble.expects("except") && stumble.expects("finally") && !stumble.expects("pass");
    alone.then(|| SyntaxError::at(stumble.span(stumble.at), "expected 'except' or 'finally' block"))
}
