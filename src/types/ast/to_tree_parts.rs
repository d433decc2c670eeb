//! Makes the parameters, keyword arguments, type parameters and patterns of a tree.

use super::node::Node;
use super::table::NodeKind;
use super::to_tree::{Grower, take_node, take_texts, too_deep};
use crate::syntax::tree::*;
use crate::value::Run;

impl Grower<'_> {
    /// Takes the parameters of a function.
    pub(super) fn params_in(&mut self, node: &mut Node) -> Run<Params> {
        let mut node = take_node(node, "args").expect("reading has found it");
        Ok(Params {
            posonly: self.params(&mut node, "posonlyargs")?,
            args: self.params(&mut node, "args")?,
            vararg: take_node(&mut node, "vararg").map(|param| self.param(param)).transpose()?,
            kwonly: self.params(&mut node, "kwonlyargs")?,
            kw_defaults: self.maybe_exprs_in(&mut node, "kw_defaults")?,
            kwarg: take_node(&mut node, "kwarg").map(|param| self.param(param)).transpose()?,
            defaults: self.exprs_in(&mut node, "defaults")?,
        })
    }

    fn params(&mut self, node: &mut Node, field: &str) -> Run<Vec<Param>> {
        self.take_all(node, field)?.into_iter().map(|param| self.param(param)).collect()
    }

    fn param(&mut self, mut node: Node) -> Run<Param> {
        let span = self.span(&node.place);
        let arg = self.name_in(&mut node, "arg");
        Ok(Param { arg, annotation: self.boxed_in(&mut node, "annotation")?, span })
    }

    /// Takes keyword arguments.
    pub(super) fn keywords_in(&mut self, node: &mut Node) -> Run<Vec<Keyword>> {
        let mut keywords: Vec<Keyword> = Vec::new();
        for mut node in self.take_all(node, "keywords")? {
            let span = self.span(&node.place);
            let arg = self.maybe_name_in(&mut node, "arg");
            keywords.push(Keyword { arg, value: self.expr_in(&mut node, "value")?, span });
        }
        Ok(keywords)
    }

    /// Takes type parameters.
    pub(super) fn type_params_in(&mut self, node: &mut Node) -> Run<Vec<TypeParam>> {
        let mut params = Vec::new();
        for mut node in self.take_all(node, "type_params")? {
            let kind = match node.kind {
                NodeKind::TypeVar => TypeParamKind::TypeVar,
                NodeKind::ParamSpec => TypeParamKind::ParamSpec,
                _ => TypeParamKind::TypeVarTuple,
            };
            params.push(TypeParam {
                name: self.name_in(&mut node, "name"),
                kind,
                bound: match kind {
                    TypeParamKind::TypeVar => self.maybe_expr_in(&mut node, "bound")?,
                    TypeParamKind::ParamSpec | TypeParamKind::TypeVarTuple => None,
                },
                default: self.maybe_expr_in(&mut node, "default_value")?,
                span: self.span(&node.place),
            });
        }
        Ok(params)
    }

    /// Makes a `case`.
    pub(super) fn match_case(&mut self, mut node: Node) -> Run<MatchCase> {
        Ok(MatchCase {
            pattern: self.pattern_in(&mut node, "pattern")?.expect("reading has found it"),
            guard: self.maybe_expr_in(&mut node, "guard")?,
            body: self.stmts_in(&mut node, "body")?,
        })
    }

    fn pattern_in(&mut self, node: &mut Node, field: &str) -> Run<Option<Pattern>> {
        take_node(node, field).map(|node| self.pattern(node)).transpose()
    }

    fn patterns_in(&mut self, node: &mut Node, field: &str) -> Run<Vec<Pattern>> {
        self.take_all(node, field)?.into_iter().map(|node| self.pattern(node)).collect()
    }

    fn pattern(&mut self, mut node: Node) -> Run<Pattern> {
        self.check_depth()?;
        let span = self.span(&node.place);
        let node = &mut node;
        let kind = match node.kind {
            NodeKind::MatchValue => PatternKind::MatchValue { value: self.expr_in(node, "value")? },
            NodeKind::MatchSingleton => PatternKind::MatchSingleton { value: self.literal(node, "value")? },
            NodeKind::MatchSequence => {
                PatternKind::MatchSequence { patterns: self.patterns_in(node, "patterns")? }
            }
            NodeKind::MatchMapping => PatternKind::MatchMapping {
                keys: self.exprs_in(node, "keys")?,
                patterns: self.patterns_in(node, "patterns")?,
                rest: self.maybe_name_in(node, "rest"),
            },
            NodeKind::MatchClass => PatternKind::MatchClass {
                cls: Box::new(self.expr_in(node, "cls")?),
                patterns: self.patterns_in(node, "patterns")?,
                kwd_attrs: take_texts(node, "kwd_attrs"),
                kwd_patterns: self.patterns_in(node, "kwd_patterns")?,
            },
            NodeKind::MatchStar => PatternKind::MatchStar { name: self.maybe_name_in(node, "name") },
            NodeKind::MatchAs => PatternKind::MatchAs {
                pattern: self.pattern_in(node, "pattern")?.map(Box::new),
                name: self.maybe_name_in(node, "name"),
            },
            NodeKind::MatchOr => PatternKind::MatchOr { patterns: self.patterns_in(node, "patterns")? },
            other => unreachable!("{other:?} is no pattern"),
        };
        Pattern::new(kind, span).map_err(too_deep)
    }
}
