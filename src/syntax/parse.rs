//! The three ways to parse a text: a file, an entry of a session, an expression.

use super::build::{Builder, Parsed};
use super::error::{Excerpt, SyntaxError, SyntaxWarning};
use super::lexer::{Mode, Tokens, lex};
use super::parser;
use super::token::Token;
use super::tree::{Expr, Module, Stmt, StmtKind};
use crate::source::{SourceText, Span};

/// What an entry of an interactive session turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// The entry is complete; this is its tree.
    Complete(Module),
    /// The entry is a block, which continues until an empty line.
    OpenBlock,
    /// The entry ends inside brackets, inside a string or after a backslash, so it needs more text.
    OpenText,
}

/// Parses a whole file.
pub fn parse_module(source: &SourceText) -> Result<Module, Box<SyntaxError>> {
    let tokens = tokens(source, Mode::Module)?;
    statements(source, tokens)
}

/// Parses one entry of an interactive session, which may want more lines.
pub fn parse_interactive(source: &SourceText) -> Result<Entry, Box<SyntaxError>> {
    let tokens = tokens(source, Mode::Interactive)?;
    if tokens.failure.as_ref().is_some_and(|failure| failure.at_end) {
        return Ok(Entry::OpenText);
    }
    let end = tokens.lexemes.iter().rfind(|lexeme| !is_end(lexeme.token)).map_or(0, |lexeme| lexeme.span.end);
    // An empty line ends a block; one with blanks or a comment does not.
    let mut lines = source.text()[end as usize..].split_inclusive('\n').skip(1);
    let blank_line_follows = lines.any(|line| line.trim_end_matches(['\r', '\n']).is_empty());
    // What is no token is wrong, whatever follows.
    let has_failed = tokens.failure.is_some();
    match statements(source, tokens) {
        Ok(module) if !blank_line_follows && module.body.last().is_some_and(is_compound) => {
            Ok(Entry::OpenBlock)
        }
        Ok(module) => Ok(Entry::Complete(module)),
        Err(error) if !has_failed && !blank_line_follows && error.span.start > end => Ok(Entry::OpenBlock),
        Err(error) => Err(error),
    }
}

/// Parses an expression alone, as `eval` wants it.
pub fn parse_expression(source: &SourceText) -> Result<(Expr, Vec<SyntaxWarning>), Box<SyntaxError>> {
    if source.text().is_empty() {
        // Without a line there is no first one.
        let mut error = SyntaxError::at(Span::at(0), "invalid syntax");
        error.excerpt = Some(Excerpt { text: String::new(), line: 0, offset: 0, end_offset: 0 });
        return Err(error);
    }
    let tokens = tokens(source, Mode::Expression)?;
    let mut builder = Builder::new(source.text());
    match parser::run(&mut builder, tokens)? {
        Parsed::Expression(expr) => Ok((expr, builder.into_warnings())),
        Parsed::Statements(_) => unreachable!("the start marker asks for an expression"),
    }
}

/// Lexes a text.
fn tokens(source: &SourceText, mode: Mode) -> Result<Tokens, Box<SyntaxError>> {
    let text = source.text();
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        return Err(null_byte(source, at as u32));
    }
    Ok(lex(text, Span::new(0, text.len() as u32), mode))
}

/// Refuses a null byte, quoting its line as far as CPython can see it.
fn null_byte(source: &SourceText, at: u32) -> Box<SyntaxError> {
    let line = source.line(at);
    let start = source.line_span(line).start;
    let text = format!("{}\n", source.slice(Span::new(start, at)));
    let mut error = SyntaxError::at(Span::at(at), "source code cannot contain null bytes");
    error.excerpt = Some(Excerpt { text, line, offset: 0, end_offset: 0 });
    error
}

fn statements(source: &SourceText, tokens: Tokens) -> Result<Module, Box<SyntaxError>> {
    let mut builder = Builder::new(source.text());
    match parser::run(&mut builder, tokens)? {
        Parsed::Statements(body) => Ok(Module { body, warnings: builder.into_warnings() }),
        Parsed::Expression(_) => unreachable!("the start marker asks for statements"),
    }
}

/// Says whether a token only ends what stands before it.
fn is_end(token: Token) -> bool {
    matches!(token, Token::Newline | Token::Dedent | Token::EndOfText)
}

/// Tells whether a statement has blocks, and so shares its line with no other.
pub fn is_compound(stmt: &Stmt) -> bool {
    matches!(
        stmt.kind,
        StmtKind::FunctionDef(_)
            | StmtKind::ClassDef(_)
            | StmtKind::For { .. }
            | StmtKind::While { .. }
            | StmtKind::If { .. }
            | StmtKind::With { .. }
            | StmtKind::Match { .. }
            | StmtKind::Try(_)
    )
}
