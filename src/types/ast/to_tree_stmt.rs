//! Makes the statements of a tree.

use super::node::Node;
use super::table::NodeKind;
use super::to_tree::{Grower, take_node, take_texts};
use crate::syntax::tree::*;
use crate::value::{ErrorKind, Raised, Run};

impl Grower<'_> {
    /// Takes the statements of a block.
    pub(super) fn stmts_in(&mut self, node: &mut Node, field: &str) -> Run<Vec<Stmt>> {
        self.check_depth()?;
        self.take_all(node, field)?.into_iter().map(|node| self.stmt(node)).collect()
    }

    fn stmt(&mut self, mut node: Node) -> Run<Stmt> {
        let span = self.span(&node.place);
        let node = &mut node;
        let kind = match node.kind {
            NodeKind::FunctionDef | NodeKind::AsyncFunctionDef => self.function(node)?,
            NodeKind::ClassDef => self.class(node)?,
            NodeKind::Return => StmtKind::Return { value: self.boxed_in(node, "value")? },
            NodeKind::Delete => StmtKind::Delete { targets: self.exprs_in(node, "targets")? },
            NodeKind::Assign => StmtKind::Assign {
                targets: self.exprs_in(node, "targets")?,
                value: Box::new(self.expr_in(node, "value")?),
            },
            NodeKind::TypeAlias => {
                let mut name = take_node(node, "name").expect("reading has found it");
                StmtKind::TypeAlias {
                    name: self.name_in(&mut name, "id"),
                    type_params: self.type_params_in(node)?,
                    value: Box::new(self.expr_in(node, "value")?),
                }
            }
            NodeKind::AugAssign => {
                check_single(node, "augmented assignment")?;
                StmtKind::AugAssign {
                    target: Box::new(self.expr_in(node, "target")?),
                    op: operator(node.choice("op")),
                    value: Box::new(self.expr_in(node, "value")?),
                }
            }
            NodeKind::AnnAssign => {
                check_single(node, "annotated assignment")?;
                StmtKind::AnnAssign {
                    target: Box::new(self.expr_in(node, "target")?),
                    annotation: Box::new(self.expr_in(node, "annotation")?),
                    value: self.boxed_in(node, "value")?,
                    simple: node.int("simple") != 0,
                }
            }
            NodeKind::For | NodeKind::AsyncFor => StmtKind::For {
                target: Box::new(self.expr_in(node, "target")?),
                iter: Box::new(self.expr_in(node, "iter")?),
                body: self.stmts_in(node, "body")?,
                orelse: self.stmts_in(node, "orelse")?,
                is_async: node.kind == NodeKind::AsyncFor,
            },
            NodeKind::While => StmtKind::While {
                test: Box::new(self.expr_in(node, "test")?),
                body: self.stmts_in(node, "body")?,
                orelse: self.stmts_in(node, "orelse")?,
            },
            NodeKind::If => StmtKind::If {
                test: Box::new(self.expr_in(node, "test")?),
                body: self.stmts_in(node, "body")?,
                orelse: self.stmts_in(node, "orelse")?,
            },
            NodeKind::With | NodeKind::AsyncWith => {
                let items = self.take_all(node, "items")?;
                StmtKind::With {
                    items: items.into_iter().map(|item| self.with_item(item)).collect::<Run<_>>()?,
                    body: self.stmts_in(node, "body")?,
                    is_async: node.kind == NodeKind::AsyncWith,
                }
            }
            NodeKind::Match => {
                let subject = Box::new(self.expr_in(node, "subject")?);
                let cases = self.take_all(node, "cases")?;
                let cases = cases.into_iter().map(|case| self.match_case(case)).collect::<Run<_>>()?;
                StmtKind::Match { subject, cases }
            }
            NodeKind::Raise => {
                StmtKind::Raise { exc: self.boxed_in(node, "exc")?, cause: self.boxed_in(node, "cause")? }
            }
            NodeKind::Try | NodeKind::TryStar => self.try_(node)?,
            NodeKind::Assert => StmtKind::Assert {
                test: Box::new(self.expr_in(node, "test")?),
                msg: self.boxed_in(node, "msg")?,
            },
            NodeKind::Import => StmtKind::Import { names: self.aliases(node)? },
            NodeKind::ImportFrom => StmtKind::ImportFrom {
                module: self.maybe_name_in(node, "module"),
                names: self.aliases(node)?,
                level: node.int("level") as u32,
            },
            NodeKind::Global => StmtKind::Global { names: self.names(node) },
            NodeKind::Nonlocal => StmtKind::Nonlocal { names: self.names(node) },
            NodeKind::Expr => StmtKind::Expr { value: Box::new(self.expr_in(node, "value")?) },
            NodeKind::Pass => StmtKind::Pass,
            NodeKind::Break => StmtKind::Break,
            NodeKind::Continue => StmtKind::Continue,
            other => unreachable!("{other:?} is no statement"),
        };
        self.stmt_of(kind, span)
    }

    fn names(&self, node: &mut Node) -> Vec<Identifier> {
        let span = self.span(&node.place);
        take_texts(node, "names").into_iter().map(|name| Identifier { name, span }).collect()
    }

    fn function(&mut self, node: &mut Node) -> Run<StmtKind> {
        Ok(StmtKind::FunctionDef(Box::new(FunctionDef {
            name: self.name_in(node, "name"),
            params: self.params_in(node)?,
            body: self.stmts_in(node, "body")?,
            decorators: self.exprs_in(node, "decorator_list")?,
            returns: self.maybe_expr_in(node, "returns")?,
            is_async: node.kind == NodeKind::AsyncFunctionDef,
            type_params: self.type_params_in(node)?,
        })))
    }

    fn class(&mut self, node: &mut Node) -> Run<StmtKind> {
        Ok(StmtKind::ClassDef(Box::new(ClassDef {
            name: self.name_in(node, "name"),
            bases: self.exprs_in(node, "bases")?,
            keywords: self.keywords_in(node)?,
            type_params: self.type_params_in(node)?,
            body: self.stmts_in(node, "body")?,
            decorators: self.exprs_in(node, "decorator_list")?,
        })))
    }

    fn try_(&mut self, node: &mut Node) -> Run<StmtKind> {
        let body = self.stmts_in(node, "body")?;
        let mut handlers = Vec::new();
        for mut handler in self.take_all(node, "handlers")? {
            let span = self.span(&handler.place);
            handlers.push(ExceptHandler {
                type_: self.maybe_expr_in(&mut handler, "type")?,
                name: self.maybe_name_in(&mut handler, "name"),
                body: self.stmts_in(&mut handler, "body")?,
                span,
            });
        }
        Ok(StmtKind::Try(Box::new(Try {
            body,
            handlers,
            orelse: self.stmts_in(node, "orelse")?,
            finalbody: self.stmts_in(node, "finalbody")?,
            is_star: node.kind == NodeKind::TryStar,
        })))
    }

    fn with_item(&mut self, mut node: Node) -> Run<WithItem> {
        Ok(WithItem {
            context_expr: self.expr_in(&mut node, "context_expr")?,
            optional_vars: self.maybe_expr_in(&mut node, "optional_vars")?,
        })
    }

    fn aliases(&mut self, node: &mut Node) -> Run<Vec<Alias>> {
        let nodes = self.take_all(node, "names")?;
        let alias = |mut node: Node| {
            let span = self.span(&node.place);
            Alias {
                name: self.name_in(&mut node, "name"),
                asname: self.maybe_name_in(&mut node, "asname"),
                span,
            }
        };
        Ok(nodes.into_iter().map(alias).collect())
    }
}

/// Raises `SystemError` for a target of several values, which the statement cannot have.
fn check_single(node: &Node, statement: &str) -> Run<()> {
    let target = node.choice("target");
    if matches!(target, NodeKind::Name | NodeKind::Attribute | NodeKind::Subscript) {
        return Ok(());
    }
    let kinds = target.row().group.row().kinds;
    let number = kinds.iter().position(|kind| *kind == target).map_or(0, |position| position + 1);
    let text = format_args!("invalid node type ({number}) for {statement}");
    Err(Raised::new(ErrorKind::SystemError, text))
}

/// Returns the operator that a kind stands for.
pub(super) fn operator(kind: NodeKind) -> Operator {
    match kind {
        NodeKind::Add => Operator::Add,
        NodeKind::Sub => Operator::Sub,
        NodeKind::Mult => Operator::Mult,
        NodeKind::MatMult => Operator::MatMult,
        NodeKind::Div => Operator::Div,
        NodeKind::Mod => Operator::Mod,
        NodeKind::Pow => Operator::Pow,
        NodeKind::LShift => Operator::LShift,
        NodeKind::RShift => Operator::RShift,
        NodeKind::BitOr => Operator::BitOr,
        NodeKind::BitXor => Operator::BitXor,
        NodeKind::BitAnd => Operator::BitAnd,
        NodeKind::FloorDiv => Operator::FloorDiv,
        other => unreachable!("{other:?} is no operator"),
    }
}
