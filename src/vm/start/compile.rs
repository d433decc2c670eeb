//! `compile`, `eval` and `exec`: from a text or a syntax tree to code, or from a text to a tree.

use crate::memory::{self, Room};
use crate::source::{SourceText, Span};
use crate::syntax::tree::{Expr, Module};
use crate::syntax::{self, Entry, SyntaxError, SyntaxWarning};
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
    Expression(Expr, Vec<SyntaxWarning>),
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
        Parsed::Expression(expression, warnings) => {
            compiling.expression(thread, &text, expression, warnings)?
        }
    };
    Ok(code.into_value())
}

fn parse(thread: &mut Thread, mode: &str, text: &SourceText) -> Run<Parsed> {
    let parsed = match mode {
        "eval" => syntax::parse_expression(text).map(|(tree, warnings)| Parsed::Expression(tree, warnings)),
        "single" => match syntax::parse_interactive(text) {
            Ok(Entry::Complete(tree)) => check_single(text, &tree).map(|()| Parsed::Interactive(tree)),
            // The errors of a file are those of an entry that breaks off.
            Ok(Entry::OpenBlock | Entry::OpenText) => syntax::parse_module(text).map(Parsed::Interactive),
            Err(error) => Err(error),
        },
        _ => syntax::parse_module(text).map(Parsed::Module),
    };
    parsed.map_err(|error| source::refused(thread, &error, text))
}

/// Tells what is wrong with an entry that goes on behind its first line, or behind the statement that begins with it.
fn check_single(text: &SourceText, tree: &Module) -> Result<(), Box<SyntaxError>> {
    let (Some(first), source) = (tree.body.first(), text.text()) else { return Ok(()) };
    if syntax::is_compound(first) {
        return match tree.body.get(1) {
            Some(second) => {
                let token =
                    source[second.span.start as usize..].split(|char: char| !char.is_alphanumeric()).next();
                let end = second.span.start + token.map_or(1, |token| token.len().max(1)) as u32;
                Err(SyntaxError::at(Span::new(second.span.start, end), "invalid syntax"))
            }
            None => Ok(()),
        };
    }
    // The statements of the first line are parted by semicolons.
    let mut end = first.span.end;
    for next in &tree.body[1..] {
        if syntax::is_compound(next) || source[end as usize..next.span.start as usize].contains('\n') {
            break;
        }
        end = next.span.end;
    }
    let rest = &source[end as usize..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\x0c', ';']).len();
    let line = rest.find('\n').unwrap_or(rest.len());
    let goes_on = rest[line..].lines().any(|line| {
        let line = line.trim_matches([' ', '\t', '\x0c', '\r']);
        !line.is_empty() && !line.starts_with('#')
    });
    if !goes_on {
        return Ok(());
    }
    let place = Span::new(end + blank as u32, end + line as u32 + 1);
    Err(SyntaxError::at(place, "multiple statements found while compiling a single statement"))
}

/// Makes the objects of a tree, and warns of its literals.
fn tree_of(thread: &mut Thread, text: &SourceText, parsed: &Parsed) -> Run<Value> {
    let warnings = match parsed {
        Parsed::Module(tree) | Parsed::Interactive(tree) => &tree.warnings,
        Parsed::Expression(_, warnings) => warnings,
    };
    source::warn(thread, warnings, text)?;
    let node = match parsed {
        Parsed::Module(tree) => from_tree::module(thread, text, &tree.body)?,
        Parsed::Interactive(tree) => from_tree::interactive(thread, text, &tree.body)?,
        Parsed::Expression(expression, _) => from_tree::expression(thread, text, expression)?,
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
