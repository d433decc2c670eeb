//! Texts made to break the parser: none may overflow the native stack or take long.

use super::{message, module};

const TOO_DEEP: &str = "maximum recursion depth exceeded during compilation";

#[test]
fn brackets_nest_two_hundred_deep() {
    assert!(module(&format!("{}{}", "(".repeat(200), ")".repeat(200))).is_ok());
    for bracket in ["(", "[", "{"] {
        assert_eq!(message(&bracket.repeat(100_000)), "too many nested parentheses");
    }
}

#[test]
fn deep_trees_are_refused() {
    for text in [
        "-".repeat(100_000) + "1",
        "not ".repeat(100_000) + "x",
        "a".to_owned() + &".b".repeat(100_000),
        "f".to_owned() + &"()".repeat(100_000),
        "a".to_owned() + &"[0]".repeat(100_000),
        "a".to_owned() + &" + a".repeat(100_000),
        "lambda: ".repeat(100_000) + "x",
        "x if y else ".repeat(100_000) + "z",
        "2 ** ".repeat(100_000) + "2",
        "if a: b\n".to_owned() + &"elif a: b\n".repeat(100_000),
    ] {
        assert_eq!(message(&text), TOO_DEEP, "{}", &text[..20]);
    }
}

#[test]
fn long_programs_are_not_deep() {
    for text in [
        "a = ".repeat(50_000) + "1",
        "x and ".repeat(50_000) + "x",
        "x < ".repeat(50_000) + "x",
        "'a' ".repeat(50_000),
        format!("[{}]", "1, ".repeat(50_000)),
        "x; ".repeat(50_000),
        "@a\n".repeat(50_000) + "def f(): pass",
        "1 + 1\n".repeat(50_000),
        "a".to_owned() + &" + a".repeat(2_900),
        "\\\n".repeat(100_000) + "x",
    ] {
        assert!(module(&text).is_ok(), "{}", &text[..20]);
    }
}

#[test]
fn every_beginning_of_a_program_is_answered() {
    let program = include_str!("every_construct.mv");
    for end in (0..program.len()).filter(|&end| program.is_char_boundary(end)) {
        let _ = module(&program[..end]);
    }
    assert!(module(program).is_ok());
}

#[test]
fn every_gap_in_a_program_is_answered() {
    let program = include_str!("every_construct.mv");
    for at in
        (0..program.len()).filter(|&at| program.is_char_boundary(at) && program.is_char_boundary(at + 1))
    {
        let _ = module(&format!("{}{}", &program[..at], &program[at + 1..]));
    }
}
