//! Calls and attributes.
//!
//! Three forms: `Call` with everything on the stack, `LoadMethod` … `CallMethod` where the callee
//! is an attribute, and `CallUnpacked` where there is a star or too much for the stack. A bare
//! `super().name` reads the class cell directly.

use super::generator::Generator;
use super::unit::MAX_ON_STACK;
use super::variable::Access;
use crate::bytecode::{Const, Op};
use crate::compile::scope::declare::{Done, wrong};
use crate::compile::scope::{GENERIC_BASE, ScopeKind};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::tree::*;
use rustc_hash::FxHashSet;

impl<'a> Generator<'a> {
    /// Compiles `value.attr`.
    pub(super) fn load_attribute(&mut self, value: &'a Expr, attr: &Identifier, span: Span) -> Done {
        let name = self.mangled(&attr.name);
        let span = self.attribute_span(span, attr);
        if self.super_operands(value)? {
            self.unit.asm.emit_name(Op::LoadSuperAttr, &name, span);
            return Ok(());
        }
        self.expr(value)?;
        self.unit.asm.emit_name(Op::LoadAttr, &name, span);
        Ok(())
    }

    /// Returns the span that stands for an access to `attr`: if it is on a later line than the
    /// object, only from the name on, so that a traceback shows the right line.
    pub(super) fn attribute_span(&self, whole: Span, attr: &Identifier) -> Span {
        let line = |offset| self.source.line(offset);
        if line(whole.start) == line(attr.span.end) { whole } else { Span::new(attr.span.start, whole.end) }
    }

    /// Compiles `func(args, keywords)`.
    pub(super) fn call(
        &mut self,
        call: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Done {
        check_keywords(keywords)?;
        if let ExprKind::Attribute { value, attr } = &func.kind
            && is_simple(args, keywords, 0)
        {
            return self.method_call(call.span, value, func.span, attr, args, keywords);
        }
        self.expr(func)?;
        self.arguments(0, args, keywords, call.span)
    }

    fn method_call(
        &mut self,
        call: Span,
        object: &'a Expr,
        func: Span,
        attr: &Identifier,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Done {
        let name = self.mangled(&attr.name);
        let span = self.attribute_span(func, attr);
        if self.super_operands(object)? {
            self.unit.asm.emit_name(Op::LoadSuperMethod, &name, span);
        } else {
            self.expr(object)?;
            self.unit.asm.emit_name(Op::LoadMethod, &name, span);
        }
        let span = self.attribute_span(call, attr);
        self.positional_then_named(args, keywords, 0, span, Op::CallMethod, Op::CallMethodKeywords)
    }

    /// Compiles a call of the callable on the stack: the arguments, the first `pushed` of which are on the
    /// stack already, and the call itself.
    pub(super) fn arguments(
        &mut self,
        pushed: u32,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        span: Span,
    ) -> Done {
        check_keywords(keywords)?;
        if is_simple(args, keywords, pushed as usize) {
            return self.positional_then_named(args, keywords, pushed, span, Op::Call, Op::CallKeywords);
        }
        match args {
            // The only argument is starred: the call itself takes any iterable.
            [Expr { kind: ExprKind::Starred { value }, .. }] if pushed == 0 => self.expr(value)?,
            _ => self.tuple_of(args, pushed, span)?,
        }
        if !keywords.is_empty() {
            self.keyword_dict(keywords, span)?;
        }
        self.emit(Op::CallUnpacked, u32::from(!keywords.is_empty()), span);
        Ok(())
    }

    /// Compiles the bases and keywords of a class, and the call of what makes it: its body and its name are on the stack.
    /// With type parameters the last base is `Generic[…]`.
    pub(super) fn class_arguments(&mut self, def: &'a ClassDef, span: Span) -> Done {
        if def.type_params.is_empty() {
            return self.arguments(2, &def.bases, &def.keywords, span);
        }
        check_keywords(&def.keywords)?;
        let base: Name = GENERIC_BASE.into();
        self.tuple_of(&def.bases, 2, span)?;
        self.mangled_name(&base, Access::Load, span);
        self.emit(Op::BuildTuple, 1, span);
        self.emit(Op::Add, 0, span);
        if !def.keywords.is_empty() {
            self.keyword_dict(&def.keywords, span)?;
        }
        self.emit(Op::CallUnpacked, u32::from(!def.keywords.is_empty()), span);
        Ok(())
    }

    fn positional_then_named(
        &mut self,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        pushed: u32,
        span: Span,
        without_keywords: Op,
        named: Op,
    ) -> Done {
        args.iter().try_for_each(|arg| self.expr(arg))?;
        keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
        let count = pushed + args.len() as u32 + keywords.len() as u32;
        if keywords.is_empty() {
            self.emit(without_keywords, count, span);
            return Ok(());
        }
        let names = keywords.iter().flat_map(|keyword| &keyword.arg);
        let names = names.map(|name| Const::Str(name.name.clone())).collect();
        self.unit.asm.load_const(Const::Tuple(names), span);
        self.emit(named, count, span);
        Ok(())
    }

    /// Compiles keywords into a dict, merging as many times as there are `**`.
    fn keyword_dict(&mut self, keywords: &'a [Keyword], span: Span) -> Done {
        let mut is_built = false;
        for run in keywords.chunk_by(|a, b| a.arg.is_some() && b.arg.is_some()) {
            if run[0].arg.is_none() {
                if !is_built {
                    self.emit(Op::BuildDict, 0, span);
                    is_built = true;
                }
                self.expr(&run[0].value)?;
                self.emit(Op::DictMerge, 0, span);
                continue;
            }
            for (at, keyword) in run.iter().enumerate() {
                if at == 0 {
                    self.emit(Op::BuildDict, 0, span);
                }
                let name = keyword.arg.as_ref().expect("a run of named keywords");
                self.unit.asm.load_const(Const::Str(name.name.clone()), keyword.span);
                self.expr(&keyword.value)?;
                self.emit(Op::DictSet, 1, span);
            }
            if is_built {
                self.emit(Op::DictMerge, 0, span);
            }
            is_built = true;
        }
        Ok(())
    }

    /// Pushes `super __class__ self` if `value` is a bare `super()` in a method; returns whether it is.
    fn super_operands(&mut self, value: &'a Expr) -> Result<bool, Box<SyntaxError>> {
        let ExprKind::Call { func, args, keywords } = &value.kind else { return Ok(false) };
        let ExprKind::Name { id } = &func.kind else { return Ok(false) };
        if &**id != "super" || !args.is_empty() || !keywords.is_empty() {
            return Ok(false);
        }
        let is_method = matches!(self.unit.kind, ScopeKind::Function | ScopeKind::Lambda)
            && self.unit.parameters.1 > 0
            && self.is_global("super")
            && self.is_free("__class__");
        if !is_method {
            return Ok(false);
        }
        self.name(id, Access::Load, func.span)?;
        self.emit(Op::LoadCell, self.shared_cell("__class__"), value.span);
        let first = self.unit.local_names[0].clone();
        self.mangled_name(&first, Access::Load, value.span);
        Ok(true)
    }
}

/// Tells whether all arguments can be pushed for a `Call`: few, and none with stars.
fn is_simple(args: &[Expr], keywords: &[Keyword], pushed: usize) -> bool {
    pushed + args.len() + keywords.len() <= MAX_ON_STACK
        && !args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
        && keywords.iter().all(|keyword| keyword.arg.is_some())
}

/// Refuses a keyword that is given twice.
fn check_keywords(keywords: &[Keyword]) -> Done {
    let mut seen = FxHashSet::default();
    for keyword in keywords {
        let Some(arg) = &keyword.arg else { continue };
        if &*arg.name == "__debug__" {
            return Err(wrong("cannot assign to __debug__", keyword.span));
        }
        if !seen.insert(&*arg.name) {
            return Err(wrong(format!("keyword argument repeated: {}", arg.name), keyword.span));
        }
    }
    Ok(())
}
