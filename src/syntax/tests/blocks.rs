//! Indentation, as the messages show it.

use super::{message, module};

#[test]
fn every_kind_of_block_may_follow() {
    for text in [
        "if a:\n\tb\n",
        "if a:\n        b\n\n\n        c\nd\n",
        "class A:\n  def f(self):\n    pass\n  # comment\n  x = 1\n",
        "if a:\n  b\n# outside\n  c\n",
        "if a: b; c\nelse: d",
        "\x0cif a:\n  \x0c  b\n",
    ] {
        assert!(module(text).is_ok(), "{text:?}");
    }
}

#[test]
fn tabs_and_spaces_must_agree() {
    let text = "if a:\n\tb\n        c\n";
    assert_eq!(message(text), "inconsistent use of tabs and spaces in indentation");
}

#[test]
fn blocks_must_line_up() {
    let unaligned = "unindent does not match any outer indentation level";
    assert_eq!(message("if a:\n    b\n  c\n"), unaligned);
    assert_eq!(message("a\n  b\n"), "unexpected indent");
    assert_eq!(message("def f():\npass\n"), "expected an indented block after function definition on line 1");
}

#[test]
fn a_hundred_blocks_are_too_many() {
    let nested = |levels: usize| -> String {
        (0..levels).map(|level| format!("{}if x:\n", " ".repeat(level))).collect::<String>()
            + &format!("{}x\n", " ".repeat(levels))
    };
    assert!(module(&nested(99)).is_ok());
    assert_eq!(message(&nested(100)), "too many levels of indentation");
}
