//! From text to the list of tokens: what `logos` finds, plus lines, blocks and brackets.
//!
//! The whole text is lexed before parsing, because CPython reports a mistake in the tokens even
//! when the parser stumbles earlier. Brackets suspend lines and indentation. The soft keywords
//! are settled afterwards, in `soft_keywords.rs`.

use logos::Logos;

use super::error::{End, SyntaxError, SyntaxErrorKind};
use super::indentation::{Indentation, Step};
use super::scan::wrong_character;
use super::soft_keywords;
use super::token::{Extras, Lexeme, Token};
use crate::source::Span;

/// 200, as CPython's tokenizer allows (CPython: MAXLEVEL).
const MAX_BRACKETS: usize = 200;

/// What is being lexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A whole file.
    Module,
    /// One entry of an interactive session.
    Interactive,
    /// An expression alone.
    Expression,
}

/// Why the list of tokens stops before the end of the text.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong.
    pub error: Box<SyntaxError>,
    /// Whether it is reported even when the parser stumbles earlier.
    pub eager: bool,
    /// Whether it is in an f-string or t-string; what the parser stumbles over is then reported first.
    pub in_string: bool,
    /// Whether the text may only be incomplete, so that an interactive session asks for another line.
    pub at_end: bool,
}

/// The tokens of a text.
#[derive(Debug)]
pub struct Tokens {
    /// The tokens, a start marker first; `EndOfText` is the last one unless there is a failure.
    pub lexemes: Vec<Lexeme>,
    /// Why they stop.
    pub failure: Option<Failure>,
    /// The innermost bracket that was open where they stop.
    pub open_bracket: Option<Lexeme>,
}

/// Lexes the bytes `span` of `text`.
pub fn lex(text: &str, span: Span, mode: Mode) -> Tokens {
    let mut logos = Token::lexer_with_extras(&text[..span.end as usize], Extras::default());
    logos.bump(span.start as usize);
    let start = match mode {
        Mode::Module => Token::StartModule,
        Mode::Interactive => Token::StartInteractive,
        Mode::Expression => Token::StartExpression,
    };
    let lexemes = vec![Lexeme { token: start, span: Span::at(span.start) }];
    let mut lexer = Lexer {
        logos,
        lexemes,
        brackets: Vec::new(),
        indentation: Indentation::default(),
        at_line_start: true,
        measured: false,
    };
    let mut failure = lexer.run().err();
    if let Some(failure) = &mut failure {
        failure.in_string = !lexer.logos.extras.strings.is_empty();
    }
    let open_bracket = lexer.brackets.last().copied();
    let mut lexemes = lexer.lexemes;
    soft_keywords::settle(text, &mut lexemes);
    Tokens { lexemes, failure, open_bracket }
}

/// The state of the lexer. What is inside of f-strings and t-strings is lexed in `string_text.rs`.
pub struct Lexer<'text> {
    /// The generated part.
    pub logos: logos::Lexer<'text, Token>,
    lexemes: Vec<Lexeme>,
    /// The brackets that are open, those around fields included.
    pub brackets: Vec<Lexeme>,
    indentation: Indentation,
    /// Whether the line holds no token so far.
    at_line_start: bool,
    /// Whether the indentation of the line has been measured.
    measured: bool,
}

/// Makes the failure of a mistake that is reported even if the parser stumbles earlier.
pub fn eager(error: Box<SyntaxError>) -> Failure {
    Failure { error, eager: true, in_string: false, at_end: false }
}

/// Makes the failure of a mistake that is reported only if the parser gets that far.
fn lazy(error: Box<SyntaxError>) -> Failure {
    Failure { error, eager: false, in_string: false, at_end: false }
}

impl Lexer<'_> {
    /// Adds a token.
    pub fn push(&mut self, token: Token, span: Span) {
        self.lexemes.push(Lexeme { token, span });
    }

    /// Says whether line ends and indentation count where the lexer stands.
    fn lines_count(&self) -> bool {
        self.brackets.is_empty()
    }

    fn run(&mut self) -> Result<(), Failure> {
        let mut comment = None;
        loop {
            if self.at_line_start && !self.measured && self.lines_count() {
                self.measured = true;
                self.indent()?;
            }
            if self.is_in_string_text() {
                self.string_text()?;
                continue;
            }
            let Some(found) = self.logos.next() else { break };
            let range = self.logos.span();
            let span = Span::new(range.start as u32, range.end as u32);
            match found {
                Ok(Token::Newline) => {
                    if self.lines_count() && !self.at_line_start {
                        self.push(Token::Newline, Span::new(comment.unwrap_or(span.start), span.start));
                        self.at_line_start = true;
                    }
                    comment = None;
                    self.measured = false;
                }
                Ok(Token::Comment) => comment = Some(span.start),
                Ok(Token::Backslash) => self.continuation(span)?,
                Ok(token @ (Token::FormatStart | Token::TemplateStart)) => {
                    self.at_line_start = false;
                    self.push(token, span);
                }
                Ok(Token::Colon | Token::Walrus) if self.is_at_top_of_field() => self.begin_spec(span),
                Ok(token) => {
                    self.at_line_start = false;
                    self.bracket(token, span)?;
                    self.push(token, span);
                }
                Err(()) => return Err(self.refused(span)),
            }
        }
        self.finish(comment)
    }

    /// Measures the indentation of a line and begins or ends blocks.
    fn indent(&mut self) -> Result<(), Failure> {
        let rest = self.logos.remainder();
        let start = self.logos.span().end as u32;
        let (width, column) = self.indentation.measure(rest.as_bytes());
        let first = start + width as u32;
        let Some(column) = column else { return Ok(()) };
        let line_end = rest[width..].find('\n').map_or(rest.len(), |at| width + at);
        let line_end = start + line_end as u32;
        let failure = match self.indentation.step(column) {
            Step::Same => return Ok(()),
            Step::Deeper => {
                self.push(Token::Indent, Span::new(start, first));
                return Ok(());
            }
            Step::Shallower(blocks) => {
                for _ in 0..blocks {
                    self.push(Token::Dedent, Span::at(first));
                }
                return Ok(());
            }
            Step::Unaligned => {
                let message = "unindent does not match any outer indentation level";
                SyntaxError::of(SyntaxErrorKind::Indentation, Span::at(line_end), message).ending(End::Below)
            }
            Step::Inconsistent => {
                let message = "inconsistent use of tabs and spaces in indentation";
                SyntaxError::of(SyntaxErrorKind::Tab, Span::at(start), message).ending(End::Zero)
            }
            Step::TooMany => SyntaxError::of(
                SyntaxErrorKind::Indentation,
                Span::at(start),
                "too many levels of indentation",
            ),
        };
        Err(lazy(failure))
    }

    /// Joins two lines at a backslash.
    fn continuation(&mut self, span: Span) -> Result<(), Failure> {
        match self.logos.remainder().as_bytes().first() {
            Some(b'\n') => {
                self.logos.bump(1);
                if self.logos.remainder().is_empty() {
                    return Err(self.unexpected_end(span));
                }
                Ok(())
            }
            Some(_) => {
                let message = "unexpected character after line continuation character";
                Err(lazy(SyntaxError::at(Span::at(span.start + 1), message).ending(End::Zero)))
            }
            None => Err(self.unexpected_end(span)),
        }
    }

    fn unexpected_end(&self, backslash: Span) -> Failure {
        let error = match self.brackets.last() {
            Some(open) => self.never_closed(open),
            None => {
                SyntaxError::at(Span::at(backslash.end), "unexpected EOF while parsing").ending(End::Below)
            }
        };
        Failure { error, eager: false, in_string: false, at_end: true }
    }

    fn never_closed(&self, open: &Lexeme) -> Box<SyntaxError> {
        never_closed(self.logos.source(), open)
    }

    /// Opens or closes a bracket.
    pub fn bracket(&mut self, token: Token, span: Span) -> Result<(), Failure> {
        if token.closing().is_some() {
            if self.brackets.len() >= MAX_BRACKETS {
                return Err(eager(SyntaxError::at(Span::at(span.start), "too many nested parentheses")));
            }
            self.brackets.push(Lexeme { token, span });
        } else if token.is_closing() {
            let text = self.logos.source();
            let wrong = match self.brackets.pop() {
                Some(open) if open.token.closing() == Some(token) => {
                    if open.token == Token::OpenField {
                        self.end_field();
                    }
                    return Ok(());
                }
                Some(open) => match self.string_with_field(self.brackets.len() + 1) {
                    Some(string) => format!("{}-string: unmatched '{}'", string.letter, &text[span.range()]),
                    None => mismatch(text, open.span, span),
                },
                None => format!("unmatched '{}'", &text[span.range()]),
            };
            return Err(eager(SyntaxError::at(Span::at(span.start), wrong)));
        }
        Ok(())
    }

    /// Makes the error of a token that `logos` or a callback refused.
    fn refused(&mut self, span: Span) -> Failure {
        if let Some(error) = self.logos.extras.refused.take() {
            let at_end = error.message.starts_with("unterminated triple");
            return Failure { at_end, ..eager(error) };
        }
        let c = self.logos.source()[span.start as usize..].chars().next().unwrap_or('\0');
        eager(SyntaxError::at(Span::at(span.start), wrong_character(c)))
    }

    /// Ends the last line, every block, and the list.
    fn finish(&mut self, comment: Option<u32>) -> Result<(), Failure> {
        let end = self.logos.source().len() as u32;
        if let Some(open) = self.brackets.last() {
            return Err(Failure {
                error: self.never_closed(open),
                eager: false,
                in_string: false,
                at_end: true,
            });
        }
        if !self.at_line_start {
            self.push(Token::Newline, Span::new(comment.unwrap_or(end), end));
        }
        for _ in 0..self.indentation.blocks() {
            self.push(Token::Dedent, Span::at(end));
        }
        self.push(Token::EndOfText, Span::at(end));
        Ok(())
    }
}

/// Says that a bracket was never closed.
pub fn never_closed(text: &str, open: &Lexeme) -> Box<SyntaxError> {
    let message = format!("'{}' was never closed", &text[open.span.range()]);
    SyntaxError::at(Span::at(open.span.start), message).ending(End::Zero)
}

/// Says that a closing bracket is of another kind than the opening one.
fn mismatch(text: &str, open: Span, close: Span) -> String {
    let (left, right) = (&text[open.range()], &text[close.range()]);
    let message = format!("closing parenthesis '{right}' does not match opening parenthesis '{left}'");
    if !text[open.start as usize..close.start as usize].contains('\n') {
        return message;
    }
    let line = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..open.start as usize]).count();
    format!("{message} on line {line}")
}
