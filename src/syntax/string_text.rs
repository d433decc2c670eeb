//! Lexing f-strings and t-strings: the text between fields, and where a field ends.
//!
//! Such a string becomes several tokens: its prefix and quotes, pieces of text, the ordinary tokens of fields between
//! braces, and the quotes at its end. The colon at the top of a field begins the text of a format spec, and the brace
//! that closes the field returns to the text around.

use logos::Logos;

use super::error::SyntaxError;
use super::lexer::{Failure, Lexer, eager};
use super::open_string::{OpenString, Stop};
use super::scan::lines;
use super::token::Token;
use crate::source::Span;

/// 3, as CPython's tokenizer allows: a field, one in its format spec, and one in the spec of that.
const MAX_FIELDS: usize = 3;

impl Lexer<'_> {
    /// Says whether the lexer stands in the text of a string.
    pub fn is_in_string_text(&self) -> bool {
        self.logos.extras.strings.last().is_some_and(|open| open.is_in_text)
    }

    /// Says whether the lexer stands in a field, and in no bracket inside of it.
    pub fn is_at_top_of_field(&self) -> bool {
        let fields = self.logos.extras.strings.last().map(|open| &open.fields);
        fields.and_then(|fields| fields.last()) == Some(&self.brackets.len())
    }

    fn open_string(&mut self) -> &mut OpenString {
        self.logos.extras.strings.last_mut().expect("only called inside a string")
    }

    /// Makes the tokens of one piece of text and of what ends it.
    pub fn string_text(&mut self) -> Result<(), Failure> {
        let source = self.logos.source().as_bytes();
        let from = self.logos.span().end;
        let (end, stop) = self.open_string().text_end(source, from);
        let end = end.min(source.len());
        // Of two braces, the first belongs to the text, and the second is left out.
        let text_end = end + usize::from(stop == Stop::DoubledBrace);
        if matches!(stop, Stop::EndOfText | Stop::EndOfLine) {
            return Err(self.unterminated(end as u32));
        }
        if text_end > from {
            self.push(Token::StringMiddle, Span::new(from as u32, text_end as u32));
        }
        let length = match stop {
            Stop::Quotes => self.open_string().quotes().len(),
            Stop::DoubledBrace => 2,
            _ => 1,
        };
        self.logos.bump(end + length - from);
        let span = Span::new(end as u32, (end + length) as u32);
        match stop {
            Stop::Quotes => {
                self.push(Token::StringEnd, span);
                self.logos.extras.strings.pop();
                Ok(())
            }
            Stop::Field => self.begin_field(span),
            Stop::EndOfField if self.open_string().fields.is_empty() => {
                let message = format!("{}-string: single '}}' is not allowed", self.open_string().letter);
                Err(eager(SyntaxError::at(Span::at(span.start), message)))
            }
            Stop::EndOfField => {
                self.bracket(Token::CloseBrace, span)?;
                self.push(Token::CloseBrace, span);
                Ok(())
            }
            Stop::DoubledBrace | Stop::EndOfText | Stop::EndOfLine => Ok(()),
        }
    }

    fn begin_field(&mut self, brace: Span) -> Result<(), Failure> {
        self.bracket(Token::OpenField, brace)?;
        self.push(Token::OpenField, brace);
        let depth = self.brackets.len();
        let open = self.open_string();
        if open.fields.len() >= MAX_FIELDS {
            let message = format!("{}-string: expressions nested too deeply", open.letter);
            // At what is before the brace.
            let before = self.logos.source()[..brace.start as usize].chars().next_back();
            let at = brace.start - before.map_or(0, char::len_utf8) as u32;
            return Err(eager(SyntaxError::at(Span::at(at), message)));
        }
        open.fields.push(depth);
        open.is_in_text = false;
        Ok(())
    }

    /// Goes from a field to its format spec at a colon; of `:=`, only the colon is taken.
    pub fn begin_spec(&mut self, span: Span) {
        self.push(Token::Colon, Span::new(span.start, span.start + 1));
        let open = self.open_string();
        open.is_in_text = true;
        open.is_in_spec = true;
        if span.end > span.start + 1 {
            let extras = std::mem::take(&mut self.logos.extras);
            self.logos = Token::lexer_with_extras(self.logos.source(), extras);
            self.logos.bump(span.start as usize + 1);
        }
    }

    /// Goes from a field that was closed to the text around it.
    pub fn end_field(&mut self) {
        // The text may have ended before its field did; whoever parses it says so.
        if let Some(open) = self.logos.extras.strings.last_mut()
            && open.fields.last() == Some(&(self.brackets.len() + 1))
        {
            open.fields.pop();
            open.is_in_text = true;
            open.is_in_spec = false;
        }
    }

    /// Returns the innermost string if the bracket at a depth is the brace of its innermost field.
    pub fn string_with_field(&self, depth: usize) -> Option<&OpenString> {
        self.logos.extras.strings.last().filter(|open| open.fields.last() == Some(&depth))
    }

    /// Makes the error of a string that does not end before its text or line does.
    fn unterminated(&mut self, at: u32) -> Failure {
        let text = self.logos.source().as_bytes();
        let open = self.open_string();
        let (letter, start) = (open.letter, open.start.start);
        if open.is_in_spec && !open.is_triple && (at as usize) < text.len() {
            let message = format!(
                "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
            );
            return eager(SyntaxError::at(Span::at(at), message));
        }
        let is_triple = open.is_triple;
        let (name, detected) = if is_triple {
            ("triple-quoted ", lines(text))
        } else {
            ("", 1 + memchr::memchr_iter(b'\n', &text[..at as usize]).count())
        };
        let message = format!("unterminated {name}{letter}-string literal (detected at line {detected})");
        Failure { at_end: is_triple, ..eager(SyntaxError::at(Span::at(start), message)) }
    }
}
