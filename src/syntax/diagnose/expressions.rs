//! Mistakes inside expressions: two side by side, a missing `else`, `=` for `==`, `print x`.

use super::super::error::SyntaxError;
use super::super::lexer::never_closed;
use super::super::token::Token;
use super::super::tree::ExprKind;
use super::reparse::{Until, exactly, longest};
use super::stumble::{Stumble, begins_expression, ends_operand};
use crate::source::Span;

/// Which operators a run of tokens may contain when it is read backwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// Operators down to `and`, `or`, `not` and comparisons.
    Disjunction,
    /// Only operators that bind at least as tightly as `|`.
    Operand,
}

/// Finds where the operands and operators that end before the token `end` begin.
fn start_of(stumble: &Stumble<'_>, end: usize, within: Within) -> usize {
    let mut start = end;
    while start > 0 {
        let before = start - 1;
        let token = stumble.token(before);
        if start < end && ends_operand(token) && is_operand_alone(stumble.token(start)) {
            break;
        }
        if token.is_closing() {
            match stumble.opening(before) {
                Some(open) => start = open,
                None => return start,
            }
            continue;
        }
        let goes_on = match token {
            Token::Name | Token::Number | Token::String | Token::None | Token::True | Token::False => true,
            Token::Ellipsis | Token::Dot | Token::Await | Token::Bar | Token::Caret | Token::Ampersand => {
                true
            }
            Token::LeftShift | Token::RightShift | Token::Plus | Token::Minus | Token::Tilde => true,
            Token::Slash | Token::DoubleSlash | Token::Percent => true,
            // At the start of a line it decorates.
            Token::At => before > 0 && ends_operand(stumble.token(before - 1)),
            // Otherwise they unpack.
            Token::Star | Token::DoubleStar => before > 0 && ends_operand(stumble.token(before - 1)),
            Token::In => within == Within::Disjunction && !ends_loop_target(stumble, before),
            Token::And | Token::Or | Token::Not | Token::Is | Token::Less | Token::Greater => {
                within == Within::Disjunction
            }
            Token::EqEqual | Token::NotEqual | Token::LessEqual | Token::GreaterEqual => {
                within == Within::Disjunction
            }
            _ => false,
        };
        if !goes_on {
            break;
        }
        start = before;
    }
    start
}

/// Says whether a token is an operand by itself, and not the second of two strings.
fn is_operand_alone(token: Token) -> bool {
    matches!(
        token,
        Token::Name
            | Token::Number
            | Token::None
            | Token::True
            | Token::False
            | Token::Ellipsis
            | Token::Await
    )
}

/// Says whether an `in` belongs to a `for`.
fn ends_loop_target(stumble: &Stumble<'_>, in_at: usize) -> bool {
    let first = stumble.enclosing(in_at).map_or(stumble.line_start(in_at), |open| open + 1);
    for index in (first..in_at).rev() {
        match stumble.token(index) {
            Token::For => return stumble.enclosing(index) == stumble.enclosing(in_at),
            Token::In if stumble.enclosing(index) == stumble.enclosing(in_at) => return false,
            _ => {}
        }
    }
    false
}

/// Says whether a token is the name of a statement of Python 2.
fn is_old_statement(stumble: &Stumble<'_>, index: usize) -> bool {
    stumble.token(index) == Token::Name && matches!(stumble.written(index), "print" | "exec")
}

/// Recognises `print x`.
pub fn print_statement(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    if stumble.token(stumble.at - 1) == Token::Not {
        return print_statement(&stumble.at(stumble.at - 1));
    }
    let name = stumble.at.checked_sub(1)?;
    if !is_old_statement(stumble, name) || start_of(stumble, stumble.at, Within::Disjunction) != name {
        return None;
    }
    if stumble.token(name - 1) == Token::If && stumble.expects("else") {
        return None;
    }
    // Of `print print x` the inner one is wrong first.
    if is_old_statement(stumble, stumble.at) && begins_expression(stumble.token(stumble.at + 1)) {
        return print_statement(&stumble.at(stumble.at + 1));
    }
    let (_, end) = longest(stumble, stumble.at, Until::List)?;
    let word = stumble.written(name);
    let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
    Some(SyntaxError::at(stumble.range(name, end - 1), message))
}

/// Recognises `a if b` without `else`.
pub fn missing_else(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    if !stumble.expects("else") || stumble.token(at) == Token::Colon {
        return None;
    }
    let test = start_of(stumble, at, Within::Disjunction);
    let if_at = test.checked_sub(1).filter(|&before| stumble.token(before) == Token::If)?;
    let body = start_of(stumble, if_at, Within::Disjunction);
    if body == if_at || test == at {
        return None;
    }
    Some(SyntaxError::at(stumble.range(body, at - 1), "expected 'else' after 'if' expression"))
}

/// Says whether an assignment expression may begin after a token.
fn may_name(stumble: &Stumble<'_>, before: usize) -> bool {
    match stumble.token(before) {
        Token::OpenParen | Token::OpenBracket | Token::OpenBrace => true,
        Token::Comma => stumble.enclosing(before).is_some(),
        Token::If | Token::Elif | Token::While | Token::At => stumble.line_start(before) == before,
        _ => false,
    }
}

/// Recognises `=` where `==` or `:=` is meant, and `:=` after what is no name.
pub fn assignment(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    if stumble.token(at) == Token::Walrus {
        let line = stumble.line_start(at);
        let target = exactly(stumble, line, at)?;
        let bare = matches!(target.kind, ExprKind::Name { .. }) && at == line + 1;
        let list = matches!(target.kind, ExprKind::Tuple { .. }) && stumble.token(line) != Token::OpenParen;
        let message = format!("cannot use assignment expressions with {}", target.describe());
        return (!bare && !list).then(|| SyntaxError::at(target.span, message));
    }
    if stumble.token(at) != Token::Equal {
        return None;
    }
    let start = start_of(stumble, at, Within::Operand);
    if start == at || !may_name(stumble, start - 1) {
        return None;
    }
    let (_, end) = longest(stumble, at + 1, Until::Operand)?;
    if matches!(stumble.token(end), Token::Equal | Token::Walrus) {
        return None;
    }
    if stumble.token(start) == Token::Name && start + 1 == at {
        let message = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
        return Some(SyntaxError::at(stumble.range(start, end - 1), message));
    }
    let target = exactly(stumble, start, at)?;
    let is_display =
        matches!(target.kind, ExprKind::List { .. } | ExprKind::Tuple { .. } | ExprKind::GeneratorExp { .. });
    let is_word = matches!(stumble.token(start), Token::True | Token::None | Token::False);
    if is_display || is_word {
        return None;
    }
    let what = target.describe();
    let message = format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?");
    Some(SyntaxError::at(target.span, message))
}

/// Recognises wrong items of a dict display.
pub fn dict_item(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let open = stumble.enclosing(at).filter(|&open| stumble.token(open) == Token::OpenBrace)?;
    let previous = stumble.token(at - 1);
    if previous == Token::Colon && matches!(stumble.token(at), Token::CloseBrace | Token::Comma) {
        let message = "expression expected after dictionary key and ':'";
        return Some(SyntaxError::at(stumble.span(at - 1), message));
    }
    if previous == Token::Colon && stumble.token(at) == Token::Star {
        let (_, end) = longest(stumble, at + 1, Until::Operand)?;
        let message = "cannot use a starred expression in a dictionary value";
        return Some(SyntaxError::at(stumble.range(at, end - 1), message));
    }
    let mut item = open + 1;
    while let Some(comma) = stumble.find(item, at, Token::Comma) {
        item = comma + 1;
    }
    let is_dict =
        stumble.find(open + 1, item, Token::Colon).is_some() || stumble.token(open + 1) == Token::DoubleStar;
    if item == open + 1 || !is_dict || stumble.find(item, at, Token::Colon).is_some() {
        return None;
    }
    let (key, _) = longest(stumble, item, Until::Expr)?;
    let last = Span::at(key.span.end - 1);
    Some(SyntaxError::at(last, "':' expected after dictionary key"))
}

/// Recognises two expressions side by side between brackets.
pub fn missing_comma(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let opens = stumble.token(at - 1) == Token::OpenParen;
    if stumble.token(at) == Token::DoubleStar && opens {
        return Some(SyntaxError::at(stumble.span(at), "cannot use double starred expression here"));
    }
    if !begins_expression(stumble.token(at)) || !ends_operand(stumble.token(at - 1)) {
        return None;
    }
    if let Some(open) = stumble.open_bracket
        && stumble.token(at).closing().is_some()
        && stumble.closing(at).is_none()
    {
        return Some(never_closed(stumble.text, &open));
    }
    let start = start_of(stumble, at, Within::Disjunction);
    let is_name_and_string = stumble.token(start) == Token::Name && stumble.token(start + 1) == Token::String;
    let is_soft_keyword = stumble.token(start) == Token::Name
        && ["match", "case", "type", "_"].contains(&stumble.written(start));
    if start == at || is_name_and_string || is_soft_keyword || in_pattern(stumble) {
        return None;
    }
    if !begins_whole_expression(stumble, start) || stumble.token(start - 1) == Token::Exclamation {
        return None;
    }
    exactly(stumble, start, at)?;
    let (_, end) = longest(stumble, at, Until::Expr)?;
    if !stumble.is_bracketed_after(end - 1) || is_name_of_parameter(stumble, start) {
        return None;
    }
    let message = "invalid syntax. Perhaps you forgot a comma?";
    Some(SyntaxError::at(stumble.range(start, end - 1), message))
}

/// Says whether a whole expression, rather than an operand, is wanted where a token stands.
fn begins_whole_expression(stumble: &Stumble<'_>, start: usize) -> bool {
    let open = stumble.enclosing(start);
    let is_call = open
        .is_some_and(|open| stumble.token(open) == Token::OpenParen && ends_operand(stumble.token(open - 1)));
    match stumble.token(start - 1) {
        Token::In | Token::For => false,
        // The condition of a comprehension.
        Token::If => (open.map_or(0, |open| open + 1)..start)
            .all(|index| stumble.token(index) != Token::For || stumble.enclosing(index) != open),
        Token::Star | Token::DoubleStar => is_call,
        _ => true,
    }
}

/// Says whether the refused token stands in the pattern of a `case`.
fn in_pattern(stumble: &Stumble<'_>) -> bool {
    let line = stumble.line_start(stumble.at);
    stumble.token(line) == Token::Case && stumble.find(line, stumble.at, Token::If).is_none()
}

/// Says whether what begins at a token is a parameter or an imported name, not an expression.
fn is_name_of_parameter(stumble: &Stumble<'_>, start: usize) -> bool {
    let Some(open) = stumble.enclosing(start) else { return false };
    let imports = stumble.token(open - 1) == Token::Import;
    let defines =
        open >= 2 && stumble.token(open - 1) == Token::Name && stumble.token(open - 2) == Token::Def;
    let begins =
        matches!(stumble.token(start - 1), Token::OpenParen | Token::Comma | Token::Star | Token::DoubleStar);
    imports || defines && begins
}
