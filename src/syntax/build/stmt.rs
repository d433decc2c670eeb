//! Building simple statements.

use super::literal::NEXT_TOKEN;
use super::target::{TargetOf, check, check_first, wrong_part};
use super::{Builder, Listing, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

/// What stands between `from` and `import`.
pub struct ImportFrom {
    module: Option<Identifier>,
    level: u32,
}

impl ImportFrom {
    /// `module`.
    pub fn absolute(module: Identifier) -> Self {
        ImportFrom { module: Some(module), level: 0 }
    }

    /// `..module` or only dots.
    pub fn relative(level: u32, module: Option<Identifier>) -> Self {
        ImportFrom { module, level }
    }
}

/// Makes `name as asname`.
pub fn alias(l: u32, name: Identifier, asname: Option<Identifier>, r: u32) -> Alias {
    Alias { name, asname, span: Span::new(l, r) }
}

/// Refuses a comma after the last name of an import without parentheses.
pub fn without_final_comma(names: Listing<Alias>) -> Made<Vec<Alias>> {
    if names.final_comma {
        let message = "trailing comma not allowed without surrounding parentheses";
        return Err(refuse(NEXT_TOKEN, message));
    }
    Ok(names.items)
}

impl Builder<'_> {
    /// Makes an expression statement.
    pub fn expr_stmt(&mut self, l: u32, value: Expr, r: u32) -> Made<Stmt> {
        self.stmt(StmtKind::Expr { value: Box::new(value) }, l, r)
    }

    /// Makes `target = … = value`.
    pub fn assign(&mut self, l: u32, first: Expr, mut values: Vec<Expr>, r: u32) -> Made<Stmt> {
        let value = values.pop().expect("the grammar has one value or more");
        if let ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } = first.kind
            && first.span.start == l
        {
            return Err(refuse(first.span, "assignment to yield expression not possible"));
        }
        check_first(&first, l, &values, &value)?;
        for target in &values {
            if let ExprKind::Yield { .. } | ExprKind::YieldFrom { .. } = target.kind {
                return Err(refuse(target.span, "assignment to yield expression not possible"));
            }
            check(target, TargetOf::Assign)?;
        }
        let mut targets = vec![first];
        targets.append(&mut values);
        self.stmt(StmtKind::Assign { targets, value: Box::new(value) }, l, r)
    }

    /// Makes `target op= value`.
    pub fn aug_assign(&mut self, l: u32, target: Expr, op: Operator, value: Expr, r: u32) -> Made<Stmt> {
        if !matches!(
            target.kind,
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
        ) {
            let what = target.describe();
            let message = format!("'{what}' is an illegal expression for augmented assignment");
            return Err(refuse(target.span, message));
        }
        self.stmt(StmtKind::AugAssign { target: Box::new(target), op, value: Box::new(value) }, l, r)
    }

    /// Makes `target: annotation = value`.
    pub fn ann_assign(
        &mut self,
        l: u32,
        target: Expr,
        annotation: Expr,
        value: Option<Expr>,
        r: u32,
    ) -> Made<Stmt> {
        match &target.kind {
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {}
            ExprKind::List { .. } | ExprKind::Tuple { .. } => {
                let what = target.describe();
                return Err(refuse(target.span, format!("only single target (not {what}) can be annotated")));
            }
            _ => return Err(refuse(target.span, "illegal target for annotation")),
        }
        // A name in parentheses is evaluated like an attribute: it declares nothing.
        let simple = matches!(target.kind, ExprKind::Name { .. }) && target.span.start == l;
        let (target, annotation, value) = (Box::new(target), Box::new(annotation), value.map(Box::new));
        self.stmt(StmtKind::AnnAssign { target, annotation, value, simple }, l, r)
    }

    /// Makes `return value`.
    pub fn return_(&mut self, l: u32, value: Option<Expr>, r: u32) -> Made<Stmt> {
        self.stmt(StmtKind::Return { value: value.map(Box::new) }, l, r)
    }

    /// Makes `del targets`.
    pub fn delete(&mut self, l: u32, targets: Listing<Expr>, r: u32) -> Made<Stmt> {
        let targets = targets.items;
        if let Some(part) = targets.iter().find_map(|target| wrong_part(target, TargetOf::Delete)) {
            return Err(refuse(part.span, format!("cannot delete {}", part.describe())));
        }
        self.stmt(StmtKind::Delete { targets }, l, r)
    }

    /// Makes `raise exc from cause`.
    pub fn raise(&mut self, l: u32, exc: Option<Expr>, cause: Option<Expr>, r: u32) -> Made<Stmt> {
        self.stmt(StmtKind::Raise { exc: exc.map(Box::new), cause: cause.map(Box::new) }, l, r)
    }

    /// Makes `assert test, msg`.
    pub fn assert(&mut self, l: u32, test: Expr, msg: Option<Expr>, r: u32) -> Made<Stmt> {
        self.stmt(StmtKind::Assert { test: Box::new(test), msg: msg.map(Box::new) }, l, r)
    }

    /// Makes the `*` of an import.
    pub fn import_all(&mut self, l: u32, r: u32) -> Vec<Alias> {
        vec![alias(l, self.identifier(l, r), None, r)]
    }

    /// Makes `from module import names`.
    pub fn import_from(&mut self, l: u32, from: ImportFrom, names: Vec<Alias>, r: u32) -> Made<Stmt> {
        let ImportFrom { module, level } = from;
        self.stmt(StmtKind::ImportFrom { module, names, level }, l, r)
    }
}
