//! What a body begins with: its docstring, and the imports from `__future__`.

use std::sync::Arc;

use crate::compile::scope::declare::wrong;
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::error::SyntaxErrorKind;
use crate::syntax::tree::*;
use crate::text::stored;

/// Returns the docstring that begins a body, without the margin that its lines have in common.
pub(super) fn docstring(body: &[Stmt]) -> Option<(Arc<str>, Span)> {
    let StmtKind::Expr { value } = &body.first()?.kind else { return None };
    match &value.kind {
        ExprKind::Constant { value: Constant::Str(text) } => Some((without_margin(text), value.span)),
        _ => None,
    }
}

/// Refuses a docstring with surrogates, as CPython does, which needs its UTF-8.
pub(super) fn check_docstring(body: &[Stmt]) -> Result<(), Box<SyntaxError>> {
    let Some((text, span)) = docstring(body) else { return Ok(()) };
    match stored::native(&text) {
        Some(_) => Ok(()),
        None => Err(SyntaxError::of(SyntaxErrorKind::Surrogates, span, &*text)),
    }
}

/// Takes blanks off the front of the first line, and off the others as many as all have that are not blank; tabs become
/// blanks first (CPython: `_PyCompile_CleanDoc`).
fn without_margin(text: &Arc<str>) -> Arc<str> {
    let expanded = with_blanks_for_tabs(text);
    let text: Arc<str> = expanded.map_or_else(|| text.clone(), Arc::from);
    let blanks = |line: &str| line.bytes().take_while(|&byte| byte == b' ').count();
    let Some((first, rest)) = text.split_once('\n') else { return Arc::from(text.trim_start_matches(' ')) };
    let lines = rest.split('\n').filter(|line| blanks(line) < line.len());
    let margin = lines.map(blanks).min().unwrap_or(0);
    if margin == 0 && !first.starts_with(' ') {
        return text;
    }
    let mut clean = first.trim_start_matches(' ').to_owned();
    for line in rest.split('\n') {
        clean.push('\n');
        clean.push_str(&line[blanks(line).min(margin)..]);
    }
    Arc::from(clean)
}

/// Replaces each tab by blanks up to the next column that eight divides; `None` if there are no tabs.
fn with_blanks_for_tabs(text: &str) -> Option<String> {
    if !text.contains('\t') {
        return None;
    }
    let mut expanded = String::with_capacity(text.len() * 2);
    let mut column = 0;
    for char in text.chars() {
        match char {
            '\t' => {
                let width = 8 - column % 8;
                expanded.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' | '\r' => {
                expanded.push(char);
                column = 0;
            }
            _ => {
                expanded.push(char);
                column += 1;
            }
        }
    }
    Some(expanded)
}

/// The features that `from __future__` may name.
const FEATURES: &[&str] = &[
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
    "annotations",
];

/// Checks the imports from `__future__`; returns whether annotations are postponed.
pub(super) fn check_future(module: &Module) -> Result<bool, Box<SyntaxError>> {
    let mut postpones_annotations = false;
    let mut is_beginning = true;
    let skipped = usize::from(docstring(&module.body).is_some());
    for stmt in &module.body[skipped..] {
        let StmtKind::ImportFrom { module: Some(from), names, level: 0 } = &stmt.kind else {
            is_beginning = false;
            continue;
        };
        if &*from.name != "__future__" {
            is_beginning = false;
            continue;
        }
        if !is_beginning {
            let message = "from __future__ imports must occur at the beginning of the file";
            return Err(wrong(message, stmt.span));
        }
        for alias in names {
            match &*alias.name.name {
                "annotations" => postpones_annotations = true,
                "braces" => return Err(wrong("not a chance", alias.span)),
                name if FEATURES.contains(&name) => {}
                name => {
                    let message = format!("future feature {name} is not defined");
                    return Err(wrong(message, alias.span));
                }
            }
        }
    }
    Ok(postpones_annotations)
}
