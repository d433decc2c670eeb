//! `compile`, `eval` and `exec`: from a text or a syntax tree to code, or from a text to a tree.

use crate::memory::{self, Room};
use crate::source::SourceText;
use crate::syntax::tree::{Expr, Module};
use crate::syntax::{self, Entry};
use crate::text::stored;
use crate::thread::Thread;
use crate::types::ast::table::NodeKind;
use crate::types::ast::{check, from_tree, read, to_tree, write};
use crate::value::{CompileFlags, CompileRequest, CompileSource, ErrorKind, Raised, Run, Value};
use crate::vm::start::source::{self, Compiling};

/// How many bytes compiling needs for each byte of the text: copies, the tree, the code and intermediate
/// results.
const COMPILE_BYTES: usize = 64;

/// Compiles what a request asks for. Raises `SyntaxError`, what a tree that cannot be compiled raises
/// (`types/ast/check.rs`), and `MemoryError`.
pub fn compile(thread: &mut Thread, request: &CompileRequest<'_>) -> Run<Value> {
    let text = match request.source {
        CompileSource::Text(text) => text,
        CompileSource::Tree(tree) => return compile_tree(thread, request, tree),
    };
    let result = compile_text(thread, request, text);
    match result {
        Err(raised)
            if request.flags.contains(CompileFlags::INCOMPLETE_INPUT)
                && raised.is_kind(thread, ErrorKind::SyntaxError) =>
        {
            let mut whole = memory::copy_text(text)?;
            memory::push_str(&mut whole, if text.ends_with('\n') { "" } else { "\n" })?;
            match syntax::parse_interactive(&SourceText::new(request.file, &whole)) {
                Ok(Entry::OpenBlock | Entry::OpenText) => Err(breaks_off(thread, text, request.file)),
                _ => Err(raised),
            }
        }
        result => result,
    }
}

/// Makes the error for a text to which more may be added.
fn breaks_off(thread: &mut Thread, text: &str, file: &str) -> Raised {
    let line = text.lines().count().max(1);
    let last = text.lines().last().unwrap_or("");
    let place = thread.new_tuple(vec![
        thread.new_str(file),
        thread.new_usize(line),
        thread.new_usize(last.chars().count()),
        thread.new_str(&stored::stored(last)),
    ]);
    Raised::with(ErrorKind::_IncompleteInputError, vec![thread.new_str("incomplete input"), place])
}

/// What a text was parsed to.
enum Parsed {
    Module(Module),
    Interactive(Module),
    Expression(Expr),
}

fn compile_text(thread: &mut Thread, request: &CompileRequest<'_>, text: &str) -> Run<Value> {
    let _room = Room::in_pieces(text.len().saturating_mul(COMPILE_BYTES))?;
    let text = SourceText::new(request.file, text);
    let parsed = parse(thread, request.mode, &text)?;
    if request.flags.contains(CompileFlags::ONLY_TREE) {
        return tree_of(thread, &text, &parsed);
    }
    let compiling = Compiling { optimize: request.optimize };
    let code = match parsed {
        Parsed::Module(tree) => compiling.module(thread, &text, &tree)?,
        Parsed::Interactive(tree) => compiling.interactive(thread, &text, &tree)?,
        Parsed::Expression(expression) => compiling.expression(thread, &text, expression)?,
    };
    Ok(code.into_value())
}

fn parse(thread: &mut Thread, mode: &str, text: &SourceText) -> Run<Parsed> {
    let parsed = match mode {
        "eval" => syntax::parse_expression(text).map(Parsed::Expression),
        "single" => match syntax::parse_interactive(text) {
            Ok(Entry::Complete(tree)) => Ok(Parsed::Interactive(tree)),
            // The errors of a file are those of an entry that breaks off.
            Ok(Entry::OpenBlock | Entry::OpenText) => syntax::parse_module(text).map(Parsed::Interactive),
            Err(error) => Err(error),
        },
        _ => syntax::parse_module(text).map(Parsed::Module),
    };
    parsed.map_err(|error| source::refused(thread, &error, text))
}

/// Makes the objects of a tree, and warns of its literals.
fn tree_of(thread: &mut Thread, text: &SourceText, parsed: &Parsed) -> Run<Value> {
    if let Parsed::Module(tree) | Parsed::Interactive(tree) = parsed {
        source::warn(thread, &tree.warnings, text)?;
    }
    let node = match parsed {
        Parsed::Module(tree) => from_tree::module(thread, text, &tree.body)?,
        Parsed::Interactive(tree) => from_tree::interactive(thread, text, &tree.body)?,
        Parsed::Expression(expression) => from_tree::expression(thread, text, expression)?,
    };
    write::write(thread, &node)
}

/// Compiles the object of a tree. Asked for a tree, it makes the object anew.
fn compile_tree(thread: &mut Thread, request: &CompileRequest<'_>, tree: &Value) -> Run<Value> {
    let kind = match request.mode {
        "eval" => NodeKind::Expression,
        "single" => NodeKind::Interactive,
        "func_type" => NodeKind::FunctionType,
        _ => NodeKind::Module,
    };
    let node = read::read(thread, tree, kind)?;
    if request.flags.contains(CompileFlags::ONLY_TREE) {
        return write::write(thread, &node);
    }
    check::check(thread, &node)?;
    let grown = to_tree::grow(thread, node, request.file)?;
    let compiling = Compiling { optimize: request.optimize };
    let code = match kind {
        NodeKind::Expression => compiling.single_expression(thread, &grown.source, &grown.tree)?,
        NodeKind::Interactive => compiling.interactive(thread, &grown.source, &grown.tree)?,
        _ => compiling.module(thread, &grown.source, &grown.tree)?,
    };
    Ok(code.into_value())
}
