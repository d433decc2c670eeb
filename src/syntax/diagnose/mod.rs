//! Saying what the parser stumbled over, in CPython's words.
//!
//! The generated parser only knows the token it could not take and those it could have. From that
//! and the tokens around, each file here recognises one family of common mistakes; what none of
//! them knows is "invalid syntax". Read `explain` first.

mod blocks;
mod clauses;
mod expressions;
mod params;
mod reparse;
mod stumble;

pub use stumble::Stumble;

use super::error::{Columns, SyntaxError};
use super::token::Token;

/// Explains why the parser refused a token.
pub fn explain(stumble: &Stumble<'_>) -> Box<SyntaxError> {
    let mut error = blocks::missing_block(stumble)
        .or_else(|| blocks::unexpected_indent(stumble))
        .or_else(|| blocks::try_alone(stumble))
        .or_else(|| reparse::strings_before(stumble))
        .or_else(|| params::explain(stumble))
        .or_else(|| expressions::print_statement(stumble))
        .or_else(|| expressions::missing_else(stumble))
        .or_else(|| expressions::assignment(stumble))
        .or_else(|| expressions::dict_item(stumble))
        .or_else(|| expressions::missing_comma(stumble))
        .or_else(|| clauses::explain(stumble))
        .unwrap_or_else(|| SyntaxError::at(stumble.span(stumble.at), "invalid syntax"));
    // Where a text or a block ends there is no character to point at.
    if matches!(stumble.token(stumble.at), Token::Dedent | Token::EndOfText)
        && error.span == stumble.span(stumble.at)
    {
        error.columns = Columns::Unknown;
    }
    error
}
