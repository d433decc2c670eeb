//! Things in a wrong place: prefixes of strings that exclude each other, `not` after an operator, statements where
//! expressions belong, `elif` after `else`, `import` before `from`.

use super::super::error::SyntaxError;
use super::super::token::Token;
use super::reparse::{Until, longest};
use super::stumble::{Stumble, ends_operand};
use crate::source::Span;

/// The pairs of letters that cannot stand in one prefix, in the order in which they are looked for.
const INCOMPATIBLE: [(char, char); 7] =
    [('u', 'b'), ('u', 'r'), ('u', 'f'), ('u', 't'), ('b', 'f'), ('b', 't'), ('f', 't')];

/// Recognises a prefix of letters that are all prefixes, but not together.
pub fn prefixes(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let name = stumble.at.checked_sub(1)?;
    let is_string =
        matches!(stumble.token(stumble.at), Token::String | Token::FormatStart | Token::TemplateStart);
    if !is_string || stumble.token(name) != Token::Name {
        return None;
    }
    let span = stumble.span(name);
    // The letters of the prefix that the token itself begins with belong to it, too.
    let quote = stumble.text[span.end as usize..].find(['"', '\''])?;
    if stumble.span(stumble.at).start != span.end {
        return None;
    }
    let span = Span::new(span.start, span.end + quote as u32);
    let prefix = stumble.text[span.range()].to_ascii_lowercase();
    let is_prefix =
        prefix.chars().enumerate().all(|(at, c)| "bruft".contains(c) && !prefix[..at].contains(c));
    if !is_prefix {
        return None;
    }
    let (left, right) =
        INCOMPATIBLE.into_iter().find(|(left, right)| prefix.contains(*left) && prefix.contains(*right))?;
    Some(SyntaxError::at(span, format!("'{left}' and '{right}' prefixes are incompatible")))
}

/// Recognises `not` as the right operand of an arithmetic operator.
pub fn not_after_operator(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let operator = stumble.token(at.checked_sub(1)?);
    let is_operator = match operator {
        Token::Plus | Token::Minus | Token::Tilde => true,
        Token::Star | Token::Slash | Token::Percent | Token::DoubleSlash | Token::At => {
            at >= 2 && ends_operand(stumble.token(at - 2))
        }
        _ => false,
    };
    if stumble.token(at) != Token::Not || !is_operator {
        return None;
    }
    let (_, end) = longest(stumble, at + 1, Until::Operand)?;
    Some(SyntaxError::at(stumble.range(at, end - 1), "'not' after an operator must be parenthesized"))
}

/// Recognises a statement on either side of a conditional expression.
pub fn statement_for_expression(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let before = at.checked_sub(1)?;
    if stumble.token(before) == Token::Else && stumble.line_start(at) != before {
        let message = "expected expression after 'else', but statement is given";
        return (stumble.token(at) != Token::Colon).then(|| SyntaxError::at(stumble.span(at), message));
    }
    let is_statement = matches!(stumble.token(at), Token::Pass | Token::Break | Token::Continue);
    if is_statement && stumble.token(at + 1) == Token::If && stumble.line_start(at) != at {
        let message = "expected expression before 'if', but statement is given";
        return Some(SyntaxError::at(stumble.span(at), message));
    }
    None
}

/// Recognises `elif` after the block of an `else`.
pub fn elif_after_else(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    if stumble.token(stumble.at) != Token::Elif {
        return None;
    }
    let mut depth = 0;
    let mut index = stumble.at.checked_sub(1)?;
    // Back over the block, if it is one of several lines, to the line that it hangs on.
    while matches!(stumble.token(index), Token::Dedent) || depth > 0 {
        match stumble.token(index) {
            Token::Dedent => depth += 1,
            Token::Indent => depth -= 1,
            _ => {}
        }
        index = index.checked_sub(1)?;
    }
    let head = stumble.line_start(index);
    let message = "'elif' block follows an 'else' block";
    (stumble.token(head) == Token::Else).then(|| SyntaxError::at(stumble.span(stumble.at), message))
}

/// Recognises `import a from b`.
pub fn import_from(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let line = stumble.line_start(at);
    if stumble.token(at) != Token::From || stumble.token(line) != Token::Import {
        return None;
    }
    let is_names = |from: usize, to: usize, comma: bool| {
        (from..to).all(|index| {
            let token = stumble.token(index);
            matches!(token, Token::Name | Token::Dot) || comma && token == Token::Comma
        })
    };
    let end = (at + 1..).find(|&index| !matches!(stumble.token(index), Token::Name | Token::Dot))?;
    if !is_names(line + 1, at, true) || end == at + 1 {
        return None;
    }
    // CPython points to where it has read, which is past the token behind.
    let behind = stumble.span(end);
    let until = behind.end.max(behind.start + 1) - 1;
    let span = Span::new(stumble.span(line).start, until);
    Some(SyntaxError::at(span, "Did you mean to use 'from ... import ...' instead?"))
}

/// Recognises `f(a=)` and `f(*a=b)`.
pub fn argument_value(stumble: &Stumble<'_>) -> Option<Box<SyntaxError>> {
    let at = stumble.at;
    let open = stumble.enclosing(at).filter(|&open| stumble.token(open) == Token::OpenParen && open > 0)?;
    let is_call =
        ends_operand(stumble.token(open - 1)) && !(open > 1 && matches!(stumble.token(open - 2), Token::Def));
    if !is_call {
        return None;
    }
    let begins_argument = |index: usize| matches!(stumble.token(index), Token::OpenParen | Token::Comma);
    if matches!(stumble.token(at), Token::Comma | Token::CloseParen)
        && stumble.token(at - 1) == Token::Equal
        && stumble.token(at - 2) == Token::Name
        && begins_argument(at - 3)
    {
        return Some(SyntaxError::at(stumble.range(at - 2, at - 1), "expected argument value expression"));
    }
    if stumble.token(at) != Token::Equal {
        return None;
    }
    let star = (open + 1..at).rev().find(|&index| begins_argument(index - 1))?;
    let what = match stumble.token(star) {
        Token::Star => "iterable",
        Token::DoubleStar => "keyword",
        _ => return None,
    };
    let (_, end) = longest(stumble, at + 1, Until::Expr)?;
    let message = format!("cannot assign to {what} argument unpacking");
    Some(SyntaxError::at(stumble.range(star, end - 1), message))
}
