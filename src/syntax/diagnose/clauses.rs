//! Mistakes in the heads of compound statements, and in loops and handlers.

use super::super::build::{TargetOf, wrong_part};
use super::super::error::SyntaxError;
use super::super::token::Token;
use super::super::tree::ExprKind;
use super::blocks::missing_block_of;
use super::reparse::{Until, exactly, longest};
use super::stumble::Stumble;
use crate::source::Span;

/// Recognises any of them.
pub fn explain(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let line = stumble.line_start(stumble.at);
    let head = stumble.head(line);
    import_names(stumble, line)
        .or_else(|| loop_target(stumble))
        .or_else(|| handler_types(stumble, head))
        .or_else(|| match_without_case(stumble, line))
        .or_else(|| missing_colon(stumble, head))
        .or_else(|| annotation(stumble, line))
}

/// Recognises an import of nothing, and one under what is no name.
fn import_names(stumble: &Stumble<'_>, line: usize) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    if !matches!(stumble.token(line), Token::Import | Token::From) {
        return None;
    }
    if stumble.token(at) == Token::Newline && stumble.token(at - 1) == Token::Import {
        return Some(SyntaxError::at(stumble.span(at), "Expected one or more names after 'import'"));
    }
    let as_at = (line..at).rev().find(|&index| stumble.token(index) == Token::As)?;
    let (target, end) = longest(stumble, as_at + 1, Until::Operand)?;
    let ends = matches!(stumble.token(end), Token::Comma | Token::CloseParen | Token::Newline);
    if !ends || end < at || matches!(target.kind, ExprKind::Name { .. }) {
        return None;
    }
    let message = format!("cannot use {} as import target", target.describe());
    Some(SyntaxError::at(target.span, message))
}

/// Recognises a head that does not end in a colon.
fn missing_colon(stumble: &Stumble<'_>, head: usize) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let expected = |message: &str, index: usize| Some(SyntaxError::at(stumble.span(index), message));
    let ends_line = stumble.token(at) == Token::Newline;
    // Where brackets after the name hold no type parameters there should have been a parenthesis.
    let bracket = (stumble.token(head) == Token::Def).then_some(head + 2);
    let bracket = bracket.filter(|&open| open < at && stumble.token(open) == Token::OpenBracket);
    if let Some(open) = bracket {
        let closing = stumble.closing(open).filter(|&closing| closing < at);
        let Some(closing) = closing else { return expected("expected '('", open) };
        if at == closing + 1 {
            return expected("expected '('", at);
        }
    }
    if stumble.find(head, at, Token::Colon).is_some() {
        return None;
    }
    match stumble.token(head) {
        Token::Def if at == head + 2 => expected("expected '('", at),
        Token::Def if stumble.token(at - 1) == Token::Arrow => expected("expected ':'", at - 1),
        Token::Def if stumble.expects(":") && stumble.enclosing(at).is_none() => expected("expected ':'", at),
        Token::Else | Token::Try | Token::Finally if at == head + 1 => expected("expected ':'", at),
        Token::If | Token::Elif | Token::While | Token::For | Token::With | Token::Class
            if ends_line && stumble.expects(":") =>
        {
            expected("expected ':'", at)
        }
        Token::Except if ends_line && (stumble.expects(":") || at == head + 1) => {
            expected("expected ':'", at)
        }
        Token::Match | Token::Case if ends_line && stumble.expects(":") => expected("expected ':'", at),
        _ => None,
    }
}

/// Recognises a `match` whose line or block is not that of a `match` statement.
fn match_without_case(stumble: &Stumble<'_>, line: usize) -> Option<Box<SyntaxError>> {
    let is_match = stumble.token(line) == Token::Name && stumble.written(line) == "match";
    if !is_match || stumble.at == line {
        return None;
    }
    let starred = usize::from(stumble.token(line + 1) == Token::Star);
    let (_, end) = longest(stumble, line + 1 + starred, Until::List)?;
    let at_colon = stumble.token(end) == Token::Colon && stumble.at == end + 1;
    if stumble.at != line + 1 && !at_colon {
        return None;
    }
    match (stumble.token(end), stumble.token(end + 1), stumble.token(end + 2)) {
        (Token::Newline, _, _) => Some(SyntaxError::at(stumble.span(end), "expected ':'")),
        (Token::Colon, Token::Newline, Token::Indent) => {
            Some(SyntaxError::at(stumble.span(end + 3), "invalid syntax"))
        }
        (Token::Colon, Token::Newline, _) => missing_block_of(stumble, line, end + 2),
        (Token::Colon, _, _) => Some(SyntaxError::at(stumble.span(end + 1), "invalid syntax")),
        _ => Some(SyntaxError::at(stumble.span(end), "invalid syntax")),
    }
}

/// Recognises a `for` over something that cannot be assigned to.
fn loop_target(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let line = stumble.line_start(at);
    let for_at = (line..at).rev().find(|&index| stumble.token(index) == Token::For)?;
    if stumble.enclosing(for_at) != stumble.enclosing(at) || stumble.find(for_at, at, Token::In).is_some() {
        return None;
    }
    let (target, end) = longest(stumble, for_at + 1, Until::List)?;
    let Some(part) = wrong_part(&target, TargetOf::For) else {
        let missing = end == at && stumble.enclosing(at).is_some();
        return missing.then(|| SyntaxError::at(stumble.span(at), "'in' expected after for-loop variables"));
    };
    Some(SyntaxError::at(part.span, format!("cannot assign to {}", part.describe())))
}

/// Recognises wrong lists of exception types after `except`.
fn handler_types(stumble: &Stumble<'_>, head: usize) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    if stumble.token(head) != Token::Except {
        return None;
    }
    let star = stumble.token(head + 1) == Token::Star;
    if star && at == head + 2 && matches!(stumble.token(at), Token::Colon | Token::Newline) {
        return Some(SyntaxError::at(stumble.span(at), "expected one or more exception types"));
    }
    let first = head + 1 + usize::from(star);
    if let Some(error) = handler_target(stumble, first, star) {
        return Some(error);
    }
    let colon = stumble.find(head, stumble.lexemes.len(), Token::Colon)?;
    if stumble.token(at) != Token::As || stumble.find(at, colon, Token::Newline).is_some() {
        return None;
    }
    exactly(stumble, first, at)?;
    let span = Span::new(stumble.span(first).start, stumble.span(colon - 1).end);
    Some(SyntaxError::at(span, "multiple exception types must be parenthesized when using 'as'"))
}

/// Recognises an `as` whose target is no name.
fn handler_target(stumble: &Stumble<'_>, first: usize, star: bool) -> Option<Box<SyntaxError>> {
    let as_at = stumble.find(first, stumble.at, Token::As)?;
    let (target, end) = longest(stumble, as_at + 1, Until::Operand)?;
    if stumble.token(end) != Token::Colon || matches!(target.kind, ExprKind::Name { .. }) {
        return None;
    }
    let word = if star { "except*" } else { "except" };
    let message = format!("cannot use {word} statement with {}", target.describe());
    Some(SyntaxError::at(target.span, message))
}

/// Recognises a colon after what cannot be annotated, at the end of a line.
fn annotation(stumble: &Stumble<'_>, line: usize) -> Option<Box<SyntaxError>> {
    let colon = stumble.at - 1;
    if stumble.token(colon) != Token::Colon || colon <= line {
        return None;
    }
    let target = exactly(stumble, line, colon)?;
    let can_be = matches!(
        target.kind,
        ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
    );
    (!can_be).then(|| SyntaxError::at(stumble.span(colon), "invalid syntax"))
}
