//! Assignments: targets, unpacking, augmented assignment.
//!
//! A value to be stored is on top of the stack; storing pops it.

use super::generator::Generator;
use super::unit::MAX_ON_STACK;
use super::variable::Access;
use crate::bytecode::{CodeFlags, Op};
use crate::compile::scope::ScopeKind;
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

/// 65,535, because `UnpackEx` holds each of its two counts in half of its operand.
const MAX_AROUND_STAR: usize = 0xffff;

impl<'a> Generator<'a> {
    /// Compiles `targets = value`.
    pub(super) fn assign(&mut self, targets: &'a [Expr], value: &'a Expr, span: Span) -> Done {
        let (last, first) = targets.split_last().expect("an assignment has a target");
        if first.is_empty() && self.assign_in_parallel(last, value)? {
            return Ok(());
        }
        if first.is_empty()
            && self.are_distinct_locals(targets)
            && self.comprehension_consumed(value, |this| this.store(last))?
        {
            return Ok(());
        }
        self.expr(value)?;
        for target in first {
            self.emit(Op::Copy, 1, span);
            self.store(target)?;
        }
        self.store(last)
    }

    /// Compiles `a, b = c, d` without making a tuple, if all targets are distinct locals.
    /// Then no code can see in which order they are stored. Returns false, with nothing compiled, if that does not
    /// apply.
    fn assign_in_parallel(
        &mut self,
        target: &'a Expr,
        value: &'a Expr,
    ) -> Result<bool, Box<crate::syntax::SyntaxError>> {
        let (ExprKind::Tuple { elts: targets }, ExprKind::Tuple { elts: values }) =
            (&target.kind, &value.kind)
        else {
            return Ok(false);
        };
        let fits = targets.len() == values.len() && targets.len() <= MAX_ON_STACK;
        if !fits || targets.is_empty() || !self.are_distinct_locals(targets) {
            return Ok(false);
        }
        if values.iter().any(|value| matches!(value.kind, ExprKind::Starred { .. })) {
            return Ok(false);
        }
        values.iter().try_for_each(|value| self.expr(value))?;
        targets.iter().for_each(|target| self.reserve_slot(target));
        targets.iter().rev().try_for_each(|target| self.store(target))?;
        Ok(true)
    }

    /// Gives a local its slot, so that locals are numbered in the order of the text.
    fn reserve_slot(&mut self, target: &Expr) {
        if let ExprKind::Name { id } = &target.kind {
            let name = self.mangled(id);
            let _slot = self.local_slot(&name);
        }
    }

    fn are_distinct_locals(&self, targets: &[Expr]) -> bool {
        let name = |target: &'_ Expr| match &target.kind {
            ExprKind::Name { id } => Some(id.clone()),
            _ => None,
        };
        targets.iter().enumerate().all(|(at, target)| {
            name(target).is_some_and(|id| {
                self.is_local(&self.mangled(&id))
                    && !targets[..at].iter().any(|other| name(other).as_ref() == Some(&id))
            })
        })
    }

    /// Pops a value into a target.
    pub(super) fn store(&mut self, target: &'a Expr) -> Done {
        let span = target.span;
        match &target.kind {
            ExprKind::Name { id } => self.name(id, Access::Store, span),
            ExprKind::Attribute { value, attr } => {
                self.expr(value)?;
                self.note_static_attribute(value, attr);
                self.store_attribute(value, attr, span)
            }
            ExprKind::Subscript { value, slice } => {
                self.expr(value)?;
                self.expr(slice)?;
                self.emit(Op::StoreSubscript, 0, span);
                Ok(())
            }
            ExprKind::Tuple { elts } | ExprKind::List { elts } => self.unpack(elts, span),
            ExprKind::Starred { .. } => {
                self.error("starred assignment target must be in a list or tuple", span)
            }
            _ => self.error("cannot assign to expression", span),
        }
    }

    fn store_attribute(&mut self, object: &Expr, attr: &Identifier, span: Span) -> Done {
        if &*attr.name == "__debug__" {
            return self.error("cannot assign to __debug__", span);
        }
        let name = self.mangled(&attr.name);
        self.note_self_attribute(object, &name);
        let span = self.attribute_span(span, attr);
        self.unit.asm.emit_name(Op::StoreAttr, &name, span);
        Ok(())
    }

    /// Notes for `__static_attributes__` that an attribute of `self` is stored somewhere within a class.
    fn note_static_attribute(&mut self, object: &Expr, attr: &Identifier) {
        if matches!(&object.kind, ExprKind::Name { id } if &**id == "self")
            && let Some(class) = self.outer.iter_mut().rev().find(|unit| unit.kind == ScopeKind::Class)
        {
            class.static_attributes.insert(attr.name.clone());
        }
    }

    /// Notes that a method stores an attribute of its first parameter.
    fn note_self_attribute(&mut self, object: &Expr, attr: &Name) {
        let is_method = self.unit.kind == ScopeKind::Function
            && self.outer.last().is_some_and(|outer| outer.flags.contains(CodeFlags::CLASS_BODY));
        if let ExprKind::Name { id } = &object.kind
            && is_method
            && self.unit.parameters.1 > 0
            && self.unit.local_names.first() == Some(id)
        {
            self.unit.self_attrs.insert(attr.clone());
        }
    }

    fn unpack(&mut self, elts: &'a [Expr], span: Span) -> Done {
        let is_starred = |element: &Expr| matches!(element.kind, ExprKind::Starred { .. });
        match elts.iter().position(is_starred) {
            None => self.emit(Op::UnpackSequence, elts.len() as u32, span),
            Some(before) => {
                let after = elts.len() - before - 1;
                if elts[before + 1..].iter().any(is_starred) {
                    return self.error("multiple starred expressions in assignment", span);
                }
                if before > MAX_AROUND_STAR || after > MAX_AROUND_STAR {
                    return self.error("too many expressions in star-unpacking assignment", span);
                }
                self.emit(Op::UnpackEx, before as u32 | (after as u32) << 16, span);
            }
        }
        elts.iter().try_for_each(|element| match &element.kind {
            ExprKind::Starred { value } => self.store(value),
            _ => self.store(element),
        })
    }

    /// Compiles `target op= value`.
    pub(super) fn aug_assign(
        &mut self,
        target: &'a Expr,
        op: Operator,
        value: &'a Expr,
        statement: Span,
    ) -> Done {
        let span = target.span;
        match &target.kind {
            ExprKind::Name { id } => {
                self.name(id, Access::Load, span)?;
                self.expr(value)?;
                self.emit(in_place_op(op), 0, statement);
                self.name(id, Access::Store, span)
            }
            ExprKind::Attribute { value: object, attr } => {
                self.expr(object)?;
                self.emit(Op::Copy, 1, span);
                let name = self.mangled(&attr.name);
                let span_of_name = self.attribute_span(span, attr);
                self.unit.asm.emit_name(Op::LoadAttr, &name, span_of_name);
                self.expr(value)?;
                self.emit(in_place_op(op), 0, statement);
                self.emit(Op::Swap, 2, span);
                self.store_attribute(object, attr, span)
            }
            ExprKind::Subscript { value: object, slice } => {
                self.expr(object)?;
                self.expr(slice)?;
                self.emit(Op::Copy, 2, span);
                self.emit(Op::Copy, 2, span);
                self.emit(Op::Subscript, 0, span);
                self.expr(value)?;
                self.emit(in_place_op(op), 0, statement);
                self.emit(Op::Swap, 3, span);
                self.emit(Op::Swap, 2, span);
                self.emit(Op::StoreSubscript, 0, span);
                Ok(())
            }
            _ => self.error("illegal expression for augmented assignment", span),
        }
    }
}

fn in_place_op(op: Operator) -> Op {
    match op {
        Operator::Add => Op::InPlaceAdd,
        Operator::Sub => Op::InPlaceSubtract,
        Operator::Mult => Op::InPlaceMultiply,
        Operator::MatMult => Op::InPlaceMatrixMultiply,
        Operator::Div => Op::InPlaceDivide,
        Operator::Mod => Op::InPlaceRemainder,
        Operator::Pow => Op::InPlacePower,
        Operator::LShift => Op::InPlaceShiftLeft,
        Operator::RShift => Op::InPlaceShiftRight,
        Operator::BitOr => Op::InPlaceBitOr,
        Operator::BitXor => Op::InPlaceBitXor,
        Operator::BitAnd => Op::InPlaceBitAnd,
        Operator::FloorDiv => Op::InPlaceFloorDivide,
    }
}
