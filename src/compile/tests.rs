//! Golden code of small programs, and what the compiler refuses.

use std::sync::Arc;

use super::{Mode, compile_module};
use crate::bytecode::{CodeUnit, disassemble};
use crate::source::SourceText;
use crate::syntax::tree::Module;

/// Parses a program that is right.
pub(crate) fn parse(text: &str) -> Module {
    crate::syntax::parse_module(&SourceText::new("t.mv", text)).expect("the text parses")
}

/// Compiles a program that is right.
pub(crate) fn compile(text: &str) -> Arc<CodeUnit> {
    compile_module(&parse(text), &SourceText::new("t.mv", text), Mode::Module).expect("the program compiles")
}

/// Compiles a program and returns its readable form.
fn code(text: &str) -> String {
    disassemble(&compile(text))
}

#[test]
fn a_sum_is_two_borrowed_loads_and_an_addition() {
    let expected = "\
code <module> (t.mv:1) stack 1
    1       0 LoadConst            <code f>
            1 MakeFunction
            2 StoreName            f
            3 LoadConst            None
            4 Return

code f (t.mv:1) stack 2, locals a b
    1       0 LoadLocalBorrow      a
            1 LoadLocalBorrow      b
            2 Add
            3 Return
";
    assert_eq!(code("def f(a, b): return a + b\n"), expected);
}
