//! What a body begins with: its docstring, and the imports from `__future__`.

use std::sync::Arc;

use crate::compile::scope::declare::wrong;
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::tree::*;

/// Returns the docstring that begins a body.
pub(super) fn docstring(body: &[Stmt]) -> Option<(Arc<str>, Span)> {
    let StmtKind::Expr { value } = &body.first()?.kind else { return None };
    match &value.kind {
        ExprKind::Constant { value: Constant::Str(text) } => Some((text.clone(), value.span)),
        _ => None,
    }
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
                "braces" => return Err(wrong("not a chance", stmt.span)),
                name if FEATURES.contains(&name) => {}
                name => {
                    let message = format!("future feature {name} is not defined");
                    return Err(wrong(message, stmt.span));
                }
            }
        }
    }
    Ok(postpones_annotations)
}
