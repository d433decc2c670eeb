//! The `_ast` module: the classes of syntax trees, and the flags of `compile` for them.

use super::{ModuleSpec, define};
use crate::thread::Thread;
use crate::types::ast::classes;
use crate::types::ast::table::{Form, Group};
use crate::value::{CompileFlags, Dict, Kind, Object, Run};

/// `_ast`.
pub const SPEC: ModuleSpec =
    ModuleSpec { name: "_ast", home: "_ast", doc: "", types: &[], functions: &[], fill };

fn fill(thread: &mut Thread, namespace: &Object<Dict>) -> Run<()> {
    let base = thread.known().class(Kind::SyntaxNode).to_value();
    define(thread, namespace, "AST", base);
    let flags = [
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", CompileFlags::TOP_LEVEL_AWAIT),
        ("PyCF_ONLY_AST", CompileFlags::ONLY_TREE),
        ("PyCF_TYPE_COMMENTS", CompileFlags::TYPE_COMMENTS),
        ("PyCF_OPTIMIZED_AST", CompileFlags::OPTIMIZED_TREE | CompileFlags::ONLY_TREE),
    ];
    for (name, flag) in flags {
        let number = thread.new_int(flag.bits());
        define(thread, namespace, name, number);
    }
    let classes = classes::classes(thread)?;
    for group in Group::ALL {
        let row = group.row();
        define(thread, namespace, row.name, classes.groups[*group as usize].to_value());
        if row.form != Form::Product {
            for kind in row.kinds {
                define(thread, namespace, kind.row().name, classes.kinds[*kind as usize].to_value());
            }
        }
    }
    Ok(())
}
