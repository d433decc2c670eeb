//! Where the parser stumbled, and looking around from there.

use std::cell::Cell;

use super::super::token::{Lexeme, Token};
use crate::source::Span;

/// The token at which the parser stopped, with the tokens around it.
pub struct Stumble<'text> {
    /// The text.
    pub text: &'text str,
    /// Its tokens.
    pub lexemes: &'text [Lexeme],
    /// The token that was refused.
    pub at: usize,
    /// The tokens that would have been taken, as the grammar writes them.
    pub expected: &'text [String],
    /// The innermost bracket that is never closed.
    pub open_bracket: Option<Lexeme>,
    /// Whether a token past the last one was asked for.
    pub looked_past_end: Cell<bool>,
}

impl Stumble<'_> {
    /// Returns the same text as if the parser had stopped at another token.
    pub fn at(&self, at: usize) -> Self {
        Stumble { at, looked_past_end: Cell::new(false), ..*self }
    }

    fn lexeme(&self, index: usize) -> Option<&Lexeme> {
        let lexeme = self.lexemes.get(index);
        if lexeme.is_none() {
            self.looked_past_end.set(true);
        }
        lexeme
    }

    /// Returns the kind of the token at an index; `EndOfText` for an index past the last one.
    pub fn token(&self, index: usize) -> Token {
        self.lexeme(index).map_or(Token::EndOfText, |lexeme| lexeme.token)
    }

    /// Returns where a token stands.
    pub fn span(&self, index: usize) -> Span {
        self.lexeme(index).map_or(Span::at(self.text.len() as u32), |lexeme| lexeme.span)
    }

    /// Returns the span from one token to another, both included.
    pub fn range(&self, first: usize, last: usize) -> Span {
        self.span(first).to(self.span(last))
    }

    /// Returns the characters of a token.
    pub fn written(&self, index: usize) -> &str {
        &self.text[self.span(index).range()]
    }

    /// Says whether the parser would have taken a token.
    pub fn expects(&self, token: &str) -> bool {
        self.expected.iter().any(|expected| expected.trim_matches('"') == token)
    }

    /// Returns the first token of the logical line that holds a token.
    pub fn line_start(&self, index: usize) -> usize {
        let begins = |before: usize| {
            matches!(
                self.token(before),
                Token::Newline
                    | Token::Indent
                    | Token::Dedent
                    | Token::StartModule
                    | Token::StartInteractive
                    | Token::StartExpression
            )
        };
        (0..index).rev().find(|&before| begins(before)).map_or(0, |before| before + 1)
    }

    /// Returns the first keyword of a logical line, past an `async`.
    pub fn head(&self, line: usize) -> usize {
        if self.token(line) == Token::Async { line + 1 } else { line }
    }

    /// Returns the bracket that opens what the token at `close` closes.
    pub fn opening(&self, close: usize) -> Option<usize> {
        let mut depth = 0;
        for index in (0..=close).rev() {
            let token = self.token(index);
            depth += usize::from(token.is_closing());
            depth -= usize::from(token.closing().is_some());
            if depth == 0 {
                return Some(index);
            }
        }
        None
    }

    /// Returns the bracket that closes what the token at `open` opens.
    pub fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for index in open..self.lexemes.len() {
            let token = self.token(index);
            depth += usize::from(token.closing().is_some());
            depth -= usize::from(token.is_closing());
            if depth == 0 {
                return Some(index);
            }
        }
        None
    }

    /// Returns the innermost bracket that is open before a token.
    pub fn enclosing(&self, index: usize) -> Option<usize> {
        let mut depth = 0;
        for before in (self.line_start(index)..index).rev() {
            let token = self.token(before);
            if token.is_closing() {
                depth += 1;
            } else if token.closing().is_some() {
                if depth == 0 {
                    return Some(before);
                }
                depth -= 1;
            }
        }
        None
    }

    /// Tells whether a bracket is still open after a token.
    pub fn is_bracketed_after(&self, index: usize) -> bool {
        self.enclosing(index + 1).is_some()
    }

    /// Finds a token at the bracket depth of `from`, before `until`.
    pub fn find(&self, from: usize, until: usize, wanted: Token) -> Option<usize> {
        let mut index = from;
        while index < until {
            let token = self.token(index);
            if token == wanted {
                return Some(index);
            }
            if token.is_closing() {
                return None;
            }
            index = if token.closing().is_some() { self.closing(index)? + 1 } else { index + 1 };
        }
        None
    }

    /// Returns the line, counted from 1, that holds a token.
    pub fn line_number(&self, index: usize) -> usize {
        1 + memchr::memchr_iter(b'\n', &self.text.as_bytes()[..self.span(index).start as usize]).count()
    }
}

/// Says whether an operand can end with a token.
pub fn ends_operand(token: Token) -> bool {
    token.is_closing()
        || matches!(
            token,
            Token::Name
                | Token::Number
                | Token::String
                | Token::None
                | Token::True
                | Token::False
                | Token::Ellipsis
        )
}

/// Says whether an expression can begin with a token.
pub fn begins_expression(token: Token) -> bool {
    matches!(
        token,
        Token::Name
            | Token::Number
            | Token::String
            | Token::FormatStart
            | Token::TemplateStart
            | Token::None
            | Token::True
            | Token::False
            | Token::Ellipsis
            | Token::OpenParen
            | Token::OpenBracket
            | Token::OpenBrace
            | Token::Not
            | Token::Lambda
            | Token::Await
            | Token::Minus
            | Token::Plus
            | Token::Tilde
    )
}
