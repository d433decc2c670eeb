//! Entries of an interactive session: which are whole, which want more lines.

use crate::source::SourceText;
use crate::syntax::{Entry, parse_interactive};

fn is_complete(text: &str) -> bool {
    match parse_interactive(&SourceText::new("<stdin>", text)) {
        Ok(Entry::Complete(_)) => true,
        Ok(Entry::OpenBlock | Entry::OpenText) => false,
        Err(error) => panic!("{text:?}: {error:?}"),
    }
}

#[test]
fn whole_entries() {
    for text in
        ["", "\n", "x = 1\n", "x; y\n", "if x: y\n\n", "def f():\n  pass\n\n", "(1 +\n 2)\n", "# only\n"]
    {
        assert!(is_complete(text), "{text:?}");
    }
    assert!(is_complete("class A:\n  x = 1\n\n"));
    assert!(is_complete("if x:\n  y\nelse:\n  z\n\n"));
}

#[test]
fn entries_that_want_more() {
    for text in [
        "if x:\n",
        "if x: y\n",
        "def f():\n",
        "def f():\n  pass\n",
        "if x:\n  y\nelse:\n",
        "(1 +\n",
        "x = '''a\n",
        "x = 1 + \\\n",
        "@dec\n",
        "try:\n  x\n",
        "[1,\n2\n",
        "class A:\n  def f(self):\n",
        "if x:\n  y\n# a comment\n",
        "if x:\n  y\n  \n",
        "if x:\n\t# a comment\n",
        "(1 +\n\n",
        "x = \"\"\"a\n\n",
    ] {
        assert!(!is_complete(text), "{text:?}");
    }
}

#[test]
fn wrong_entries() {
    for text in ["x = = 1\n", "if x:\ny\n", "x)\n", "'abc\n", "1 = x\n", "try:\n  x\n\n", "  x\n"] {
        assert!(parse_interactive(&SourceText::new("<stdin>", text)).is_err(), "{text:?}");
    }
}
