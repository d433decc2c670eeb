//! `--dis`: the code of a program, stack instructions and the words they became.

use std::io::Write;

use crate::bytecode;
use crate::compile::{self, Mode, lower};
use crate::source::SourceText;
use crate::syntax;
use crate::text::codec::source::decode;

/// Prints the code of a program with that of its functions; returns the exit status.
pub(super) fn print(name: &str, bytes: &[u8], fuse: bool) -> i32 {
    let text = match decode(Some(name), bytes) {
        Ok(text) => text,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "SyntaxError: {}", error.message);
            return 1;
        }
    };
    let source = SourceText::new(name, &text);
    let compiled =
        syntax::parse_module(&source).and_then(|tree| compile::compile_module(&tree, &source, Mode::Module));
    match compiled {
        Ok(unit) => super::print(&show(&unit, fuse)),
        Err(error) => {
            let _ = write!(std::io::stderr(), "{}", syntax::error::render(&error, &source));
            1
        }
    }
}

fn show(unit: &bytecode::CodeUnit, fuse: bool) -> String {
    let mut out = bytecode::disassemble(unit);
    out.push_str(&lower::disassemble(unit, fuse));
    out
}
