//! Template strings: the texts, then what stands between them, then the template.

use super::generator::Generator;
use crate::bytecode::{Const, Op, intrinsic};
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Compiles a t-string.
    pub(super) fn template(&mut self, values: &'a [Expr], span: Span) -> Done {
        let mut strings = Vec::new();
        let mut text: Option<std::sync::Arc<str>> = None;
        for value in values {
            match &value.kind {
                ExprKind::Constant { value: Constant::Str(piece) } => {
                    text = Some(
                        text.map_or_else(|| piece.clone(), |before| [&*before, &**piece].concat().into()),
                    );
                }
                _ => strings.push(Const::Str(text.take().unwrap_or_default())),
            }
        }
        strings.push(Const::Str(text.unwrap_or_default()));
        let count = strings.len() as u32 - 1;
        self.unit.asm.load_const(Const::Tuple(strings.into()), span);
        let interpolations =
            values.iter().filter(|value| matches!(value.kind, ExprKind::Interpolation { .. }));
        interpolations.into_iter().try_for_each(|value| self.expr(value))?;
        self.emit(Op::BuildTuple, count, span);
        self.emit(Op::Intrinsic, intrinsic::TEMPLATE, span);
        Ok(())
    }

    /// Compiles a field of a t-string: its value, its text, its conversion and its format specification.
    pub(super) fn interpolation(
        &mut self,
        value: &'a Expr,
        code: &Name,
        conversion: Option<Conversion>,
        format_spec: Option<&'a Expr>,
        span: Span,
    ) -> Done {
        self.expr(value)?;
        self.unit.asm.load_const(Const::Str(code.clone()), span);
        let conversion = match conversion {
            None => Const::None,
            Some(Conversion::Str) => Const::str("s"),
            Some(Conversion::Repr) => Const::str("r"),
            Some(Conversion::Ascii) => Const::str("a"),
        };
        self.unit.asm.load_const(conversion, span);
        match format_spec {
            Some(spec) => self.expr(spec)?,
            None => self.unit.asm.load_const(Const::str(""), span),
        }
        self.emit(Op::Intrinsic, intrinsic::INTERPOLATION, span);
        Ok(())
    }
}
