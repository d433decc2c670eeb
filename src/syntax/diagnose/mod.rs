//! Saying what the parser stumbled over, in CPython's words.
//!
//! The generated parser only knows the token it could not take and those it could have. From that
//! and the tokens around, each file here recognises one family of common mistakes; what none of
//! them knows is "invalid syntax". Read `explain` first.

mod blocks;
mod clauses;
mod expressions;
mod fields;
mod misplaced;
mod params;
mod reparse;
mod stumble;

pub use stumble::Stumble;

use super::error::{Columns, SyntaxError};
use super::token::Token;

/// Recognises the mistakes of one family.
type Family = fn(&Stumble<'_>) -> Option<Box<SyntaxError>>;

/// The families of mistakes, in the order in which they are looked for.
const FAMILIES: [Family; 18] = [
    blocks::missing_block,
    blocks::unexpected_indent,
    blocks::try_alone,
    misplaced::prefixes,
    misplaced::elif_after_else,
    misplaced::import_from,
    reparse::strings_before,
    misplaced::argument_value,
    params::explain,
    expressions::print_statement,
    misplaced::not_after_operator,
    misplaced::statement_for_expression,
    expressions::missing_else,
    expressions::assignment,
    expressions::dict_item,
    expressions::missing_comma,
    fields::explain,
    clauses::explain,
];

/// Why the parser refused a token.
pub struct Explanation {
    /// What to say.
    pub error: Box<SyntaxError>,
    /// Whether all tokens had to be looked at, so that a mistake in the tokens is reported instead.
    pub has_seen_all_tokens: bool,
}

/// Explains why the parser refused a token.
pub fn explain(stumble: &Stumble<'_>) -> Explanation {
    let found = FAMILIES.iter().find_map(|family| {
        stumble.looked_past_end.set(false);
        family(stumble)
    });
    let has_seen_all_tokens = stumble.looked_past_end.get();
    let generic = match stumble.token(stumble.at) {
        Token::Unknown if stumble.written(stumble.at) == "<>" => {
            "invalid syntax.  Maybe you meant '!=' instead of '<>'?"
        }
        _ => "invalid syntax",
    };
    let mut error = found.unwrap_or_else(|| SyntaxError::at(stumble.span(stumble.at), generic));
    // Where a text or a block ends there is no character to point at.
    if matches!(stumble.token(stumble.at), Token::Dedent | Token::EndOfText)
        && error.span == stumble.span(stumble.at)
    {
        error.columns = Columns::Unknown;
    }
    Explanation { error, has_seen_all_tokens }
}
