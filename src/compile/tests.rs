//! Golden code of small programs, and what the compiler refuses.

use std::sync::Arc;

use super::{Mode, compile_module};
use crate::bytecode::{CodeUnit, Const, Op, disassemble};
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

/// Compares the code of every program in `golden` with what stands beside it.
///
/// With `MINIVM_BLESS` set the files are written instead: look at the difference before committing.
#[test]
fn golden_programs_compile_to_what_they_did() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compile/golden");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder exists") {
        let program = entry.expect("the folder is readable").path();
        if program.extension().is_none_or(|extension| extension != "mv") {
            continue;
        }
        let text = std::fs::read_to_string(&program).expect("a program is readable");
        let (actual, golden) = (disassemble(&compile(&text)), program.with_extension("dis"));
        if std::env::var_os("MINIVM_BLESS").is_some() {
            std::fs::write(&golden, &actual).expect("the folder is writable");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        assert!(actual == expected, "{} compiles to\n{actual}", program.display());
        count += 1;
    }
    assert!(count > 10);
}

fn error(text: &str) -> String {
    let source = SourceText::new("t.mv", text);
    compile_module(&parse(text), &source, Mode::Module).expect_err("the program is wrong").message
}

/// The programs of the table (`program => line column carets message`) parse, and are refused where CPython refuses them.
#[test]
fn wrong_programs_are_explained() {
    for row in include_str!("wrong_programs.txt").lines() {
        let (program, wanted) = row.rsplit_once(" => ").expect("every line has an arrow");
        let program = program.replace('⏎', "\n") + "\n";
        let source = SourceText::new("t.mv", &program);
        let wrong =
            compile_module(&parse(&program), &source, Mode::Module).expect_err("the program is wrong");
        let details = wrong.details(&source);
        let carets = (details.end_offset.max(0) as u32).max(details.offset + 1) - details.offset;
        // A statement of several lines is underlined to the end of its first one.
        let line = source.line_text(details.line).chars().count() as u32;
        let carets = if details.end_line > details.line { line + 1 - details.offset } else { carets };
        let indent = source.line_text(details.line).chars().take_while(|c| *c == ' ').count() as u32;
        let (line, column) = (details.line, details.offset - 1 - indent);
        let verdict = format!("{line} {column} {carets} SyntaxError: {}", wrong.message);
        assert_eq!(verdict, wanted, "{program:?}");
    }
}

#[test]
fn what_the_parser_lets_through_is_refused() {
    assert_eq!(error("return 1"), "'return' outside function");
    assert_eq!(error("class C:\n yield 1"), "'yield' outside function");
    assert_eq!(error("def f():\n break"), "'break' outside loop");
    assert_eq!(error("if 1:\n continue"), "'continue' not properly in loop");
    assert_eq!(error("await x"), "'await' outside function");
    assert_eq!(error("def f(): await x"), "'await' outside async function");
    assert_eq!(error("def f():\n from m import *"), "import * only allowed at module level");
    assert_eq!(error("[(yield 1) for x in y]"), "'yield' inside list comprehension");
    assert_eq!(error("__debug__ = 1"), "cannot assign to __debug__");
    assert_eq!(
        error("x = 1\nfrom __future__ import division"),
        "from __future__ imports must occur at the beginning of the file"
    );
    assert_eq!(error("from __future__ import braces"), "not a chance");
    assert_eq!(
        error("[x := 1 for x in y]"),
        "assignment expression cannot rebind comprehension iteration variable 'x'"
    );
    assert_eq!(
        error("match x:\n case y: pass\n case 1: pass"),
        "name capture 'y' makes remaining patterns unreachable"
    );
    assert_eq!(error("match x:\n case [a, a]: pass"), "multiple assignments to name 'a' in pattern");
    assert_eq!(error("match x:\n case [a] | 1: pass"), "alternative patterns bind different names");
}

#[test]
fn nesting_has_limits() {
    let nested = |depth: usize| {
        let lines = (0..depth).map(|level| format!("{}while x:\n", " ".repeat(level)));
        lines.collect::<String>() + &" ".repeat(depth) + "pass\n"
    };
    compile(&nested(21));
    assert_eq!(error(&nested(22)), "too many statically nested blocks");
}

#[test]
fn deep_trees_do_not_overflow_the_stack() {
    // Under Miri the point is how the stack is used, not how much of it.
    let (nested, long) = if cfg!(miri) { (14, 40) } else { (140, 2000) };
    let deep = |open: &str, close: &str| open.repeat(nested) + "x" + &close.repeat(nested);
    compile(&deep("f(", ")"));
    compile(&deep("[", "]"));
    compile(&deep("lambda: (", ")"));
    compile(&("-".repeat(long) + "x"));
    compile(&("x".to_owned() + &" + x".repeat(long)));
    compile(&("x".to_owned() + &".y".repeat(long)));
    let chain = (0..long / 4).map(|number| format!("elif x == {number}:\n pass\n"));
    compile(&("if x:\n pass\n".to_owned() + &chain.collect::<String>()));
}

#[test]
fn an_expression_returns_its_value_and_a_session_shows_it() {
    let text = "x + 1";
    let compiled = |mode| compile_module(&parse(text), &SourceText::new("t.mv", text), mode).unwrap();
    let last = |mode| compiled(mode).instructions.iter().rev().nth(1).map(|instruction| instruction.op);
    assert_eq!(last(Mode::Expression), Some(Op::Add));
    assert!(disassemble(&compiled(Mode::Interactive)).contains("PrintExpr"));
    assert!(!disassemble(&compiled(Mode::Module)).contains("PrintExpr"));
}

#[test]
fn a_class_knows_how_many_attributes_its_methods_store() {
    let unit = compile("class C:\n def a(self): self.x = self.y = 1\n def b(me): me.y, me.z = 1, 2\n");
    let Some(Const::Code(class)) = unit.consts.iter().find(|constant| matches!(constant, Const::Code(_)))
    else {
        panic!("the class has a body")
    };
    assert_eq!(class.self_attrs, 3);
}
