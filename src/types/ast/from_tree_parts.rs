//! Makes nodes of parameters, arguments, type parameters and patterns.

use super::constant;
use super::from_tree::{Converter, maybe_name, name, names};
use super::node::{Field, Node};
use super::table::NodeKind;
use crate::source::Span;
use crate::syntax::tree::*;
use crate::value::Run;

impl Converter<'_> {
    /// Makes the field of parameters.
    pub(super) fn arguments(&mut self, params: &Params) -> Run<Field> {
        let (posonly, args) = (self.params(&params.posonly)?, self.params(&params.args)?);
        let vararg = self.maybe_param(params.vararg.as_ref())?;
        let kwonly = self.params(&params.kwonly)?;
        let kw_defaults = self.maybe_exprs(&params.kw_defaults)?;
        let kwarg = self.maybe_param(params.kwarg.as_ref())?;
        let defaults = self.exprs(&params.defaults, NodeKind::Load)?;
        let fields = vec![posonly, args, vararg, kwonly, kw_defaults, kwarg, defaults];
        Ok(self.one(NodeKind::Arguments, Span::at(0), fields))
    }

    fn params(&mut self, params: &[Param]) -> Run<Field> {
        let nodes: Run<Vec<_>> = params.iter().map(|param| self.param(param).map(Some)).collect();
        nodes.map(Field::Nodes)
    }

    fn maybe_param(&mut self, param: Option<&Param>) -> Run<Field> {
        match param {
            Some(param) => Ok(Field::Node(Box::new(self.param(param)?))),
            None => Ok(Field::Missing),
        }
    }

    fn param(&mut self, param: &Param) -> Run<Node> {
        let annotation = self.maybe_load(param.annotation.as_deref())?;
        Ok(self.node(NodeKind::Arg, param.span, vec![name(&param.arg), annotation, Field::Missing]))
    }

    /// Makes the field of keyword arguments.
    pub(super) fn keywords(&mut self, keywords: &[Keyword]) -> Run<Field> {
        let mut nodes = Vec::with_capacity(keywords.len());
        for keyword in keywords {
            let fields = vec![maybe_name(&keyword.arg), self.load(&keyword.value)?];
            nodes.push(Some(self.node(NodeKind::Keyword, keyword.span, fields)));
        }
        Ok(Field::Nodes(nodes))
    }

    /// Makes the field of type parameters.
    pub(super) fn type_params(&mut self, params: &[TypeParam]) -> Run<Field> {
        let mut nodes = Vec::with_capacity(params.len());
        for param in params {
            let default = self.maybe_load(param.default.as_ref())?;
            let (kind, fields) = match param.kind {
                TypeParamKind::TypeVar => {
                    let bound = self.maybe_load(param.bound.as_ref())?;
                    (NodeKind::TypeVar, vec![name(&param.name), bound, default])
                }
                TypeParamKind::ParamSpec => (NodeKind::ParamSpec, vec![name(&param.name), default]),
                TypeParamKind::TypeVarTuple => (NodeKind::TypeVarTuple, vec![name(&param.name), default]),
            };
            nodes.push(Some(self.node(kind, param.span, fields)));
        }
        Ok(Field::Nodes(nodes))
    }

    /// Makes the node of a `case`.
    pub(super) fn match_case(&mut self, case: &MatchCase) -> Run<Node> {
        let pattern = Field::Node(Box::new(self.pattern(&case.pattern)?));
        let fields = vec![pattern, self.maybe_load(case.guard.as_ref())?, self.stmts(&case.body)?];
        Ok(self.node(NodeKind::MatchCase, Span::at(0), fields))
    }

    fn pattern(&mut self, pattern: &Pattern) -> Run<Node> {
        self.check_depth()?;
        let (kind, fields) = match &pattern.kind {
            PatternKind::MatchValue { value } => (NodeKind::MatchValue, vec![self.load(value)?]),
            PatternKind::MatchSingleton { value } => {
                (NodeKind::MatchSingleton, vec![Field::Value(constant::to_value(self.thread, value)?)])
            }
            PatternKind::MatchSequence { patterns } => {
                (NodeKind::MatchSequence, vec![self.patterns(patterns)?])
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                let keys = self.exprs(keys, NodeKind::Load)?;
                (NodeKind::MatchMapping, vec![keys, self.patterns(patterns)?, maybe_name(rest)])
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                let (cls, patterns) = (self.load(cls)?, self.patterns(patterns)?);
                let by_name = self.patterns(kwd_patterns)?;
                (NodeKind::MatchClass, vec![cls, patterns, names(kwd_attrs), by_name])
            }
            PatternKind::MatchStar { name } => (NodeKind::MatchStar, vec![maybe_name(name)]),
            PatternKind::MatchAs { pattern, name } => {
                let inner = match pattern {
                    Some(pattern) => Field::Node(Box::new(self.pattern(pattern)?)),
                    None => Field::Missing,
                };
                (NodeKind::MatchAs, vec![inner, maybe_name(name)])
            }
            PatternKind::MatchOr { patterns } => (NodeKind::MatchOr, vec![self.patterns(patterns)?]),
        };
        Ok(self.node(kind, pattern.span, fields))
    }

    fn patterns(&mut self, patterns: &[Pattern]) -> Run<Field> {
        let nodes: Run<Vec<_>> = patterns.iter().map(|pattern| self.pattern(pattern).map(Some)).collect();
        nodes.map(Field::Nodes)
    }
}
