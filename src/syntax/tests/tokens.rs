//! The tokens of small texts.

use crate::source::Span;
use crate::syntax::lexer::{Mode, lex};
use crate::syntax::token::Token;

fn tokens(text: &str) -> Vec<Token> {
    let tokens = lex(text, Span::new(0, text.len() as u32), Mode::Module);
    assert!(tokens.failure.is_none(), "{text}: {:?}", tokens.failure);
    tokens.lexemes[1..].iter().map(|lexeme| lexeme.token).collect()
}

fn words(text: &str) -> Vec<String> {
    let tokens = lex(text, Span::new(0, text.len() as u32), Mode::Module);
    tokens.lexemes[1..].iter().map(|lexeme| text[lexeme.span.range()].to_owned()).collect()
}

#[test]
fn operators_are_taken_as_long_as_they_go() {
    assert_eq!(
        words("a**=b//c<<=d->e:=f...g"),
        ["a", "**=", "b", "//", "c", "<<=", "d", "->", "e", ":=", "f", "...", "g", "", ""]
    );
}

#[test]
fn keywords_are_whole_words() {
    use Token::*;
    assert_eq!(tokens("if iffy not_in in"), [If, Name, Name, In, Newline, EndOfText]);
}

#[test]
fn strings_are_one_token_with_prefix_and_quotes() {
    for text in ["'a'", "r'\\\\'", "Rb\"x\"", "'''a'b\n'''", "u''", "\"\"\"\\\"\"\"\"", "'a\\\nb'"] {
        assert_eq!(words(text)[0], text);
    }
}

#[test]
fn brackets_suspend_lines() {
    use Token::*;
    assert_eq!(tokens("(a\n\n  b)\n"), [OpenParen, Name, Name, CloseParen, Newline, EndOfText]);
}

#[test]
fn blocks_are_marked() {
    use Token::*;
    assert_eq!(
        tokens("if a:\n  b\n\n# x\nc"),
        [If, Name, Colon, Newline, Indent, Name, Newline, Dedent, Name, Newline, EndOfText]
    );
}

#[test]
fn a_backslash_joins_lines() {
    use Token::*;
    assert_eq!(tokens("a \\\n  b\n"), [Name, Name, Newline, EndOfText]);
}

#[test]
fn names_may_be_foreign() {
    assert_eq!(words("été = ñ_1 + 变量")[..5], ["été", "=", "ñ_1", "+", "变量"]);
}

#[test]
fn match_and_case_are_names_elsewhere() {
    use Token::*;
    let head = tokens("match x:\n case 1: pass\n");
    assert_eq!((head[0], head[5]), (Match, Case));
    for text in
        ["match = 1", "match(x)", "match[1]", "case = 2", "match.case", "print(match)", "match: int = 1"]
    {
        assert!(!tokens(text).contains(&Match) && !tokens(text).contains(&Case), "{text}");
    }
}

#[test]
fn with_items_are_told_from_tuples() {
    for text in ["with (a as b): pass", "with (a, b): pass", "with (a as b, c,): pass"] {
        assert!(tokens(text).contains(&Token::OpenWithItems), "{text}");
    }
    for text in ["with (a): pass", "with (a, b) as c: pass", "with (a := b): pass", "with (a).b as c: pass"] {
        assert!(!tokens(text).contains(&Token::OpenWithItems), "{text}");
    }
}

#[test]
fn strings_with_fields_are_many_tokens() {
    use Token::*;
    assert_eq!(
        tokens("f'a{b!r:{c}d}{{}}'"),
        [
            FormatStart,
            StringMiddle,
            OpenField,
            Name,
            Exclamation,
            Name,
            Colon,
            OpenField,
            Name,
            CloseBrace,
            StringMiddle,
            CloseBrace,
            StringMiddle,
            StringMiddle,
            StringEnd,
            Newline,
            EndOfText
        ]
    );
    assert_eq!(words("rt'''{a:=b}'''")[..6], ["rt'''", "{", "a", ":", "=b", "}"]);
}
