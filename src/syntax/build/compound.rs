//! Building compound statements. A statement ends where the last statement of its blocks does.

use super::target::{TargetOf, check};
use super::{Builder, Made, refuse};
use crate::source::Span;
use crate::syntax::tree::*;

/// Returns where a block ends.
fn end_of(body: &[Stmt]) -> u32 {
    body.last().expect("the grammar has no empty block").span.end
}

/// Returns where a statement with an optional last block ends.
fn end_of_either(body: &[Stmt], orelse: &[Stmt]) -> u32 {
    end_of(if orelse.is_empty() { body } else { orelse })
}

/// Makes an `except` clause. The flag in the result is false: the clause has no star.
pub fn handler(
    l: u32,
    type_: Option<Expr>,
    name: Option<Identifier>,
    body: Vec<Stmt>,
) -> (bool, ExceptHandler) {
    let span = Span::new(l, end_of(&body));
    (false, ExceptHandler { type_, name, body, span })
}

/// Makes an `except*` clause. The flag in the result is true: the clause has a star.
pub fn star_handler(l: u32, type_: Expr, name: Option<Identifier>, body: Vec<Stmt>) -> (bool, ExceptHandler) {
    (true, handler(l, Some(type_), name, body).1)
}

/// Makes an item of a `with` that binds nothing.
pub fn with_item(context_expr: Expr) -> WithItem {
    WithItem { context_expr, optional_vars: None }
}

/// Makes an item of a `with` that binds a target.
pub fn with_item_as(context_expr: Expr, target: Expr) -> Made<WithItem> {
    check(&target, TargetOf::Assign)?;
    Ok(WithItem { context_expr, optional_vars: Some(target) })
}

impl Builder<'_> {
    /// Makes an `if` with its `elif`s and `else` in `orelse`.
    pub fn if_(&mut self, l: u32, test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt>) -> Made<Stmt> {
        let end = end_of_either(&body, &orelse);
        self.stmt(StmtKind::If { test: Box::new(test), body, orelse }, l, end)
    }

    /// Makes the `orelse` that an `elif` is.
    pub fn elif(&mut self, l: u32, test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt>) -> Made<Vec<Stmt>> {
        Ok(vec![self.if_(l, test, body, orelse)?])
    }

    /// Makes a `while`.
    pub fn while_(&mut self, l: u32, test: Expr, body: Vec<Stmt>, orelse: Vec<Stmt>) -> Made<Stmt> {
        let end = end_of_either(&body, &orelse);
        self.stmt(StmtKind::While { test: Box::new(test), body, orelse }, l, end)
    }

    /// Makes a `for`.
    pub fn for_(
        &mut self,
        l: u32,
        is_async: bool,
        target: Expr,
        iter: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    ) -> Made<Stmt> {
        let end = end_of_either(&body, &orelse);
        let (target, iter) = (Box::new(target), Box::new(iter));
        self.stmt(StmtKind::For { target, iter, body, orelse, is_async }, l, end)
    }

    /// Makes a `with`.
    pub fn with(&mut self, l: u32, is_async: bool, items: Vec<WithItem>, body: Vec<Stmt>) -> Made<Stmt> {
        let end = end_of(&body);
        self.stmt(StmtKind::With { items, body, is_async }, l, end)
    }

    /// Makes a `try`; its handlers are all with a star or all without.
    pub fn try_(
        &mut self,
        l: u32,
        body: Vec<Stmt>,
        handlers: Vec<(bool, ExceptHandler)>,
        orelse: Vec<Stmt>,
        finalbody: Option<Vec<Stmt>>,
    ) -> Made<Stmt> {
        let is_star = handlers.first().is_some_and(|(star, _)| *star);
        if let Some((_, other)) = handlers.iter().find(|(star, _)| *star != is_star) {
            let keyword = if is_star { "except" } else { "except*" };
            let keyword =
                Span::new(other.span.start, other.span.start + self.reach(other.span.start, keyword));
            return Err(refuse(keyword, "cannot have both 'except' and 'except*' on the same 'try'"));
        }
        let handlers: Vec<ExceptHandler> = handlers.into_iter().map(|(_, handler)| handler).collect();
        let end = match (&finalbody, orelse.is_empty(), handlers.last()) {
            (Some(finalbody), _, _) => end_of(finalbody),
            (None, true, Some(handler)) => handler.span.end,
            (None, _, _) => end_of(&orelse),
        };
        let finalbody = finalbody.unwrap_or_default();
        self.stmt(StmtKind::Try(Box::new(Try { body, handlers, orelse, finalbody, is_star })), l, end)
    }

    /// Returns where `except*` ends when blanks may stand between the keyword and its star.
    fn reach(&self, from: u32, keyword: &str) -> u32 {
        let rest = &self.text()[from as usize..];
        let end = if keyword.ends_with('*') { rest.find('*').map(|at| at + 1) } else { None };
        end.unwrap_or(keyword.len()) as u32
    }

    /// Makes a `match`.
    pub fn match_(&mut self, l: u32, subject: Expr, cases: Vec<MatchCase>) -> Made<Stmt> {
        let end = end_of(&cases.last().expect("the grammar has one case or more").body);
        self.stmt(StmtKind::Match { subject: Box::new(subject), cases }, l, end)
    }

    /// Makes a `def` of a name and its type parameters.
    pub fn function(
        &mut self,
        l: u32,
        is_async: bool,
        (name, type_params): (Identifier, Vec<TypeParam>),
        params: Params,
        returns: Option<Expr>,
        body: Vec<Stmt>,
    ) -> Made<Stmt> {
        let end = end_of(&body);
        let decorators = Vec::new();
        let def = FunctionDef { name, params, body, decorators, returns, is_async, type_params };
        self.stmt(StmtKind::FunctionDef(Box::new(def)), l, end)
    }

    /// Makes a `class`.
    pub fn class(
        &mut self,
        l: u32,
        name: Identifier,
        type_params: Vec<TypeParam>,
        args: Option<(Vec<Expr>, Vec<Keyword>)>,
        body: Vec<Stmt>,
    ) -> Made<Stmt> {
        let end = end_of(&body);
        let (bases, keywords) = args.unwrap_or_default();
        let def = ClassDef { name, bases, keywords, type_params, body, decorators: Vec::new() };
        self.stmt(StmtKind::ClassDef(Box::new(def)), l, end)
    }

    /// Adds the decorators of a definition.
    pub fn decorate(&mut self, decorators: Vec<Expr>, definition: Stmt) -> Made<Stmt> {
        let mut kind = definition.kind;
        match &mut kind {
            StmtKind::FunctionDef(def) => def.decorators = decorators,
            StmtKind::ClassDef(def) => def.decorators = decorators,
            _ => unreachable!("the grammar decorates definitions only"),
        }
        self.stmt(kind, definition.span.start, definition.span.end)
    }
}
