//! Running the generated parser, and deciding which mistake to report.
//!
//! A mistake in the tokens wins over one of the parser when CPython would find it first or looks
//! for it afterwards; otherwise `diagnose/mod.rs` says what the parser stumbled over.

use std::cell::Cell;

use lalrpop_util::ParseError;

use super::build::{Builder, NEXT_TOKEN, Parsed};
use super::diagnose::{self, Explanation, Stumble};
use super::error::SyntaxError;
use super::grammar::TextParser;
use super::lexer::{Tokens, never_closed};
use super::token::Lexeme;
use crate::source::Span;

/// Parses tokens.
pub fn run(builder: &mut Builder<'_>, tokens: Tokens) -> Result<Parsed, Box<SyntaxError>> {
    let Tokens { lexemes, failure, open_bracket } = tokens;
    let failure = match failure {
        Some(failure) if failure.eager && !failure.in_string => return Err(failure.error),
        failure => failure,
    };
    let eager = failure.as_ref().filter(|failure| failure.eager).map(|failure| failure.error.clone());
    let failure = failure.map(|failure| failure.error);
    let pulled = Cell::new(0);
    let good = lexemes.iter().map(|lexeme| {
        pulled.set(pulled.get() + 1);
        Ok((lexeme.span.start, lexeme.token, lexeme.span.end))
    });
    let stream = good.chain(failure.map(Err));
    let error = match TextParser::new().parse(builder, stream) {
        Ok(parsed) => return Ok(parsed),
        Err(ParseError::User { error }) => error,
        Err(
            ParseError::UnrecognizedToken { expected, .. } | ParseError::UnrecognizedEof { expected, .. },
        ) => {
            let (text, at, looked_past_end) = (builder.text(), pulled.get() - 1, Cell::new(false));
            let stumble =
                Stumble { text, lexemes: &lexemes, at, expected: &expected, open_bracket, looked_past_end };
            match (diagnose::explain(&stumble), eager) {
                (Explanation { has_seen_all_tokens: true, .. }, Some(wrong_token)) => {
                    return Err(wrong_token);
                }
                (Explanation { error, .. }, _) => error,
            }
        }
        Err(ParseError::InvalidToken { .. } | ParseError::ExtraToken { .. }) => {
            unreachable!("the grammar has its own lexer, and ends at the end of the text")
        }
    };
    let last = lexemes[pulled.get() - 1];
    let error = at_next_token(error, last.span);
    Err(unless_unclosed(builder.text(), error, last.span.start, open_bracket))
}

/// Fills in the span of a mistake that is reported at the token after it.
fn at_next_token(mut error: Box<SyntaxError>, next: Span) -> Box<SyntaxError> {
    if error.span == NEXT_TOKEN {
        error.span = next;
    }
    error
}

/// Prefers to say that a bracket on an earlier line was never closed.
fn unless_unclosed(
    text: &str,
    error: Box<SyntaxError>,
    reached: u32,
    open: Option<Lexeme>,
) -> Box<SyntaxError> {
    match open {
        Some(open)
            if reached > open.span.start
                && text[open.span.start as usize..reached as usize].contains('\n') =>
        {
            never_closed(text, &open)
        }
        _ => error,
    }
}
