//! Imports.
//!
//! `ImportName` with a `fromlist` of `None` gives the top-level package, else the module itself.

use super::generator::Generator;
use super::variable::Access;
use crate::bytecode::{Const, Op};
use crate::compile::scope::declare::Done;
use crate::source::Span;
use crate::syntax::tree::*;

impl<'a> Generator<'a> {
    /// Compiles `import names`.
    pub(super) fn import(&mut self, names: &'a [Alias], span: Span) -> Done {
        for alias in names {
            let module = &alias.name.name;
            self.unit.asm.load_const(Const::Int(0), span);
            self.unit.asm.load_const(Const::None, span);
            self.unit.asm.emit_name(Op::ImportName, module, span);
            let mut parts = module.split('.');
            let first: Name = parts.next().expect("split gives at least one part").into();
            match &alias.asname {
                None => self.name(&first, Access::Store, span)?,
                Some(asname) => {
                    // The package is on the stack; walk down to the module meant.
                    for part in parts {
                        self.unit.asm.emit_name(Op::ImportFrom, &part.into(), span);
                        self.emit(Op::Swap, 2, span);
                        self.emit(Op::Pop, 0, span);
                    }
                    self.name(&asname.name, Access::Store, span)?;
                }
            }
        }
        Ok(())
    }

    /// Compiles `from module import names`.
    pub(super) fn import_from(
        &mut self,
        module: Option<&'a Identifier>,
        names: &'a [Alias],
        level: u32,
        span: Span,
    ) -> Done {
        let wanted = names.iter().map(|alias| Const::Str(alias.name.name.clone())).collect();
        self.unit.asm.load_const(Const::Int(i64::from(level)), span);
        self.unit.asm.load_const(Const::Tuple(wanted), span);
        let module = module.map_or_else(|| "".into(), |module| module.name.clone());
        self.unit.asm.emit_name(Op::ImportName, &module, span);
        for alias in names {
            let name = &alias.name.name;
            if &**name == "*" {
                self.emit(Op::ImportStar, 0, span);
                return Ok(());
            }
            self.unit.asm.emit_name(Op::ImportFrom, name, span);
            let bound = alias.asname.as_ref().map_or(name, |asname| &asname.name);
            self.name(bound, Access::Store, span)?;
        }
        self.emit(Op::Pop, 0, span);
        Ok(())
    }
}
